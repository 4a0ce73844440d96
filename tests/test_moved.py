"""What moved since an earlier run: documents, codebook and settings kept apart."""

import csv
import json
import random
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import HOME, type_command
from small_runs import Text, make_run, run_stage

from pipeline import read_settings, run, store, trends
from pipeline.errors import SettingsError
from pipeline.report.moved import memo
from pipeline.store import Run
from pipeline.trends import history
from pipeline.trends.attribution import CAUSES, Shift
from pipeline.trends.moved import Moved, moved, state_of
from pipeline.trends.newcomers import exchanged, square_and_add

ISSUERS = ["澜州省人民政府", "岚国海务部"]


def text(sentences: int, coded: int = 0, date: str | None = "2021-05-06", code: str = "standardization", **facts: Any) -> Text:
    return Text([["统一|标准"] * sentences], {order: [code] for order in range(coded)}, (), date, facts)


def run_of(folder: Path, texts: list[Text], **settings: Any) -> Run:
    run = make_run(folder, texts, **{"trends.bootstraps": 200} | settings)
    run_stage(trends.run, run)
    return run


def after(folder: Path, before: list[Text], now: list[Text], **settings: Any) -> Moved:
    run_of(folder, before)
    return moved(run_of(folder, now, **settings))


def shift(told: Moved, series: str = "standardization", group: str = "all", period: str = "all") -> Shift:
    (found,) = [row for row in told.shifts if (row.series, row.group, row.period) == (series, group, period)]
    return found


def parts_of(row: Shift) -> list[float]:
    return [getattr(row, cause) for cause in CAUSES]


def assert_parts_add_up(told: Moved) -> None:
    known = [row for row in told.shifts if row.before is not None and row.after is not None]
    assert known
    for row in known:
        assert row.before + sum(parts_of(row)) == pytest.approx(row.after, abs=1e-9), row


# the parts


def test_a_change_is_split_into_coding_and_new_documents_by_hand(tmp_path: Path) -> None:
    # 2 of 10 sentences, then 3 of the same 10 and 8 of 10 new ones: 200 + 100 by coding = 300; (8000 - 300 x 10) / 20 = 250
    row = shift(after(tmp_path, [text(10, 2)], [text(10, 3), text(10, 8)]))
    assert (row.before, row.coding, row.added, row.after) == (200, 100, 250, 550)
    assert (row.gone, row.replaced, row.redated, row.chosen) == (0, 0, 0, 0)
    assert (row.documents_before, row.documents_after, row.recoded) == (1, 2, 1)


def test_parts_add_up_whatever_happens_to_documents(tmp_path: Path) -> None:
    before = [text(10, 2), text(7, 3), text(9, 5, level="province"), text(6, 2), text(12, 4), text(5, 1)]
    now = [
        text(10, 4), text(8, 1), text(9, 6, "2022-01-02", level="central"), text(6, 2, duplicate_of="x"), text(12, 4),
        text(5, 1), text(20, 15, "2022-03-04", level="province"),
    ]  # fmt: skip
    told = after(tmp_path, before, now)
    assert told.documents == {"added": 1, "gone": 0, "replaced": 1, "redated": 1, "chosen": 1}
    assert all(parts_of(shift(told))[number] for number in (0, 1, 3, 5))
    assert shift(told).redated == 0, "among all documents and periods a date moves nothing"
    assert shift(told, period="2021").redated != 0
    assert_parts_add_up(told)


def test_a_document_that_is_no_longer_there_is_gone_and_one_at_its_place_replaces_it(tmp_path: Path) -> None:
    before = [text(10, 2), text(10, 6), text(4, 1, source="x.txt")]
    told = after(tmp_path, before, [text(10, 2), text(10, 5)])
    assert told.documents["gone"] == 1 and [row.what for row in told.changed] == ["gone"]
    anew = after(
        tmp_path / "anew", [text(10, 2), text(4, 1)], [text(10, 2), text(5, 1, duplicate_of="x"), text(6, 3, source="1.txt")]
    )
    assert anew.documents["chosen"] == 1
    assert_parts_add_up(told)


def test_what_counts_otherwise_because_of_other_documents_says_so(tmp_path: Path) -> None:
    told = after(tmp_path, [text(10, 2), text(5, 1)], [text(10, 2), text(5, 1, duplicate_of="x")])
    assert told.chosen_by == "documents"
    by_settings = after(tmp_path / "b", [text(10, 2), text(5, 1)], [text(10, 2), text(5, 1, duplicate_of="x")], period="month")
    assert by_settings.chosen_by == "settings" and by_settings.unsaid["period"] == "month"


