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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import or_
from pathlib import Path
from typing import Any

from pipeline.codebook import CUES, Codebook, Rule, read_codebook
from pipeline.config import SegmentSettings, Settings, lexicon
from pipeline.folding import Folding, folding
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
    bars: list[int] = field(default_factory=list)  # the rules of `unless`
    needed: list[int] = field(default_factory=list)  # the rules of `with`
    stops: list[int] = field(default_factory=list)  # the rules of `without`
    ends: list[int] = field(default_factory=list)  # the codes of `without`
    cues: list[str] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)  # the pairs of cues whose first word it is
    completes: list[tuple[int, str]] = field(default_factory=list)  # pair, cue


@dataclass(frozen=True, eq=False)
class Prepared:
    """A codebook ready to be looked for. Built once a process.

    What a word does for rules is one number, a row of bits (one a rule) for each number of a part and a last row for `unless`.
    """

    book: Codebook
    words: list[str]
    uses: list[Uses]
    rules: list[tuple[int, Rule]]  # code, rule
    automaton: Any
    latin: list[bool]  # of each word, whether it begins or ends with a Latin letter or digit
    rows: list[int]  # of each word, what it does for rules
    open_rows: int  # the parts that need no word
    most_parts: int  # of a rule
    sentence: dict[int, tuple[int, int]]  # of words that bind rules to a sentence, the rules they allow and forbid, as bits
    free: int  # the rules that need no word elsewhere in the sentence, as bits
    cues: dict[int, Uses]  # of the words that show a stance
    ends: frozenset[int]  # the words that rule out a code
    fold: Folding  # what the words were folded by, and texts have to be
    single: int  # the rules of one part without parts of speech, found by its words alone, as bits


def prepared(settings: Settings) -> Prepared:
    """The codebook the settings name, ready. Raises SettingsError with all that is wrong in it."""
    path = lexicon(settings.codebook, "codebooks", ".yaml")
    return _prepared(path, path.stat().st_mtime_ns, settings.segment.fold_traditional)


@cache
def _prepared(path: Path, changed: int, fold: bool) -> Prepared:
    return prepare(read_codebook(path), folding(SegmentSettings(fold_traditional=fold)))


def prepare(book: Codebook, fold: Folding | None = None) -> Prepared:
    """Gather all words of a codebook, folded if asked for, with their uses into one automaton."""
    from ahocorasick_rs import AhoCorasick, Implementation

    rules = [(number, rule) for number, code in enumerate(book.codes) for rule in code.rules]
    found = _uses(book, [rule for _, rule in rules], fold or {})
    words, uses = list(found), list(found.values())
    automaton = AhoCorasick(words, implementation=Implementation.DFA) if found else None
    latin = [word[0] in _LATIN or word[-1] in _LATIN for word in words]
    most = max((len(rule.parts) for _, rule in rules), default=0)
    rows = [_rows([*one.parts, *((rule, most) for rule in one.bars)], len(rules)) for one in uses]
    free = [
        (number, at)
        for number, (_, rule) in enumerate(rules)
        for at in range(most)
        if at >= len(rule.parts) or not rule.parts[at].words
    ]
    sentence = {word: (_bits(one.needed), _bits(one.stops)) for word, one in enumerate(uses) if one.needed or one.stops}
    return Prepared(
        book=book,
        words=words,
        uses=uses,
        rules=rules,
        automaton=automaton,
        latin=latin,
        rows=rows,
        open_rows=_rows(free, len(rules)),
        most_parts=most,
        sentence=sentence,
        free=_bits(number for number, (_, rule) in enumerate(rules) if not rule.needs),
        cues={word: one for word, one in enumerate(uses) if one.cues or one.begins or one.completes},
        ends=frozenset(word for word, one in enumerate(uses) if one.ends),
        fold=fold or {},
        single=_bits(number for number, (_, rule) in enumerate(rules) if len(rule.parts) == 1 and not rule.parts[0].pos),
    )


def _uses(book: Codebook, rules: list[Rule], fold: Folding) -> dict[str, Uses]:
    """The words of a codebook in lower case with what each is there for."""
    found: dict[str, Uses] = {}
    plain: dict[int, int | str] = {**_LOWER, **fold}

    def use(word: str) -> Uses:
        return found.setdefault(word.translate(plain), Uses())

    for number, code in enumerate(book.codes):
        lists = (("term", code.terms), ("excluded", code.excluded), ("denied", code.denied), ("ends", code.without))
        for name, words in lists:
            for word in words:
                getattr(use(word), name).append(number)
    for number, rule in enumerate(rules):
        for at, part in enumerate(rule.parts):
            for word in part.words:
                use(word).parts.append((number, at))
        for name, words in (("bars", rule.unless), ("needed", rule.needs), ("stops", rule.without)):
            for word in words:
                getattr(use(word), name).append(number)
    for word in book.denied:
        use(word).denied.append(ANY)
    pairs: dict[str, int] = {}
    for cue in (*CUES, "excluded"):
        for word in getattr(book.stance, cue):
            first, pair, last = word.partition("…")
            if pair and first and last:
                use(first).begins.append(pairs.setdefault(word, len(pairs)))
                use(last).completes.append((pairs[word], cue))
            else:
                use(word).cues.append(cue)
    return found


def _rows(places: Iterable[tuple[int, int]], n_rules: int) -> int:
    """Rule and row as bits: those of row 0 for all rules, then those of row 1 …"""
    return reduce(or_, (1 << row * n_rules + rule for rule, row in places), 0)


def _bits(numbers: Iterable[int]) -> int:
    return reduce(or_, (1 << number for number in numbers), 0)


def scan(passage: Passage, prepared: Prepared) -> Iterator[tuple[int, list[Word]]]:
    """The words that stand in each segment: (number of the segment, words in the order of their ends), where there are any."""
    if prepared.automaton is None:
        return
    starts, ends, opens, closes, latin = passage.starts, passage.ends, passage.opens, passage.closes, prepared.latin
    number, last = 0, len(starts)
    here: list[Word] = []
    text = lowered(passage.text)
    for word in prepared.automaton.find_matches_as_indexes(text, overlapping=True):
        which, start, end = word
        while number < last and ends[number] < end:
            if here:
                yield number, here
                here = []
            number += 1
        if number == last:
            break
        if starts[number] <= start and (
            _latin_stands(text, start, end) if latin[which] else (opens[start] and closes[end]) or _stands(passage, start, end)
        ):
            here.append(word)
    if here:
        yield number, here


def lowered(text: str) -> str:
    """Latin letters in lower case, every character at its place."""
    low = text.lower()
    return low if len(low) == len(text) else text.translate(_LOWER)


def _latin_stands(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter or digit goes on into another one."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not ((text[start] in _LATIN and before in _LATIN) or (text[end - 1] in _LATIN and after in _LATIN))


def _stands(passage: Passage, start: int, end: int) -> bool:
    """Whether a find whose ends are not both ends of words is a word and no chance meeting; see the top of this file."""
    length = end - start
    first, last = passage.opens.find(1, start + 1, end), passage.opens.rfind(1, start, end)
    if first < 0:  # inside one word
        return length >= 3 or (length == 2 and passage.closes[end] == 1)
    whole = (passage.opens[start] or first - start >= 2) and (passage.closes[end] or end - last >= 2)
    return bool(whole) or length >= 5
