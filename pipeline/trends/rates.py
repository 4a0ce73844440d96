"""The rates of all series in every period and group, and the curves they make, with their samples for whatever is asked of them."""

from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.periods import periods_between
from pipeline.records import TrendPoint
from pipeline.trends.counting import TERM
from pipeline.trends.intervals import cell, gap, of_paragraphs
from pipeline.trends.series import MEAN_SHARE, Curve, Series, is_followed, select

if TYPE_CHECKING:
    pass

ALL = "all"
KEPT = 400  # bootstrap samples of a curve that are kept


def rates(series: Series, settings: Settings) -> tuple[list[TrendPoint], list[Curve]]:
    """A row for each column of the series in every period and group, periods without documents included, and the curves.

    Curves are of codes, terms and topics in the first unit; those of stances and of what is not copied are left out.
    """
    import numpy as np

    grouped = select(series, np.array([is_followed(name, settings.trends) for name in series.names], bool))
    rows: list[TrendPoint] = []
    curves: list[Curve] = []
    for group, members in sorted(_cells(series).items()):
        shown = series if group == ALL else grouped
        periods = periods_between(min(members), max(members), settings)
        columns = _columns(shown, settings)
        samples = np.full((min(KEPT, settings.trends.bootstraps), len(periods), len(columns)), np.nan, np.float32)
        points = []
        one_each = len(members) > 1 and all(len(documents) == 1 for documents in members.values())
        for at, period in enumerate(periods):
            documents = members.get(period)
            if documents is None:
                points.append(gap(shown, period, group))
                continue
            found, ratios = cell(shown, documents, period, group, settings)
            points.append(of_paragraphs(found, shown, documents[0], settings) if one_each else found)
            if ratios is not None:
                samples[:, at] = ratios[: len(samples), columns]
        rows += [row for of_period in points for row in of_period]
        for number, column in enumerate(columns):
            own = [of_period[column] for of_period in points]
            values = np.array([np.nan if row.value is None else row.value for row in own])
            counts = np.array([row.n_documents for row in own])
            curves.append(Curve(own[0].series, group, own[0].unit, periods, values, samples[:, :, number], counts))
    return rows, curves


def _cells(series: Series) -> dict[str, dict[str, list[int]]]:
    """Documents by group and period, in order."""
    cells: dict[str, dict[str, list[int]]] = {}
    for number, (period, groups) in enumerate(zip(series.periods, series.groups, strict=True)):
        for group in groups if period else ():
            cells.setdefault(group, {}).setdefault(str(period), []).append(number)
    return cells


def _columns(series: Series, settings: Settings) -> list[int]:
    """Columns that curves are made of."""
    drawn = (settings.trends.units[0], MEAN_SHARE)
    named = enumerate(zip(series.names, series.units, strict=True))
    return [at for at, (name, unit) in named if unit in drawn and ("/" not in name or name.startswith(TERM))]
