"""Two sides of a run: which documents they are, what is told of them, and what is not."""

import csv
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import type_command
from small_runs import Text, make_run, run_stage

from pipeline import store
from pipeline.errors import NotReadyError, SettingsError
from pipeline.exchange.comparison import sentences, write_comparison
from pipeline.records import Comparison
from pipeline.store import Run
from pipeline.trends.cells import STANCES, count
from pipeline.trends.compare import Compared, compare, compare_all, leading
from pipeline.trends.sides import Sides, match, read_sides

WORDS = "数据 共享 平台 服务 治理 协同 机制 标准 监管 创新".split()


def texts(number: int, level: str, *, more: str = "", sentences: int = 12, seed: int = 0, **facts: Any) -> list[Text]:
    """Documents of words drawn at random, the same for each level, with one more word in every second sentence."""
    rng = random.Random(seed)
    found = []
    for at in range(number):
        drawn = [rng.sample(WORDS, 4) + ([more] if more and order % 2 else []) for order in range(sentences + at % 3)]
        about = {"level": level, "issuers": [f"{level}{at % 3}局"]} | facts
        codes = {order: ["standardization"] for order in range(1 + at // 3 % 2)}
        found.append(Text([["|".join(words) for words in drawn]], codes, date=f"20{20 + at % 3}-06-05", facts=about))
    return found


def compared(folder: Path, corpus: list[Text], a: str, b: str, **settings: Any) -> Compared:
    return run_on(make_run(folder, corpus, **{"trends.bootstraps": 100} | settings), a, b)


def run_on(run: Run, a: str, b: str) -> Compared:
    return run_stage(lambda run, spread, key: compare(run, spread, a, b), run)


def row(found: Compared, item: str, *, matched: bool = False) -> Comparison:
    (one,) = [row for row in found.rows if row.item == item and row.matched == matched]
    return one


def sides_of(run: Run, a: str, b: str) -> tuple[Sides, list[str]]:
    return run_stage(lambda run, spread, key: read_sides(a, b, count(run, spread)), run)


def numbers(mask: np.ndarray) -> int:
    return int(mask.any(axis=1).sum())


def test_rates_are_of_all_words_and_sentences_of_a_side(tmp_path: Path) -> None:
    corpus = [Text([["数据|共享", "数据|平台"]], {0: ["standardization"]}, facts={"level": "central"}) for _ in range(5)]
    corpus += [Text([["数据|治理|协同|机制"]], facts={"level": "province"}) for _ in range(5)]
    found = compared(tmp_path, corpus, "level=central", "level=province")
    word = row(found, "数据")
    assert (word.count_a, word.count_b, word.rate_a, word.rate_b) == (10, 5, 5000, 2500)
    assert (word.documents_a, word.documents_b, word.log_ratio) == (5, 5, 1)
    code = row(found, "standardization")
    assert (code.count_a, code.rate_a, code.rate_b) == (5, 500, 0)


def test_a_word_that_only_one_side_uses_is_found_and_the_others_are_not(tmp_path: Path) -> None:
    corpus = texts(12, "central", more="赋能") + texts(12, "province", more="督办")
    found = compared(tmp_path, corpus, "level=central", "level=province")
    sure = {one.item: one.z > 0 for one in found.rows if one.matched and one.q is not None and one.q < 0.05}
    assert sure == {"赋能": True, "督办": False}
    rows = [one for one in found.rows if one.matched]
    assert (leading(rows, "a", 1)[0].item, leading(rows, "b", 1)[0].item) == ("赋能", "督办")


def test_a_word_of_one_long_document_is_told_as_that_and_is_not_beyond_chance(tmp_path: Path) -> None:
    corpus = texts(10, "central") + texts(1, "central", more="飞艇", sentences=120) + texts(10, "province")
    corpus += [Text([["飞艇|数据"]], facts={"level": level}) for level in ("central", "central", "province", "province")]
    found = row(compared(tmp_path, corpus, "level=central", "level=province"), "飞艇")
    assert found.z > 3 and found.g2 > 30, "as if each place were independent"
    assert found.p is not None and found.p > 0.05 and found.dispersion_a is not None and found.dispersion_a > 0.4
    assert found.reason == "more than half of it on A stands in one document"


def test_sides_are_conditions_that_must_all_hold_and_values_of_which_one_must(tmp_path: Path) -> None:
    corpus = [
        *texts(2, "central", kind="law"), *texts(3, "central"), *texts(4, "province", province="澜州省"),
        *texts(1, "province", province="松汀省"), *texts(2, "city", province="澜州省"),
    ]  # fmt: skip
    run = make_run(tmp_path, corpus)
    for a, b, n_a, n_b in (
        ("level=central,kind=policy", "level=province", 3, 5), ("level=central|province", "rest", 10, 2),
        ("province=澜州省", "rest,level=province", 6, 1), ("rest", "kind=law", 10, 2), ("level＝central，kind＝law", "level=city", 2, 2),
        ("issuer=central0局", "issuer=central1局|central2局", 2, 3),
    ):  # fmt: skip
        sides, notes = sides_of(run, a, b)
        assert (numbers(sides.a), numbers(sides.b), notes) == (n_a, n_b, [])


def test_periods_are_labels_or_dates_and_vague_dates_are_in_neither(tmp_path: Path) -> None:
    dates = ["2019", "2020-03-05", "2020-11-30", "2021-06", "2022-01-01", None]
    run = make_run(tmp_path, [Text([["数据|共享"]], date=date) for date in dates], period="quarter")
    for a, b, n_a, n_b in (
        ("period=2020Q1..2021Q2", "period=2022Q1", 3, 1), ("period=2019", "period=2020", 1, 2), ("period=2021..", "period=..2020", 2, 3),
        ("period=2020-03..2020-10", "period=2021-06..2022", 1, 2), ("period=2019-01-01..2019-12-31", "period=2020Q4", 1, 1),
        ("period=2019-01..2019-06", "period=2020", 0, 2),
    ):  # fmt: skip
        if not n_a:
            with pytest.raises(SettingsError, match=r"no document in period=2019-01\.\.2019-06"):
                sides_of(run, a, b)
            continue
        sides, notes = sides_of(run, a, b)
        assert (numbers(sides.a), numbers(sides.b)) == (n_a, n_b), (a, b)
        assert notes == ["2 of 6 documents have no date precise enough for a period"]


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ("levl=central", "rest", "no side called 'levl=central'; there are level=…, province=…"),
        ("level=", "rest", "no side called 'level='"),
        ("central", "rest", "no side called 'central'"),
        ("level=centrl", "rest", "no document has level=centrl; there are central, province"),
        ("province=澜州", "rest", "no document has province=澜州; there are 澜州省"),
        ("stance=problems", "rest", "no document has stance=problems; there are problem, measure, description"),
        ("period=1990", "rest", "no document in period=1990; there are 2020, 2021, 2022"),
        ("period=20x1..", "rest", "no period called 20x1..; there are 2020, 2021, 2022; or write dates"),
        ("level=central,level=province", "rest", "level stands twice in level=central,level=province"),
        ("rest", "rest", "both sides are the rest"),
        ("level=central,province=澜州省", "rest", "nothing is on the side level=central,province=澜州省"),
        ("province=澜州省", "level=province", "all of province=澜州省 is also level=province; compare province=澜州省 with rest"),
    ],
)  # fmt: skip
def test_a_side_that_cannot_be_is_an_error_that_names_the_choices(tmp_path: Path, a: str, b: str, said: str) -> None:
    run = make_run(tmp_path, texts(4, "central") + texts(3, "province", province="澜州省"))
    with pytest.raises(SettingsError) as error:
        sides_of(run, a, b)
    assert said in str(error.value)


