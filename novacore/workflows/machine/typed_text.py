"""What people typed, made fit to be stored: reasons, days, and any text that PostgreSQL would refuse as it is."""

from datetime import date

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
