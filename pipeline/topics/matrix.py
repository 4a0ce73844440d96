"""The matrix of units and terms that topic models are fitted on, built from parts."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.engine import Spread
from pipeline.store import Run
from pipeline.units import Units, count_adjacent, find_phrases, join_phrases, read_words

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

MIN_UNITS = 2  # units a term must stand in, whatever min_documents says


@dataclass(frozen=True)
class Corpus:
    """Counts of terms in units; units without any of the terms are left out."""

    counts: "csr_array"  # (n_units, n_terms), float32: half the memory
    terms: list[str]  # sorted
    documents: list[str]  # doc_ids, sorted
    document: "np.ndarray"  # index in `documents` of each unit, (n_units,)
    min_documents: int  # that was used
    phrases: list[tuple[str, str]]  # that were joined
    codes: list[str]  # that any unit is tagged with, sorted
    tags: "csr_array"  # tags of each code in each unit, not negated ones, (n_units, n_codes)
    spans: "np.ndarray"  # first and last segment of each unit in the text: start, end, (n_units, 2)

    @property
    def sizes(self) -> "np.ndarray":
        """Number of terms counted in each unit, (n_units,)."""
        return self.counts.sum(axis=1)

    @cached_property
    def distinct(self) -> tuple["csr_array", "np.ndarray"]:
        """`distinct` of the counts, found once: it looks at every unit."""
        return distinct(self.counts)

    def by_document(self) -> "csr_array":
        """Adds up what is of units over their documents, (n_documents, n_units)."""
        import numpy as np
        from scipy import sparse

        n_units = len(self.document)
        entries = (np.ones(n_units), (self.document, np.arange(n_units)))
        return sparse.csr_array(entries, shape=(len(self.documents), n_units))


def build(run: Run, spread: Spread, known: "tuple[list[str], list[tuple[str, str]]] | None" = None) -> Corpus:
    """Count the terms of all parts: phrases are found on the whole, terms are kept by the documents and units they stand in.

    In a small corpus a term need not stand in `min_documents` documents, but in one for each ten documents (at least one).

    Args:
        known: terms and phrases of a model that there is already: only these are counted.
    """
    settings, parts = run.settings.topics, run.parts()
    if known is None:
        adjacent = spread(_adjacent, [(run, part) for part in parts], stage="topics")
        phrases = find_phrases(adjacent, min_npmi=settings.phrase_npmi, min_count=settings.phrase_count)
    else:
        phrases = known[1]
    counted = list(spread(_count, [(run, part, phrases) for part in parts], stage="topics"))
    documents = sum(len(part.documents) for part in counted)
    least = min(settings.min_documents, max(1, documents // 10))
    terms = _frequent(counted, least, settings.max_share) if known is None else known[0]
    return _assembled(counted, terms, least, phrases)


def _frequent(counted: list["_Counted"], min_documents: int, max_share: float) -> list[str]:
    """The terms that are frequent enough and not too frequent, sorted."""
    import numpy as np

    place = {term: number for number, term in enumerate(sorted({term for part in counted for term in part.terms}))}
    columns = [np.array([place[term] for term in part.terms], np.int64) for part in counted]
    in_documents = _summed([part.in_documents for part in counted], columns, len(place))
    in_units = _summed([part.in_units for part in counted], columns, len(place))
    most = max_share * sum(part.counts.shape[0] for part in counted)
    kept = (in_documents >= min_documents) & (in_units >= MIN_UNITS) & (in_units <= most)
    return [term for term, keep in zip(place, kept, strict=True) if keep]


def _assembled(counted: list["_Counted"], terms: list[str], least: int, phrases: list[tuple[str, str]]) -> Corpus:
    """The parts as one matrix with these terms."""
    import numpy as np
    from scipy import sparse

    codes = sorted({code for part in counted for code in part.codes})
    counts = sparse.vstack([_onto(part.counts, part.terms, terms) for part in counted], format="csr")
    tags = sparse.vstack([_onto(part.tags, part.codes, codes) for part in counted], format="csr")
    shift = np.cumsum([0, *(len(part.documents) for part in counted)])
    document = np.concatenate([part.document + before for part, before in zip(counted, shift, strict=False)])
    spans = np.concatenate([part.spans for part in counted])
    documents = [doc_id for part in counted for doc_id in part.documents]
    filled = np.flatnonzero(np.diff(counts.indptr))
    return Corpus(counts[filled], terms, documents, document[filled], least, phrases, codes, tags[filled], spans[filled])


def _onto(values: "csr_array", names: list[str], wanted: list[str]) -> "csr_array":
    """The same columns in the order of `wanted`; those not wanted are left out, those missing are empty."""
    import numpy as np
    from scipy import sparse

    place = {name: at for at, name in enumerate(wanted)}
    column = np.array([place.get(name, -1) for name in names], np.int64)
    entries = values.tocoo()
    kept = column[entries.col] >= 0 if len(column) else np.zeros(0, bool)
    where = (entries.row[kept], column[entries.col[kept]])
    return sparse.coo_array((entries.data[kept], where), shape=(values.shape[0], len(wanted))).tocsr()


def distinct(counts: "csr_array") -> tuple["csr_array", "np.ndarray"]:
    """The distinct rows, first ones first, and which of them each row is: a notice repeated in every document counts once.

    Returns: counts (n_distinct, n_terms) and indices (n_units,).
    """
    import numpy as np

    counts = counts.copy()  # sorting is in place
    counts.sort_indices()
    places: dict[bytes, int] = {}
    row_of, first = [], []
    for row, (low, high) in enumerate(pairwise(counts.indptr.tolist())):
        content = counts.indices[low:high].tobytes() + counts.data[low:high].tobytes()
        if content not in places:
            first.append(row)
        row_of.append(places.setdefault(content, len(places)))
    return counts[first], np.array(row_of, np.int64)


@dataclass(frozen=True)
class _Counted:
    """The counts of one part."""

    counts: "csr_array"
    terms: list[str]
    documents: list[str]
    document: "np.ndarray"
    in_documents: "np.ndarray"
    in_units: "np.ndarray"
    codes: list[str]
    tags: "csr_array"
    spans: "np.ndarray"


def _adjacent(task: tuple[Run, str]) -> tuple[list[str], "np.ndarray", "np.ndarray", "np.ndarray"]:
    run, part = task
    return count_adjacent(read_words(run, part, run.settings.topics)[1])


def _count(task: tuple[Run, str, list[tuple[str, str]]]) -> _Counted:
    import numpy as np
    from scipy import sparse

    run, part, phrases = task
    units, words = read_words(run, part, run.settings.topics)
    words = join_phrases(words, phrases)
    size = len(words.vocabulary)
    entries = (np.ones(len(words.term), np.float32), (words.unit, words.term))  # exact up to 16 million
    counts = sparse.coo_array(entries, shape=(len(units.document), size)).tocsr()
    pairs = np.unique(units.document[words.unit] * size + words.term)
    in_documents = np.bincount(pairs % max(size, 1), minlength=size)
    in_units = np.bincount(counts.indices, minlength=size)
    codes, tags = _tagged(run, part, units)
    return _Counted(counts, words.vocabulary, units.documents, units.document, in_documents, in_units, codes, tags, _spans(units))


def _tagged(run: Run, part: str, units: Units) -> tuple[list[str], "csr_array"]:
    """Codes, and tags of each in each unit."""
    import numpy as np
    import pyarrow.compute as pc
    from scipy import sparse

    tags = run.table("tags", ["seg_id", "code", "negated"], part=part)
    tags = tags.filter(pc.invert(tags.column("negated")))
    row = pc.index_in(tags.column("seg_id"), units.segments.column("seg_id").combine_chunks())
    inside = pc.is_valid(row)
    unit = units.of_segment[row.filter(inside).to_numpy().astype(np.int64)]
    names = tags.column("code").filter(inside).to_pylist()
    codes = sorted(set(names))
    place = {code: at for at, code in enumerate(codes)}
    column = np.array([place[name] for name in names], np.int64)
    entries = (np.ones(len(unit)), (unit, column))
    return codes, sparse.coo_array(entries, shape=(len(units.document), len(codes))).tocsr()


def _spans(units: Units) -> "np.ndarray":
    """Where each unit starts and ends in the text of its document."""
    import numpy as np

    starts, ends = (units.segments.column(name).to_numpy() for name in ("start", "end"))
    first, last = np.full(len(units.document), np.iinfo(np.int64).max), np.zeros(len(units.document), np.int64)
    np.minimum.at(first, units.of_segment, starts)
    np.maximum.at(last, units.of_segment, ends)
    return np.stack([first, last], axis=1)


def _summed(values: list["np.ndarray"], columns: list["np.ndarray"], size: int) -> "np.ndarray":
    """Counts of the terms of parts, added up in the columns of the whole."""
    import numpy as np

    total = np.zeros(size, np.int64)
    for value, column in zip(values, columns, strict=True):
        total[column] += value
    return total
