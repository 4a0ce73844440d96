"""In how many units terms or codes stand, alone and together, for the whole corpus and each period."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.engine import Spread
from pipeline.periods import period_of
from pipeline.store import Run
from pipeline.units import (
    Units,
    count_adjacent,
    counted_documents,
    find_phrases,
    join_phrases,
    read_words,
)

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

WHOLE = "all"  # the period that is all of them, undated documents too
Phrases = list[tuple[str, str]]


@dataclass(frozen=True)
class Counts:
    """Units of one period that hold terms or codes."""

    n_units: int
    totals: "np.ndarray"  # units holding each, (n,)
    together: "csr_array"  # units holding both, (n, n), symmetric, zero diagonal

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.n_units + other.n_units, self.totals + other.totals, self.together + other.together)


def count(run: Run, spread: Spread) -> tuple[dict[str, list[str]], dict[tuple[str, str], Counts]]:
    """Choose the terms and codes of the map and count them, part by part.

    A code counts in a unit if it is tagged there and not negated; quoted ones count.

    Returns: names of each kind (term, code), sorted; counts by period and kind.
    """
    parts, settings = run.parts(), run.settings.cooccur
    adjacent = spread(_adjacent, [(run, part) for part in parts], stage="cooccur")
    phrases = find_phrases(adjacent, min_npmi=settings.phrase_npmi, min_count=settings.phrase_count)
    frequency: Counter[str] = Counter()
    codes: set[str] = set()
    for of_part, codes_of_part in spread(_frequencies, [(run, part, phrases) for part in parts], stage="cooccur"):
        frequency.update(of_part)
        codes |= codes_of_part
    often = sorted(frequency, key=lambda term: (-frequency[term], term))[: settings.terms]
    names = {"term": sorted(term for term in often if frequency[term] >= settings.min_count), "code": sorted(codes)}
    counts: dict[tuple[str, str], Counts] = {}
    for found in spread(_pairs, [(run, part, phrases, names) for part in parts], stage="cooccur"):
        for cell, value in found.items():
            counts[cell] = counts[cell] + value if cell in counts else value
    return names, counts


def pair_counts(unit: "np.ndarray", name: "np.ndarray", n_units: int, n_names: int) -> Counts:
    """Count units holding each name and each pair of names; a name twice in one unit counts once.

    Args:
        unit, name: one entry for each place where a name stands.
    """
    import numpy as np
    from scipy import sparse

    # tocsr adds up the doubles; sum_duplicates would sort the arrays in place
    held = sparse.coo_array((np.ones(len(unit), np.int64), (unit, name)), shape=(n_units, n_names)).tocsr()
    held.data[:] = 1
    both = held.T @ held
    totals = both.diagonal()
    together = both - sparse.diags_array(totals, format="csr", dtype=np.int64)
    together.eliminate_zeros()
    return Counts(n_units, totals, together)


def _adjacent(task: tuple[Run, str]) -> tuple[list[str], "np.ndarray", "np.ndarray", "np.ndarray"]:
    run, part = task
    return count_adjacent(read_words(run, part, run.settings.cooccur)[1])


def _frequencies(task: tuple[Run, str, Phrases]) -> tuple[dict[str, int], set[str]]:
    """Units holding each term, and the codes that occur."""
    import numpy as np

    run, part, phrases = task
    units, words = read_words(run, part, run.settings.cooccur)
    words = join_phrases(words, phrases)
    size = len(words.vocabulary)
    held = np.unique(words.unit * size + words.term) % max(size, 1)
    frequency = dict(zip(words.vocabulary, np.bincount(held, minlength=size).tolist(), strict=True))
    return frequency, set(_codes(run, part, units)[1])


def _pairs(task: tuple[Run, str, Phrases, dict[str, list[str]]]) -> dict[tuple[str, str], Counts]:
    """Counts of one part by period and kind."""
    run, part, phrases, names = task
    units, words = read_words(run, part, run.settings.cooccur)
    words = join_phrases(words, phrases)
    found = {
        "term": _numbered(words.unit, [words.vocabulary[term] for term in words.term.tolist()], names["term"]),
        "code": _numbered(*_codes(run, part, units), names["code"]),
    }
    return {
        (period, kind): pair_counts(row[unit][row[unit] >= 0], name[row[unit] >= 0], int((row >= 0).sum()), len(names[kind]))
        for period, row in _rows_of_periods(run, part, units).items()
        for kind, (unit, name) in found.items()
    }


def _rows_of_periods(run: Run, part: str, units: Units) -> dict[str, "np.ndarray"]:
    """For each period of a part the number of each unit within it, -1 for units of other periods."""
    import numpy as np

    documents = counted_documents(run, part, ["date", "date_precision"]).to_pylist()
    periods = [period_of(row["date"], row["date_precision"], run.settings) for row in documents]
    of_unit = np.array([periods[document] or "" for document in units.document.tolist()], object)
    rows = {WHOLE: np.arange(len(of_unit))}
    for period in sorted({name for name in periods if name}):
        inside = of_unit == period
        rows[period] = np.where(inside, np.cumsum(inside) - 1, -1)
    return rows


def _codes(run: Run, part: str, units: Units) -> tuple["np.ndarray", list[str]]:
    """Where codes stand in a part: unit and code of each tag that counts."""
    import numpy as np
    import pyarrow.compute as pc

    tags = run.table("tags", ["seg_id", "code", "negated"], part=part)
    tags = tags.filter(pc.invert(tags.column("negated")))
    row = pc.index_in(tags.column("seg_id"), units.segments.column("seg_id").combine_chunks())
    inside = pc.is_valid(row)
    return units.of_segment[row.filter(inside).to_numpy().astype(np.int64)], tags.column("code").filter(inside).to_pylist()


def _numbered(unit: "np.ndarray", names: list[str], wanted: list[str]) -> tuple["np.ndarray", "np.ndarray"]:
    """The places of the names wanted, with the number of each name instead of itself."""
    import numpy as np

    place = {name: number for number, name in enumerate(wanted)}
    number = np.array([place.get(name, -1) for name in names], np.int64)
    return unit[number >= 0], number[number >= 0]
