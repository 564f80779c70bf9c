"""The exports of units and vouches: every one is there, and no code is."""

from sqlalchemy import select

from novacore.db.models import Unit
from novacore.db.unit_of_work import reading
from novacore.states import ExportSubject, OrderStatus
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import vouches
from tests.fixtures.shops import CUSTOMER, STAFF, MovableClock, ProductMaker
from tests.workflows.exports.sums import rows
from tests.workflows.machine import lives


def test_units_come_with_their_orders_and_without_their_codes(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(units=3), OrderStatus.delivered, time)
    found = rows(shop, ExportSubject.units)
    assert [(one["status"], one["order_id"]) for one in found] == [
        ("sold", order.id),
        ("available", None),
        ("available", None),
    ]
    assert {one["code"] for one in found} == {"••••"}
    with reading(shop.database) as session:
        marks = [
            bytes(mark or b"")[:6].hex()
            for mark in session.execute(select(Unit.fingerprint).order_by(Unit.id)).scalars()
        ]
    assert [one["code_mark"] for one in found] == marks
    assert len({*marks}) == 3
    assert found[0]["sold_at"] == time.at


def test_vouches_come_with_what_staff_hid(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(units=1), OrderStatus.delivered, time)
    vouches.write(shop, CUSTOMER, order.id, "4", "=quick")
    vouches.hide(shop, STAFF, order.id, "Not kind.")
    (one,) = rows(shop, ExportSubject.vouches)
    assert (one["order_id"], one["stars"], one["comment"], one["is_hidden"]) == (order.id, 4, "=quick", True)
    assert (one["hidden_reason"], one["hidden_by"]) == ("Not kind.", str(STAFF.id))
