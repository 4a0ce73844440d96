"""Which period a date falls into."""

import pytest

from pipeline.config import Settings, read_settings
from pipeline.errors import SettingsError
from pipeline.periods import period_of, periods_between


def settings(period: str, *breaks: str) -> Settings:
    return read_settings(None, period=period, breaks=list(breaks))


@pytest.mark.parametrize(
    ("date", "precision", "labels"),
    [
        ("2021-06-05", "day", ("2021", "2021H1", "2021Q2", "2021-06", "2021–2025")),
        ("2021-07", "month", ("2021", "2021H2", "2021Q3", "2021-07", "2021–2025")),
        ("2021", "year", ("2021", None, None, None, "2021–2025")),
        ("1964-10-16", "day", ("1964", "1964H2", "1964Q4", "1964-10", "1963–1965")),
        ("1951-02-21", "day", ("1951", "1951H1", "1951Q1", "1951-02", None)),
        (None, "none", (None, None, None, None, None)),
    ],
)
def test_a_date_falls_into_a_period_if_it_is_precise_enough(date: str, precision: str, labels: tuple[str | None, ...]) -> None:
    lengths = ("year", "halfyear", "quarter", "month", "plan")
    assert tuple(period_of(date, precision, settings(length)) for length in lengths) == labels


@pytest.mark.parametrize(
    ("length", "first", "last", "between"),
    [
        ("year", "2019", "2021", ["2019", "2020", "2021"]),
        ("halfyear", "2019H2", "2020H2", ["2019H2", "2020H1", "2020H2"]),
        ("quarter", "2019Q4", "2020Q2", ["2019Q4", "2020Q1", "2020Q2"]),
        ("month", "2019-11", "2020-02", ["2019-11", "2019-12", "2020-01", "2020-02"]),
        ("plan", "1958–1962", "1966–1970", ["1958–1962", "1963–1965", "1966–1970"]),
    ],
)
def test_all_periods_between_two(length: str, first: str, last: str, between: list[str]) -> None:
    assert periods_between(first, last, settings(length)) == between


def test_periods_of_ones_own_end_where_the_next_begins() -> None:
    eras = settings("own", "2003-03", "2012-11", "2017-10")
    dates = ["2003-02-28", "2012-10-31", "2012-11-08", "2020-01-01"]
    assert [period_of(date, "day", eras) for date in dates] == [None, "2003-03–2012-10", "2012-11–2017-09", "2017-10–"]
    assert period_of("2012", "year", eras) is None and period_of("2013", "year", eras) == "2012-11–2017-09"
    assert periods_between("2003-03–2012-10", "2017-10–", eras) == ["2003-03–2012-10", "2012-11–2017-09", "2017-10–"]


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        ([], "say where your periods start"),
        (["1992", "1978"], "from the earliest to the latest"),
        (["1978", "1992-10"], "all as years or all as months"),
    ],
)
def test_breaks_that_make_no_periods_are_told(breaks: list[str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings("own", *breaks)
