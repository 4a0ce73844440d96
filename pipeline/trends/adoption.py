"""Adoption: how long after the centre its codes, terms and documents stand in the documents of the provinces."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.records import Adoption, Reuse
from pipeline.trends.reuse import copied_segments, last_day
from pipeline.trends.series import Series

if TYPE_CHECKING:
    import numpy as np

LEAST_UNITS = 5  # with documents since the origin; fewer have no median
LEAST_PROVINCES = 3  # that cite or copy a document: it is an item then
_Z = 1.959964


@dataclass(frozen=True)
class Lags:
    """The lags of one item; the fields are those of records.Adoption."""

    first: str | None
    first_days: int | None
    median_days: int | None
    low_days: int | None
    high_days: int | None
    adopted: int
    before: int
    units: int
    reason: str


def adoption(origin: int, units: Mapping[str, tuple[int | None, int, int]]) -> Lags:
    """The lags of first and median adoption; who has not adopted by the last document held of it is censored there.

    Units that had the item before the origin are counted in `before` alone, those without a document since in nothing. Where most
    have it in the first document held of them, nobody can say how long it took: there is no median. Worked example:
    adopted after 10, 20 and 40 days, not yet after 30 and 50. S = 1, 4/5 (10), 3/5 (20), 3/5 · 1/2 = 3/10 (40):
    the median is 40 days.

    Args:
        origin: day on which the centre first has it.
        units: of each its first day with the item, or none, and the days of the first and the last document held of it.
    """
    import numpy as np

    before = sum(day is not None and day < origin for day, _, _ in units.values())
    since = {name: row for name, row in units.items() if row[2] >= origin and (row[0] is None or row[0] >= origin)}
    adopted = {name: day - origin for name, (day, _, _) in since.items() if day is not None}
    days = np.array([adopted.get(name, last - origin) for name, (_, _, last) in since.items()], np.int64)
    happened = np.array([name in adopted for name in since], bool)
    first = min(adopted, key=lambda name: (adopted[name], name), default=None)
    # of these nobody knows since when they have had it
    at_start = sum(day == start > origin for day, start, _ in since.values())
    told = len(since) >= LEAST_UNITS and 2 * at_start <= len(adopted)
    median, low, high = median_time(days, happened) if told else (None, None, None)
    reason = _reason(len(since), len(adopted), median, at_start)
    return Lags(first, adopted[first] if first else None, median, low, high, len(adopted), before, len(since), reason)


def median_time(days: "np.ndarray", happened: "np.ndarray") -> tuple[int | None, int | None, int | None]:
    """Kaplan-Meier median with its 95 % interval; none where the curve, or its band, does not come down to one half.

    S(t) is the product of 1 - d/n over the days up to t; its variance by Greenwood is S² Σ d / (n (n - d)). The interval holds
    the days on which one half lies in the band of S, taken on the scale log(-log S).

    Args:
        days: to the event, or to the last that is known, (n,).
        happened: whether the event did, (n,).
    Source: Kaplan & Meier 1958, JASA 53; Brookmeyer & Crowley 1982, Biometrics 38; Borgan & Liestøl 1990, Scand. J. Statist. 17.
    """
    import numpy as np

    time = np.unique(days[happened])
    at_risk = (days >= time[:, None]).sum(axis=1)
    events = ((days == time[:, None]) & happened).sum(axis=1)
    survive = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events)))) / np.abs(np.log(survive))
        low, high = (survive ** np.exp(sign * _Z * error) for sign in (1, -1))
    # with nobody left S is 0, and so is its band
    low, high = (np.where(survive > 0, band, 0) for band in (low, high))
    # products such as 3/4 · 2/3 may miss one half by a rounding
    median, first, last = (next(iter(time[band <= 0.5 + 1e-12].tolist()), None) for band in (survive, low, high))
    return median, first, last


def adoptions(series: Series, citations: Iterable[Mapping[str, Any]], copied: Sequence[Reuse]) -> list[Adoption]:
    """Codes and terms, and documents of the centre that at least three provinces cite or copy, with the lags of the provinces.

    A province has what one of its documents has, those of its cities and counties included. A date known to the month or year
    counts as its last day; documents without one are left out.

    Args:
        series: every code and term is an item, whatever unit it is counted in.
        citations: rows of the table, those with `cited` count.
        copied: segments of which most is copied count, whatever they are copied from of the centre.
    """
    import numpy as np

    days = np.array([last_day(row["date"]) or 0 for row in series.documents], np.int64)
    units = _units(series.documents, days)
    central = np.array([row["level"] == "central" for row in series.documents], bool) & (days > 0)
    rows: dict[str, Adoption] = {}
    for name, above in zip(series.names, series.above.T, strict=True):
        holds = above > 0
        if name in rows or "/" in name or name.startswith("topic:") or not (holds & central).any():
            continue
        origin = min(np.flatnonzero(holds & central).tolist(), key=lambda at: int(days[at]))
        kind = "term" if name.startswith("term:") else "code"
        rows[name] = _row(name, kind, series.documents[origin], units, days, np.flatnonzero(holds).tolist())
    place = {row["doc_id"]: at for at, row in enumerate(series.documents)}
    segments = copied_segments(copied)
    cited = ((row["cited"], row["doc_id"]) for row in citations if row["cited"])
    pairs = {"cited": cited, "copied": ((row.upstream_doc, row.doc_id) for row in copied if row.seg_id in segments)}
    documents = [_documents(kind, found, series.documents, place, central, units, days) for kind, found in pairs.items()]
    return [*sorted(rows.values(), key=lambda row: (row.kind, row.item)), *(row for rows in documents for row in rows)]


def _documents(
    kind: str,
    pairs: Iterable[tuple[str, str]],
    documents: Sequence[Mapping[str, Any]],
    place: Mapping[str, int],
    central: "np.ndarray",
    units: Mapping[str, list[int]],
    days: "np.ndarray",
) -> list[Adoption]:
    """A row for each document of the centre that enough provinces cite or copy; pairs are of doc_ids, that one first."""
    users: dict[int, set[int]] = defaultdict(set)
    for used, user in pairs:
        if used in place and user in place and central[place[used]]:
            users[place[used]].add(place[user])
    rows = []
    for origin, found in sorted(users.items()):
        if sum(not found.isdisjoint(members) for members in units.values()) >= LEAST_PROVINCES:
            row = documents[origin]
            rows.append(_row(row["doc_number"] or row["title"] or row["doc_id"], kind, row, units, days, found))
    return rows


def _units(documents: Sequence[Mapping[str, Any]], days: "np.ndarray") -> dict[str, list[int]]:
    """The dated documents of each province, sorted by name."""
    units: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(documents):
        if row["province"] and row["level"] != "central" and days[at]:
            units[row["province"]].append(at)
    return dict(sorted(units.items()))


def _row(
    item: str,
    kind: str,
    origin: Mapping[str, Any],
    units: Mapping[str, list[int]],
    days: "np.ndarray",
    holding: Iterable[int],
) -> Adoption:
    """The row of an item that some documents hold."""
    holds = set(holding)
    found: dict[str, tuple[int | None, int, int]] = {}
    for name, members in units.items():
        all_days = days[members].tolist()
        first = min((day for at, day in zip(members, all_days, strict=True) if at in holds), default=None)
        found[name] = (first, min(all_days), max(all_days))
    day = last_day(origin["date"]) or 0
    lags = adoption(day, found)
    vague = "" if len(origin["date"]) == 10 else f"the origin is only known to be in {origin['date']}"
    return Adoption(
        item, kind, "province", date.fromordinal(day).isoformat(), lags.first, lags.first_days, lags.median_days, lags.low_days,
        lags.high_days, lags.adopted, lags.before, lags.units, "; ".join(filter(None, [lags.reason, vague])),
    )  # fmt: skip


def _reason(units: int, adopted: int, median: int | None, at_start: int) -> str:
    """Why there is no median, or what makes lags too long; "" otherwise."""
    if units < LEAST_UNITS:
        return f"{units} province{'' if units == 1 else 's'} with documents since, {LEAST_UNITS} are needed"
    if at_start:
        return f"{at_start} of {adopted} have it in the first document held of them: their lags are at most so long"
    return "fewer than half adopt before their last document" if median is None else ""
