"""How often two names meet in one unit: the counting itself, fast enough for millions of sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

CHUNK = 16_000  # units counted at a time; below 2 ** 15, so that counts of a chunk fit into 16 bits
_FREQUENT = 256  # names that are counted as columns of a dense block: they are in most pairs of Zipfian words


@dataclass(frozen=True)
class Counts:
    """Units of one period that hold names of one kind."""

    n_units: int
    totals: "np.ndarray"  # units holding each, (n,)
    together: "csr_array"  # units holding both, (n, n), symmetric, zero diagonal

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.n_units + other.n_units, self.totals + other.totals, self.together + other.together)


def pair_counts(unit: "np.ndarray", name: "np.ndarray", n_units: int, n_names: int) -> Counts:
    """Count units holding each name and each pair of names; a name twice in one unit counts once.

    Args:
        unit, name: one entry for each place where a name stands.
    """
    import numpy as np

    return meetings(chunks(unit, name, n_units, n_names), np.bincount(name, minlength=n_names))


def held_by(unit: "np.ndarray", name: "np.ndarray", n_units: int, n_names: int) -> "csr_array":
    """Which unit holds which name: (n_units, n_names) of booleans, five bytes each entry and four each unit."""
    from scipy import sparse

    blocks = list(chunks(unit, name, n_units, n_names))
    return sparse.vstack(blocks, format="csr") if blocks else sparse.csr_array((0, n_names), dtype=bool)


def rows_of(held: "csr_array") -> Iterator["csr_array"]:
    """The units a chunk at a time."""
    for start in range(0, held.shape[0], CHUNK):
        yield held[start : start + CHUNK]


def chunks(unit: "np.ndarray", name: "np.ndarray", n_units: int, n_names: int) -> Iterator["csr_array"]:
    """Which unit holds which name, a chunk of units at a time, names of a unit in order and each once."""
    import numpy as np
    from scipy import sparse

    if (np.diff(unit) < 0).any():
        order = np.argsort(unit, kind="stable")
        unit, name = unit[order], name[order]
    for start in range(0, n_units, CHUNK):
        low, high = np.searchsorted(unit, np.array([start, start + CHUNK], unit.dtype))
        size = min(CHUNK, n_units - start)
        places = ((unit[low:high] - start).astype(np.int32), name[low:high].astype(np.int32))  # else scipy keeps 64 bits
        # over columns both steps are linear and need no sorting; sum_duplicates would sort the arrays in place
        yield sparse.coo_array((np.ones(high - low, bool), places), shape=(size, n_names)).tocsc().tocsr()


def meetings(held: Iterable["csr_array"], frequency: "np.ndarray") -> Counts:
    """Count pairs of names in chunks of units.

    A pair with one of the most frequent names is counted by multiplying with a dense block of those, any other pair by stepping
    through the units: together several times faster than a sparse product, with n_names² · 4 bytes.

    Args:
        held: of `chunks` or `rows_of`.
        frequency: roughly how often each name is held, (n_names,); decides what is counted how, not the result.
    """
    import numpy as np
    from scipy import sparse

    n_names = len(frequency)
    # numbered by frequency, so that the pairs met most lie side by side in memory
    rank = np.empty(n_names, np.int32)
    rank[np.argsort(-frequency, kind="stable")] = np.arange(n_names)
    both = np.zeros((n_names, n_names), np.int32)
    columns = np.zeros((n_names, min(n_names, _FREQUENT)), np.int32)
    n_units, totals = 0, np.zeros(n_names, np.int64)
    for part in held:
        n_units += part.shape[0]
        totals += np.bincount(part.indices, minlength=n_names)
        ranked = sparse.csr_array((np.ones(part.nnz, np.int16), rank[part.indices], part.indptr), shape=part.shape)
        columns += ranked.T @ ranked[:, : columns.shape[1]].toarray()
        if n_names > _FREQUENT:
            _step_through(ranked, both)
    _mirror(both)
    both[:, :_FREQUENT], both[:_FREQUENT] = columns, columns.T
    np.fill_diagonal(both, 0)
    return Counts(n_units, totals, _sparse(both, rank))


def _step_through(ranked: "csr_array", both: "np.ndarray") -> None:
    """Add the pairs of names that are not frequent to one or the other triangle: neighbours in a unit, then those two apart …"""
    import numpy as np

    at = np.flatnonzero(ranked.indices >= _FREQUENT)  # several times faster than masks, here and below
    name = ranked.indices[at]
    row = name.astype(np.int64 if both.size > 2**31 - 1 else np.int32) * len(both)
    unit = np.repeat(np.arange(ranked.shape[0], dtype=np.int32), np.diff(np.searchsorted(at, ranked.indptr)))
    for step in range(1, len(name)):
        first = np.flatnonzero(unit[step:] == unit[:-step])
        if not len(first):
            break
        np.add.at(both.reshape(-1), row[first] + name[step:][first], np.int32(1))


def _mirror(both: "np.ndarray", size: int = 512) -> None:
    """Add the triangles of a matrix to each other, block by block, without a second matrix."""
    for row in range(0, len(both), size):
        for column in range(0, row + 1, size):
            below, above = both[row : row + size, column : column + size], both[column : column + size, row : row + size]
            whole = below + above.T
            below[:], above[:] = whole, whole.T


def _sparse(both: "np.ndarray", rank: "np.ndarray") -> "csr_array":
    """The entries that are not zero with their names in order; row by row, since scipy makes three arrays of 64 bits of all at once."""
    import numpy as np
    from scipy import sparse

    begins = np.cumsum([0, *(np.count_nonzero(both[row]) for row in rank)]).astype(np.int32)
    column, value = np.empty(begins[-1], np.int32), np.empty(begins[-1], np.int32)
    for row, (low, high) in enumerate(zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True)):
        counts = both[rank[row]][rank]
        column[low:high] = np.flatnonzero(counts)
        value[low:high] = counts[column[low:high]]
    return sparse.csr_array((value, column, begins), shape=both.shape)
