"""No two transactions hold what the other one waits for: neither has to be broken off. Raced on PostgreSQL alone.

SQLite has one writer at a time, so there is nothing to race there.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from novacore.db.models import AmountClaim, KeptProof, Order, OwnMethodDraft, PrivatePage
from novacore.db.unit_of_work import reading, writing
from novacore.states import PaymentMethod
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import kept_proofs, private_pages
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.placing import unpaid
from novacore.workflows.orders.private_pages import ShownPage
from novacore.workflows.payments import coin_amounts, own_drafts, rates
from novacore.workflows.tickets import commands as tickets
from tests.fixtures.shops import CUSTOMER, OWNER, MovableClock, ProductMaker
from tests.workflows.machine import lives, ticket_lives

PATIENCE = 60.0
"""Seconds that are never needed where nothing is broken."""


@pytest.fixture
def shop_url(postgresql_shop_url: str) -> str:
    """Race on PostgreSQL."""
    return postgresql_shop_url


def waiting(shop: Shop) -> int:
    """How many transactions wait for another one."""
    with reading(shop.database) as session:
        return int(session.execute(text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")).scalar_one())


def ended_or_waits(shop: Shop, one: Future[Any]) -> None:
    """Wait until this one has ended, or waits for the other."""
    for _ in range(int(PATIENCE * 50)):
        if one.done() or waiting(shop):
            return
        sleep(0.02)
    raise AssertionError("It neither ended nor waited.")


# ---- an order and its customer


def keep_picture(shop: Shop, order: Order) -> object:
    """The customer sends a proof with a wrong transaction id."""
    return kept_proofs.keep(shop, CUSTOMER, order.id, "not one", lives.picture())


def open_ticket(shop: Shop, order: Order) -> object:
    """The customer opens a ticket about the order."""
    return tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft(order_text=order.id))


@pytest.mark.parametrize("deed", [keep_picture, open_ticket])
def test_whoever_holds_the_customer_may_add_to_an_order_that_is_being_cancelled(
    shop: Shop,
    make_product: ProductMaker,
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[Shop, Order], object],
) -> None:
    """Cancelling locks the order and then its customer."""
    order = lives.place(shop, make_product())
    has_the_order, go_on = Event(), Event()
    count = unpaid._changes_their_mind_all_the_time

    def wait_and_count(move: Any) -> bool:
        has_the_order.set()
        go_on.wait(PATIENCE)
        return count(move)

    monkeypatch.setattr(unpaid, "_changes_their_mind_all_the_time", wait_and_count)
    with ThreadPoolExecutor() as pool:
        cancelling = pool.submit(orders.cancel, shop, CUSTOMER, order.id)
        assert has_the_order.wait(PATIENCE)
        adding = pool.submit(deed, shop, order)
        ended_or_waits(shop, adding)
        go_on.set()
        assert adding.result(PATIENCE)
        assert cancelling.result(PATIENCE).status == "cancelled"


# ---- many rows

Scene = Callable[[Shop, int, MovableClock], None]
PEOPLE = [Actor(7001, "ann"), Actor(7002, "bea")]
ROWS = len(PEOPLE)


def lapsed_claims(shop: Shop, product_id: int, time: MovableClock) -> None:
    """Claims of orders that expired too long ago to be paid."""
    rates.set_rate(shop, OWNER, "btc", "50000")
    placed = [buy(shop, product_id, person) for person in PEOPLE]
    time.move(days=1)
    for order in placed:
        orders.expire(shop, SYSTEM, order.id)
    time.move(days=7, seconds=1)
    rates.set_rate(shop, OWNER, "btc", "50000")


def buy(shop: Shop, product_id: int, person: Actor) -> Order:
    return orders.place(shop, person, Checkout(f"of {person.id} at {id(person)}", product_id, 1, PaymentMethod.btc))


def kept_pictures(shop: Shop, product_id: int, time: MovableClock) -> None:
    """Pictures that were kept an hour ago."""
    for person in PEOPLE:
        lives.place(shop, product_id, person)
        kept_proofs.keep(shop, person, None, "not one", lives.picture())
    time.move(hours=1)


def old_drafts(shop: Shop, _product_id: int, time: MovableClock) -> None:
    """Drafts that nobody has touched for a day."""
    for _ in range(ROWS):
        own_drafts.begin(shop, OWNER, None)
    time.move(days=1, seconds=1)


def old_pages(shop: Shop, product_id: int, time: MovableClock) -> None:
    """Private pages whose time is over."""
    order = lives.place(shop, product_id)
    for number in range(ROWS):
        page = ShownPage(100 + number, CUSTOMER.id or 0, order.id, 0, "mark", time.at, "token")
        private_pages.follow(shop, page)
    time.move(hours=1)


def place_another(shop: Shop, product_id: int) -> object:
    """Someone else orders for the same amount."""
    return buy(shop, product_id, Actor(7003, "cem"))


def keep_another(shop: Shop, product_id: int) -> object:
    """Someone else's picture is kept, for which the older ones have to go."""
    lives.place(shop, product_id, CUSTOMER)
    return kept_proofs.keep(shop, CUSTOMER, None, "not one", lives.picture())


Deed = Callable[[Shop, int], object]
TIDYING: dict[str, tuple[Scene, InstrumentedAttribute[int], Deed, int]] = {
    "claims": (lapsed_claims, AmountClaim.amount, lambda shop, _: coin_amounts.tidy(shop), 0),
    "claims of others": (lapsed_claims, AmountClaim.amount, place_another, 1),
    "pictures": (kept_pictures, KeptProof.id, lambda shop, _: kept_proofs.tidy(shop), 0),
    "the oldest pictures": (kept_pictures, KeptProof.id, keep_another, 1),
    "drafts": (old_drafts, OwnMethodDraft.id, lambda shop, _: own_drafts.tidy(shop), 0),
    "pages": (old_pages, PrivatePage.message_id, lambda shop, _: private_pages.tidy(shop), 0),
}
"""How rows come to be there, which column tells them apart, what deletes them, and how many new ones that makes."""


@pytest.mark.parametrize("what", TIDYING)
def test_whoever_deletes_many_rows_waits_for_nobody_who_wants_one_of_them(
    shop: Shop, make_product: ProductMaker, time: MovableClock, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(kept_proofs, "MOST", ROWS)
    scene, key, tidy, new = TIDYING[what]
    product_id = make_product(price=2000)
    scene(shop, product_id, time)
    monkeypatch.setattr(kept_proofs, "MOST", 1)
    with reading(shop.database) as session:
        rows = session.execute(select(key).order_by(key)).scalars().all()
    assert len(rows) == ROWS
    with ThreadPoolExecutor() as pool:
        with writing(shop.database) as tx:
            tx.session.execute(delete(key.class_).where(key == rows[-1]))
            tidying = pool.submit(tidy, shop, product_id)
            ended_or_waits(shop, tidying)
            tx.session.execute(select(key).where(key == rows[0]).order_by(key).with_for_update())
        tidying.result(PATIENCE)
    with reading(shop.database) as session:
        left: Select[int] = select(func.count()).select_from(key.class_)
        assert session.execute(left).scalar_one() == new
