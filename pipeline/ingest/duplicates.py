"""Which documents of a run are one: copies, copies with a foreword, records of papers; and which are versions of one law.

Candidates come from MinHash and from equal titles; every one is verified on its text. Nothing depends on the order in which
documents came: of two that are one, the one that can be read in full is kept, then the longer, then the first by source.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.ingest.minhash import alike, containment, jaccard, shingles
from pipeline.records import Relation

if TYPE_CHECKING:
    import numpy as np

SAME = 0.7  # Jaccard of the texts of copies: between those of careless copies (.72 and more) and of form letters (.65 and less)
WITHIN = 0.9  # share of the smaller text that stands in the larger one: a copy with a foreword, or cut
_HALF = 0.45  # size of the smaller one in that case: below that it is a text that is quoted
_IDENTICAL = 0.98
_FEW = 60  # shingles; two texts of fewer, such as the articles of a list, must be all but identical
_VERSION = 0.2  # Jaccard of two versions of a law: a thorough revision keeps so much
_PUBLISHING = 100  # days
_GUESSED = 0.35  # from signatures
_HELD = 20_000_000  # characters whose shingles are held at once, 8 bytes each
_NAME = re.compile(r"[一-鿿]{2,}")
_LAW = re.compile(r"(?:条例|办法|规定|规则|细则|法|條例|辦法|規定|規則)$")
_VERSION_REMARK = re.compile(
    r"[（(〔\[][^（）()〔〕\[\]]{0,20}(?:修[正订改]|试行|暂行|\d{4}年?)[^（）()〔〕\[\]]{0,12}[）)〕\]]$"
)


@dataclass(frozen=True, slots=True)
class Brief:
    """What duplicates are found by, beside the text."""

    doc_id: str
    source: str
    status: str  # ok or partial
    title: str
    date: str | None  # ISO
    kind: str
    doc_number: str | None
    authors: list[str]
    doi: str | None
    n_chars: int


def find_duplicates(
    briefs: Sequence[Brief], signed: "np.ndarray", texts_of: Callable[[set[str]], Iterable[tuple[str, str]]]
) -> list[Relation]:
    """The relations among documents, sorted by doc_id.

    Args:
        signed: signature of each, (n_documents, n_hashes), from `minhash.signatures`.
        texts_of: doc_ids → doc_id and text of each; asked only for candidates, some 20 million characters at a time.
    """
    by_id = {brief.doc_id: brief for brief in briefs}
    found: list[Relation] = []
    for pairs in _lots(_candidates(briefs, signed), by_id):
        sides = {doc_id: shingles(text) for doc_id, text in texts_of({doc_id for pair in pairs for doc_id in pair})}
        related = (_relation(by_id[a], by_id[b], sides[a], sides[b]) for a, b in pairs)
        found += [relation for relation in related if relation]
    same = _around_the_kept(by_id, [one for one in found if one.relation != "version"])
    versions = _to_the_earliest(by_id, [one for one in found if one.relation == "version"], {one.doc_id for one in same})
    return sorted([*same, *versions], key=lambda one: (one.doc_id, one.other, one.relation))


def title_key(title: str) -> str:
    """A title as titles are compared: without the country, remarks on the version, spaces, brackets and other punctuation."""
    plain = _VERSION_REMARK.sub("", title.strip())
    return re.sub(r"[\W_]+", "", plain.removeprefix("中华人民共和国")).lower()


def _candidates(briefs: Sequence[Brief], signed: "np.ndarray") -> list[tuple[str, str]]:
    """Pairs of documents that may be related, each once, sorted."""
    pairs = {tuple(sorted((briefs[a].doc_id, briefs[b].doc_id))) for a, b in alike(signed, least=_GUESSED).tolist()}
    titled: dict[str, list[Brief]] = defaultdict(list)
    for brief in briefs:
        if _is_law(brief) or brief.kind in ("record", "paper"):
            titled[title_key(brief.title)].append(brief)
    for key, group in titled.items():
        ordered = sorted(group, key=lambda brief: brief.doc_id)
        if len(key) > 1:
            # against the first of each sort, so that a title that hundreds have makes no square of pairs
            heads = list({_sort(brief): brief for brief in reversed(ordered)}.values())
            pairs |= {tuple(sorted((a.doc_id, b.doc_id))) for a in heads for b in ordered if a is not b}
    return sorted((first, second) for first, second in pairs)


def _lots(pairs: Iterable[tuple[str, str]], by_id: Mapping[str, Brief]) -> Iterator[list[tuple[str, str]]]:
    """Pairs in lots whose texts can be held at once."""
    lot: list[tuple[str, str]] = []
    held: set[str] = set()
    size = 0
    for pair in pairs:
        size += sum(by_id[doc_id].n_chars for doc_id in pair if doc_id not in held)
        if lot and size > _HELD:
            yield lot
            lot, held, size = [], set(), sum(by_id[doc_id].n_chars for doc_id in pair)
        lot.append(pair)
        held.update(pair)
    if lot:
        yield lot


def _sort(brief: Brief) -> tuple[str, ...]:
    return (brief.kind, *(brief.authors[:1] if brief.kind == "record" else ()))


def _relation(a: Brief, b: Brief, left: "np.ndarray", right: "np.ndarray") -> Relation | None:
    """What two documents are to each other; `doc_id` is the less complete one."""
    more, less = sorted((a, b), key=_completeness)
    similar = jaccard(left, right)
    if {a.kind, b.kind} == {"record", "paper"}:
        record, paper = (a, b) if a.kind == "record" else (b, a)
        return Relation(record.doc_id, paper.doc_id, "record", similar, "same title") if _is_of(record, paper) else None
    if a.doi and b.doi and a.doi.lower() == b.doi.lower() and a.kind == b.kind:
        return Relation(less.doc_id, more.doc_id, "duplicate", similar, "same DOI")
    if a.kind == b.kind == "record":
        one = _is_of(a, b) and (not a.date or not b.date or a.date[:4] == b.date[:4])
        return Relation(less.doc_id, more.doc_id, "duplicate", similar, "same title and author") if one else None
    if _are_versions(a, b):
        return Relation(less.doc_id, more.doc_id, "version", similar, "same title, other date") if similar >= _VERSION else None
    least = SAME if min(len(left), len(right)) >= _FEW else _IDENTICAL
    if similar >= least and not _differ(a, b, similar):
        return Relation(less.doc_id, more.doc_id, "duplicate", similar, f"similarity {similar:.2f}")
    within = containment(left, right)
    sizes = sorted((len(left), len(right)))
    if within >= WITHIN and sizes[0] >= max(_FEW, _HALF * sizes[1]) and not _differ(a, b, within):
        return Relation(less.doc_id, more.doc_id, "reprint", similar, f"{within:.0%} of it in the other one")
    return None


def _completeness(brief: Brief) -> tuple[bool, int, str]:
    return brief.status != "ok", -brief.n_chars, brief.source


def _is_law(brief: Brief) -> bool:
    return brief.kind == "law" or bool(_LAW.search(_VERSION_REMARK.sub("", brief.title)) and brief.kind == "policy")


def _are_versions(a: Brief, b: Brief) -> bool:
    """Whether two documents are one law as it stood at two times."""
    if not (_is_law(a) and _is_law(b)) or title_key(a.title) != title_key(b.title):
        return False
    return bool(a.date and b.date) and not (str(a.date).startswith(str(b.date)) or str(b.date).startswith(str(a.date)))


def _is_of(record: Brief, paper: Brief) -> bool:
    """Whether a record tells of a paper, or of the paper of another record: by its title, and an author where both name any."""
    if title_key(record.title) != title_key(paper.title):
        return False
    if record.authors and paper.authors:
        return bool(set(map(_name, record.authors)) & set(map(_name, paper.authors)))
    return len(title_key(record.title)) >= 8


def _name(author: str) -> str:
    return re.sub(r"[\W_]+", "", author).lower()


def _differ(a: Brief, b: Brief, similar: float) -> bool:
    """Whether two documents of nearly the same words are two: form letters, yearly notices, each with its own name or number."""
    if a.doc_number and b.doc_number and a.doc_number != b.doc_number:
        return True
    if a.kind != "paper" and a.date and b.date and _are_apart(a.date, b.date):
        return True
    first, second = title_key(a.title), title_key(b.title)
    if not first or not second or first in second or second in first:
        return False
    start = _in_common(first, second)
    end = _in_common(first[start:][::-1], second[start:][::-1])
    middles = first[start : len(first) - end], second[start : len(second) - end]
    if start + end < min(len(first), len(second)) / 2:  # two titles of one text: of a file and of what is in it
        return False
    return any(map(str.isdigit, "".join(middles))) or any(map(_NAME.search, middles)) or similar < SAME + 0.2


def _are_apart(first: str, second: str) -> bool:
    """Whether two dates are further apart than the days a document was signed and published on."""
    if len(first) == len(second) == 10:
        return abs(dt.date.fromisoformat(first) - dt.date.fromisoformat(second)).days > _PUBLISHING
    return first[:4] != second[:4]


def _in_common(first: str, second: str) -> int:
    """How many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second)))


