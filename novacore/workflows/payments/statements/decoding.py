"""Turns the bytes of a statement into text: UTF-8, UTF-16 with its mark, or else the encoding of Windows."""

import codecs
from typing import Final

from novacore.errors import BadInput
from novacore.workflows.payments.statements import limits

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16, so it is asked for first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content: bytes) -> str:
    """Return the text of a file. Raises BadInput where it is too large, empty, or no text."""
    if len(content) > limits.MAX_BYTES:
        raise BadInput(limits.too_large())
    marked = next((name for mark, name in _BOMS if content.startswith(mark)), "")
    if not marked:
        limits.refuse_binary(content)
    text = _text(content, (marked,) if marked else ("utf-8", "cp1252"))
    if "\0" in text:
        raise limits.no_text()
    if not text.strip("\ufeff \t\r\n"):
        raise BadInput("That file is empty.")
    return text.lstrip("\ufeff")


def _text(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise limits.no_text()
