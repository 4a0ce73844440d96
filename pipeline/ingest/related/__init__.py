"""What documents of a run have to do with each other and with what people say of them; it decides what their columns hold.

Every run begins anew from what was read of each document, which stands in its provenance: so it does not matter in how many
steps documents, records and tables of metadata came, and what is taken back leaves no trace.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.config import lexicon
from pipeline.engine import Spread
from pipeline.ingest.candidates import RECORD, as_found, chosen, columns_of, following, settled
from pipeline.ingest.gazetteer import Gazetteer, read_gazetteer
from pipeline.ingest.overrides import by_precedence, loosely, matched
from pipeline.ingest.related.citations import citations_of, link, title_keys
from pipeline.ingest.related.duplicates import Brief, find_duplicates
from pipeline.ingest.related.minhash import HASHES, signatures
from pipeline.ingest.related.references import link_references, references_of
from pipeline.ingest.thesaurus import read_thesaurus
from pipeline.records import (
    Block,
    Candidate,
    Citation,
    Input,
    Override,
    Reference,
    Relation,
    Signature,
    from_table,
    to_table,
)  # fmt: skip
from pipeline.store import Run

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

NEAR = "nearly the same as "
_IDLE = "names no document of this run; check how it is spelt"
_OF_RECORDS = (
    "authors", "affiliations", "journal", "volume", "issue", "page_range", "keywords", "abstract", "doi", "funds", "published",
    "date",
)  # fmt: skip
_DERIVED = ("citations", "references", "signatures")  # the last one has a row for every document


@dataclass(frozen=True, slots=True)
class _Names:
    """Document numbers, titles and DOIs, each → the doc_id of the document so called."""

    by_number: dict[str, str]
    by_title: dict[str, str]
    by_doi: dict[str, str]


Said = dict[str, list[Candidate]]  # doc_id → what people and records say of it


def relate(run: Run, spread: Spread, key: str, inputs: Sequence[Input], overrides: Sequence[Override]) -> list[Input]:
    """Bring signatures and relations up to date, and the columns of documents that follow from them.

    Args:
        inputs: of the run.
        overrides: all that is said of its documents.
    Returns: the inputs; near duplicates and what speaks of no document are marked.
    """
    parts = run.parts()
    for _ in spread(_derive_part, [(run, key, part) for part in parts], stage="ingest"):
        pass
    said, doubts = _said(inputs, overrides)
    tasks = zip(parts, _by_part(said, parts), strict=True)
    found = list(spread(_brief_part, [(run, part, of_part) for part, of_part in tasks], stage="ingest"))
    briefs = [brief for some, _, _ in found for brief in some]
    relations = _relations(run, briefs, [signed for _, signed, _ in found])
    store.write(run.folder, "relations", to_table(relations, Relation), key=key)
    records = {doc_id: told for _, _, some in found for doc_id, told in some.items()}
    for one in relations:
        if one.relation == "record":
            said.setdefault(one.other, []).extend(records.get(one.doc_id, []))
    kept = {} if run.settings.ingest.keep_duplicates else _kept(relations)
    decided = zip(parts, *(_by_part(one, parts) for one in (said, kept, _versions(relations))), strict=True)
    for _ in spread(_finish_part, [(run, key, *of_part) for of_part in decided], stage="ingest"):
        pass
    _link(run, key, _names(briefs))
    for name in _DERIVED:
        store.prune(run.folder, name, parts)
    return _marked(inputs, doubts, kept, briefs)


def as_read(row: Input, statuses: Mapping[tuple[str, str], str]) -> Input:
    """An input as it was before it was marked as a near duplicate.

    Args:
        statuses: source and doc_id of each document → its status.
    """
    before, mark, _ = row.reason.rpartition(NEAR)
    status = statuses.get((row.source, row.doc_id or ""))
    return replace(row, status=status, reason=before.removesuffix("; ")) if mark and status else row


def _derive_part(task: tuple[Run, str, str]) -> None:
    """Citations, references and signature of the documents of a part that have none yet."""
    run, key, part = task
    places = _gazetteer(run)
    store.refresh(run, part, key=key, makes=_DERIVED, compute=lambda documents: _derived(documents, places))


def _derived(documents: "pa.Table", places: Gazetteer) -> dict[str, "pa.Table"]:
    citations: list[Citation] = []
    references: list[Reference] = []
    rows = documents.select(["doc_id", "text", "blocks", "provenance"]).to_pylist()
    for row in rows:
        doc_id, text, blocks = row["doc_id"], row["text"], [Block(**block) for block in row["blocks"]]
        own = columns_of(chosen(as_found(row["provenance"])))
        named = {"title": own["title"], "doc_number": own["doc_number"]}
        citations += citations_of(doc_id, text, blocks, **named, gazetteer=places)
        references += references_of(doc_id, text, blocks)
    signed = signatures([row["text"] for row in rows]).tolist()
    return {
        "citations": to_table(citations, Citation),
        "references": to_table(references, Reference),
        "signatures": to_table([Signature(row["doc_id"], minima) for row, minima in zip(rows, signed, strict=True)], Signature),
    }


def _said(inputs: Sequence[Input], overrides: Sequence[Override]) -> tuple[Said, dict[str, str]]:
    """What people say of each document; and what is doubtful about each row that says it."""
    doc_ids_of: dict[str, list[str]] = defaultdict(list)
    for row in inputs:
        if row.doc_id:
            marks = [found.start() for found in re.finditer("[#!]", row.source)]
            for name in (row.source[:end] for end in (*marks, len(row.source))):
                doc_ids_of[name].append(row.doc_id)
                doc_ids_of[re.sub(r"\.\w{1,8}$", "", name)].append(row.doc_id)  # people leave the suffix out
    alike: dict[str, list[str]] = defaultdict(list)
    for name, ids in doc_ids_of.items():
        alike[loosely(name)] += ids
    said: Said = {}
    doubts = {}
    for override in by_precedence(overrides):
        doc_ids = dict.fromkeys(matched(override, doc_ids_of, alike))
        for doc_id in doc_ids:
            said.setdefault(doc_id, []).extend(override.candidates)
        doubts[override.source] = "; ".join(filter(None, (override.doubt, "" if doc_ids else _IDLE)))
    return said, doubts


def _brief_part(task: tuple[Run, str, Said]) -> tuple[list[Brief], "np.ndarray", Said]:
    """What duplicates of a part are found by, their signatures, and what its records tell of the papers they are of."""
    import numpy as np

    run, part, said = task
    places = _gazetteer(run)
    documents = run.table("documents", ["doc_id", "source", "n_chars", "status", "provenance"], part=part).to_pylist()
    signed = {row["doc_id"]: row["minima"] for row in run.table("signatures", part=part).to_pylist()}
    briefs, records = [], {}
    for row in documents:
        candidates = settled(as_found(row["provenance"]), said.get(row["doc_id"], []))
        known = columns_of(candidates) | {name: row[name] for name in ("doc_id", "source", "n_chars", "status")}
        known["issuers"] = following(known, places)["issuers_today"]  # a body of another name must not part two versions
        briefs.append(Brief(**{field.name: known[field.name] for field in fields(Brief)}))
        if known["kind"] == "record":
            told = [found for found in candidates if found.used and found.field in _OF_RECORDS]
            records[row["doc_id"]] = [replace(found, origin=RECORD + row["doc_id"]) for found in told]
    return briefs, np.array([signed[brief.doc_id] for brief in briefs], np.uint32).reshape(len(briefs), HASHES), records


def _relations(run: Run, briefs: list[Brief], signed: "list[np.ndarray]") -> list[Relation]:
    """The relations among all documents; their texts are read part by part when they are asked for."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    width = len(run.parts()[0])

    def texts_of(doc_ids: set[str]) -> Iterator[tuple[str, str]]:
        for part in sorted({doc_id[:width] for doc_id in doc_ids}):
            rows = run.table("documents", ["doc_id", "text"], part=part)
            rows = rows.filter(pc.is_in(rows.column("doc_id"), pa.array(sorted(doc_ids))))
            yield from zip(rows.column("doc_id").to_pylist(), rows.column("text").to_pylist(), strict=True)

    return find_duplicates(briefs, np.concatenate(signed), texts_of)


