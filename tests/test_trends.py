"""Rates by period and group."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from small_runs import Text, bytes_of, make_run, run_stage

from pipeline import trends
from pipeline.store import Run
from pipeline.trends.series import series_of
from pipeline.units import period_of, periods_between


def text(sentences: int, codes: dict[int, list[str]] | None = None, date: str | None = "2021", **facts: Any) -> Text:
    shares = facts.pop("shares", ())
    return Text([["数据|共享"] * sentences], codes or {}, shares, date, facts)


def made(folder: Path, texts: list[Text], **settings: Any) -> Run:
    run = make_run(folder, texts, **settings)
    run_stage(trends.run, run)
    return run


def point(run: Run, series: str, period: str = "2021", group: str = "all") -> dict[str, Any]:
    rows = run.table("trends").to_pylist()
    (row,) = [row for row in rows if (row["series"], row["period"], row["group"]) == (series, period, group)]
    return row


def test_a_rate_is_coded_sentences_per_thousand_counted_together(tmp_path: Path) -> None:
    # 3 of 10 + 2 sentences; two terms of one code in one sentence count once
    texts = [text(10, {0: ["standardization", "standardization"], 1: ["standardization"]}), text(2, {1: ["standardization"]})]
    row = point(made(tmp_path, texts), "standardization")
    assert (row["value"], row["n_documents"], row["n_segments"], row["unit"]) == (250, 2, 12, "per_1000_sentences")


def test_a_code_counts_by_stance_and_in_the_code_above_it(tmp_path: Path) -> None:
    run = made(tmp_path, [text(4, {0: ["silos.barrier/problem", "silos.bridging/problem"], 1: ["silos.bridging/measure"]})])
    found = {row["series"]: row["value"] for row in run.table("trends").to_pylist()}
    assert found == {
        "silos": 500, "silos.barrier": 250, "silos.bridging": 500,
        "silos/problem": 250, "silos/measure": 250,
        "silos.barrier/problem": 250, "silos.bridging/problem": 250, "silos.bridging/measure": 250,
    }  # fmt: skip


def test_stances_can_be_left_out() -> None:
    assert series_of("silos.barrier", "problem", False) == ["silos", "silos.barrier"]


def test_negated_tags_and_other_kinds_of_segments_do_not_count(tmp_path: Path) -> None:
    texts = [text(4, {0: ["-standardization"], 1: ["standardization"]})]
    assert point(made(tmp_path / "a", texts), "standardization")["value"] == 250
    run = made(tmp_path / "b", texts, **{"trends.kinds": ["heading"]})
    assert run.rows("trends") == 0


def test_topics_are_mean_shares_of_documents(tmp_path: Path) -> None:
    run = made(tmp_path, [text(1, shares=(0.2, 0.8)), text(9, shares=(0.4, 0.6)), text(5)])
    row = point(run, "topic:0")
    assert (row["value"], row["unit"]) == (pytest.approx(0.3), "mean_share")


def many(number: int, date: str, issuers: list[str] | None = None) -> list[Text]:
    """Documents of 20 sentences with one to three of them coded."""
    codes = [{order: ["standardization"] for order in range(1 + count % 3)} for count in range(number)]
    return [text(20, codes[count], date, issuers=issuers or ["教育部"]) for count in range(number)]


def test_five_documents_have_an_interval_and_four_say_why_not(tmp_path: Path) -> None:
    run = made(tmp_path, many(5, "2021") + many(4, "2022"))
    row = point(run, "standardization")
    assert row["low"] < row["value"] < row["high"] and row["reason"] == ""
    row = point(run, "standardization", "2022")
    assert (row["low"], row["high"], row["reason"]) == (None, None, "4 documents: no interval")


def test_a_code_that_never_occurs_has_no_interval_either(tmp_path: Path) -> None:
    run = made(tmp_path, many(5, "2021") + [text(20, date="2022") for _ in range(6)])
    row = point(run, "standardization", "2022")
    assert (row["value"], row["low"], row["high"]) == (0, None, None)
    assert row["reason"] == "none in 120 sentences: no interval"


def test_documents_without_anything_to_count_in_give_no_interval(tmp_path: Path) -> None:
    texts = [text(4, {0: ["standardization"]}) for _ in range(2)] + [Text([[]], date="2021-06-05") for _ in range(7)]
    row = point(made(tmp_path, texts), "standardization", "2021")
    assert (row["n_documents"], row["low"], row["reason"]) == (2, None, "2 documents: no interval")


def test_periods_without_documents_are_seen(tmp_path: Path) -> None:
    run = made(tmp_path, many(5, "2019") + many(5, "2021"))
    row = point(run, "standardization", "2020")
    assert (row["value"], row["n_documents"], row["reason"]) == (None, 0, "no documents")


def test_groups_are_made_of_what_is_known(tmp_path: Path) -> None:
    texts = [
        text(4, {0: ["standardization"]}, level="province", region="山东省", issuers=["省政府", "省财政厅"]),
        text(4, level="central", issuers=["教育部"]),
        text(4),
    ]
    run = made(tmp_path, texts, **{"trends.groups": ["level", "region", "issuer"]})
    groups = {row["group"]: row["value"] for row in run.table("trends").to_pylist() if row["series"] == "standardization"}
    assert groups == {
        "all": pytest.approx(1000 / 12), "level=province": 250, "level=central": 0, "region=山东省": 250,
        "issuer=省政府": 250, "issuer=省财政厅": 250, "issuer=教育部": 0,
    }  # fmt: skip


def test_a_province_counts_its_cities_in(tmp_path: Path) -> None:
    province = text(4, {0: ["standardization"]}, region="山东省", province="山东省")
    city = text(4, region="济南市", province="山东省")
    run = made(tmp_path, [province, city], **{"trends.groups": ["region", "province"]})
    groups = {row["group"]: row["value"] for row in run.table("trends").to_pylist() if row["series"] == "standardization"}
    assert groups == {"all": 125, "region=山东省": 250, "region=济南市": 0, "province=山东省": 125}


@pytest.mark.parametrize(
    ("date", "precision", "labels"),
    [
        ("2021-06-05", "day", ("2021", "2021H1", "2021Q2", "2021-06")),
        ("2021-07", "month", ("2021", "2021H2", "2021Q3", "2021-07")),
        ("2021", "year", ("2021", None, None, None)),
        (None, "none", (None, None, None, None)),
    ],
)
def test_a_date_falls_into_a_period_if_it_is_precise_enough(date: str, precision: str, labels: tuple[str | None, ...]) -> None:
    assert tuple(period_of(date, precision, period) for period in ("year", "halfyear", "quarter", "month")) == labels


@pytest.mark.parametrize(
    ("first", "last", "between"),
    [
        ("2019", "2021", ["2019", "2020", "2021"]),
        ("2019H2", "2020H2", ["2019H2", "2020H1", "2020H2"]),
        ("2019Q4", "2020Q2", ["2019Q4", "2020Q1", "2020Q2"]),
        ("2019-11", "2020-02", ["2019-11", "2019-12", "2020-01", "2020-02"]),
    ],
)
def test_all_periods_between_two(first: str, last: str, between: list[str]) -> None:
    assert periods_between(first, last) == between


def test_documents_dated_too_coarsely_are_counted_and_left_out(tmp_path: Path) -> None:
    run = make_run(tmp_path, [*many(5, "2021-03"), *many(2, "2021")], period="quarter")
    counts = run_stage(trends.run, run)
    assert counts["documents_left_out"] == 2
    assert counts["note"] == "2 of 7 documents have no date precise to the quarter"
    assert point(run, "standardization", "2021Q1")["n_documents"] == 5


def test_no_dates_give_an_empty_table_and_a_reason(tmp_path: Path) -> None:
    run = make_run(tmp_path, [text(3, {0: ["standardization"]}, None)])
    assert run_stage(trends.run, run)["reason"] == "none of 1 documents has a date precise to the year"
    assert run.rows("trends") == 0


def test_no_document_at_all_is_too_little(tmp_path: Path) -> None:
    assert "reason" in run_stage(trends.run, make_run(tmp_path, []))


def test_duplicates_are_left_out(tmp_path: Path) -> None:
    copies = [text(20, {0: ["standardization"]}, duplicate_of="0", issuers=["教育部"])]
    with_copies, without = made(tmp_path / "a", many(6, "2021") + copies), made(tmp_path / "b", many(6, "2021"))
    assert with_copies.table("trends").equals(without.table("trends"))


def test_of_a_law_in_several_versions_the_latest_of_a_period_counts_unless_all_are_to(tmp_path: Path) -> None:
    coded = {0: ["standardization"]}
    versions = [
        text(10, coded, "2021-01-05", version_of="law"), text(2, coded, "2021-09-01", version_of="law"),
        text(4, coded, "2022-03-01", version_of="law"), text(10, coded, "2021-02-01"),
    ]  # fmt: skip
    one = made(tmp_path / "one", versions)
    assert (
        point(one, "standardization")["value"] == pytest.approx(1000 * 2 / 12)
        and point(one, "standardization")["n_documents"] == 2
    )
    assert point(one, "standardization", "2022")["n_documents"] == 1
    every = made(tmp_path / "all", versions, **{"trends.versions": "all"})
    assert point(every, "standardization")["value"] == pytest.approx(1000 * 3 / 22)


def test_one_core_and_two_give_the_same_bytes(tmp_path: Path) -> None:
    for jobs in (1, 2):
        made(tmp_path / str(jobs), many(20, "2021", ["教育部", "财政部"]) + many(8, "2022"), **{"engine.jobs": jobs})
    assert bytes_of(tmp_path / "1", "trends") == bytes_of(tmp_path / "2", "trends")


def test_a_cell_does_not_depend_on_the_others(tmp_path: Path) -> None:
    alone, beside = made(tmp_path / "a", many(8, "2021")), made(tmp_path / "b", many(8, "2021") + many(8, "2020"))
    assert point(alone, "standardization") == point(beside, "standardization")
    assert isinstance(alone.table("trends"), pa.Table)
