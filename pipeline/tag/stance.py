"""What a sentence does: names a problem, asks for a measure or describes; and whether its words are denied or quoted."""

import re
from collections.abc import Iterable, Sequence

from pipeline.tag.passage import Passage
from pipeline.tag.terms import Hit
from pipeline.tag.words import ANY, Prepared, Word

RANK = ("measure", "problem", "description")  # of several sentences in one text the first
_QUOTES = re.compile(r"《[^《》]{1,100}》|“[^“”]{15,400}”|「[^「」]{15,400}」")
_MARK = re.compile("[，。；：！？、,;:!?]")
_CLAUSE = re.compile(r"[，。；：！？、,;:!?）)]\s*\Z")  # what stands before a clause
_NUMBERING = re.compile(r"[\s第条章节款（）().．、:：*·●一二三四五六七八九十百千零〇0-9０-９①-⑳—-]*")
_ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇0-9]+条")
_PLAIN = ("table", "reference")
_REACH = 2  # characters between a denial and what it denies


def stance(passage: Passage, number: int, words: Sequence[Word], prepared: Prepared) -> str:
    """The stance of one segment by the cues in it.

    A measure is asked for by a word such as 应当 anywhere, or by a clause that begins with a verb such as 推进, unless the
    sentence reports or defines. A problem stays a problem only where nothing is asked for.
    """
    if passage.kinds[number] in _PLAIN:
        return "description"
    start = passage.starts[number]
    found = set()
    for word, at, _ in words:
        for cue in prepared.uses[word].cues:
            if cue != "opening":
                found.add(cue)
            elif before := _opens(passage.text[start:at]):
                found.add(before)
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


def denied(passage: Passage, hit: Hit, words: Sequence[Word], prepared: Prepared) -> bool:
    """Whether a denial such as 不存在 stands right before a hit or inside it, or one of its code's own: 数据无法共享."""
    return any(
        hit.start - _REACH <= end <= hit.end
        and (ANY in codes or hit.code in codes)
        and not _MARK.search(passage.text, end, hit.start)  # …已不存在，数据共享…
        for word, _, end in words
        if (codes := prepared.uses[word].denied)
    )


def quotes(passage: Passage, number: int) -> list[tuple[int, int]]:
    """Titles in 《》 and quotations of 15 characters or more in one segment."""
    return [found.span() for found in _QUOTES.finditer(passage.text, passage.starts[number], passage.ends[number])]


def _opens(before: str) -> str:
    """What begins after these characters of a segment: the sentence, a clause or nothing."""
    if _NUMBERING.fullmatch(before):
        return "sentence"
    return "clause" if _CLAUSE.search(before) else ""
