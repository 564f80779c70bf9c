"""Says of a single code whether it can be stocked: not empty, not endless, and nothing in it that nobody can see."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from novacore.workflows.stock.files import spreadsheet
from novacore.workflows.stock.files.limits import CODE_LIMIT

TOO_LONG: Final = f"longer than {CODE_LIMIT:,} characters"
INVISIBLE: Final = "invisible characters in it"
LOST: Final = "a character was lost when the file was saved"
RULED: Final = "a ruled line instead of a code"
EMPTY: Final = "no code in it"
NO_TEXT: Final = "no text: codes need quotation marks around them"

_RULE = re.compile(r"\A[-=_+*~#`|:. ]*(?:--|==|__|\*\*|~~|##|``)[-=_+*~#`|:. ]*")
_KEPT: Final = frozenset("\t\r\n")
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
    return _unseen(code) or spreadsheet.fault(code) or (RULED if _RULE.fullmatch(code) else "")


def _unseen(code: str) -> str:
    if code.isprintable() and code.isascii():
        return ""
    letters = {one for one in code if not " " <= one <= "~"} - _KEPT
    if "\ufffd" in letters:
        return LOST
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
