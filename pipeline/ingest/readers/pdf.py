"""PDF: the characters of each page by pypdfium2, with their places; pdfplumber where its text is no text."""

import ctypes
import io
import os
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from pipeline.config import IngestSettings
from pipeline.ingest.clean import clean, count_han, one_line
from pipeline.ingest.parsed import Parsed, SetAside
from pipeline.ingest.readers.columns import Line
from pipeline.ingest.readers.paragraphs import pieces_of

_OCR = "make a text layer with OCR (ocrmypdf -l chi_sim) and give that file"
_HYPHENS = (0x02, 0xFFFE)  # how pdfium marks a word broken at the end of a line; it gives no line break there
_WORDS = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]|[A-Za-z]{3,}")
_TRIES = 3  # pages read a second time in vain before a file is given up
Box = tuple[float, float, float, float]  # left, right, bottom, top


def read(data: bytes, settings: IngestSettings, tick: Callable[[], bool]) -> Parsed:
    """A PDF with a text layer. Raises SetAside: encrypted, damaged, or without readable text."""
    import pypdfium2 as pdfium

    _lend_fonts()
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


@cache
def _lend_fonts() -> None:
    """Let pdfium measure fonts that a PDF names but does not hold (宋体 …) by ours, the same on every machine.

    Without a font for them their characters have no width, and pdfium leaves out every run of one such character.
    """
    import pypdfium2.raw as raw
    from pylopdf_fonts_zh_cn import sans_path

    letters = ctypes.POINTER(ctypes.c_char)
    paths = (letters * 2)()  # ends with a null pointer
    paths[0] = ctypes.cast(ctypes.c_char_p(os.fsencode(sans_path().parent)), letters)
    raw.FPDF_DestroyLibrary()  # pypdfium2 has started it without fonts
    raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=paths))


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
        return _lines(text)
    finally:
        text.close()
        page.close()  # else its memory is kept until the document is closed


def _lines(text: Any) -> list[Line]:
    """The characters of a page in the order of the file, cut where the next one stands elsewhere."""
    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    found: list[Line] = []
    letters: list[str] = []
    boxes: list[Box] = []

    def flush() -> None:
        words = clean("".join(letters)).strip()
        if words and boxes:
            found.append(_line(words, boxes))
        letters.clear()
        boxes.clear()

    low = high = 0.0  # of the line so far
    for i in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, i)
        if code in (0x0A, 0x0D):
            flush()
            continue
        if code in _HYPHENS:
            letters.append("-")
            flush()
            continue
        character = chr(code) if code < 0x110000 else "\ufffd"
        raw.FPDFText_GetLooseCharBox(
            text, i, box
        )  # of the font if it is well made, else of the ink: then 。 is low and ” is high
        left, right, bottom, top = box.left, box.right, box.bottom, box.top
        if left == right or character.isspace():
            letters.append(character)
            continue
        if boxes and _stands_elsewhere(boxes[-1], low, high, left, bottom, top):
            flush()
        low, high = (min(low, bottom), max(high, top)) if boxes else (bottom, top)
        letters.append(character)
        boxes.append((left, right, bottom, top))
    flush()
    return found


def _stands_elsewhere(last: Box, low: float, high: float, left: float, bottom: float, top: float) -> bool:
    """Whether a character does not follow the one before on its line, which reaches from low to high."""
    size = max(high - low, top - bottom)
    return not -size < left - last[1] < 1.2 * size or bottom > high or top < low


def _line(words: str, boxes: list[Box]) -> Line:
    x0, x1, y0, y1 = zip(*boxes, strict=True)
    # most characters are of full height; commas and superscripts must not decide
    bottom, top = sorted(y0)[len(y0) // 4], sorted(y1)[(3 * len(y1)) // 4]
    return Line(words, min(x0), max(x1), bottom, top, top - bottom)


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
