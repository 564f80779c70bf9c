"""Strangers' texts made harmless, and times and amounts as people read them. Called by every builder of this room.

Every name that someone outside typed goes through `escape`, every longer text through `paragraph` or `harmless`. A
mention in any of them can never ping and a masked link never hides where it leads.
"""

import re
import unicodedata
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal

import discord

from novacore.db.models import Order
from novacore.money import format_money

NAME_LIMIT: Final = 100
"""What is shown of a name. Measured like every limit here in UTF-16 units, the larger of the ways to count."""

_ZERO_WIDTH = "\u200b"
_JOINERS = "\u200c\u200d"
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters that show nothing: a name of these alone looks like no name."""

_MOST_MARKS = 3
"""Accents on one letter: more are there to paint over the lines around it."""


# ---- strangers' texts


def escape(name: str, limit: int = NAME_LIMIT) -> str:
    """Return a name as it may stand in a text: one line, no markdown, no mention, no link, never empty."""
    bare = without_links(_disarmed(shorten(clean(name), limit)))
    return _isolated(_as_typed(bare, _MARKDOWN))


def paragraph(text: str, limit: int) -> str:
    """Return a longer text: its lines stay, addresses stay readable and can be pressed, markdown shows as typed."""
    return _as_typed(_disarmed(shorten(_lines(text), limit)), _MARKDOWN_OR_ADDRESS)


def harmless(text: str, limit: int) -> str:
    """Return the owner's or our own text: markdown works, but nothing pings and no link hides where it leads."""
    return shorten(_disarmed(_lines(text)), limit)


def pointing(text: str, limit: int) -> str:
    """Return a sentence of ours as `harmless` does, in which a channel and a point in time work: neither pings."""
    return _POINTERS.sub(r"<\1>", harmless(text, limit))


def without_links(text: str) -> str:
    """Return a text in which no address can be pressed: for what one stranger says to everybody."""
    return text.replace("://", f":{_ZERO_WIDTH}//")


def inline(text: str, limit: int = NAME_LIMIT) -> str:
    """Return a short text as code within a line."""
    return f"`{_disarmed(shorten(clean(text), limit)).replace('`', 'ˋ')}`"


def quote(text: str, limit: int) -> str:
    """Return a text as a quotation, each line marked."""
    return "\n".join(f"> {one}" for one in paragraph(text, limit).split("\n"))


def clean(name: str) -> str:
    """Return a name for a button or an option, where Discord reads no markdown: one line, visible, never empty."""
    seen = _visible(" ".join(name.split()))
    return " ".join(seen.split()) if any(unicodedata.category(one)[0] in "LNPS" for one in seen) else "(no name)"


