"""The sentences behind the numbers: a bounded choice that covers every period, group, stance, term and link as far as it goes."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.errors import NotReadyError
from pipeline.report.data import table
from pipeline.store import Run

if TYPE_CHECKING:
    import pyarrow as pa

Mark = tuple[Any, ...]  # start, end, "code" or "term", its name; of codes also rule, stance, flags
Cell = tuple[str, ...]  # what a sentence would stand behind: a code in a period, a link in a period …
MOST_CODED = 5000  # sentences in the page
MOST_TERMS = 4500
PATIENCE = 20_000  # sentences in a row that add nothing, after which terms are not looked for any further
AROUND = 160  # characters shown before the first and after the last mark of a very long sentence


def coded_sentences(run: Run, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sentences with codes, at most `report.evidence` for each code and period, spread over documents.

    The first coded sentence of every document comes before the second of any; documents come in the order of their ids.
    Only what the rates count is taken: no duplicates, kinds of segments as in `trends.kinds`.
    """
    known = {row["doc_id"]: row for row in documents if row["duplicate_of"] is None}
    tags: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in table(
        run, "tags", ["doc_id", "seg_id", "code", "term", "start", "end", "rule", "stance", "negated", "quoted"]
    ).to_pylist():
        if row["doc_id"] in known:
            tags[row["seg_id"]].append(row)
    segments = {row["seg_id"]: row for row in _segments(run, list(tags)) if row["kind"] in run.settings.trends.kinds}
    ranks: Counter[tuple[str, str]] = Counter()
    queue = []
    for seg in sorted(segments.values(), key=lambda row: (row["doc_id"], row["order"])):
        codes = sorted({tag["code"] for tag in tags[seg["seg_id"]]})
        ranks.update((seg["doc_id"], code) for code in codes)
        queue.append((min(ranks[seg["doc_id"], code] for code in codes), seg["doc_id"], seg["order"], seg["seg_id"]))
    queue.sort()
    followed = {name.removeprefix("term:") for name in table(run, "trends", ["series"]).column("series").unique().to_pylist()}
    cells = ((seg_id, list(_code_cells(known[doc_id], tags[seg_id], followed))) for _, doc_id, _, seg_id in queue)
    chosen: dict[str, None] = {}
    _choose(cells, run.settings.report.evidence, MOST_CODED, chosen=chosen, held=Counter())
    copied = set(table(run, "reuse", ["seg_id"]).column("seg_id").to_pylist())
    marks = {seg_id: [_mark(tag | {"copied": seg_id in copied}) for tag in tags[seg_id]] for seg_id in chosen}
    return _quote(run, {seg_id: segments[seg_id] for seg_id in chosen}, marks)


