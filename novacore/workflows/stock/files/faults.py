"""Says of a single code whether it can be stocked: not empty, not endless, and nothing in it that nobody can see."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from novacore.workflows.stock.files import spreadsheet
from novacore.workflows.stock.files.limits import CODE_LIMIT

TOO_LONG: Final = f"longer than {CODE_LIMIT:,} characters"
INVISIBLE: Final = "invisible characters in it"
BROKEN: Final = "a line break that only some programs know: press Enter between the codes instead"
LOST: Final = "a character was lost when the file was saved"
RULED: Final = "a ruled line instead of a code"
TOTAL: Final = "a total instead of a code"
HIDDEN: Final = "part of it is hidden behind dots or asterisks"
ESCAPED: Final = "a sign written as in a web page's source, such as &amp;"
EMPTY: Final = "no code in it"
NO_TEXT: Final = "no text: codes need quotation marks around them"

_RULE = re.compile(r"\A[-=_+*~#`|:. ]*(?:--|==|__|\*\*|~~|##|``)[-=_+*~#`|:. ]*|```[a-z+-]{0,20}")
_HIDDEN = re.compile(r"[•●]{3,}|(?<![^\s-])\*{4,}(?![^\s-])")
_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,5}|#x[0-9a-f]{1,4});", re.IGNORECASE)
_TOTAL = re.compile(
    r"(?:(?:grand|sub|zwischen|gesamt)[ -]?)?(?:totals?|sum|summe|gesamt|somme|suma|soma|totale|totaal|итого|всего|"
    r"toplam|razem|celkem|yhteensä|合計|小計|总计|合计|总数|합계|المجموع)"
    r"(?P<sign>\s*[:=])?(?P<number>\s*[$€£]?\s*\d[\d.,' ]*[^\d]{0,12})?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[^\d]{0,4}\d[\d.,' ]*[^\d]{0,4}")
_KEPT: Final = frozenset("\t\r\n")
_BREAKS: Final = frozenset("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
"""Some programs end lines with these, others show nothing: there several codes would be one."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Unicode's categories of what nobody sees, or no font shows: a customer could not type it."""

_BLANKS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc\U00013441\U00013442\U0001d159"
)
"""Letters, signs and marks that show nothing."""

_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""They choose how the character in front of them looks, and show nothing themselves."""


def fault(code: str | None) -> str:
    """Return why this is no usable code, or an empty text. None is what was no text at all."""
    if code is None:
        return NO_TEXT
    if not code:
        return EMPTY
    if len(code) > CODE_LIMIT:
        return TOO_LONG
    return _unseen(code) or spreadsheet.fault(code) or (RULED if is_ruled(code) else _spoiled(code))


def _spoiled(code: str) -> str:
    """Return what another program did to a code on its way here; a buyer could not use it."""
    if ("*" in code or not code.isascii()) and _HIDDEN.search(code):
        return HIDDEN
    return ESCAPED if "&" in code and _ESCAPED.search(code) else ""


def is_ruled(line: str) -> bool:
    """Tell whether a line only draws a line."""
    return not line[:1].isalnum() and _RULE.fullmatch(line) is not None


def is_total(cells: Sequence[str]) -> bool:
    """Tell whether these cells sum up the others: "Total: 3" in a line of its own, or "Total" before a number."""
    first, *others = [cell for cell in cells if cell] or [""]
    found = _TOTAL.fullmatch(first)
    if found is None or not all(map(_NUMBER.fullmatch, others)):
        return False
    return len(cells) > 1 or bool(found["sign"] or found["number"])


def _unseen(code: str) -> str:
    if code.isprintable() and code.isascii():
        return ""
    letters = {one for one in code if not " " <= one <= "~"} - _KEPT
    if "\ufffd" in letters:
        return LOST
    if letters & _BREAKS:
        return BROKEN
    if any(map(is_unseen, letters)):
        return INVISIBLE
    # Marks without a letter to stand on, and blanks of every kind, show as nothing.
    return "" if any(unicodedata.category(one)[0] in "LNPS" for one in code) else INVISIBLE


@lru_cache(4_096)
def is_unseen(one: str) -> bool:
    """Tell whether a character shows nothing."""
    return (
        one in _BLANKS
        or unicodedata.category(one) in _UNSEEN
        or (one >= "\ufe00" and any(ord(one) in selectors for selectors in _SELECTORS))
    )
