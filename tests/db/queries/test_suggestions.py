"""Order ids offered at a keystroke: the right ones, by an index."""

from typing import Any

import pytest
from sqlalchemy import event

from novacore.bot.lookups import orders as order_lookups
from novacore.db.queries.orders import suggestions
from novacore.db.unit_of_work import reading
from novacore.states import OrderStatus, PaymentMethod
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import vouches
from novacore.workflows.orders.commands import Checkout
from tests.fixtures.shops import CUSTOMER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives


def _place(shop: Shop, who: Actor, key: str, product: int) -> str:
    return orders.place(shop, who, Checkout(key, product, 1, PaymentMethod.btc)).id


def test_orders_that_may_take_a_proof_the_newest_first(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product(units=9)
    placed = []
    for number in range(3):
        placed.append(_place(shop, CUSTOMER, f"k{number}", product))
        time.move(minutes=1)
    _place(shop, STRANGER, "other", product)
    orders.cancel(shop, CUSTOMER, placed[1])
    time.move(hours=25)
    orders.expire(shop, SYSTEM, placed[0])
    with reading(shop.database) as session:
        found = [order.id for order in suggestions.awaiting_proof(session, CUSTOMER.id or 0)]
        newest = [order.id for order in suggestions.recent(session)]
    assert found == [placed[2], placed[0]]
    assert newest[1:] == placed[::-1]


def test_orders_with_a_vouch_the_newest_vouch_first(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product(units=9)
    delivered = [lives.bring_to(shop, product, OrderStatus.delivered, time).id for _ in range(4)]
    for order_id in (delivered[2], delivered[0], delivered[1]):
        vouches.write(shop, CUSTOMER, order_id, "5", "")
        time.move(minutes=1)
    vouches.write(shop, CUSTOMER, delivered[2], "1", "Changed my mind.")
    vouches.hide(shop, STAFF, delivered[1], "It names someone.")
    with reading(shop.database) as session:
        found = [order.id for order in suggestions.with_vouch(session)]
    assert found == [delivered[0], delivered[2]], "an edit makes no vouch new; a hidden one is gone"


@pytest.mark.parametrize("shop_url", ["sqlite"], indirect=True)
def test_none_looks_at_every_order(shop: Shop) -> None:
    statements: list[tuple[str, Any]] = []
    event.listen(
        shop.database.engine, "before_cursor_execute", lambda _c, _u, text, given, *_: statements.append((text, given))
    )
    with reading(shop.database) as session:
        suggestions.awaiting_proof(session, 1)
        suggestions.recent(session)
        suggestions.with_vouch(session)
        asked = [one for one in statements if one[0].startswith("SELECT")]
        assert len(asked) == 3
        for text, given in asked:
            plan = " ".join(
                str(row) for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given)
            )
            assert "USING INDEX" in plan, plan
            assert "TEMP B-TREE" not in plan, plan


def test_an_old_order_is_found_by_how_its_id_begins(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product(units=9)
    old = _place(shop, CUSTOMER, "old", product)
    time.move(days=40)
    new = _place(shop, STRANGER, "new", product)
    with reading(shop.database) as session:
        assert [one.id for one in suggestions.starting_with(session, old[:11], 25)] == [old]
        assert [one.id for one in suggestions.starting_with(session, "NC-2026", 25)] == [new, old]
        assert suggestions.starting_with(session, "NC-2025", 25) == []


def test_staff_are_offered_the_newest_and_older_ones_by_their_beginning(
    shop: Shop, make_product: ProductMaker, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "LOOKED_AT", 1)
    product = make_product(units=9)
    old = _place(shop, CUSTOMER, "old", product)
    time.move(days=40)
    new = _place(shop, STRANGER, "new", product)
    offered = {
        typed: [one.id for one in order_lookups.ids_to_look_at(shop, STAFF, typed)] for typed in ("", "nc-2026", old)
    }
    assert offered == {"": [new], "nc-2026": [new, old], old: [old]}
    assert order_lookups.ids_to_look_at(shop, CUSTOMER, "nc-2026") == []
    assert order_lookups.ids_to_look_at(shop, STAFF, "NC-2026%'; --") == []