def test_what_is_on_both_sides_is_left_out_of_both_and_told(tmp_path: Path) -> None:
    joint = texts(2, "central", issuers=["岚国海务部", "岚国国政院"])
    run = make_run(tmp_path, joint + texts(3, "central", issuers=["岚国海务部"]) + texts(4, "central", issuers=["岚国国政院"]))
    sides, notes = sides_of(run, "issuer=岚国海务部", "issuer=岚国国政院")
    assert (numbers(sides.a), numbers(sides.b)) == (3, 4)
    assert notes == ["2 documents are on both sides and left out of both"]


def test_matching_weighs_by_hand(tmp_path: Path) -> None:
    # short policies: 2 on A, 4 on B; laws: 4 on A, 2 on B; long policies on B only
    short, long = [["数据|共享"] * 5], [["数据|共享"] * 50]
    corpus = [Text(short, facts={"level": "central"})] * 2 + [Text(short, facts={"level": "central", "kind": "law"})] * 4
    corpus += [Text(short, facts={"level": "province"})] * 4 + [Text(short, facts={"level": "province", "kind": "law"})] * 2
    corpus += [Text(long, facts={"level": "province"})] * 3
    run = make_run(tmp_path, corpus)
    cells = run_stage(lambda run, spread, key: count(run, spread), run)
    sides, _ = read_sides("level=central", "level=province", cells)
    alike, said = match(sides, cells, least=5)
    assert alike and said == "matched on kind and length: 6 of 6 documents of A and 6 of 9 of B are left"
    weights = {cells.documents[at]["kind"]: round(alike.weights[at], 6) for at in np.flatnonzero(alike.b.any(axis=1))}
    assert weights == {"policy": 0.5, "law": 2.0}  # (2 / 4) · (6 / 6) and (4 / 2) · (6 / 6)
    none, said = match(sides, cells, least=7)
    assert none is None
    assert (
        said
        == "not matched: 6 of 6 documents of A and 6 of 9 of B have their like in kind and length on the other side, and it takes 7 each"
    )


