"""A report as the owner gets it: pictures, and next to them the numbers in words, for whoever cannot see pictures.

Also the page that shows how far it has come. Called by `tasks.reports` and by `/report`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import MOST_TEXT, FilePart, Item, Message, box, gallery, text
from novacore.messages.kit.progress import bar
from novacore.messages.reports import numbers
from novacore.messages.reports.numbers import money, share
from novacore.plurals import counted
from novacore.workflows.reports.figures import Figures, InCurrency, RatingFigures, Service, Sums, Wait

MOST_PICTURES: Final = 4
"""One for each currency, the shop's own first; more currencies are told in words."""

_MOST_ALT: Final = 900
"""Characters of a picture's description: Discord takes 1024."""

_NAME: Final = 50
_RED: Final = colours.FAULT
_FOOT: Final = (
    "-# Money counts on the day it moved, orders on the day they were placed, as they stand now. Medians are at most "
    "0.1 % off."
)


def report(figures: Figures, pictures: Sequence[bytes], shop_name: str = "") -> Message:
    """Build the report. `pictures` belong to the first of `figures.currencies`, in their order."""
    files = tuple(_picture(figures, one, png) for one, png in zip(figures.currencies, pictures, strict=False))
    told = _fitting([*_head(figures, shop_name), *_sentences(figures)])
    items: list[Item] = [text(*told, _FOOT)]
    return Message(box([*items, *([gallery(*files)] if files else [])], colours.BRAND), files)


def on_its_way(title: str, done: int, total: int) -> Message:
    """Build the page that is shown while the report is made."""
    far = bar(done, total) if total else bar(0, 1)
    told = text(f"## 📊 {title}", "Your report is being made. You can go on with other things meanwhile.", far)
    return Message(box([told], colours.BRAND))


def not_made() -> Message:
    """Build the page of a report that could not be made."""
    told = text(
        "## 📊 The report could not be made",
        "Your shop is fine; only this report failed. Please try again with `/report`. If it fails again, `/doctor` and "
        "the log of the bot say more.",
    )
    return Message(box([told], _RED))


def not_sent() -> Message:
    """Tell staff that the owner's report reached nobody."""
    told = text(
        "### 📊 The sales report reached nobody",
        "The owner's DMs are closed to the bot, or nobody has the owner's role. Open the DMs for this server, or set "
        "`REPORT_CHANNEL_ID`. `/report` shows the same at any time.",
    )
    return Message(box([told], _RED))


def _picture(figures: Figures, one: InCurrency, png: bytes) -> FilePart:
    name = f"report-{figures.first}-{figures.last}-{one.currency}.png".lower()
    days = f"{numbers.days(figures.first, figures.last)}, {one.currency}, {figures.zone}"
    about = f"{figures.title}, {days}, as a picture. The words of the message have the same numbers."
    return FilePart(name, png, words.shorten(about, _MOST_ALT))


def _head(figures: Figures, shop_name: str) -> Iterator[str]:
    named = f" · {words.escape(shop_name)}" if shop_name else ""
    yield f"## 📊 {figures.title}{named}"
    now, before = numbers.days(figures.first, figures.last), numbers.days(figures.before_first, figures.before_last)
    yield f"**{now}** ({figures.zone}), compared with {before}."


def _sentences(figures: Figures) -> Iterator[str]:
    for one in figures.currencies:
        yield f"### Money and orders in {one.currency}"
        yield from _money(one)
        yield from _rankings(one)
    yield "### How customers were served"
    yield from _service(figures.service, figures.service_before)


