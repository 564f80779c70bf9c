"""What coins cost according to two public tickers that agree. A job fetches it; no order ever waits for it.

Both are strangers: what they send is read strictly, and a price counts only where both have one and the two are close.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Context, Decimal, DecimalException
from fractions import Fraction
from typing import Any, Final

from novacore import clock
from novacore.db.models import CoinRate
from novacore.db.unit_of_work import writing
from novacore.db.upsert import put
from novacore.errors import BadInput
from novacore.money import currency_exponent
from novacore.money.reader import EXACT
from novacore.states import PaymentMethod, RateSource
from novacore.workflows.machine import facts, job_kinds, jobs
from novacore.workflows.machine.shop import Shop

EVERY: Final = timedelta(minutes=5)
"""How often prices are fetched. A price from the feed is good for three times as long: two rounds may fail."""

MOST_APART_PERCENT: Final = 2
MOST_BYTES: Final = 256 * 1024
"""Ten times what the longer one of the two lists has."""

_DIGITS: Final = Context(prec=10)
_MAGNITUDE: Final = 15
"""Prices below 10**-15 and above 10**16 are nonsense, and would not fit into their column."""

_NUMBER: Final = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?(E[+-]?[0-9]{1,2})?", re.IGNORECASE)
"""Digits as JSON has them: no sign, no NaN, and nothing else that Decimal reads as a number."""

_ASKED: Final = "rates_fetched"
_OUTCOME: Final = "rates_outcome"

_COINGECKO_NAMES: Final = {
    "bitcoin": PaymentMethod.btc,
    "litecoin": PaymentMethod.ltc,
    "tether": PaymentMethod.usdt,
    "solana": PaymentMethod.sol,
    "ethereum": PaymentMethod.eth,
}
_COINBASE_NAMES: Final = {method.name.upper(): method for method in _COINGECKO_NAMES.values()}

Prices = Mapping[PaymentMethod, Decimal]
"""What one coin costs, in the shop's currency."""


@dataclass(frozen=True, slots=True)
class Ticker:
    """A public list of prices."""

    name: str
    address_for: Callable[[str], str]
    """Returns where the prices in a currency are."""
    read: Callable[[bytes, str], Prices]
    """Reads the answer for a currency. Raises BadInput where it is nothing like a list of prices."""


def _coingecko_address(currency: str) -> str:
    names = ",".join(_COINGECKO_NAMES)
    return f"https://api.coingecko.com/api/v3/simple/price?ids={names}&vs_currencies={currency.lower()}"


def _read_coingecko(body: bytes, currency: str) -> Prices:
    """Read `{"bitcoin": {"usd": 64250.1}}`."""
    found = _json(body, "CoinGecko")
    values = {method: _at(found, name, currency.lower()) for name, method in _COINGECKO_NAMES.items()}
    return _sensible(values, lambda price: price)


def _coinbase_address(currency: str) -> str:
    return f"https://api.coinbase.com/v2/exchange-rates?currency={currency}"


def _read_coinbase(body: bytes, currency: str) -> Prices:
    """Read `{"data": {"currency": "USD", "rates": {"BTC": "0.0000155641"}}}`: how much of a coin one dollar buys."""
    found = _json(body, "Coinbase")
    if _at(found, "data", "currency") != currency:
        raise BadInput(f"Coinbase did not answer with prices in {currency}.")
    values = {method: _at(found, "data", "rates", name) for name, method in _COINBASE_NAMES.items()}
    return _sensible(values, lambda bought: _DIGITS.divide(Decimal(1), bought))


COINGECKO: Final = Ticker("CoinGecko", _coingecko_address, _read_coingecko)
COINBASE: Final = Ticker("Coinbase", _coinbase_address, _read_coinbase)


def agreed(one: Prices, other: Prices) -> Prices:
    """Return the middle of the two prices of each coin, where there are two and they are at most 2 % apart."""
    both = {method: (price, other[method]) for method, price in one.items() if method in other}
    return {method: _DIGITS.divide(_DIGITS.add(*pair), Decimal(2)) for method, pair in both.items() if _are_near(*pair)}


