"""Trends: codes, terms and topics as rates by period and group, each with an interval that says how sure it is."""

from typing import Any

from pipeline import store
from pipeline.engine import Spread
from pipeline.periods import periods_between
from pipeline.records import TrendPoint, to_table
from pipeline.store import Run
from pipeline.trends import history
from pipeline.trends.intervals import cell, gap
from pipeline.trends.series import Series, count, is_followed, select

__all__ = ["run"]

ALL = "all"


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Write the trends table: every series in every period and group, periods without documents included."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    series = count(run, spread)
    grouped = select(series, np.array([is_followed(name, run.settings.trends) for name in series.names], bool))
    rows: list[TrendPoint] = []
    with threadpool_limits(1):
        for group, members in sorted(_cells(series).items()):
            shown = series if group == ALL else grouped
            for period in periods_between(min(members), max(members), run.settings):
                found = members.get(period)
                rows += cell(shown, found, period, group, run.settings) if found else gap(shown, period, group)
    store.write(run.folder, "trends", to_table(rows, TrendPoint), key=key)
    history.remember(run, series, key=key)
    undated = series.periods.count(None)
    counts = {
        "points": len(rows),
        "series": len(set(series.names)),
        "documents": len(series.periods),
        "documents_left_out": undated,
    }
    missing = _what_is_missing(series, undated, run.settings.period)
    return counts | ({"note" if rows else "reason": missing} if missing else {})


def _cells(series: Series) -> dict[str, dict[str, list[int]]]:
    """Documents by group and period, in order."""
    cells: dict[str, dict[str, list[int]]] = {}
    for number, (period, groups) in enumerate(zip(series.periods, series.groups, strict=True)):
        for group in groups if period else ():
            cells.setdefault(group, {}).setdefault(str(period), []).append(number)
    return cells


def _what_is_missing(series: Series, undated: int, period: str) -> str:
    """What is missing from the table and why; "" when nothing is."""
    if not series.names:
        return "no codes and no topics to follow"
    if undated == len(series.periods):
        return f"none of {undated} documents has a date precise to the {period}"
    return f"{undated} of {len(series.periods)} documents have no date precise to the {period}" if undated else ""
