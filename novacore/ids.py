"""Order ids that people read aloud, and the tokens that tell one send from another.

The alphabet leaves out what looks alike (0 O, 1 I L, 2 Z, 5 S, 8 B, U V).
"""

import re
import secrets
from datetime import datetime

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
_ORDER_ID = re.compile(r"NC-\d{8}-[0-9A-Z]{6}", re.ASCII)
"""Wider than what we make: orders of older shops have every letter and digit in theirs."""

_WITHIN = re.compile(r"(?<![0-9A-Z])NC[- ]?(\d{8})[- ]?([0-9A-Z]{6})(?![0-9A-Z])", re.ASCII | re.IGNORECASE)
"""Also as banks pass it on: many take the hyphens out of what a payer writes."""


def new_order_id(at: datetime) -> str:
    """Return `NC-YYYYMMDD-XXXXXX` for the UTC day of `at`: one of 148 million a day; the database keeps them unique."""
    tail = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"NC-{at:%Y%m%d}-{tail}"


def parse_order_id(text: str) -> str | None:
    """Return the id in `text` as it is stored, or None if there is none. Case, spaces and backticks are forgiven."""
    cleaned = text.strip().strip("`#").strip().upper()
    return cleaned if _ORDER_ID.fullmatch(cleaned) else None


def order_ids_in(text: str) -> tuple[str, ...]:
    """Return the order ids that stand in a text, each once, as they are stored; five at the most."""
    return tuple(dict.fromkeys(f"NC-{day}-{tail.upper()}" for day, tail in _WITHIN.findall(text)))[:5]


def new_token(length: int = 12) -> str:
    """Return a random token of the same alphabet; 12 characters are 54 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