def _are_near(one: Decimal, other: Decimal) -> bool:
    low, high = sorted((Fraction(one), Fraction(other)))
    return (high - low) * 100 <= MOST_APART_PERCENT * low


def keep(shop: Shop, prices: Prices, fetched_at: datetime) -> None:
    """Keep these prices, each in place of the one that the feed had before."""
    with writing(shop.database) as tx:
        for method, price in sorted(prices.items()):
            shown = _rounded(price, shop.terms.currency)
            row = {"method": method, "source": RateSource.feed, "price": f"{shown:f}", "at": fetched_at}
            put(tx, CoinRate, ["method", "source"], {**row, "currency": shop.terms.currency})


def _rounded(price: Decimal, currency: str) -> Decimal:
    """Round to what people can read: whole cents, but never fewer than five digits."""
    digits = max(currency_exponent(currency), 4 - price.adjusted())
    return price.quantize(Decimal(1).scaleb(-digits), context=EXACT)


def queue_due(shop: Shop) -> bool:
    """Ask for prices when it is time to, if the owner wants the feed; tell whether it did. The sweep calls this."""
    if not shop.terms.rate_feed or not _on_offer(shop):
        return False
    last, now = facts.recall(shop, _ASKED).get("at"), clock.now()
    if last is not None and timedelta(0) <= now - datetime.fromisoformat(last) < EVERY:
        return False
    with writing(shop.database) as tx:
        jobs.enqueue(tx, [job_kinds.FETCH_RATES.about("shop", "rates")])
    facts.note(shop, _ASKED, {"at": now.isoformat()})
    return True


def _on_offer(shop: Shop) -> list[PaymentMethod]:
    return [method for method in _COINBASE_NAMES.values() if method in shop.addresses]


# ---- what came of it, for the owner


@dataclass(frozen=True, slots=True)
class LastFetch:
    """What came of the newest try to fetch prices, as a sentence; `at` None: there was none yet."""

    at: datetime | None
    outcome: str


def said_of(shop: Shop, prices: Prices) -> str:
    """Say on which coins of the shop's both tickers agree, and on which they don't."""
    agree = [method.row.short for method in _on_offer(shop) if method in prices]
    differ = [method.row.short for method in _on_offer(shop) if method not in prices]
    if not agree:
        return f"{COINGECKO.name} and {COINBASE.name} agree on no price."
    but = f", but not on {', '.join(differ)}" if differ else ""
    return f"{COINGECKO.name} and {COINBASE.name} agree on {', '.join(agree)}{but}."


def note_outcome(shop: Shop, outcome: str) -> None:
    """Remember what came of a try, in place of the one before."""
    facts.note(shop, _OUTCOME, {"at": clock.now().isoformat(), "said": outcome})


def last_fetch(shop: Shop) -> LastFetch | None:
    """Return what came of the newest try; None if the owner doesn't want the feed."""
    if not shop.terms.rate_feed:
        return None
    noted = facts.recall(shop, _OUTCOME)
    return LastFetch(datetime.fromisoformat(noted["at"]), noted["said"]) if noted else LastFetch(None, "")


# ---- reading strangers


def _json(body: bytes, name: str) -> Any:
    try:
        return json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError, DecimalException):
        raise BadInput(f"{name} did not answer with a list of prices.") from None


def _at(found: Any, *names: str) -> Any:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _sensible(values: Mapping[PaymentMethod, Any], price_of: Callable[[Decimal], Decimal]) -> Prices:
    numbers = {method: number for method, one in values.items() if (number := _number(one)) is not None}
    return {method: price_of(number) for method, number in numbers.items()}


def _number(value: Any) -> Decimal | None:
    """Return what was sent as a number, if it is one that a price can be; a float never gets here."""
    digits = str(value) if isinstance(value, str | Decimal) else ""
    number = Decimal(digits) if _NUMBER.fullmatch(digits) else Decimal(0)
    return number if number and abs(number.adjusted()) <= _MAGNITUDE else None
