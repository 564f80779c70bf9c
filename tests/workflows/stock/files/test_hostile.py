"""Files that were made to hurt: however they are built, they are read or refused, within bounds."""

import pytest

from novacore.errors import BadInput
from novacore.workflows.stock.files.limits import MAX_BYTES, MAX_LINES
from tests.workflows.stock.files.reading import read

FILES = {
    "brackets": "[" * 3_000_000,
    "brackets and quotation marks": "[“" * 900_000,
    "objects in objects": '{"a":' * 900_000,
    "open comments": "<!--" * 2_000_000,
    "one line of words": "code " * 1_500_000,
    "one line of commas": "," * 5_000_000,
    "lines of commas": ",\n" * (MAX_LINES - 1),
    "lines of quotation marks": '"\n' * (MAX_LINES - 1),
    "headings only": "code\n" * (MAX_LINES - 1),
    "blanks": " " * 4_000_000 + "x",
    "marks on a letter": "e" + "\u0301" * 2_000_000,
    "quotation marks that don't close": "„a,\n" * (MAX_LINES - 1),
    "a name that never ends": "code" * 1_000_000 + "\nx",
    "dashes": "-" * 4_000_000,
    "mail headers": "X-A: b\n" * (MAX_LINES - 1),
    "lists in quotation marks": '"a", ' * 1_800_000,
    "quotation marks": "'" * 5_000_000,
    "blanks between": ("a" + " " * 99) * 90_000,
    "lists": "- " * 4_000_000,
    "columns": ";".join(["code"] * 50_000) + "\n" + ";".join(["A1"] * 50_000),
}


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