def test_another_period_or_group_still_compares_in_those_of_now(tmp_path: Path) -> None:
    told = after(tmp_path, [text(10, 2)], [text(10, 2), text(10, 6)], period="quarter")
    assert ("period", "year", "quarter") in told.settings
    assert shift(told, period="2021Q2").added == 200


def test_another_unit_compares_documents_and_settings_only(tmp_path: Path) -> None:
    told = after(tmp_path, [text(10, 2)], [text(10, 2), text(10, 6)], **{"trends.units": ["share_of_documents"]})
    assert told.shifts == [] and told.unsaid["unit"] and told.documents["added"] == 1


def test_settings_that_decide_what_counts_are_named_as_the_cause(tmp_path: Path) -> None:
    told = after(tmp_path, [text(10, 2)], [text(10, 3)], **{"trends.leave_out": ["quoted"]})
    assert told.recoded_by == ["settings"] and told.documents["added"] == 0
    told = after(tmp_path / "b", [text(10, 2)], [text(10, 3)], seed=7)
    assert told.recoded_by == ["documents"], "a seed decides no count"


def test_stances_that_were_not_counted_before_do_not_seem_new(tmp_path: Path) -> None:
    run_of(tmp_path, [text(10, 2)], **{"trends.stances": False})
    told = moved(run_of(tmp_path, [text(10, 2), text(10, 9)]))
    assert {row.series for row in told.shifts} == {"standardization"}


# how sure


def many(number: int, coded: int, date: str = "2021-05-06", **facts: Any) -> list[Text]:
    """Documents of 20 sentences with about so many of them coded."""
    return [text(20, coded + at % 3, date, issuers_today=[ISSUERS[at % 2]], **facts) for at in range(number)]


def test_new_documents_that_differ_are_told_with_their_sentences(tmp_path: Path) -> None:
    told = after(tmp_path, many(20, 1), [*many(20, 1), *many(10, 9)])
    first = told.moved[0]
    assert first.verdict == "likely" and first.difference.series.startswith("standardization")
    assert (first.difference.new_documents, first.difference.old_documents, first.difference.basis) == (10, 20, "same_periods")
    assert first.difference.low > 0 and first.difference.difference == pytest.approx(1000 * (99 / 200 - 39 / 400), abs=1e-6)
    assert len(first.quotes) == 3 and first.quotes[0].surface == "统一标准"
    assert first.shift and first.shift.before == pytest.approx(97.5)


def test_new_documents_of_the_same_kind_are_not(tmp_path: Path) -> None:
    told = after(tmp_path, many(30, 3), [*many(30, 3), *many(10, 3)])
    assert told.moved and {row.verdict for row in told.moved} == {"chance"}


def test_documents_of_a_new_period_are_laid_beside_those_before_it(tmp_path: Path) -> None:
    old = [*many(6, 1, "2019-01-02"), *many(6, 1, "2020-01-02")]
    found = after(tmp_path, old, [*old, *many(6, 9, "2021-01-02")]).differences[0]
    assert (found.basis, found.periods, found.old_documents) == ("earlier_periods", ("2020", "2021"), 6)


def test_fewer_than_five_new_documents_are_counted_only(tmp_path: Path) -> None:
    told = after(tmp_path, many(20, 1), [*many(20, 1), *many(4, 9)])
    assert told.moved == [] and told.unsaid["few_new"] == 5
    assert told.new_counts == [("standardization", 4, 487.5)]


def test_no_dates_do_not_hinder(tmp_path: Path) -> None:
    old = [replace(one, date=None) for one in many(8, 1)]
    told = after(tmp_path, old, [*old, *[replace(one, date=None) for one in many(6, 9)]])
    assert told.dates == (None, None, 6) and told.unsaid["undated"] == 6
    assert told.differences[0].basis == "all"


def test_what_is_found_nowhere_before_is_not_surer_than_it_can_be(tmp_path: Path) -> None:
    found = after(tmp_path, many(6, 0), [*many(6, 0), *many(6, 0)])
    assert all(row.low < row.difference < row.high for row in found.differences)
    nowhere = [text(20, date="2021-05-06") for _ in range(6)]
    (row, *_) = after(tmp_path / "b", nowhere, [*nowhere, *many(6, 5)]).differences
    # the share of documents that could hold it unseen in 6 is 1 - .025 ** (1/6) = .459, at the rate of those that hold it
    assert row.old == 0 and row.difference - row.low > 0.459 * row.new * 0.99


