"""What the owner reads about the prices of coins."""

from collections.abc import Sequence
from typing import Final

from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import Message, box, line, text
from novacore.money import format_money
from novacore.money.coins import format_rate
from novacore.states import PaymentMethod, RateSource
from novacore.workflows.payments.feed import LastFetch
from novacore.workflows.payments.rates import KnownRate, Rate


def rates(known: Sequence[KnownRate], currency: str, fetched: LastFetch | None = None) -> Message:
    """Build the list of what the shop knows; one line a coin that it takes. `fetched` None: the feed is off."""
    head = f"What one coin costs in {currency}. Orders ask for an exact amount of every coin that has a price here."
    if not known:
        return Message(box([text("## 💱 Prices of coins", "This shop doesn't accept any coins.")], colours.BRAND))
    set_it = "-# `/rates set` takes your price for a coin. It is good for 24 hours."
    lines = [_line(one, currency) for one in known]
    below = [set_it, *_fetched(fetched)]
    return Message(
        box([text("## 💱 Prices of coins", head), line(), text(*lines), line(), text(*below)], colours.BRAND)
    )


def _fetched(last: LastFetch | None) -> list[str]:
    if last is None:
        return []
    if last.at is None:
        return ["-# `RATE_FEED` is on. No prices have been fetched yet."]
    return [f"-# `RATE_FEED` is on. Prices were last looked up {words.stamp(last.at)}: {last.outcome}"]


def _line(one: KnownRate, currency: str) -> str:
    row = one.method.row
    named = f"{row.emoji} **{row.short}**"
    if one.used is not None:
        return f"{named} · {_price(one.used, currency)} · {_source(one)}"
    said = one.owners
    if said is None:
        example = format_money(_EXAMPLE_MINOR, currency)
        return f"{named} · no price right now: orders show “about {example} at the moment you pay”"
    return f"{named} · no price: the one you set {words.stamp(said.at)} ({_price(said, currency)}) is out of date"


_EXAMPLE_MINOR: Final = 1999


def _source(one: KnownRate) -> str:
    if one.used is None or one.used.source is RateSource.par:
        return "fixed"
    if one.used.source is RateSource.owner:
        return f"set by you {words.stamp(one.used.at)}"
    return f"from two public sources {words.stamp(one.used.at)}"


def rate_is_set(method: PaymentMethod, rate: Rate, currency: str) -> str:
    """Say what orders are placed by from now on."""
    return (
        f"Done: 1 {method.row.short} = {_price(rate, currency)} for new orders, for 24 hours or until you set another "
        "price."
    )


def _price(rate: Rate, currency: str) -> str:
    return f"**{format_rate(rate.price, currency)}**"
