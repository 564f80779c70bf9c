"""Who waits for what: once a person and product, called in the order in which they asked, a few a minute."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, insert, select, update

from novacore.db.models import Job, Product, StockWait
from novacore.db.unit_of_work import reading, writing
from novacore.errors import LimitReached, NotFound, WrongState
from novacore.states import JobState, ProductKind
from novacore.workflows import catalog, jobs, levels, orders, products, waits
from novacore.workflows.jobs import JobName, JobRequest
from novacore.workflows.shop import Shop
from tests.fixtures.shops import CUSTOMER, OWNER, STRANGER, MovableClock, ProductMaker
from tests.workflows import lives


def crowd(shop: Shop, product_id: int, count: int, first: int = 1) -> None:
    """So many people ask, one after the other."""
    with writing(shop.database) as tx:
        rows = [
            {"product_id": product_id, "customer_id": n, "asked_at": tx.now + timedelta(milliseconds=n)}
            for n in range(first, first + count)
        ]
        tx.session.execute(insert(StockWait), rows)


def turns(shop: Shop) -> list[tuple[int, datetime]]:
    """Whose turn it is when."""
    rows = select(Job.payload, Job.due_at).where(Job.name == "tell_waiting").order_by(Job.due_at, Job.id)
    with reading(shop.database) as session:
        return [(payload["customer_id"], due_at) for payload, due_at in session.execute(rows)]


def still_waiting(shop: Shop) -> int:
    """How many nobody has called yet."""
    with reading(shop.database) as session:
        return len(session.execute(select(StockWait.customer_id).where(StockWait.called_at.is_(None))).all())


def test_asking_once_and_twice_and_taking_it_back(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    assert waits.ask(shop, CUSTOMER, product_id)
    assert not waits.ask(shop, CUSTOMER, product_id)
    assert waits.ask(shop, STRANGER, product_id)
    assert still_waiting(shop) == 2
    assert waits.take_back(shop, CUSTOMER, product_id)
    assert not waits.take_back(shop, CUSTOMER, product_id)
    assert still_waiting(shop) == 1


def test_what_can_be_bought_is_not_waited_for(shop: Shop, make_product: ProductMaker) -> None:
    with pytest.raises(WrongState, match="in stock right now"):
        waits.ask(shop, CUSTOMER, make_product())
    with pytest.raises(WrongState, match="in stock right now"):
        waits.ask(shop, CUSTOMER, make_product(ProductKind.unlimited, name="Guide"))


def test_what_is_not_on_sale_is_not_waited_for(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    with writing(shop.database) as tx:
        tx.session.execute(update(Product).values(is_deleted=True))
    for missing in (product_id, 99_999):
        with pytest.raises(NotFound, match="not on sale any more"):
            waits.ask(shop, CUSTOMER, missing)


def test_one_person_waits_for_so_many_at_most(
    shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "MOST_EACH", 1)
    assert waits.ask(shop, CUSTOMER, make_product(units=0))
    with pytest.raises(LimitReached, match="waiting for 1 products already"):
        waits.ask(shop, CUSTOMER, make_product(units=0, name="Other"))


def test_stock_that_comes_calls_whoever_waits(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    levels.review(shop, product_id)
    waits.ask(shop, CUSTOMER, product_id)
    levels.review(shop, product_id)
    assert not _queued(shop)
    catalog.add_codes(shop, OWNER, product_id, ["A"])
    levels.review(shop, product_id)
    assert _queued(shop) == 1
    assert waits.call_some(shop, 0) is None  # that job is there to do it


def test_a_product_that_is_offered_again_calls_whoever_waits(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=1)
    order = lives.place(shop, product_id)
    waits.ask(shop, STRANGER, product_id)
    products.remove(shop, OWNER, product_id)
    orders.cancel(shop, CUSTOMER, order.id)  # its unit comes back while nobody can buy it
    levels.review(shop, product_id)
    assert waits.call_some(shop, 0) is None
    with writing(shop.database) as tx:
        tx.session.execute(delete(Job))  # all of them are done by then
    products.bring_back(shop, OWNER, product_id)
    with reading(shop.database) as session:
        looks = select(Job.id).where(Job.name == JobName.watch_stock, Job.state == JobState.queued)
        assert session.execute(looks).scalar_one()
    levels.review(shop, product_id)
    assert waits.call_some(shop, 0) is None  # the job that was queued just now does it
    assert _queued(shop) == 1


def _queued(shop: Shop) -> int:
    rows = select(Job.id).where(Job.name == "call_waiting", Job.state == JobState.queued)
    with reading(shop.database) as session:
        return len(session.execute(rows).all())


def test_twenty_a_minute_and_the_first_come_first(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=3)
    crowd(shop, product_id, 50)
    last = waits.call_some(shop, 0)
    assert last == time.at + 20 * waits.PACE == time.at + timedelta(minutes=1)
    assert [who for who, _ in turns(shop)] == [*range(1, 21)]
    assert still_waiting(shop) == 30
    waits.call_some(shop, 0)  # two that call at once share one line
    times = [at for _, at in turns(shop)]
    assert all(later - earlier == waits.PACE for earlier, later in pairwise(times))


def test_only_those_whose_product_is_there(shop: Shop, make_product: ProductMaker) -> None:
    sold_out, there = make_product(units=0), make_product(name="Other")
    crowd(shop, sold_out, 30)
    crowd(shop, there, 2, first=100)
    waits.call_some(shop, 0)
    assert [who for who, _ in turns(shop)] == [100, 101]
    assert waits.call_some(shop, 0) is None


def test_a_second_job_leaves_it_to_the_one_that_is_queued(shop: Shop, make_product: ProductMaker) -> None:
    crowd(shop, make_product(), 3)
    with writing(shop.database) as tx:
        jobs.enqueue(tx, [JobRequest(JobName.call_waiting, "shop", "waits")])
        other = tx.session.execute(select(Job.id).where(Job.name == "call_waiting")).scalar_one()
    assert waits.call_some(shop, other + 1) is None
    assert waits.call_some(shop, other) is not None


def test_put_back_in_line(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=1)
    crowd(shop, product_id, 1)
    waits.call_some(shop, 0)
    assert still_waiting(shop) == 0
    lives.place(shop, product_id)
    assert not waits.is_in_stock(shop, product_id)
    waits.wait_on(shop, product_id, 1)
    assert still_waiting(shop) == 1


def test_a_pause_holds_for_everybody(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    assert waits.paused_until(shop, time.at) is None
    waits.pause(shop)
    ends = time.at + waits.PAUSE
    assert waits.paused_until(shop, time.at) == ends
    assert [waits.next_place(shop), waits.next_place(shop)] == [ends, ends + waits.PACE]
    time.move(minutes=11)
    assert waits.paused_until(shop, time.at) is None
    crowd(shop, make_product(), 1)
    waits.call_some(shop, 0)
    assert turns(shop) == [(1, time.at)]
