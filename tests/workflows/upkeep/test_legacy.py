"""History is stored as it ended; what has not ended has to go through the arrows."""

import pytest

from novacore import clock
from novacore.states import OrderStatus, PaymentMethod
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.legacy import orders
from novacore.workflows.upkeep.legacy.rows import OldOrder, OldShop
from tests.workflows.machine import lives

OLD = OldShop("old.db", [("1", "VPN")])


def _order(status: OrderStatus) -> OldOrder:
    now = clock.now()
    return OldOrder(
        "7", None, status, "x", 1001, "ann", None, "VPN", 1, 400, 400, PaymentMethod.btc, now, now, None, None
    )


@pytest.mark.parametrize("status", [OrderStatus.awaiting_payment, OrderStatus.approved, OrderStatus.delivery_blocked])
def test_a_state_that_waits_for_a_job_is_no_history(shop: Shop, status: OrderStatus) -> None:
    before = lives.snapshot(shop)
    with pytest.raises(ValueError, match="has not ended"):
        orders.store_orders(shop, OLD, [_order(status)])
    assert lives.snapshot(shop) == before