def test_a_side_that_is_a_kind_is_matched_on_length_only(tmp_path: Path) -> None:
    found = compared(tmp_path, texts(6, "central", kind="law") + texts(6, "central"), "kind=law", "kind=policy")
    assert found.notes[-1].startswith("matched on length: 6 of 6")


def test_length_that_explains_a_difference_no_longer_does_when_matched(tmp_path: Path) -> None:
    long = texts(20, "central", more="附件", sentences=60) + texts(6, "province", more="附件", sentences=60, seed=1)
    corpus = long + texts(6, "central", sentences=12) + texts(20, "province", sentences=12)
    found = compared(tmp_path, corpus, "level=central", "level=province")
    alone, alike = row(found, "附件"), row(found, "附件", matched=True)
    assert alone.q is not None and alone.q < 0.05
    assert alike.p is not None and alike.p > 0.05 and abs(alike.log_ratio) < 0.2 < alone.log_ratio


def test_few_documents_have_no_test_and_no_interval_but_rates(tmp_path: Path) -> None:
    found = compared(tmp_path, texts(4, "central") + texts(8, "province"), "level=central", "level=province")
    code = row(found, "standardization")
    assert (code.p, code.q, code.low, code.high, code.reason) == (None, None, None, None, "4 documents on A: no test")
    assert code.rate_a > 0 and not any(one.matched for one in found.rows)
    assert found.notes[-1].startswith("not matched: 4 of 4 documents of A")


def test_words_of_few_documents_are_left_out_and_codes_say_why_not(tmp_path: Path) -> None:
    corpus = (
        texts(6, "central") + texts(6, "province") + [Text([["飞艇|数据"]], {0: ["silos.barrier"]}, facts={"level": "central"})]
    )
    found = compared(tmp_path, corpus, "level=central", "level=province")
    assert not [one for one in found.rows if one.item == "飞艇"]
    assert row(found, "silos.barrier").reason == "in fewer than 5 documents: no test; none on B: no interval"
    assert row(found, "silos").count_a == 1, "a code counts in the one above it"


def test_the_interval_holds_the_difference_and_is_none_where_a_side_has_none(tmp_path: Path) -> None:
    found = compared(tmp_path, texts(12, "central") + texts(12, "province", sentences=30), "level=central", "level=province")
    code = row(found, "standardization")
    assert code.low is not None and code.high is not None and 0 < code.low < code.rate_a - code.rate_b < code.high
    plain = [Text(text.paragraphs, facts=text.facts) for text in texts(8, "province")]
    one_sided = row(compared(tmp_path / "b", texts(8, "central") + plain, "level=central", "level=province"), "standardization")
    assert (one_sided.low, one_sided.rate_b, one_sided.reason) == (None, 0, "none on B: no interval")
    assert one_sided.p is not None


