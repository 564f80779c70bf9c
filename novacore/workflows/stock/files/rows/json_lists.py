"""Reads codes from JSON: a list of texts, of objects or of lists, one wrapped in an object, or a value on each line.

Pure. Slips are refused with their line; no text of an error quotes the file, apart from the names of fields.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from novacore.errors import BadInput
from novacore.workflows.goods.quotes import PAIRS, has_typographic, straight_json
from novacore.workflows.stock.files import gone
from novacore.workflows.stock.files.columns.vocabulary import Role
from novacore.workflows.stock.files.columns.words import role
from novacore.workflows.stock.files.faults import NO_TEXT
from novacore.workflows.stock.files.limits import require_few
from novacore.workflows.stock.files.tables import Row, Table

ENDINGS: Final = frozenset({"json", "jsonl", "ndjson"})
"""Endings of files that have to be JSON."""

READ_BY_NAME: Final = "code, key, serial, voucher, licence, token, card number, pin, password"
"""Names of fields, and of columns, that the shop takes for goods; the vocabulary has them in other languages, too."""

_OF_THE_GOODS: Final = frozenset({Role.companion, Role.password, Role.account})
"""What the other columns of a unit are, where each column is a list of its own."""
_MOST_FIELDS: Final = 100
_DEEPEST: Final = 5
"""Objects within objects in which the list may be wrapped."""

_HOW: Final = 'It should look like ["CODE-1", "CODE-2"] or [{"code": "CODE-1"}, {"code": "CODE-2"}].'
_QUOTE: Final = "\"'" + "".join(PAIRS)
_BEGINS = re.compile(rf"\{{\s*(?:[{_QUOTE}}}]|\w+\s*:)|\[\s*(?:[\[{{\]{_QUOTE}]|-?\d[\d.]*\s*,|\Z)")
_BETWEEN = re.compile(r"\s*,?\s*")
_CLOSES_AFTER_COMMA = re.compile(r",\s*\]")

Values = list[tuple[int, Any]]
"""What stands in the file one after the other, each with the line where it begins."""


def looks_like_json(text: str) -> bool:
    """Tell whether a text is meant as JSON, whatever its ending. Codes may stand in brackets themselves: [A-1]."""
    return _BEGINS.match(text.lstrip()) is not None


def table(text: str) -> Table:
    """Return the entries as rows. Raises BadInput for a slip, with its line, and where there is no list of codes."""
    values = _parsed(text)
    if len(values) > 1:
        require_few(len(values))
        return _table(values, "line")
    entries, notes = _entries(_unpacked(values[0][1]))
    require_few(len(entries))
    objects = [_unpacked(one) for one in entries]
    if all(isinstance(one, dict) for one in objects):
        entries = objects
    return replace(_table([*enumerate(entries, 1)], "entry"), notes=notes)


def _unpacked(value: Any) -> Any:
    """Return what a text holds that is JSON itself: some programs encode twice. Anything else as it is."""
    if not isinstance(value, str) or not looks_like_json(value):
        return value
    try:
        found = _parsed(value)
    except BadInput:
        return value
    return found[0][1] if len(found) == 1 else value


# ---- from text to values


def _parsed(text: str) -> Values:
    try:
        return _values(text)
    except json.JSONDecodeError as slip:
        if not has_typographic(text):
            raise _refusal(text, slip) from None
    straight = straight_json(text)
    try:
        return _values(straight)
    except json.JSONDecodeError as slip:
        raise _refusal(straight, slip, "There are curly quotation marks in it; use straight ones.") from None


def _values(text: str) -> Values:
    """Decode one value after the other, with or without commas between them. Raises JSONDecodeError, BadInput."""
    decoder = json.JSONDecoder(object_pairs_hook=_object)
    found: Values = []
    at, line, counted_to = _BETWEEN.match(text).end(), 1, 0  # type: ignore[union-attr]  # it matches nothing, too
    while at < len(text):
        line += text.count("\n", counted_to, at)
        counted_to = at
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError):
            raise BadInput(
                f"That JSON file is broken: it has lists within lists, or an endless number. {_HOW}"
            ) from None
        found.append((line, value))
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
    return found


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Raises BadInput where it has a field twice: of two codes one would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for n, (name, _) in enumerate(pairs) if any(name == one for one, _ in pairs[:n]))
        raise BadInput(f"An object in that JSON file has the field “{twice[:40]}” twice. Please correct it. {_HOW}")
    return found


def _refusal(text: str, slip: json.JSONDecodeError, hint: str = "") -> BadInput:
    # Where something is missing at the end, the slip is in the last line with anything in it.
    line, reason = text.count("\n", 0, min(slip.pos, len(text.rstrip()))) + 1, hint
    comma = text.rfind(",", 0, slip.pos + 1)
    if comma >= 0 and _CLOSES_AFTER_COMMA.match(text, comma):
        line, reason = text.count("\n", 0, comma) + 1, "There is a comma with nothing after it; take it out."
    elif text[slip.pos : slip.pos + 1] == "'":
        reason = "There are single quotation marks in it; use double ones."
    return BadInput(
        " ".join(part for part in (f"That JSON file is broken. Look at line {line}.", reason, _HOW) if part)
    )


# ---- from values to entries


def _entries(value: Any) -> tuple[list[Any], list[str]]:
    """Return the list that a file's one value is or wraps, and what was left out next to it.

    An object with a code in it is a list of one.
    """
    if isinstance(value, list):
        return value, []
    if isinstance(value, dict):
        if any(isinstance(one, str) and role(name) is Role.code for name, one in value.items()):
            return [value], []
        lists = _lists_in(value)
        if lists:
            return _the_one_of(lists)
    raise BadInput(f"I can't find a list of codes in that JSON file. {_HOW}")


def _the_one_of(lists: Mapping[str, list[Any]]) -> tuple[list[Any], list[str]]:
    """Return the list that is called codes, unless one next to it belongs to them: PINs, as many as there are codes."""
    named = [name for name in lists if role(name) is Role.code]
    (chosen, *others) = named or lists
    others += [name for name in lists if name not in named and role(name) in _OF_THE_GOODS] if named else []
    if others:
        raise BadInput(
            "There are several lists in that JSON file, and I can't tell which one holds the codes. "
            f"Please upload one list at a time. {_HOW}"
        )
    left_out = ", ".join(f"“{name[:40]}”" for name in lists if name != chosen)
    return lists[chosen], [f"Other lists in that file were left out: {left_out}."] if left_out else []


def _lists_in(value: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the lists that are wrapped least deeply, by name."""
    level: list[Mapping[str, Any]] = [value]
    for _ in range(_DEEPEST):
        lists = {name: one for each in level for name, one in each.items() if isinstance(one, list) and one}
        if lists:
            return lists
        level = [one for each in level for one in each.values() if isinstance(one, dict)]
    return {}


