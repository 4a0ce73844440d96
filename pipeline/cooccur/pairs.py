"""How often two names meet in one unit: the counting itself, fast enough for millions of sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

CHUNK = 32_000  # units counted at a time; below 2 ** 15, so that counts of a chunk fit into 16 bits
_FREQUENT = 192  # names that are counted as columns of a dense block: they are in most pairs of Zipfian words


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
        places = (unit[low:high] - unit.dtype.type(start), name[low:high])
        # over columns both steps are linear and need no sorting; sum_duplicates would sort the arrays in place
        yield sparse.coo_array((np.ones(high - low, bool), places), shape=(size, n_names)).tocsc().tocsr()


def meetings(held: Iterable["csr_array"], frequency: "np.ndarray") -> Counts:
    """Count pairs of names in chunks of units.

    A pair with one of the most frequent names is counted by multiplying with a dense block of those, any other pair by stepping
    through its units: together several times faster than a sparse product, with n_names² · 4 bytes.

    Args:
        held: of `chunks` or `rows_of`.
        frequency: roughly how often each name is held, (n_names,); decides what is counted how, not the result.
    """
    import numpy as np

    n_names = len(frequency)
    often = np.sort(np.argsort(-frequency, kind="stable")[:_FREQUENT])
    seldom = np.ones(n_names, bool)
    seldom[often] = False
    both = np.zeros((n_names, n_names), np.int32)
    columns = np.zeros((n_names, len(often)), np.int32)
    n_units = 0
    for part in held:
        n_units += part.shape[0]
        block = part[:, often].toarray().astype(np.int16)
        columns += part.astype(np.int16).T @ block
        if len(often) < n_names:
            _step_through(part, seldom, both)
    totals = np.zeros(n_names, np.int64)
    totals[often] = columns[often, np.arange(len(often))]
    totals += np.diagonal(both)
    np.fill_diagonal(both, 0)
    _mirror(both)
    both[:, often], both[often] = columns, columns.T
    np.fill_diagonal(both, 0)
    return Counts(n_units, totals, _sparse(both))


def _step_through(part: "csr_array", wanted: "np.ndarray", both: "np.ndarray") -> None:
    """Add the pairs of the names wanted, first name before second, and each with itself, to the counts."""
    import numpy as np

    kept = wanted[part.indices]
    name = part.indices[kept].astype(np.int64 if both.size > 2**31 - 1 else np.int32)
    unit = np.repeat(np.arange(part.shape[0], dtype=np.int32), np.diff(part.indptr))[kept]
    flat, step, at = both.reshape(-1), 0, np.arange(len(name), dtype=np.int32)
    while len(at):
        np.add.at(flat, name[at] * both.shape[0] + name[at + step], np.int32(1))
        step += 1
        at = at[: np.searchsorted(at, len(name) - step)]
        at = at[unit[at] == unit[at + step]]


def _mirror(both: "np.ndarray", size: int = 512) -> None:
    """Make an upper triangle symmetric, block by block, without a second matrix."""
    for row in range(0, len(both), size):
        for column in range(0, row + 1, size):
            below, above = both[row : row + size, column : column + size], both[column : column + size, row : row + size]
            whole = below + above.T
            below[:], above[:] = whole, whole.T


def _sparse(both: "np.ndarray") -> "csr_array":
    """The entries of a matrix that are not zero, row by row; scipy's own way makes three arrays of 64 bits."""
    import numpy as np
    from scipy import sparse

    ends = np.cumsum(np.count_nonzero(both, axis=1))
    begins = np.concatenate([[0], ends]).astype(np.int32)
    column, value = np.empty(begins[-1], np.int32), np.empty(begins[-1], np.int32)
    for row, (low, high) in enumerate(zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True)):
        column[low:high] = np.flatnonzero(both[row])
        value[low:high] = both[row, column[low:high]]
    return sparse.csr_array((value, column, begins), shape=both.shape)
