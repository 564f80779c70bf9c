"""How much a file of codes may hold."""

from typing import Final

from novacore.errors import BadInput

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_LINES: Final = 100_000
MAX_COLUMNS: Final = 25
"""Discord shows so many options in one select."""

CODE_LIMIT: Final = 4_000
"""Characters of one code: a licence file fits, a whole document doesn't."""

HOW: Final = "Please upload a text file with one code a line, a CSV file or a JSON list."


def too_large() -> str:
    """Say that a file is too large; used before it is fetched, too."""
    return f"That file is larger than {MAX_BYTES // 1024**2} MiB. Please split it and upload the parts one by one."


def require_few(count: int) -> None:
    """Raise BadInput where a file has more lines, or a list more entries, than one upload may."""
    if count > MAX_LINES:
        raise BadInput(
            f"That file has {count:,} lines, and {MAX_LINES:,} is the most at one time. Please split it and upload the "
            "parts one by one."
        )
