"""What the text layer of a PDF page is worth: whether it is text at all, and whether the page shows text that it does not hold."""

import ctypes
import re
from collections import Counter
from functools import cache
from itertools import islice
from typing import Any

from pipeline.ingest.clean import HAN, count_han
from pipeline.ingest.encoding import COMMON
from pipeline.ingest.metadata.language import TRADITIONAL

# letters of scripts that no wrong table of glyphs gives; Latin-1 is what a wrong encoding gives
_WORD = re.compile("[A-Za-z]{3,}|[\u0370-\u1fff\u3040-\u30ff\uac00-\ud7af]{2,}")
_HAN_OR_WORD = re.compile(f"[{HAN}]|{_WORD.pattern}")
_TELLING = re.compile(r"[^\s\d.…·\-—_，。、；：（）“”]+")
_STRANGE = re.compile("[\ufffd〓\u00a1-\u00ff]+|\\(cid:\\d+\\)")
_STAMP = re.compile(r"China Academic Journal|cnki\.net|CamScanner|扫描全能王")  # what programs print on scans
_LEAST = 40  # telling characters of a page that can be judged
_FEW = 20  # characters of a page that is a picture
_PIXELS = 300  # of the longer side, to tell a scan from a photograph
_CURVES = 300  # paths that a page of letters drawn as curves has at least
_RUN = re.compile(f"[{HAN}]+")
_COMMON = re.compile(f"[{''.join(sorted(COMMON))}]+")
_TRADITIONAL = re.compile(f"[{''.join(sorted(TRADITIONAL))}]")
_KANA = re.compile("[\u3041-\u30ff]")


def has_words(text: str, least: int = 1) -> bool:
    """Whether a text has so many Chinese characters, and words of other scripts."""
    return sum(1 for _ in islice(_HAN_OR_WORD.finditer(text), least)) == least


def is_rubbish(text: str) -> bool:
    """Whether what a page says is no text: wrong tables of glyphs, a wrong encoding, U+FFFD, (cid:12), characters of a font's own.

    Args:
        text: the lines of a page; where lines end matters.
    """
    runs = _RUN.findall(text)
    han, strange = sum(map(len, runs)), _length(_STRANGE, text)
    if han <= _LEAST or strange > 0.2 * han or han < 0.4 * len("".join(text.split())):  # else Chinese enough at first sight
        visible = "".join(_TELLING.findall(text))
        if len(visible) <= _LEAST:
            return False
        if strange > 0.2 * len(visible) or han + _length(_WORD, visible) < 0.4 * len(visible):
            return True
    return _is_no_chinese(text, runs)


def _length(pattern: re.Pattern[str], text: str) -> int:
    """How many characters of a text are in matches."""
    return sum(map(len, pattern.findall(text)))


def _is_no_chinese(text: str, runs: list[str]) -> bool:
    """Whether Chinese characters follow each other as in no Chinese text: rare ones, or common ones that make no words.

    Measured on pages and on passages of 500 characters: at least .46 of the characters of Chinese are common ones, also in lists
    of names, at most .32 after a wrong table; .63 and more of simplified text lies in words of two characters and more, .3 at
    most when characters are exchanged. Lists of names make no words, but their runs are short; the dictionary knows too little
    traditional Chinese to say anything about it.
    """
    han = sum(map(len, runs))
    if han < 60 or len(_KANA.findall(text)) > 0.1 * han:
        return False
    if _length(_COMMON, text) < 0.35 * han:
        return True
    if han < 100 or han < 5 * len(runs) or len(_TRADITIONAL.findall(text)) > 0.02 * han:
        return False
    words = _jieba().cut("".join(runs), False)
    return han - list(map(len, words)).count(1) < 0.4 * han


@cache
def _jieba() -> Any:
    import rjieba

    return rjieba.Jieba()


def is_picture_of_text(page: Any, text: str) -> bool:
    """Whether a pdfium page holds almost no text but a scan of some, or letters drawn as curves; a photograph is none."""
    visible = 0
    for line in text.split("\n"):
        if not _STAMP.search(line):
            visible += len("".join(line.split()))
        if visible >= _FEW:
            return False
    share, paths = _drawn(page)
    return (share > 0.5 or (paths > _CURVES and not visible)) and _is_mostly_paper(page)


def _drawn(page: Any) -> tuple[float, int]:
    """How much of a page images cover, and how many paths there are."""
    import pypdfium2.raw as raw

    width, height = page.get_size()
    share, paths = 0.0, 0
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for thing in page.get_objects(max_depth=3):
        paths += thing.type == raw.FPDF_PAGEOBJ_PATH
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE and raw.FPDFPageObj_GetBounds(thing.raw, left, bottom, right, top):
            inside = (min(right.value, width) - max(left.value, 0)) * (min(top.value, height) - max(bottom.value, 0))
            share += max(inside, 0) / (width * height)
    return share, paths


def _is_mostly_paper(page: Any) -> bool:
    """Whether most of a page is of one bright colour, but not all of it."""
    import numpy as np

    bitmap = page.render(scale=_PIXELS / max(page.get_size()), grayscale=True)
    grey = bitmap.to_numpy()
    bright = float((grey > 0.8 * np.percentile(grey, 90)).mean())
    bitmap.close()
    return 0.5 < bright < 0.998


def is_same_text(one: str, other: str) -> bool:
    """Whether two readings of a page have most of their Chinese characters in common, wherever they stand."""
    first, second = (Counter(re.findall(f"[{HAN}]", text)) for text in (one, other))
    return (first & second).total() > 0.6 * max(count_han(one), count_han(other), 1)
