"""Reads single values as older bots wrote them: any type may stand in any column of SQLite."""

import codecs
import re
from typing import Any, Final

from novacore.workflows.machine.typed_text import storable

MOST_EXACT_FLOAT: Final = 2**53
"""Beyond this a float doesn't hold every whole number: an id that went through one became its neighbour's."""

_MOST: Final = 2**63 - 1
_SHORTEST_ID: Final = 10**15
"""Discord's ids count milliseconds since 2015, shifted by 22 bits: since the first days they are longer than this."""

_MENTION: Final = re.compile(r"<@[!&]?([0-9]+)>")
_WHOLE: Final = re.compile(
    r"[+-]?(?:[0-9]{1,20}|[0-9]{1,3}(?P<mark>[, '\u2019\u00a0\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3})*)"
)
_WITH_POINT: Final = re.compile(r"([+-]?[0-9]{1,20})\.0{1,2}")
_FLOAT: Final = re.compile(r"[0-9]+\.0*|[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")


def as_text(value: Any) -> str:
    """Return a value as text that can be stored; empty for nothing."""
    if value is None:
        return ""
    return storable(decoded(value) if isinstance(value, bytes) else str(value))


def decoded(value: bytes) -> str:
    """Return the text of a BLOB: UTF-8, or UTF-16 where its first bytes say so."""
    is_wide = value.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return value.decode("utf-16" if is_wide else "utf-8-sig", "replace")


def is_garbled(value: Any) -> bool:
    """Tell whether a value holds letters that can't be read, so that its text isn't what was stored there."""
    text = decoded(value) if isinstance(value, bytes) else value
    return isinstance(text, str) and ("\N{REPLACEMENT CHARACTER}" in text or "\0" in text)


def as_key(value: Any) -> str:
    """Return an id as text: 7, 7.0 and "7" are one."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return as_text(value)


def as_whole(value: Any) -> int | None:
    """Return a whole number, or None if there is none: `1,000` is a thousand, `1.000` might be one."""
    text = as_key(value).strip()
    if found := _WITH_POINT.fullmatch(text):
        text = found[1]
    if not _WHOLE.fullmatch(text):
        return None
    number = int(re.sub(r"[^0-9+-]", "", text))
    return number if abs(number) <= _MOST else None


def read_person(value: Any) -> tuple[int | None, str]:
    """Return the Discord id of a person and what is odd about it; None if it isn't known who that is."""
    text = as_text(value)
    if not text:
        return None, "no customer id"
    if isinstance(value, float) or _FLOAT.fullmatch(text):
        return _from_float(text)
    found = _MENTION.fullmatch(text)
    digits = found[1] if found else text
    if not re.fullmatch(r"[0-9]{1,20}", digits) or not 0 < int(digits) <= _MOST:
        return None, "a customer id that isn't a Discord id"
    return int(digits), "" if int(digits) >= _SHORTEST_ID else "a customer id that is short for a Discord id"


def _from_float(text: str) -> tuple[int | None, str]:
    number = float(text)
    if not number.is_integer() or not 0 < number <= _MOST:
        return None, "a customer id that isn't a Discord id"
    if number > MOST_EXACT_FLOAT:
        return None, "a customer id that lost its last digits in a float"
    return int(number), "a customer id that is short for a Discord id"
