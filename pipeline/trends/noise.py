"""Series in which nothing changes though neighbouring periods resemble each other: how rarely would one look like this?"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.stats import seeded

if TYPE_CHECKING:
    import numpy as np

SIMULATED = 12_000  # series without change; twice as many where the noise of sampling documents is known
NEAREST = 1_500  # of them that an observed one is held against
HIGHEST = (0.7, 0.9)  # autocorrelation they are drawn with, uniform from 0: where that noise is not known, and where it is
BINS = 6  # of the share of the variance that sampling documents explains
TAIL = 0.05  # of the nearest ones, which the exponential beyond them is fitted to


@dataclass(frozen=True)
class Simulated:
    """Series without change."""

    values: "np.ndarray"  # (n_series, n), of variance 1
    sampling: "np.ndarray"  # the part of it that comes of sampling documents, 0 when unknown, (n_series,)


@dataclass(frozen=True)
class Look:
    """What is seen of series; arrays are (n_series,)."""

    autocorrelation: "np.ndarray"  # of successive residuals
    sampled: "np.ndarray"  # share of their variance that sampling documents explains, 0 when unknown
    statistic: "np.ndarray"  # logarithm of a likelihood ratio


@dataclass(frozen=True)
class Null:
    """How simulated series look: in bins of rising `sampled`, each sorted by autocorrelation."""

    edges: "np.ndarray"  # of `sampled` between the bins, (n_bins - 1,)
    autocorrelation: "np.ndarray"  # (n_bins, n_series / n_bins)
    statistic: "np.ndarray"  # the same


@lru_cache(8)
def simulated(n: int, seed: int, known: bool) -> Simulated:
    """Gaussian AR(1) series with coefficients between 0 and `HIGHEST`, white noise of sampling mixed in when that is known."""
    import numpy as np

    rng = seeded(seed, "no change", n)
    count = SIMULATED * (1 + known)
    coefficient = rng.uniform(0, HIGHEST[known], count)
    series = rng.standard_normal((n, count))
    fresh = np.sqrt(1 - coefficient**2)
    for at in range(1, n):
        series[at] = coefficient * series[at - 1] + fresh * series[at]
    sampling = rng.uniform(0, 1, count) ** 1.5 if known else np.zeros(count)
    if known:
        series = np.sqrt(1 - sampling) * series + np.sqrt(sampling) * rng.standard_normal((n, count))
    return Simulated(np.ascontiguousarray(series.T), sampling)


def lag_one(residuals: "np.ndarray") -> "np.ndarray":
    """Autocorrelation of successive residuals, (n_series, n) → (n_series,); 0 where there are none left."""
    import numpy as np

    square = (residuals**2).sum(axis=1)
    product = (residuals[:, 1:] * residuals[:, :-1]).sum(axis=1)
    return np.divide(product, square, out=np.zeros(len(square)), where=square > 0)


def null(look: Look) -> Null:
    """The null distribution that simulated series make."""
    import numpy as np

    bins = BINS if look.sampled.any() else 1
    rows = np.argsort(look.sampled, kind="stable").reshape(bins, -1)
    edges = look.sampled[rows[1:, 0]]
    inner = np.argsort(look.autocorrelation[rows], axis=1, kind="stable")
    rows = np.take_along_axis(rows, inner, axis=1)
    return Null(edges, look.autocorrelation[rows], look.statistic[rows])


def judged(null_of: Callable[[bool], Null], look: Look, alpha: float) -> tuple["np.ndarray", "np.ndarray"]:
    """How often series without change that look alike reach a statistic, and the one that a share `alpha` of them exceeds.

    Alike is as much estimated autocorrelation and as much variance explained by sampling documents. As the coefficients of
    the simulated ones are spread, this allows for not knowing the coefficient, which no estimate from few periods tells.

    Args:
        null_of: the null distribution with the noise of sampling known, or not.
    Returns: p and the critical value, (n_series,) each.
    Source: Beaumont, Zhang & Balding 2002, Genetics 162(4) (simulated ones accepted by nearness of summary statistics).
    """
    import numpy as np

    p, critical = np.ones(len(look.statistic)), np.zeros(len(look.statistic))
    for known in (False, True):
        here = np.flatnonzero((look.sampled > 0) == known)
        if len(here):
            near = _nearest(null_of(known), look, here)
            p[here] = _reached(near, look.statistic[here])
            critical[here] = near[:, -int(alpha * NEAREST) - 1]
    return p, critical


def _nearest(null: Null, look: Look, here: "np.ndarray") -> "np.ndarray":
    """Statistics of the `NEAREST` simulated series, sorted, (n_series, NEAREST)."""
    import numpy as np

    near = np.zeros((len(here), NEAREST))
    bins = np.searchsorted(null.edges, look.sampled[here], side="right")
    for number in np.unique(bins):
        rows = np.flatnonzero(bins == number)
        at = np.searchsorted(null.autocorrelation[number], look.autocorrelation[here[rows]]) - NEAREST // 2
        start = np.clip(at, 0, null.statistic.shape[1] - NEAREST)
        near[rows] = null.statistic[number][start[:, None] + np.arange(NEAREST)]
    return np.sort(near, axis=1)


def _reached(near: "np.ndarray", statistic: "np.ndarray") -> "np.ndarray":
    """Share of sorted values that reach a statistic; beyond the highest twentieth the tail is taken as exponential.

    That is why statistics are logarithms of likelihood ratios u: 2u is χ² (Wilks), whose tail falls as exp(-u).
    """
    import numpy as np

    tail = int(TAIL * NEAREST)
    edge = near[:, -tail - 1]
    excess = np.maximum((near[:, -tail:] - edge[:, None]).mean(axis=1), 1e-9)
    beyond = statistic - edge
    reached = (1 + (near >= statistic[:, None]).sum(axis=1)) / (NEAREST + 1)
    return np.where(beyond > 0, TAIL * np.exp(-np.maximum(beyond, 0) / excess), reached)
