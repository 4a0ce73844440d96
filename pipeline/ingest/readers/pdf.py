"""PDF: the characters of each page by pypdfium2, with their places; pages whose text is no text by OCR."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipeline.config import IngestSettings
from pipeline.ingest.clean import count_han, one_line
from pipeline.ingest.parsed import Parsed, SetAside
from pipeline.ingest.readers import ocr
from pipeline.ingest.readers.characters import lend_fonts, lines_of
from pipeline.ingest.readers.columns import Line
from pipeline.ingest.readers.layers import has_words, is_picture_of_text, is_rubbish, is_same_text
from pipeline.ingest.readers.paragraphs import pieces_of
from pipeline.ingest.readers.pdf_tables import Table, put_back, tables_of, without

_MARKED = 1024  # bytes in which pdfium looks for the mark of a PDF


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as read."""

    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    state: str = "text"  # text, ocr (read by it), rubbish or picture (left out), or damaged


def read(data: bytes, settings: IngestSettings, tick: Callable[..., bool]) -> Parsed:
    """A PDF with a text layer, or one that OCR can read. Raises SetAside: encrypted, damaged, or without readable text.

    Args:
        tick: called before each page, and before OCR with the seconds that takes.
    """
    lend_fonts()
    document = _open(data)
    try:
        n_pages = len(document)
        pages = _pages(document, min(n_pages, settings.max_pages), settings, tick)
        title = one_line(document.get_metadata_dict().get("Title", ""))
    finally:
        document.close()
    _check_text(pages)
    first = 0  # table of the page
    lines = []
    for page in pages:
        lines.append(without(page.lines, page.tables, first))
        first += len(page.tables)
    pieces, notes = pieces_of(lines)
    pieces = put_back(pieces, [table for page in pages for table in page.tables])
    facts = {"pdf title": title} if title else {}
    reason = _what_is_missing(n_pages, pages)
    by_ocr = [number for number, page in enumerate(pages) if page.state == "ocr"]
    status = "partial" if reason else "ok"
    return Parsed("pdf", pieces, notes, facts, n_pages=n_pages, ocr_pages=by_ocr, status=status, reason=reason)


def _open(data: bytes) -> Any:
    import pypdfium2 as pdfium

    if (start := data.find(b"%PDF-")) > _MARKED:
        data = data[start:]
    try:
        document = pdfium.PdfDocument(data)
        n_pages = len(document)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise SetAside("encrypted", "needs a password to open; save it without one") from None
        raise SetAside("corrupt", f"a damaged PDF ({error}); print it to a new PDF or get it again") from None
    if not n_pages:
        raise SetAside("corrupt", "a PDF without pages; get it again from where it came")
    return document


def _pages(document: Any, limit: int, settings: IngestSettings, tick: Callable[..., bool]) -> list[_Page]:
    """The pages there is time for."""
    import pypdfium2 as pdfium

    pages: list[_Page] = []
    for number in range(limit):
        if not tick():
            break
        try:
            pages.append(_page(document, number, lambda: tick(settings.seconds_per_ocr_page)))
        except pdfium.PdfiumError:
            pages.append(_Page(state="damaged"))
    return pages


def _page(document: Any, number: int, may_take_long: Callable[[], bool]) -> _Page:
    page = document[number]
    text = page.get_textpage()
    try:
        lines = lines_of(text)
        said = _text(lines)
        state = "rubbish" if is_rubbish(said) else "picture" if is_picture_of_text(page, said) else "text"
        if state == "text":
            return _Page(lines, tables_of(page, text))
        if not ocr.is_installed() or not may_take_long():
            return _Page(state=state)
        read = ocr.read_page(page)
    finally:
        text.close()
        page.close()  # else its memory is kept until the document is closed
    if is_same_text(_text(read), said) or (state == "picture" and not has_words(_text(read))):
        return _Page(lines)  # the layer was right, or the picture holds no words
    return _Page(read, state="ocr") if has_words(_text(read)) else _Page(state=state)


def _what_is_missing(n_pages: int, pages: list[_Page]) -> str:
    counts = {state: sum(page.state == state for page in pages) for state in ("ocr", "rubbish", "picture", "damaged")}
    reasons = []
    if len(pages) < n_pages:
        left = n_pages - len(pages)
        reasons.append(f"{left} of {n_pages} pages not read; raise ingest.max_pages or ingest.seconds_per_file")
    if counts["damaged"]:
        reasons.append(f"{counts['damaged']} of {n_pages} pages are damaged and left out; get the file again")
    if counts["ocr"]:
        reasons.append(f"{counts['ocr']} of {n_pages} pages read by OCR; compare with the page before you quote them")
    if counts["picture"]:
        reasons.append(f"{counts['picture']} of {n_pages} pages are pictures of text and left out")
    if counts["rubbish"]:
        reasons.append(f"the text layer of {counts['rubbish']} of {n_pages} pages is rubbish and left out")
    if counts["picture"] or counts["rubbish"]:
        reasons.append(ocr.advice())
    return "; ".join(reasons)


def _text(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _check_text(pages: list[_Page]) -> None:
    """Set aside a file of which too little can be read."""
    n_pages, states = len(pages), [page.state for page in pages]
    if pages and states.count("damaged") == n_pages:
        raise SetAside("corrupt", "no page can be read; print it to a new PDF or get it again")
    text = "\n".join(_text(page.lines) for page in pages)
    rubbish, pictures = states.count("rubbish"), states.count("picture")
    if rubbish > 0.7 * (n_pages - pictures):
        han = count_han(text)
        raise SetAside("corrupt", f"its text layer is rubbish: {han} Chinese characters on {n_pages} pages; {ocr.advice()}")
    if not re.search(r"[^\W\d_]", text) or pictures > 0.9 * n_pages:
        raise SetAside("empty", f"no text layer: {n_pages} scanned or blank pages; {ocr.advice()}")
    if n_pages > 2 and not has_words(text, 2 * n_pages):
        raise SetAside("empty", f"almost no text layer: {len(text)} characters on {n_pages} pages; {ocr.advice()}")
