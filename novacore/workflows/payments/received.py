"""What staff say came in for an order: in the shop's currency as PayPal prints it, or in the order's coin."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from novacore.db.models import Order
from novacore.errors import BadInput
from novacore.money import MAX_MINOR, format_money, parse_money
from novacore.money.coin_amounts import read_coin_amount, symbol_in
from novacore.money.coins import Coin, is_too_much, units_of, worth_of
from novacore.money.reader import quoted


@dataclass(frozen=True, slots=True)
class Received:
    """What came in. `minor` is what the books get."""

    minor: int
    coin_units: int | None = None
    """The amount of the coin in its smallest units; None if staff typed money."""


def read(order: Order, typed: str, asked: Collection[int] = ()) -> Received:
    """Read `$1,234.50 USD`, or the order's own coin: `0.00031113 BTC`, worth what it was by the order's rate.

    Each amount that the order asked for is the whole price, `asked` among them: the earlier ones, in smallest units.

    Raises BadInput and BadAmount; also for nothing at all, and for a coin of which the order has no price.
    """
    coin = order.paid_by.unit
    if coin is not None and symbol_in(typed) == coin.symbol:
        received = _in_coin(order, coin, read_coin_amount(typed)[0], typed, asked)
    else:
        received = Received(parse_money(typed, order.currency).minor)
    if received.minor < 1:
        raise BadInput("Please enter what came in. Did nothing come in? Reject the order then.")
    return received


def require_meant(order: Order, received: Received, again: str) -> None:
    """Raise BadInput for an amount far from the price that wasn't typed twice: a slip would end in the books.

    `again` is what was typed the second time, read like the first.
    """
    if received.minor <= MOST_TIMES * order.total_minor and received.minor * MOST_TIMES >= order.total_minor:
        return
    if again.strip() and read(order, again).minor == received.minor:
        return
    booked, price = (format_money(minor, order.currency) for minor in (received.minor, order.total_minor))
    raise BadInput(
        f"That would book {booked}, and the price is {price}, so nothing was changed. If {booked} is right, press the "
        "button again and type the amount in both fields."
    )


MOST_TIMES: Final = 2
"""How many times the price, or which part of it, may come in without being typed twice."""


def _in_coin(order: Order, coin: Coin, amount: Decimal, typed: str, asked: Collection[int]) -> Received:
    if order.coin_rate is None:
        example = format_money(order.total_minor, order.currency)
        raise BadInput(
            f"This order has no price for {coin.symbol}. Please enter what came in as money, like {example}."
        )
    if is_too_much(amount, coin):
        raise _far_too_much(typed)
    units = units_of(amount, coin)
    if units is None:
        raise BadInput(
            f"{quoted(typed)} has too many decimals for {coin.symbol}: orders ask for {coin.decimals} at most."
        )
    # Rounded up when it was asked for, and perhaps with a tail: the very amount is the very price.
    is_all = units in {order.coin_amount, order.coin_amount_before, *asked}
    worth = order.total_minor if is_all else worth_of(units, order.currency, Decimal(order.coin_rate), coin)
    if worth > MAX_MINOR:
        raise _far_too_much(typed)
    return Received(worth, units)


def _far_too_much(typed: str) -> BadInput:
    return BadInput(f"{quoted(typed)} is far more than any order asks for. Please check the amount.")
