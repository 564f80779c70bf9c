"""Typographic quotation marks, as phones, word processors and other languages put them, made straight.

Only where they stand around an item: an apostrophe and `the “old” one` stay as they were typed. Pure; called by what
reads goods and files of codes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

PAIRS: Final[Mapping[str, str]] = {
    "“": "”“",
    "„": "“”„",
    "”": "”",
    "‟": "”",
    "«": "»",
    "»": "«»",
    "‘": "’‘",
    "‚": "‘’",
    "’": "’",
    "‛": "’",
    "‹": "›",
    "›": "‹›",
    "＂": "＂",
    "「": "」",
    "『": "』",
    "〝": "〞〟",
}
"""How quotations open, and what may close them: “English”, „German“, ”Swedish”, « French », »Danish«."""

_SINGLE: Final = "‘‚’‛‹›"
"""Also apostrophes: what they open ends in the same line."""

_OTHER_COMMA = re.compile(rf"""(?<=["{"".join(PAIRS.values())}])[ \t]*+[;；，、][ \t]*+(?=["{"".join(PAIRS)}])""")
_BLANKS: Final = " \t\u00a0\u202f"
_ANY: Final = "".join(PAIRS)


@dataclass(frozen=True, slots=True)
class _Notation:
    """How items stand in a text, and how one is written there with straight quotation marks."""

    opens: re.Pattern[str]
    """What stands in front of a quotation mark that opens."""
    behind: str
    """What stands behind one that closes, as a pattern."""
    straight: re.Pattern[str]
    """A quotation in straight marks; it is left as it is."""
    write: Callable[[str], str]

    def closing(self, opening: str) -> re.Pattern[str]:
        """Return what ends the quotation that this mark opens; with a group where another opens right behind it."""
        return re.compile(rf"[{PAIRS.get(opening, opening)}](?:(?={self.behind})|(\s+{opening}))")


def has_typographic(text: str) -> bool:
    """Tell whether any of these marks is in a text."""
    return any(one in text for one in PAIRS)


def straight_json(text: str) -> str:
    """Return JSON with straight quotation marks around every text in it."""
    return _straight(_with_commas(text), _JSON)


def straight_list(text: str) -> str:
    """Return a list of items, separated by commas or line breaks, with straight quotation marks around the items."""
    return _straight(_with_commas(text), _LIST)


def unquoted(text: str) -> str | None:
    """Return what stands between the quotation marks around a whole text; None if they aren't one pair."""
    if len(text) > 2 and text[0] == text[-1] == '"':
        return None if '"' in text[1:-1].replace('""', "") else text[1:-1].replace('""', '"')
    if len(text) > 2 and text[-1] in PAIRS.get(text[0], "") and not _closes_within(text):
        return text[1:-1].strip(_BLANKS)
    return None


def _closes_within(text: str) -> bool:
    """Tell whether what the first mark opens is closed before the end: “A”, then “B”."""
    opening, closing = text[0], PAIRS[text[0]]
    first = next((one for one in text[1:-1] if one == opening or one in closing), "")
    return opening not in _SINGLE and first in closing and bool(first)


def _with_commas(text: str) -> str:
    """Return a text with commas where another mark separates two quotations, as in “A”; “B”."""
    return _OTHER_COMMA.sub(",", text)


def _straight(text: str, notation: _Notation) -> str:
    done: list[str] = []
    open_until: dict[str, int] = {}
    at = 0
    while found := notation.opens.search(text, at):
        item, end = _item(text, found.end(), notation, open_until)
        done += text[at : found.end()], item
        at = end
    return "".join([*done, text[at:]])


def _item(text: str, at: int, notation: _Notation, open_until: dict[str, int]) -> tuple[str, int]:
    """Return the item whose quotation mark stands at `at`, and where it ends; the bare mark where nothing closes it.

    `open_until` remembers for each mark up to where nothing closes it, so that a hostile text is gone through once.
    """
    opening = text[at]
    if opening == '"':
        quotation = notation.straight.match(text, at)
        return (quotation[0], quotation.end()) if quotation else (opening, at + 1)
    limit = _line_end(text, at) if opening in _SINGLE else len(text)
    closing = None if at < open_until.get(opening, 0) else notation.closing(opening).search(text, at + 1, limit)
    if closing is None or closing[1]:
        open_until[opening] = max(open_until.get(opening, 0), closing.start() if closing else limit)
    end = _mixed(text, at, limit if closing is None or closing[1] else closing.start(), notation)
    if end is None:
        return opening, at + 1
    return notation.write(text[at + 1 : end].strip(_BLANKS)), end + 1


def _mixed(text: str, at: int, end: int, notation: _Notation) -> int | None:
    """Return where the quotation ends: at `end`, or at a straight mark before it, for phones mix the two."""
    mark = text.find('"', at + 1, end)
    found = notation.closing('"').match(text, mark) if mark >= 0 else None
    if found and not found[1]:
        return mark
    return end if end < len(text) and text[end] in PAIRS[text[at]] else None


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _in_json(inner: str) -> str:
    """Write a text as JSON does. What was escaped already stays."""
    return '"' + _BARE_QUOTE.sub(lambda found: found[1] or '\\"', inner) + '"'


def _in_list(inner: str) -> str:
    return '"' + inner.replace('"', '""') + '"'


_BARE_QUOTE = re.compile(r'(\\.)|"', re.DOTALL)
_JSON = _Notation(
    re.compile(rf'(?:\A|[\[{{,:])\s*+(?=["{_ANY}])'),
    r"\s*+(?:[,\]}:]|\Z)",
    re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL),
    _in_json,
)
_LIST = _Notation(
    re.compile(rf'(?:\A|[,\r\n])[ \t]*+(?=["{_ANY}])'),
    r"[ \t]*+(?:[,\r\n]|\Z)",
    re.compile(r'"(?:[^"]|"")*+"?'),
    _in_list,
)
