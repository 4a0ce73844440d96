"""The story planted in the demo corpus (corpora/demo/README.md) is found by the shipped codebook, and what is not there is not."""

from collections import defaultdict
from pathlib import Path

import pytest

from pipeline import open_run

Points = dict[str, tuple[float | None, float | None, float | None]]  # period → value, low, high


@pytest.fixture(scope="session")
def trends(demo_run: Path) -> dict[tuple[str, str], Points]:
    found: dict[tuple[str, str], Points] = defaultdict(dict)
    for row in open_run(demo_run).table("trends").to_pylist():
        if row["unit"] == "per_1000_sentences":
            found[row["series"], row["group"]][row["period"]] = (row["value"], row["low"], row["high"])
    return found


def rate(points: Points, *years: int) -> float:
    """Mean rate over some years, gaps left out."""
    values = [points[str(year)][0] for year in years if str(year) in points]
    known = [value for value in values if value is not None]
    return sum(known) / len(known)


def clearly_above(points: Points, year: int, other: int) -> bool:
    low, high = points[str(year)][1], points[str(other)][2]
    return low is not None and high is not None and low > high


def test_sixty_documents_are_read_and_all_are_dated(demo_run: Path) -> None:
    documents = open_run(demo_run).table("documents", ["date", "kind", "format"]).to_pylist()
    assert len(documents) == 60 and all(row["date"] for row in documents)
    assert sum(row["kind"] == "paper" for row in documents) == 12
    assert {row["format"] for row in documents} == {"txt", "md", "html", "docx", "pdf", "xlsx"}


def test_empowerment_rises_early_and_stays(trends: dict[tuple[str, str], Points]) -> None:
    points = trends["technology_empowerment", "all"]
    assert clearly_above(points, 2018, 2014)
    assert rate(points, 2014) < 0.5 * rate(points, 2017, 2018)
    assert 0.7 < rate(points, 2017, 2018, 2019) / rate(points, 2023, 2024, 2025) < 1.4


def test_silos_are_a_problem_first_and_bridged_later(trends: dict[tuple[str, str], Points]) -> None:
    barrier, bridging = trends["silos.barrier", "all"], trends["silos.bridging", "all"]
    assert clearly_above(barrier, 2017, 2022) and clearly_above(bridging, 2022, 2015)
    assert max(barrier, key=lambda year: barrier[year][0] or 0) in ("2016", "2017", "2018")
    assert rate(barrier, 2015, 2016, 2017) > rate(bridging, 2015, 2016, 2017)
    assert rate(barrier, 2021, 2022, 2023) < 0.3 * rate(bridging, 2021, 2022, 2023)


def test_standardization_rises_late(trends: dict[tuple[str, str], Points]) -> None:
    points = trends["standardization", "all"]
    assert clearly_above(points, 2024, 2018)
    assert rate(points, 2014, 2015, 2016, 2017, 2018, 2019) < 0.4 * rate(points, 2023, 2024, 2025)


def test_one_province_lags_by_two_years(trends: dict[tuple[str, str], Points]) -> None:
    codes = ("technology_empowerment", "silos.bridging", "standardization")

    def misfit(lag: int) -> float:
        """Mean squared distance between 朔川 and what 松汀 was so many years earlier."""
        gaps = []
        for code in codes:
            ahead, behind = trends[code, "province=松汀省"], trends[code, "province=朔川省"]
            for year in range(2018, 2026):
                pair = ahead.get(str(year - lag), (None,))[0], behind.get(str(year), (None,))[0]
                if pair[0] is not None and pair[1] is not None:
                    gaps.append((pair[0] - pair[1]) ** 2)
        return sum(gaps) / len(gaps)

    assert min(range(5), key=misfit) in (1, 2, 3), {lag: round(misfit(lag)) for lag in range(5)}


def test_demand_is_noise(trends: dict[tuple[str, str], Points]) -> None:
    points = trends["environment_demand", "all"]
    assert not clearly_above(points, 2025, 2014) and not clearly_above(points, 2014, 2025)
