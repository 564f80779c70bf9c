"""Recognises files that are no plain text by how they begin, whatever their name says, and tells how to save them.

`read` calls `refuse_binary` with the bytes and `refuse_document` with the text: RTF, HTML and mails are text, and may
be stored in any encoding.
"""

import re
from collections.abc import Mapping
from typing import Final

from novacore.errors import BadInput

_COPY: Final = "Copy the codes into a plain text file, one code a line, and upload that."
_CSV: Final = "Save it as CSV (in Excel: File, Save As, CSV UTF-8) and upload that."

_SENTENCES: Final[Mapping[str, str]] = {
    "rtf": (
        "That is an RTF document, not a text file. In TextEdit choose Format, Make Plain Text; in WordPad or Word save "
        "it as plain text (.txt). Then upload it again."
    ),
    "pdf": f"That is a PDF, not a text file. {_COPY}",
    "html": f"That is a web page (HTML), not a text file. {_COPY} If it came from a spreadsheet, save that as CSV.",
    "xml": f"That is an XML file, not a text file. {_COPY} If it came from a spreadsheet, save that as CSV.",
    "mail": f"That is a saved email, not a text file. {_COPY}",
    "dump": "That is a database dump, not a text file. Export the table as CSV and upload that.",
    "card": f"That is a contact or calendar file, not a text file. {_COPY}",
    "sylk": f"That is a spreadsheet (SYLK), not a text file. {_CSV}",
    "armour": "That is a key, a certificate or an encrypted message, not a text file with codes. If codes are in it, "
    "decrypt it, put them into a plain text file, one code a line, and upload that.",
    "xlsx": f"That is an Excel workbook, not a text file. {_CSV}",
    "ods": f"That is a spreadsheet of LibreOffice or OpenOffice, not a text file. {_CSV}",
    "numbers": "That is a document of Pages or Numbers, not a text file. Choose File, Export To, CSV or Plain Text, "
    "and upload that.",
    "docx": "That is a word processor's document, not a text file. Save it as plain text (.txt) and upload that.",
    "office": f"That is an Excel or Word file, not a text file. {_CSV} In Word save it as plain text (.txt).",
    "archive": "That is a packed archive, not a text file. Unpack it and upload the text or CSV file that is in it.",
    "picture": f"That is a picture, not a text file. {_COPY}",
    "database": "That is a database, not a text file. Export the table with the codes as CSV and upload that.",
    "media": f"That is a sound or a video, not a text file. {_COPY}",
    "program": f"That is a program or a data file, not a text file. {_COPY}",
}

