"""Turns the bytes of an uploaded file into text, or says in which line they are none."""

import codecs
from typing import Final

from novacore.errors import BadInput
from novacore.workflows.stock.files.first_bytes import refuse_binary, refuse_document
from novacore.workflows.stock.files.limits import HOW, MAX_BYTES, too_large

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16, so it is asked for first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content: bytes) -> str:
    """Return the text of a file. Raises BadInput where it is too large, empty, no text, or in an unknown encoding."""
    if len(content) > MAX_BYTES:
        raise BadInput(too_large())
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), "")
    if not encoding:
        refuse_binary(content)
    text = _text(content, encoding or "utf-8").lstrip("\ufeff")
    if "\0" in text:
        raise BadInput(f"That is not a plain text file: it has zero bytes in it. {HOW}")
    if not text.strip():
        raise BadInput(f"That file is empty. {HOW}")
    refuse_document(text)
    return text


def _text(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        if b"\0" in content[:1000]:
            raise BadInput(f"That is not a text file. {HOW}") from None
        line = content[: fault.start].count(b"\n") + 1
        raise BadInput(
            f"Line {line} of that file cannot be read as text. Please save it as UTF-8 (in a spreadsheet: CSV UTF-8) "
            "and upload it again."
        ) from None
