"""Periods: which one a date falls into, and all there are between two, so that gaps can be seen."""

from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise

from pipeline.config import Settings

# first years of the five-year plans; 1963 to 1965 were years of adjustment between two of them
PLANS = (1953, 1958, 1963, *range(1966, 2100, 5))


def period_of(date: str | None, precision: str, settings: Settings) -> str | None:
    """The period a date falls into; none when it is not known that precisely, or lies before the first period.

    Labels: 2021, 2021H1, 2021Q2, 2021-06; 2021–2025 for a five-year plan; 2012-11–2017-09 for periods of one's own.
    """
    if date is None or precision == "none":
        return None
    label = _LABELS[settings.period]
    first, last = (label(date + rest[len(date) :], settings) for rest in ("0000-01-01", "0000-12-31"))
    return first if first == last else None


def periods_between(first: str, last: str, settings: Settings) -> list[str]:
    """All periods from the first to the last, both included."""
    whole = _all(settings, int(first[:4]), int(last[:4]))
    return whole[whole.index(first) : whole.index(last) + 1]


def _all(settings: Settings, first: int, last: int) -> list[str]:
    """The labels of all periods that touch these years."""
    if settings.period == "own":
        return _own(settings)
    label = _LABELS[settings.period]
    days = [f"{year:04d}-{month:02d}-01" for year in range(first, last + 1) for month in range(1, 13)]
    return list(dict.fromkeys(name for day in days if (name := label(day, settings))))


def _plan(day: str, settings: Settings) -> str | None:
    at = bisect_right(PLANS, int(day[:4])) - 1
    return f"{PLANS[at]}–{PLANS[at + 1] - 1}" if at >= 0 else None


def _own_period(day: str, settings: Settings) -> str | None:
    at = bisect_right(settings.breaks, day) - 1
    return _own(settings)[at] if at >= 0 else None


def _own(settings: Settings) -> list[str]:
    """2012–2016 where breaks are years; with months 2012-11–2017-09; the last is open: 2017-10–."""
    return [*(f"{low}–{_before(high)}" for low, high in pairwise(settings.breaks)), f"{settings.breaks[-1]}–"]


def _before(start: str) -> str:
    """The year or month before one."""
    year, month = int(start[:4]), int(start[5:7] or 0)
    if not month:
        return f"{year - 1:04d}"
    return f"{year:04d}-{month - 1:02d}" if month > 1 else f"{year - 1:04d}-12"


_LABELS: dict[str, Callable[[str, Settings], str | None]] = {
    "year": lambda day, _: day[:4],
    "halfyear": lambda day, _: f"{day[:4]}H{(int(day[5:7]) + 5) // 6}",
    "quarter": lambda day, _: f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}",
    "month": lambda day, _: day[:7],
    "plan": _plan,
    "own": _own_period,
}
