"""How long after the centre its codes, terms and documents stand in the provinces, and which level moves first."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.records import Adoption, Reuse
from pipeline.trends.adoption import adoption, adoptions, median_time
from pipeline.trends.levels import leads_between_levels
from pipeline.trends.series import Curve, Paragraphs, Series

PROVINCES = ["朔川省", "临沧屿省", "白沙省", "黑河口省", "东岚省", "西岚省"]


def times(*days: int) -> tuple[np.ndarray, np.ndarray]:
    """Days to the event; below 0: not yet after so many."""
    return np.abs(np.array(days)), np.array(days) > 0


def test_the_median_is_where_the_curve_comes_down_to_one_half_by_hand() -> None:
    # S: 4/5 after 10 days, 3/5 after 20, 3/5 · 1/2 after 40; who was last seen after 30 and 50 days counts until then
    assert median_time(*times(10, 20, -30, 40, -50))[0] == 40
    assert median_time(*times(10, 20, 30, 40))[0] == 20  # S = 1/2 exactly
    assert median_time(*times(10, -20, -20, -20)) == (None, 10, None)


def test_the_interval_by_hand() -> None:
    # four adopt after 10, 20, 30, 40 days. S(10) = 3/4, Greenwood sum 1/12: standard error of log(-log S) .289/.288 = 1.003,
    # band .75^exp(±1.966) = (.128, .960); S(20) = 1/2: sum 1/12 + 1/6, .5/.693 = .721, (.058, .845); S(30) = 1/4: sum 3/4,
    # .866/1.386 = .625, (.009, .665). So one half first lies above the lower bound's curve at 10, below the upper one's at 40
    assert median_time(*times(10, 20, 30, 40)) == (20, 10, 40)


def test_the_medians_of_the_leukaemia_trial_are_found() -> None:
    # Miller 1997, Survival Analysis, acute myelogenous leukaemia: 31 weeks maintained, 23 not
    assert median_time(*times(9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161)) == (31, 13, None)
    assert median_time(*times(5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45)) == (23, 5, 33)


def test_adoption_counts_who_had_it_before_apart_and_who_ended_before_not_at_all() -> None:
    units = {
        "朔川省": (110, 90, 200), "临沧屿省": (120, 90, 200), "白沙省": (None, 90, 130), "黑河口省": (140, 90, 200),
        "东岚省": (None, 90, 150), "西岚省": (95, 90, 200), "南岚省": (None, 10, 99),
    }  # fmt: skip
    found = adoption(100, units)
    assert (found.first, found.first_days, found.median_days) == ("朔川省", 10, 40)
    assert (found.adopted, found.before, found.units, found.reason) == (3, 1, 5, "")


def test_what_is_adopted_on_the_day_itself_has_no_lag() -> None:
    assert adoption(100, {"朔川省": (100, 90, 100)}).first_days == 0


def test_four_provinces_have_no_median_and_say_so() -> None:
    found = adoption(0, dict.fromkeys(PROVINCES[:4], (5, -1, 9)))
    assert (found.median_days, found.first_days, found.adopted) == (None, 5, 4)
    assert found.reason == "4 provinces with documents since, 5 are needed"
    assert adoption(0, {}).reason == "0 provinces with documents since, 5 are needed"


def test_a_curve_that_stays_above_one_half_has_no_median() -> None:
    found = adoption(0, {name: (5 if name == "朔川省" else None, -1, 9) for name in PROVINCES})
    assert (found.median_days, found.reason) == (None, "fewer than half adopt before their last document")


def test_a_province_that_has_it_in_the_first_document_held_may_have_had_it_sooner() -> None:
    units = {name: (20 + at, -1, 90) for at, name in enumerate(PROVINCES)}
    found = adoption(0, units | dict.fromkeys(PROVINCES[:3], (5, 5, 9)))
    assert (found.median_days, found.first_days) == (5, 5)
    assert found.reason == "3 of 6 have it in the first document held of them: their lags are at most so long"
    found = adoption(0, units | dict.fromkeys(PROVINCES[:4], (5, 5, 9)))
    assert (found.median_days, found.low_days, found.high_days) == (None, None, None) and found.reason.startswith("4 of 6")


def document(number: int, level: str, date: str | None, province: str | None = None) -> dict[str, Any]:
    return {
        "doc_id": f"d{number}",
        "title": f"第{number}号",
        "doc_number": None,
        "date": date,
        "level": level,
        "province": province,
    }


def series(documents: Sequence[dict[str, Any]], **holding: Sequence[int]) -> Series:
    """Names with the documents that hold them; term_x and code__own stand for term:x and code/own."""
    above = np.array([[float(number in held) for held in holding.values()] for number in range(len(documents))])
    names = [name.replace("term_", "term:").replace("__", "/") for name in holding]
    empty = Paragraphs(np.zeros(0), np.zeros(0), np.zeros((0, 0)), [])
    units = ["per_1000_sentences"] * len(names)
    size = len(documents)
    return Series(
        names, units, above, above, np.ones(size), list(documents), [None] * size, [""] * size, [["all"]] * size, empty, 0
    )


DOCUMENTS = [
    document(0, "central", "2021-01-01"),
    document(1, "central", "2020-06-01"),
    *(document(2 + at, "province", "2020-01-01", name) for at, name in enumerate(PROVINCES)),
    *(document(8 + at, "city" if at == 1 else "province", f"2021-02-0{at + 1}", name) for at, name in enumerate(PROVINCES)),
    document(14, "central", None),
    document(15, "province", None, "朔川省"),
]


def rows(found: list[Adoption], kind: str) -> list[tuple[str, str, str | None, int | None, int | None, int]]:
    return [(row.item, row.origin, row.first, row.first_days, row.median_days, row.adopted) for row in found if row.kind == kind]


def test_codes_and_terms_count_from_the_first_central_document_with_them() -> None:
    made = series(DOCUMENTS, silos=[0, 8, 9, 10, 11], term_台账=[0, 1, 2, 8], silos__own=[0, 8], never=[8], undated=[14, 15])
    found = adoptions(made, [], [])
    assert rows(found, "code") == [("silos", "2021-01-01", "朔川省", 31, 33, 4)]
    # 朔川省 wrote it before: nobody else does
    assert rows(found, "term") == [("term:台账", "2020-06-01", None, None, None, 0)]
    (term,) = [row for row in found if row.kind == "term"]
    assert (term.before, term.units, len(found)) == (1, 5, 2)


def test_documents_that_three_provinces_cite_or_copy_are_items() -> None:
    cites = [{"doc_id": f"d{number}", "cited": "d1"} for number in (8, 9, 10)] + [{"doc_id": "d8", "cited": "d0"}]
    cites += [{"doc_id": "d8", "cited": None}, {"doc_id": "d8", "cited": "d2"}]
    copies = [Reuse(f"d{number}", f"d{number}-00000", 0, 9, "d0", "d0-00000", 0, 9, 0.9) for number in (8, 9, 10)]
    faint = [Reuse(f"d{number}", f"d{number}-00001", 0, 9, "d1", "d1-00000", 0, 9, 0.6) for number in (8, 9, 10)]
    found = adoptions(series(DOCUMENTS), cites, copies + faint)
    assert rows(found, "cited") == [("第1号", "2020-06-01", "朔川省", 245, 247, 3)]
    assert rows(found, "copied") == [("第0号", "2021-01-01", "朔川省", 31, 33, 3)]


def test_an_origin_of_which_only_the_year_is_known_says_so() -> None:
    documents = [document(0, "central", "2020"), *DOCUMENTS[2:14]]
    (row,) = adoptions(series(documents, silos=[0, *range(7, 13)]), [], [])
    assert row.origin == "2020-12-31" and row.reason == "the origin is only known to be in 2020"


def curve(group: str, values: Sequence[float], name: str = "silos", unit: str = "per_1000_sentences") -> Curve:
    periods = [str(2000 + at) for at in range(len(values))]
    return Curve(name, group, unit, periods, np.array(values, float), np.zeros((0, len(values))), np.full(len(values), 9))


def test_a_level_that_follows_one_year_later_is_seen_to_follow() -> None:
    centre = np.random.default_rng(3).normal(50, 9, 25)
    curves = [curve("level=central", centre), curve("level=province", np.roll(centre, 1))]
    curves += [
        curve("level=central", centre, "silos/problem"),
        curve("all", centre),
        curve("level=province", centre, unit="other"),
    ]
    found = leads_between_levels(curves, seed=0)
    assert {(row.a, row.b, row.series, row.group) for row in found} == {("level=central", "level=province", "silos", "")}
    best = max(found, key=lambda row: row.correlation or 0)
    assert best.lag == 1 and best.low is not None and best.low > 0 and leads_between_levels(curves, seed=0) == found


def test_few_common_periods_say_nothing_about_who_leads() -> None:
    (row,) = leads_between_levels([curve("level=central", range(9)), curve("level=province", range(12))], seed=0)
    assert (row.correlation, row.n_periods, row.reason) == (None, 9, "9 periods with both, 10 are needed")
    assert leads_between_levels([], seed=0) == leads_between_levels([curve("level=city", range(12))], seed=0) == []


def test_the_interval_holds_the_median_it_is_meant_to() -> None:
    rng, held = np.random.default_rng(0), 0
    for _ in range(500):  # 20 provinces, half of them adopt within 208 days, three in ten are censored
        lags, ends = np.ceil(rng.exponential(300, 20)).astype(int), np.ceil(rng.exponential(700, 20)).astype(int)
        _, low, high = median_time(np.minimum(lags, ends), lags <= ends)
        held += (low or 0) <= 208 <= (high or 10**9)
    assert 0.92 <= held / 500 <= 0.99
