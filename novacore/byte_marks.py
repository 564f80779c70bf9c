"""Tells the encoding of a text file by the mark that it may begin with."""

import codecs
from typing import Final

_ENCODINGS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16, so it is asked for first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(content: bytes) -> str:
    """Return the encoding as Python calls it; empty where there is no mark."""
    return next((name for mark, name in _ENCODINGS if content.startswith(mark)), "")
