"""Trends: codes and topics as rates by period and group, each with an interval that says how sure it is."""

from typing import Any

from pipeline import store
from pipeline.engine import Spread
from pipeline.records import TrendPoint, to_table
from pipeline.store import Run
from pipeline.trends.intervals import cell, gap
from pipeline.trends.series import Series, count
from pipeline.units import periods_between

__all__ = ["run"]


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Write the trends table: every series in every period and group, periods without documents included."""
    from threadpoolctl import threadpool_limits

    series = count(run, spread)
    rows: list[TrendPoint] = []
    with threadpool_limits(1):
        for group, members in sorted(_cells(series).items()):
            for period in periods_between(min(members), max(members)):
                found = members.get(period)
                rows += cell(series, found, period, group, run.settings) if found else gap(series, period, group)
    store.write(run.folder, "trends", to_table(rows, TrendPoint), key=key)
    undated = series.periods.count(None)
    counts = {"points": len(rows), "series": len(series.names), "documents": len(series.periods), "documents_left_out": undated}
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