def test_differences_by_square_and_add_by_hand() -> None:
    # 5 (3 to 8) less 2 (1 to 4): 3 - sqrt(2² + 2²), 3 + sqrt(3² + 1²)
    assert square_and_add((5, 2), (3, 1), (8, 4)) == pytest.approx((3, 3 - 8**0.5, 3 + 10**0.5))


def test_p_is_the_share_of_exchanges_that_give_as_much() -> None:
    # of the 20 ways to choose 3 of 6 documents the one found and its opposite are as far apart
    above, below = np.array([[9.0], [8], [7], [1], [2], [3]]), np.full((6, 1), 10.0)
    z, p = exchanged(above, below, [0, 1, 2], [3, 4, 5], samples=4000, rng=np.random.default_rng(1))
    # both sides have the variance .01 / 3: z = .6 / sqrt(2 x .01 / 3)
    assert z[0] == pytest.approx(0.6 / (0.02 / 3) ** 0.5) and p[0] == pytest.approx(0.1, abs=0.02)


def test_chance_alone_is_called_sure_seldom() -> None:
    share = np.mean([_p_of_chance(seed) < 0.05 for seed in range(12)])
    assert share <= 0.08


def _p_of_chance(seed: int) -> "np.ndarray":
    """p of 20 series in 40 documents of very different lengths and rates, of which 10 at random are the new ones."""
    rng = np.random.default_rng(seed)
    below = np.tile(rng.lognormal(4, 1, (40, 1)).round() + 1, (1, 20))
    above = rng.binomial(below.astype(int), rng.beta(0.5, 4, (40, 20))).astype(float)
    return exchanged(above, below, list(range(10)), list(range(10, 40)), samples=199, rng=rng)[1]


# first mentions


def test_a_code_first_met_in_a_province_is_told_and_one_that_was_met_is_not(tmp_path: Path) -> None:
    old = [*many(4, 0, province="澜州省"), *many(4, 2, province="芦州省")]
    new = [text(20, 3, province="澜州省"), text(20, 3, province="芦州省"), text(20, 3, code="silos.barrier", province="澜州省")]
    told = after(
        tmp_path,
        [text(20, province="澜州省") for _ in range(4)] + old[4:],
        [text(20, province="澜州省") for _ in range(4)] + old[4:] + new,
    )
    found = [(row.first.item, row.first.dimension, row.first.value, len(row.first.documents)) for row in told.first]
    assert ("standardization", "province", "澜州省", 1) in found and ("silos.barrier", "", "", 1) in found
    assert not [row for row in found if row[2] == "芦州省"]
    assert all(row.quotes for row in told.first)


# states


def test_a_state_that_equals_the_last_is_not_kept_and_then_nothing_is_new(tmp_path: Path) -> None:
    run_of(tmp_path, [text(10, 2)])
    run = run_of(tmp_path, [text(10, 2), text(10, 3)])
    assert moved(run).status == "compared"
    run_stage(trends.run, run)
    history.nothing_new(tmp_path)
    told = moved(run)
    assert (told.status, len(state_of(run)), told.before["number"]) == ("nothing_new", 2, 1)
    assert moved(run, "1").documents["added"] == 1, "what moved before can still be asked for"


def test_only_the_latest_states_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 2)
    for number in range(4):
        run = run_of(tmp_path, [text(10, 2)] * (number + 1))
    assert [state["number"] for state in state_of(run)] == [3, 4]


def test_a_state_is_found_by_number_and_by_day(tmp_path: Path) -> None:
    for number in range(3):
        run = run_of(tmp_path, [text(10, 2)] * (number + 1))
    assert moved(run, "1").documents["added"] == 2 and moved(run, "0002").documents["added"] == 1
    assert moved(run, state_of(run)[0]["made"][:10]).before["number"] == 2
    for wrong in ("9", "1999-01", "soon", "3"):
        with pytest.raises(SettingsError, match=r"there are 1 \("):
            moved(run, wrong)


def test_a_damaged_state_is_left_out(tmp_path: Path) -> None:
    run = run_of(tmp_path, [text(10, 2)])
    (tmp_path / "history/0001.parquet").write_bytes(b"PAR1 not really")
    assert moved(run).status == "first" and moved(run).now == {}
    (tmp_path / "history/again.json").write_text("[]")
    told = after(tmp_path, [text(9, 2)], [text(9, 2), text(10, 3)])
    assert told.documents["added"] == 1


def test_a_state_reads_back_what_was_counted(tmp_path: Path) -> None:
    run = run_of(tmp_path, [text(10, 2), text(7, 3, duplicate_of="x"), text(4, 4)])
    state = history.load(tmp_path, history.states(tmp_path)[0])
    totals = dict(zip(state.names, state.above.sum(axis=0).tolist(), strict=True))
    assert totals["standardization"] == 6000 and state.below[:, 0].sum() == 14
    assert [row["counts"] for row in state.documents].count(False) == 1 and run.rows("documents") == 3