def _around_the_kept(by_id: dict[str, Brief], found: Iterable[Relation]) -> list[Relation]:
    """Relations that lead straight to documents that are kept: none of those is left out for a third one."""
    near: dict[str, list[Relation]] = defaultdict(list)
    for one in found:
        near[one.other].append(one)
    records = {one.doc_id for one in found if one.relation == "record"}
    left_out: dict[str, Relation] = {}
    for brief in sorted(by_id.values(), key=lambda brief: (brief.doc_id in records, _completeness(brief))):
        if brief.doc_id not in left_out:
            for one in sorted(near[brief.doc_id], key=lambda one: one.doc_id):
                left_out.setdefault(one.doc_id, one)
    return list(left_out.values())


def _to_the_earliest(by_id: dict[str, Brief], found: Iterable[Relation], left_out: set[str]) -> list[Relation]:
    """Each version of a law with the earliest one it is tied to, documents that are left out aside."""
    group = {doc_id: doc_id for doc_id in by_id}

    def root(doc_id: str) -> str:
        while group[doc_id] != doc_id:
            doc_id = group[doc_id]
        return doc_id

    found = [one for one in found if not {one.doc_id, one.other} & left_out]
    for one in found:
        first, second = sorted((root(one.doc_id), root(one.other)), key=lambda doc_id: (by_id[doc_id].date or "", doc_id))
        group[second] = first
    best: dict[str, Relation] = {}
    for one in found:
        for doc_id in (one.doc_id, one.other):
            if root(doc_id) != doc_id and (doc_id not in best or one.similarity > best[doc_id].similarity):
                best[doc_id] = one
    return [Relation(doc_id, root(doc_id), "version", one.similarity, one.reason) for doc_id, one in best.items()]
