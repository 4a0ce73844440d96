"""Which level moves first: rates of a code at the centre and in the provinces, one shifted against the other."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.records import Lead
from pipeline.stats import seeded
from pipeline.trends.leads import LEAST_PERIODS, MAX_LAG, SAMPLES, lead_lag

if TYPE_CHECKING:
    from pipeline.trends.series import Curve

LEVELS = ("level=central", "level=province", "level=city", "level=county")  # groups, from the highest


def leads_between_levels(curves: Sequence["Curve"], *, seed: int) -> list[Lead]:
    """Whether each level moves before the next lower one, in every code, one row a lag; a lag above 0 says that the higher one does.

    Args:
        curves: codes are taken, in the unit of the first of them, in the groups of levels.
    """
    found: dict[str, dict[str, Curve]] = {}
    for curve in curves:
        if curve.unit == curves[0].unit and curve.group in LEVELS and not {*":/"} & {*curve.series}:
            found.setdefault(curve.series, {})[curve.group] = curve
    return [
        row
        for series, levels in sorted(found.items())
        for a, b in pairwise(level for level in LEVELS if level in levels)
        for row in _leads(levels[a], levels[b], series, seed)
    ]


def _leads(a: "Curve", b: "Curve", series: str, seed: int) -> Iterator[Lead]:
    """The rows of two curves of one code."""
    import numpy as np

    both = sorted({*a.periods} & {*b.periods})
    x, y = (curve.values[np.isin(curve.periods, both)] for curve in (a, b))
    n = int((~np.isnan(x) & ~np.isnan(y)).sum())
    names = a.group, b.group, series, ""
    if n < LEAST_PERIODS:
        yield Lead(*names, 0, None, None, None, n, f"{n} period{'' if n == 1 else 's'} with both, {LEAST_PERIODS} are needed")
        return
    rng = seeded(seed, "levels", *names)
    for lag, *values in zip(*lead_lag(x, y, max_lag=MAX_LAG, samples=SAMPLES, rng=rng), strict=True):
        r, low, high = (None if np.isnan(value) else round(float(value), 6) for value in values)
        yield Lead(
            *names, int(lag), r, low, high, n, "" if r is not None else "fewer than five changes of both, or one never changes"
        )