def test_a_state_of_a_thousand_documents_is_small(tmp_path: Path) -> None:
    rng = random.Random(1)
    codes = [f"c{number}" for number in range(8)]
    texts = [
        Text([["数据"] * 20], {at: [f"{rng.choice(codes)}/{rng.choice(['problem', 'measure'])}"] for at in range(15)}, (), "2021-05-06",
             {"title": "关于印发" + "".join(chr(rng.randrange(0x4E00, 0x5E00)) for _ in range(20)) + "的通知"})
        for _ in range(1000)
    ]  # fmt: skip
    run_of(tmp_path, texts, **{"trends.bootstraps": 50})
    assert (tmp_path / "history/0001.parquet").stat().st_size < 100_000


def test_no_documents_at_all_do_not_hinder(tmp_path: Path) -> None:
    told = after(tmp_path, [], [text(10, 2)])
    assert told.status == "compared" and told.documents["added"] == 1 and shift(told).before is None
    assert after(tmp_path / "b", [text(10, 2)], []).documents["gone"] == 1


def test_a_codebook_that_is_gone_does_not_hinder(tmp_path: Path) -> None:
    told = after(tmp_path, [text(10, 2)], [text(10, 2), text(10, 3)], codebook=str(tmp_path / "gone.yaml"))
    assert told.now["codebook"]["hash"] == "" and told.names == {} and told.documents["added"] == 1


# the page, end to end

HEADER = ["标题", "成文日期", "发文机关", "正文"]
PLAIN = "各单位应当做好日常台账。统一标准规范。办理情况按月报送。经费由本级承担。"
RICH = "制定统一标准规范。完善标准体系。推进标准化建设。海灯照岸。"


def sheet(path: Path, rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])


def notices(first: int, number: int, body: str) -> list[list[str]]:
    return [
        [f"关于第{at}号灯塔台账的通知", f"2021-03-{1 + at % 28:02d}", ISSUERS[at % 2], f"{body}第{at}号灯塔{'甲乙丙丁'[at % 4] * 3}照此办理。"]
        for at in range(first, first + number)
    ]  # fmt: skip