def with_stances(run: Run, stance: Any) -> Run:
    """The run with the stance that a function gives each sentence by its number."""
    for part in run.parts():
        rows = run.table("contexts", part=part)
        stances = [stance(int(seg_id.rpartition("-")[2])) for seg_id in rows.column("seg_id").to_pylist()]
        at = rows.schema.get_field_index("stance")
        store.write(run.folder, "contexts", rows.set_column(at, rows.schema.field(at), pa.array(stances)), part=part)
    return run


def test_sides_of_two_stances_are_compared_within_documents(tmp_path: Path) -> None:
    run = make_run(tmp_path, texts(12, "central", more="短板", sentences=20), **{"trends.bootstraps": 100})
    with_stances(run, lambda order: "problem" if order % 2 else "measure")
    found = run_on(run, "stance=problem", "stance=measure")
    assert found.notes[-1] == "compared within documents: 12 of 12 documents of A and 12 of 12 of B are on both sides"
    word = row(found, "短板")
    assert (word.count_b, word.documents_a) == (0, 12) and word.q is not None and word.q < 0.05
    others = [one.q for one in found.rows if one.kind == "word" and not one.matched and one.item != "短板"]
    assert all(q is not None and q > 0.05 for q in others)
    assert numbers(sides_of(run, "stance=problem", "rest")[0].b) == 12, "the rest of a stance are the other sentences"


def test_a_stance_of_a_few_sentences_does_not_agree_by_having_nothing(tmp_path: Path) -> None:
    # two sentences of each of 12 documents: a word of every tenth sentence is expected there less than once in two documents
    corpus = [Text([["数据|共享"] * 9 + ["数据|飞艇"] + ["数据|共享"] * 10]) for _ in range(12)]
    run = with_stances(make_run(tmp_path, corpus), lambda order: "problem" if order in (0, 1) else "measure")
    word = row(run_on(run, "stance=problem", "stance=measure"), "飞艇")
    assert word.count_a == 0 and word.p is not None and word.p > 0.1


def test_quotations_and_copies_can_be_left_out(tmp_path: Path) -> None:
    corpus = texts(2, "central", sentences=10)
    run = make_run(tmp_path, corpus, **{"trends.leave_out": ["copied"]})
    copied = run.table("segments", ["seg_id"]).column("seg_id").to_pylist()[:3]
    whole = run_stage(lambda run, spread, key: count(run, spread), run)
    less = run_stage(lambda run, spread, key: count(run, spread, copied), run)
    assert whole.sentences.sum() - less.sentences.sum() == 3 and whole.words.sum() - less.words.sum() == 12
    assert whole.sentences.shape[1] == len(STANCES)


def test_pairs_that_cannot_be_compared_leave_the_others(tmp_path: Path) -> None:
    run = make_run(tmp_path, texts(6, "central") + texts(6, "province"), **{"trends.bootstraps": 100})
    pairs = [("level=central", "rest"), ("level=county", "rest")]
    rows, reasons = run_stage(lambda run, spread, key: compare_all(run, spread, pairs), run)
    assert {one.a for one in rows} == {"level=central"} and {one.matched for one in rows} == {True, False}
    assert len(reasons) == 1 and "level=county and rest are not compared: no document has level=county" in reasons[0]
    assert run_stage(lambda run, spread, key: compare_all(run, spread, []), run) == ([], [])


def test_a_run_that_is_not_coded_says_what_to_do(tmp_path: Path) -> None:
    run = make_run(tmp_path, texts(2, "central"))
    for path in (tmp_path / "tables" / "tags").iterdir():
        path.unlink()
    with pytest.raises(NotReadyError, match="run tag first"):
        run_on(run, "level=central", "rest")


