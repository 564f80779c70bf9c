"""What staff type when another amount came in: money as PayPal prints it, or the order's own coin."""

from contextlib import nullcontext

import pytest

from novacore.db.models import Order
from novacore.errors import BadInput
from novacore.states import RateSource
from novacore.workflows.payments.received import Received, read, require_meant
from tests.messages import samples


@pytest.mark.parametrize(
    ("typed", "minor", "units"),
    [
        ("$1,234.50 USD", 123_450, None),
        ("19.98", 1998, None),
        ("0.00031113 BTC", 1998, 31_113),
        ("0.0003 btc", 1926, 30_000),
        ("0.0004BTC", 2568, 40_000),
    ],
)
def test_money_and_the_coin_are_read(typed: str, minor: int, units: int | None) -> None:
    assert read(samples.coin_order(), typed) == Received(minor, units)


def test_an_amount_that_the_order_asked_for_earlier_is_the_whole_price() -> None:
    order = samples.coin_order(coin_amount_before=30_000)
    assert read(order, "0.0003 BTC") == Received(1998, 30_000)
    assert read(order, "0.0004 BTC", asked=[40_000]) == Received(1998, 40_000)
    assert read(order, "0.00030001 BTC").minor < 1998


@pytest.mark.parametrize(
    ("typed", "again", "is_taken"),
    [
        ("39.96", "", True),
        ("9.99", "", True),
        ("39.97", "", False),
        ("9.98", "", False),
        ("9.98", "9.97", False),
        ("9.98", "$9.98 USD", True),
        ("0.0031113 BTC", "", False),
        ("0.0031113 BTC", "0.0031113 btc", True),
    ],
)
def test_an_amount_far_from_the_price_is_typed_twice(typed: str, again: str, is_taken: bool) -> None:
    order = samples.coin_order()
    with nullcontext() if is_taken else pytest.raises(BadInput, match="nothing was changed"):
        require_meant(order, read(order, typed), again)


@pytest.mark.parametrize(
    ("order", "typed"),
    [
        (samples.coin_order(), "0.00031113"),
        (samples.coin_order(), "0.00031113 LTC"),
        (samples.coin_order(), "0.000000001 BTC"),
        (samples.coin_order(), "0 BTC"),
        (samples.coin_order(), "0"),
        (samples.order(), "0.00031113 BTC"),
        (samples.coin_order(coin_rate_source=RateSource.par), "20 EUR"),
    ],
)
def test_what_could_be_something_else_is_refused(order: Order, typed: str) -> None:
    with pytest.raises(BadInput):
        read(order, typed)


@pytest.mark.parametrize("typed", ["999999999999 BTC", "999999999 BTC", "160000 BTC"])
def test_far_too_much_of_a_coin_is_called_so(typed: str) -> None:
    """More than the books hold of money, whether or not it is more than they hold of the coin."""
    with pytest.raises(BadInput, match="far more than any order asks for"):
        read(samples.coin_order(), typed)


def test_too_many_decimals_are_called_so() -> None:
    with pytest.raises(BadInput, match="too many decimals"):
        read(samples.coin_order(), "0.000000001 BTC")
