"""Fills in the picture of a report: which numbers, in which words. One a currency; `tasks.reports` has it drawn."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from novacore.media.reports.layout import About, Bar, Column, Fact, Page, Ranking, Tile
from novacore.messages.kit import words
from novacore.messages.reports import numbers
from novacore.messages.reports.numbers import money
from novacore.money import currency_exponent
from novacore.plurals import counted
from novacore.workflows.reports.figures import Figures, InCurrency, RatingFigures, Service, Sums, Wait

MOST_NAMED: Final = 6
"""Labels under the columns: more would not be read on a phone."""

_BRIEF: Final = 8
"""Characters of a number that fits into a tile's last line without being made small."""

_SIZES: Final = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))

_BY_DAY, _BY_WEEK = 31, 190
"""Up to so many days there is a column a day, or a week; then a month."""


MOST_BARS: Final = {About.products: 5, About.categories: 3, About.ways: 3}
"""Lines of each ranking: with more, a phone shows the whole picture too small. The words next to it have them all."""


def page(figures: Figures, one: InCurrency, shop_name: str = "") -> Page:
    """Return the picture of one currency, which is one of `figures.currencies`."""
    columns, each = _columns(figures, one) if one.days else ((), "day")
    tiles, rankings = _tiles(one), [*_rankings(one)]
    return Page(
        title=" · ".join(filter(None, (figures.title, shop_name and words.clean(shop_name)))),
        subtitle=f"{numbers.days(figures.first, figures.last)} · {figures.zone} · {one.currency}",
        tiles=tiles,
        columns_title=f"Money by {each}, in {one.currency}",
        came="received",
        went="returned",
        columns=columns,
        axis=_axis(columns, one.currency),
        rankings=rankings,
        facts=[*_facts(figures.service, figures.service_before), *_discounts(one)],
        footer=f"Compared with {numbers.days(figures.before_first, figures.before_last)}",
        empty="" if tiles or rankings else "No orders and no money in these days.",
    )


# ---- large numbers


def _tiles(one: InCurrency) -> Sequence[Tile]:
    """Return the large numbers that there are: what is nothing now and was nothing before has no tile."""
    now, before, code = one.now, one.before, one.currency
    found = (
        _net(one) if now.received_minor or now.returned_minor or before.net_minor else None,
        # Where nothing was returned, both would only say the net revenue again.
        Tile("Received", money(now.received_minor, code), _paid(now)) if now.returns and now.received_minor else None,
        Tile("Returned", money(now.returned_minor, code), _returned(now)) if now.returns else None,
        _tile("Orders placed", None, now.placed, before.placed) if now.placed or before.placed else None,
        _tile("Average order", code, now.average_minor, before.average_minor)
        if max(now.paid, before.paid) > 1
        else None,
        Tile("Expired", numbers.share(now.expiry_share), counted(now.expired, "order", "orders"))
        if now.expired
        else None,
    )
    return [tile for tile in found if tile]


def _net(one: InCurrency) -> Tile:
    tile = _tile("Net revenue", one.currency, one.now.net_minor, one.before.net_minor)
    return tile if tile.note or one.now.returns else replace(tile, note=_paid(one.now))


def _paid(now: Sums) -> str:
    return counted(now.paid, "paid order", "paid orders")


def _tile(label: str, currency: str | None, now: int | None, before: int | None) -> Tile:
    """Return a number (of money where there is a currency) next to what it was, if it was anything."""

    def said(number: int | None) -> str:
        return f"{number or 0:,}" if currency is None else money(number, currency)

    moved, tone = numbers.change(now, before)
    was = f"was {_briefly(before, currency)}" if before else ""
    return Tile(label, said(now), " · ".join(filter(None, (moved, was))), tone)


def _briefly(number: int, currency: str | None) -> str:
    """Write a number as short as a tile's last line on a phone; the words next to the picture have all of it."""
    exact = f"{number:,}" if currency is None else money(number, currency)
    if len(exact) <= _BRIEF:
        return exact
    amount = number / 10 ** (0 if currency is None else currency_exponent(currency))
    size, letter = next((one for one in _SIZES if abs(amount) >= one[0]), (1, ""))
    return f"{amount / size:,.1f}{letter}"


def _returned(now: Sums) -> str:
    share = "" if now.return_share is None else f" · {numbers.share(now.return_share)}"
    return f"{counted(now.returns, 'time', 'times')}{share}"


# ---- columns


