"""Sentences that stand in an earlier document of a higher level."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_runs import Text, make_run, run_stage

from pipeline.records import Reuse
from pipeline.store import Run
from pipeline.trends.passages import Side, grams, join_runs, shared_grams
from pipeline.trends.reuse import copied_segments, last_day, reuse

SALT = "各县海务所应当在每季度末核对渔船登记台账并向上一级书面报告盐场用水情况"
ROPE = "渡口管理人发现缆绳磨损超过三成的须当日停渡并在渡口两岸张贴告示"
LAMP = "灯塔看守人每晚记录雾号次数"
OWN = "本地织户可以凭染坊收据向驿站申请减免寄送布样的费用"
CENTRE: dict[str, Any] = {"level": "central"}
SHUO: dict[str, Any] = {"level": "province", "province": "朔川省"}


def text(*sentences: str, date: str | None = "2021-06-05", **facts: Any) -> Text:
    return Text([list(sentences)], date=date, facts=facts)


def found(folder: Path, *texts: Text, **settings: Any) -> tuple[Run, list[Reuse]]:
    run = make_run(folder, texts, **settings)
    return run, run_stage(lambda run, spread, key: reuse(run, spread), run)


def copied(folder: Path, *texts: Text, **settings: Any) -> set[str]:
    """The sentences of which most is copied, by document and what they say."""
    run, rows = found(folder, *texts, **settings)
    said = {row["doc_id"]: row["text"] for row in run.table("documents").to_pylist()}
    spans = {row["seg_id"]: (row["doc_id"], row["start"], row["end"]) for row in run.table("segments").to_pylist()}
    return {said[doc_id][start:end] for doc_id, start, end in (spans[seg] for seg in copied_segments(rows))}


def test_a_copied_sentence_leads_to_the_same_words_in_both_documents(tmp_path: Path) -> None:
    run, rows = found(tmp_path, text(LAMP, SALT, **CENTRE), text(OWN, SALT, date="2021-09-01", **SHUO))
    said = {row["doc_id"]: row["text"] for row in run.table("documents").to_pylist()}
    (row,) = rows
    assert said[row.doc_id][row.start : row.end] == said[row.upstream_doc][row.upstream_start : row.upstream_end] == SALT
    assert row.share == 1 and row.seg_id.endswith("-00001") and row.upstream_seg == f"{row.upstream_doc}-00001"


@pytest.mark.parametrize(
    "changed",
    [
        SALT.replace("季度", "半年"),
        SALT.replace("各县", "朔川省各县"),
        SALT.replace("书面", ""),
        SALT.replace("台账并", "台账，并").replace("报告盐场", "报告“盐场”"),
        SALT.replace("核对", "如实清点"),
    ],
)
def test_a_word_changed_left_out_or_put_in_hides_nothing(tmp_path: Path, changed: str) -> None:
    _, (row,) = found(tmp_path, text(SALT, **CENTRE), text(changed, date="2022-01-01", **SHUO))
    assert 0.8 <= row.share <= 1


def test_the_share_is_that_of_letters_that_are_the_same(tmp_path: Path) -> None:
    _, (row,) = found(tmp_path, text(ROPE, **CENTRE), text(ROPE + "，违者由本地里长罚修桥一日", date="2022-01-01", **SHUO))
    assert row.share == pytest.approx(len(ROPE) / (len(ROPE) + 12), abs=1e-6) and not copied_segments([row])


def test_half_a_sentence_is_listed_and_less_is_not(tmp_path: Path) -> None:
    _, rows = found(tmp_path, text(ROPE, **CENTRE), text(LAMP + ROPE, ROPE[:14] + OWN, date="2022-01-01", **SHUO))
    assert [row.seg_id[-5:] for row in rows] == ["00000"]


def test_a_passage_runs_over_sentences_too_short_to_tell_by_themselves(tmp_path: Path) -> None:
    short = "即日施行"
    texts = [text(SALT, short, ROPE, **CENTRE), text(SALT, short, ROPE, OWN, date="2022-01-01", **SHUO)]
    assert copied(tmp_path / "a", *texts) == {SALT, short, ROPE}
    assert copied(tmp_path / "b", texts[0], text(OWN, short, LAMP, date="2022-01-01", **SHUO)) == set()


def test_who_is_later_or_of_the_same_level_copies_and_never_the_other(tmp_path: Path) -> None:
    later = text(SALT, date="2021-06-06", **CENTRE)
    assert copied(tmp_path / "later", later, text(SALT, **SHUO)) == set()
    assert copied(tmp_path / "one day", text(SALT, **CENTRE), text(SALT, **SHUO)) == {SALT}
    assert copied(tmp_path / "month", text(SALT, date="2021-06", **CENTRE), text(SALT, date="2021-06-29", **SHUO)) == set()
    assert copied(tmp_path / "months", text(SALT, date="2021-06", **CENTRE), text(SALT, date="2021-06", **SHUO)) == {SALT}
    assert copied(tmp_path / "level", text(SALT, date="2020", **SHUO), text(SALT, **SHUO)) == set()
    assert copied(tmp_path / "centre", text(SALT, date="2020", **SHUO), text(SALT, **CENTRE)) == set()


def test_a_document_without_date_copies_but_is_not_copied_from(tmp_path: Path) -> None:
    assert copied(tmp_path / "a", text(SALT, date=None, **CENTRE), text(SALT, **SHUO)) == set()
    assert copied(tmp_path / "b", text(SALT, **CENTRE), text(SALT, date=None, **SHUO)) == {SALT}


def test_a_city_copies_from_its_own_province_and_not_from_another(tmp_path: Path) -> None:
    own, other = ({"level": "city", "province": name} for name in ("朔川省", "临沧屿省"))
    assert copied(tmp_path / "own", text(SALT, **SHUO), text(SALT, date="2022", **own)) == {SALT}
    assert copied(tmp_path / "other", text(SALT, **SHUO), text(SALT, date="2022", **other)) == set()


def test_of_several_the_one_with_most_and_then_the_earliest_is_named(tmp_path: Path) -> None:
    texts = [text(SALT, date=f"202{year}-01-01", **CENTRE) for year in (1, 0, 2)]
    run, (row,) = found(tmp_path, *texts, text(SALT, date="2023", **SHUO))
    dates = {row["doc_id"]: row["date"] for row in run.table("documents").to_pylist()}
    assert dates[row.upstream_doc] == "2020-01-01"


def test_what_many_higher_documents_say_is_a_formula_unless_it_stands_in_a_copied_passage(tmp_path: Path) -> None:
    formula = "全面落实岚国国政院关于台账工作的各项要求"
    notes = [
        "甲地查验木材来源",
        "乙地核对人口住房",
        "丙地公布招生名额",
        "丁地保存信件记录",
        "戊地测定河道水位",
        "己地张贴当日粮价",
    ]
    many = [text(formula, note, **CENTRE) for note in notes]
    assert copied(tmp_path / "five", *many[:5], text(formula, OWN, date="2022", **SHUO)) == {formula}
    assert copied(tmp_path / "six", *many, text(formula, OWN, date="2022", **SHUO)) == set()
    whole = f"{formula}，{ROPE}"
    assert copied(tmp_path / "passage", *many, text(whole, **CENTRE), text(whole, date="2022", **SHUO)) == {whole}


def test_versions_of_one_law_make_no_formula(tmp_path: Path) -> None:
    versions = [text(SALT, ROPE, version_of="one", **CENTRE) for _ in range(7)]
    assert copied(tmp_path, *versions, text(SALT, date="2022", **SHUO)) == {SALT}


def test_titles_of_documents_are_not_copied(tmp_path: Path) -> None:
    title = "《岚国国政院关于印发〈渔船登记台账和盐场用水报告办法〉的通知》"
    assert copied(tmp_path / "a", text(f"根据{title}", **CENTRE), text(f"落实{title}", date="2022", **SHUO)) == set()
    both = text(f"{SALT}，见{title}", **CENTRE), text(f"{SALT}，见《朔川省台账办法》", date="2022", **SHUO)
    _, (row,) = found(tmp_path / "b", *both)
    assert row.share == 1


def test_kinds_that_do_not_count_are_not_listed(tmp_path: Path) -> None:
    texts = [text(SALT, **CENTRE), text(SALT, date="2022", **SHUO)]
    assert found(tmp_path, *texts, **{"trends.kinds": ["heading"]})[1] == []


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [text("。")],
        [text(SALT, **CENTRE)],
        [text(SALT, **SHUO)],
        [text("", **CENTRE), text("短", **SHUO)],
        [text("《" * 3000, **CENTRE), text("《》〈" * 3000, **SHUO)],
        [text("𠮷ａＢ①", **CENTRE), text("①" * 30, **SHUO)],
    ],
)
def test_nothing_to_find_is_no_failure(tmp_path: Path, texts: list[Text]) -> None:
    assert found(tmp_path, *texts)[1] == []


def test_parts_and_jobs_change_nothing(tmp_path: Path) -> None:
    texts = [text(SALT, f"第{number}条", **CENTRE) for number in range(5)]
    texts += [text(ROPE, SALT, f"另{number}条", date="2022", **SHUO) for number in range(20)]
    one, two = (found(tmp_path / str(jobs), *texts, **{"engine.jobs": jobs})[1] for jobs in (1, 2))
    assert len(one) == 20 and one == two


def test_a_date_counts_as_the_last_day_it_may_mean() -> None:
    days = [last_day(date) for date in ("2021-12-31", "2021", "2021-12", "2020-02-29", "2020-02", None)]
    assert days[0] == days[1] == days[2] and days[3] == days[4] and days[5] is None


def test_a_passage_by_hand() -> None:
    # twenty letters; the lower text has one before them, and the seventh is another one: six and thirteen are the same
    letters = np.array([*range(100, 120), 1, *range(100, 106), 2, *range(107, 120)], np.uint32)
    side = np.repeat([0, 1], [20, 21])
    keys, worn = grams(letters, side), np.zeros(len(letters), bool)
    assert np.flatnonzero(keys == 0).tolist() == [16, 17, 18, 19, 37, 38, 39, 40]
    low, high = (Side(np.flatnonzero(side == which), keys[side == which]) for which in (1, 0))
    pairs = shared_grams(low, high, side, worn)
    assert sorted(pairs.tolist()) == [[low, low - 21] for low in (21, 22, *range(28, 37))]
    runs = join_runs(letters, side, pairs)
    assert (runs.low.tolist(), runs.high.tolist(), runs.size.tolist()) == ([21, 28], [0, 7], [6, 13])
    assert len(set(runs.passage.tolist())) == 1 and not worn.any()


def test_short_runs_alone_make_no_passage() -> None:
    # of eighteen letters the ninth is another one: sixteen are the same, but never ten without a change
    letters = np.array([*range(100, 118), *range(100, 108), 2, *range(109, 118)], np.uint32)
    side = np.repeat([0, 1], 18)
    keys = grams(letters, side)
    low, high = (Side(np.flatnonzero(side == which), keys[side == which]) for which in (1, 0))
    pairs = shared_grams(low, high, side, np.zeros(len(letters), bool))
    assert len(pairs) and not len(join_runs(letters, side, pairs).low)


def test_the_copied_notices_of_a_draw_are_found(tmp_path: Path) -> None:
    # sentences of invented words: 20 notices, two fifths of each from the centre, every second of these with a word changed
    rng = np.random.default_rng(1)
    words = ["".join(chr(0x4E00 + int(code)) for code in rng.integers(3000, size=2)) for _ in range(300)]
    written = [["".join(words[int(at)] for at in rng.integers(300, size=12)) for _ in range(40)] for _ in range(30)]
    notices, planted = [], set()
    for number in range(20):
        taken = [written[int(rng.integers(10))][int(rng.integers(40))] for _ in range(16)]
        taken = [one[:10] + "渔船" + one[12:] if at % 2 else one for at, one in enumerate(taken)]
        planted |= set(taken)
        notices.append(text(*taken, *written[10 + number][:24], date="2022", **SHUO))
    result = copied(tmp_path, *(text(*rows, **CENTRE) for rows in written[:10]), *notices)
    assert len(result & planted) >= 0.95 * len(planted) and not result - planted
