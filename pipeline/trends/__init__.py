"""Trends: codes, terms and topics as rates by period and group, what of them moved and why, and how sure all of it is."""

from collections.abc import Sequence
from typing import Any

from pipeline import store
from pipeline.config import change_settings
from pipeline.engine import Spread
from pipeline.records import TABLES, to_table
from pipeline.store import Run
from pipeline.trends import history
from pipeline.trends.adoption import adoptions
from pipeline.trends.change import changes
from pipeline.trends.compare import compare_all
from pipeline.trends.coordination import coordination
from pipeline.trends.counting import TERM
from pipeline.trends.coupling import couplings
from pipeline.trends.decompose import decompose
from pipeline.trends.leads import leads_between_codes
from pipeline.trends.levels import leads_between_levels
from pipeline.trends.rates import rates
from pipeline.trends.reuse import copied_segments, reuse
from pipeline.trends.series import Curve, Series, count
from pipeline.trends.since import since

__all__ = ["run"]


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Write the tables of this stage; those that have too little to work on are empty."""
    from threadpoolctl import threadpool_limits

    settings = run.settings
    copied = reuse(run, spread)
    own = copied_segments(copied)
    series = count(run, spread, own)
    compared, not_compared = compare_all(run, spread, settings.trends.compare, own)
    with threadpool_limits(1):
        points, curves = rates(series, settings)
        of_rates = [curve for curve in curves if curve.unit == settings.trends.units[0]]
        rows: dict[str, Sequence[Any]] = {
            "trends": points,
            "changes": [
                *changes(curves, seed=settings.seed),
                *since(of_rates, series.documents, settings.trends.since, periods=series.periods, seed=settings.seed),
            ],
            "comparisons": compared,
            "decomposition": decompose(series, settings=settings),
            "couplings": couplings(series, settings=settings),
            "coordination": coordination(of_rates, settings=settings),
            "leads": [
                *leads_between_codes(of_rates, seed=settings.seed),
                *leads_between_levels(_of_levels(of_rates), seed=settings.seed),
            ],
            "reuse": copied,
            "adoptions": adoptions(_with_copied(run, spread, series), run.table("citations").to_pylist(), copied),
        }
    for name, found in rows.items():
        store.write(run.folder, name, to_table(found, TABLES[name]), key=key)
    history.remember(run, series, key=key)  # last: a state without its tables would be compared with
    undated = series.periods.count(None)
    counts = {
        "points": len(points),
        "series": len(set(series.names)),
        "documents": len(series.periods),
        "documents_left_out": undated,
    }
    missing = "; ".join(filter(None, [_what_is_missing(series, undated, settings.period), *not_compared]))
    return counts | ({"note" if points else "reason": missing} if missing else {})


def _of_levels(curves: Sequence[Curve]) -> list[Curve]:
    return [curve for curve in curves if curve.group.startswith("level=") and not curve.series.startswith(TERM)]


def _with_copied(run: Run, spread: Spread, series: Series) -> Series:
    """The series with what is copied, even where that is left out of rates: who copies a passage has its code."""
    if "copied" not in run.settings.trends.leave_out:
        return series
    kept = [one for one in run.settings.trends.leave_out if one != "copied"]
    return count(Run(run.folder, change_settings(run.settings, **{"trends.leave_out": kept})), spread)


def _what_is_missing(series: Series, undated: int, period: str) -> str:
    """What is missing from the table and why; "" when nothing is."""
    if not series.names:
        return "no codes and no topics to follow"
    if undated == len(series.periods):
        return f"none of {undated} documents has a date precise to the {period}"
    return f"{undated} of {len(series.periods)} documents have no date precise to the {period}" if undated else ""
