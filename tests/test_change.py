import numpy as np
import pytest
from simulate_changes import curve, found, noise_of_documents, similar_noise

from pipeline.records import Change
from pipeline.stats import benjamini_hochberg
from pipeline.trends.change import changes, kendall
from pipeline.trends.since import find_document, since
from pipeline.trends.stretches import best_cuts, cuts, means

DOCUMENTS = [
    {"doc_number": "松政发〔2010〕7号", "title": "松汀省政府关于巡查的通知", "date": "2010-03-01"},
    {"doc_number": None, "title": "松汀省数据条例", "date": "2006"},
    {"doc_number": None, "title": "关于印发《松汀省数据条例》的通知", "date": None},
]
PERIODS = ["2010", "2006", None]


def of_kind(values: object, kind: str, *, seed: int = 0) -> list[Change]:
    return found(changes([curve(np.array(values, float))], seed=seed), kind)


def with_noise(values: object, *, seed: int = 3, size: float = 1) -> np.ndarray:
    return np.array(values, float) + size * np.random.default_rng(seed).standard_normal(len(np.array(values)))


# trend


def test_s_and_its_spread_are_those_worked_by_hand() -> None:
    # 1 2 2 4: five pairs rise, one ties; var S = (4·3·13 - 2·1·9) / 18 = 138/18; z² = 25·18/138
    look, spread = kendall(np.array([[1.0, 2, 2, 4]]), np.arange(4)[None], np.zeros(1))
    assert spread[0] ** 2 == pytest.approx(138 / 18)
    assert look.statistic[0] == pytest.approx(25 * 18 / 138 / 2)


def test_the_slope_is_the_median_of_slopes_between_all_pairs_and_the_line_has_its_ends() -> None:
    values = [0, 1, 2, 3, 4, 5, 6, 17]  # one wild value moves nothing
    (row,) = of_kind(values, "trend")
    assert (row.effect, row.before, row.after, row.n_periods) == (1, 0, 7, 8)
    assert row.p is not None and row.p < 0.05


def test_a_missing_period_keeps_its_place_in_time() -> None:
    (row,) = of_kind([0, 1, np.nan, np.nan, np.nan, 5, 6, 7, 8, 9, 10], "trend")
    assert (row.effect, row.before, row.after, row.n_periods) == (1, 0, 10, 8)


def test_the_interval_of_a_slope_excludes_0_when_the_test_says_so() -> None:
    rows = found(changes([curve(with_noise(np.arange(20) * 0.06 * k, seed=k)) for k in range(12)], seed=0), "trend")
    for row in rows:
        assert row.p is not None and row.low is not None and row.high is not None and row.effect is not None
        assert row.low <= row.effect <= row.high
        if abs(row.p - 0.05) > 0.02:
            assert (row.low > 0 or row.high < 0) == (row.p < 0.05)


def test_a_slope_of_0_among_equal_periods_says_so() -> None:
    (row,) = of_kind([0] * 12 + [1, 2, 3, 4], "trend")
    assert row.effect == 0 and "equal" in row.reason


# level


def test_the_best_cut_is_the_one_worked_by_hand() -> None:
    # whole: mean 3, squares 4·9 + 2·36 = 108; two stretches: 0; a third costs nothing more to be had
    cost, start = best_cuts(np.array([[0.0, 0, 0, 0, 9, 9]]), 2)
    assert cost[0].tolist() == [108, 0, 0]
    begins = cuts(start, np.array([1]))
    assert begins[0].tolist() == [False, False, False, False, True, False]
    assert means(np.array([[0.0, 0, 0, 0, 9, 9]]), begins)[0].tolist() == [0, 0, 0, 0, 9, 9]


def test_no_cut_is_better_than_the_one_found() -> None:
    values = np.random.default_rng(1).integers(0, 4, (20, 9)).astype(float)
    cost, start = best_cuts(values, 2)
    for row in range(len(values)):
        tried = [
            sum(part.var() * len(part) for part in np.split(values[row], [a, b]))
            for a in range(2, 6)
            for b in range(a + 2, 8)
        ]  # fmt: skip
        at = np.flatnonzero(cuts(start[row : row + 1], np.array([2]))[0])
        assert cost[row, 2] == pytest.approx(min(tried))
        assert sum(part.var() * len(part) for part in np.split(values[row], at)) == pytest.approx(min(tried))


