"""What several stages compute: collocation strength, rates under the bootstrap, their intervals, false discovery rates."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


LEAST_FREEDOM = (
    3  # degrees of freedom of an interval: fewer, where one document is most of a cell, give t of 4 to 13 and hold no more
)


def npmi(joint: "np.ndarray", first: "np.ndarray", second: "np.ndarray", total: float) -> "np.ndarray":
    """How far two things meet more often than chance: ln(p12 / (p1 p2)) / -ln p12; 1 always together, 0 chance, -1 never.

    Args:
        joint: counts of both together; `first` and `second` of each alone, all of one shape.
        total: number of units.
    Source: Bouma 2009, Normalized (pointwise) mutual information in collocation extraction.
    """
    import numpy as np

    joint = np.asarray(joint, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(joint * total / (np.asarray(first, float) * second)) / -np.log(joint / total)
    # the limits: never together is -1; together in every unit there is, 0/0, is 1
    return np.where(joint == 0, -1.0, np.where(joint == total, 1.0, value))


def signed_g2(count_a: "np.ndarray", count_b: "np.ndarray", total_a: float, total_b: float) -> "np.ndarray":
    """Log-likelihood ratio of the four cells item / anything else × A / B, below 0 where B has more: 2 Σ O ln(O / E).

    Source: Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence, Computational Linguistics 19(1).
    """
    import numpy as np

    whole = total_a + total_b
    held = count_a + count_b
    cells = [
        (count_a, held * total_a), (count_b, held * total_b),
        (total_a - count_a, (whole - held) * total_a), (total_b - count_b, (whole - held) * total_b),
    ]  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = [np.where(seen > 0, seen * np.log(seen * whole / expected), 0.0) for seen, expected in cells]
    value = np.maximum(2 * np.sum(terms, axis=0), 0)
    return np.where(count_a * total_b >= count_b * total_a, value, -value)


def rate(above: "np.ndarray", below: "np.ndarray") -> "np.ndarray":
    """Sums as a rate, NaN where there is nothing to divide by: the one place where a rate is made, so the one to correct it in."""
    import numpy as np

    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=np.asarray(below) > 0)


def resampled_ratios(
    numerators: "np.ndarray", denominators: "np.ndarray", strata: "np.ndarray", *, samples: int, rng: "np.random.Generator"
) -> "np.ndarray":
    """Ratios of sums over documents under the rescaled bootstrap within strata.

    Of a stratum of n documents n - 1 are drawn with replacement and weighted by n / (n - 1): n out of n would make the variance
    (n - 1) / n of what it is. A stratum of one document would never vary, so these are pooled into one stratum; if that still
    holds one document, it joins the largest other stratum (of equals, the first).

    Args:
        numerators, denominators: (n_documents, n_columns) each.
        strata: stratum of each document, integers, (n_documents,).
    Returns: (samples, n_columns); NaN where a sample has nothing to divide by, and everywhere if there is but one document.
    Source: Rao & Wu 1988, Resampling inference with complex survey data, JASA 83, with m = n - 1.
    """
    import numpy as np

    occurs = np.flatnonzero(numerators.any(axis=0))
    changes = (denominators[:, 1:] != denominators[:, :-1]).any(axis=0)
    first = np.flatnonzero(np.concatenate([[True], changes])) if denominators.shape[1] else np.zeros(0, int)
    sums = _resampled_sums(np.concatenate([numerators[:, occurs], denominators[:, first]], axis=1), _pooled(strata), samples, rng)
    above = np.zeros((samples, numerators.shape[1]))
    above[:, occurs] = sums[:, : len(occurs)]
    return rate(above, sums[:, len(occurs) :][:, np.concatenate([[0], np.cumsum(changes)])[: denominators.shape[1]]])


def ratio_intervals(
    numerators: "np.ndarray",
    denominators: "np.ndarray",
    strata: "np.ndarray",
    ratios: "np.ndarray",
    *,
    limits: "np.ndarray | float" = float("inf"),
    level: float = 0.95,
) -> tuple["np.ndarray", "np.ndarray"]:
    """Intervals of ratios of sums over documents: score intervals with the variance of the bootstrap and t for the normal.

    The variance v of a rate r is taken to grow with the true rate θ as that of a count does: the interval is all θ with
    (r - θ)² ≤ t² v · θ (1 - θ / limit) / (r (1 - r / limit)). It never leaves 0 to limit and, for documents alike in length that
    hold something or do not, is Wilson's. t has (Σ v_h)² / Σ (v_h² / d_h) degrees of freedom, where v_h is the linearised
    variance of stratum h and d_h + 1 its effective number of documents, (Σ b)² / Σ b² of their denominators b.

    Args:
        numerators, denominators, strata: as for `resampled_ratios`, which made `ratios`, (samples, n_columns).
        limits: what each ratio cannot exceed, (n_columns,) or one for all.
    Returns: low and high, (n_columns,); NaN where the ratio is 0, at its limit, or the same in all samples.
    Source: Wilson 1927, JASA 22; for sampling variances Dean & Pagano 2015, J. Survey Statistics and Methodology 3;
    Satterthwaite 1946, Biometrics Bulletin 2.
    """
    import numpy as np
    from scipy.special import stdtrit

    value, variance = rate(numerators.sum(axis=0), denominators.sum(axis=0)), _variances(ratios)
    t = stdtrit(_freedom(numerators - value * denominators, denominators, _pooled(strata)), (1 + level) / 2)
    # but for the last digits of a sum: not at the limit, and not always the same
    varies = (value > 0) & (value < limits * (1 - 1e-12)) & (variance > 1e-20 * value**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        stretch = np.where(varies, t**2 * variance / (value * (1 - value / limits)), np.nan)
    middle, half = value + stretch / 2, np.sqrt(stretch * (stretch / 4 + value * (1 - value / limits)))
    return (middle - half) / (1 + stretch / limits), (middle + half) / (1 + stretch / limits)


def benjamini_hochberg(p: "np.ndarray") -> "np.ndarray":
    """The least false discovery rate at which each p of a family counts as found: min over p_j ≥ p_i of p_j n / rank_j, at most 1.

    Args:
        p: p-values, (n,); NaN, where nothing was tested, stays NaN and does not count.
    Source: Benjamini & Hochberg 1995, J. Royal Statistical Society B 57.
    """
    import numpy as np

    p = np.asarray(p, float)
    tested = np.flatnonzero(~np.isnan(p))
    falling = tested[np.argsort(-p[tested], kind="stable")]
    q = np.full(p.shape, np.nan)
    q[falling] = np.minimum.accumulate(np.minimum(p[falling] * len(falling) / np.arange(len(falling), 0, -1), 1))
    return q


def seeded(*names: object) -> "np.random.Generator":
    """Random numbers that follow from what they are for, so that neither order nor jobs change them."""
    import hashlib

    import numpy as np

    name = "|".join(map(str, names))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


def _resampled_sums(values: "np.ndarray", strata: "np.ndarray", samples: int, rng: "np.random.Generator") -> "np.ndarray":
    """Weighted sums of rows drawn within strata 0, 1, …, (samples, n_columns), with some 8 MB of draws at a time."""
    import numpy as np

    order, size = np.argsort(strata, kind="stable"), np.bincount(strata)
    start, values = np.cumsum(size) - size, values[order]
    first, among = np.repeat(start, size - 1), np.repeat(size, size - 1)  # of each draw
    weight = np.repeat(size / np.maximum(size - 1, 1), size)
    sums = np.empty((samples, values.shape[1]))
    step = max(1, (1 << 20) // len(values))
    for begin in range(0, samples, step):
        rows = min(step, samples - begin)
        drawn = first + (rng.random((rows, len(first))) * among).astype(np.int64) + len(values) * np.arange(rows)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * len(values)).reshape(rows, -1)
        sums[begin : begin + rows] = (times * weight) @ values
    return sums


def _freedom(residuals: "np.ndarray", denominators: "np.ndarray", strata: "np.ndarray") -> "np.ndarray":
    """Satterthwaite's degrees of freedom of the linearised variance over strata 0, 1, …, (n_columns,)."""
    import numpy as np

    order, size = np.argsort(strata, kind="stable"), np.bincount(strata)
    residuals, denominators = residuals[order], denominators[order]
    start, n = np.cumsum(size) - size, size[:, None]
    away = residuals - np.repeat(np.add.reduceat(residuals, start) / n, size, axis=0)
    variance = n / np.maximum(n - 1, 1) * np.add.reduceat(away**2, start)
    squares = np.add.reduceat(denominators**2, start)
    effective = np.add.reduceat(denominators, start) ** 2 / np.where(squares > 0, squares, 1)
    below = (variance**2 / np.maximum(effective - 1, 1)).sum(axis=0)
    return np.maximum(variance.sum(axis=0) ** 2 / np.where(below > 0, below, 1), LEAST_FREEDOM)


def _variances(ratios: "np.ndarray") -> "np.ndarray":
    """Of each column, over the samples that have a ratio; NaN where none has."""
    import numpy as np

    variances = ratios.var(axis=0)
    partly = np.isnan(variances) & ~np.isnan(ratios).all(axis=0)
    variances[partly] = np.nanvar(ratios[:, partly], axis=0)
    return variances


def _pooled(strata: "np.ndarray") -> "np.ndarray":
    """The stratum of each document as a number from 0, those of one document pooled."""
    import numpy as np

    _, number, size = np.unique(strata, return_inverse=True, return_counts=True)
    alone = size[number] == 1
    number = np.where(alone, np.argmax(size) if alone.sum() == 1 else len(size), number)
    return np.unique(number, return_inverse=True)[1]
