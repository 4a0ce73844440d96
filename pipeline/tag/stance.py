"""What a sentence does: names a problem, asks for a measure or describes; and whether its words are denied or quoted."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from pipeline.tag.passage import Passage
from pipeline.tag.terms import Hit, Spans, spans
from pipeline.tag.words import ANY, Prepared, Word

RANK = ("measure", "problem", "description")  # of several sentences in one text the first
_QUOTES = re.compile(r"《[^《》]{1,100}》|“[^“”]{15,400}”|「[^「」]{15,400}」")
_MARK = re.compile("[，。；：！？、,;:!?]")
_BORDERS = frozenset("，。；：！？、,;:!?）)")  # what stands before a clause
_NUMBERING = re.compile(r"[\s第条章节款（）().．、:：*·●一二三四五六七八九十百千零〇0-9０-９①-⑳—-]*")
_ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇0-9]+条")
_PLAIN = ("table", "reference")
_REACH = 2  # characters between a denial and what it denies

Denial = tuple[int, list[int]]  # end of the word, codes it denies


def stance(passage: Passage, number: int, words: Sequence[Word], prepared: Prepared) -> str:
    """The stance of one segment by the cues in it.

    A measure is asked for by a word such as 应当 anywhere, or by a clause that begins with a verb such as 推进, unless the
    sentence reports or defines. A problem stays a problem only where nothing is asked for.
    """
    if passage.kinds[number] in _PLAIN:
        return "description"
    start = passage.starts[number]
    opening = _NUMBERING.match(passage.text, start, passage.ends[number])
    found = set()
    for word, at, _ in words:
        for cue in prepared.uses[word].cues:
            if cue != "opening":
                found.add(cue)
            elif opening and at <= opening.end():
                found.add("sentence")
            elif _opens_clause(passage.text, start, at):
                found.add("clause")
    reports = "description" in found
    if "measure" in found or ("sentence" in found and not reports):
        return "measure"
    if "problem" in found:
        return "problem"
    if reports:
        return "description"
    asks = "clause" in found or _ARTICLE.match(passage.text, start)
    return "measure" if asks else "description"


def strongest(stances: Iterable[str]) -> str:
    """Of the stances of several sentences the one that stands for all: measure, problem, description."""
    return min(stances, key=RANK.index, default="description")


def denials(words: Iterable[Word], prepared: Prepared) -> list[Denial]:
    """The denials among the words of a segment, in the order of their ends."""
    return [(end, codes) for word, _, end in words if (codes := prepared.uses[word].denied)]


def denied(passage: Passage, hit: Hit, denials: Sequence[Denial]) -> bool:
    """Whether a denial such as 不存在 stands right before a hit or inside it, or one of its code's own: 数据无法共享."""
    for at in range(bisect_left(denials, (hit.start - _REACH, [])), len(denials)):
        end, codes = denials[at]
        if end > hit.end:
            break
        if (ANY in codes or hit.code in codes) and not _MARK.search(passage.text, end, hit.start):  # …已不存在，数据共享…
            return True
    return False


def quotes(passage: Passage, number: int) -> Spans:
    """Titles in 《》 and quotations of 15 characters or more in one segment."""
    text, start, end = passage.text, passage.starts[number], passage.ends[number]
    # most segments; far faster than the pattern
    if text.find("《", start, end) < 0 and text.find("“", start, end) < 0 and text.find("「", start, end) < 0:
        return [], []
    return spans(found.span() for found in _QUOTES.finditer(text, start, end))


def _opens_clause(text: str, start: int, at: int) -> bool:
    """Whether a clause of the segment that begins at `start` begins here."""
    while at > start and text[at - 1].isspace():
        at -= 1
    return at > start and text[at - 1] in _BORDERS
