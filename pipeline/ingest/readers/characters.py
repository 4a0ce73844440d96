"""The characters of a PDF page with their places, as pdfium has them, cut into lines."""

import ctypes
import math
import os
from collections import deque
from collections.abc import Callable
from functools import cache
from itertools import pairwise, repeat
from pathlib import Path
from typing import Any

from pipeline.ingest.clean import FULL_WIDTH, clean
from pipeline.ingest.readers.columns import Line

_FONTS = Path(__file__).parent / "fonts"
_HYPHENS = "\x02\ufffe"  # how pdfium marks a word broken at the end of a line; it gives no line break there
_OTHER, _WIDE, _HAN, _HYPHEN, _BREAK, _SPACE = range(6)  # kinds of characters; what can be seen comes first
_BOX = 16  # bytes: left, top, right, bottom as floats
_AT_ONCE = 4096  # boxes that one buffer holds
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
    import numpy as np

    letters, kinds, boxes = _characters(page)
    ends = np.flatnonzero((kinds == _HYPHEN) | (kinds == _BREAK))
    seen = np.flatnonzero((kinds <= _HAN) & (boxes[0] != boxes[2]))  # what has a place
    if not seen.size:
        return []
    n_ends = np.searchsorted(ends, seen)  # before each
    fresh = np.append(True, n_ends[1:] != n_ends[:-1])
    places = boxes[:, seen]
    begins = _begins(places, fresh)
    starts = np.flatnonzero(begins)
    # a line goes on to where the next one begins, or to what ends it; blanks before and behind belong to it
    first = np.where(fresh[starts], np.append(0, ends + 1)[n_ends[starts]], seen[starts])
    last = np.append(fresh[starts[1:]], True)
    stop = np.where(last, np.append(ends, len(kinds))[n_ends[starts]], np.append(first[1:], 0))
    hyphens = np.where(np.append(kinds, _OTHER)[stop] == _HYPHEN, "-", "")
    spans = zip(first.tolist(), stop.tolist(), hyphens.tolist(), strict=True)
    texts = _cleaned([f"{letters[start:end]}{hyphen}" for start, end, hyphen in spans])
    sides = zip(*(side.tolist() for side in _sides(places, kinds[seen] == _HAN, begins)), strict=True)
    placed = zip(texts, sides, strict=True)
    return [Line(text, left, right, low, high, high - low) for text, (left, right, low, high) in placed if text]


def _cleaned(texts: list[str]) -> list[str]:
    cleaned = clean("\n".join(texts)).split("\n")
    return [text.strip() for text in (cleaned if len(cleaned) == len(texts) else map(clean, texts))]


def _begins(places: Any, fresh: Any) -> Any:
    """Whether each character begins a line: it stands elsewhere than the line before, or behind the end of one, (n,).

    Args:
        places: (4, n) left, top, right and bottom of those that can be seen.
        fresh: (n,) behind the end of a line.
    """
    import numpy as np

    left, top, right, bottom = places
    size, gap = top - bottom, left[1:] - right[:-1]
    beside = (abs(gap) < np.maximum(size[1:], size[:-1])) & (bottom[1:] < top[:-1]) & (top[1:] > bottom[:-1])
    doubtful = np.flatnonzero(~(beside | fresh[1:]))  # the others surely follow
    ends = np.flatnonzero(fresh)
    begins = fresh.copy()
    since, low, high = -1, 0.0, 0.0  # of the line so far
    columns = (
        doubtful + 1,
        ends[np.searchsorted(ends, doubtful, "right") - 1],
        gap[doubtful],
        bottom[doubtful + 1],
        top[doubtful + 1],
    )
    for at, begin, x, y0, y1 in zip(*(column.tolist() for column in columns), strict=True):
        if begin > since:
            since, low, high = begin, math.inf, -math.inf
        low, high, since = min(low, *bottom[since:at].tolist()), max(high, *top[since:at].tolist()), at
        height = max(high - low, y1 - y0)
        if not -height < x < 1.2 * height or y0 > high or y1 < low:
            begins[at] = True
            low, high = y0, y1
    return begins


