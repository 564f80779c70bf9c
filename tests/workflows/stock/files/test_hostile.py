"""Files that were made to hurt: however they are built, they are read or refused, within bounds."""

import os

import pytest

from novacore.errors import BadInput
from novacore.workflows.stock.files.limits import MAX_BYTES, MAX_LINES
from tests.workflows.stock.files.reading import read

LONG = os.environ.get("NOVACORE_FAULTS") == "long"
"""Set by `make faults`: there the files are as large as any may be, in `make test` a quarter of it."""
PART = 1 if LONG else 4
"""Work that grows with the square would take hours all the same."""

FILES = {
    "brackets": "[" * (3_000_000 // PART),
    "brackets and quotation marks": "[“" * (900_000 // PART),
    "objects in objects": '{"a":' * (900_000 // PART),
    "open comments": "<!--" * (2_000_000 // PART),
    "one line of words": "code " * (1_500_000 // PART),
    "one line of commas": "," * (5_000_000 // PART),
    "lines of commas": ",\n" * ((MAX_LINES - 1) // PART),
    "lines of quotation marks": '"\n' * ((MAX_LINES - 1) // PART),
    "headings only": "code\n" * ((MAX_LINES - 1) // PART),
    "blanks": " " * (4_000_000 // PART) + "x",
    "marks on a letter": "e" + "\u0301" * (2_000_000 // PART),
    "quotation marks that don't close": "„a,\n" * ((MAX_LINES - 1) // PART),
    "a name that never ends": "code" * (1_000_000 // PART) + "\nx",
    "dashes": "-" * (4_000_000 // PART),
    "mail headers": "X-A: b\n" * ((MAX_LINES - 1) // PART),
    "lists in quotation marks": '"a", ' * (1_800_000 // PART),
    "quotation marks": "'" * (5_000_000 // PART),
    "blanks between": ("a" + " " * 99) * (90_000 // PART),
    "lists": "- " * (4_000_000 // PART),
    "columns": ";".join(["code"] * (50_000 // PART)) + "\n" + ";".join(["A1"] * (50_000 // PART)),
}


@pytest.mark.faults
@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
@pytest.mark.parametrize("ending", ["txt", "csv", "json"])
def test_it_is_read_or_refused(ending: str, content: str) -> None:
    assert len(content.encode()) <= MAX_BYTES
    try:
        found = read(f"a.{ending}", content)
    except BadInput as refused:
        assert len(refused.sentence) < 500  # noqa: PT017 - either way is all right, and neither goes on for ever
    else:
        assert len(found.codes) <= MAX_LINES
