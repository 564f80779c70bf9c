"""Recognises files that are no plain text by how they begin, whatever their name says, and says how to save them.

`decoding` calls `refuse_binary` with the bytes and `refuse_document` with the text: RTF, HTML and mails are text, and
may be stored in any encoding.
"""

from collections.abc import Mapping
from typing import Final

from novacore.errors import BadInput
from novacore.workflows.goods.documents import kind_of_bytes, kind_of_text

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
    "source": f"That is a script or a program, not a text file with codes. {_COPY}",
    "chat": f"That is a saved chat, not a text file with codes. {_COPY}",
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


def refuse_binary(content: bytes) -> None:
    """Raise BadInput for bytes that begin as a picture, an archive, a spreadsheet and the like."""
    kind = kind_of_bytes(content)
    if kind:
        raise BadInput(_SENTENCES[kind])


def refuse_document(text: str) -> None:
    """Raise BadInput for a text that is a document: RTF, HTML, XML, a mail, a dump of a database."""
    kind = kind_of_text(text)
    if kind:
        raise BadInput(_SENTENCES[kind])
