"""Characters as they go into a document's text: nothing invisible that could split a word or an offset."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U0003ffff"
_HAN = re.compile(f"[{HAN}]+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# zero-width marks, soft hyphen, byte order mark, and characters that belong to no one
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
NEVER_SEEN = re.compile(
    f"{_BIDI.pattern}|[\x00-\x08\x0b\x0e-\x1f]"
)  # but those that divide lines, and C1: a page means Windows-1252
_SURROGATE = re.compile("[\ud800-\udfff]")
_BULLETS = dict.fromkeys((61548, 61550, 61557, 61607, 61623, 61656, 61692), "•")  # of the fonts Symbol and Wingdings
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_UNUSUAL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\uffff\U000f0000-\U0010ffff"
    "０-９Ａ-Ｚａ-ｚ]"
)
FULL_WIDTH = {chr(ord(letter) + 0xFEE0): letter for letter in string.ascii_letters + string.digits}
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]+")
_TO_ASCII = str.maketrans(FULL_WIDTH)
_SPACED = re.compile(rf"(?<![^ ])(?:[{HAN}] )+[{HAN}](?![^ ])")
_taken: ContextVar[Counter[str] | None] = ContextVar("taken", default=None)
_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")


def clean(text: str) -> str:
    """NFC, line breaks as \\n, no control or invisible characters, full-width letters and digits as ASCII, surrogates as U+FFFD.

    Characters of a font's own, which nobody else can show, become 〓, as Chinese printers mark a missing type.
    """
    if not _UNUSUAL.search(text):
        return unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n").replace("\x0c", "\n")
    text = _SURROGATE.sub("\ufffd", text)
    text = _INVISIBLE.sub("", _without(_BIDI, "bidirectional", _without(_CONTROL, "NUL and other control", text)))
    if _PRIVATE.search(text):
        text = _PRIVATE.sub("〓", text.translate(_BULLETS))
    return _WIDE.sub(lambda found: found[0].translate(_TO_ASCII), unicodedata.normalize("NFC", text))


def _without(pattern: re.Pattern[str], kind: str, text: str) -> str:
    text, number = pattern.subn("", text)
    if number and (taken := _taken.get()) is not None:
        taken[kind] += number
    return text


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Count the control and bidirectional characters that `clean` takes out meanwhile, by kind.

    They can make a text say something else than it shows. Readers clean what they read piece by piece, so this is the one
    place that sees them all.
    """
    taken: Counter[str] = Counter()
    token = _taken.set(taken)
    try:
        yield taken
    finally:
        _taken.reset(token)


def one_line(text: str) -> str:
    """Cleaned text on one line, single spaces, none at the ends; letter-spaced Chinese (总 则) is closed up."""
    return close_up(" ".join(clean(text).split()))


def close_up(text: str) -> str:
    """Letter-spaced Chinese without its spaces: 总 则 → 总则, but 第一章 总则 and 张三 李四 stay."""
    if " " not in text:
        return text
    return _SPACED.sub(lambda found: found[0].replace(" ", ""), text)


def close_gaps(text: str) -> str:
    """Text without the spaces between Chinese characters."""
    return _BETWEEN_HAN.sub("", text)


def count_han(text: str) -> int:
    """How many Chinese characters a text has."""
    return sum(map(len, _HAN.findall(text)))


def glue(first: str, second: str) -> str:
    """Two parts of a paragraph as one: Latin words keep a space, broken ones (govern-/ment) close up, Chinese needs nothing.

    Some fonts give the hyphen in full width; those of Founder (方正) as 鄄, or as a character of their own.
    """
    end = first[-2:]  # not the whole of a long paragraph that grows line by line
    if re.search(r"[a-z][-－‐鄄〓]$", end) and re.match(r"[a-z]", second):
        return first[:-1] + second
    space = " " if re.search(r"[A-Za-z0-9,.;:)]$", end) and re.match(r"[A-Za-z(]", second) else ""
    return first + space + second
