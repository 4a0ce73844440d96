"""The matrix of units and terms that topic models are fitted on, built from parts."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.config import TopicsSettings
from pipeline.engine import Spread
from pipeline.store import Run
from pipeline.units import count_adjacent, find_phrases, join_phrases, read_words

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

MIN_UNITS = 2  # units a term must stand in, whatever min_documents says


@dataclass(frozen=True)
class Corpus:
    """Counts of terms in units; units without any of the terms are left out."""

    counts: "csr_array"  # (n_units, n_terms), float64
    terms: list[str]  # sorted
    documents: list[str]  # doc_ids, sorted
    document: "np.ndarray"  # index in `documents` of each unit, (n_units,)
    min_documents: int  # that was used
    phrases: int  # how many were joined

    @property
    def sizes(self) -> "np.ndarray":
        """Number of terms counted in each unit, (n_units,)."""
        return self.counts.sum(axis=1)


def build(run: Run, spread: Spread) -> Corpus:
    """Count the terms of all parts: phrases are found on the whole, terms are kept by the documents and units they stand in.

    In a small corpus a term need not stand in `min_documents` documents, but in one for each ten documents (at least one).
    """
    settings, parts = run.settings.topics, run.parts()
    adjacent = spread(_adjacent, [(run, part) for part in parts], stage="topics")
    phrases = find_phrases(adjacent, min_npmi=settings.phrase_npmi, min_count=settings.phrase_count)
    counted = list(spread(_count, [(run, part, phrases) for part in parts], stage="topics"))
    return _assembled(counted, settings, len(phrases))


def _assembled(counted: list["_Counted"], settings: TopicsSettings, phrases: int) -> Corpus:
    """The parts as one matrix with the terms that are frequent enough and not too frequent."""
    import numpy as np
    from scipy import sparse

    place = {term: number for number, term in enumerate(sorted({term for part in counted for term in part.terms}))}
    columns = [np.array([place[term] for term in part.terms], np.int64) for part in counted]
    documents = [doc_id for part in counted for doc_id in part.documents]
    min_documents = min(settings.min_documents, max(1, len(documents) // 10))
    in_documents = _summed([part.in_documents for part in counted], columns, len(place))
    in_units = _summed([part.in_units for part in counted], columns, len(place))
    most = settings.max_share * sum(part.counts.shape[0] for part in counted)
    kept = (in_documents >= min_documents) & (in_units >= MIN_UNITS) & (in_units <= most)
    pieces = []
    for part, column in zip(counted, columns, strict=True):
        entries = part.counts.tocoo()
        wide = (entries.data, (entries.row, column[entries.col]))
        pieces.append(sparse.csr_array(wide, shape=(part.counts.shape[0], len(place)))[:, np.flatnonzero(kept)])
    counts = sparse.vstack(pieces, format="csr")
    shift = np.cumsum([0, *(len(part.documents) for part in counted)])
    document = np.concatenate([part.document + before for part, before in zip(counted, shift, strict=False)])
    filled = np.flatnonzero(np.diff(counts.indptr))
    terms = [term for term, keep in zip(place, kept, strict=True) if keep]
    return Corpus(counts[filled], terms, documents, document[filled], min_documents, phrases)


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
    entries = (np.ones(len(words.term)), (words.unit, words.term))
    counts = sparse.coo_array(entries, shape=(len(units.document), size)).tocsr()
    pairs = np.unique(units.document[words.unit] * size + words.term)
    in_documents = np.bincount(pairs % max(size, 1), minlength=size)
    in_units = np.bincount(counts.indices, minlength=size)
    return _Counted(counts, words.vocabulary, units.documents, units.document, in_documents, in_units)


def _summed(values: list["np.ndarray"], columns: list["np.ndarray"], size: int) -> "np.ndarray":
    """Counts of the terms of parts, added up in the columns of the whole."""
    import numpy as np

    total = np.zeros(size, np.int64)
    for value, column in zip(values, columns, strict=True):
        total[column] += value
    return total