def test_the_same_comparison_gives_the_same_numbers_whatever_the_order_and_jobs(tmp_path: Path) -> None:
    corpus = texts(12, "central") + texts(12, "province", more="督办")
    rows = [
        compared(tmp_path / str(jobs), corpus, "level=central", "level=province", **{"engine.jobs": jobs}).rows for jobs in (1, 2)
    ]
    assert rows[0] == rows[1]
    assert all(value == round(value, 6) for one in rows[0] for value in (one.rate_a, one.z, one.g2, one.log_odds))


def test_random_halves_differ_in_nothing(tmp_path: Path) -> None:
    """Floors of docs/quality.md: p is even, and hardly a word of random halves has a q below .05."""
    halves = random.Random(3)
    corpus = [
        Text(text.paragraphs, facts={"level": halves.choice(["central", "province"])})
        for text in texts(30, "a") + texts(20, "b", sentences=60, more="附件")
    ]
    found = compared(tmp_path, corpus, "level=central", "level=province")
    words = [one for one in found.rows if one.kind == "word" and not one.matched]
    assert len(words) >= 10 and not [one.item for one in words if one.q is not None and one.q < 0.05]


def test_sentences_are_of_the_side_and_of_other_documents(tmp_path: Path) -> None:
    run = make_run(tmp_path, texts(6, "central", more="赋能") + texts(6, "province", more="督办"), **{"trends.bootstraps": 100})
    found = run_on(run, "level=central", "level=province")
    wanted = [row(found, "赋能"), row(found, "数据"), row(found, "standardization")]
    shown = sentences(run, found, wanted, matched=False, number=2)
    by_item = {(one["item"], one["side"]): [] for one in shown}
    for one in shown:
        by_item[one["item"], one["side"]].append(one)
    assert {key: len(value) for key, value in by_item.items()} == {
        ("赋能", "A"): 2, ("数据", "A"): 2, ("数据", "B"): 2, ("standardization", "A"): 2, ("standardization", "B"): 2,
    }  # fmt: skip
    assert all("赋能" in one["sentence"] and one["title"] and one["date"] for one in by_item["赋能", "A"])
    assert all(len({one["doc_id"] for one in group}) == 2 for group in by_item.values())


def test_files_hold_all_rows_and_sentences(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    corpus = texts(6, "central", more="赋能") + texts(6, "province", more="督办")
    run = make_run(tmp_path / "run", corpus, **{"trends.bootstraps": 100})
    found = run_on(run, "level=central", "level=province")
    for name in ("c.xlsx", "c.csv", "again.xlsx"):
        assert write_comparison(tmp_path / name, run, found, matched=True, number=1) == len(found.rows)
    book = load_workbook(tmp_path / "c.xlsx")
    assert book.sheetnames == ["比较 comparison", "句子 sentences", "说明 readme"]
    assert book.worksheets[0].max_row == len(found.rows) + 1 and book.worksheets[1].max_row >= 5
    rows = list(csv.DictReader((tmp_path / "c.csv").open(encoding="utf-8")))
    assert [one["item"] for one in rows[:1]] == ["standardization"] and {one["matched"] for one in rows} == {"1", "0"}
    assert (tmp_path / "c-sentences.csv").read_text("utf-8").startswith("kind,item,side,sentence")
    assert (tmp_path / "c.xlsx").read_bytes() == (tmp_path / "again.xlsx").read_bytes()
    with pytest.raises(SettingsError, match=r"there are .xlsx, .csv"):
        write_comparison(tmp_path / "c.pdf", run, found, matched=True, number=1)


def test_the_command_prints_codes_words_and_sentences(workplace: Path) -> None:
    done = type_command(workplace, "compare", "outputs/demo", "level=central", "level=province", "--limit", "3")
    assert done.returncode == 0, done.stderr
    for line in ("A level=central:", "coded sentences per 1,000", "words most typical of B", "sentences"):
        assert line in done.stdout
    done = type_command(workplace, "compare", "outputs/demo", "level=central", "rest", "--json", "--no-matched", "-o", "c.csv")
    shown = json.loads(done.stdout)
    assert shown["matched"] is False and shown["codes"] and shown["words_a"] and shown["sentences"] and shown["notes"]
    assert (workplace / "c.csv").is_file()
    done = type_command(workplace, "compare", "outputs/demo", "level=centre", "rest")
    assert done.returncode == 2 and "there are" in done.stderr
