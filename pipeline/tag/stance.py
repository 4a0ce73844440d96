"""What a sentence does: names a problem, asks for a measure or describes; and whether its words are denied or quoted."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from pipeline.tag.passage import Passage
from pipeline.tag.terms import Hit, Spans, covered, spans
from pipeline.tag.words import ANY, Prepared, Word

RANK = ("measure", "problem", "description")  # of several sentences in one text the first
_QUOTES = re.compile(r"《[^《》]{1,100}》|“[^“”]{15,400}”|「[^「」]{15,400}」")
_MARK = re.compile("[，。；：！？、,;:!?]")
_BORDERS = frozenset("，。；：！？,;:!?）)")  # what stands before a clause
_NUMBERING = re.compile(r"[\s第条章节款（）().．、:：*·●一二三四五六七八九十百千零〇0-9０-９①-⑳—-]*")
_ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇0-9]+条")
_ASIDE = re.compile(r"\s*[（(][^（）()]*[）)]\s*")  # （牵头单位：…）
_CASE = re.compile(r"的\s*[；;]\s*$")
_ITEM = re.compile(r"\s*[（(][一二三四五六七八九十0-9]{1,3}[）)].*[；;]\s*", re.DOTALL)
_STOP = re.compile(r"[。；！？：;!?:]\s*[”」）)]?\s*$")
_CLAUSE = re.compile("[，。；：！？,;:!?]")
_PLAIN = ("table", "reference")
_REACH = 2  # characters between a denial and what it denies

Denial = tuple[int, list[int]]  # end of the word, codes it denies


def stance(passage: Passage, number: int, words: Sequence[Word], prepared: Prepared) -> str:
    """The stance of one segment by the cues in it.

    A measure is asked for by a word such as 应当 anywhere, or by a clause that begins with a verb such as 推进, unless the
    sentence reports or defines. A problem stays a problem only where nothing is asked for. Items of a list that end with 的；
    name cases and ask for nothing; of a line without a full stop, a heading or a piece, only the beginning can ask.
    """
    text, start, end = passage.text, passage.starts[number], passage.ends[number]
    if passage.kinds[number] in _PLAIN or _CASE.search(text, max(start, end - 5), end) or _ASIDE.fullmatch(text, start, end):
        return "description"
    found = _cues(passage, number, words, prepared)
    reports = "description" in found or _ITEM.fullmatch(text, start, end)
    if "measure" in found or ("sentence" in found and not reports):
        return "measure"
    if "problem" in found:
        return "problem"
    asks = ("clause" in found and _STOP.search(text, max(start, end - 3), end)) or _ARTICLE.match(text, start, end)
    return "measure" if asks and not reports else "description"


def _cues(passage: Passage, number: int, words: Sequence[Word], prepared: Prepared) -> set[str]:
    """What cues stand in a segment; an opening is told by what it opens, `sentence` or `clause`."""
    text, start = passage.text, passage.starts[number]
    cues = list(_places(text, words, prepared))
    out = spans((at, end) for cue, at, end in cues if cue == "excluded")
    opening = _NUMBERING.match(text, start, passage.ends[number])
    first = opening.end() if opening else start
    found, remedy = set(), -1
    opened: list[tuple[str, int]] = []
    for cue, at, end in cues:
        if out[0] and covered(out, at, end):
            continue
        if cue == "opening":
            opened.append(("sentence" if at <= first else "clause" if _opens_clause(text, start, at) else "", end))
        elif cue == "remedy":
            remedy = end
        elif cue == "problem" and remedy >= 0 and not _CLAUSE.search(text, remedy, at):
            found.add("clause")  # 着力解决突出问题 asks for something
        else:
            found.add(cue)
            if cue == "problem" and opened and _CLAUSE.match(text, end):  # 发展不足，… : the verb is what is lacking
                opened = [(what, last) for what, last in opened if _CLAUSE.search(text, last, at)]
    return found | {what for what, _ in opened}


def _places(text: str, words: Iterable[Word], prepared: Prepared) -> Iterator[tuple[str, int, int]]:
    """The cues of a segment in order: (cue, start, end). A pair counts where its last word stands, as `clause` if it opens."""
    begun: dict[int, int] = {}
    for word, at, end in words:
        if (uses := prepared.cues.get(word)) is None:
            continue
        for cue in uses.cues:
            yield cue, at, end
        for pair, cue in uses.completes:
            if pair in begun and begun[pair] <= at and not _CLAUSE.search(text, begun[pair], at):
                yield "clause" if cue == "opening" else cue, at, end
        for pair in uses.begins:
            begun[pair] = end


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
