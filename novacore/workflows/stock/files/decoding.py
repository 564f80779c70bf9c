"""Turns the bytes of an uploaded file into text, or says in which line they are none."""

from novacore.byte_marks import encoding_of
from novacore.errors import BadInput
from novacore.workflows.stock.files.first_bytes import refuse_binary, refuse_document
from novacore.workflows.stock.files.limits import HOW, MAX_BYTES, too_large


def decoded(content: bytes) -> str:
    """Return the text of a file. Raises BadInput where it is too large, empty, no text, or in an unknown encoding."""
    if len(content) > MAX_BYTES:
        raise BadInput(too_large())
    encoding = encoding_of(content)
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