def told_of(folder: Path, *words: str) -> dict[str, Any]:
    done = type_command(folder, "moved", "out", "--json", *words)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on a folder that has grown, then with a codebook of one term more, then both: four states; pages in between."""
    folder = tmp_path_factory.mktemp("grown")
    shipped = (HOME / "lexicons/codebooks/framework.yaml").read_text("utf-8")
    (folder / "book.yaml").write_text(shipped, "utf-8")

    def run(name: str) -> None:
        words = ["--codebook", "book.yaml", "--out", "out", "--to", "trends", "-q", "--jobs", "1"]
        done = type_command(folder, "run", "in", *words)
        assert done.returncode == 0, done.stderr
        (folder / f"{name}.txt").write_text(type_command(folder, "moved", "out").stdout, "utf-8")
        (folder / f"{name}.json").write_text(json.dumps(told_of(folder)), "utf-8")

    sheet(folder / "in/a.csv", notices(0, 12, PLAIN))
    run("first")
    sheet(folder / "in/b.csv", notices(12, 8, RICH))
    run("documents")
    run("again")
    for name, term in (("codebook", "日常台账"), ("both", "海灯照岸")):
        text = (folder / "book.yaml").read_text("utf-8")
        at = text.index("terms:", text.index("id: standardization")) + len("terms:")
        (folder / "book.yaml").write_text(f"{text[:at]}{_more(text[at:], term)}", "utf-8")
        if name == "both":
            sheet(folder / "in/c.csv", notices(20, 3, RICH))
        run(name)
    return folder


def _more(rest: str, term: str) -> str:
    """A list of terms with one more in front: [a, b] or a line each."""
    if rest.lstrip(" ").startswith("["):
        return rest.replace("[", f"[{term}, ", 1)
    line = next(line for line in rest.splitlines() if line.strip().startswith("-"))
    return f"\n{line[: len(line) - len(line.lstrip())]}- {term}{rest}"


def page(folder: Path, name: str) -> tuple[dict[str, Any], str]:
    return json.loads((folder / f"{name}.json").read_text("utf-8")), (folder / f"{name}.txt").read_text("utf-8")


def test_the_first_run_has_nothing_to_be_compared_with(grown: Path) -> None:
    told, shown = page(grown, "first")
    assert told["status"] == "first" and told["now"]["documents"] == 12 and told["moved"] == []
    assert "还没有更早的一次运行可作比较" in shown


def test_added_files_are_told_exactly(grown: Path) -> None:
    told, shown = page(grown, "documents")
    assert {row["title"] for row in told["changed"]} == {row[0] for row in notices(12, 8, RICH)}
    assert told["documents"] == {"added": 8, "gone": 0, "replaced": 0, "redated": 0, "chosen": 0}
    assert told["issuers"] == [[name, 4, False] for name in sorted(ISSUERS)]
    assert told["recoded"] == told["settings"] == told["programs"] == []
    assert all(row["coding"] in (0, None) for row in told["shifts"])
    assert told["moved"][0]["difference"]["series"].startswith("standardization")
    assert "新增 8 篇，日期 2021-03-13 至 2021-03-20" in shown and "可靠" in shown and "同样的文献计数不变" in shown


def test_a_run_that_finds_nothing_new_says_so(grown: Path) -> None:
    told, shown = page(grown, "again")
    assert told["status"] == "nothing_new" and "--since 1" in shown


def test_what_a_killed_run_found_is_still_news_to_the_next_one(tmp_path: Path) -> None:
    def again() -> str:
        made = run(tmp_path / "in", out=tmp_path / "out", settings=read_settings(None, **{"engine.jobs": 1}), last="trends")
        return moved(made).status

    for name, first in (("a", 0), ("b", 6)):
        sheet(tmp_path / f"in/{name}.csv", notices(first, 6, PLAIN))
        assert again() == ("first" if name == "a" else "compared")
    state = store.read_state(tmp_path / "out")
    store.write_state(tmp_path / "out", state | {"set_aside": 0})  # as it stands until a run has ended
    assert again() == "compared" and again() == "nothing_new"


def test_a_changed_codebook_is_told_apart_from_documents(grown: Path) -> None:
    told, shown = page(grown, "codebook")
    assert told["documents"]["added"] == 0 and told["recoded_by"] == ["codebook"] and told["shifts"]
    for row in told["shifts"]:
        assert row["before"] + row["coding"] == pytest.approx(row["after"]), row
    assert told["terms_new"] == [["standardization", "日常台账", 12]]
    assert "日常台账" in told["recoded"][0]["quotes"][0]["text"] and told["moved"] == []
    assert "编码本内容有改动" in shown and "没有新的文献" in shown


def test_both_at_once_are_parts_that_add_up(grown: Path) -> None:
    told, shown = page(grown, "both")
    (row,) = [row for row in told["shifts"] if (row["series"], row["group"], row["period"]) == ("standardization", "all", "all")]
    assert row["coding"] > 0 and row["added"] and row["recoded"] == 8
    for one in told["shifts"]:
        if one["before"] is not None and one["after"] is not None:
            assert one["before"] + sum(one[cause] for cause in CAUSES) == pytest.approx(one["after"], abs=1e-9)
    assert "新文献不足 5 篇" in shown and "其中编码" in shown


def test_an_older_state_can_be_asked_for_and_listed(grown: Path) -> None:
    told = told_of(grown, "--since", "1")
    assert told["documents"]["added"] == 11 and told["before"]["documents"] == 12
    listed = json.loads(type_command(grown, "moved", "out", "--list", "--json").stdout)
    assert [state["documents"] for state in listed] == [12, 20, 20, 23]
    assert type_command(grown, "moved", "out", "--since", "77").returncode == 2
    assert type_command(grown, "moved", "out", "--lang", "fr").returncode == 2


def test_a_run_made_in_steps_has_the_same_tables_as_one_made_at_once(grown: Path, tmp_path: Path) -> None:
    words = ["--codebook", str(grown / "book.yaml"), "--to", "trends", "-q", "--jobs", "1", "--out", str(tmp_path / "out")]
    assert type_command(grown, "run", "in", *words).returncode == 0
    for path in sorted((grown / "out/tables/trends").glob("*.parquet")):
        assert (tmp_path / "out/tables/trends" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_has_all_its_words_filled_in(grown: Path, lang: str) -> None:
    for name in ("first", "documents", "again", "codebook", "both"):
        lines = memo(page(grown, name)[0], lang)
        assert lines[0].startswith("# ") and not [line for line in lines if "{" in line or " None" in line]
        assert len(lines) < 90


def test_keys_of_the_json_do_not_depend_on_what_moved(tmp_path: Path) -> None:
    first = moved(run_of(tmp_path, [text(10, 2)]))
    assert set(asdict(first)) == set(asdict(moved(run_of(tmp_path, [text(10, 2), text(3, 1)]))))
