"""The list of references of a document: its entries, and what each says.

Where an entry begins is told by its number; what it says by the marks of its style: GB/T 7714 with or without letters of type,
APA, IEEE, author-year, notes with 《》, lines of CSSCI and Web of Science exports. What a style leaves out stays empty.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.ingest.metadata.citing import Cited, parse_entry
from pipeline.ingest.related.duplicates import title_key
from pipeline.records import Block, Reference

_LONGEST = 3000  # characters of an entry; what is longer holds text that is none
_TITLE = 6  # characters of a title that names one work; 导论 names many
_MARK = re.compile(
    r"\s*(?:[\[［【〔]\s*(\d{1,3})\s*[\]］】〕]|[(（]\s*(\d{1,3})\s*[)）]|(\d{1,3})\s*(?:[.．](?!\d(?!\d{3}\D))|、)|([①-⑳]))\s*"
)
_INNER = re.compile(r"(?<=[\s.。．])[\[［]\s*(\d{1,3})\s*[\]］]")
_INNER_DOTTED = re.compile(r"(?<=[.。．)）\d])\s+(\d{1,3})\s?[.．、]\s?(?=[^\W\d])")
_GOES_ON = re.compile(r"(?!(?:van|von|de|di|du|la|le|el|al|den|der|dos)\b)[a-z,.;:，。；：)）/&]|\d{1,4}\s?[-–—:：(（,.]|https?:")
_ELSEWHERE = re.compile(r"\s*[(（]\s*(?:上接|下转)第")
_ENDED = re.compile(r"[.。．;；)）\]］]\s*$")


@dataclass(frozen=True, slots=True)
class _Part:
    """A block of the list, or the part of one that begins with a number of its own."""

    start: int
    end: int
    number: int | None


def references_of(doc_id: str, text: str, blocks: Sequence[Block]) -> list[Reference]:
    """The entries of the list of references, in order; `raw` is `text[start:end]`, `cited` is left open."""
    listed = [block for block in blocks if block.kind == "reference"]
    marks = (_MARK.match(text, block.start, block.end) for block in listed)
    style = next((mark.lastindex for mark in marks if mark), None)
    parts = [part for block in listed for part in _parts(text, block, style)]
    found: list[Reference] = []
    for start, end in _entries(text, parts):
        raw = text[start:end]
        mark = _MARK.match(raw)
        one = parse_entry(raw[mark.end() : _LONGEST] if mark else raw[:_LONGEST])
        found.append(_reference(doc_id, len(found), start, raw, one))
    return found


def link_references(references: Sequence[Reference], by_title: Mapping[str, str], by_doi: Mapping[str, str]) -> list[Reference]:
    """The same references, with the document of the run each cites, if there is one.

    Args:
        by_title: `duplicates.title_key` of a title → doc_id.
        by_doi: DOI in small letters → doc_id.
    """
    return [replace(one, cited=_cited(one, by_title, by_doi)) for one in references]


def _cited(one: Reference, by_title: Mapping[str, str], by_doi: Mapping[str, str]) -> str | None:
    found = by_doi.get(one.doi.lower()) if one.doi else None
    key = title_key(one.title or "")
    if found is None and len(key) >= _TITLE:
        found = by_title.get(key)
    return found if found != one.doc_id else None


def _reference(doc_id: str, order: int, start: int, raw: str, one: Cited) -> Reference:
    end = start + len(raw)
    return Reference(doc_id, order, start, end, raw, one.authors, one.year, one.title, one.container, one.type, one.doi, None)


def _parts(text: str, block: Block, style: int | None) -> Iterator[_Part]:
    """A block, divided where it holds the next numbers: [1] … [2] …

    Args:
        style: group of `_MARK` by which this list counts; 714. at the beginning of a line is no number in a list of [75].
    """
    content = text[block.start : block.end]
    mark = _MARK.match(content)
    if mark is None or mark.lastindex != style:
        yield from [_Part(block.start, block.end, None)] if content.strip() and not _ELSEWHERE.match(content) else []
        return
    number, start = _number(mark), 0
    for inner in (_INNER if style == 1 else _INNER_DOTTED).finditer(content, mark.end()):
        if int(inner[1]) == number + 1:
            yield _Part(block.start + start, block.start + inner.start(), number)
            start, number = inner.start(), number + 1
    yield _Part(block.start + start, block.end, number)


def _number(mark: re.Match[str]) -> int:
    digits = mark[1] or mark[2] or mark[3]
    return int(digits) if digits else ord(mark[4]) - ord("①") + 1


def _entries(text: str, parts: list[_Part]) -> Iterator[tuple[int, int]]:
    """Where each entry starts and ends, without blanks at either end."""
    numbered = [at for at, part in enumerate(parts) if part.number is not None]
    if 2 * len(numbered) >= len(parts) or (numbered and numbered[0] == 0):
        groups = _numbered(text, parts, numbered)
    else:
        groups = _unnumbered(text, parts)
    for start, end in groups:
        raw = text[start:end]
        if raw.strip():
            yield start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip())


def _numbered(text: str, parts: list[_Part], numbered: list[int]) -> Iterator[tuple[int, int]]:
    """Entries by their numbers: what has none belongs to the entry before, unless that was the last one and has ended."""
    lists: list[list[int]] = []
    for at in numbered:
        if not lists or parts[at].number == 1:
            lists.append([])
        lists[-1].append(at)
    own = [sorted(_in_order(one, [parts[at].number or 0 for at in one])) for one in lists]
    # a second list as long as the first gives the same entries in English
    kept = [at for n, one in enumerate(own) for at in one if n == 0 or len(one) != len(own[0]) or len(one) == 1]
    for at, following in pairwise([*kept, len(parts)]):
        last = at
        while last + 1 < following and parts[last + 1].number is None and _continues(text, parts, last, following):
            last += 1
        yield parts[at].start, parts[last].end


def _continues(text: str, parts: list[_Part], at: int, following: int) -> bool:
    """Whether the unnumbered part after one is the rest of its entry."""
    start, end = parts[at + 1].start, parts[at + 1].end
    if following < len(parts) and all(part.number is None for part in parts[at + 1 : following]):
        return True
    return not _ENDED.search(text[parts[at].end - 5 : parts[at].end]) or bool(_GOES_ON.match(text[start:end].lstrip()))


def _in_order(places: list[int], numbers: list[int]) -> list[int]:
    """The places whose numbers rise: a list may be broken by the end of another paper's, which counts on from elsewhere.

    A number that is only misprinted fills a gap and stays.
    """
    tails: list[int] = []  # for each length of chain the place of its smallest last number
    before: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left(tails, number, key=lambda place: numbers[place])
        before.append(tails[length - 1] if length else -1)
        if length == len(tails) or number < numbers[tails[length]]:  # of two equal ones the first
            tails[length : length + 1] = [at]
    chain = []
    at = tails[-1] if tails else -1
    while at >= 0:
        chain.append(at)
        at = before[at]
    chain.reverse()
    for left, right in pairwise([-1, *chain]):
        gap = numbers[right] - (numbers[left] if left >= 0 else 0) - 1
        if 0 < right - left - 1 <= gap:
            chain += range(left + 1, right)
    return [places[at] for at in chain]


def _unnumbered(text: str, parts: list[_Part]) -> Iterator[tuple[int, int]]:
    """Entries without numbers, one a block, unless a block begins as the rest of the one before."""
    start = end = None
    for part in parts:
        if start is not None and end is not None:
            if _GOES_ON.match(text[part.start : part.end].lstrip()) and not _ENDED.search(text[end - 5 : end]):
                end = part.end
                continue
            yield start, end
        start, end = part.start, part.end
    if start is not None and end is not None:
        yield start, end
