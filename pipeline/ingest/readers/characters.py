"""The characters of a PDF page with their places, as pdfium has them, cut into lines."""

import ctypes
import os
import re
import struct
from collections import deque
from collections.abc import Sequence
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any

from pipeline.ingest.clean import clean
from pipeline.ingest.readers.columns import Line

_FONTS = Path(__file__).parent / "fonts"
_HYPHENS = "\x02\ufffe"  # how pdfium marks a word broken at the end of a line; it gives no line break there
_HYPHEN = re.compile(f"[{_HYPHENS}]")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_ENDS = "\n\r" + _HYPHENS
_BOX = 16  # bytes: left, top, right, bottom as floats
_WORD_GAP, _COLUMN_GAP = 0.22, 2.0  # between full-width letters, as a share of their width


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
    letters, left, top, right, bottom = _characters(page)
    found: list[Line | None] = []
    start = 0
    seen: list[int] = []  # of the line so far, the characters that have a place
    low = high = end = 0.0  # of the line so far
    for at, (letter, x0, y1, x1, y0) in enumerate(zip(letters, left, top, right, bottom, strict=True)):
        if x0 == x1 or letter.isspace():
            if letter in _ENDS:
                found.append(_line(letters, left, right, bottom, top, range(start, at), seen, letter))
                start, seen = at + 1, []
            continue
        if seen:
            if y0 < low or y1 > high or not low - high < x0 - end < high - low:  # else it surely follows
                size = max(high - low, y1 - y0)
                if not -size < x0 - end < 1.2 * size or y0 > high or y1 < low:
                    found.append(_line(letters, left, right, bottom, top, range(start, at), seen))
                    start, seen = at, []
                    low, high = y0, y1
                low, high = y0 if y0 < low else low, y1 if y1 > high else high
        else:
            low, high = y0, y1
        seen.append(at)
        end = x1
    found.append(_line(letters, left, right, bottom, top, range(start, len(letters)), seen))
    return [line for line in found if line]


def _characters(page: Any) -> tuple[list[str], list[float], Sequence[float], list[float], Sequence[float]]:
    """The characters and their left, top, right and bottom.

    The boxes are those of the font if it is well made, else of the ink: then 。 is low and ” is high.
    """
    box_of, _ = _functions()
    handle = ctypes.cast(page.raw, ctypes.c_void_p).value
    letters = _letters(page, handle)
    n = len(letters)
    boxes = (ctypes.c_float * (4 * n))()
    first = ctypes.addressof(boxes)
    deque(map(box_of, repeat(handle, n), range(n), range(first, first + _BOX * n, _BOX)), maxlen=0)
    sides = struct.unpack(f"{4 * n}f", boxes)
    left, top, right, bottom = list(sides[0::4]), sides[1::4], list(sides[2::4]), sides[3::4]
    text = "".join(letters)
    for hyphen in _HYPHEN.finditer(text):
        right[hyphen.start()] = left[hyphen.start()]  # stands outside the column, or nowhere
    wide = [letter.start() for letter in _WIDE.finditer(text)]
    if wide:
        _space_out(letters, left, right, wide, handle)
    return letters, left, top, right, bottom


def _letters(page: Any, handle: int | None) -> list[str]:
    """The characters of a page, one for each box."""
    import pypdfium2.raw as raw

    n = page.count_chars()
    data = ctypes.create_string_buffer(2 * n + 2)
    size = raw.FPDFText_GetText(page, 0, n, ctypes.cast(data, ctypes.POINTER(ctypes.c_ushort)))
    text = data.raw[: 2 * size - 2].decode("utf-16-le", "replace")
    if len(text) == n:
        return list(text)
    # one by one where what has no code, or two, makes the counts differ
    codes = (raw.FPDFText_GetUnicode(page, at) for at in range(n))
    return [chr(code) if code < 0x110000 else "\ufffd" for code in codes]


def _space_out(letters: list[str], left: list[float], right: list[float], wide: list[int], handle: int | None) -> None:
    """Measure full-width letters by their ink, and put the spaces between words that pdfium does not see.

    Their font says that each is as wide as a Chinese character, but they are set close: all boxes overlap.
    """
    _, ink_of = _functions()
    sides = (ctypes.c_double * 4)()  # left, right, bottom, top
    first = ctypes.addressof(sides)
    places = [first + 8 * side for side in range(4)]
    last = -2
    for at in wide:
        em = right[at] - left[at]
        if not ink_of(handle, at, *places):
            continue
        left[at], right[at] = sides[0], sides[1]
        gap = (left[at] - right[at - 1]) / em if at and em else 0.0
        if (last == at - 1 or letters[at - 1] == "，") and _WORD_GAP < gap < _COLUMN_GAP:
            letters[at] = " " + letters[at]
        last = at


@cache
def _functions() -> tuple[Any, Any]:
    """FPDFText_GetLooseCharBox and FPDFText_GetCharBox, taking plain addresses: a third of the time that pypdfium2's take."""
    import pypdfium2.raw as raw

    address, number = ctypes.c_void_p, ctypes.c_int
    box_of = ctypes.PYFUNCTYPE(number, address, number, address)
    ink_of = ctypes.PYFUNCTYPE(number, address, number, address, address, address, address)
    functions = (box_of, raw.FPDFText_GetLooseCharBox), (ink_of, raw.FPDFText_GetCharBox)
    box, ink = (kind(ctypes.cast(function, address).value or 0) for kind, function in functions)
    return box, ink


def _line(
    letters: list[str],
    left: list[float],
    right: list[float],
    low: Sequence[float],
    high: Sequence[float],
    span: range,
    seen: list[int],
    ending: str = "",
) -> Line | None:
    """The characters of a span as a line, if any of them can be seen."""
    if not seen:
        return None
    words = clean("".join(letters[span.start : span.stop]) + ("-" if ending and ending in _HYPHENS else "")).strip()
    if not words:
        return None
    # Chinese characters are of one height; where there are few, commas and superscripts must not decide
    tall = [at for at in seen if "\u3400" <= letters[at] <= "\u9fff"]
    tall = tall if len(tall) > 1 else seen
    bottom = sorted([low[at] for at in tall])[len(tall) // 4]
    top = sorted([high[at] for at in tall])[3 * len(tall) // 4]
    return Line(words, min([left[at] for at in seen]), max([right[at] for at in seen]), bottom, top, top - bottom)
