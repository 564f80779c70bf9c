"""A way to pay that the owner turned off: nobody orders with it, and what was ordered with it before stays whole."""

from dataclasses import replace

import pytest

from novacore.errors import PageChanged
from novacore.states import OrderStatus, PaymentMethod, ReferenceForm
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from tests.fixtures.shops import CUSTOMER, STAFF, ProductMaker
from tests.workflows.machine import lives

REFERENCES = {
    ReferenceForm.paypal: "4AB12345CD678901E",
    ReferenceForm.hex: "ab" * 32,
    ReferenceForm.solana: "5" * 88,
    ReferenceForm.ethereum: "0x" + "12" * 32,
}


def without(shop: Shop, method: PaymentMethod) -> Shop:
    """The same shop after its owner turned one way to pay off."""
    return replace(shop, addresses={one: at for one, at in shop.addresses.items() if one is not method})


@pytest.mark.parametrize("method", PaymentMethod)
def test_nobody_orders_with_it(shop: Shop, make_product: ProductMaker, method: PaymentMethod) -> None:
    product = make_product()
    before = lives.snapshot(shop)
    with pytest.raises(PageChanged, match="This way to pay is not offered"):
        orders.place(without(shop, method), CUSTOMER, Checkout("k", product, 1, method))
    assert lives.snapshot(shop) == before


@pytest.mark.parametrize("method", PaymentMethod)
def test_an_order_from_before_is_paid_and_approved(
    shop: Shop, make_product: ProductMaker, method: PaymentMethod
) -> None:
    order = orders.place(shop, CUSTOMER, Checkout("k", make_product(), 1, method))
    later = without(shop, method)
    assert orders.place(later, CUSTOMER, Checkout("k", order.product_id, 1, method)).id == order.id
    shown = orders.submit_proof(later, CUSTOMER, order.id, lives.picture(), REFERENCES[method.row.networks[0].form])
    assert (shown.pay_address, shown.pay_network) == (order.pay_address, order.pay_network)
    orders.ask_again(later, STAFF, order.id, Given(reason="unreadable"))
    orders.submit_proof(later, CUSTOMER, order.id, lives.picture(), REFERENCES[method.row.networks[0].form])
    assert orders.approve(later, STAFF, order.id, Given()).status is OrderStatus.approved
    assert lives.ledger_of(later, order.id) == [("received", order.total_minor)]
