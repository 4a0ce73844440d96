"""Before and after a named document: level and slope of an interrupted series, with the trend that was there before."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from pipeline.records import Change
from pipeline.trends import noise
from pipeline.trends.families import ALPHA, Batch, batches, nothing, too_few, with_q

if TYPE_CHECKING:
    import numpy as np

    from pipeline.trends.series import Curve

SIDE_PERIODS = 5  # with a value, before the document and from its own period on


def since(
    curves: Sequence["Curve"],
    documents: Sequence[Mapping[str, Any]],
    named: Sequence[str],
    *,
    periods: Sequence[str | None],
    seed: int,
) -> list[Change]:
    """What came after each named document: a row on the level and one on the slope of each curve.

    y = a + b·t + c·after + d·after·(t - t₀): c is the jump against the line that went on, d the change of its slope. The
    document's own period counts as after.

    Args:
        documents: of the run, with doc_number, title and date.
        named: numbers or titles.
        periods: of each document, as in `Series.periods`.
    Returns: one row without a series for a name that no document of the run has, or whose document has no period.
    Source: Wagner et al. 2002, J. Clinical Pharmacy and Therapeutics 27(4) (segmented regression).
    """
    rows: list[Change] = []
    for name in dict.fromkeys(named):
        period, reason = _period_of(name, documents, periods)
        if not period:
            rows.append(Change("", "all", "", "since", None, name, None, None, None, None, None, None, None, None, 0, reason))
            continue
        found: dict[int, list[Change]] = {}
        enough = [curve for curve in curves if not _too_few(curve, period)]
        place = {id(curve): number for number, curve in enumerate(curves)}
        for batch in batches(enough, 2 * SIDE_PERIODS):
            for curve, pair in zip(batch.curves, _interrupted(batch, period, name, seed), strict=True):
                found[place[id(curve)]] = pair
        for number, curve in enumerate(curves):
            rows += found.get(number) or [nothing(curve, "since", _too_few(curve, period), period=period, since=name)]
    return with_q(rows)


def find_document(name: str, documents: Sequence[Mapping[str, Any]]) -> int | None:
    """Index of the document with a number, else of the earliest one whose title holds the name; none when there is none."""
    wanted = _plain(name)
    dated = sorted(range(len(documents)), key=lambda number: (documents[number].get("date") or "9999", number))
    same = [number for number in dated if wanted and _plain(documents[number].get("doc_number") or "") == wanted]
    titled = [number for number in dated if wanted and wanted in _plain(documents[number].get("title") or "")]
    return next(iter(same + titled), None)


def _plain(name: str) -> str:
    """A number or title without the differences of writing: widths, brackets, 《》, blanks."""
    name = re.sub(r"[\s《》]", "", unicodedata.normalize("NFKC", name))
    return re.sub(r"[\[【({<「『〈﹝〔]((?:19|20)\d\d)年?[\]】)}>」』〉﹞〕]第?", r"〔\1〕", name).casefold()


def _period_of(name: str, documents: Sequence[Mapping[str, Any]], periods: Sequence[str | None]) -> tuple[str | None, str]:
    """The period of the named document, or why there is none."""
    at = find_document(name, documents)
    if at is None:
        return None, f"no document of the run has the number {name}, or a title that holds it: add the document, or name another"
    title = documents[at].get("title") or name
    return periods[at], "" if periods[at] else f"{title} has no date precise enough for a period"


def _too_few(curve: "Curve", period: str) -> str:
    """Why nothing can be said of a curve before and after a period; "" when something can."""
    import numpy as np

    known = np.isfinite(curve.values)
    at = curve.periods.index(period) if period in curve.periods else len(known)
    before, after = int(known[:at].sum()), int(known[at:].sum())
    if min(before, after) < SIDE_PERIODS:
        return f"{before} periods with a value before and {after} after, {SIDE_PERIODS} needed on each side: no test"
    return too_few(curve, 2 * SIDE_PERIODS)


def _interrupted(batch: Batch, period: str, name: str, seed: int) -> list[list[Change]]:
    """Rows on the level and the slope of each curve; curves with values at the same times are fitted together."""
    import numpy as np

    rows: list[list[Change]] = [[] for _ in batch.curves]
    start = np.array([curve.periods.index(period) for curve in batch.curves])
    designs, design = np.unique(batch.at - start[:, None], axis=0, return_inverse=True)
    for number, times in enumerate(designs):
        members = np.flatnonzero(design.reshape(-1) == number)
        fit = _segmented(times, batch.values[members], batch.sampling[members])
        for kind, which in (("since", 0), ("slope_since", 1)):
            null_of = partial(_null, tuple(times.tolist()), seed, which)
            p, critical = noise.judged(null_of, fit.looks[which], ALPHA)
            half = fit.error[:, which] * _t(critical, len(times) - 4)
            for k, member in enumerate(members):
                curve, effect = batch.curves[member], fit.effect[k, which]
                rows[member].append(
                    Change(
                        curve.series, curve.group, curve.unit, kind, period, name, effect, effect - half[k], effect + half[k],
                        fit.before[k, which], fit.after[k, which], p[k], None, None, len(times), "",
                    )
                )  # fmt: skip
    return rows


@dataclass(frozen=True)
class _Fit:
    """Segmented regression of several series; columns are level and slope."""

    effect: "np.ndarray"  # (n_series, 2)
    error: "np.ndarray"  # standard error, (n_series, 2)
    looks: tuple[noise.Look, noise.Look]  # of each
    before: "np.ndarray"  # mean and slope before, (n_series, 2)
    after: "np.ndarray"  # mean and slope from the document on, (n_series, 2)


def _segmented(times: "np.ndarray", values: "np.ndarray", sampling: "np.ndarray") -> _Fit:
    """Least squares on the time since the document's period, (n,), of values, (n_series, n), with their variance of sampling."""
    import numpy as np

    n = len(times)
    later = times >= 0
    design = np.stack([np.ones(n), times, later, later * times], axis=1).astype(float)
    inverse = np.linalg.inv(design.T @ design)
    coefficients = values @ design @ inverse
    residuals = values - coefficients @ design.T
    left = np.maximum((residuals**2).sum(axis=1) / (n - 4), 1e-9 * values.var(axis=1) + 1e-30)
    variance = np.maximum(left, sampling)
    effect = coefficients[:, 2:]
    error = np.sqrt(variance[:, None] * np.diag(inverse)[2:])
    before = np.stack([values[:, ~later].mean(axis=1), coefficients[:, 1]], axis=1)
    after = np.stack([values[:, later].mean(axis=1), coefficients[:, 1] + coefficients[:, 3]], axis=1)
    statistic = (n - 4) / 2 * np.log1p((effect / error) ** 2 / (n - 4))
    alike = noise.lag_one(residuals), sampling / left
    return _Fit(effect, error, (noise.Look(*alike, statistic[:, 0]), noise.Look(*alike, statistic[:, 1])), before, after)


def _t(logarithm: "np.ndarray", freedom: int) -> "np.ndarray":
    """The t that a likelihood ratio's logarithm stands for."""
    import numpy as np

    return np.sqrt(freedom * np.expm1(2 * logarithm / freedom))


@cache
def _null(times: tuple[int, ...], seed: int, which: int, known: bool) -> noise.Null:
    """Of the level or the slope, for values at these times."""
    import numpy as np

    series = noise.simulated(len(times), seed, known)
    return noise.null(_segmented(np.array(times), series.values, series.sampling).looks[which])
