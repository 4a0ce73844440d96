"""What is counted in the documents of one part: sentences, characters, and where codes, terms and topics stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.store import Run
from pipeline.units import block_of, counted_documents

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FACTS = (
    "doc_id", "title", "doc_number", "date", "date_precision", "issuers_today", "level", "region", "province", "kind", "version_of",
)  # fmt: skip
TERM = "term:"
OWN = "/own"  # a code without the sentences that are copied
# full-width forms stand for the characters they look like, one for one, so that offsets stay
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True)
class Counted:
    """The documents of one part, in order; an entry for each document and each series that stands in it."""

    documents: list[dict[str, Any]]  # FACTS of each
    sentences: "np.ndarray"  # that count, (n_documents,)
    own: "np.ndarray"  # the same without copied ones
    characters: "np.ndarray"  # of the sentences that count
    names: list[str]  # of the series, distinct
    document: "np.ndarray"  # (n_entries,)
    name: "np.ndarray"  # index in `names`
    coded: "np.ndarray"  # sentences
    places: "np.ndarray"  # a sentence may have several
    shares: list[tuple[int, int, float]]  # document, topic, weight
    paragraph: "np.ndarray"  # document of each paragraph with sentences that count, (n_paragraphs,)
    paragraph_sentences: "np.ndarray"
    paragraph_names: list[str]  # codes, then the user's own terms
    paragraph_coded: "np.ndarray"  # sentences with each of them, (n_paragraphs, n_names)


@dataclass(frozen=True)
class _Marks:
    """Where series stand: one entry a place."""

    name: "np.ndarray"
    segment: "np.ndarray"
    start: "np.ndarray"


def series_of(code: str, stance: str, stances: bool) -> list[str]:
    """The series a coded sentence counts in: the code, the codes above it (silos for silos.barrier), each also by stance."""
    levels = code.split(".")
    codes = [".".join(levels[:depth]) for depth in range(1, len(levels) + 1)]
    return codes + ([f"{name}/{stance}" for name in codes] if stances else [])


def count_part(task: tuple[Run, str, frozenset[str] | None]) -> Counted:
    """Count the documents of one part that are not duplicates.

    Args:
        task: the run, the part, and the seg_ids of it that are copied from documents of a higher level; none when nothing in the
            whole run is, for then a code's own rate is its rate.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    run, part, copied = task
    settings = run.settings.trends
    documents = counted_documents(run, part, [*FACTS[1:], "blocks", *(["text"] if settings.terms else [])])
    size = documents.num_rows
    segments = _segments(run, part, documents.column("doc_id"), copied or frozenset())
    ids = segments.column("seg_id").combine_chunks()
    document = pc.index_in(segments.column("doc_id"), documents.column("doc_id").combine_chunks()).to_numpy().astype(np.int64)
    start, end = (segments.column(name).to_numpy() for name in ("start", "end"))
    is_own = ~pc.is_in(ids, pa.array(sorted(copied or ()), pa.string())).to_numpy(zero_copy_only=False)

    names: dict[str, int] = {}
    marks = [*_coded(run, part, ids, names), *_literal(documents, document, start, end, settings.terms, names)]
    found = _joined(marks)
    plain = np.array([not name.startswith(TERM) and "/" not in name for name in names], bool)
    if copied is not None:
        here = plain[found.name] & is_own[found.segment]
        own = np.array([names.setdefault(name + OWN, len(names)) for name in list(names)], np.int64)
        found = _joined([found, _Marks(own[found.name[here]], found.segment[here], found.start[here])])
    segment, name = _distinct(found.segment, found.name)  # a sentence counts once in a series, however many terms it has
    place = _distinct(found.segment, found.name, found.start)
    key, coded = np.unique(document[segment] * max(1, len(names)) + name, return_counts=True)
    _, places = np.unique(document[place[0]] * max(1, len(names)) + place[1], return_counts=True)
    block = block_of(document, start, documents.column("blocks"))
    shown = [one for one, is_code in zip(names, plain, strict=False) if is_code] + [f"{TERM}{term}" for term in settings.terms]
    paragraph, in_it, in_paragraph = _by_paragraph(document, block, segment, name, [names[one] for one in shown])
    return Counted(
        documents=documents.select(list(FACTS)).to_pylist(),
        sentences=np.bincount(document, minlength=size),
        own=np.bincount(document[is_own], minlength=size),
        characters=np.bincount(document, end - start, minlength=size).astype(np.int64),
        names=list(names),
        document=key // max(1, len(names)),
        name=key % max(1, len(names)),
        coded=coded,
        places=places,
        shares=_shares(run, part, documents.column("doc_id").to_pylist()),
        paragraph=paragraph,
        paragraph_sentences=in_it,
        paragraph_names=shown,
        paragraph_coded=in_paragraph,
    )


def _by_paragraph(
    document: "np.ndarray", block: "np.ndarray", segment: "np.ndarray", name: "np.ndarray", shown: list[int]
) -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """Of each paragraph its document, its sentences, and those with each series shown, (n_paragraphs, n_shown).

    Args:
        document, block: of each segment.
        segment, name: distinct, of each segment that a series stands in.
        shown: numbers of series.
    """
    import numpy as np

    (of_document, _), of_segment = np.unique(np.stack([document, block]), axis=1, return_inverse=True)
    of_segment = of_segment.reshape(-1)
    column = np.full(max([*shown, *name.tolist(), 0]) + 1, -1)
    column[shown] = np.arange(len(shown))
    kept = column[name] >= 0
    coded = np.zeros((len(of_document), len(shown)), np.int32)
    np.add.at(coded, (of_segment[segment[kept]], column[name[kept]]), 1)
    return of_document, np.bincount(of_segment, minlength=len(of_document)), coded


