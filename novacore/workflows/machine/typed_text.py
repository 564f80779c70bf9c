"""What people typed, made fit to be stored: reasons, days, hours, names, and whatever PostgreSQL would refuse."""

import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from novacore.db.models.orders.vouches import COMMENT_LIMIT
from novacore.errors import BadInput

REASON_LIMIT = 500
"""Characters of a reason: it has to fit into a card and a message with everything else."""
RATINGS: Final = ("1", "2", "3", "4", "5")
"""What may come back from a form that asks for stars, as text."""

_YEARS = range(2000, 2201)
"""A day in any other is a slip of the hand, and would not stand being calculated with in every time zone."""


def read_day(text: str) -> date | None:
    """Read a day like 2026-01-31; None for anything else, and for a year that nobody means."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def read_begin(zone: ZoneInfo, typed: str) -> datetime | None:
    """Read a day as its first moment, or a day with an hour: `2026-12-24`, `2026-12-24 18:00`. None for all else."""
    found = _day_and_hour(typed)
    if found is None:
        return None
    day, hour = found
    return datetime.combine(day, hour or time(), zone).astimezone(UTC)


def read_end(zone: ZoneInfo, typed: str) -> datetime | None:
    """Read a day as the moment after its last, or a day with an hour. None for all else."""
    found = _day_and_hour(typed)
    if found is None:
        return None
    day, hour = found
    ends = datetime.combine(day + timedelta(days=1), time(), zone) if hour is None else None
    return (ends or datetime.combine(day, hour or time(), zone)).astimezone(UTC)


def _day_and_hour(typed: str) -> tuple[date, time | None] | None:
    day, _, hour = typed.strip().replace("T", " ").partition(" ")
    found, at = read_day(day), _hour(hour.strip())
    if found is None or (hour.strip() and at is None):
        return None
    return found, at


def _hour(typed: str) -> time | None:
    try:
        at = time.fromisoformat(typed) if typed else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo is None else None


def check_reason(text: str, why: str) -> str:
    """Return a reason as it can be stored. Raises BadInput for none (`why` says what for) and for too long."""
    return check_words(text, REASON_LIMIT, "reason", f"Please give a reason; {why}.")


def check_words(text: str, limit: int, what: str, missing: str) -> str:
    """Return words as they can be stored. Raises BadInput for none (saying what is `missing`) and for too many."""
    words = storable(text)
    if not words:
        raise BadInput(missing)
    if len(words) > limit:
        raise BadInput(f"Please keep the {what} under {limit} characters; it has {len(words)}.")
    return words


def check_comment(text: str) -> str:
    """Return what someone wrote next to their stars, which may be nothing. Raises BadInput for too much."""
    words = storable(text)
    if len(words) > COMMENT_LIMIT:
        raise BadInput(f"Please keep your words under {COMMENT_LIMIT} characters; there are {len(words)}.")
    return words


def read_stars(text: str) -> int:
    """Read how many stars someone gave. Raises BadInput for anything but 1 to 5."""
    bare = text.strip()
    if bare not in RATINGS:
        raise BadInput("Please choose from 1 to 5 stars.")
    return int(bare)


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
