"""Who waits for what: once a person and product, called in the order in which they asked, a few a minute."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, insert, select, update

from novacore.db.models import Job, Product, StockWait
from novacore.db.unit_of_work import reading, writing
from novacore.errors import LimitReached, NotFound, WrongState
from novacore.states import JobState, ProductKind
from novacore.workflows.catalog import offers, products
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.stock import stock_levels, waiting_list
from tests.fixtures.shops import CUSTOMER, OWNER, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives


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
    rows = select(Job).where(Job.name == "tell_waiting").order_by(Job.due_at, Job.id)
    with reading(shop.database) as session:
        jobs = session.execute(rows).scalars()
        return [(job_kinds.TELL_WAITING.payload_of(job)["customer_id"], job.due_at) for job in jobs]


def still_waiting(shop: Shop) -> int:
    """How many nobody has called yet."""
    with reading(shop.database) as session:
        return len(session.execute(select(StockWait.customer_id).where(StockWait.called_at.is_(None))).all())


def test_asking_once_and_twice_and_taking_it_back(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    assert waiting_list.ask(shop, CUSTOMER, product_id)
    assert not waiting_list.ask(shop, CUSTOMER, product_id)
    assert waiting_list.ask(shop, STRANGER, product_id)
    assert still_waiting(shop) == 2
    assert waiting_list.take_back(shop, CUSTOMER, product_id)
    assert not waiting_list.take_back(shop, CUSTOMER, product_id)
    assert still_waiting(shop) == 1


def test_what_can_be_bought_is_not_waited_for(shop: Shop, make_product: ProductMaker) -> None:
    with pytest.raises(WrongState, match="in stock right now"):
        waiting_list.ask(shop, CUSTOMER, make_product())
    with pytest.raises(WrongState, match="in stock right now"):
        waiting_list.ask(shop, CUSTOMER, make_product(ProductKind.unlimited, name="Guide"))


def test_what_is_not_on_sale_is_not_waited_for(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    with writing(shop.database) as tx:
        tx.session.execute(update(Product).values(is_deleted=True))
    for missing in (product_id, 99_999):
        with pytest.raises(NotFound, match="not on sale any more"):
            waiting_list.ask(shop, CUSTOMER, missing)


def test_one_person_waits_for_so_many_at_most(
    shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_list, "MOST_EACH", 1)
    assert waiting_list.ask(shop, CUSTOMER, make_product(units=0))
    with pytest.raises(LimitReached, match="waiting for 1 products already"):
        waiting_list.ask(shop, CUSTOMER, make_product(units=0, name="Other"))


def test_fifty_products_are_the_most_that_one_person_waits_for(shop: Shop, make_product: ProductMaker) -> None:
    wanted = [make_product(units=0, name=f"Rare {number}") for number in range(51)]
    with writing(shop.database) as tx:
        rows = [{"product_id": one, "customer_id": CUSTOMER.id, "asked_at": tx.now} for one in wanted[:49]]
        tx.session.execute(insert(StockWait), rows)
    assert waiting_list.ask(shop, CUSTOMER, wanted[49])
    with pytest.raises(LimitReached, match="waiting for 50 products already"):
        waiting_list.ask(shop, CUSTOMER, wanted[50])
    assert waiting_list.ask(shop, STRANGER, wanted[50]), "what others wait for does not count"


def test_stock_that_comes_calls_whoever_waits(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    stock_levels.review(shop, product_id)
    waiting_list.ask(shop, CUSTOMER, product_id)
    stock_levels.review(shop, product_id)
    assert not _queued(shop)
    offers.add_codes(shop, OWNER, product_id, ["A"])
    stock_levels.review(shop, product_id)
    assert _queued(shop) == 1
    assert waiting_list.call_some(shop, 0) is None  # that job is there to do it


def test_a_product_that_is_offered_again_calls_whoever_waits(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=1)
    order = lives.place(shop, product_id)
    waiting_list.ask(shop, STRANGER, product_id)
    products.remove(shop, OWNER, product_id)
    orders.cancel(shop, CUSTOMER, order.id)  # its unit comes back while nobody can buy it
    stock_levels.review(shop, product_id)
    assert waiting_list.call_some(shop, 0) is None
    with writing(shop.database) as tx:
        tx.session.execute(delete(Job))  # all of them are done by then
    products.bring_back(shop, OWNER, product_id)
    with reading(shop.database) as session:
        looks = select(Job.id).where(Job.name == JobName.watch_stock, Job.state == JobState.queued)
        assert session.execute(looks).scalar_one()
    stock_levels.review(shop, product_id)
    assert waiting_list.call_some(shop, 0) is None  # the job that was queued just now does it
    assert _queued(shop) == 1


def _queued(shop: Shop) -> int:
    rows = select(Job.id).where(Job.name == "call_waiting", Job.state == JobState.queued)
    with reading(shop.database) as session:
        return len(session.execute(rows).all())


def test_twenty_a_minute_and_the_first_come_first(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=3)
    crowd(shop, product_id, 50)
    last = waiting_list.call_some(shop, 0)
    assert last == time.at + 20 * waiting_list.PACE == time.at + timedelta(minutes=1)
    assert [who for who, _ in turns(shop)] == [*range(1, 21)]
    assert still_waiting(shop) == 30
    waiting_list.call_some(shop, 0)  # two that call at once share one line
    times = [at for _, at in turns(shop)]
    assert all(later - earlier == waiting_list.PACE for earlier, later in pairwise(times))


def test_only_those_whose_product_is_there(shop: Shop, make_product: ProductMaker) -> None:
    sold_out, there = make_product(units=0), make_product(name="Other")
    crowd(shop, sold_out, 30)
    crowd(shop, there, 2, first=100)
    waiting_list.call_some(shop, 0)
    assert [who for who, _ in turns(shop)] == [100, 101]
    assert waiting_list.call_some(shop, 0) is None


def test_a_second_job_leaves_it_to_the_one_that_is_queued(shop: Shop, make_product: ProductMaker) -> None:
    crowd(shop, make_product(), 3)
    with writing(shop.database) as tx:
        jobs.enqueue(tx, [job_kinds.CALL_WAITING.about("shop", "waits")])
        other = tx.session.execute(select(Job.id).where(Job.name == "call_waiting")).scalar_one()
    assert waiting_list.call_some(shop, other + 1) is None
    assert waiting_list.call_some(shop, other) is not None


def test_put_back_in_line(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=1)
    crowd(shop, product_id, 1)
    waiting_list.call_some(shop, 0)
    assert still_waiting(shop) == 0
    lives.place(shop, product_id)
    assert not waiting_list.is_in_stock(shop, product_id)
    waiting_list.wait_on(shop, product_id, 1)
    assert still_waiting(shop) == 1


def test_a_pause_holds_for_everybody(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    assert waiting_list.paused_until(shop, time.at) is None
    waiting_list.pause(shop)
    ends = time.at + waiting_list.PAUSE
    assert waiting_list.paused_until(shop, time.at) == ends
    assert [waiting_list.next_place(shop), waiting_list.next_place(shop)] == [ends, ends + waiting_list.PACE]
    time.move(minutes=11)
    assert waiting_list.paused_until(shop, time.at) is None
    crowd(shop, make_product(), 1)
    waiting_list.call_some(shop, 0)
    assert turns(shop) == [(1, time.at)]