def test_a_jump_is_found_where_it_is_with_means_effect_and_support() -> None:
    values = with_noise([2] * 10 + [9] * 10, size=0.7)
    samples = values + np.random.default_rng(2).normal(0, 0.5, (100, 20))
    (row,) = found(changes([curve(values, samples=samples)], seed=0), "level")
    assert row.period == "2010" and row.reason == "" and row.n_periods == 20
    assert row.before == pytest.approx(values[:10].mean(), abs=1e-6) and row.after == pytest.approx(values[10:].mean(), abs=1e-6)
    assert row.effect is not None and row.low is not None and row.high is not None and row.p is not None
    assert 0 < row.low < 7 < row.high and row.p < 0.001 and row.support == 1


def test_a_rise_and_a_fall_are_two_changes() -> None:
    rows = of_kind(with_noise([2] * 10 + [9] * 8 + [2] * 10, size=0.7), "level")
    assert [(row.period, (row.effect or 0) > 0) for row in rows] == [("2010", True), ("2018", False)]


def test_one_odd_year_is_no_level() -> None:
    values = with_noise([2] * 20, size=0.5)
    values[9] = 30
    (row,) = of_kind(values, "level")
    assert row.period is None and row.effect is None and row.reason == "no change of level" and row.p is not None


def test_a_level_after_a_gap_begins_with_the_first_period_that_has_a_value() -> None:
    values = with_noise([2] * 10 + [9] * 10, size=0.7)
    values[9:12] = np.nan
    assert [row.period for row in of_kind(values, "level")] == ["2012"]


def test_a_steady_rise_is_said_to_fit_as_well_as_levels() -> None:
    rows = of_kind(with_noise(np.arange(24)), "level")
    assert rows and all("a steady trend fits as well" in row.reason for row in rows)


def test_support_says_that_it_comes_from_residuals_where_documents_are_few() -> None:
    (row,) = of_kind(with_noise([2] * 10 + [9] * 10, size=0.7), "level")
    assert "support from residuals" in row.reason and row.support is not None and row.support > 0.9


# few points


@pytest.mark.parametrize(
    ("values", "trend", "level"),
    [
        ([], "0 periods", "0 periods"),
        ([np.nan] * 30, "0 periods", "0 periods"),
        ([1, 2, 3, 4, 5, 6, 7], "7 periods", "7 periods"),
        ([1, 2, 3, 4, 5, 6, 7, 8], "", "8 periods with a value, 10 needed"),
        ([5] * 30, "only 0 periods differ", "only 0 periods differ"),
        ([0] * 27 + [3, 3, 3], "only 3 periods differ", "only 3 periods differ"),
    ],
)
def test_too_little_to_say_anything_gives_a_reason_and_no_p(values: list[float], trend: str, level: str) -> None:
    for kind, reason in (("trend", trend), ("level", level)):
        (row,) = of_kind(values, kind)
        assert row.reason.startswith(reason) and (row.p is None) == bool(reason) == (row.q is None)


def test_values_without_any_noise_give_finite_numbers() -> None:
    rows = changes([curve(np.array([1.0] * 6 + [5.0] * 6)), curve(np.arange(12.0))], seed=0)
    assert all(value is None or np.isfinite(value) for row in rows for value in (row.effect, row.low, row.high, row.p, row.q))


def test_no_curves_give_no_rows() -> None:
    assert changes([], seed=0) == since([], [], [], periods=[], seed=0) == []


def test_rows_do_not_depend_on_the_order_of_the_curves() -> None:
    curves = [curve(with_noise(np.arange(n) * 0.2, seed=n), series=str(n)) for n in (9, 12, 12, 15, 25)]
    rows = changes(curves, seed=0)
    assert sorted(rows, key=repr) == sorted(changes(curves[::-1], seed=0), key=repr)


# many tests


def test_q_is_that_of_benjamini_and_hochberg_in_each_kind() -> None:
    assert benjamini_hochberg(np.array([0.01, 0.04, np.nan, 0.03])) == pytest.approx([0.03, 0.04, np.nan, 0.04], nan_ok=True)
    rows = changes([curve(with_noise(np.arange(15) * 0.1 * k, seed=k), series=str(k)) for k in range(6)], seed=0)
    for kind in ("trend", "level"):
        p, q = zip(*[(row.p, row.q) for row in found(rows, kind)], strict=True)
        assert q == pytest.approx(benjamini_hochberg(np.array(p, float)), abs=1e-5)


@pytest.mark.parametrize("n", [12, 40])
def test_false_alarms_are_rare_under_autocorrelation(n: int) -> None:
    rng = np.random.default_rng(7)
    for autocorrelation in (0, 0.4):
        rows = changes([curve(row) for row in similar_noise(400, n, autocorrelation, rng)], seed=0)
        for kind in ("trend", "level"):
            alarms = np.mean([row.p is not None and row.p < 0.05 for row in found(rows, kind)])
            assert alarms <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400), (kind, autocorrelation, alarms)


