"""PDF: the characters of each page by pypdfium2, with their places; pdfplumber where its text is no text."""

import io
import re
from collections.abc import Callable
from typing import Any

from pipeline.config import IngestSettings
from pipeline.ingest.clean import clean, count_han, one_line
from pipeline.ingest.parsed import Parsed, SetAside
from pipeline.ingest.readers.characters import lend_fonts, lines_of
from pipeline.ingest.readers.columns import Line
from pipeline.ingest.readers.paragraphs import pieces_of

_OCR = "make a text layer with OCR (ocrmypdf -l chi_sim) and give that file"
_WORDS = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]|[A-Za-z]{3,}")
_TRIES = 3  # pages read a second time in vain before a file is given up


def read(data: bytes, settings: IngestSettings, tick: Callable[[], bool]) -> Parsed:
    """A PDF with a text layer. Raises SetAside: encrypted, damaged, or without readable text."""
    import pypdfium2 as pdfium

    lend_fonts()
    try:
        document = pdfium.PdfDocument(data)
        n_pages = len(document)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise SetAside("encrypted", "needs a password to open; save it without one") from None
        raise SetAside("corrupt", f"a damaged PDF ({error}); print it to a new PDF or get it again") from None
    if not n_pages:
        raise SetAside("corrupt", "a PDF without pages; get it again from where it came")
    try:
        pages, damaged = _pages(document, data, min(n_pages, settings.max_pages), tick)
        title = one_line(document.get_metadata_dict().get("Title", ""))
    finally:
        document.close()
    _check_text(pages, damaged)
    pieces, notes = pieces_of(pages)
    facts = {"pdf title": title} if title else {}
    reason = _what_is_missing(n_pages, len(pages), damaged)
    return Parsed("pdf", pieces, notes, facts, n_pages=n_pages, status="partial" if reason else "ok", reason=reason)


def _pages(document: Any, data: bytes, limit: int, tick: Callable[[], bool]) -> tuple[list[list[Line]], int]:
    """The lines of each page that there is time for, and how many pages are damaged."""
    import pypdfium2 as pdfium

    pages: list[list[Line]] = []
    damaged, in_vain = 0, 0
    for number in range(limit):
        if not tick():
            break
        try:
            lines = _page(document, number)
        except pdfium.PdfiumError:
            lines = []
            damaged += 1
        if in_vain < _TRIES and _is_rubbish(_text(lines)):
            second = _read_again(data, number)
            in_vain += _is_rubbish(_text(second)) or not second
            lines = lines if _is_rubbish(_text(second)) else second or lines
        pages.append(lines)
    return pages, damaged


def _what_is_missing(n_pages: int, n_read: int, damaged: int) -> str:
    reasons = []
    if n_read < n_pages:
        reasons.append(f"{n_pages - n_read} of {n_pages} pages not read; raise ingest.max_pages or ingest.seconds_per_file")
    if damaged:
        reasons.append(f"{damaged} of {n_pages} pages are damaged and left out; get the file again")
    return "; ".join(reasons)


def _page(document: Any, number: int) -> list[Line]:
    page = document[number]
    text = page.get_textpage()
    try:
        return lines_of(text)
    finally:
        text.close()
        page.close()  # else its memory is kept until the document is closed


def _read_again(data: bytes, number: int) -> list[Line]:
    """A page as pdfplumber reads it, slowly."""
    import pdfplumber

    try:
        with pdfplumber.open(io.BytesIO(data), pages=[number + 1]) as document:
            page = document.pages[0]
            height = float(page.height)
            words = page.extract_text_lines(return_chars=False)
    except Exception:  # pdfminer raises whatever a broken file makes it raise
        return []
    return [
        Line(clean(w["text"]), w["x0"], w["x1"], height - w["bottom"], height - w["top"], w["bottom"] - w["top"]) for w in words
    ]


def _text(lines: list[Line]) -> str:
    return "".join(line.text for line in lines)


def _is_rubbish(text: str) -> bool:
    """Whether most characters of a text are no Chinese and no words: wrong glyph maps, U+FFFD, (cid:12)."""
    visible = re.sub(r"[\s\d.…·\-—_，。、；：（）“”]+", "", text)
    return len(visible) > 40 and sum(map(len, _WORDS.findall(visible))) < 0.4 * len(visible)


def _check_text(pages: list[list[Line]], damaged: int) -> None:
    text = "".join(map(_text, pages))
    if damaged and damaged == len(pages):
        raise SetAside("corrupt", "no page can be read; print it to a new PDF or get it again")
    if not re.search(r"[^\W\d_]", text):
        raise SetAside("empty", f"no text layer: {len(pages)} scanned or blank pages; {_OCR}")
    if _is_rubbish(text):
        raise SetAside(
            "corrupt", f"its text layer is rubbish: {count_han(text)} Chinese characters on {len(pages)} pages; {_OCR}"
        )
    if len(pages) > 2 and len(_WORDS.findall(text)) < 2 * len(pages):
        raise SetAside("empty", f"almost no text layer: {len(text)} characters on {len(pages)} pages; {_OCR}")