_BEGINNINGS: Final = (
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF87a", "picture"),
    (b"GIF89a", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"\0\0\1\0", "picture"),
    (b"8BPS\0", "picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"\x1f\x8b", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"(\xb5/\xfd", "archive"),
    (b"\x04\x22M\x18", "archive"),
    (b"SQLite format 3\0", "database"),
    (b"\x7fELF", "program"),
    (b"bplist00", "program"),
    (b"OggS\0", "media"),
    (b"ID3\x03", "media"),
    (b"ID3\x04", "media"),
    (b"\x1aE\xdf\xa3", "media"),
)
_ZIPPED: Final = (
    (b"xl/", "xlsx"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"word/", "docx"),
    (b"application/vnd.oasis.opendocument.text", "docx"),
    (b"Index/Document.iwa", "numbers"),
)
"""Names of files, and kinds, that stand uncompressed in a ZIP archive."""

_MARKUP = re.compile(
    r"(?:\s|<!--.*?-->)*+<(?:(!doctype\s+html|(?:html|head|body|table|tr|td|meta|title|style|script|link|div|span|p|ul|ol|li|"
    r"pre|font|br|img|h[1-6])(?:\s[^<>]*)?/?>)|(\?xml|svg\b))",
    re.IGNORECASE | re.DOTALL,
)
_DUMP = re.compile(
    r"\A(?:\s|--[^\n]*\n|/\*.*?\*/;?)*+(?:INSERT\s+INTO|CREATE\s+TABLE|DROP\s+TABLE|PRAGMA\s+\w+\s*=|BEGIN\s+TRANSACTION)\b"
    r"|\A-- (?:MySQL|MariaDB|PostgreSQL database|phpMyAdmin SQL) [Dd]ump",
    re.IGNORECASE | re.DOTALL,
)
_CARD = re.compile(r"BEGIN:V(?:CARD|CALENDAR)\b", re.IGNORECASE)
_HEADER = re.compile(r"\A([A-Za-z][A-Za-z-]*):(?:[ \t]|$)")
_OF_MAILS = {"from", "to", "cc", "date", "subject", "reply-to", "sender", "received", "return-path", "delivered-to"} | {
    "message-id",
    "mime-version",
    "content-type",
    "dkim-signature",
}
"""Headers that mails have; between them stand others that are named for the programs that the mail went through."""

_MBOX = re.compile(r"From (?:\S+@\S+|-) .*\d{4}")
_SYLK = re.compile(r"ID;P(?:WXL|S?CALC\d?)\b")
_ARMOUR = re.compile(r"-----BEGIN [A-Z ]+-----")
_HEADER_LINES = 60
_LOOKED_AT = 4_096
"""Characters of a text that are searched for markup."""


def refuse_binary(content: bytes) -> None:
    """Raise BadInput for bytes that begin as a picture, an archive, a spreadsheet and the like."""
    kind = _kind_of_bytes(content)
    if kind:
        raise BadInput(_SENTENCES[kind])


def refuse_document(text: str) -> None:
    """Raise BadInput for a text that is a document: RTF, HTML, XML, a mail, a dump of a database."""
    kind = _kind_of_text(text)
    if kind:
        raise BadInput(_SENTENCES[kind])


def _kind_of_bytes(content: bytes) -> str:
    if content.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return next((kind for part, kind in _ZIPPED if part in content), "archive")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    return next((kind for start, kind in _BEGINNINGS if content.startswith(start)), "") or _by_second_mark(content)


def _by_second_mark(content: bytes) -> str:
    """Recognise kinds whose first bytes alone could be a code: a second mark further on has to fit."""
    if content[:2] == b"BM" and content[6:10] == bytes(4):
        return "picture"
    if content[:4] == b"RIFF" and content[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return "picture" if content[8:12] == b"WEBP" else "media"
    if content[4:8] == b"ftyp" and 0 in content[:4]:
        return "picture" if content[8:12] in (b"heic", b"heix", b"mif1", b"avif", b"msf1") else "media"
    if content[257:262] == b"ustar" or (content[:3] == b"BZh" and content[4:10] == b"1AY&SY"):
        return "archive"
    if content[:4] == content[-4:] == b"PAR1" and len(content) > 8:
        return "program"
    return "program" if content[:2] == b"MZ" and b"\0\0" in content[:64] else ""


def _kind_of_text(text: str) -> str:
    start = text[:_LOOKED_AT].lstrip("\ufeff \t\r\n")
    if start.startswith("{\\rtf"):
        return "rtf"
    markup = _MARKUP.match(start)
    if markup:
        return "html" if markup[1] else "xml"
    if _DUMP.match(start):
        return "dump"
    for shape, kind in ((_CARD, "card"), (_SYLK, "sylk"), (_ARMOUR, "armour")):
        if shape.match(start):
            return kind
    return "mail" if _is_mail(start) else ""


def _is_mail(start: str) -> bool:
    """Tell whether it begins as mails do: two of their headers before the first empty line."""
    if _MBOX.match(start):
        return True
    names = set()
    for line in start.splitlines()[:_HEADER_LINES]:
        found = _HEADER.match(line)
        if found:
            names.add(found[1].casefold())
        elif not line[:1].isspace():  # a header goes on in lines that are indented
            break
    return len(names & _OF_MAILS) > 1
