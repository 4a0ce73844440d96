"""Terms of the codebook on characters, whatever the words were cut into."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from pipeline.tag.passage import Passage
from pipeline.tag.words import Prepared, Word

Spans = tuple[list[int], list[int]]  # starts in order; for each the furthest end of it and those before


class Hit(NamedTuple):
    """A place where a code was found."""

    code: int  # number in the codebook
    start: int
    end: int
    term: str
    rule: str  # "term" or the name of a rule


def terms(passage: Passage, number: int, words: list[Word], prepared: Prepared) -> list[Hit]:
    """Where terms stand in one segment, but for those inside an expression that does not count."""
    found = [(code, *word) for word in words for code in prepared.uses[word[0]].term]
    out = exclusions(words, prepared) if found else {}
    return [
        Hit(code, start, end, prepared.words[word], "term")
        for code, word, start, end in found
        if not covered(out.get(code), start, end)
    ]


def exclusions(words: list[Word], prepared: Prepared) -> dict[int, Spans]:
    """Where expressions stand in which a code's words do not count, by code."""
    out: dict[int, list[tuple[int, int]]] = {}
    for word, start, end in words:
        for code in prepared.uses[word].excluded:
            out.setdefault(code, []).append((start, end))
    return {code: spans(pairs) for code, pairs in out.items()}


def spans(pairs: Iterable[tuple[int, int]]) -> Spans:
    """Places (start, end) made ready for `covered`."""
    ordered = sorted(pairs)
    return [start for start, _ in ordered], list(accumulate((end for _, end in ordered), max))


def covered(spans: Spans | None, start: int, end: int) -> bool:
    """Whether a place lies inside one of these spans."""
    if not spans or not spans[0]:
        return False
    before = bisect_right(spans[0], start)
    return before > 0 and end <= spans[1][before - 1]


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Of hits of one code that overlap, terms come before rules, then the longest stays, then the first."""
    by_code: dict[int, list[Hit]] = {}
    for hit in hits:
        by_code.setdefault(hit.code, []).append(hit)
    return [hit for same in by_code.values() for hit in (_apart(same) if len(same) > 1 else same)]


def _apart(hits: list[Hit]) -> Iterator[Hit]:
    low, high = min(hit.start for hit in hits), max(hit.end for hit in hits)
    taken = bytearray(high - low)  # looking at characters takes the same time however many hits there are
    for hit in sorted(hits, key=lambda hit: (hit.rule != "term", hit.start - hit.end, hit.start, hit.rule)):
        start, end = hit.start - low, hit.end - low
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            yield hit
