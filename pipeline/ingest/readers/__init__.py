"""Readers, by format. A document reader gives a Parsed; a container reader gives its Members one by one.

To add a format: a module here with a function of that shape, a line in DOCUMENTS or CONTAINERS, and its suffix or its first
bytes in `format_of`.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from pipeline.config import IngestSettings
from pipeline.ingest.parsed import Member, Parsed, SetAside
from pipeline.ingest.readers import archive, bibliography, docx, html, markdown, ofd, office, pdf, tables, text

Tick = Callable[[], bool]  # called before each page or member: renews its time; False when the file's time is used up

DOCUMENTS: dict[str, Callable[[bytes, IngestSettings, Tick], Parsed]] = {
    "txt": text.read, "md": markdown.read, "html": html.read, "docx": docx.read, "pdf": pdf.read,
    "doc": office.read, "rtf": office.read, "odt": office.read, "ofd": ofd.read, "mht": html.read_archive,
}  # fmt: skip
CONTAINERS: dict[str, Callable[[bytes, IngestSettings], Iterator[Member]]] = {
    "zip": archive.members, "tar": archive.packed_members, "7z": archive.foreign_members, "xlsx": tables.excel_rows,
    "xls": tables.excel_rows, "csv": tables.csv_rows, "jsonl": tables.json_rows,
    "json": tables.json_rows, "parquet": tables.parquet_rows,
    "toml": tables.toml_rows, **bibliography.DIALECTS,
}  # fmt: skip
_SUFFIXES = {
    ".txt": "txt", ".text": "txt", "": "txt", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".shtml": "html", ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".mht": "mht", ".mhtml": "mht",
}  # fmt: skip
_OFFICE = (".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".ofd")  # what their names say is often not so
_ADVICE = {
    ".et": "save it as xlsx", ".odp": "save it as PDF", ".ods": "save it as xlsx",
    ".ppt": "save it as PDF", ".pptx": "save it as PDF", ".dps": "save it as PDF", ".xlsb": "save it as xlsx",
    ".caj": "open it in CAJViewer and print it to PDF",
    ".kdh": "open it in CAJViewer and print it to PDF", ".nh": "open it in CAJViewer and print it to PDF",
    ".rar": "unpack it and give the folder", ".7z": "unpack it and give the folder", ".epub": "save it as html or txt",
    ".jpg": "a picture needs OCR: make a PDF with a text layer (ocrmypdf -l chi_sim)",
    ".png": "a picture needs OCR: make a PDF with a text layer (ocrmypdf -l chi_sim)",
    ".tif": "a picture needs OCR: make a PDF with a text layer (ocrmypdf -l chi_sim)",
}  # fmt: skip
_FOREIGN = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"\x7fELF", b"MZ",
)  # fmt: skip
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_BY_BSDTAR = (b"Rar!", b"7z\xbc\xaf")
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
    if data.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(_PACKED) or data[257:262] == b"ustar" or suffix == ".tar":
        return "tar"
    if data.startswith(_BY_BSDTAR):
        return "7z"
    if data.startswith(_FOREIGN) or suffix in _ADVICE:
        raise _unsupported(suffix)
    if dialect := bibliography.dialect_of(name, data):
        return dialect
    if suffix in _OFFICE and (written := _written_as(data)):
        return written
    if suffix in (*_OFFICE, ".pdf", ".docx", ".xlsx", ".xls", ".zip", ".parquet"):
        if suffix == ".xls" and data.lstrip()[:1] == b"<":
            return "xls" if tables.is_web_table(data) else "html"
        if suffix == ".xls" and b"\t" in data[:1000]:
            return "csv"  # what some web sites call an Excel file
        raise SetAside("corrupt", f"not a {suffix[1:]} file, whatever its name says; get it again from where it came")
    if PurePosixPath(name).name == "corpus.toml":
        return "toml"
    if suffix in _SUFFIXES:
        if suffix in ("", ".txt") and _is_web_page(data):
            return "html"
        return _SUFFIXES[suffix]
    if suffix == ".xml" and _is_web_page(data):
        return "html"
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
    if "OFD.xml" in names or suffix == ".ofd":
        return "ofd"
    if "mimetype" in names and "content.xml" in names and suffix in (".odt", ".doc", ".wps", ".docx"):
        return "odt"
    if suffix in (".docx", ".xlsx", *_OFFICE):
        raise SetAside("corrupt", f"not a {suffix[1:]} file, whatever its name says; get it again from where it came")
    if "mimetype" in names:
        raise _unsupported(suffix)
    return "zip"


def _written_as(data: bytes) -> str | None:
    """What a file is that has the name of an old Word document: many systems export web pages under it."""
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<?xml") and any(mark in start for mark in (b"worddocument", b"pkg:package", b"word.document")):
        return "doc"
    if _is_web_page(data) or (start.startswith(b"<") and b"<html" in start):
        return "html"
    return "mht" if start.startswith((b"mime-version:", b"from:")) else None


def _ole(suffix: str, data: bytes) -> str:
    """Old office files: a Word document or a workbook; encrypted ones are named so."""
    sectors = range(512, len(data), 512)  # the parts of such a file begin at one
    word = any(data.startswith(b"\xec\xa5", at) and at + 0x0B < len(data) and data[at + 0x0B] & 1 for at in sectors)
    if word or "EncryptedPackage".encode("utf-16-le") in data or any(_is_locked_workbook(data, at) for at in sectors):
        raise SetAside("encrypted", "needs a password to open; save it without one")
    if "WordDocument".encode("utf-16-le") in data:
        return "doc"
    if suffix == ".xls" or "Workbook".encode("utf-16-le") in data:
        return "xls"
    raise _unsupported(suffix)


def _is_locked_workbook(data: bytes, at: int) -> bool:
    """Whether a workbook begins here whose second or third record (FILEPASS) says that the rest is encrypted."""
    if not data.startswith((b"\x09\x08\x10\x00", b"\x09\x08\x08\x00"), at):
        return False
    for _ in range(2):
        at += 4 + int.from_bytes(data[at + 2 : at + 4], "little")
        if data.startswith(b"\x2f\x00", at):
            return True
    return False


def _is_web_page(data: bytes) -> bool:
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    start = re.sub(rb"\A(?:\s*<(?:\?xml[^>]*|!--.*?--)>)*\s*", b"", start, flags=re.DOTALL)
    return start.startswith((b"<!doctype html", b"<html"))


def _unsupported(suffix: str) -> SetAside:
    advice = _ADVICE.get(suffix, "save it as txt, docx or PDF")
    return SetAside("unsupported", f"no reader for {suffix or 'this kind of'} files; {advice}")
