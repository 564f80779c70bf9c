"""Turns the bytes of a statement into text: UTF-8, UTF-16 with its mark, or else the encoding of Windows."""

from novacore.byte_marks import encoding_of
from novacore.errors import BadInput
from novacore.workflows.payments.statements import limits


def decoded(content: bytes) -> str:
    """Return the text of a file. Raises BadInput where it is too large, empty, or no text."""
    if len(content) > limits.MAX_BYTES:
        raise BadInput(limits.too_large())
    marked = encoding_of(content)
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
