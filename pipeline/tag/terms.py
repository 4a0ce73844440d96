"""Terms of the codebook on characters, whatever the words were cut into."""

from collections.abc import Iterable
from typing import NamedTuple

from pipeline.tag.passage import Passage
from pipeline.tag.words import Prepared, Word


class Hit(NamedTuple):
    """A place where a code was found."""

    code: int  # number in the codebook
    start: int
    end: int
    term: str
    rule: str  # "term" or the name of a rule


def terms(passage: Passage, number: int, words: list[Word], prepared: Prepared) -> list[Hit]:
    """Where terms stand in one segment, but for those inside an expression that does not count."""
    out = exclusions(words, prepared)
    return [
        Hit(code, start, end, prepared.words[word], "term")
        for word, start, end in words
        for code in prepared.uses[word].term
        if not covered(out.get(code), start, end)
    ]


def exclusions(words: list[Word], prepared: Prepared) -> dict[int, list[tuple[int, int]]]:
    """Where expressions stand in which a code's words do not count, by code."""
    out: dict[int, list[tuple[int, int]]] = {}
    for word, start, end in words:
        for code in prepared.uses[word].excluded:
            out.setdefault(code, []).append((start, end))
    return out


def covered(spans: list[tuple[int, int]] | None, start: int, end: int) -> bool:
    """Whether a place lies inside one of these spans."""
    return spans is not None and any(low <= start and end <= high for low, high in spans)


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Of hits of one code that overlap, terms come before rules, then the longest stays, then the first."""
    kept: dict[int, list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: (hit.rule != "term", hit.start - hit.end, hit.start, hit.rule)):
        same = kept.setdefault(hit.code, [])
        if all(hit.end <= other.start or other.end <= hit.start for other in same):
            same.append(hit)
    return [hit for same in kept.values() for hit in same]
