"""Roles that come with products: who has earned which, until when, by the orders alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from novacore.db.engine import Database
from novacore.db.event_kinds.products import EDIT_PRODUCT
from novacore.db.models import Event, Job, Order
from novacore.db.unit_of_work import reading, writing
from novacore.errors import NotAllowed, PageChanged
from novacore.states import JobState, OrderStatus, PaymentMethod, ProductKind
from novacore.states.sold_roles import SoldRole
from novacore.workflows.catalog import draft_page, drafts, products
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.delivered import roles
from novacore.workflows.orders.placing.promise import promise_of
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock
from tests.workflows import catalogue
from tests.workflows.machine import lives

VIP, CLUB = 700_000_000_000_000_001, 700_000_000_000_000_002


def sells(shop: Shop, days: int | None, role_id: int = VIP, name: str = "Membership") -> int:
    """Put a product on sale of which the role is all."""
    draft_id = catalogue.written(shop, catalogue.TEXTS, Options(ProductKind.unlimited))
    texts = catalogue.TEXTS
    drafts.fill(shop, OWNER, draft_id, type(texts)(name, "In the club.", "Club", "9.99"))
    drafts.set_role(shop, OWNER, draft_id, SoldRole(role_id, "VIP", days))
    return products.save(shop, OWNER, draft_id)


def bought(shop: Shop, product_id: int, quantity: int = 1) -> Order:
    """Buy it, with the goods delivered."""
    order = lives.submit(shop, lives.place(shop, product_id, quantity=quantity))
    orders.approve(shop, STAFF, order.id, Given())
    lives.mark_sent(shop, order.id)
    return orders.delivered(shop, SYSTEM, order.id)


def left(shop: Shop, order: Order, time: MovableClock) -> float | None:
    """For how many days from now the role is theirs; 0 for not at all, None for ever."""
    mine = roles.earned(shop, order, time.at)
    if mine is None:
        return 0
    return None if mine.until is None else (mine.until - time.at) / timedelta(days=1)


def test_a_role_is_frozen_on_the_order(shop: Shop, time: MovableClock) -> None:
    product_id = sells(shop, 30)
    order = lives.place(shop, product_id)
    draft_id = catalogue.changing(shop, product_id)
    drafts.set_role(shop, OWNER, draft_id, SoldRole(CLUB, "Club", None))
    products.save(shop, OWNER, draft_id)
    assert catalogue.order_of(shop, order.id).role == SoldRole(VIP, "VIP", 30)
    assert lives.place(shop, product_id).role == SoldRole(CLUB, "Club", None)
    (event,) = [one for one in catalogue.events_of(shop, product_id) if one.trigger == "edit_product"]
    assert EDIT_PRODUCT.read(event.detail)["role"] == [f"VIP ({VIP}) for 30 days", f"Club ({CLUB}) for ever"]


def test_a_role_alone_is_goods_enough_and_taken_away_it_is_not(shop: Shop) -> None:
    product_id = sells(shop, 30)
    products.remove(shop, OWNER, product_id)
    products.bring_back(shop, OWNER, product_id)
    draft_id = catalogue.changing(shop, product_id)
    drafts.set_role(shop, OWNER, draft_id, None)
    assert "A **Role** is enough" in draft_page.load(shop, OWNER, draft_id).slips[0]


def test_only_the_owner_chooses_a_role(shop: Shop) -> None:
    draft_id = catalogue.written(shop)
    with pytest.raises(NotAllowed):
        drafts.set_role(shop, STAFF, draft_id, None)


def test_a_page_that_promised_another_role_places_no_order(shop: Shop) -> None:
    product_id = sells(shop, 30)
    seen = promise_of(catalogue.product_of(shop, product_id))
    draft_id = catalogue.changing(shop, product_id)
    drafts.set_role(shop, OWNER, draft_id, SoldRole(VIP, "VIP", 3))
    products.save(shop, OWNER, draft_id)
    with pytest.raises(PageChanged):
        orders.place(shop, CUSTOMER, Checkout("page", product_id, 1, PaymentMethod.btc, seen))


def test_it_begins_with_the_delivery_and_ends_on_time(shop: Shop, time: MovableClock) -> None:
    product_id = sells(shop, 30)
    waiting = lives.place(shop, product_id)
    assert left(shop, waiting, time) == 0, "nothing is theirs before they have the goods"
    order = bought(shop, product_id)
    assert left(shop, order, time) == 30
    time.move(days=30, seconds=-1)
    assert left(shop, order, time)
    time.move(seconds=1)
    assert left(shop, order, time) == 0


def test_time_of_several_units_and_orders_is_added_up(shop: Shop, time: MovableClock) -> None:
    product_id = sells(shop, 30)
    first = bought(shop, product_id, quantity=2)
    assert left(shop, first, time) == 60
    time.move(days=10)
    second = bought(shop, product_id)
    assert left(shop, first, time) == left(shop, second, time) == 80
    time.move(days=100)
    third = bought(shop, product_id)
    assert left(shop, third, time) == 30, "a gap between two orders is no time"


def test_a_refund_takes_its_time_and_leaves_that_of_other_orders(shop: Shop, time: MovableClock) -> None:
    product_id = sells(shop, 30)
    first = bought(shop, product_id)
    time.move(days=10)
    second = bought(shop, product_id)
    orders.refund(shop, OWNER, first.id, lives.REASON)
    assert left(shop, second, time) == 30
    orders.refund(shop, OWNER, second.id, lives.REASON)
    assert left(shop, second, time) == 0


def test_for_ever_outlives_every_day(shop: Shop, time: MovableClock) -> None:
    limited = bought(shop, sells(shop, 30))
    ever = bought(shop, sells(shop, None, name="Life membership"))
    assert left(shop, limited, time) is None
    orders.refund(shop, OWNER, ever.id, lives.REASON)
    assert left(shop, limited, time) == 30


def test_more_days_than_a_calendar_has_are_for_ever(shop: Shop, time: MovableClock) -> None:
    order = bought(shop, sells(shop, 3650), quantity=10)
    assert left(shop, order, time) == 36_500
    again = bought(shop, order.product_id)
    assert left(shop, again, time) is None


def test_two_roles_are_counted_apart(shop: Shop, time: MovableClock) -> None:
    bought(shop, sells(shop, 30))
    bought(shop, sells(shop, 10, CLUB, "Club"))
    with reading(shop.database) as session:
        mine = {one.role.id: one.until for one in roles.earned_by(session, CUSTOMER.id or 0, time.at)}
        assert mine == {VIP: time.at + timedelta(days=30), CLUB: time.at + timedelta(days=10)}
        assert roles.earned_by(session, STRANGER.id or 0, time.at) == []


def test_staff_hear_of_a_refused_role_once_until_it_is_given(shop: Shop, time: MovableClock) -> None:
    product_id = sells(shop, 30)
    first, second = bought(shop, product_id), bought(shop, product_id)
    for order in (first, second, first):
        roles.note_refused(shop, order, "It stands too high.")
    assert alerts(shop) == 1
    assert roles.refused(shop) == {VIP: "It stands too high."}
    roles.note_given(shop, VIP)
    assert roles.refused(shop) == {}
    roles.note_refused(shop, second, "It stands too high.")
    assert alerts(shop) == 2


def alerts(shop: Shop) -> int:
    """How many messages about roles staff are sent."""
    with reading(shop.database) as session:
        told = session.execute(select(Job.id).where(Job.name == "alert_staff")).all()
        happened = session.execute(select(Event.id).where(Event.trigger == "role_refused")).all()
    assert len(told) == len(happened)
    return len(told)


def test_what_waits_for_a_refused_role_is_brought_forward_and_no_other(shop: Shop, time: MovableClock) -> None:
    refused, other = bought(shop, sells(shop, 30)), bought(shop, sells(shop, 30, CLUB, "Club"))
    put_off(shop)
    assert roles.try_again(shop) == 0, "nothing is refused"
    roles.note_refused(shop, refused, "It stands too high.")
    assert roles.try_again(shop) == 1
    with reading(shop.database) as session:
        rows = select(Job.subject_id).where(Job.name == "settle_role", Job.at_once)
        assert session.execute(rows).scalars().all() == [refused.id]
    assert other.id != refused.id


def test_what_waits_for_the_end_of_its_time_goes_on_waiting(shop: Shop, time: MovableClock) -> None:
    product_id = sells(shop, 30)
    given, refused = bought(shop, product_id), bought(shop, product_id)
    put_off(shop, timedelta(days=30))
    roles.note_refused(shop, refused, "It stands too high.")
    assert roles.try_again(shop) == 0
    put_off(shop, timedelta(hours=1))
    assert roles.try_again(shop) == 2
    assert given.id != refused.id


def test_many_jobs_are_brought_forward_in_one_statement_the_oldest_first(
    shop: Shop, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    product_id = sells(shop, 30)
    several = [bought(shop, product_id) for _ in range(3)]
    put_off(shop)
    roles.note_refused(shop, several[0], "It stands too high.")
    monkeypatch.setattr(roles, "_REFUSED_JOBS", roles._REFUSED_JOBS.limit(2))
    with counting(shop.database, "UPDATE jobs") as updates:
        assert roles.try_again(shop) == 2
    assert len(updates) == 1
    with reading(shop.database) as session:
        rows = select(Job.subject_id).where(Job.name == "settle_role", Job.at_once).order_by(Job.id)
        assert [*session.execute(rows).scalars()] == [one.id for one in several[:2]]


def test_a_role_that_is_refused_again_is_looked_up_without_a_write(shop: Shop, time: MovableClock) -> None:
    order = bought(shop, sells(shop, 30))
    roles.note_refused(shop, order, "It stands too high.")
    with counting(shop.database, "shop_facts") as statements:
        roles.note_refused(shop, order, "It stands too high.")
    assert [one.split()[0] for one in statements] == ["SELECT"]


@contextmanager
def counting(database: Database, word: str) -> Iterator[list[str]]:
    """The statements with a word in them that are run meanwhile."""
    seen: list[str] = []

    def see(*given: Any) -> None:
        if word in given[2]:
            seen.append(given[2])

    event.listen(database.engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", see)


def put_off(shop: Shop, wait: timedelta = timedelta(hours=1)) -> None:
    """Let every job about a role wait, as a worker does that can't give it."""
    with writing(shop.database) as tx:
        waiting = {"at_once": False, "due_at": tx.now + wait, "state": JobState.queued}
        tx.session.execute(update(Job).where(Job.name == "settle_role").values(waiting))


