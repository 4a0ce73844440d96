"""Which documents of a run are one: copies, copies with a foreword, records of papers; and which are versions of one law.

Candidates come from MinHash, from equal titles and from equal numbers; every one is verified on its text. Nothing depends on the
order in which documents came. Of several that are one, one is kept and the others lead straight to it:

1. documents before records of them;
2. what was read in full before what is partial;
3. the longer one, in steps of a fifth;
4. of about equal length, files with a text of their own before PDF and PDF before rows of tables;
5. the longer one, then the first by source.

A document is compared with those that are kept, not with those that are left out, so that small differences do not add up.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.ingest.related.likeness import (
    IDENTICAL,
    Brief,
    agree,
    are_versions,
    author_key,
    compatible,
    differ,
    figures_of,
    law_of,
    of_one_body,
    of_two_fillings,
    of_two_issues,
    same_doi,
    same_paper,
    same_title,
    title_key,
)
from pipeline.ingest.related.minhash import CROWD, agreement, alike, containment, jaccard, shingles
from pipeline.records import Relation

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Brief", "find_duplicates", "title_key"]

TextsOf = Callable[[set[str]], Iterable[tuple[str, str]]]

SAME = 0.7  # Jaccard of the texts of copies with what a foot of the page or a tenth of new sentences changes
TITLED = 0.6  # of copies with one title
POOR = 0.2  # of a copy in which every fifth character is wrong: only where title and day, or the number, are the same
WITHIN = 0.9  # share of the smaller text that stands in the larger one: a copy with a foreword, or cut
_HALF = 0.45  # size of the smaller one in that case: below that it is a text that is quoted
_SIZE = 0.8  # size of the smaller of two bad copies
_FEW = 60  # shingles; two texts of fewer must be all but identical and have one title
_SHORT = 240  # shingles; two texts of fewer must not be of two authors or times
_VERSION = 0.2  # Jaccard of two versions of measures; of laws the title is enough
_EXCERPT = 0.25  # of the characters of the longest version; less is no version
_GUESSED = 0.1  # from signatures
_HELD = 1 << 24  # characters of the texts that are compared at a time
_WHOLE = 1000  # characters that are more than the abstract of a paper


@dataclass(frozen=True, slots=True)
class _Side:
    """The text of one of two documents that are compared."""

    shingles: "np.ndarray"
    figures: frozenset[str]


def find_duplicates(briefs: Sequence[Brief], signed: "np.ndarray", texts_of: TextsOf) -> list[Relation]:
    """The relations among documents, sorted by doc_id; a document leads to one other at most, a version of a law to the earliest.

    Args:
        signed: signature of each, (n_documents, n_hashes), from `minhash.signatures`.
        texts_of: doc_ids → doc_id and text of each; asked only for candidates, as many at a time as memory allows.
    """
    order = sorted(range(len(briefs)), key=lambda at: _preference(briefs[at]))
    ranked = [briefs[at] for at in order]
    found = ((ranked[first], ranked[second]) for first, second in _candidates(ranked, signed[order]))
    same: dict[str, Relation] = {}
    for kept, other, left, right in _compared([pair for pair in found if _may_be_one(*pair)], texts_of):
        if kept.doc_id not in same and other.doc_id not in same and (relation := _relation(kept, other, left, right)):
            same[other.doc_id] = relation
    versions = _compared(_versions(brief for brief in ranked if brief.doc_id not in same), texts_of)
    related = [relation for pair in versions if (relation := _version(*pair))]
    return sorted([*same.values(), *related], key=lambda one: (one.doc_id, one.relation))


def _preference(brief: Brief) -> tuple[bool, bool, int, int, int, str, str]:
    """What a document is sorted by so that the one to keep comes first."""
    step = math.floor(math.log(brief.n_chars + 1, 1.2))
    form = 2 if "#" in brief.source else int(brief.source.lower().endswith(".pdf"))
    return brief.kind == "record", brief.status != "ok", -step, form, -brief.n_chars, brief.source, brief.doc_id


def _candidates(ranked: Sequence[Brief], signed: "np.ndarray") -> list[tuple[int, int]]:
    """Pairs that may be related by their places in `ranked`, the lower one first, each once, sorted."""
    import numpy as np

    named: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, brief in enumerate(ranked):
        for name in _names(brief):
            named[name].append(at)
    pairs: set[tuple[int, int]] = set()
    for group in named.values():
        if len(group) <= CROWD:
            pairs.update((first, second) for at, second in enumerate(group) for first in group[:at])
        else:  # a title that hundreds have: each with the best one and with its neighbour
            pairs.update((group[back], second) for at, second in enumerate(group[1:]) for back in (0, at))
    found = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    record = np.array([brief.kind == "record" for brief in ranked], bool)
    found = found[record[found].any(axis=1) | (agreement(signed, found) >= _GUESSED)]
    return sorted({*map(tuple, found.tolist()), *map(tuple, alike(signed, least=2 * _GUESSED).tolist())})


def _names(brief: Brief) -> Iterable[tuple[str, ...]]:
    """What else a document may be found by: number, DOI, title, title with each author, and date with size."""
    title = title_key(brief.title)
    if brief.doc_number:
        yield ("number", brief.doc_number)
    if brief.doi:
        yield ("doi", brief.doi.lower())
    if len(title) > 3:
        yield ("title", title)
    main = title_key(re.split("——|--|[:：]", brief.title)[0])  # databases leave subtitles out
    if main and brief.kind in ("record", "paper"):
        for author in brief.authors:
            yield ("author", main, author_key(author))
    elif brief.date:
        size = math.log(brief.n_chars + 1, 1.2)
        yield ("date", brief.date, "", str(math.floor(size)))
        yield ("date", brief.date, "half", str(math.floor(size + 0.5)))


def _compared(pairs: Sequence[tuple[Brief, Brief]], texts_of: TextsOf) -> Iterator[tuple[Brief, Brief, _Side, _Side]]:
    """Pairs with the texts of both, in their order; the texts of many pairs are read at a time, each once."""
    held: dict[str, int] = {}
    block: list[tuple[Brief, Brief]] = []
    for at, pair in enumerate(pairs, 1):
        block.append(pair)
        held.update((brief.doc_id, brief.n_chars) for brief in pair)
        if at == len(pairs) or (at % 64 == 0 and sum(held.values()) > _HELD):
            sides = {doc_id: _Side(shingles(text), figures_of(text)) for doc_id, text in texts_of(set(held))}
            yield from ((kept, other, sides[kept.doc_id], sides[other.doc_id]) for kept, other in block)
            held, block = {}, []


def _may_be_one(kept: Brief, other: Brief) -> bool:
    """Whether two documents may be one as far as is known without their texts; the first is the better one."""
    if other.kind == "record":
        paper = kept.kind in ("paper", "record") or (kept.kind in ("other", "report") and kept.n_chars >= _WHOLE)
        return paper and same_paper(kept, other)
    return kept.kind != "record" and (_must_be_one(kept, other) or not differ(kept, other, 1.0))


def _must_be_one(a: Brief, b: Brief) -> bool:
    return agree(a, b) and not are_versions(a, b)


def _relation(kept: Brief, other: Brief, left: _Side, right: _Side) -> Relation | None:
    """What the second of two documents that may be one is to the first, by their texts."""
    similar, within = jaccard(left.shingles, right.shingles), containment(left.shingles, right.shingles)
    sizes = sorted((len(left.shingles), len(right.shingles)))
    if other.kind == "record":
        found = _of_record(kept, other, within if sizes[0] >= _FEW else 0)
    elif of_two_fillings(kept, other, left.figures, right.figures):
        return None
    else:
        found = _of_texts(kept, other, similar, within, sizes)
    return Relation(other.doc_id, kept.doc_id, found[0], similar, found[1]) if found else None


def _of_record(kept: Brief, record: Brief, within: float) -> tuple[str, str] | None:
    """What a record is to a paper, or to a better record of it, and why.

    Args:
        within: how much of one abstract the other one holds; 0 where there is hardly one.
    """
    if same_doi(kept, record):
        return "record" if kept.kind != "record" else "duplicate", "same DOI"
    if kept.kind != "record":
        return "record", "same title"
    # a column or preface has its title in every issue, and other words
    one = within >= SAME or not of_two_issues(kept, record)
    return ("duplicate", "same title and author") if one else None


def _of_texts(kept: Brief, other: Brief, similar: float, within: float, sizes: list[int]) -> tuple[str, str] | None:
    """What one of two documents that are no records is to the better one, and why.

    Args:
        sizes: how many shingles they have, the fewer first.
    """
    if sizes[0] < _SHORT and not compatible(kept, other):
        return None
    alike_words = "duplicate", f"similarity {similar:.2f}"
    if sizes[0] < _FEW:
        return alike_words if similar >= IDENTICAL and title_key(kept.title) == title_key(other.title) else None
    sure = _must_be_one(kept, other)
    if similar >= (TITLED if same_title(kept, other) else SAME) and (sure or not differ(kept, other, similar)):
        return alike_words
    if within >= WITHIN and sizes[0] >= _HALF * sizes[1] and not differ(kept, other, within):
        return "reprint", f"{within:.0%} of it in the other one"
    size = min(kept.n_chars, other.n_chars) / max(kept.n_chars, other.n_chars)  # noise makes new shingles, not new characters
    return alike_words if sure and similar >= POOR and size >= _SIZE else None


def _versions(kept: Iterable[Brief]) -> list[tuple[Brief, Brief]]:
    """Of each law that is held in several versions, the earliest one with each of the others; what has no date comes last."""
    laws: dict[str, list[Brief]] = defaultdict(list)
    for brief in kept:
        if name := law_of(brief):
            laws[name].append(brief)
    pairs = []
    for group in laws.values():
        longest = max(brief.n_chars for brief in group)
        whole = [brief for brief in group if brief.n_chars >= _EXCERPT * longest]
        earliest, *later = sorted(whole, key=lambda brief: (brief.date or "9", brief.doc_id))
        pairs += [(earliest, brief) for brief in later if are_versions(earliest, brief)]
    return pairs


def _version(earliest: Brief, later: Brief, left: _Side, right: _Side) -> Relation | None:
    """What a document of the title of an earlier law is to it."""
    similar = jaccard(left.shingles, right.shingles)
    if similar < _VERSION and not of_one_body(earliest, later):
        return None
    return Relation(later.doc_id, earliest.doc_id, "version", similar, "same title, other date")