def shorten(text: str, limit: int) -> str:
    """Return the text in at most `limit` UTF-16 units; what was cut off shows as three dots."""
    if units(text) <= limit:
        return text
    kept = text[: limit - 1]
    while (excess := units(kept) - limit + 1) > 0:
        kept = kept[: -((excess + 1) // 2)]  # a character has two units at most
    return kept.rstrip(f" \n\ufe0f{_JOINERS}") + "…"


def block(text: str) -> str:
    """Return a text as a code block: one press copies it."""
    return f"```\n{text.replace('``', f'`{_ZERO_WIDTH}`')}\n```"


def unblocked(block_text: str) -> str:
    """Return the text that `block` was given."""
    inside = block_text.removeprefix("```\n").removesuffix("\n```")
    return inside.replace(f"`{_ZERO_WIDTH}`", "``")


def units(text: str) -> int:
    """Count a text as Discord's clients do: letters outside the basic plane, such as most emoji, count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _visible(text: str) -> str:
    if text.isascii():
        return text if text.isprintable() else text.translate(_ASCII_CONTROLS)
    kept: list[str] = []
    marks = 0
    for one in text:
        piles_up, shows = _traits(one)
        marks = marks + 1 if piles_up else 0
        if shows and marks <= _MOST_MARKS:
            kept.append(one)
    return "".join(kept)


_ASCII_CONTROLS: Final = dict.fromkeys({*range(32), 127} - {ord("\n")})


@lru_cache(maxsize=4096)
def _traits(one: str) -> tuple[bool, bool]:
    """Tell of a character whether it is painted over the one before it, and whether there is anything to see of it."""
    kind, joins = unicodedata.category(one), one in _JOINERS
    return joins or kind in {"Mn", "Me"}, joins or one == "\n" or (kind[0] != "C" and one not in _BLANKS)


def _lines(text: str) -> str:
    seen = _visible("\n".join(one.expandtabs(4).rstrip() for one in text.splitlines()))
    return _BLANK_LINES.sub("\n\n", seen).strip()


_BLANK_LINES = re.compile(r"\n{3,}")

# discord.utils.escape_markdown looks for the end of a link from each bracket, and for a dash from each blank line: a
# text of these alone took it the square of its length. Links with words of their own are broken by `_disarmed` already.
_MARKDOWN = re.compile(r"(?P<before>^[^\S\n]*+)(?P<first>-|\#{1,3}|>(?:>>)?(?=\s))|(?P<mark>[_\\~|*`])", re.MULTILINE)
_MARKDOWN_OR_ADDRESS = re.compile(
    rf"(?P<address>(?:https?|steam)://[^\s<]+[^<.,:;\"'\]\s])|{_MARKDOWN.pattern}", re.MULTILINE
)


def _as_typed(text: str, marks: re.Pattern[str]) -> str:
    """Put a backslash before everything that Discord would read as markdown."""
    return marks.sub(_with_backslash, text)


def _with_backslash(found: re.Match[str]) -> str:
    kept = found.groupdict()
    if kept.get("address"):
        return found[0]
    return f"{kept['before'] or ''}\\{kept['first'] or kept['mark']}"


_READ_INSIDE = re.compile(r"<(?=\S)|@(?=everyone|here)|\](?=\()", re.IGNORECASE)


_POINTERS = re.compile(rf"<{_ZERO_WIDTH}(#\d{{17,20}}|t:\d{{1,11}}:[Rfd])>", re.ASCII)


def _disarmed(text: str) -> str:
    """Break what Discord reads inside of words: mentions, commands, timestamps, own emoji, masked links."""
    return _READ_INSIDE.sub(rf"\g<0>{_ZERO_WIDTH}", text)


def _isolated(text: str) -> str:
    """Keep Arabic and Hebrew names from turning round the numbers next to them."""
    turns = any(unicodedata.bidirectional(one) in {"R", "AL"} for one in text)
    return f"\u2068{text}\u2069" if turns else text


# ---- times and money


def stamp(at: datetime, style: Literal["R", "f", "d", "t"] = "R") -> str:
    """Return a time as every reader sees it in their own zone: R "in 3 hours", f all of it, d the date, t the hour."""
    return discord.utils.format_dt(at, style)


def total(order: Order) -> str:
    """Return what the order costs in all."""
    return format_money(order.total_minor, order.currency)


def discount(order: Order) -> list[str]:
    """Say what was taken off and what took it off, for a line of its own; nothing where nothing was."""
    if not order.discount_minor:
        return []
    off = format_money(order.discount_minor, order.currency)
    return [f"🏷️ {off} off: {escape(order.discount_label or 'discount', 60)}"]


def sale(order: Order) -> list[str]:
    """Say that it was ordered at a sale price, for a line of its own; nothing where it wasn't."""
    if order.before_sale_minor is None:
        return []
    before, price = (format_money(one, order.currency) for one in (order.before_sale_minor, order.unit_price_minor))
    return [f"🏷️ Sale price: ~~{before}~~ {price} each"]


def size(count: int) -> str:
    """Return so many bytes as people read them."""
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, count // 1000)} kB"


def bought(order: Order, limit: int = NAME_LIMIT) -> str:
    """Return what was ordered: the quantity and the name."""
    return f"{order.quantity} × {escape(order.product_name, limit)}"