def test_someone_who_comes_back_gets_what_is_theirs(shop: Shop, time: MovableClock) -> None:
    bought(shop, sells(shop, 30))
    assert roles.came_back(shop, STRANGER.id or 0, time.at) == 0
    assert roles.came_back(shop, CUSTOMER.id or 0, time.at) == 1
    with reading(shop.database) as session:
        job = session.execute(select(Job).where(Job.name == "return_roles")).scalar_one()
    assert (job.subject_kind, job.subject_id) == ("person", str(CUSTOMER.id))


def test_everybody_is_looked_at_once_a_day(shop: Shop, time: MovableClock) -> None:
    assert not roles.queue_check(shop), "nobody has a role"
    time.move(days=1)
    bought(shop, sells(shop, 30))
    assert roles.queue_check(shop)
    assert not roles.queue_check(shop)
    assert roles.next_to_check(shop) == [CUSTOMER.id]
    roles.note_checked(shop, CUSTOMER.id or 0)
    assert roles.next_to_check(shop) == []
    time.move(days=1)
    assert roles.queue_check(shop)
    assert roles.next_to_check(shop) == [CUSTOMER.id]


def test_an_order_without_a_role_has_no_such_job(shop: Shop, time: MovableClock) -> None:
    draft_id = catalogue.written(shop, options=Options(ProductKind.unlimited))
    drafts.set_goods(shop, OWNER, draft_id, "guide: read it")
    order = bought(shop, products.save(shop, OWNER, draft_id))
    orders.refund(shop, OWNER, order.id, lives.REASON)
    with reading(shop.database) as session:
        assert session.execute(select(Job.id).where(Job.name == "settle_role")).all() == []
    assert catalogue.order_of(shop, order.id).status is OrderStatus.refunded
