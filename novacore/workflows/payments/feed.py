"""What coins cost by two public tickers that agree. Never asked for while an order is placed: a job fetches it.

Both are strangers: what they send is read strictly, and a price counts only where both name one and they are near.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Context, Decimal, DecimalException
from fractions import Fraction
from typing import Any, Final

from novacore import clock
from novacore.db.models import CoinRate
from novacore.db.unit_of_work import writing
from novacore.db.upsert import put
from novacore.errors import BadInput
from novacore.states import PaymentMethod, RateSource
from novacore.workflows.machine import facts, job_kinds, jobs
from novacore.workflows.machine.shop import Shop

EVERY: Final = timedelta(minutes=5)
"""How often prices are fetched: a rate of the feed is good for three times as long."""

MOST_APART_PERCENT: Final = 2
MOST_BYTES: Final = 256 * 1024

_DIGITS: Final = Context(prec=10)
_MAGNITUDE: Final = 15
_FACT: Final = "rates_fetched"

_FIRST_NAMES: Final = {
    "bitcoin": PaymentMethod.btc,
    "litecoin": PaymentMethod.ltc,
    "tether": PaymentMethod.usdt,
    "solana": PaymentMethod.sol,
    "ethereum": PaymentMethod.eth,
}
_SECOND_NAMES: Final = {name.name.upper(): name for name in _FIRST_NAMES.values()}

Prices = Mapping[PaymentMethod, Decimal]
"""What one coin costs."""


def first_ticker(currency: str) -> str:
    """Return where the first ticker tells the prices of all coins in this currency."""
    names = ",".join(_FIRST_NAMES)
    return f"https://api.coingecko.com/api/v3/simple/price?ids={names}&vs_currencies={currency.lower()}"


def second_ticker(currency: str) -> str:
    """Return where the second one tells how much of each coin one unit of this currency buys."""
    return f"https://api.coinbase.com/v2/exchange-rates?currency={currency}"


def read_first(body: bytes, currency: str) -> Prices:
    """Read `{"bitcoin": {"usd": 64250.1}}`. Raises BadInput for what is nothing like it."""
    found = _json(body)
    told = {method: _at(found, name, currency.lower()) for name, method in _FIRST_NAMES.items()}
    return _sensible(told, lambda price: price)


def read_second(body: bytes, currency: str) -> Prices:
    """Read `{"data": {"currency": "USD", "rates": {"BTC": "0.0000155641"}}}`. Raises BadInput as above."""
    found = _json(body)
    if _at(found, "data", "currency") != currency:
        raise BadInput("The second ticker answers in another currency.")
    told = {method: _at(found, "data", "rates", name) for name, method in _SECOND_NAMES.items()}
    return _sensible(told, lambda bought: _DIGITS.divide(Decimal(1), bought))


def agreed(first: Prices, second: Prices) -> Prices:
    """Return the price in the middle of each coin for which both name one, and at most 2 % apart."""
    both = {method: (price, second[method]) for method, price in first.items() if method in second}
    return {method: _DIGITS.divide(_DIGITS.add(*pair), Decimal(2)) for method, pair in both.items() if _are_near(*pair)}


def _are_near(one: Decimal, other: Decimal) -> bool:
    low, high = sorted((Fraction(one), Fraction(other)))
    return (high - low) * 100 <= MOST_APART_PERCENT * low


def keep(shop: Shop, prices: Prices, fetched_at: datetime) -> None:
    """Keep these prices, each in place of the one that the feed knew before."""
    with writing(shop.database) as tx:
        for method, price in sorted(prices.items()):
            row = {"method": method, "source": RateSource.feed, "price": f"{price:f}", "at": fetched_at}
            put(tx, CoinRate, ["method", "source"], {**row, "currency": shop.terms.currency, "set_by": None})


def queue_due(shop: Shop) -> bool:
    """Ask for prices where it is time to, and the owner wants the feed; tells whether it did. The sweep calls this."""
    if not shop.terms.rate_feed:
        return False
    last, now = facts.recall(shop, _FACT).get("at"), clock.now()
    if last is not None and timedelta(0) <= now - datetime.fromisoformat(last) < EVERY:
        return False
    with writing(shop.database) as tx:
        jobs.enqueue(tx, [job_kinds.FETCH_RATES.about("shop", "rates")])
    facts.note(shop, _FACT, {"at": now.isoformat()})
    return True


def _json(body: bytes) -> Any:
    if len(body) > MOST_BYTES:
        raise BadInput("A ticker answers with more than a list of prices.")
    try:
        return json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError, DecimalException):
        raise BadInput("A ticker answers with something that is no list of prices.") from None


def _at(found: Any, *names: str) -> Any:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _sensible(told: Mapping[PaymentMethod, Any], price_of: Callable[[Decimal], Decimal]) -> Prices:
    numbers = {method: number for method, one in told.items() if (number := _number(one)) is not None}
    return {method: price_of(number) for method, number in numbers.items()}


def _number(told: Any) -> Decimal | None:
    try:
        number = Decimal(told) if isinstance(told, str | Decimal) and len(str(told)) <= 40 else None
    except DecimalException:
        return None
    if number is None or not number.is_finite() or number <= 0 or abs(number.adjusted()) > _MAGNITUDE:
        return None
    return number
