"""Documents that are no plain text are recognised by how they begin, and refused with the way to save them."""

import gzip
import io
import zipfile

import pytest
from openpyxl import Workbook
from PIL import Image

from novacore.errors import BadInput
from tests.workflows.stock.files.reading import read


def zipped(**files: bytes) -> bytes:
    """Pack files by name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def workbook() -> bytes:
    """An Excel file with a code in it."""
    book, saved = Workbook(), io.BytesIO()
    book.active.append(["RX7K-90"])
    book.save(saved)
    return saved.getvalue()


def picture(kind: str) -> bytes:
    """A small picture."""
    saved = io.BytesIO()
    Image.new("RGB", (2, 2)).save(saved, kind)
    return saved.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "RTF of TextEdit": (b"{\\rtf1\\ansi\\cocoartf2639\n\\f0 RX7K-90\\\nQ2MM-41}", "Make Plain Text"),
    "RTF with a byte order mark": (b"\xef\xbb\xbf  {\\rtf1 RX7K-90}", "Make Plain Text"),
    "RTF in UTF-16": ("{\\rtf1 RX7K-90}".encode("utf-16"), "Make Plain Text"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
    "PDF with junk before it": (b"\n\n%PDF-1.4\nRX7K-90", "PDF"),
    "HTML": (b"<!DOCTYPE html>\n<p>RX7K-90", "web page"),
    "HTML of a spreadsheet": (b"\n <html xmlns:x='urn:schemas'><table><tr><td>RX7K-90", "web page"),
    "HTML after a comment": (b"<!-- saved from url -->\n<HTML><body>RX7K-90", "web page"),
    "a table alone": (b"<table><tr><td>RX7K-90</td></tr></table>", "web page"),
    "HTML in UTF-16": ("<html><body>RX7K-90".encode("utf-16"), "web page"),
    "XML": (b'<?xml version="1.0"?>\n<codes><code>RX7K-90</code></codes>', "XML"),
    "a mail": (b"Return-Path: <a@example.com>\r\nReceived: by x\r\n\tfor y\r\nSubject: codes\r\n\r\nRX7K-90", "email"),
    "a forwarded mail": (b"From: Shop <a@example.com>\nTo: me\nSubject: Your codes\n\nRX7K-90\n", "email"),
    "a mailbox": (b"From a@example.com Mon Mar  2 10:00:00 2026\nX: y\n\nRX7K-90", "email"),
    "a mail of other programs": (b"ARC-Seal: i=1;\n a=b\nReceived: by x\nSubject: y\n\nRX7K-90", "email"),
    "a mail of Thunderbird": (b"From - Mon Mar  2 10:00:00 2026\nX-Mozilla: 1\n\nRX7K-90", "email"),
    "a piece of HTML": (b'<p class="x">RX7K-90</p>\n<p>Q2MM-41</p>', "web page"),
    "an encrypted message": (b"-----BEGIN PGP MESSAGE-----\n\nRX7K90", "decrypt"),
    "SYLK": (b'ID;PWXL;N;E\nC;Y1;X1;K"RX7K-90"', "SYLK"),
    "a saved page": (b"MIME-Version: 1.0\nContent-Type: multipart/related;\n boundary=x\n\nRX7K-90", "email"),
    "XML without a declaration": (b"<Error><Code>AccessDenied</Code>RX7K-90</Error>", "XML"),
    "a PDF behind a byte order mark": (b"\xef\xbb\xbf%PDF-1.7\nRX7K-90", "PDF"),
    "a mail copied out of Outlook": (
        b"Von: ann\nGesendet: Montag\nAn: bob\nBetreff: Codes\n\nRX7K-90",
        "email",
    ),
    "a list in a script": (b"const codes = [\n  'RX7K-90',\n];", "script"),
    "a list in PHP": (b"<?php\n$codes = array('RX7K-90');", "script"),
    "a list in Python": (b'codes = ["RX7K-90"]', "script"),
    "a saved chat": (b"[01.11.26, 10:15:02] Supplier: RX7K-90", "chat"),
    "a chat of Android": (b"11/1/26, 10:15 PM - Supplier: RX7K-90", "chat"),
    "a database dump": (b"-- MySQL dump 10.13\nINSERT INTO `codes` VALUES (1,'RX7K-90');", "dump"),
    "statements": (b"CREATE TABLE codes (code TEXT);\nINSERT INTO codes VALUES('RX7K-90');", "dump"),
    "a contact": (b"BEGIN:VCARD\nVERSION:3.0\nNOTE:RX7K-90", "contact"),
    "Excel": (workbook(), "Excel workbook"),
    "an old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "Excel or Word"),
    "OpenDocument": (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "LibreOffice"),
    "OpenDocument text": (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "word processor"),
    "Word": (zipped(word__document=b"<x/>"), "word processor"),
    "Numbers": (zipped(**{"Index__Document.iwa": b"x"}), "Pages or Numbers"),
    "ZIP": (zipped(codes=b"RX7K-90"), "Unpack"),
    "gzip": (gzip.compress(b"RX7K-90"), "Unpack"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c\x00\x04", "Unpack"),
    "RAR": (b"Rar!\x1a\x07\x01\x00", "Unpack"),
    "xz": (b"\xfd7zXZ\x00\x00", "Unpack"),
    "bzip2": (b"BZh91AY&SY\x00\x01", "Unpack"),
    "tar": (b"codes.txt".ljust(257, b"\0") + b"ustar\0" + b"RX7K-90", "Unpack"),
    "PNG": (picture("png"), "picture"),
    "JPEG": (picture("jpeg"), "picture"),
    "GIF": (picture("gif"), "picture"),
    "WebP": (picture("webp"), "picture"),
    "TIFF": (picture("tiff"), "picture"),
    "BMP": (picture("bmp"), "picture"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0", "picture"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><text>RX7K-90</text></svg>", "XML"),
    "SQLite": (b"SQLite format 3\0\x10\0", "database"),
    "Parquet": (b"PAR1\x15\x04\x15PAR1", "data file"),
}


@pytest.mark.parametrize(("content", "sentence"), FILES.values(), ids=FILES.keys())
@pytest.mark.parametrize("name", ["codes.txt", "codes.csv", "codes.json", "codes"])
def test_a_document_is_refused_by_its_first_bytes_with_what_to_do(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as refused:
        read(name, content)
    assert "not a text file" in refused.value.sentence
    assert "upload" in refused.value.sentence or "plain text" in refused.value.sentence
    assert "RX7K" not in refused.value.sentence


@pytest.mark.parametrize(
    "first",
    ["BMW-77-XX", "PK-3344-AA", "GIF8-1234", "BZh9-AB12", "PAR1-0001", "MZ90-4411", "RIFF-2211",
        "<B>-1122", "From-AA11",
     "Date-7711", "7z-AA-991", "%PD-4411", "II-44-001", "8BPS-1144", "Rar!-9911", "X-A1: 4411",
        "<P-1144>", "{\\r-44-11"],
)  # fmt: skip
def test_codes_that_begin_a_little_like_a_document_are_codes(first: str) -> None:
    second = first.replace("1", "3").replace("4", "5")
    assert first in read("a.txt", f"{first}\n{second}\n").codes


def test_a_heading_that_begins_like_sylk_is_a_heading() -> None:
    assert read("a.csv", "ID;PIN\n7;RX7K-90\n9;Q2MM-41\n").codes == ["RX7K-90", "Q2MM-41"]