# ---- from entries to rows


def _table(entries: Values, counted: str) -> Table:
    values = [value for _, value in entries]
    if any(isinstance(one, str) for one in values) or not any(isinstance(one, dict | list) for one in values):
        return Table([Row(number, (_text(value),)) for number, value in entries], counted=counted)
    if any(isinstance(one, dict) for one in values):
        names = _fields(values)
        return Table([_object_row(number, value, names) for number, value in entries], _labels(names), counted)
    return Table(
        [
            Row(number, tuple(_cell(one) for one in value)) if isinstance(value, list) else _no_row(number)
            for number, value in entries
        ],
        counted=counted,
    )


def _text(value: Any) -> str | None:
    """Return an entry of a list of texts; an object between them is read by the names of its fields."""
    if isinstance(value, dict):
        value = next((one for name, one in value.items() if role(name) is Role.code), None)
    return _cell(value)


def _cell(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _no_row(number: int) -> Row:
    return Row(number, (), fault=NO_TEXT)


def _fields(values: Sequence[Any]) -> list[tuple[str, ...]]:
    """Return the columns: the names of all fields in order; codes that never stand together in an entry are one."""
    found = dict.fromkeys(name for one in values if isinstance(one, dict) for name in one)
    if len(found) > _MOST_FIELDS:
        raise BadInput(f"The objects in that JSON file have more than {_MOST_FIELDS} different fields. {_HOW}")
    codes = tuple(name for name in found if role(name) is Role.code)
    if any(sum(one.get(name) is not None for name in codes) > 1 for one in values if isinstance(one, dict)):
        return [(name,) for name in found]
    return [*([codes] if codes else []), *((name,) for name in found if name not in codes)]


def _labels(fields: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(names[0] for names in fields)


def _object_row(number: int, value: Any, fields: Sequence[tuple[str, ...]]) -> Row:
    if not isinstance(value, dict):
        return _no_row(number)
    said = next((name for name, one in value.items() if one and _is_yes(one) and gone.is_gone(name, "yes")), None)
    return Row(number, tuple(_field(value, names) for names in fields), fault="" if said is None else gone.fault(said))


def _is_yes(value: Any) -> bool:
    """Tell whether a value says yes without words: true, or a number."""
    return isinstance(value, bool | int)


def _field(value: Mapping[str, Any], names: Sequence[str]) -> str | None:
    found: Iterator[Any] = (value[name] for name in names if value.get(name) is not None)
    one = next(found, "")
    return _cell(one)