def _segments(run: Run, part: str, documents: "pa.ChunkedArray", copied: frozenset[str]) -> "pa.Table":
    """The segments that count: of the kinds set, of documents that count, without what is left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    settings = run.settings.trends
    rows = run.table("segments", ["seg_id", "doc_id", "start", "end", "kind"], part=part)
    counts = pc.and_(
        pc.is_in(rows.column("kind"), pa.array(settings.kinds)), pc.is_in(rows.column("doc_id"), documents.combine_chunks())
    )
    rows = rows.filter(counts)
    out: list[Any] = sorted(copied) if "copied" in settings.leave_out else []
    if "quoted" in settings.leave_out:
        contexts = run.table("contexts", ["seg_id", "quoted"], part=part)
        out += contexts.filter(contexts.column("quoted")).column("seg_id").to_pylist()
    return rows.filter(pc.invert(pc.is_in(rows.column("seg_id"), pa.array(out, pa.string())))) if out else rows


def _coded(run: Run, part: str, segments: "pa.Array", names: dict[str, int]) -> Iterator[_Marks]:
    """Where codes stand, each by its series, and the terms of the codebook; denied ones do not count."""
    import numpy as np
    import pyarrow.compute as pc

    tags = run.table("tags", ["seg_id", "code", "stance", "term", "start", "negated"], part=part)
    tags = tags.filter(pc.and_(pc.invert(tags.column("negated")), pc.is_in(tags.column("seg_id"), segments)))
    segment = pc.index_in(tags.column("seg_id"), segments).to_numpy().astype(np.int64)
    start = tags.column("start").to_numpy()
    keys = pc.binary_join_element_wise(tags.column("code"), tags.column("stance"), "/")
    for key, rows in _rows_of(keys):
        code, _, stance = key.rpartition("/")
        for name in series_of(code, stance, run.settings.trends.stances):
            yield _marks(names, name, segment[rows], start[rows])
    own = {f"{TERM}{term}" for term in run.settings.trends.terms}  # counted as characters, whatever the codebook makes of them
    for term, rows in _rows_of(tags.column("term")):
        if f"{TERM}{term}" not in own:
            yield _marks(names, f"{TERM}{term}", segment[rows], start[rows])


def _rows_of(column: "pa.ChunkedArray") -> Iterator[tuple[str, "np.ndarray"]]:
    """The distinct values of a column, sorted, and the rows of each."""
    import numpy as np

    encoded = column.combine_chunks().dictionary_encode()
    index = encoded.indices.fill_null(-1).to_numpy()
    for number, value in sorted(enumerate(encoded.dictionary.to_pylist()), key=lambda pair: pair[1]):
        yield value, np.flatnonzero(index == number)


def _literal(
    documents: "pa.Table",
    document: "np.ndarray",
    start: "np.ndarray",
    end: "np.ndarray",
    terms: Iterable[str],
    names: dict[str, int],
) -> Iterator[_Marks]:
    """Where the user's own terms stand, in segments that count; upper and lower case, full and half width are the same."""
    import numpy as np

    texts = [text.translate(_PLAIN) for text in documents.column("text").to_pylist()] if terms else []
    edges = np.searchsorted(document, np.arange(len(texts) + 1))
    for term in dict.fromkeys(terms):
        segments, starts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for number, text in enumerate(texts):
            at = np.array(_places(text, term.translate(_PLAIN)), np.int64)
            low, high = edges[number : number + 2]
            segment = np.searchsorted(start[low:high], at, side="right") - 1 + low
            inside = (
                (segment >= low) & (at + len(term) <= end[np.minimum(segment, len(end) - 1)])
                if high > low
                else np.zeros(len(at), bool)
            )
            segments.append(segment[inside])
            starts.append(at[inside])
        yield _marks(names, f"{TERM}{term}", np.concatenate(segments), np.concatenate(starts))


def _places(text: str, term: str) -> list[int]:
    places, at = [], text.find(term)
    while at >= 0:
        places.append(at)
        at = text.find(term, at + len(term))
    return places


def _marks(names: dict[str, int], name: str, segment: "np.ndarray", start: "np.ndarray") -> _Marks:
    import numpy as np

    return _Marks(np.full(len(segment), names.setdefault(name, len(names)), np.int64), segment, start)


def _joined(marks: list[_Marks]) -> _Marks:
    import numpy as np

    none = np.zeros(0, np.int64)
    return _Marks(*(np.concatenate([none, *(getattr(one, name) for one in marks)]) for name in ("name", "segment", "start")))


def _distinct(*columns: "np.ndarray") -> "np.ndarray":
    """The distinct rows of some columns, (n_columns, n_rows)."""
    import numpy as np

    order = np.lexsort(columns)
    rows = np.stack(columns)[:, order]
    first = np.ones(rows.shape[1], bool)
    first[1:] = (rows[:, 1:] != rows[:, :-1]).any(axis=0)
    return rows[:, first]


def _shares(run: Run, part: str, documents: list[str]) -> list[tuple[int, int, float]]:
    place = {doc_id: number for number, doc_id in enumerate(documents)}
    rows = run.table("doc_topics", part=part).to_pylist()
    return [(place[row["doc_id"]], row["topic"], row["weight"]) for row in rows if row["doc_id"] in place]
