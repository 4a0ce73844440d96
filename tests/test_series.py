"""What charts show of the trends: which units, groups and points, with what reasons."""

import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline import store
from pipeline.report.data import read_codes
from pipeline.report.series import _far_apart, called, group_name, points_of, series, unit_of
from pipeline.report.words import reasoned
from pipeline.store import Run

sys.path.insert(0, str(Path(__file__).parent / "samples"))
from small_run import small_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return small_run(tmp_path_factory.mktemp("run"), documents=8)


def shown_of(run: Run, said: dict[str, int] | None = None) -> dict[str, Any]:
    return series(run, read_codes(run)[0], {} if said is None else said)


def test_all_documents_come_in_every_unit_and_groups_in_the_first_two(run: Run) -> None:
    trends = shown_of(run)
    assert trends["units"] == run.settings.trends.units
    lists = trends["series"]["standardization"]
    assert set(lists["all"]) == set(trends["units"])
    assert set(lists["kind=policy"]) == {"per_1000_sentences", "mean_per_1000_sentences"}


def test_charts_begin_with_the_first_unit_of_the_settings_and_topics_with_their_own(run: Run) -> None:
    trends = shown_of(run)
    rates = {row["period"]: row["value"] for row in run.table("trends").to_pylist() if (row["series"], row["group"], row["unit"]) == ("standardization", "all", "per_1000_sentences")}  # fmt: skip
    assert [point[1] for point in points_of(trends, "standardization")] == pytest.approx(list(rates.values()), rel=1e-3)
    assert unit_of(trends, "topic:0") == "mean_share" and points_of(trends, "topic:0")
    assert points_of(trends, "no such series") == []


def test_a_point_names_its_reason_even_beside_an_interval(run: Run) -> None:
    said: dict[str, int] = {}
    points = points_of(shown_of(run, said), "standardization", "kind=policy")
    rough = next(point for point in points if point[2] is not None)
    bare = next(point for point in points if point[2] is None)
    assert list(said)[rough[6]].startswith("few documents") and list(said)[bare[6]] == "fewer than 5 documents"
    assert all(len(point) == 6 for point in points_of(shown_of(run), "silos.barrier"))


def test_only_the_splits_that_are_cut_say_so(run: Run, tmp_path: Path) -> None:
    assert shown_of(run)["cut"] == []
    copy = small_run(tmp_path, documents=4)
    rows = copy.table("trends").to_pylist()
    more = [row | {"group": f"region=第{number}市"} for number in range(20) for row in rows if row["group"] == "all"]
    store.write(tmp_path, "trends", pa.Table.from_pylist(rows + more, schema=copy.table("trends").schema))
    assert shown_of(copy)["cut"] == ["region"]


def test_charts_have_scales_of_their_own_where_one_would_press_some_flat() -> None:
    assert _far_apart([[[0, 500.0]], [[0, 2.0]]])
    assert not _far_apart([[[0, 500.0]], [[0, 90.0]], [[0, 0.0]], [[0, None]]])


def test_series_and_groups_are_called_by_name_in_both_languages() -> None:
    names = {"a": {"zh": "甲", "en": "A"}}
    assert called("a/own", names) == {"zh": "甲（不含照抄）", "en": "A (not copied)"}
    assert called("a/problem", names)["zh"] == "甲 · 问题" and called("term:大数据", names)["zh"] == "“大数据”"
    assert called("topic:3", names)["en"] == "topic 3" and called("silos", names)["zh"] == "silos"
    assert group_name("level=central")["zh"] == "中央" and group_name("period=2021..2023")["en"] == "2021–2023"
    assert reasoned("unknown reason")["zh"] == "unknown reason"