def test_a_step_of_2_sd_in_40_periods_is_found_within_one_period() -> None:
    rng = np.random.default_rng(8)
    at = rng.integers(10, 31, 200)
    values = similar_noise(200, 40, 0, rng) + 2 * (np.arange(40) >= at[:, None])
    rows = changes([curve(row, series=str(number)) for number, row in enumerate(values)], seed=0)
    near = {row.series for row in rows if row.period and abs(int(row.period) - 2000 - at[int(row.series)]) <= 1}
    assert len(near) / 200 >= 0.72


def test_noise_of_documents_makes_no_discoveries() -> None:
    rng = np.random.default_rng(9)
    replicates = [changes(noise_of_documents(rng), seed=0) for _ in range(10)]
    assert sum(any(row.q is not None and row.q < 0.05 for row in rows) for rows in replicates) <= 2


# before and after a document


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("松政发〔2010〕7号", 0),
        (" 松政发［２０１０］７号", 0),
        ("松政发(2010)第7号", 0),
        ("关于巡查的通知", 0),
        ("《松汀省数据条例》", 1),
        ("松政发〔2010〕70号", None),
        ("", None),
        ("《》", None),
    ],
)
def test_a_document_is_found_by_its_number_or_title_however_it_is_written(name: str, number: int | None) -> None:
    assert find_document(name, DOCUMENTS) == number


def test_a_jump_and_a_bend_are_told_apart_from_the_trend_before() -> None:
    time = np.arange(20) - 10
    rising = with_noise(time * 1.0, size=0.5)
    cases = {
        "goes on": (rising, 0, 0),
        "jumps": (rising + 8 * (time >= 0), 8, 0),
        "bends": (rising + 2 * time * (time >= 0), 0, 2),
    }
    for case, (values, jump, bend) in cases.items():
        level, slope = since([curve(values)], DOCUMENTS, ["松政发[2010]7号"], periods=PERIODS, seed=0)
        assert (level.kind, slope.kind, level.period, level.since) == ("since", "slope_since", "2010", "松政发[2010]7号")
        for row, truth in ((level, jump), (slope, bend)):
            assert row.p is not None and row.low is not None and row.high is not None
            assert (row.p < 0.05) == bool(truth), case
            assert row.low <= truth <= row.high, case
        assert level.before == pytest.approx(values[:10].mean(), abs=1e-6)
        assert level.after == pytest.approx(values[10:].mean(), abs=1e-6)
        assert slope.before == pytest.approx(1, abs=0.2) and slope.after == pytest.approx(1 + bend, abs=0.2)


def test_the_segmented_line_is_the_one_worked_by_hand() -> None:
    values = [0, 1, 2, 3, 4, 15, 17, 19, 21, 23]  # 1 a year, then a jump of 10 over the 5 it would have been, and 2 a year
    document = [{"doc_number": "松政发〔2005〕1号", "title": "", "date": "2005"}]
    level, slope = since([curve(np.array(values, float))], document, ["松政发〔2005〕1号"], periods=["2005"], seed=0)
    assert (level.effect, slope.effect, slope.before, slope.after) == (10, 1, 1, 2)


def test_too_few_periods_on_a_side_are_said() -> None:
    (row,) = since([curve(np.arange(12.0))], DOCUMENTS, ["松政发〔2010〕7号"], periods=PERIODS, seed=0)
    assert row.p is None and row.reason == "10 periods with a value before and 2 after, 5 needed on each side: no test"


def test_a_document_that_is_not_there_or_has_no_period_is_one_row_with_a_reason() -> None:
    curves = [curve(with_noise(np.arange(20))), curve(with_noise(np.arange(20)), series="b")]
    (row,) = since(curves, DOCUMENTS, ["松政发〔1999〕1号"], periods=PERIODS, seed=0)
    assert "松政发〔1999〕1号" in row.reason and row.series == "" and row.p is None
    (row,) = since(curves, DOCUMENTS, ["关于印发《松汀省数据条例》的通知"], periods=PERIODS, seed=0)
    assert "no date precise enough" in row.reason


def test_false_alarms_are_rare_while_a_trend_goes_on() -> None:
    rng = np.random.default_rng(10)
    values = similar_noise(400, 20, 0.4, rng) + np.linspace(0, 2, 20)
    rows = since([curve(row) for row in values], DOCUMENTS, ["松政发〔2010〕7号"], periods=PERIODS, seed=0)
    for kind in ("since", "slope_since"):
        assert np.mean([row.p is not None and row.p < 0.05 for row in found(rows, kind)]) <= 0.07
