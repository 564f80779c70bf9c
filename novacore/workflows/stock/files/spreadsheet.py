"""What spreadsheets do to codes: Excel's guards are taken off, and what was changed for good is named.

Pure. A spreadsheet takes a long code for a number (1.23457E+15), a short one for a date (3-May), and drops the zeros
in front; what is left is worth nothing to a buyer, and nothing brings it back.
"""

import re
from collections.abc import Sequence
from typing import Final

_GUARD = re.compile(r'=\s*"((?:[^"]|"")*)"')
_APOSTROPHE = re.compile(r"'(?=[\d=+@-][^']*\Z)")
_FORMULA = re.compile(
    r"\A(?:[=@+-]\s*[A-Z][A-Z0-9.]*\(.*\)|=.*[\"()&].*|=\s*\$?[A-Z]{1,3}\$?\d{1,7}|=[\d\s.,+*/-]+)",
    re.IGNORECASE | re.DOTALL,
)
_ERROR = re.compile(r"#{3,}|#(?:N/A|NV|[A-ZÄÖÜ][A-ZÄÖÜ/0]*[!?])", re.IGNORECASE)

FORMULA: Final = "a spreadsheet's formula instead of a code"
ERROR: Final = "a spreadsheet's error instead of a code"

_SCIENTIFIC = re.compile(r"\A[+-]?\d+(?:[.,]\d+)?E[+-]\d{1,3}", re.IGNORECASE)
_DECIMAL = re.compile(r"\A(?:\d+[.,]00?|\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\.\d{3}){2,})")
_MONTHS: Final = (
    "jan|feb|mar|mär|mrz|mrt|apr|avr|abr|may|mai|maj|mei|mag|jun|juin|giu|jul|juil|lug|aug|août|ago|sep|sept|set|oct|"
    "okt|out|ott|nov|dec|dez|déc|dic|янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек"
)
_YEAR: Final = r"\d{4}"
_SHORT_YEAR: Final = r"(?:\d{4}|\d{2})"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"


def _alike(*parts: str) -> str:
    """Return a pattern for these parts of a date with the same mark between them, whichever it is."""
    return "|".join(mark.join(parts) for mark in ("-", "/", r"\."))


_DATE = re.compile(
    rf"\A(?:{_alike(_YEAR, _MONTH, _DAY)}|{_alike(_DAY, _DAY, _SHORT_YEAR)}"
    rf"|\d{{1,2}}\.?[-/ ](?:{_MONTHS})(?:\.?|\.?[-/ ]\d{{2}}|[a-zäé]*\.?[-/ ]\d{{4}})"
    rf"|(?:{_MONTHS})\.?[-/ ]\d{{2,4}})"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}:\d{2}:\d{2}(?:\s?[AP]M)?|\d{1,2}:\d{2}\s?[AP]M", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"nan|none|null|n/a|undefined|true|false", re.IGNORECASE)

_AS_NUMBER: Final = "a number in a spreadsheet's short form"
_AS_DATE: Final = "a date or a time"
_AS_EMPTY: Final = "what a program writes for an empty cell"
_AS_DECIMAL: Final = "a number with a decimal point or separators"
_ROUNDED: Final = "a long number that ends in zeros: spreadsheets keep 15 digits"
_SHORTENED: Final = "a number shorter than the others: zeros in front may be missing"

_SHAPES: Final = (
    (_SCIENTIFIC, _AS_NUMBER),
    (_DATE, _AS_DATE),
    (_TIME, _AS_DATE),
    (_DECIMAL, _AS_DECIMAL),
    (_PLACEHOLDER, _AS_EMPTY),
)
_ANY_SHAPE = re.compile("|".join(f"(?:{shape.pattern})" for shape, _ in _SHAPES), re.IGNORECASE)
_LONGEST_SHAPE: Final = 40
_KEPT_DIGITS: Final = 15
_MOST: Final = 0.8
"""The share of codes by which a length is the usual one."""
_SHORTEST: Final = 6
_SHORTEST_PIN: Final = 4
"""Digits from which on a length says something; fewer are enough where no zero in front was kept."""


def unguarded(cell: str) -> str:
    """Return a cell without the guard that keeps Excel from reading it as a number: ="0012", '0012."""
    bare = cell.strip()
    if bare[:1] not in {"=", "'"}:
        return bare
    found = _GUARD.fullmatch(bare)
    if found:
        return found[1].replace('""', '"').strip()
    return _APOSTROPHE.sub("", bare)


def fault(cell: str) -> str:
    """Return what is wrong with a cell that holds a formula or an error; empty for any other."""
    if cell[:1] not in {"=", "@", "+", "-", "#"}:
        return ""
    if _FORMULA.fullmatch(cell):
        return FORMULA
    return ERROR if _ERROR.fullmatch(cell) else ""


def changed(cells: Sequence[str]) -> list[str]:
    """Return for each cell of a column what a spreadsheet seems to have made of it; empty where it is as it was."""
    usual = _usual_length(cells)
    are_rounded = _are_rounded(cells)
    return [_shape(cell) or _as_digits(cell, usual, are_rounded=are_rounded) for cell in cells]


def is_changed(cell: str) -> bool:
    """Tell whether a cell by itself looks like what a spreadsheet makes of codes: a date, a short form of a number."""
    return bool(_shape(cell))


def _shape(cell: str) -> str:
    if len(cell) > _LONGEST_SHAPE or not _ANY_SHAPE.fullmatch(cell):
        return ""
    return next((said for shape, said in _SHAPES if shape.fullmatch(cell)), "")


def _as_digits(cell: str, usual: int, *, are_rounded: bool) -> str:
    if not _is_number(cell):
        return ""
    if are_rounded and _is_rounded(cell):
        return _ROUNDED
    return _SHORTENED if usual - 3 <= len(cell) < usual else ""


def _is_number(cell: str) -> bool:
    return cell.isascii() and cell.isdigit()


def _is_rounded(cell: str) -> bool:
    return len(cell) > _KEPT_DIGITS and not cell[_KEPT_DIGITS:].strip("0")


def _are_rounded(cells: Sequence[str]) -> bool:
    """Tell whether every long number ends in zeros: one of ten card numbers does by chance."""
    long = [cell for cell in cells if _is_number(cell) and len(cell) > _KEPT_DIGITS]
    by_chance = len(long) < 3 and all(len(cell) < _KEPT_DIGITS + 3 for cell in long)
    return bool(long) and not by_chance and all(map(_is_rounded, long))


def _usual_length(cells: Sequence[str]) -> int:
    """Return the length that nearly all cells have, all of them numbers; 0 where there is none."""
    if len(cells) < 3 or not all(map(_is_number, cells)):
        return 0
    lengths = [len(cell) for cell in cells]
    longest = max(lengths)
    shortest = _SHORTEST if any(cell[0] == "0" for cell in cells) else _SHORTEST_PIN
    return longest if longest >= shortest and lengths.count(longest) >= _MOST * len(lengths) else 0