def _finish_part(task: tuple[Run, str, str, Said, dict[str, Relation], dict[str, str]]) -> None:
    """Write the columns of documents that follow from all of this."""
    run, key, part, said, kept, versions = task
    thesaurus = read_thesaurus(run.settings.ingest.thesaurus)
    places = _gazetteer(run)
    decided = [*columns_of([]), "issuers_today", "province", "provenance", "version_of", "duplicate_of", "similarity"]
    stored = run.table("documents", ["doc_id", *decided], part=part).to_pylist()
    rows = []
    for row in stored:
        candidates = settled(as_found(row["provenance"]), said.get(row["doc_id"], []), thesaurus)
        columns, same = columns_of(candidates), kept.get(row["doc_id"])
        rows.append(
            {"doc_id": row["doc_id"], **columns, **following(columns, places)}
            | {"provenance": [asdict(found) for found in candidates], "version_of": versions.get(row["doc_id"])}
            | {"duplicate_of": same.other if same else None, "similarity": same.similarity if same else None}
        )
    if rows != [{name: row[name] for name in rows[0]} for row in stored]:
        _replace(run, key, part, rows)


def _link(run: Run, key: str, names: _Names) -> None:
    """Write which documents of the run are cited."""
    for part in run.parts():
        citations = link(from_table(run.table("citations", part=part), Citation), names.by_number, names.by_title)
        store.write(run.folder, "citations", to_table(citations, Citation), key=key, part=part)
        references = link_references(from_table(run.table("references", part=part), Reference), names.by_title, names.by_doi)
        store.write(run.folder, "references", to_table(references, Reference), key=key, part=part)


