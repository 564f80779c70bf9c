"""Reads a file of codes that the owner uploads: text, CSV or JSON. Pure functions; `restock` calls `read`.

Whatever is wrong with the file is a BadInput with a sentence; what is wrong with single lines is counted, with their
numbers. No text of an error holds anything of the file.
"""

import codecs
import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from novacore.errors import BadInput
from novacore.workflows.stock.codes import tidy

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_LINES: Final = 100_000
CODE_LIMIT: Final = 4_000
"""Characters of one code: a licence file fits, a whole document is none."""

_HOW = "Please upload a text file with one code a line, a CSV file or a JSON list."
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16, so it is asked for first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WHICH = (
    "That CSV file has several columns, and I can't tell which one holds the codes. Please name it in a first line, "
    "like `code,note`. What belongs together, like an account and its password, has to stand in that one column."
)
_DELIMITERS: Final = (",", ";", "\t")
_NAMES: Final = ("code", "codes", "key", "value")
"""What the column of a CSV file, or the field of a JSON object, may be called."""

_KEPT: Final = frozenset("\t\r\n")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
"""Unicode's categories of what nobody sees: a customer could not type it, and two codes would look alike."""

_TOO_LONG = f"longer than {CODE_LIMIT:,} characters"
_INVISIBLE = "invisible characters in it"
_EMPTY = "no code in it"
_NO_TEXT = "no text: codes need quotation marks around them"

Row = tuple[int, str | None]
"""The number of a line or an entry, counted from 1, and what stands there; None where it cannot be a code."""


@dataclass(frozen=True, slots=True)
class StockFile:
    """What a file holds. Its repr shows no code."""

    codes: Sequence[str] = field(repr=False)
    """Each code once, in the order of the file."""
    lines: Sequence[int]
    """The line of each of them."""
    repeated: Sequence[int]
    """Lines whose code stands further up already."""
    malformed: Sequence[tuple[int, str]]
    """Lines that hold no usable code, and what is wrong: "longer than ..."."""
    counted: str
    """What the numbers count: "line", or "entry" of a JSON list."""


def read(name: str, content: bytes) -> StockFile:
    """Read an uploaded file; its name says how (.csv, .json, anything else is text). Raises BadInput."""
    if len(content) > MAX_BYTES:
        raise BadInput(too_large())
    text = _decoded(content)
    if not text.strip():
        raise BadInput(f"That file is empty. {_HOW}")
    ending = name.rpartition(".")[2].casefold()
    if ending == "csv":
        _require_few(_count_lines(text))
        return _sorted_out(_csv_rows(text), "line")
    if ending == "json" or text.lstrip()[0] == "[":
        entries = _json_entries(text, must=ending == "json")
        if entries is not None:
            _require_few(len(entries))
            return _sorted_out(_json_rows(entries), "entry")
    _require_few(_count_lines(text))
    return _sorted_out(_text_rows(text), "line")


def too_large() -> str:
    """Say that a file is too large; asked before it is fetched, too."""
    return f"That file is larger than {MAX_BYTES // 1024**2} MiB. Please split it and upload the parts one by one."


def _require_few(count: int) -> None:
    if count > MAX_LINES:
        raise BadInput(
            f"That file has {count:,} lines, and {MAX_LINES:,} is the most at one time. Please split it and upload the "
            "parts one by one."
        )


def _decoded(content: bytes) -> str:
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as fault:
        if b"\0" in content[:1000]:
            raise BadInput(f"That is not a text file. {_HOW}") from None
        line = content[: fault.start].count(b"\n") + 1
        raise BadInput(
            f"Line {line} of that file cannot be read as text. Please save it as UTF-8 (in a spreadsheet: CSV UTF-8) "
            "and upload it again."
        ) from None
    if "\0" in text:
        raise BadInput(f"That is not a plain text file: it has zero bytes in it. {_HOW}")
    return text


def _count_lines(text: str) -> int:
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends if text.endswith(("\n", "\r")) else ends + 1


# ---- the three formats


def _text_rows(text: str) -> Iterator[Row]:
    # Not splitlines(): that would cut a code at characters which no editor takes for the end of a line.
    for number, one in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if one.strip():
            yield number, one


def _csv_rows(text: str) -> Iterator[Row]:
    delimiter, column = _layout(text)
    is_named = column is not None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for row in rows:
            number, begins = begins, rows.line_num + 1
            if not is_named and any(cell.strip() for cell in row[1:]):
                raise BadInput(_WHICH)  # the first one alone might be accounts without their passwords
            if any(cell.strip() for cell in row) and not (is_named and number == 1):
                yield number, row[column or 0] if len(row) > (column or 0) else ""
    except csv.Error:
        raise BadInput(
            f"Line {rows.line_num} of that CSV file is broken: most likely a quotation mark is missing. "
            "Please mend it and upload the file again."
        ) from None


def _layout(text: str) -> tuple[str, int | None]:
    """Find the column of the codes by the first line; without a header (None) it has to be the only one."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    for delimiter in _DELIMITERS:
        cells = [cell.strip().strip('"').casefold() for cell in first.split(delimiter)]
        for name in _NAMES:
            if name in cells:
                return delimiter, cells.index(name)
    return ",", None


def _json_entries(text: str, *, must: bool) -> list[Any] | None:
    """Return the list; None where the file need not be JSON and is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as fault:
        if not must:
            return None
        line = f" Look at line {fault.lineno}." if isinstance(fault, json.JSONDecodeError) else ""
        raise BadInput(f"That JSON file is broken.{line} {_JSON}") from None
    if isinstance(found, dict):
        found = next((found[name] for name in _NAMES if isinstance(found.get(name), list)), None)
    if not isinstance(found, list):
        raise BadInput(f"I can't find a list of codes in that JSON file. {_JSON}")
    return found


_JSON = 'It should look like ["CODE-1", "CODE-2"] or [{"code": "CODE-1"}, {"code": "CODE-2"}].'


def _json_rows(entries: list[Any]) -> Iterator[Row]:
    for number, one in enumerate(entries, 1):
        code = next((one[name] for name in _NAMES if name in one), None) if isinstance(one, dict) else one
        yield number, code if isinstance(code, str) else None


# ---- what is what


def _sorted_out(rows: Iterable[Row], counted: str) -> StockFile:
    found: dict[str, int] = {}
    repeated: list[int] = []
    malformed: list[tuple[int, str]] = []
    for number, given in rows:
        code = tidy(given) if given is not None else None
        if fault := _fault(code):
            malformed.append((number, fault))
        elif code in found:
            repeated.append(number)
        elif code is not None:
            found[code] = number
    return StockFile([*found], [*found.values()], repeated, malformed, counted)


def _fault(code: str | None) -> str | None:
    if code is None:
        return _NO_TEXT
    if not code:
        return _EMPTY
    if len(code) > CODE_LIMIT:
        return _TOO_LONG
    if not code.isprintable() and any(unicodedata.category(one) in _UNSEEN for one in set(code) - _KEPT):
        return _INVISIBLE
    return None
