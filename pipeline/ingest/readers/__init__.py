"""Readers, by format. A document reader gives a Parsed; a container reader gives its Members one by one.

To add a format: a module here with a function of that shape, a line in DOCUMENTS or CONTAINERS, and its suffix or its first
bytes in `format_of`.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from pipeline.config import IngestSettings
from pipeline.ingest.parsed import Member, Parsed, SetAside
from pipeline.ingest.readers import archive, docx, html, markdown, pdf, tables, text

Tick = Callable[[], bool]  # called before each page or member: renews its time; False when the file's time is used up

DOCUMENTS: dict[str, Callable[[bytes, IngestSettings, Tick], Parsed]] = {
    "txt": text.read, "md": markdown.read, "html": html.read, "docx": docx.read, "pdf": pdf.read,
}  # fmt: skip
CONTAINERS: dict[str, Callable[[bytes, IngestSettings], Iterator[Member]]] = {
    "zip": archive.members, "xlsx": tables.excel_rows, "xls": tables.excel_rows, "csv": tables.csv_rows, "jsonl": tables.json_rows,
    "json": tables.json_rows, "parquet": tables.parquet_rows,
}  # fmt: skip
_SUFFIXES = {
    ".txt": "txt", ".text": "txt", "": "txt", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".shtml": "html", ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip
_SAVE_AS = "open it in a word processor and save it as docx or PDF"
_ADVICE = {
    ".doc": _SAVE_AS, ".wps": _SAVE_AS, ".wpt": _SAVE_AS, ".rtf": _SAVE_AS, ".odt": _SAVE_AS, ".et": "save it as xlsx",
    ".ppt": "save it as PDF", ".pptx": "save it as PDF", ".dps": "save it as PDF", ".xlsb": "save it as xlsx",
    ".ofd": "open it in an OFD viewer and save it as PDF", ".caj": "open it in CAJViewer and print it to PDF",
    ".kdh": "open it in CAJViewer and print it to PDF", ".nh": "open it in CAJViewer and print it to PDF",
    ".rar": "unpack it and give the folder", ".7z": "unpack it and give the folder", ".gz": "unpack it and give the folder",
    ".tar": "unpack it and give the folder", ".epub": "save it as html or txt",
    ".jpg": "a picture needs OCR: make a PDF with a text layer (ocrmypdf -l chi_sim)",
    ".png": "a picture needs OCR: make a PDF with a text layer (ocrmypdf -l chi_sim)",
    ".tif": "a picture needs OCR: make a PDF with a text layer (ocrmypdf -l chi_sim)",
}  # fmt: skip
_FOREIGN = (
    b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BZh", b"\xfd7zXZ", b"\x7fELF", b"MZ",
)  # fmt: skip
_CAJ = (b"CAJ\x00", b"HN\x00\x00", b"KDH ", b"TEB\x00")  # beside those that begin with C8, as Chinese text in GBK may too
_OF_CNKI = (".pdf", ".caj", ".kdh", ".nh")
_WRAPPED = 1 << 16  # bytes before the mark of a PDF that such a file may have
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def format_of(name: str, data: bytes) -> str:
    """The format of a file: by its first bytes, and only where these are plain text by its suffix.

    Raises SetAside: empty, encrypted, or a format there is no reader for.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if not data.strip(b"\x00 \t\r\n"):
        raise SetAside("empty", "the file holds nothing; get it again from where it came")
    if b"%PDF-" in data[: _WRAPPED if suffix in _OF_CNKI else 1024]:
        return "pdf"
    if data.startswith(_CAJ) or (suffix in _OF_CNKI and data[:1] == b"\xc8"):
        raise SetAside("unsupported", "a CAJ file; open it in CAJViewer and print it to PDF")
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zipped(suffix, data)
    if data.startswith(_OLE):
        return _ole(suffix, data)
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(_FOREIGN) or suffix in _ADVICE:
        raise _unsupported(suffix)
    if suffix in (".pdf", ".docx", ".xlsx", ".xls", ".zip", ".parquet"):
        if suffix == ".xls" and data.lstrip()[:1] == b"<":
            return "html"
        raise SetAside("corrupt", f"not a {suffix[1:]} file, whatever its name says; get it again from where it came")
    if suffix in _SUFFIXES:
        if suffix in ("", ".txt") and _is_web_page(data):
            return "html"
        return _SUFFIXES[suffix]
    raise _unsupported(suffix)


def _zipped(suffix: str, data: bytes) -> str:
    """Which of the formats that are zip archives inside this is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SetAside("corrupt", f"a damaged archive ({error}); get it again from where it came") from None
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return "docx"
        if any(name.startswith("xl/") for name in names):
            return "xlsx"
        raise _unsupported(suffix)
    if suffix in (".docx", ".xlsx"):
        raise SetAside("corrupt", f"not a {suffix[1:]} file, whatever its name says; get it again from where it came")
    if "OFD.xml" in names or "mimetype" in names:
        raise _unsupported(suffix if suffix in _ADVICE else ".ofd")
    return "zip"


def _ole(suffix: str, data: bytes) -> str:
    """Old office files: only sheets are read; encrypted ones are named so."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise SetAside("encrypted", "needs a password to open; save it without one")
    if data[512:514] == b"\xec\xa5" and data[0x20B:0x20C] and data[0x20B] & 1:  # the flag fEncrypted of a Word document
        raise SetAside("encrypted", "needs a password to open; save it without one")
    if suffix == ".xls" or "Workbook".encode("utf-16-le") in data:
        return "xls"
    raise _unsupported(suffix if suffix in _ADVICE else ".doc")


def _is_web_page(data: bytes) -> bool:
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _unsupported(suffix: str) -> SetAside:
    advice = _ADVICE.get(suffix, "save it as txt, docx or PDF")
    return SetAside("unsupported", f"no reader for {suffix or 'this kind of'} files; {advice}")
