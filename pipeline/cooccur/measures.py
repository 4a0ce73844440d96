"""How strongly two terms or codes belong together, from the units that hold them, and the links a map shows."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.errors import SettingsError
from pipeline.stats import npmi as normalized_pmi
from pipeline.stats import signed_g2

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

    Measure = Callable[..., csr_array]
    Backbone = Callable[[csr_array, csr_array, float], csr_array]

CHANCE = 1e-9  # a strength above chance is more than the last digits of a sum


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
    return _weighed(counts, totals, min_count, lambda n, i, j: n * n_units / (i * j))


def salton(counts: "csr_array", totals: "np.ndarray", n_units: int, *, min_count: int = 2) -> "csr_array":
    """Salton's cosine: c_ij = n_ij / √(n_i · n_j), 0 to 1.

    Arguments as for `association_strength`; the number of units does not matter here.
    Source: Salton & McGill 1983, Introduction to Modern Information Retrieval; Ochiai 1957.
    """
    import numpy as np

    return _weighed(counts, totals, min_count, lambda n, i, j: n / np.sqrt(i * j))


def jaccard(counts: "csr_array", totals: "np.ndarray", n_units: int, *, min_count: int = 2) -> "csr_array":
    """The share of the units with either term that have both: j_ij = n_ij / (n_i + n_j - n_ij), 0 to 1.

    Arguments as for `association_strength`; the number of units does not matter here.
    Source: Jaccard 1901, Bulletin de la Société Vaudoise des Sciences Naturelles 37.
    """
    return _weighed(counts, totals, min_count, lambda n, i, j: n / (i + j - n))


def inclusion(counts: "csr_array", totals: "np.ndarray", n_units: int, *, min_count: int = 2) -> "csr_array":
    """How far the rarer term stands only where the other does: i_ij = n_ij / min(n_i, n_j), 0 to 1.

    Arguments as for `association_strength`; the number of units does not matter here.
    Source: Callon, Law & Rip 1986, Mapping the Dynamics of Science and Technology; Simpson 1943.
    """
    import numpy as np

    return _weighed(counts, totals, min_count, lambda n, i, j: n / np.minimum(i, j))


def equivalence_index(counts: "csr_array", totals: "np.ndarray", n_units: int, *, min_count: int = 2) -> "csr_array":
    """How far two terms occur only together: e_ij = n_ij² / (n_i · n_j), 0 to 1.

    Arguments as for `association_strength`; the number of units does not matter here.
    Source: Callon, Courtial & Laville 1991, Scientometrics 22(1).
    """
    return _weighed(counts, totals, min_count, lambda n, i, j: n * n / (i * j))


def npmi(counts: "csr_array", totals: "np.ndarray", n_units: int, *, min_count: int = 2) -> "csr_array":
    """Normalised pointwise mutual information, above 0 to 1: ln(n_ij N / (n_i n_j)) / -ln(n_ij / N).

    Arguments as for `association_strength`. Pairs that meet as seldom as chance has it or more so are left out: clusters and
    layouts need weights above 0, and of pairs that never meet nothing is counted anyway.
    Source: Bouma 2009; see `stats.npmi`.
    """
    return _weighed(counts, totals, min_count, lambda n, i, j: normalized_pmi(n, i, j, n_units))


def log_likelihood(counts: "csr_array", totals: "np.ndarray", n_units: int, *, min_count: int = 2) -> "csr_array":
    """Log-likelihood ratio of the four cells with and without each term: 2 Σ O ln(O / E), of pairs met more often than chance.

    Arguments as for `association_strength`. It grows with the number of units: it says how sure it is that two terms belong
    together, not how strongly they do. Pairs met as seldom as chance has it or more so, where it is signed below 0, are left out.
    Source: Dunning 1993, Computational Linguistics 19(1); see `stats.signed_g2`.
    """
    return _weighed(counts, totals, min_count, lambda n, i, j: signed_g2(n, j - n, i, n_units - i))


def strongest(strength: "csr_array", counts: "csr_array", limit: float) -> "csr_array":
    """The links that are among the `limit` strongest of one of their ends; of equals the more frequent one, then the first.

    Args:
        strength: from a measure, (n_terms, n_terms), symmetric.
        counts: units holding both terms, of the same shape.
    Returns: strengths of the links kept, sparse (n_terms, n_terms), symmetric.
    """
    import numpy as np

    entries, frequent = strength.tocoo(), _met(strength, counts)
    # rounded, so that two strengths that differ in the last bit only are equals
    order = np.lexsort((entries.col, -frequent, -entries.data.round(9), entries.row))
    row = entries.row[order]
    kept = np.zeros(len(row), bool)
    kept[order] = np.arange(len(row)) - np.searchsorted(row, row) < limit
    return _kept(strength, kept)


def disparity(strength: "csr_array", counts: "csr_array", limit: float) -> "csr_array":
    """The links whose count is too large a share of what one of their ends has for chance: (1 - n_ij / Σ_k n_ik)^(k_i - 1) < limit.

    Arguments and result as for `strongest`. Of counts, not of strengths: the null cuts the sum of the links of a term into k_i
    pieces at random, and strengths, each divided by the frequencies of its own two terms, are not pieces of one sum. All pairs
    that meet are pieces, those without a strength too. A term with one link does not keep it, its other end may.
    Source: Serrano, Boguñá & Vespignani 2009, PNAS 106(16), eq. 2, kept if either end keeps it.
    """
    import numpy as np

    entries, count = strength.tocoo(), _met(strength, counts)
    whole, pieces = counts.sum(axis=1), np.diff(counts.tocsr().indptr)
    return _kept(strength, (1 - count / whole[entries.row]) ** (pieces[entries.row] - 1) < limit)


def min_strength(strength: "csr_array", counts: "csr_array", limit: float) -> "csr_array":
    """The links of strength `limit` or more; arguments and result as for `strongest`."""
    return _kept(strength, strength.tocoo().data >= limit)


MEASURES: dict[str, "Measure"] = {
    "association_strength": association_strength,
    "salton": salton,
    "jaccard": jaccard,
    "inclusion": inclusion,
    "equivalence_index": equivalence_index,
    "npmi": npmi,
    "log_likelihood": log_likelihood,
}
BACKBONES: dict[str, "Backbone"] = {"strongest": strongest, "disparity": disparity, "min_strength": min_strength}


def _weighed(counts: "csr_array", totals: "np.ndarray", min_count: int, weigh: Callable[..., "np.ndarray"]) -> "csr_array":
    """A matrix of the same shape whose entries follow from a count and the totals of its row and column; those above 0."""
    import numpy as np
    from scipy import sparse

    if min_count < 1:
        raise SettingsError(f"min_count = {min_count}: two terms that never meet have no strength; give 1 or more")
    entries = counts.tocoo()
    kept = entries.data >= min_count
    n, row, col = entries.data[kept].astype(float), entries.row[kept], entries.col[kept]
    totals = np.asarray(totals, float)
    # the lower end first, so that both halves are equal to the last digit
    weight = weigh(n, totals[np.minimum(row, col)], totals[np.maximum(row, col)])
    above = weight > CHANCE
    return sparse.coo_array((weight[above], (row[above], col[above])), shape=counts.shape).tocsr()


def _met(strength: "csr_array", counts: "csr_array") -> "np.ndarray":
    """The count of each entry of the strengths, in the order of `tocoo`."""
    import numpy as np

    entries = strength.tocoo()
    if not entries.nnz:  # what is picked at no place is a sparse array
        return np.zeros(0)
    return np.asarray(counts[entries.row, entries.col], float).reshape(-1)


def _kept(strength: "csr_array", kept: "np.ndarray") -> "csr_array":
    """The entries marked, in either half, in the order of `tocoo`."""
    from scipy import sparse

    entries = strength.tocoo()
    half = sparse.coo_array((entries.data[kept], (entries.row[kept], entries.col[kept])), shape=strength.shape).tocsr()
    return half.maximum(half.T).tocsr()
