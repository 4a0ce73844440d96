"""The words of a codebook, all found in one pass over the characters of a document.

Which finds count, when words were cut elsewhere (`_stands`):
1. A find whose ends are ends of words counts, however many words it takes: 信息/孤岛.
2. Inside one longer word it counts with three characters or more, or with two at the word's end, since a compound is what
   its end is: 管理制度 is a 制度, 标准化 is no 标准. A single character must be a word.
3. A find that takes a piece of a word and something beside it counts if the piece has two characters or more: 分类分级 in
   分类/分级管理. With a single character it is a chance meeting: 制度调适 in 体制/度/调适, 务数 in 政务/数据. Only five
   characters or more are too many for chance.
4. Latin letters and digits count between anything that is neither, in upper or lower case.
"""

import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.codebook import Codebook, Rule, read_codebook
from pipeline.config import Settings, lexicon
from pipeline.tag.passage import Passage

ANY = -1  # the code a denial of every code belongs to
_LATIN = frozenset(string.ascii_letters + string.digits)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

Word = tuple[int, int, int]  # number of the word in the codebook, start, end


@dataclass
class Uses:
    """What a word of the codebook is there for; codes and rules by number."""

    term: list[int] = field(default_factory=list)
    excluded: list[int] = field(default_factory=list)
    denied: list[int] = field(default_factory=list)
    parts: list[tuple[int, int]] = field(default_factory=list)  # rule, part
    cues: list[str] = field(default_factory=list)
    masks: dict[int, int] = field(default_factory=dict)  # part → the rules it is in, as bits
    bars: int = 0  # the rules of `unless`, as bits


@dataclass(frozen=True, eq=False)
class Prepared:
    """A codebook ready to be looked for. Built once a process."""

    book: Codebook
    words: list[str]
    uses: list[Uses]
    rules: list[tuple[int, Rule]]  # code, rule
    automaton: Any
    open_parts: list[int]  # for each number of a part the rules that need no word for it, as bits


def prepared(settings: Settings) -> Prepared:
    """The codebook the settings name, ready. Raises SettingsError with all that is wrong in it."""
    path = lexicon(settings.codebook, "codebooks", ".yaml")
    return _prepared(path, path.stat().st_mtime_ns)


@cache
def _prepared(path: Path, changed: int) -> Prepared:
    return prepare(read_codebook(path))


def prepare(book: Codebook) -> Prepared:
    """Gather all words of a codebook with their uses into one automaton."""
    from ahocorasick_rs import AhoCorasick, Implementation

    found: dict[str, Uses] = {}

    def use(word: str) -> Uses:
        return found.setdefault(word.translate(_LOWER), Uses())

    rules = [(number, rule) for number, code in enumerate(book.codes) for rule in code.rules]
    for number, code in enumerate(book.codes):
        for name, words in (("term", code.terms), ("excluded", code.excluded), ("denied", code.denied)):
            for word in words:
                getattr(use(word), name).append(number)
    for number, (_, rule) in enumerate(rules):
        for at, part in enumerate(rule.parts):
            for word in part.words:
                use(word).parts.append((number, at))
                use(word).masks[at] = use(word).masks.get(at, 0) | 1 << number
        for word in rule.unless:
            use(word).bars |= 1 << number
    for word in book.denied:
        use(word).denied.append(ANY)
    for cue in ("problem", "measure", "opening", "description"):
        for word in getattr(book.stance, cue):
            use(word).cues.append(cue)
    automaton = AhoCorasick(list(found), implementation=Implementation.DFA) if found else None
    return Prepared(book, list(found), list(found.values()), rules, automaton, _open_parts([rule for _, rule in rules]))


def _open_parts(rules: list[Rule]) -> list[int]:
    most = max((len(rule.parts) for rule in rules), default=0)
    needless = [[at >= len(rule.parts) or not rule.parts[at].words for rule in rules] for at in range(most)]
    return [sum(1 << number for number, free in enumerate(row) if free) for row in needless]


def scan(passage: Passage, prepared: Prepared) -> Iterator[tuple[int, list[Word]]]:
    """The words that stand in each segment: (number of the segment, words in the order of their ends), where there are any."""
    if prepared.automaton is None:
        return
    starts, ends, last = passage.starts, passage.ends, len(passage.starts)
    number = 0
    here: list[Word] = []
    text = lowered(passage.text)
    for word in prepared.automaton.find_matches_as_indexes(text, overlapping=True):
        _, start, end = word
        while number < last and ends[number] < end:
            if here:
                yield number, here
                here = []
            number += 1
        if number == last:
            break
        if starts[number] <= start and _stands(passage, text, start, end):
            here.append(word)
    if here:
        yield number, here


def lowered(text: str) -> str:
    """Latin letters in lower case, every character at its place."""
    low = text.lower()
    return low if len(low) == len(text) else text.translate(_LOWER)


def _stands(passage: Passage, text: str, start: int, end: int) -> bool:
    """Whether a find is a word there and not a chance meeting of characters; see the top of this file."""
    latin = text[start] in _LATIN, text[end - 1] in _LATIN
    if any(latin):
        before, after = text[start - 1 : start], text[end : end + 1]
        return not ((latin[0] and before in _LATIN) or (latin[1] and after in _LATIN))
    if passage.opens[start] and passage.closes[end]:
        return True
    length = end - start
    first, last = passage.opens.find(1, start + 1, end), passage.opens.rfind(1, start, end)
    if first < 0:  # inside one word
        return length >= 3 or (length == 2 and passage.closes[end] == 1)
    whole = (passage.opens[start] or first - start >= 2) and (passage.closes[end] or end - last >= 2)
    return bool(whole) or length >= 5
