"""What moved and when: monotonic trends and changes of level in series, each held against series that do not move."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from pipeline.records import Change
from pipeline.stats import seeded
from pipeline.trends import noise
from pipeline.trends.families import ALPHA, AT_ONCE, Batch, batches, nothing, too_few, with_q
from pipeline.trends.stretches import SHORTEST, best_cuts, cuts, means

if TYPE_CHECKING:
    import numpy as np

    from pipeline.trends.series import Curve

TREND_PERIODS, LEVEL_PERIODS = 8, 10  # with a value; with fewer nothing is said
SUPPORT_SAMPLES = 100  # of the bootstrap, in which a change point is looked for again
MOST, TESTED = 6, 3  # change points looked for in a series, and in telling whether it has any


def changes(curves: Sequence["Curve"], *, seed: int) -> list[Change]:
    """A row on the trend of each curve, and one on each change of its level, or on there being none.

    Args:
        curves: the family that false discoveries are held down in, for each kind and unit of its own.
    Returns: rows in the order of the curves, trend before levels; without p and with a reason where there are too few periods.
    """
    trends: dict[int, Change] = {}
    levels: dict[int, list[Change]] = {}
    place = {id(curve): number for number, curve in enumerate(curves)}
    for batch in batches(curves, TREND_PERIODS):
        trends |= {place[id(curve)]: row for curve, row in zip(batch.curves, _trends(batch, seed), strict=True)}
    for batch in batches(curves, LEVEL_PERIODS):
        levels |= {place[id(curve)]: rows for curve, rows in zip(batch.curves, _levels(batch, seed), strict=True)}
    rows = []
    for number, curve in enumerate(curves):
        rows.append(trends.get(number) or nothing(curve, "trend", too_few(curve, TREND_PERIODS)))
        rows += levels.get(number) or [nothing(curve, "level", too_few(curve, LEVEL_PERIODS))]
    return with_q(rows)


# trend


def _trends(batch: Batch, seed: int) -> list[Change]:
    """Mann-Kendall with Sen's slope; its interval holds the slopes that the same test does not refuse.

    Source: Sen 1968, JASA 63(324); Gilbert 1987, Statistical Methods for Environmental Pollution Monitoring, §16.5.2.
    """
    import numpy as np

    n = batch.values.shape[1]
    look, spread = kendall(batch.values, batch.at, batch.sampling)
    p, critical = noise.judged(partial(_trend_null, _like(n), seed), look, ALPHA)
    reach = spread * np.sqrt(2 * critical)
    first, second = np.triu_indices(n, 1)
    slopes = np.sort((batch.values[:, second] - batch.values[:, first]) / (batch.at[:, second] - batch.at[:, first]), axis=1)
    slope, last = np.median(slopes, axis=1), slopes.shape[1] - 1
    low = np.clip(np.floor((last + 1 - reach) / 2).astype(int) - 1, 0, last)
    high = np.clip(np.ceil((last + 1 + reach) / 2).astype(int), 0, last)
    level = np.median(batch.values - slope[:, None] * batch.at, axis=1)
    rows = []
    for number, curve in enumerate(batch.curves):
        # a straight line through rates near 0 ends below it, where no rate is
        before, after = (max(level[number] + slope[number] * batch.at[number, end], 0.0) for end in (0, -1))
        bounds = slopes[number, low[number]], slopes[number, high[number]]
        named = (curve.series, curve.group, curve.unit, "trend", None, None)
        reason = "" if slope[number] else "most periods are equal: the median slope is 0"
        rows.append(Change(*named, slope[number], *bounds, before, after, p[number], None, None, n, reason))
    return rows


def kendall(values: "np.ndarray", at: "np.ndarray", sampling: "np.ndarray") -> tuple[noise.Look, "np.ndarray"]:
    """Mann-Kendall of each series: how it looks about its line, with ½ z², and the standard deviation of S for its ties.

    Args:
        values, at: (n_series, n) each; positions in time.
        sampling: variance that sampling documents explains, (n_series,).
    Source: Mann 1945, Econometrica 13; Kendall 1975, Rank Correlation Methods, §4.9 (ties).
    """
    import numpy as np

    n = values.shape[1]
    s, ties = np.zeros(len(values)), np.zeros(len(values))
    ordered = np.sort(values, axis=1)
    for lag in range(1, n):
        s += np.sign(values[:, lag:] - values[:, :-lag]).sum(axis=1)
        # Σ t(t-1)(2t+5) over the groups of ties is 18 times their pairs and 12 times their triples
        ties += (ordered[:, lag:] == ordered[:, :-lag]).sum(axis=1) * (18 + 12 * (lag - 1))
    spread = np.sqrt(np.maximum(n * (n - 1) * (2 * n + 5) - ties, 1e-9) / 18)
    residuals = _about_line(values, at)
    variance = (residuals**2).sum(axis=1) / (n - 2)
    return noise.Look(noise.lag_one(residuals), sampling / np.maximum(variance, 1e-30), (s / spread) ** 2 / 2), spread


def _about_line(values: "np.ndarray", at: "np.ndarray") -> "np.ndarray":
    """Residuals of least squares on time."""
    time = at - at.mean(axis=1, keepdims=True)
    centred = values - values.mean(axis=1, keepdims=True)
    slope = (time * centred).sum(axis=1) / (time**2).sum(axis=1)
    return centred - slope[:, None] * time


@cache
def _trend_null(n: int, seed: int, known: bool) -> noise.Null:
    import numpy as np

    series = noise.simulated(n, seed, known)
    return noise.null(kendall(series.values, np.broadcast_to(np.arange(n), series.values.shape), series.sampling)[0])


def _like(n: int) -> int:
    """The length of the series simulated for n values: beyond 20 every second, beyond 40 every tenth, 80 at most."""
    return n if n <= 20 else n // 2 * 2 if n <= 40 else min(n // 10 * 10, 80)


# level


def _levels(batch: Batch, seed: int) -> list[list[Change]]:
    """Change points of each curve at the penalty that series without change pass as rarely as `ALPHA`."""
    import numpy as np

    n = batch.values.shape[1]
    null_of = partial(_level_null, _like(n), seed)
    cost, start = best_cuts(batch.values, min(n // 4, MOST))
    look, variance = _strongest(batch.values, cost, start, batch.sampling)
    p, critical = noise.judged(null_of, look, ALPHA)
    penalty = variance * n * np.expm1(2 * critical / n)
    wanted = (cost + penalty[:, None] * np.arange(cost.shape[1])).argmin(axis=1)
    begins = cuts(start, np.where(p < ALPHA, wanted, 0))
    owner, point = np.nonzero(begins)
    effect, drop, before, after, width = _steps(batch.values, owner, point)
    alike = look.autocorrelation[owner], look.sampled[owner]
    point_p, _ = noise.judged(null_of, noise.Look(*alike, _logarithm(drop / variance[owner], n)), ALPHA)
    half = np.sqrt(penalty[owner] * width)
    rows: list[list[Change]] = []
    for number, curve in enumerate(batch.curves):
        mine = np.flatnonzero(owner == number)
        if not len(mine):
            rows.append([replace(nothing(curve, "level", "no change of level"), p=p[number])])
            continue
        samples, reason = _samples(curve, batch.values[number], begins[number], seed)
        reason = "; ".join(filter(None, [reason, _steady(batch.at[number], batch.values[number], begins[number])]))
        support = _support(samples, penalty[number], batch.at[number], point[mine])
        rows.append([])
        for k, found in zip(mine, support, strict=True):
            named = (curve.series, curve.group, curve.unit, "level", curve.periods[batch.at[number, point[k]]], None)
            bounds = (effect[k], effect[k] - half[k], effect[k] + half[k], before[k], after[k])
            rows[-1].append(Change(*named, *bounds, point_p[k], None, found, n, reason))
    return rows


def _strongest(
    values: "np.ndarray", cost: "np.ndarray", start: "np.ndarray", sampling: "np.ndarray"
) -> tuple[noise.Look, "np.ndarray"]:
    """How each series looks about the number of change points, up to a few, with the highest F ratio; and the variance in it.

    The variance is never taken below what sampling documents explains.

    Source: Bai & Perron 1998, Econometrica 66(1), §4.2 (UDmax).
    """
    import numpy as np

    n = values.shape[1]
    k = np.arange(1, max(1, min(n // 8, TESTED)) + 1)
    left = cost[:, k] / (n - k - 1)
    variance = np.maximum(np.maximum(left, sampling[:, None]), 1e-9 * cost[:, :1] + 1e-30)
    ratio = (cost[:, :1] - cost[:, k]) / k / variance
    best, row = ratio.argmax(axis=1), np.arange(len(values))
    residuals = values - means(values, cuts(start, best + 1))
    sampled = sampling / np.maximum(left[row, best], 1e-30)
    return noise.Look(noise.lag_one(residuals), sampled, _logarithm(ratio[row, best], n)), variance[row, best]


def _logarithm(ratio: "np.ndarray", n: int) -> "np.ndarray":
    """Of the likelihood ratio that an F ratio stands for."""
    import numpy as np

    return n / 2 * np.log1p(np.maximum(ratio, 0) / n)


@cache
def _level_null(n: int, seed: int, known: bool) -> noise.Null:
    import numpy as np

    series, looks = noise.simulated(n, seed, known), []
    for rows in np.array_split(np.arange(len(series.values)), max(1, series.values.size * n // AT_ONCE)):
        cost, start = best_cuts(series.values[rows], max(1, min(n // 8, TESTED)))
        looks.append(_strongest(series.values[rows], cost, start, series.sampling[rows])[0])
    parts = ([getattr(look, name) for look in looks] for name in ("autocorrelation", "sampled", "statistic"))
    return noise.null(noise.Look(*map(np.concatenate, parts)))


def _steps(values: "np.ndarray", owner: "np.ndarray", point: "np.ndarray") -> tuple["np.ndarray", ...]:
    """At each change point: after less before, by how much it lowers squares, both means, and 1/n before + 1/n after.

    Args:
        owner, point: row of `values` and where in it the new stretch begins, sorted, (n_points,).
    """
    import numpy as np

    n = values.shape[1]
    at = owner * n + point
    edges = np.unique(np.concatenate([np.arange(len(values)) * n, at]))
    length = np.diff(np.append(edges, values.size))
    mean = np.add.reduceat(values.ravel(), edges) / length
    after = np.searchsorted(edges, at)
    effect, width = mean[after] - mean[after - 1], 1 / length[after] + 1 / length[after - 1]
    return effect, effect**2 / width, mean[after - 1], mean[after], width


def _steady(at: "np.ndarray", values: "np.ndarray", begins: "np.ndarray") -> str:
    """Says so when a straight line explains the values as well as the levels do, by BIC; "" otherwise."""
    import numpy as np

    line = (_about_line(values[None], at[None]) ** 2).sum()
    levels = ((values - means(values[None], begins[None])[0]) ** 2).sum()
    # a change point costs two parameters: where it is and how high
    extra = np.log(len(values)) * (2 * begins.sum() - 1) / len(values)
    return "a steady trend fits as well" if line <= levels * np.exp(extra) else ""


def _samples(curve: "Curve", values: "np.ndarray", begins: "np.ndarray", seed: int) -> tuple["np.ndarray", str]:
    """Samples of the values under the bootstrap of documents, or of blocks of residuals where there are too few of them."""
    import numpy as np

    samples = curve.samples[:SUPPORT_SAMPLES, np.isfinite(curve.values)]
    if len(samples) and np.isfinite(samples).all():
        return samples, ""
    fitted, n = means(values[None], begins[None])[0], len(values)
    rng = seeded(seed, curve.series, curve.group, curve.unit, "residuals")
    block = max(1, round(n ** (1 / 3)))
    first = rng.integers(0, n, (SUPPORT_SAMPLES, -(-n // block)))
    drawn = ((first[:, :, None] + np.arange(block)) % n).reshape(SUPPORT_SAMPLES, -1)[:, :n]
    scale = np.sqrt(n / max(n - begins.sum() - 1, 1))
    return fitted + scale * (values - fitted)[drawn], "support from residuals, as some periods have too few documents"


def _support(samples: "np.ndarray", penalty: float, at: "np.ndarray", points: "np.ndarray") -> list[float]:
    """Share of samples with a change point within one period of each one found."""
    import numpy as np

    cost, start = best_cuts(samples, min(len(points) + 1, samples.shape[1] // SHORTEST - 1))
    begins = cuts(start, (cost + penalty * np.arange(cost.shape[1])).argmin(axis=1))
    return [float(begins[:, abs(at - at[point]) <= 1].any(axis=1).mean()) for point in points]
