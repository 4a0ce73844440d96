"""The characters of a PDF page with their places, as pdfium has them, cut into lines."""

import ctypes
import os
from collections import deque
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any

from pipeline.ingest.clean import clean
from pipeline.ingest.readers.columns import Line

_FONTS = Path(__file__).parent / "fonts"
_HYPHENS = "\x02\ufffe"  # how pdfium marks a word broken at the end of a line; it gives no line break there
_ENDS = "\n\r" + _HYPHENS
_BOX = 16  # bytes: left, top, right, bottom as floats


@cache
def lend_fonts() -> None:
    """Let pdfium measure fonts that a PDF names but does not hold (宋体 …) by a font of plain boxes, the same on every machine.

    Without a font for them their characters have no width, and pdfium leaves out every run of one such character; the curves
    of a real font take most of the time a page takes. Made by tests/box_font.py.
    """
    import pypdfium2.raw as raw

    letters = ctypes.POINTER(ctypes.c_char)
    paths = (letters * 2)()  # ends with a null pointer
    paths[0] = ctypes.cast(ctypes.c_char_p(os.fsencode(_FONTS)), letters)
    raw.FPDF_DestroyLibrary()  # pypdfium2 has started it without fonts
    raw.FPDF_InitLibraryWithConfig(raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=paths))


def lines_of(page: Any) -> list[Line]:
    """The characters of a text page of pypdfium2 in the order of the file, cut where the next one stands elsewhere."""
    text, left, top, right, bottom = _characters(page)
    found: list[Line | None] = []
    start = 0
    begun = False
    low = high = end = 0.0  # of the line so far
    for at, (letter, x0, y1, x1, y0) in enumerate(zip(text, left, top, right, bottom, strict=True)):
        if letter in _ENDS:
            found.append(_line(text, left, right, bottom, top, start, at, "-" if letter in _HYPHENS else ""))
            start, begun = at + 1, False
            continue
        if x0 == x1 or letter.isspace():
            continue
        if begun and (y0 < low or y1 > high or not low - high < x0 - end < high - low):  # else it surely follows
            size = max(high - low, y1 - y0)
            if not -size < x0 - end < 1.2 * size or y0 > high or y1 < low:
                found.append(_line(text, left, right, bottom, top, start, at))
                start, begun = at, False
        if not begun:
            low, high, begun = y0, y1, True
        low, high = y0 if y0 < low else low, y1 if y1 > high else high
        end = x1
    found.append(_line(text, left, right, bottom, top, start, len(text)))
    return [line for line in found if line]


def _characters(page: Any) -> tuple[str, list[float], list[float], list[float], list[float]]:
    """The characters and their left, top, right and bottom.

    The boxes are those of the font if it is well made, else of the ink: then 。 is low and ” is high.
    """
    code_of, box_of = _functions()
    n = page.count_chars()
    handle = ctypes.cast(page.raw, ctypes.c_void_p).value
    text = "".join(chr(code) if code < 0x110000 else "\ufffd" for code in map(code_of, repeat(handle, n), range(n)))
    boxes = (ctypes.c_float * (4 * n))()
    first = ctypes.addressof(boxes)
    deque(map(box_of, repeat(handle, n), range(n), range(first, first + _BOX * n, _BOX)), maxlen=0)
    sides = list(boxes)
    return text, sides[0::4], sides[1::4], sides[2::4], sides[3::4]


@cache
def _functions() -> tuple[Any, Any]:
    """FPDFText_GetUnicode and FPDFText_GetLooseCharBox, taking plain addresses: a third of the time that pypdfium2's take."""
    import pypdfium2.raw as raw

    code_of = ctypes.PYFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)
    box_of = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    functions = (code_of, raw.FPDFText_GetUnicode), (box_of, raw.FPDFText_GetLooseCharBox)
    code, box = (kind(ctypes.cast(function, ctypes.c_void_p).value or 0) for kind, function in functions)
    return code, box


def _line(
    text: str, left: list[float], right: list[float], low: list[float], high: list[float], start: int, end: int, hyphen: str = ""
) -> Line | None:
    """The characters from start to end as a line, if any of them can be seen."""
    words = clean(text[start:end] + hyphen).strip()
    seen = [at for at in range(start, end) if left[at] != right[at] and not text[at].isspace()]
    if not words or not seen:
        return None
    # most characters are of full height; commas and superscripts must not decide
    bottom = sorted([low[at] for at in seen])[len(seen) // 4]
    top = sorted([high[at] for at in seen])[3 * len(seen) // 4]
    return Line(words, min([left[at] for at in seen]), max([right[at] for at in seen]), bottom, top, top - bottom)