def _money(one: InCurrency) -> Iterator[str]:
    now, before, code = one.now, one.before, one.currency
    if now == Sums():
        yield f"- No orders and no money in these days{_was(before)}."
        return
    paid = counted(now.paid, "order", "orders")
    net = f"**{money(now.net_minor, code)}**{_moved(now.net_minor, before.net_minor, money(before.net_minor, code))}"
    if now.returns:
        yield f"- Net revenue: {net}."
        yield f"- Received {money(now.received_minor, code)} for {paid}, {_returned(now, code)}."
    else:
        yield f"- Net revenue: {net} for {paid}, nothing returned."
    if now.discounted:
        yield f"- Discounts took {money(now.discount_minor, code)} off {now.discounted:,} of them."
    if now.at_sale_price:
        sold = counted(now.at_sale_price, "was sold at a sale price", "were sold at sale prices")
        yield f"- Of these {sold}, {money(now.sale_off_minor, code)} below the ordinary ones."
    if now.paid > 1:
        average = _moved(now.average_minor, before.average_minor, money(before.average_minor, code))
        yield f"- Average order: {money(now.average_minor, code)}{average}."
    yield f"- Orders placed: {now.placed:,}{_moved(now.placed, before.placed, f'{before.placed:,}')}.{_became(now)}"


def _was(before: Sums) -> str:
    return "" if before == Sums() else f"; {counted(before.placed, 'order', 'orders')} in the days before"


def _returned(now: Sums, code: str) -> str:
    part = "" if now.return_share is None else f", {share(now.return_share)} of it"
    return f"returned {money(now.returned_minor, code)} ({counted(now.returns, 'time', 'times')}{part})"


def _became(now: Sums) -> str:
    if not now.placed:
        return ""
    got = f"{now.with_proof:,} sent a proof, {now.approved:,} were approved, {now.delivered:,} are delivered"
    lost = (
        f"{now.expired:,} expired ({share(now.expiry_share)}), {now.rejected:,} rejected, {now.cancelled:,} cancelled"
    )
    return f" Of them {got}; {lost}."


def _moved(now: float | None, before: float | None, was: str) -> str:
    moved, _ = numbers.change(now, before)
    return f" ({moved}, was {was})" if moved else ""


def _rankings(one: InCurrency) -> Iterator[str]:
    named: dict[str, Sequence[tuple[str, int, int | None]]] = {
        "Top products": [(words.escape(row.name, _NAME), row.received_minor, row.units) for row in one.products],
        "Top categories": [(words.escape(row.name, _NAME), row.received_minor, None) for row in one.categories],
        "Ways to pay": [(words.escape(row.name, _NAME), row.received_minor, row.paid) for row in one.methods],
    }
    for title, rows in named.items():
        if rows:
            yield f"- {title}: {'; '.join(_ranked(*row, one.currency) for row in rows)}."


def _ranked(name: str, minor: int, count: int | None, currency: str) -> str:
    return f"{name} {money(minor, currency)}{'' if count is None else f' ({count:,})'}"


def _service(now: Service, before: Service) -> Iterator[str]:
    yield f"- From proof to decision: {_waited(now.decision, before.decision)}."
    yield f"- From approval to delivery: {_waited(now.delivery, before.delivery)}."
    yield f"- Tickets opened: {now.opened:,} (was {before.opened:,})."
    yield f"- First answer in tickets: {_waited(now.answer, before.answer)}."
    yield f"- Vouches: {_rated(now.vouches, before.vouches)}."
    yield f"- Ratings of tickets: {_rated(now.tickets, before.tickets)}."


def _waited(now: Wait, before: Wait) -> str:
    if now.median is None:
        return "none"
    was = "" if before.median is None else f", was {numbers.wait(before)}"
    return f"{numbers.wait(now)} (median of {now.count:,}{was})"


def _rated(now: RatingFigures, before: RatingFigures) -> str:
    if now.average is None:
        return "none"
    was = "" if before.average is None else f", was {numbers.stars(before)}"
    return f"{numbers.stars(now)} stars (average of {now.count:,}{was})"


def _fitting(lines: Sequence[str]) -> list[str]:
    """Return as many lines as one card takes, and say so where some are left out."""
    room = MOST_TEXT - words.units(_FOOT) - 60
    kept: list[str] = []
    for line in lines:
        room -= words.units(line) + 1
        if room < 0:
            return [*kept, "-# There is more; it did not fit in one message."]
        kept.append(line)
    return kept
