"""Curves that are tested together, as arrays, and the rows that come of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.records import Change
from pipeline.stats import benjamini_hochberg

if TYPE_CHECKING:
    import numpy as np

    from pipeline.trends.series import Curve

ALPHA = 0.05  # false alarms of a test where nothing changes
UNUSUAL = 4  # periods that differ from the commonest value: a code met in two periods only tells no trend
AT_ONCE = 4_000_000  # numbers held in memory at a time
_NUMBERS = ("effect", "low", "high", "before", "after", "p", "q", "support")


@dataclass(frozen=True)
class Batch:
    """Curves with a value in equally many periods, gaps taken out."""

    curves: list["Curve"]
    at: "np.ndarray"  # position in time of each value, (n_curves, n)
    values: "np.ndarray"  # (n_curves, n)
    sampling: "np.ndarray"  # mean variance over periods that drawing documents explains, 0 where unknown, (n_curves,)


def batches(curves: Sequence["Curve"], least: int) -> Iterator[Batch]:
    """The curves that have enough to say something of, by number of values and so many at a time as memory takes."""
    import numpy as np

    by_n: dict[int, list[Curve]] = {}
    for curve in curves:
        if not too_few(curve, least):
            by_n.setdefault(int(np.isfinite(curve.values).sum()), []).append(curve)
    for n, members in sorted(by_n.items()):
        step = max(1, AT_ONCE // (n * n))
        for start in range(0, len(members), step):
            some = members[start : start + step]
            at = np.array([np.flatnonzero(np.isfinite(curve.values)) for curve in some])
            values = np.array([curve.values[np.isfinite(curve.values)] for curve in some], float)
            yield Batch(some, at, values, np.array([_sampling(curve) for curve in some]))


def _sampling(curve: "Curve") -> float:
    import numpy as np

    samples = curve.samples[:, np.isfinite(curve.values)]
    known = np.isfinite(samples).all(axis=0)
    return float(samples[:, known].var(axis=0).mean()) if len(samples) and known.any() else 0.0


def too_few(curve: "Curve", least: int) -> str:
    """Why nothing can be said of a curve; "" when something can."""
    import numpy as np

    values = curve.values[np.isfinite(curve.values)]
    if len(values) < least:
        return f"{len(values)} periods with a value, {least} needed: no test"
    differ = len(values) - int(np.unique(values, return_counts=True)[1].max())
    return "" if differ >= UNUSUAL else f"only {differ} periods differ from the others, {UNUSUAL} needed: no test"


def nothing(curve: "Curve", kind: str, reason: str, *, period: str | None = None, since: str | None = None) -> Change:
    """A row that says why there is none."""
    import numpy as np

    n = int(np.isfinite(curve.values).sum())
    empty = dict.fromkeys(_NUMBERS)
    return Change(curve.series, curve.group, curve.unit, kind, period, since, **empty, n_periods=n, reason=reason)


def with_q(rows: list[Change]) -> list[Change]:
    """The rows with p after Benjamini-Hochberg over all rows of one kind and unit, and all numbers rounded."""
    import numpy as np

    families: dict[tuple[str, str], list[int]] = {}
    for number, row in enumerate(rows):
        families.setdefault((row.kind, row.unit), []).append(number)
    for members in families.values():
        q = benjamini_hochberg(np.array([np.nan if rows[number].p is None else rows[number].p for number in members]))
        for number, value in zip(members, q.tolist(), strict=True):
            rows[number] = _rounded(replace(rows[number], q=None if np.isnan(value) else value))
    return rows


def _rounded(row: Change) -> Change:
    values: dict[str, Any] = {name: getattr(row, name) for name in _NUMBERS}
    rounded: dict[str, Any] = {name: None if value is None else round(float(value), 6) for name, value in values.items()}
    return replace(row, **rounded)