def _versions(relations: Iterable[Relation]) -> dict[str, str]:
    """Of each version of a law the earliest one, of that one itself."""
    found = {one.doc_id: one.other for one in relations if one.relation == "version"}
    return found | {other: other for other in found.values()}


def _names(briefs: Iterable[Brief]) -> _Names:
    """What documents are cited by; of several with one name the first by source."""
    names = _Names({}, {}, {})
    for brief in sorted(briefs, key=lambda brief: brief.source):
        if brief.doc_number:
            names.by_number.setdefault(brief.doc_number, brief.doc_id)
        if brief.doi:
            names.by_doi.setdefault(brief.doi.lower(), brief.doc_id)
        for key in title_keys(brief.title):
            names.by_title.setdefault(key, brief.doc_id)
    return names


def _gazetteer(run: Run) -> Gazetteer:
    settings = run.settings.ingest
    return read_gazetteer(lexicon(settings.places, "", ".csv"), lexicon(settings.issuers, "", ".csv"))


def _replace(run: Run, key: str, part: str, rows: list[dict[str, Any]]) -> None:
    """Put other values into the columns of a part of the documents; its rows are in the same order."""
    import pyarrow as pa

    documents = run.table("documents", part=part).replace_schema_metadata(None)
    for at, field in enumerate(documents.schema):
        if field.name in rows[0]:
            documents = documents.set_column(at, field, pa.array([row[field.name] for row in rows], field.type))
    store.write(run.folder, "documents", documents, key=key, part=part)


def _kept(relations: Iterable[Relation]) -> dict[str, Relation]:
    """Of each document that is left out of counts, the relation to the one that is kept."""
    same = {found.doc_id: found for found in relations if found.relation != "version"}
    ends = {}
    for doc_id, found in same.items():
        while found.other in same:
            found = same[found.other]
        ends[doc_id] = replace(same[doc_id], other=found.other)
    return ends


def _by_part(of_documents: Mapping[str, Any], parts: Sequence[str]) -> list[dict[str, Any]]:
    """What is known of documents, part by part."""
    found: dict[str, dict[str, Any]] = {part: {} for part in parts}
    for doc_id, known in of_documents.items():
        if (part := doc_id[: len(parts[0])]) in found:
            found[part][doc_id] = known
    return list(found.values())


def _marked(
    inputs: Sequence[Input], doubts: Mapping[str, str], kept: Mapping[str, Relation], briefs: Sequence[Brief]
) -> list[Input]:
    """The inputs with what became of them here.

    Args:
        doubts: source of a row that speaks of documents → what is doubtful about it.
    """
    sources = {brief.doc_id: brief.source for brief in briefs}
    found = []
    for row in inputs:
        same = kept.get(row.doc_id or "")
        if same and row.source == sources[row.doc_id or ""] and row.status in ("ok", "partial"):
            said = f"{NEAR}{sources[same.other]} ({same.reason})"
            row = replace(row, status="duplicate", reason="; ".join(filter(None, (row.reason, said))))
        elif row.source in doubts and row.status in ("ok", "partial"):
            row = replace(row, status="partial" if doubts[row.source] else "ok", reason=doubts[row.source])
        found.append(row)
    return found
