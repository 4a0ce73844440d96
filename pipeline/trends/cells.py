"""How often each word and code stands in each document, apart by the stance of the sentence: what sides are made of."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING, Any

from pipeline.engine import Spread
from pipeline.periods import period_of
from pipeline.store import Run
from pipeline.trends.counting import FACTS, series_of
from pipeline.trends.series import one_version
from pipeline.units import Words, count_adjacent, counted_documents, find_phrases, join_phrases, read_words

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from scipy.sparse import csr_array

STANCES = ("problem", "measure", "description")


@dataclass(frozen=True)
class Cells:
    """Documents that count, sorted by doc_id, and what stands in them. Cell `3 · document + stance` is a row of the counts."""

    documents: list[dict[str, Any]]  # FACTS of each, and its period
    sentences: "np.ndarray"  # (n_documents, n_stances)
    words: "csr_array"  # (n_cells, n_words)
    vocabulary: list[str]  # words and joined phrases, sorted
    codes: "csr_array"  # sentences with each code, (n_cells, n_codes)
    code_names: list[str]  # sorted; a code counts in the code above it too


@dataclass(frozen=True)
class _Part:
    documents: list[dict[str, Any]]
    sentences: "np.ndarray"  # of each cell
    words: Words  # whose units are cells
    code_names: list[str]
    codes: "np.ndarray"  # cell and code of each coded sentence, (2, n_coded)


def count(run: Run, spread: Spread, copied: Collection[str] = ()) -> Cells:
    """Count the words and codes of all documents that are not duplicates, part by part.

    Words are those of topics (`topics.pos`, stop words, phrases): verbs and adjectives tell sides apart as nouns do. Sentences are
    those that count in rates (`trends.kinds`, `trends.leave_out`).

    Args:
        copied: seg_ids of sentences copied from documents of a higher level.
    Raises NotReadyError: the run is not coded yet.
    """
    import numpy as np

    settings = run.settings.topics
    out = frozenset(copied if "copied" in run.settings.trends.leave_out else ())
    parts = list(spread(_read, [(run, part, out) for part in run.parts()], stage="trends"))
    adjacent = (count_adjacent(part.words) for part in parts)
    phrases = find_phrases(adjacent, min_npmi=settings.phrase_npmi, min_count=settings.phrase_count)
    parts = [replace(part, words=join_phrases(part.words, phrases)) for part in parts]
    sizes = [len(part.documents) for part in parts]
    words, vocabulary = _summed([(part.words.vocabulary, part.words.unit, part.words.term) for part in parts], sizes)
    codes, code_names = _summed([(part.code_names, part.codes[0], part.codes[1]) for part in parts], sizes)
    documents = [row for part in parts for row in part.documents]
    counts = one_version(documents, run.settings)
    kept = np.repeat(counts, len(STANCES))
    return Cells(
        documents=[
            row | {"period": period_of(row["date"], row["date_precision"], run.settings)} for row in compress(documents, counts)
        ],
        sentences=np.concatenate([np.zeros(0), *(part.sentences for part in parts)]).reshape(-1, len(STANCES))[counts],
        words=words[np.flatnonzero(kept)],
        vocabulary=vocabulary,
        codes=codes[np.flatnonzero(kept)],
        code_names=code_names,
    )


def _read(task: tuple[Run, str, frozenset[str]]) -> _Part:
    """The words and codes of one part, by cell."""
    import numpy as np

    run, part, copied = task
    settings = run.settings
    units, words = read_words(run, part, settings.topics.model_copy(update={"unit": "sentence", "kinds": settings.trends.kinds}))
    documents = counted_documents(run, part, FACTS[1:]).to_pylist()
    row = np.argsort(units.of_segment)  # the segment of each unit
    cell = _cells(run, part, units.segments, copied) if len(row) else row
    cell = np.where(cell >= 0, units.document[units.of_segment] * len(STANCES) + cell, -1)
    of_word = cell[row[words.unit]]
    kept = of_word >= 0
    words = Words(words.vocabulary, words.term[kept], of_word[kept], words.adjacent[kept])
    sentences = np.bincount(cell[cell >= 0], minlength=len(documents) * len(STANCES))
    names, segment, code = _coded(run, part, units.segments)
    counted = cell[segment] >= 0
    return _Part(documents, sentences, words, names, np.stack([cell[segment][counted], code[counted]]))


def _cells(run: Run, part: str, segments: "pa.Table", copied: frozenset[str]) -> "np.ndarray":
    """Number of the stance of each segment; -1 for those that are left out."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    contexts = run.table("contexts", ["seg_id", "stance", "quoted"], part=part).combine_chunks()
    at = pc.index_in(segments.column("seg_id"), contexts.column("seg_id").combine_chunks())
    found = contexts.take(at.combine_chunks())
    stance = pc.index_in(found.column("stance"), pa.array(STANCES)).fill_null(STANCES.index("description")).to_numpy()
    out = pc.is_in(segments.column("seg_id"), pa.array(sorted(copied), pa.string())).to_numpy()
    if "quoted" in run.settings.trends.leave_out:
        out = out | found.column("quoted").fill_null(False).to_numpy()
    return np.where(out, -1, stance)


def _coded(run: Run, part: str, segments: "pa.Table") -> tuple[list[str], "np.ndarray", "np.ndarray"]:
    """Codes, and segment and code of each coded sentence, which counts once in a code."""
    import numpy as np
    import pyarrow.compute as pc

    tags = run.table("tags", ["seg_id", "code", "negated"], part=part)
    tags = tags.filter(pc.invert(tags.column("negated")))
    at = pc.index_in(tags.column("seg_id"), segments.column("seg_id").combine_chunks()).to_pylist()
    coded = zip(at, tags.column("code").to_pylist(), strict=True)
    found = sorted({(row, name) for row, code in coded if row is not None for name in series_of(code, "", False)})
    names = sorted({name for _, name in found})
    place = {name: number for number, name in enumerate(names)}
    pairs = np.array([(row, place[name]) for row, name in found], np.int64).reshape(-1, 2)
    return names, pairs[:, 0], pairs[:, 1]


def _summed(parts: list[tuple[list[str], "np.ndarray", "np.ndarray"]], documents: list[int]) -> tuple["csr_array", list[str]]:
    """Cells and names of each part as counts of the whole, (n_cells, n_names)."""
    import numpy as np
    from scipy import sparse

    names = sorted({name for vocabulary, _, _ in parts for name in vocabulary})
    place = {name: number for number, name in enumerate(names)}
    rows, columns, first = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for (vocabulary, cell, name), size in zip(parts, documents, strict=True):
        rows.append(cell + first)
        columns.append(np.array([place[one] for one in vocabulary], np.int64)[name])
        first += size * len(STANCES)
    entries = (np.ones(sum(map(len, rows))), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.coo_array(entries, shape=(first, len(names))).tocsr(), names
