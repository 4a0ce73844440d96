"""The rate of every series in one cell (a period and a group), with its interval."""

import hashlib

from pipeline.config import Settings
from pipeline.records import TrendPoint
from pipeline.stats import ratio_intervals
from pipeline.trends.series import PER_1000, Series

Bounds = tuple[float | None, float | None]


def cell(series: Series, members: list[int], period: str, group: str, settings: Settings) -> list[TrendPoint]:
    """One row a series.

    Args:
        members: indices of the documents of the cell, in order.
    """
    above, below = series.above[members], series.below[members]
    total, divisor, counted = above.sum(axis=0), below.sum(axis=0), (below > 0).sum(axis=0)
    values = [_rounded(a / b) if b else None for a, b in zip(total.tolist(), divisor.tolist(), strict=True)]
    least = settings.trends.min_documents
    enough = counted.max(initial=0) >= least
    bounds = _bounds(series, members, period, group, settings) if enough else [(None, None)] * len(values)
    n_segments = int(series.sentences[members].sum())
    rows = []
    for number, (name, value, (low, high)) in enumerate(zip(series.names, values, bounds, strict=True)):
        unit, n_documents = series.units[number], int(counted[number])
        what = f"{n_segments} sentences" if unit == PER_1000 else f"{n_documents} documents"
        reason = _why_none(n_documents, what, n_documents < least, value, bool(total[number]))
        low, high = (None, None) if reason else (low, high)
        rows.append(TrendPoint(period, name, group, value, low, high, n_documents, n_segments, unit, False, reason))
    return rows


def gap(series: Series, period: str, group: str) -> list[TrendPoint]:
    """The rows of a period without documents."""
    named = zip(series.names, series.units, strict=True)
    return [TrendPoint(period, name, group, None, None, None, 0, 0, unit, False, "no documents") for name, unit in named]


def _bounds(series: Series, members: list[int], period: str, group: str, settings: Settings) -> list[Bounds]:
    """Low and high of each series. A cell's random numbers follow from its own name, so that cells can come in any order."""
    import numpy as np

    name = f"{settings.seed}|{period}|{group}"
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))
    _, strata = np.unique([series.strata[number] for number in members], return_inverse=True)
    low, high = ratio_intervals(series.above[members], series.below[members], strata, samples=settings.trends.bootstraps, rng=rng)
    return [(_rounded(a), _rounded(b)) for a, b in zip(low.tolist(), high.tolist(), strict=True)]


def _why_none(n_documents: int, what: str, few: bool, value: float | None, occurs: bool) -> str:
    """Why a rate has no interval; "" when it has one."""
    if value is None:
        return "nothing to count in"
    if few:
        return f"{n_documents} document{'s' if n_documents > 1 else ''}: no interval"
    # every sample would say 0 again, which is not the same as being sure of it
    return "" if occurs else f"none in {what}: no interval"


def _rounded(value: float) -> float:
    return round(value, 6)
