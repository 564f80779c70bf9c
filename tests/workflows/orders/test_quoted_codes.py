"""A code that people quote when they say why, or in a vouch, is stored nowhere, whatever they press."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from novacore.crypto import GoodsCipher, new_key
from novacore.db.models import LedgerEntry, Person
from novacore.db.unit_of_work import reading
from novacore.errors import WrongState
from novacore.states import OrderStatus, ProductKind
from novacore.workflows.goods.masking import UNCHECKED
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor, Who
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import after_sale, vouches
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks
from novacore.workflows.orders.table import ORDERS
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives

THEIRS, IN_STOCK = "SECRET-1-0", "SECRET-1-17"
SAID = f"{THEIRS} was used, I gave {IN_STOCK.lower()}: code={THEIRS}\0, or S\0ECRET-1-0."
KEPT = "•••• was used, I gave ••••: code=••••, or ••••."

BY_PEOPLE = [
    (arrow.trigger, source)
    for arrow in ORDERS.arrows
    for source in OrderStatus
    if source in arrow.sources
    and source is not OrderStatus.new
    and arrow.who - {Who.system}
    and arrow.trigger != "submit_proof"
]


def told(shop: Shop) -> str:
    """Everything that is stored, but for the goods themselves."""
    return repr([rows for name, rows in lives.snapshot(shop).items() if name not in {"units", "goods_versions"}])


def actor_of(trigger: str) -> Actor:
    """Someone who may."""
    who = ORDERS.arrow(trigger).who
    return STAFF if Who.staff in who else OWNER if Who.owner in who else CUSTOMER


@pytest.mark.parametrize(("trigger", "source"), BY_PEOPLE)
def test_no_trigger_keeps_a_code_that_is_quoted(
    shop: Shop, make_product: ProductMaker, time: MovableClock, trigger: str, source: OrderStatus
) -> None:
    product_id = make_product(units=20)
    lives.bring_to(shop, product_id, OrderStatus.delivered, time)
    time.move(hours=1)
    if ORDERS.arrow(trigger).applies:
        product_id = make_product(ProductKind.by_hand, name="Help")
    order = lives.bring_to(shop, product_id, source, time)
    lives.prepare(shop, order, trigger, time)
    orders.take(shop, actor_of(trigger), order.id, trigger, Given(reason=SAID))
    assert "SECRET-1" not in told(shop).upper()


PRESSES: dict[str, Callable[[Shop, str, int], object]] = {
    "replace_unit": lambda shop, order, version: after_sale.replace_unit(shop, STAFF, order, version, "1", SAID),
    "return_money": lambda shop, order, version: after_sale.return_money(shop, OWNER, order, version, "1.00", SAID),
    "receive_money": lambda shop, order, version: after_sale.receive_money(shop, OWNER, order, version, "1.00", SAID),
    "vouch": lambda shop, order, _: vouches.write(shop, CUSTOMER, order, "5", SAID),
    "hide_vouch": lambda shop, order, _: (
        vouches.write(shop, CUSTOMER, order, "5", "Good."),
        vouches.hide(shop, STAFF, order, SAID),
    ),
    "block": lambda shop, *_: blocks.block(shop, STAFF, CUSTOMER, SAID, "7"),
}


@pytest.mark.parametrize("press", PRESSES)
def test_nothing_else_that_is_typed_keeps_one(
    shop: Shop, make_product: ProductMaker, time: MovableClock, press: str
) -> None:
    order = lives.bring_to(shop, make_product(units=20), OrderStatus.delivered, time)
    lives.end_jobs(shop, order.id)
    PRESSES[press](shop, order.id, order.version)
    assert KEPT in told(shop)
    assert "SECRET-1" not in told(shop).upper()


def test_the_reason_of_a_refund_reads_the_same_in_the_books(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(units=20), OrderStatus.delivered, time)
    orders.refund(shop, OWNER, order.id, Given(reason=SAID))
    with reading(shop.database) as session:
        newest = select(LedgerEntry.reason).order_by(LedgerEntry.id.desc()).limit(1)
        assert session.execute(newest).scalar_one() == KEPT


def test_a_code_in_stock_is_hidden_where_the_person_has_bought_nothing(shop: Shop, make_product: ProductMaker) -> None:
    make_product(units=20)
    blocks.block(shop, STAFF, Actor(77, "newcomer"), f"sells {IN_STOCK}", "7")
    with reading(shop.database) as session:
        assert session.get_one(Person, 77).block_reason == "sells ••••"


# ---- while no key fits


def test_a_decision_goes_on_without_its_words_and_a_vouch_waits(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=20)
    order = lives.bring_to(shop, product_id, OrderStatus.delivered, time)
    time.move(hours=1)
    second = lives.bring_to(shop, product_id, OrderStatus.under_review, time)
    locked_out = replace(shop, cipher=GoodsCipher([new_key()]))
    assert orders.reject(locked_out, STAFF, second.id, Given(reason=SAID)).reason == UNCHECKED
    vouches.write(shop, CUSTOMER, order.id, "4", "Quick.")
    with pytest.raises(WrongState, match="was not saved"):
        vouches.write(locked_out, CUSTOMER, order.id, "5", SAID)
    assert vouches.write(locked_out, CUSTOMER, order.id, "3", "").rating == 3


def test_what_the_shop_says_itself_is_kept_whatever_the_key(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(units=20), OrderStatus.delivered, time)
    time.move(hours=1)
    order = lives.bring_to(shop, 1, OrderStatus.approved, time)
    locked_out = replace(shop, cipher=GoodsCipher([new_key()]))
    blocked = orders.delivery_blocked(locked_out, SYSTEM, order.id, Given(reason="No key opens the goods."))
    assert blocked.reason == "No key opens the goods."
