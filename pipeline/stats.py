"""What several stages compute: collocation strength and bootstrap intervals."""

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


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


def ratio_intervals(
    numerators: "np.ndarray",
    denominators: "np.ndarray",
    strata: "np.ndarray",
    *,
    samples: int,
    rng: "np.random.Generator",
    level: float = 0.95,
) -> tuple["np.ndarray", "np.ndarray"]:
    """Percentile intervals of ratios of sums over documents, by drawing documents with replacement within their stratum.

    A stratum of one document would never vary, so these are pooled into one stratum; if that still holds one document, it
    joins the largest other stratum (of equals, the first).

    Args:
        numerators, denominators: (n_documents, n_series) each.
        strata: stratum of each document, integers, (n_documents,).
        samples: number of bootstrap samples.
    Returns: low and high, (n_series,); NaN where no sample has anything to divide by.
    Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, §3.2 (strata) and §5.3 (percentiles).
    """
    import numpy as np

    values = np.concatenate([numerators, denominators], axis=1)
    sums = np.zeros((samples, values.shape[1]))
    for members in _strata(strata):
        sums += _resampled_sums(values[members], samples, rng)
    above, below = np.split(sums, 2, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = above / below
    empty = np.isnan(ratios).all(axis=0)
    tail = (1 - level) / 2
    low, high = np.nanquantile(np.where(empty, 0, ratios), [tail, 1 - tail], axis=0)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def benjamini_hochberg(p: "np.ndarray") -> "np.ndarray":
    """Each p as the false discovery rate of calling it and all smaller ones a finding; NaN stays NaN and counts for nothing.

    Source: Benjamini & Hochberg 1995, JRSS B 57.
    """
    import numpy as np

    p = np.asarray(p, float)
    q = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    falling = known[np.argsort(-p[known], kind="stable")]
    ranks = np.arange(len(falling), 0, -1)
    q[falling] = np.minimum.accumulate(np.minimum(p[falling] * len(falling) / ranks, 1))
    return q


def _resampled_sums(values: "np.ndarray", samples: int, rng: "np.random.Generator") -> "np.ndarray":
    """Sums of rows drawn with replacement, (samples, n_columns), with at most some 32 MB of draws at a time."""
    import numpy as np

    size = len(values)
    steps = [*range(0, samples, max(1, (1 << 22) // size)), samples]
    draws = [rng.multinomial(size, np.full(size, 1 / size), size=high - low) @ values for low, high in pairwise(steps)]
    return np.concatenate(draws)


def _strata(strata: "np.ndarray") -> list["np.ndarray"]:
    """The documents of each stratum, small ones pooled."""
    import numpy as np

    groups = [np.flatnonzero(strata == name) for name in np.unique(strata)]
    large = [members for members in groups if len(members) > 1]
    alone = [members for members in groups if len(members) == 1]
    if len(alone) == 1 and large:
        host = max(range(len(large)), key=lambda number: (len(large[number]), -number))
        large[host] = np.concatenate([large[host], *alone])
    elif alone:
        large.append(np.concatenate(alone))
    return large
