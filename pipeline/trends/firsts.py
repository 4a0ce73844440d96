"""What new documents mention and none of those that were there did: a code, a term, a cited document."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pipeline.errors import NotReadyError
from pipeline.store import Run
from pipeline.trends.attribution import Both
from pipeline.trends.history import counted_tags

KNOWN = 3  # documents that an issuer or province must have had for a first mention in it to say anything


@dataclass(frozen=True)
class First:
    """What new documents mention, and none of those that were there did."""

    what: str  # code, term or cited
    item: str
    dimension: str  # "" in all documents, else issuer or province
    value: str
    old_documents: int  # of that issuer or province
    documents: tuple[str, ...]  # doc_ids of the new ones


def firsts(run: Run, both: Both, least: int = KNOWN) -> list[First]:
    """First mentions of a code, a term or a cited document, in all documents and in provinces and issuers that are not new.

    Old documents count as they are coded now: what only a changed codebook finds is no first mention.
    """
    fresh, kept = _ids(both, ("added",)), _ids(both, ("coding", "redated"))
    if not kept:
        return []
    facts = {row["doc_id"]: row for row in both.now if row}
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for what, item, doc_id in _mentions(run):
        if doc_id in fresh or doc_id in kept:
            holders[what, item].add(doc_id)
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    for doc_id in kept:
        for place in _places(facts[doc_id]):
            sizes[place] += 1
    found = [row for (what, item), ids in holders.items() for row in _first(what, item, ids & fresh, ids & kept, facts, sizes)]
    enough = [row for row in found if row.old_documents >= least]
    return sorted(
        enough, key=lambda row: (row.dimension != "", -row.old_documents, -len(row.documents), row.what, row.item, row.value)
    )


def _ids(both: Both, causes: tuple[str, ...]) -> set[str]:
    return {row["doc_id"] for row, cause in zip(both.now, both.cause, strict=True) if row and cause in causes}


def _mentions(run: Run) -> Iterator[tuple[str, str, str]]:
    """Code, term or cited document, and the document that holds it."""
    for part in run.parts():
        for row in counted_tags(run, part, ["doc_id", "code", "term"]):
            yield "code", row["code"], row["doc_id"]
            if row["term"]:
                yield "term", row["term"], row["doc_id"]
        with suppress(NotReadyError):  # a run that was never ingested by this version
            for row in run.table("citations", ["doc_id", "title", "doc_number"], part=part).to_pylist():
                yield "cited", row["doc_number"] or f"《{row['title']}》", row["doc_id"]


def _places(row: dict[str, Any]) -> Iterable[tuple[str, str]]:
    yield "", ""
    if row["province"]:
        yield "province", row["province"]
    for issuer in dict.fromkeys(row["issuers_today"]):
        yield "issuer", issuer


def _first(
    what: str, item: str, new: set[str], old: set[str], facts: dict[str, dict[str, Any]], sizes: dict[tuple[str, str], int]
) -> Iterator[First]:
    """Where an item is first met; a place is left out when no document at all had it before: that is said once, for all."""
    known = {place for doc_id in old for place in _places(facts[doc_id])}
    here: dict[tuple[str, str], list[str]] = defaultdict(list)
    for doc_id in sorted(new):
        for place in _places(facts[doc_id]):
            here[place].append(doc_id)
    for place, ids in here.items():
        if place not in known and (not place[0] or (old and what != "cited")):
            yield First(what, item, *place, sizes[place], tuple(ids))
