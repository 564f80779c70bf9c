"""What was sold at a sale price, in the figures of its day: as many orders, and as much below the ordinary price."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from novacore.states import OrderStatus
from novacore.workflows.catalog import sales
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports.periods import day_of
from tests.fixtures.shops import OWNER, MovableClock, ProductMaker
from tests.workflows.machine import lives
from tests.workflows.reports.test_rollups import check


def test_orders_at_a_sale_price_are_counted(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    today, product_id = day_of(time(), ZoneInfo("UTC")), make_product()
    lives.bring_to(shop, product_id, OrderStatus.delivered, time)
    sales.set_sale(shop, OWNER, product_id, "7", "", "")
    lives.bring_to(shop, product_id, OrderStatus.delivered, time)
    lives.bring_to(shop, product_id, OrderStatus.under_review, time)
    now = check(shop, today, today + timedelta(days=1)).currencies[0].now
    assert (now.received_minor, now.paid, now.at_sale_price, now.sale_off_minor) == (1699, 2, 1, 299)
