"""Keyness: how typical a word or code is of one of two sides, how evenly it is spread, and whether chance explains it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

    Draw = Callable[
        [np.random.Generator, int], np.ndarray
    ]  # so many samples → coefficients of documents, (n_samples, n_documents)
    Expected = tuple[np.ndarray, np.ndarray]

FIRST, MORE = 999, 9999  # permutations of all items, and of those that the first ones leave in doubt
IN_DOUBT = 10  # an item that fewer of the first ones reach is in doubt
SURE = 0.01  # the least q that must be within reach
_AT_ONCE = 64  # samples computed together
_MARGIN = 1e-4  # what differs by less is equal but for rounding


def log_odds(
    count_a: "np.ndarray", count_b: "np.ndarray", total_a: float, total_b: float, *, prior: float
) -> tuple["np.ndarray", "np.ndarray"]:
    """Log-odds ratio of each item with an informative Dirichlet prior, and its z; above 0: typical of A.

    δ = ln((y_a + α) / (n_a + α0 - y_a - α)) - ln((y_b + α) / (n_b + α0 - y_b - α)); z = δ / √(1/(y_a + α) + 1/(y_b + α)), where
    α = α0 · (share of the item in A and B together).

    Args:
        count_a, count_b: of each item, (n_items,), weighted ones too.
        total_a, total_b: of everything on a side, items that are not asked for included.
        prior: α0, how many words (or sentences) of both sides together stand before what a side says itself.
    Returns: δ and z, (n_items,); 0 for what neither side has, and what there is nothing but of.
    Source: Monroe, Colaresi & Quinn 2008, Fightin' Words, Political Analysis 16(4), eq. 16 and 19–22.
    """
    import numpy as np

    alpha = prior * (count_a + count_b) / (total_a + total_b)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_a = (count_a + alpha) / (total_a + prior - count_a - alpha)
        of_b = (count_b + alpha) / (total_b + prior - count_b - alpha)
        delta = np.log(of_a) - np.log(of_b)
        z = delta / np.sqrt(1 / (count_a + alpha) + 1 / (count_b + alpha))
    said = np.isfinite(delta)
    return np.where(said, delta, 0.0), np.where(said, z, 0.0)


def log_ratio(count_a: "np.ndarray", count_b: "np.ndarray", total_a: float, total_b: float) -> "np.ndarray":
    """Binary logarithm of the ratio of both rates: 1 is twice, 2 four times as often on A.

    A count of 0 is taken for a half, but never makes more of a side than the other has.

    Source: Hardie 2014, Log Ratio: an informal introduction.
    """
    import numpy as np

    of_a, of_b = (np.where(count > 0, count, 0.5) for count in (count_a, count_b))
    value = np.log2(of_a / total_a) - np.log2(of_b / total_b)
    # half a place of a short text may be a higher rate than many of a long one
    value = np.where(count_a > 0, value, np.minimum(value, 0))
    return np.where(count_b > 0, value, np.maximum(value, 0))


def dispersion(counts: "csr_array", sizes: "np.ndarray") -> "np.ndarray":
    """Gries' deviation of proportions, normalised: 0 where an item is as even as the text, 1 where it stands in the smallest document.

    DP = ½ Σ |share of the item's places - share of the text| over documents; DP_norm = DP / (1 - the least share of the text).

    Args:
        counts: of each item in each document of one side, (n_documents, n_items).
        sizes: of each document, (n_documents,); those of 0 do not count.
    Returns: (n_items,); NaN for what stands nowhere, and where there is one document only.
    Source: Gries 2008, Int. J. of Corpus Linguistics 13(4); normalised as in Lijffijt & Gries 2012, the same 17(1).
    """
    import numpy as np

    shares = sizes / max(sizes.sum(), 1)
    least = shares[shares > 0].min(initial=1)
    totals = counts.sum(axis=0)
    entries = counts.tocoo()
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(entries.data / totals[entries.col] - shares[entries.row])
        # documents without the item add their whole share of the text
        held = np.bincount(entries.col, shares[entries.row], minlength=counts.shape[1])
        value = (np.bincount(entries.col, apart, minlength=counts.shape[1]) + 1 - held) / 2 / (1 - least)
    return np.where((totals > 0) & (least < 1), value, np.nan)


def mantel_haenszel_p(of_a: "csr_array", both: "csr_array", size_a: "np.ndarray", sizes: "np.ndarray") -> "np.ndarray":
    """p of each item having its part of every document's places on A, when places are dealt out at random within documents.

    χ² = (Σ (y_a - E))² / Σ Var with E = n_a y / n, Var = n_a n_b y (n - y) / (n² (n - 1)) of each document; one degree of freedom.

    Args:
        of_a, both: counts on A, and on A and B, (n_documents, n_items).
        size_a, sizes: of the documents on A, and on A and B, (n_documents,); above 0 and below `sizes`.
    Source: Mantel & Haenszel 1959, J. Natl. Cancer Inst. 22(4).
    """
    import numpy as np
    from scipy.special import chdtrc

    excess = of_a.sum(axis=0) - (size_a / sizes) @ both
    factor = size_a * (sizes - size_a) / (sizes**2 * np.maximum(sizes - 1, 1))
    variance = (factor * sizes) @ both - factor @ both.multiply(both)
    with np.errstate(divide="ignore", invalid="ignore"):
        chi = np.where(variance > 0, excess**2 / variance, 0.0)
    return chdtrc(1, chi)


def permutation_p(
    counts: "csr_array", observed: "np.ndarray", draw: "Draw", *, rng: "np.random.Generator", expected: "Expected | None" = None
) -> "np.ndarray":
    """Share of the permutations in which an item differs as much between the sides, (1 + reached) / (1 + made), two-sided.

    The statistic is D = Σ c · count over documents, with coefficients c that make it a difference of rates. It is divided by its
    standard error √(Σ c² · (count - size · rate)²): a side with few documents, or with more uneven ones, is told from a side that says
    something else. 999 permutations are made of all items. Those that fewer than ten reach get 9,999 in all if they are so few
    that Benjamini-Hochberg could find none of them below .01 otherwise.

    Args:
        counts: (n_documents, n_items).
        observed: coefficient of each document as the sides are, (n_documents,).
        draw: makes coefficients of permuted documents.
        expected: size of each document, (n_documents,), and rate of each item on both sides, (n_items,); none where the standard error is
            the same in all permutations.
    Source: Chung & Romano 2013, Exact and asymptotically robust permutation tests, Annals of Statistics 41(2); Phipson & Smyth 2010,
        Stat. Appl. Genet. Mol. Biol. 9(1), for the 1 +; Besag & Clifford 1991, Biometrika 78(2), for stopping early.
    """
    import numpy as np

    if not counts.shape[1]:
        return np.zeros(0)
    reached = _reached(counts, observed, draw, FIRST, rng, expected)
    p = (1 + reached) / (1 + FIRST)
    left = np.flatnonzero(reached < IN_DOUBT)
    if 0 < len(left) < counts.shape[1] / (1 + FIRST) / SURE:
        of_left = (expected[0], expected[1][left]) if expected else None
        more = _reached(counts[:, left], observed, draw, MORE - FIRST, rng, of_left)
        p[left] = (1 + reached[left] + more) / (1 + MORE)
    return p


def _reached(
    counts: "csr_array",
    observed: "np.ndarray",
    draw: "Draw",
    samples: int,
    rng: "np.random.Generator",
    expected: "Expected | None",
) -> "np.ndarray":
    """How many of so many permutations differ by as much as the sides do, (n_items,)."""
    import numpy as np
    from scipy import sparse

    items = sparse.csr_array(counts.T, dtype=np.float32)  # half the time, and exact: these are counts, and ties have a margin
    squares, of_rates = None, np.zeros((counts.shape[1], 0), np.float32)
    if expected:  # (count - size · rate)² is sparse but for size² · rate², which is added to sums
        sizes, rates = expected
        crossed = items.multiply(rates[:, None]).multiply(sizes[None, :])
        squares = sparse.csr_array(items.multiply(items) - 2 * crossed, dtype=np.float32)
        of_rates = (rates**2).astype(np.float32)[:, None]

    def statistics(coefficients: "np.ndarray") -> "np.ndarray":
        """Squares of D over its standard error, (n_items, n_samples)."""
        scaled = coefficients / np.abs(coefficients).max()
        difference = items @ np.ascontiguousarray(scaled.T, np.float32)
        difference *= difference
        if squares is None:
            return difference
        scaled *= scaled
        variance = squares @ np.ascontiguousarray(scaled.T, np.float32)
        variance += of_rates * (scaled @ sizes**2).astype(np.float32)
        return difference / np.maximum(variance, 1e-12)

    seen = statistics(observed[None, :]) * (1 - _MARGIN)
    reached = np.zeros(counts.shape[1], np.int64)
    for done in range(0, samples, _AT_ONCE):
        reached += (statistics(draw(rng, min(_AT_ONCE, samples - done))) >= seen).sum(axis=1)
    return reached
