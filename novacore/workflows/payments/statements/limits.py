"""How much a statement may hold, and the sentences for what can't be one."""

from typing import Final

from novacore.errors import BadInput
from novacore.workflows.goods.documents import kind_of_bytes

MAX_BYTES: Final = 10 * 1024 * 1024
"""20,000 rows of PayPal's report, with its 41 columns, have room in it."""

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 200
"""PayPal's report has 41, and a few more where all its fields are chosen."""

_HOW: Final = (
    "Please upload PayPal's activity report as CSV, the CSV list of a wallet or block explorer, that of a bank whose "
    "texts name the orders (NC-...), or a text file with one transaction id a line."
)
_KINDS: Final = {
    "xlsx": "an Excel workbook",
    "ods": "a spreadsheet of LibreOffice or OpenOffice",
    "numbers": "a document of Pages or Numbers",
    "office": "an Excel or Word file",
    "docx": "a word processor's document",
    "archive": "a packed archive",
    "picture": "a picture",
    "pdf": "a PDF",
}


def too_large() -> str:
    """Say that a file is too large; used before it is fetched, too."""
    return f"That file is larger than {MAX_BYTES // 1024**2} MiB. Please choose a shorter period and upload that."


def require_few(rows: int) -> None:
    """Raise BadInput where a file has more rows than one upload may."""
    if rows > MAX_ROWS:
        raise BadInput(
            f"That file has more than {MAX_ROWS:,} rows, the most at one time. Please choose a shorter period and "
            "upload that."
        )


def refuse_binary(content: bytes) -> None:
    """Raise BadInput for bytes that begin as a picture, an archive, a spreadsheet and the like."""
    kind = kind_of_bytes(content)
    if kind:
        raise BadInput(f"That is {_KINDS.get(kind, 'no text')}, not a text file. {_HOW}")


def no_text() -> BadInput:
    """Return the refusal of what can't be read as text."""
    return BadInput(f"That file can't be read as text. {_HOW}")


def unknown() -> BadInput:
    """Return the refusal of a text that is no statement."""
    return BadInput(
        "I can't find any payments in that file: it has neither a column with transaction ids nor columns with dates, "
        f"texts and amounts, as a bank's list has. {_HOW}"
    )


def broken(line: int) -> BadInput:
    """Return the refusal of CSV that ends in the middle of a cell."""
    return BadInput(
        f"Line {line} of that CSV file is broken: most likely a quotation mark is missing. Please export it once more "
        "and upload it without opening it in between."
    )


def too_wide() -> BadInput:
    """Return the refusal of a table with too many columns."""
    return BadInput(f"That file has more than {MAX_COLUMNS} columns, so it is not a list of payments. {_HOW}")
