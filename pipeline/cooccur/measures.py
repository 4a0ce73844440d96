"""How strongly two terms or codes belong together, from the units that hold them, and the links a map shows."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.errors import SettingsError

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array


def association_strength(counts: "csr_array", totals: "np.ndarray", n_units: int, *, min_count: int = 2) -> "csr_array":
    """How much more often two terms meet than chance has it: s_ij = n_ij · N / (n_i · n_j); 1 means "as often as chance".

    Args:
        counts: units holding both terms, sparse (n_terms, n_terms), symmetric, zero diagonal.
        totals: units holding each term, (n_terms,).
        n_units: number of units, N.
        min_count: pairs met in fewer units are left out.
    Returns: sparse (n_terms, n_terms), symmetric.
    Raises SettingsError: min_count is below 1.
    Source: van Eck & Waltman 2009, JASIST 60(8), eq. 6, with the number of units as its constant.
    """
    return _weighed(counts, min_count, lambda n, i, j: n * n_units / (totals[i] * totals[j]))


def equivalence_index(counts: "csr_array", totals: "np.ndarray", n_units: int, *, min_count: int = 2) -> "csr_array":
    """How far two terms occur only together: e_ij = n_ij² / (n_i · n_j), 0 to 1.

    Arguments as for `association_strength`; the number of units does not matter here.
    Source: Callon, Courtial & Laville 1991, Scientometrics 22(1).
    """
    return _weighed(counts, min_count, lambda n, i, j: n * n / (totals[i] * totals[j]))


def backbone(strength: "csr_array", counts: "csr_array", links_per_node: int) -> "csr_array":
    """The links that are among the strongest of one of their ends; of equals the more frequent one, then the first.

    Returns: strengths of the links kept, sparse (n_terms, n_terms), symmetric.
    """
    import numpy as np
    from scipy import sparse

    entries = strength.tocoo()
    frequent = np.asarray(counts[entries.row, entries.col]).reshape(-1)
    # rounded, so that two strengths that differ in the last bit only are equals
    order = np.lexsort((entries.col, -frequent, -entries.data.round(9), entries.row))
    row = entries.row[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    kept = order[place < links_per_node]
    shape = strength.shape
    half = sparse.coo_array((entries.data[kept], (entries.row[kept], entries.col[kept])), shape=shape).tocsr()
    return half.maximum(half.T).tocsr()


def _weighed(counts: "csr_array", min_count: int, weigh: Callable[..., "np.ndarray"]) -> "csr_array":
    """A matrix of the same shape whose entries follow from a count and the numbers of its row and column."""
    from scipy import sparse

    if min_count < 1:
        raise SettingsError(f"min_count = {min_count}: two terms that never meet have no strength; give 1 or more")
    entries = counts.tocoo()
    kept = entries.data >= min_count
    n, row, col = entries.data[kept].astype(float), entries.row[kept], entries.col[kept]
    return sparse.coo_array((weigh(n, row, col), (row, col)), shape=counts.shape).tocsr()