def _sides(places: Any, is_han: Any, begins: Any) -> tuple[Any, Any, Any, Any]:
    """The left, right, bottom and top of each line.

    Args:
        places, is_han, begins: (4, n), (n,) and (n,) of characters that can be seen.
    """
    import numpy as np

    left, top, right, bottom = places
    starts, line = np.flatnonzero(begins), np.cumsum(begins) - 1
    # Chinese characters are of one height; where there are few, commas and superscripts must not decide
    few = np.add.reduceat(is_han, starts, dtype=int) < 2
    counted = np.flatnonzero(is_han | few[line])
    line, lower, upper = line[counted], bottom[counted], top[counted]
    size = np.bincount(line)
    first = np.cumsum(size) - size
    low = lower[np.lexsort((lower, line))][first + size // 4]
    high = upper[np.lexsort((upper, line))][first + 3 * size // 4]
    return np.minimum.reduceat(left, starts), np.maximum.reduceat(right, starts), low, high


@cache
def _kinds() -> Any:
    """The kind of each code."""
    import numpy as np

    kinds = np.full(0x110000, _OTHER, np.uint8)
    kinds[0x3400:0xA000] = _HAN
    kinds[[code for code in range(0x3001) if chr(code).isspace()]] = _SPACE
    for kind, letters in ((_HYPHEN, _HYPHENS), (_BREAK, "\n\r"), (_WIDE, FULL_WIDTH)):
        kinds[[ord(letter) for letter in letters]] = kind
    return kinds


def _characters(page: Any) -> tuple[str, Any, Any]:
    """The n characters of a page, their kinds (n,) and their left, top, right and bottom (4, n).

    The boxes are those of the font if it is well made, else of the ink: then 。 is low and ” is high.
    """
    import numpy as np

    handle = handle_of(page)
    text = _text(page, handle)
    kinds = _kinds()[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)]
    boxes = _boxes(handle, len(text))
    wide = np.flatnonzero(kinds == _WIDE).tolist()
    if wide and (spaces := _space_out(text, boxes, wide, _ink(handle))):
        text = " ".join([text[start:end] for start, end in pairwise([0, *spaces, len(text)])])
        kinds, boxes = np.insert(kinds, spaces, _SPACE), np.insert(boxes, spaces, 0, axis=1)
    return text, kinds, boxes


def _text(page: Any, handle: Any) -> str:
    """The characters of a page, one for each box."""
    n = page.count_chars()
    data = bytearray(2 * n + 2)
    size = plain("FPDFText_GetText")(handle, 0, n, ctypes.byref(ctypes.c_char.from_buffer(data)))
    text = data[: 2 * size - 2].decode("utf-16-le", "replace")
    if len(text) == n:
        return text
    # one by one where what has no code, or two, makes the counts differ
    codes = map(plain("FPDFText_GetUnicode"), repeat(handle, n), range(n))
    return "".join([chr(code) if 0 <= code < 0x110000 else "\ufffd" for code in codes])


def _boxes(handle: Any, n: int) -> Any:
    """The sides of the characters of a page, (4, n)."""
    import numpy as np

    box_of, (boxes, places) = plain("FPDFText_GetLooseCharBox"), _buffer()
    found = np.zeros((4, n))
    for first in range(0, n, _AT_ONCE):
        count = min(_AT_ONCE, n - first)
        ctypes.memset(boxes, 0, _BOX * count)
        deque(map(box_of, repeat(handle, count), range(first, first + count), places), maxlen=0)
        found[:, first : first + count] = np.frombuffer(boxes, np.float32, 4 * count).reshape(count, 4).T
    return found


@cache
def _buffer() -> tuple[Any, list[Any]]:
    """Room for boxes and a reference to each place in it: to make these takes longer than the call they are made for."""
    boxes = (ctypes.c_float * (4 * _AT_ONCE))()
    return boxes, [ctypes.byref(boxes, _BOX * at) for at in range(_AT_ONCE)]


@cache
def plain(name: str, result: Any = ctypes.c_int, *arguments: Any) -> Any:
    """A function of pdfium that takes references and numbers as they are, in half the time that checking them takes."""
    import pypdfium2.raw as raw

    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(getattr(raw, name), ctypes.c_void_p).value or 0)


def handle_of(page: Any) -> Any:
    """A page or text page of pypdfium2 as such a function takes it."""
    return ctypes.byref(ctypes.c_char.from_address(ctypes.cast(page.raw, ctypes.c_void_p).value or 0))


def _space_out(text: str, boxes: Any, wide: list[int], ink_of: Callable[[int], tuple[float, float] | None]) -> list[int]:
    """Measure full-width letters by their ink. Returns those that begin a word after a space that pdfium does not see.

    Their font says that each is as wide as a Chinese character, but they are set close: all boxes overlap.
    """
    left, right = boxes[0].tolist(), boxes[2].tolist()
    spaces, last = [], -2
    for at in wide:
        em = right[at] - left[at]
        if not (ink := ink_of(at)):
            continue
        left[at], right[at] = ink
        gap = (left[at] - right[at - 1]) / em if at and em else 0.0
        if (last == at - 1 or text[at - 1] == "，") and _WORD_GAP < gap < _COLUMN_GAP:
            spaces.append(at)
        last = at
    boxes[0], boxes[2] = left, right
    return spaces


def _ink(handle: Any) -> Callable[[int], tuple[float, float] | None]:
    """What tells from where to where the ink of a character of a page reaches, if it has any."""
    function = plain("FPDFText_GetCharBox")
    sides = (ctypes.c_double * 4)()  # left, right, bottom, top
    places = [ctypes.byref(sides, ctypes.sizeof(ctypes.c_double) * side) for side in range(4)]
    return lambda at: (sides[0], sides[1]) if function(handle, at, *places) else None
