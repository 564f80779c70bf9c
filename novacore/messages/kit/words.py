"""Strangers' texts made harmless, and times and amounts as people read them. Called by every builder of this room.

Every name that somebody outside typed goes through `escape`, every longer text through `paragraph` or `harmless`. A
mention in any of them can never ping and a masked link never hides where it leads.
"""

import re
import unicodedata
from datetime import datetime
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
    return _isolated(discord.utils.escape_markdown(bare, ignore_links=False))


def paragraph(text: str, limit: int) -> str:
    """Return a longer text: its lines stay, addresses stay readable and can be pressed, markdown shows as typed."""
    return discord.utils.escape_markdown(_disarmed(shorten(_lines(text), limit)))


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
    while units(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip(f" \n\ufe0f{_JOINERS}") + "…"


def block(text: str) -> str:
    """Return a text as a code block: one press copies it."""
    return f"```\n{text.replace('```', f'`{_ZERO_WIDTH}``')}\n```"


def units(text: str) -> int:
    """Count a text as Discord's clients do: letters outside the basic plane, such as most emoji, count twice."""
    return len(text) + sum(one > "\uffff" for one in text)


def _visible(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for one in text:
        kind = unicodedata.category(one)
        joins = one in _JOINERS
        marks = marks + 1 if joins or kind in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS and (joins or one == "\n" or (kind[0] != "C" and one not in _BLANKS)):
            kept.append(one)
    return "".join(kept)


def _lines(text: str) -> str:
    seen = _visible("\n".join(one.expandtabs(4).rstrip() for one in text.splitlines()))
    return re.sub(r"\n{3,}", "\n\n", seen).strip()


_READ_INSIDE = re.compile(r"<(?=\S)|@(?=everyone|here)|\](?=\()", re.IGNORECASE)


_POINTERS = re.compile(rf"<{_ZERO_WIDTH}(#\d{{17,20}}|t:\d{{1,11}}:[Rfd])>", re.ASCII)


def _disarmed(text: str) -> str:
    """Break what Discord reads inside of words: mentions, commands, timestamps, own emoji, masked links."""
    return _READ_INSIDE.sub(rf"\g<0>{_ZERO_WIDTH}", text)


def _isolated(text: str) -> str:
    """Keep Arabic and Hebrew names from turning round the numbers beside them."""
    turns = any(unicodedata.bidirectional(one) in {"R", "AL"} for one in text)
    return f"\u2068{text}\u2069" if turns else text


# ---- times and money


def stamp(at: datetime, style: Literal["R", "f", "d"] = "R") -> str:
    """Return a time that every reader sees in their own zone: R "in 3 hours", f with the date, d the date alone."""
    return discord.utils.format_dt(at, style)


def total(order: Order) -> str:
    """Return what the order costs in all."""
    return format_money(order.total_minor, order.currency)


def bought(order: Order, limit: int = NAME_LIMIT) -> str:
    """Return what was ordered: the quantity and the name."""
    return f"{order.quantity} × {escape(order.product_name, limit)}"


def counted(count: int, thing: str) -> str:
    """Return a number with its noun: "1 day", "2 days"."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
