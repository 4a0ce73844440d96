"""Which of two rates moves first: correlation of their changes, one shifted against the other."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.records import Lead
from pipeline.stats import seeded
from pipeline.trends.coupling import pairs_of

if TYPE_CHECKING:
    import numpy as np

    from pipeline.trends.series import Curve

LEAST_PERIODS = 10  # with both rates; fewer say nothing about who comes first
MAX_LAG = 3
SAMPLES = 500

LEAST_PAIRS = 5  # of periods in which both changed, at one lag; fewer say nothing


def leads_between_codes(curves: Sequence["Curve"], *, seed: int) -> list[Lead]:
    """Whether one of two codes moves before the other, in each group, from three periods earlier to three later.

    Args:
        curves: codes are taken, in the unit of the first of them.
    """
    by_group: dict[str, dict[str, Curve]] = {}
    for curve in curves:
        if curve.unit == curves[0].unit and not {*":/"} & {*curve.series}:
            by_group.setdefault(curve.group, {})[curve.series] = curve
    return [row for group, found in sorted(by_group.items()) for row in _of_group(group, found, seed)]


def _of_group(group: str, curves: dict[str, "Curve"], seed: int) -> Iterator[Lead]:
    import numpy as np

    codes = sorted(curves)
    pairs = pairs_of(codes)
    if not pairs:
        return
    a, b = (np.stack([curves[codes[pair[side]]].values for pair in pairs], axis=1) for side in (0, 1))
    n_periods = (~np.isnan(a) & ~np.isnan(b)).sum(axis=0).tolist()
    enough = [n >= LEAST_PERIODS for n in n_periods]
    rng = seeded(seed, "leads", group)
    lags, *columns = lead_lag(a[:, enough], b[:, enough], max_lag=MAX_LAG, samples=SAMPLES, rng=rng)
    values = np.full((len(pairs), len(lags), 3), np.nan)
    values[enough] = np.stack(columns, axis=2).transpose(1, 0, 2).round(6)
    for (first, second), n, rows in zip(pairs, n_periods, values.tolist(), strict=True):
        names = codes[first], codes[second], "", group
        if n < LEAST_PERIODS:
            yield Lead(*names, 0, None, None, None, n, f"{n} period{'' if n == 1 else 's'} with both, {LEAST_PERIODS} are needed")
            continue
        for lag, (r, low, high) in zip(lags.tolist(), rows, strict=True):
            if r == r:
                yield Lead(*names, lag, r, low, high, n, "")
            else:
                yield Lead(*names, lag, None, None, None, n, "fewer than five changes of both, or one never changes")


def lead_lag(
    x: "np.ndarray", y: "np.ndarray", *, max_lag: int, samples: int, rng: "np.random.Generator"
) -> tuple["np.ndarray", "np.ndarray", "np.ndarray", "np.ndarray"]:
    """Correlation of the changes of x with those of y `lag` periods later, with a band that holds for all lags at once.

    Both are differenced first, since two rates that only grow would agree at every lag. A missing period takes the two
    changes beside it with it. The band is r ± c / √(n - 3) on Fisher's z scale; c is the 95 % quantile of the largest
    |z| √(n - 3) of any lag when x and y are drawn in blocks apart from each other, so that each keeps its own
    autocorrelation and nothing is left between them. So the best of all lags may be picked by eye.

    Args:
        x, y: rates by period, (n_periods,) or (n_periods, n_pairs), NaN where there is none.
        max_lag: lags -max_lag … max_lag are tried; above 0 where y comes after x.
        samples: of the stationary bootstrap, blocks of 3 n^(1/3) periods in the mean.
    Returns: lag (n_lags,); correlation, low and high, (n_lags,) or (n_lags, n_pairs), NaN where fewer than five pairs of
        changes are left or one of the two never changes.
    Source: Politis & Romano 1994, JASA 89 (stationary bootstrap); Romano & Wolf 2005, Econometrica 73 (largest statistic).
    """
    import numpy as np

    first, second = (np.diff(values if values.ndim > 1 else values[:, None], axis=0) for values in (x, y))
    lags = np.arange(-max_lag, max_lag + 1)
    correlation, pairs = _correlations(first[None], second[None], lags)
    draws = [_block_indices(len(first), samples, rng) for _ in range(2)]
    by_chance, of_pairs = _correlations(first[draws[0]], second[draws[1]], lags)
    largest = np.abs(_fisher(by_chance) * _root(of_pairs))
    largest = np.where(np.isnan(largest) | np.isnan(correlation), 0, largest).max(axis=0)  # (samples, n_pairs)
    reach = np.quantile(largest, 0.95, axis=0) / _root(pairs[:, 0])
    z = _fisher(correlation[:, 0])
    shape = (len(lags), *np.shape(x)[1:])
    return lags, correlation.reshape(shape), np.tanh(z - reach).reshape(shape), np.tanh(z + reach).reshape(shape)


def _correlations(x: "np.ndarray", y: "np.ndarray", lags: "np.ndarray") -> tuple["np.ndarray", "np.ndarray"]:
    """Pearson's r of x and y shifted by each lag and how many pairs it rests on, (n_lags, samples, n_pairs) each.

    Args:
        x, y: (samples, n_periods, n_pairs).
    """
    import numpy as np

    n_periods = x.shape[1]
    found = np.full((len(lags), x.shape[0], x.shape[2]), np.nan)
    pairs = np.zeros_like(found)
    known = [~np.isnan(values) for values in (x, y)]
    # centred once, or sums of squares of rates far from 0 would lose their digits
    x, y = map(_centred, (x, y))
    for number, lag in enumerate(lags.tolist()):
        if abs(lag) >= n_periods:
            continue
        early, late = slice(max(0, -lag), n_periods - max(0, lag)), slice(max(0, lag), n_periods - max(0, -lag))
        both = known[0][:, early] & known[1][:, late]
        a, b = x[:, early] * both, y[:, late] * both
        n = both.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = [np.einsum("stp,stp->sp", values, values) - values.sum(axis=1) ** 2 / n for values in (a, b)]
            joint = np.einsum("stp,stp->sp", a, b) - a.sum(axis=1) * b.sum(axis=1) / n
            r = joint / np.sqrt(spread[0] * spread[1])
        flat = (spread[0] < 1e-12) | (spread[1] < 1e-12)
        found[number] = np.where((n < LEAST_PAIRS) | flat, np.nan, np.clip(r, -1, 1))
        pairs[number] = n
    return found, pairs


def _centred(values: "np.ndarray") -> "np.ndarray":
    """Less the mean over the periods, 0 where there is none."""
    import numpy as np

    known = ~np.isnan(values)
    mean = np.where(known, values, 0).sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    return np.where(known, values - mean, 0)


def _block_indices(length: int, samples: int, rng: "np.random.Generator") -> "np.ndarray":
    """Positions drawn in blocks of random length that wrap around at the end, (samples, length)."""
    import numpy as np

    starts = rng.integers(max(1, length), size=(samples, length))
    begins = rng.random((samples, length)) < max(1, length) ** (-1 / 3) / 3
    begins[:, :1] = True
    block = np.maximum.accumulate(np.where(begins, np.arange(length), 0), axis=1)
    return (np.take_along_axis(starts, block, axis=1) + np.arange(length) - block) % max(1, length)


def _fisher(r: "np.ndarray") -> "np.ndarray":
    """Fisher's z, finite at ±1."""
    import numpy as np

    return np.arctanh(np.clip(r, -0.999999, 0.999999))


def _root(n: "np.ndarray") -> "np.ndarray":
    """One over the standard error of Fisher's z of n pairs."""
    import numpy as np

    return np.sqrt(np.maximum(n - 3, 1))