def term_sentences(
    run: Run, documents: list[dict[str, Any]], shown: dict[str, Any], topics: list[dict[str, Any]], words: list[str]
) -> list[dict[str, Any]]:
    """Sentences with terms of the map, of the topics and further words: some for each term, link and topic, in every period
    as far as it goes.

    Sentences that stand behind several of them come first, then the others; both in the order of the documents' ids.
    """
    of_map = [node[0] for node in shown["nodes"]]
    of_topics = [{term for term, _ in topic["terms"]} for topic in topics]
    terms = list(dict.fromkeys(of_map + sorted(set().union(words, *of_topics))))
    if not terms:
        return []
    periods = {row["doc_id"]: row["period"] or "" for row in documents if row["duplicate_of"] is None}
    each = max(1, run.settings.report.evidence // max(1, len(set(periods.values()))))
    linked = {(of_map[a], of_map[b]) for a, b, _ in shown["links"]}
    chosen: dict[str, None] = {}
    held: Counter[Cell] = Counter()
    segments: dict[str, dict[str, Any]] = {}
    found: dict[str, list[Mark]] = {}

    def met() -> Iterator[tuple[str, list[Cell]]]:
        for segment, places in _term_places(run, terms, set(periods)):
            name = segment["seg_id"]
            if name not in chosen:
                yield name, _term_cells({place[3] for place in places}, periods[segment["doc_id"]], linked, of_topics)
                if name in chosen:
                    segments[name], found[name] = segment, places

    for least in (4, 1):
        _choose(met(), each, MOST_TERMS, chosen=chosen, held=held, least=least)
    return _quote(run, segments, found)


def _term_cells(here: set[str], period: str, linked: set[tuple[str, str]], topics: list[set[str]]) -> list[Cell]:
    cells: list[Cell] = [("term", term, period) for term in sorted(here)]
    cells += [("link", a, b, period) for a in sorted(here) for b in sorted(here) if (a, b) in linked]
    return cells + [("topic", str(number), period) for number, terms in enumerate(topics) if here & terms]


def numbered(
    documents: list[dict[str, Any]],
    coded: list[dict[str, Any]],
    terms: list[dict[str, Any]],
    behind: dict[str, dict[str, list[list[Any]]]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The documents that are quoted or stand behind maps, and the sentences; both name them by their place, maps in `behind` itself.

    A sentence quoted twice is merged.
    """
    merged: dict[tuple[str, int, str], dict[str, Any]] = {}
    for row in coded + terms:
        same = merged.setdefault((row["doc_id"], row["from"], row["text"]), {**row, "marks": []})
        same["marks"] = same["marks"] + row["marks"]
    lists = [one for of_kind in behind.values() for of_what in of_kind.values() for one in of_what]
    quoted = {row["doc_id"] for row in merged.values()} | {doc_id for one in lists for doc_id in one}
    docs = [row for row in documents if row["doc_id"] in quoted]
    places = {row["doc_id"]: at for at, row in enumerate(docs)}
    for one in lists:
        one[:] = [places[doc_id] for doc_id in one]
    sentences = [{**row, "doc": places[row["doc_id"]], "marks": sorted(row["marks"])} for row in merged.values()]
    for row in sentences:
        del row["doc_id"]
    shown = ("title", "date", "period", "level", "province", "region", "kind", "issuers", "issuers_today", "authors", "journal")
    about = [{name: row[name] for name in shown} for row in docs]
    return about, sentences


def _choose(
    cells: Iterable[tuple[str, list[Cell]]],
    each: int,
    most: int,
    *,
    chosen: dict[str, None],
    held: Counter[Cell],
    least: int = 1,
) -> None:
    """Adds to `chosen` the sentences that stand in `least` cells or more with fewer than `each` so far, `most` in all.

    Cells of four parts want two sentences at most.
    """
    idle = 0
    for name, places in cells:
        lacking = sum(held[cell] < (each if len(cell) < 4 else min(each, 2)) for cell in places)
        idle = 0 if lacking >= least else idle + 1
        if not idle:
            held.update(places)
            chosen[name] = None
        if len(chosen) >= most or idle > PATIENCE:
            break


def _code_cells(document: dict[str, Any], tags: list[dict[str, Any]], followed: set[str]) -> Iterator[Cell]:
    period = document["period"] or ""
    codes = sorted({tag["code"] for tag in tags})
    groups = [f"{name}={document[name]}" for name in ("level", "province", "region", "kind")] + [
        f"issuer={one}" for one in document["issuers_today"]
    ]
    for code in codes:
        yield ("code", code, period)
        yield from (("code", code, period, group) for group in groups)
        yield from (("pair", code, other, period) for other in codes if code < other)
    for tag in tags:
        yield ("stance", tag["code"], period, tag["stance"])
        if tag["term"] in followed:
            yield ("followed", tag["code"], period, tag["term"])


def _mark(tag: dict[str, Any]) -> Mark:
    flags = [name for name in ("negated", "quoted", "copied") if tag[name]]
    return (tag["start"], tag["end"], "code", tag["code"], tag["rule"], tag["stance"], flags)


def _segments(run: Run, wanted: list[str]) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = table(run, "segments", ["seg_id", "doc_id", "order", "start", "end", "kind"])
    return rows.filter(pc.is_in(rows.column("seg_id"), pa.array(wanted, pa.string()))).to_pylist()


def _term_places(run: Run, terms: list[str], wanted: set[str]) -> Iterator[tuple[dict[str, Any], list[Mark]]]:
    """The sentences that hold terms as whole words, document by document, with the places of the terms."""
    from ahocorasick_rs import AhoCorasick

    automaton = AhoCorasick(terms)
    columns = ["seg_id", "doc_id", "order", "start", "end", "kind", "tokens", "token_starts"]
    for part in run.parts():
        texts = {row["doc_id"]: row["text"] for row in run.table("documents", ["doc_id", "text"], part=part).to_pylist()}
        try:
            rows = run.table("segments", columns, part=part)
        except NotReadyError:
            return
        for doc_id, (segments, edges) in _by_document(rows, run.settings.cooccur.kinds).items():
            if doc_id not in wanted:
                continue
            starts = [row["start"] for row in segments]
            places: dict[int, list[Mark]] = defaultdict(list)
            for number, start, end in automaton.find_matches_as_indexes(texts[doc_id], overlapping=True):
                at = bisect_right(starts, start) - 1
                if at >= 0 and end <= segments[at]["end"] and start in edges and end in edges:
                    places[at].append((start, end, "term", terms[number]))
            for at in sorted(places):
                yield segments[at], places[at]


def _by_document(rows: "pa.Table", kinds: Sequence[str]) -> dict[str, tuple[list[dict[str, Any]], set[int]]]:
    """Segments of each document in order, and the offsets at which a word begins or ends."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = rows.filter(pc.is_in(rows.column("kind"), pa.array(kinds))).sort_by([("doc_id", "ascending"), ("order", "ascending")])
    if not rows.num_rows:
        return {}
    tokens = rows.column("tokens").combine_chunks()
    begins = pc.list_flatten(rows.column("token_starts")).to_numpy()
    ends = begins + pc.utf8_length(pc.list_flatten(tokens)).to_numpy(zero_copy_only=False)
    last = np.cumsum(pc.list_value_length(tokens).to_numpy(zero_copy_only=False))
    plain = rows.drop_columns(["tokens", "token_starts"]).to_pylist()
    found: dict[str, tuple[list[dict[str, Any]], set[int]]] = {}
    low = 0
    for row, high in zip(plain, last.tolist(), strict=True):
        segments, edges = found.setdefault(row["doc_id"], ([], set()))
        segments.append(row)
        edges.update(begins[low:high].tolist(), ends[low:high].tolist())
        low = high
    return found


def _quote(run: Run, segments: dict[str, dict[str, Any]], marks: dict[str, list[Mark]]) -> list[dict[str, Any]]:
    """The characters of the sentences from the documents' text, with their marks; very long ones are cut around the marks."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for seg_id, segment in segments.items():
        wanted[segment["doc_id"]].append(seg_id)
    quoted = []
    for part in run.parts():
        for row in run.table("documents", ["doc_id", "text", "pages"], part=part).to_pylist():
            quoted += [_cut(row, segments[seg_id], sorted(marks[seg_id])) for seg_id in wanted.get(row["doc_id"], [])]
    return sorted(quoted, key=lambda row: (row["doc_id"], row["start"]))


def _cut(document: dict[str, Any], segment: dict[str, Any], marks: list[Mark]) -> dict[str, Any]:
    first, last = marks[0][0], max(mark[1] for mark in marks)
    low = max(segment["start"], first - AROUND)
    high = min(segment["end"], last + AROUND, first + 4 * AROUND)
    return {
        "doc_id": document["doc_id"],
        "start": segment["start"],
        "end": segment["end"],
        "from": low,
        "text": document["text"][low:high],
        "page": bisect_right(document["pages"], first) or None,
        "marks": [mark for mark in marks if mark[1] <= high],
    }