def _columns(figures: Figures, one: InCurrency) -> tuple[Sequence[Column], str]:
    """Return a column for each day, week or month, and the word for it."""
    count = (figures.last - figures.first).days + 1
    each = "day" if count <= _BY_DAY else "week" if count <= _BY_WEEK else "month"
    sums: dict[date, list[int]] = {}
    for number in range(count):
        sums.setdefault(_start(figures.first + timedelta(number), each), [0, 0])
    for row in one.days:
        column = sums[_start(row.day, each)]
        column[0] += row.received_minor
        column[1] += row.returned_minor
    every = -(-len(sums) // MOST_NAMED)
    return [
        Column(_named(max(start, figures.first), each) if number % every == 0 else "", came, went)
        for number, (start, (came, went)) in enumerate(sums.items())
    ], each


def _start(day: date, each: str) -> date:
    if each == "week":
        return day - timedelta(day.weekday())
    return day.replace(day=1) if each == "month" else day


def _named(day: date, each: str) -> str:
    return f"{day:%b %Y}" if each == "month" else f"{day.day} {day:%b}"


def _axis(columns: Sequence[Column], currency: str) -> Sequence[tuple[float, str]]:
    """Return about five round amounts that enclose all columns; zero is one of them."""
    high = max((column.came for column in columns), default=0)
    low = -max((column.went for column in columns), default=0)
    if high == low:
        return [(0, "0"), (1, "")]
    step = _round_step(max(high - low, 1) / 4)
    first, last = math.floor(low / step), max(math.ceil(high / step), 1)
    return [(number * step, _short(number * step, currency)) for number in range(first, last + 1)]


def _round_step(at_least: float) -> int:
    """Return the next of 1, 2, 5, 10, 20, 50 and so on."""
    power: int = 10 ** max(0, math.floor(math.log10(max(at_least, 1))))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= at_least)


def _short(minor: int, currency: str) -> str:
    """Write an amount in a few letters: `12.5k`."""
    amount = minor / 10 ** currency_exponent(currency)
    for size, letter in _SIZES:
        if abs(amount) >= size:
            return f"{amount / size:g}{letter}"
    return f"{amount:g}"


# ---- rankings


def _rankings(one: InCurrency) -> Iterator[Ranking]:
    """Find the rankings that say more than the tiles: a single category or way to pay took all of the money."""
    if one.products:
        yield _products(one)
    if len(one.categories) > 1:
        categories = [(row.name, row.received_minor, "") for row in one.categories]
        yield Ranking(About.categories, "Top categories", _bars(About.categories, categories, one))
    if len(one.methods) > 1:
        ways = [(row.name, row.received_minor, "") for row in one.methods]
        yield Ranking(About.ways, "Ways to pay", _bars(About.ways, ways, one))
    if one.now.placed > 1 and one.now.with_proof:
        yield _funnel(one.now)


def _products(one: InCurrency) -> Ranking:
    rows = [(row.name, row.received_minor, f"{row.units:,} sold") for row in one.products]
    bars = _bars(About.products, rows, one)
    title = "Top products" if one.product_count <= len(bars) else f"Top {len(bars)} of {one.product_count:,} products"
    return Ranking(About.products, title, bars)


def _bars(about: About, rows: Sequence[tuple[str, int, str]], one: InCurrency) -> Sequence[Bar]:
    """Return bars whose lengths are shares of all that was received."""
    together = max(one.now.received_minor, 1)
    return [
        Bar(words.clean(name), " · ".join(filter(None, (money(came, one.currency), more))), came / together)
        for name, came, more in rows[: MOST_BARS[about]]
    ]


def _funnel(now: Sums) -> Ranking:
    """Return how far the orders came. How many were placed has a tile already."""
    steps = (("Proof sent", now.with_proof), ("Approved", now.approved), ("Delivered", now.delivered))
    bars = [_step(label, count, now.placed) for label, count in steps]
    return Ranking(About.orders, "How far the orders came", bars)


def _step(label: str, count: int, placed: int) -> Bar:
    return Bar(label, f"{count:,} · {numbers.share(count / placed)}", count / placed)


# ---- small numbers


def _facts(now: Service, before: Service) -> Sequence[Fact]:
    """Return the small numbers that there are."""
    opened = Fact("Tickets opened", f"{now.opened:,}", f"was {before.opened:,}" if before.opened else "")
    found = (
        _waited("Time to decision", now.decision, before.decision),
        _waited("Time to delivery", now.delivery, before.delivery),
        _waited("First answer", now.answer, before.answer),
        _rated("Vouches, stars", now.vouches, before.vouches),
        _rated("Tickets, stars", now.tickets, before.tickets),
        opened if now.opened or before.opened else None,
    )
    return [fact for fact in found if fact]


def _waited(label: str, now: Wait, before: Wait) -> Fact | None:
    if now.median is None and before.median is None:
        return None
    was = "" if before.median is None else f"was {numbers.wait(before)}"
    return Fact(label, numbers.wait(now), f"median of {now.count:,}", was)


def _rated(label: str, now: RatingFigures, before: RatingFigures) -> Fact | None:
    if now.average is None and before.average is None:
        return None
    was = "" if before.average is None else f"was {numbers.stars(before)}"
    return Fact(label, numbers.stars(now), f"average of {now.count:,}", was)


def _discounts(one: InCurrency) -> Sequence[Fact]:
    """Return what discounts took off; nothing in a shop that gives none."""
    now, before = one.now, one.before
    if not (now.discounted or before.discounted):
        return ()
    was = f"was {_briefly(before.discount_minor, one.currency)}" if before.discounted else ""
    off = f"off {counted(now.discounted, 'order', 'orders')}"
    return (Fact("Discounts", _briefly(now.discount_minor, one.currency), off, was),)
