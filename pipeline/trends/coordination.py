"""The coupling-coordination degree of two constructs over time, as Chinese journals compute it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.records import Coordination
from pipeline.trends.coupling import pairs_of

if TYPE_CHECKING:
    import numpy as np

    from pipeline.trends.series import Curve

FLOOR = 0.01  # of a scaled rate: at 0 the degree would be 0 whatever the other construct does
LEAST_PERIODS = 3  # of two, one is always the highest and one the lowest there is
GRADES = (
    "extreme_imbalance", "severe_imbalance", "moderate_imbalance", "mild_imbalance", "near_imbalance",
    "bare_coordination", "primary_coordination", "intermediate_coordination", "good_coordination", "excellent_coordination",
)  # fmt: skip


def coordination(curves: Sequence["Curve"], *, settings: Settings) -> list[Coordination]:
    """The degree of each pair of codes in each group and period in which both have a rate, in the first of `trends.units`.

    Rates are scaled to FLOOR … 1 between the lowest and the highest of the group's periods. Intervals are of the rates drawn
    anew on that scale: the scale itself is taken as given.

    Returns: no rows for a code with a rate in fewer than three periods, or the same in all.
    """
    by_group: dict[str, dict[str, Curve]] = {}
    for curve in curves:
        if curve.unit == settings.trends.units[0] and not {*":/"} & {*curve.series}:
            by_group.setdefault(curve.group, {})[curve.series] = curve
    return [row for _, found in sorted(by_group.items()) for row in _of_group(found)]


def degrees(levels: "np.ndarray") -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """Coupling C = n (Π u)^(1/n) / Σ u, development T = Σ u / n, coordination D = √(C T).

    Args:
        levels: u, above 0 and at most 1, (n_constructs, ...).
    Returns: (...) each.
    Source: Liao 1999, Tropical Geography 19(2); the form: Wang et al. 2021, Journal of Natural Resources 36(3).
    """
    import numpy as np

    n = len(levels)
    coupling = n * np.prod(levels, axis=0) ** (1 / n) / levels.sum(axis=0)
    development = levels.mean(axis=0)
    return coupling, development, np.sqrt(coupling * development)


def grade(degree: float) -> str:
    """The class a degree falls into: ten of equal width, as Liao 1999 names them; .5 is the first of coordination."""
    return GRADES[min(int(degree * 10 + 1e-9), len(GRADES) - 1)]


def _of_group(curves: dict[str, "Curve"]) -> Iterator[Coordination]:
    import numpy as np

    levels = {code: found for code, curve in sorted(curves.items()) if (found := _scaled(curve))}
    codes = list(levels)
    for first, second in pairs_of(codes):
        a, b = codes[first], codes[second]
        (level_a, samples_a), (level_b, samples_b) = levels[a], levels[b]
        c, t, d = degrees(np.stack([level_a, level_b]))
        _, _, drawn = degrees(np.stack([samples_a, samples_b]))
        known = ~np.isnan(drawn).any(axis=0) if len(drawn) else np.zeros(len(d), bool)
        low, high = np.quantile(np.where(known, drawn, 0), [0.025, 0.975], axis=0) if known.any() else (d, d)
        rows = np.stack([level_a, level_b, c, t, d, low, high], axis=1).round(6)
        for at in np.flatnonzero(~np.isnan(d)).tolist():
            u_a, u_b, coupling, development, degree, lowest, highest = rows[at].tolist()
            period, group = curves[a].periods[at], curves[a].group
            row = Coordination(period, group, a, b, u_a, u_b, coupling, development, degree, None, None, grade(degree))
            yield replace(row, low=lowest, high=highest) if known[at] else row


def _scaled(curve: "Curve") -> tuple["np.ndarray", "np.ndarray"] | None:
    """The rates of a curve and of its samples between the lowest and the highest rate; none when that is no scale."""
    import numpy as np

    known = curve.values[~np.isnan(curve.values)]
    if len(known) < LEAST_PERIODS or known.max() - known.min() < 1e-12:
        return None
    low, reach = known.min(), known.max() - known.min()
    level, samples = ((1 - FLOOR) * np.clip((values - low) / reach, 0, 1) + FLOOR for values in (curve.values, curve.samples))
    return level, samples
