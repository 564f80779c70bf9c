"""Prices of coins for a rehearsal, so that orders ask for exact amounts. None of them is today's."""

from typing import Final

from novacore.money import currency_exponent
from novacore.states import PaymentMethod
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments.rates import set_rate
from novacore.workflows.upkeep.sample import SAMPLER

PRICES: Final = {
    PaymentMethod.btc: "64250.10",
    PaymentMethod.ltc: "83.25",
    PaymentMethod.sol: "150.40",
    PaymentMethod.eth: "3310.75",
}


def fill(shop: Shop) -> None:
    """Set the sample prices, as if the owner had; like any price of theirs they are good for a day."""
    has_cents = currency_exponent(shop.terms.currency) > 0
    for method, price in PRICES.items():
        set_rate(shop, SAMPLER, method, price if has_cents else price.partition(".")[0], sure=True)
