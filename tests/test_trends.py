"""Rates by period and group."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from small_runs import Text, bytes_of, make_run, run_stage

from pipeline import store, trends
from pipeline.engine import workers
from pipeline.store import Run
from pipeline.trends.counting import series_of
from pipeline.trends.series import count


def text(sentences: int, codes: dict[int, list[str]] | None = None, date: str | None = "2021", **facts: Any) -> Text:
    shares = facts.pop("shares", ())
    return Text([["数据|共享"] * sentences], codes or {}, shares, date, facts)


def made(folder: Path, texts: list[Text], **settings: Any) -> Run:
    run = make_run(folder, texts, **({"trends.units": ["per_1000_sentences"]} | settings))
    run_stage(trends.run, run)
    return run


def point(run: Run, series: str, period: str = "2021", group: str = "all", unit: str = "per_1000_sentences") -> dict[str, Any]:
    rows = run.table("trends").to_pylist()
    unit = "mean_share" if series.startswith("topic:") else unit
    names = ("series", "period", "group", "unit")
    (row,) = [row for row in rows if tuple(row[name] for name in names) == (series, period, group, unit)]
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


UNITS = ["per_1000_sentences", "mean_per_1000_sentences", "share_of_sentences", "per_10000_characters", "share_of_documents"]


def test_every_unit_by_hand(tmp_path: Path) -> None:
    # 2 of 8 sentences of four characters, two of them with two places; 1 of 2 sentences; none of 2
    long = text(8, {0: ["standardization", "standardization"], 1: ["standardization"]})
    run = made(tmp_path, [long, text(2, {0: ["standardization"]}), text(2)], **{"trends.units": UNITS})
    found = {unit: point(run, "standardization", unit=unit)["value"] for unit in UNITS}
    assert found == {
        "per_1000_sentences": 250,  # 3 of 12
        "mean_per_1000_sentences": 250,  # (250 + 500 + 0) / 3
        "share_of_sentences": 0.25,
        "per_10000_characters": 625,  # 3 places, the two tags of one sentence being one, in 48 characters
        "share_of_documents": pytest.approx(2 / 3, abs=1e-6),
    }


def test_words_of_ones_own_are_counted_as_characters_in_any_width_and_case(tmp_path: Path) -> None:
    paragraphs = [["推进|互联网＋|政务", "ai|助力", "互联网+|与|互联网+"], ["数据|共享"]]
    run = made(tmp_path, [Text(paragraphs, date="2021")], **{"trends.terms": ["互联网+", "AI", "元宇宙"], "trends.units": UNITS})
    assert point(run, "term:互联网+")["value"] == 500 and point(run, "term:AI")["value"] == 250
    assert point(run, "term:互联网+", unit="per_10000_characters")["value"] == pytest.approx(10_000 * 3 / 25)
    assert point(run, "term:元宇宙")["value"] == 0  # a word that nobody wrote is told, not left out


def test_quotations_can_be_left_out(tmp_path: Path) -> None:
    run = make_run(tmp_path, [text(4, {0: ["standardization"], 1: ["standardization"]})], **{"trends.leave_out": ["quoted"]})
    contexts = run.table("contexts").to_pylist()
    contexts[0]["quoted"] = True
    store.write(run.folder, "contexts", pa.Table.from_pylist(contexts, run.table("contexts").schema))
    with workers(run.settings.engine) as spread:
        series = count(run, spread)
    assert series.sentences.tolist() == [3] and series.above[0, 0] == 1000


def test_what_is_copied_is_left_out_of_a_codes_own_rate(tmp_path: Path) -> None:
    run = make_run(tmp_path, [text(4, {0: ["standardization"], 1: ["standardization"]})])
    copied = run.table("segments").column("seg_id").to_pylist()[1:3]
    with workers(run.settings.engine) as spread:
        series = count(run, spread, copied)
    at = series.names.index("standardization/own")
    assert (series.above[0, at], series.below[0, at]) == (1000, 2)
    assert (series.above[0, series.names.index("standardization")], series.below[0, 0]) == (2000, 4)


def test_paragraphs_hold_the_sentences_of_each_code(tmp_path: Path) -> None:
    paragraphs = [["数据|共享"] * 3, ["部门"], ["标准"] * 2]
    coded = {0: ["silos.barrier"], 1: ["silos.bridging", "standardization"], 4: ["standardization"]}
    run = make_run(tmp_path, [Text(paragraphs, coded, date="2021")])
    with workers(run.settings.engine) as spread:
        found = count(run, spread).paragraphs
    assert found.names == ["silos", "silos.barrier", "silos.bridging", "standardization"]
    assert found.coded.tolist() == [[2, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 1]]
    assert (found.document.tolist(), found.sentences.tolist()) == ([0, 0, 0], [3, 1, 2])


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
    assert row["low"] < row["value"] < row["high"] and row["reason"] == "few documents: the interval is rough"
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
