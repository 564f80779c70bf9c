"""Takes the addresses of servers apart, DATABASE_URL and CELERY_BROKER_URL, and only where there is no doubt how.

Both hold a password. Each program that reads such an address cuts it in its own way where a character of the password
is not escaped: the rest of it becomes a host, and stands in an error for all to see. Every refusal is a ValueError
whose text goes on where the setting's name stops, and that quotes nothing of the address.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote

_ESCAPED: Final = re.compile(r"(?:[^\s@:/?#\[\]%]|%[0-9A-Fa-f]{2})*")
_PLACE: Final = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[\w.,-]*)(?::(\d{1,5}))?(/[^?#\s]*)?(?:\?([^#\s]*))?", re.ASCII)
_MOST_PORT: Final = 65_535
_HOW_TO_ESCAPE: Final = (
    "has a character in its user name or password that means something else in an address. Write @ as %40, : as %3A, "
    "/ as %2F, # as %23, ? as %3F, [ as %5B, ] as %5D, a space as %20 and % as %25."
)


class ServerUrl(NamedTuple):
    """What an address says after its user name and password. `path` begins with a slash, or is empty."""

    scheme: str
    host: str
    path: str
    options: dict[str, list[str]]


def take_apart(text: str, what: str) -> ServerUrl:
    """Take an address apart where there is no doubt how. `what`: what it has to be. Raises ValueError."""
    scheme, _, rest = text.partition("://")
    # Whatever is unescaped in a password, its end is the last @ of all.
    credentials, _, place = rest.rpartition("@")
    user, _, password = credentials.partition(":")
    if not (_is_escaped(user) and _is_escaped(password)):
        raise ValueError(_HOW_TO_ESCAPE)
    found = _PLACE.fullmatch(place)
    if not found or not 0 < int(found[2] or 1) <= _MOST_PORT:
        raise ValueError(f"is not {what}.")
    return ServerUrl(scheme, found[1], found[3] or "", _options(found[4] or ""))


def _is_escaped(text: str) -> bool:
    """Tell whether nothing in a user name or password can mean something else. `%94` alone is no character at all."""
    try:
        return _ESCAPED.fullmatch(text) is not None and unquote(text, errors="strict").isprintable()
    except UnicodeDecodeError:
        return False


def _options(query: str) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise ValueError("has options that are not written as name=value, with & between them.") from None
    options: dict[str, list[str]] = {}
    for name, value in pairs:
        options.setdefault(name, []).append(value)
    return options


def single(options: Mapping[str, list[str]]) -> dict[str, str]:
    """Return options that may stand once each. Raises ValueError."""
    if any(len(values) > 1 for values in options.values()):
        raise ValueError("gives one of its options twice.")
    return {name: values[0] for name, values in options.items()}
