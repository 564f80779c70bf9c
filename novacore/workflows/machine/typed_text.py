"""What people typed, made fit to be stored: reasons, days, names, and whatever PostgreSQL would refuse as it is."""

import unicodedata
from datetime import date
from typing import Final

from novacore.errors import BadInput

REASON_LIMIT = 500
"""Characters of a reason: it has to fit into a card and a message with everything else."""


_YEARS = range(2000, 2201)
"""A day in any other is a slip of the hand, and would not stand being calculated with in every time zone."""


def read_day(text: str) -> date | None:
    """Read a day like 2026-01-31; None for anything else, and for a year that nobody means."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def check_reason(text: str, why: str) -> str:
    """Return a reason as it can be stored. Raises BadInput for none (`why` says what for) and for too long."""
    reason = storable(text)
    if not reason:
        raise BadInput(f"Please give a reason; {why}.")
    if len(reason) > REASON_LIMIT:
        raise BadInput(f"Please keep the reason under {REASON_LIMIT} characters; it has {len(reason)}.")
    return reason


def storable(text: str) -> str:
    """Leave out what PostgreSQL does not take: the character zero, and halves of a character."""
    return text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").strip()


# ---- names


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are one to a reader: case and blanks make no difference."""
    return tidy_name(one).casefold() == tidy_name(other).casefold()


def tidy_name(text: str) -> str:
    """Return a name in one line, without what cannot be seen."""
    return " ".join("".join(one for one in storable(text) if _is_seen(one)).split())


def length(text: str) -> int:
    """Count as Discord's clients do: letters outside the basic plane, such as most emoji, count twice."""
    return len(text) + sum(one > "\uffff" for one in text)


def _is_seen(one: str) -> bool:
    if one in _JOINERS or one.isspace():
        return True
    return unicodedata.category(one)[0] != "C" and one not in _BLANKS


_JOINERS: Final = "\u200c\u200d"
_BLANKS: Final = "\u115f\u1160\u2800\u3164\uffa0"
