"""The ways to pay that customers are offered: those that the settings turn on, and the owner's own that are on sale.

What an order was placed with stands in the order: `Order.paid_by`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from novacore.db.queries.orders import own_methods
from novacore.db.unit_of_work import reading
from novacore.states import Method, PaymentMethod, known_method
from novacore.wallets.addresses import PaymentAddress
from novacore.workflows.machine.shop import Shop

Methods = Mapping[str, Method]
"""By their keys, in the order in which customers read them."""

LABEL_LIMIT: Final = 40
REFERENCE_LIMIT: Final = 40
"""Characters of what the owner calls a way to pay, and of what they call its reference."""

INSTRUCTIONS_LIMIT: Final = 700
"""Characters of what an owner tells customers to do, with total and order filled in."""

ADDRESS_LIMIT: Final = 120
"""Characters of an address, an account number and the like. The longest of a coin in use have 106."""

NOT_OFFERED: Final = "This way to pay is not offered at the moment. Please pick another one."

NO_WAY_TO_PAY: Final = "We can't take any payment at the moment. Please come back later."


def offered(shop: Shop) -> Methods:
    """Return every way to pay that is offered now."""
    with reading(shop.database) as session:
        return on_sale(shop, session)


def on_sale(shop: Shop, session: Session) -> Methods:
    """Return the same, in a transaction that is open already."""
    own = own_methods.on_sale(session)
    return {one.key: one for one in (*of_settings(shop.addresses), *own)}


def one_on_sale(shop: Shop, session: Session, key: str) -> Method | None:
    """Return the one with this key; None if it is not offered now."""
    known = PaymentMethod.of(key)
    if known is None:
        return own_methods.one_on_sale(session, key)
    return next((one for one in of_settings(shop.addresses) if one.key == known), None)


def of_settings(addresses: Mapping[PaymentMethod, PaymentAddress]) -> Sequence[Method]:
    """Return those that the settings turn on."""
    return [known_method(one, to.address, to.network) for one in PaymentMethod if (to := addresses.get(one))]


def frozen(method: Method, total: str, order_id: str) -> dict[str, Any]:
    """Return the columns by which an order keeps how it is paid; `total` as people read it."""
    return {
        "method": method.key,
        "method_label": method.label,
        "method_emoji": method.emoji,
        "pay_address": method.address,
        "pay_network": method.network,
        "pay_instructions": filled_in(method.instructions, total, order_id) or None,
        "reference_name": method.reference,
        "reference_need": method.need,
    }


def filled_in(instructions: str, total: str, order_id: str) -> str:
    """Return the owner's words for one order. What is in braces and isn't known stays as it was typed."""
    values = dict(zip(PLACEHOLDERS, (total, order_id), strict=True))
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), instructions)


PLACEHOLDER: Final = re.compile(r"\{([^{}\n]{0,40})\}")
"""What the owner may write in braces."""

PLACEHOLDERS: Final = ("total", "order")
