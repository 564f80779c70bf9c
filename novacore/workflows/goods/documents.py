"""Recognises what is no plain text by how it begins, whatever a file's name says: pictures, PDF, RTF, HTML, mails.

Pure. Goods and files of codes are asked about here; each has sentences of its own for what is found.
"""

import re
from typing import Final

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
    r"pre|font|br|img|h[1-6])(?:\s[^<>]*)?/?>)|(\?(?:xml|mso)|svg\b))",
    re.IGNORECASE | re.DOTALL,
)
_ELEMENT = re.compile(r"<([a-z][\w:.-]*)(?:\s[^<>]*)?>", re.IGNORECASE)
"""Opens an element of XML. A code may stand in such brackets, too, so its end has to be there as well."""
_SOURCE = re.compile(
    r"\A(?:#!/|<\?(?:php|=)|export\s+default\b|module\.exports\b|"
    r"(?:(?:export\s++)?(?:const|let|var|static|final)\s++)?[$@]?[a-z_]\w*+\s*+=\s*+"
    r"(?:[\[{]|array\s*+\(|new\s)\s*+(?:$|[\"'\d\[{]))",
    re.IGNORECASE | re.MULTILINE,
)
"""How scripts and programs begin that hold a list."""
_CHAT = re.compile(
    r"\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?\]?(?:\s-)?\s[^:\n]{1,40}:\s",
    re.IGNORECASE,
)
"""A message in a chat that was exported: when, who, what."""
_DUMP = re.compile(
    r"\A(?:\s|--[^\n]*\n|/\*.*?\*/;?)*+(?:INSERT\s+INTO|CREATE\s+TABLE|DROP\s+TABLE|PRAGMA\s+\w+\s*=|BEGIN\s+TRANSACTION)\b"
    r"|\A-- (?:MySQL|MariaDB|PostgreSQL database|phpMyAdmin SQL) [Dd]ump",
    re.IGNORECASE | re.DOTALL,
)
_CARD = re.compile(r"BEGIN:V(?:CARD|CALENDAR)\b", re.IGNORECASE)
_HEADER = re.compile(r"\A([^\W\d_][^\W\d_-]*(?:-[^\W\d_]+)*)\s?:(?:[ \t]|$)")
_OF_MAILS = {"from", "to", "cc", "date", "subject", "reply-to", "sender", "received", "return-path", "delivered-to"} | {
    "message-id",
    "mime-version",
    "content-type",
    "dkim-signature",
}
"""Headers that mails have; between them stand others that are named for the programs that the mail went through."""

_SUBJECTS: Final = frozenset(
    {
        "betreff",
        "objet",
        "oggetto",
        "asunto",
        "assunto",
        "onderwerp",
        "ämne",
        "emne",
        "aihe",
        "temat",
        "předmět",
        "tárgy",
    }
) | {"subiect", "konu", "тема", "θέμα", "件名", "主题", "主旨", "제목"}
"""What "subject" is called where mails are copied out of programs in other languages; no goods are labelled so."""

_MBOX = re.compile(r"From (?:\S+@\S+|-) .*\d{4}")
_SYLK = re.compile(r"ID;P(?:WXL|S?CALC\d?)\b")
_ARMOUR = re.compile(r"-----BEGIN [A-Z ]+-----")
_SHAPES: Final = (
    (_DUMP, "dump"),
    (_CARD, "card"),
    (_SYLK, "sylk"),
    (_ARMOUR, "armour"),
    (_SOURCE, "source"),
    (_CHAT, "chat"),
)
_HEADER_LINES = 60
_LOOKED_AT = 4_096
"""Characters of a text that are searched for markup."""


def kind_of_bytes(content: bytes) -> str:
    """Return what bytes begin as, such as "picture" or "archive"; empty where they may be text."""
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


def kind_of_text(text: str) -> str:
    """Return which kind of document a text is, such as "rtf", "html" or "mail"; empty where it is none."""
    start = text[:_LOOKED_AT].lstrip("\ufeff\u200e \t\r\n")
    for first, kind in (("{\\rtf", "rtf"), ("%PDF-", "pdf")):
        if start.startswith(first):
            return kind
    markup = _MARKUP.match(start)
    if markup:
        return "html" if markup[1] else "xml"
    element = _ELEMENT.match(start)
    if element and f"</{element[1]}>" in text:
        return "xml"
    for shape, kind in _SHAPES:
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
    return len(names & _OF_MAILS) > 1 or (len(names) > 1 and bool(names & _SUBJECTS))
