"""What documents of a run have to do with each other and with what people say of them; it decides what their columns hold.

Every run begins anew from what was read of each document, which stands in its provenance: so it does not matter in how many
steps documents, records and tables of metadata came, and what is taken back leaves no trace.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.config import lexicon
from pipeline.engine import Spread
from pipeline.ingest.candidates import chosen, columns_of
from pipeline.ingest.citations import citations_of, link, link_references, title_key
from pipeline.ingest.duplicates import Brief, find_duplicates, signatures
from pipeline.ingest.gazetteer import Gazetteer, current_name, province_of, read_gazetteer
from pipeline.ingest.overrides import GIVEN, matched
from pipeline.ingest.references import references_of
from pipeline.ingest.thesaurus import merged, read_thesaurus
from pipeline.records import Block, Candidate, Citation, Input, Override, Reference, Relation, Signature, from_table, to_table
from pipeline.store import Run

if TYPE_CHECKING:
    import pyarrow as pa

RECORD, THESAURUS = "record: ", "thesaurus: "  # how origins begin that are not of the document itself
NEAR = "nearly the same as "
_IDLE = "names no document of this run; check how it is spelt"
_OF_RECORDS = (
    "authors", "affiliations", "journal", "volume", "issue", "page_range", "keywords", "abstract", "doi", "funds", "published",
    "date",
)  # fmt: skip
_DERIVED = ("citations", "references", "signatures")
_PARTS_HELD = 16  # whose texts are kept while pairs are compared
_Task = tuple[Run, str, str, dict[str, list[Candidate]]]


def relate(run: Run, spread: Spread, key: str, inputs: Sequence[Input], overrides: Sequence[Override]) -> list[Input]:
    """Bring citations, references, signatures and relations up to date, and the columns of documents that follow from them.

    Args:
        inputs: of the run.
        overrides: all that is said of its documents.
    Returns: the inputs; near duplicates and what speaks of no document are marked.
    Raises SettingsError: a line of a thesaurus is wrong.
    """
    parts = run.parts()
    for _ in spread(_derive_part, [(run, key, part) for part in parts], stage="ingest"):
        pass
    said, idle = _said(inputs, overrides)
    doubts = {found.source: "; ".join(filter(None, (found.doubt, _IDLE if found.source in idle else ""))) for found in overrides}
    briefs: list[Brief] = []
    records: dict[str, list[Candidate]] = {}
    for of_part, told in spread(_brief_part, [(run, key, part, _within(said, part)) for part in parts], stage="ingest"):
        briefs += of_part
        records |= told
    relations = find_duplicates(briefs, _texts(run))
    store.write(run.folder, "relations", to_table(relations, Relation), key=key)
    for relation in relations:
        if relation.relation == "record":
            told = [replace(found, origin=RECORD + relation.doc_id) for found in records.get(relation.doc_id, [])]
            said[relation.other] = [*said.get(relation.other, []), *told]
    keys = _keys(briefs)
    for _ in spread(_finish_part, [(run, key, part, _within(said, part), relations, keys) for part in parts], stage="ingest"):
        pass
    for name in _DERIVED:
        store.prune(run.folder, name, parts)
    return _marked(inputs, doubts, {} if run.settings.ingest.keep_duplicates else _kept(relations), briefs)


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
    store.refresh(run, part, key=key, makes=_DERIVED, compute=_derived)


def _derived(documents: "pa.Table") -> dict[str, "pa.Table"]:
    citations: list[Citation] = []
    references: list[Reference] = []
    rows = documents.select(["doc_id", "text", "blocks", "provenance"]).to_pylist()
    for row in rows:
        doc_id, text, blocks = row["doc_id"], row["text"], [Block(**block) for block in row["blocks"]]
        known = columns_of(chosen(_read(row)))
        citations += citations_of(doc_id, text, blocks, title=known["title"], doc_number=known["doc_number"])
        references += references_of(doc_id, text, blocks)
    found = [
        Signature(row["doc_id"], n_shingles, minima)
        for row, (n_shingles, minima) in zip(rows, signatures([row["text"] for row in rows]), strict=True)
    ]
    return {
        "citations": to_table(citations, Citation),
        "references": to_table(references, Reference),
        "signatures": to_table(found, Signature),
    }


def _said(inputs: Sequence[Input], overrides: Sequence[Override]) -> tuple[dict[str, list[Candidate]], set[str]]:
    """What people say of each document; and the sources of what speaks of none."""
    doc_ids_of: dict[str, list[str]] = defaultdict(list)
    for row in inputs:
        if row.doc_id:
            marks = [found.start() for found in re.finditer("[#!]", row.source)]
            for name in (row.source[:end] for end in (*marks, len(row.source))):
                doc_ids_of[name].append(row.doc_id)
                bare = re.sub(r"\.\w{1,8}$", "", name)  # people leave the suffix out
                if bare != name:
                    doc_ids_of[bare].append(row.doc_id)
    said: dict[str, list[Candidate]] = {}
    idle = set()
    for override in overrides:
        doc_ids = matched(override, doc_ids_of)
        for doc_id in dict.fromkeys(doc_ids):
            said.setdefault(doc_id, []).extend(override.candidates)
        if not doc_ids:
            idle.add(override.source)
    return said, idle


def _brief_part(task: _Task) -> tuple[list[Brief], dict[str, list[Candidate]]]:
    """What duplicates are found by, and what the records of a part tell of the papers they are of."""
    run, _, part, said = task
    columns = ["doc_id", "source", "format", "n_chars", "status", "provenance"]
    documents = run.table("documents", columns, part=part).to_pylist()
    signed = {row["doc_id"]: row for row in run.table("signatures", part=part).to_pylist()}
    briefs, records = [], {}
    for row in documents:
        candidates = _settled(_read(row), said.get(row["doc_id"], []))
        known = columns_of(candidates)
        names = ("title", "date", "kind", "doc_number", "authors")
        signature = signed[row["doc_id"]]
        briefs.append(
            Brief(
                **{name: row[name] for name in ("doc_id", "source", "format", "n_chars", "status")},
                **{name: known[name] for name in names},
                n_shingles=signature["n_shingles"],
                minima=signature["minima"],
            )
        )
        if known["kind"] == "record":
            records[row["doc_id"]] = [found for found in candidates if found.used and found.field in _OF_RECORDS]
    return briefs, records


def _finish_part(task: tuple[Run, str, str, dict[str, list[Candidate]], list[Relation], tuple[dict[str, str], ...]]) -> None:
    """Write the columns of documents that follow from all of this, and which documents of the run are cited."""
    run, key, part, said, relations, (by_number, by_title, by_doi) = task
    settings = run.settings.ingest
    places = read_gazetteer(lexicon(settings.places, "", ".csv"), lexicon(settings.issuers, "", ".csv"))
    thesaurus = read_thesaurus([lexicon(name, "", ".txt") for name in settings.thesaurus])
    kept = {} if settings.keep_duplicates else _kept(relations)
    versions = {found.doc_id: found.other for found in relations if found.relation == "version"}
    versions |= {other: other for other in versions.values()}
    stored = run.table("documents", ["doc_id", *_written_columns()], part=part).to_pylist()
    rows = []
    for row in stored:
        candidates = _settled(_read(row), said.get(row["doc_id"], []), thesaurus)
        same = kept.get(row["doc_id"])
        rows.append(
            {"doc_id": row["doc_id"], **columns_of(candidates), **_followed(columns_of(candidates), places)}
            | {"provenance": [asdict(found) for found in candidates], "version_of": versions.get(row["doc_id"])}
            | {"duplicate_of": same.other if same else None, "similarity": same.similarity if same else None}
        )
    if rows != stored:
        _replace(run, key, part, rows)
    citations = from_table(run.table("citations", part=part), Citation)
    store.write(run.folder, "citations", to_table(link(citations, by_number, by_title), Citation), key=key, part=part)
    references = from_table(run.table("references", part=part), Reference)
    linked = link_references(references, by_title, by_doi)
    store.write(run.folder, "references", to_table(linked, Reference), key=key, part=part)


def _replace(run: Run, key: str, part: str, rows: list[dict[str, Any]]) -> None:
    """Put other values into the columns of a part of the documents; its rows are in the same order."""
    import pyarrow as pa

    documents = run.table("documents", part=part).replace_schema_metadata(None)
    for at, field in enumerate(documents.schema):
        if field.name in rows[0]:
            documents = documents.set_column(at, field, pa.array([row[field.name] for row in rows], field.type))
    store.write(run.folder, "documents", documents, key=key, part=part)


def _read(row: Mapping[str, Any]) -> list[Candidate]:
    """What was read of the document itself."""
    found = [Candidate(**candidate) for candidate in row["provenance"]]
    return [one for one in found if not one.origin.startswith((GIVEN, RECORD, THESAURUS))]


def _settled(read: Iterable[Candidate], said: Sequence[Candidate], thesaurus: Mapping[str, str] | None = None) -> list[Candidate]:
    """All candidates of a document in order of preference.

    What people say comes first. What a bibliographic record says comes next where it is surer than what was read.
    """
    own = list(read)
    sure: dict[str, float] = {}
    for found in own:
        sure.setdefault(found.field, found.confidence)
    given = [found for found in said if found.origin.startswith(GIVEN)]
    days = {found.field for found in given}
    given += [replace(found, field="date") for found in given if found.field == "written" and "date" not in days]
    surer = [found for found in said if found not in given and found.confidence > sure.get(found.field, 0)]
    others = [found for found in said if found not in given and found not in surer]
    found = chosen([*given, *surer, *own, *others])
    names = [one for one in found if one.used and one.field in ("authors", "keywords")]
    changed = [
        replace(one, values=values, origin=f"{THESAURUS}{one.origin}")
        for one in names
        if (values := merged(one.values, thesaurus or {})) != one.values
    ]
    return chosen([*changed, *found]) if changed else found


def _followed(columns: Mapping[str, Any], places: Gazetteer) -> dict[str, Any]:
    """Columns that follow from others."""
    issuers = list(dict.fromkeys(current_name(name, places) for name in columns["issuers"]))
    return {"issuers_today": issuers, "province": province_of(columns["region"], places)}


def _written_columns() -> list[str]:
    """The columns of documents that are decided here."""
    return [*columns_of([]), "issuers_today", "province", "provenance", "version_of", "duplicate_of", "similarity"]


def _kept(relations: Iterable[Relation]) -> dict[str, Relation]:
    """Of each document that is left out of counts, the relation to the one that is kept."""
    same = {found.doc_id: found for found in relations if found.relation != "version"}
    ends = {}
    for doc_id, found in same.items():
        while found.other in same:
            found = same[found.other]
        ends[doc_id] = replace(same[doc_id], other=found.other)
    return ends


def _keys(briefs: Iterable[Brief]) -> tuple[dict[str, str], ...]:
    """Number, title and DOI → the document so called; where several are, the first by doc_id."""
    by_number: dict[str, str] = {}
    by_title: dict[str, str] = {}
    for brief in sorted(briefs, key=lambda brief: brief.doc_id):
        if brief.doc_number:
            by_number.setdefault(brief.doc_number, brief.doc_id)
        if brief.title:
            by_title.setdefault(title_key(brief.title), brief.doc_id)
    return by_number, by_title, {}


def _texts(run: Run) -> Callable[[str], str]:
    """A function from doc_id to text that holds some parts."""
    parts = run.parts()
    width = len(parts[0])

    @lru_cache(_PARTS_HELD)
    def texts(part: str) -> dict[str, str]:
        rows = run.table("documents", ["doc_id", "text"], part=part)
        return dict(zip(rows.column("doc_id").to_pylist(), rows.column("text").to_pylist(), strict=True))

    return lambda doc_id: texts(doc_id[:width])[doc_id]


def _within(said: Mapping[str, list[Candidate]], part: str) -> dict[str, list[Candidate]]:
    return {doc_id: found for doc_id, found in said.items() if doc_id.startswith(part)}


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
