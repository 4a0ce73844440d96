"""Whether constructs meet in paragraphs, which moves first, and their coupling-coordination degree."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from simulate_coupling import led, p_of, paragraphs, series_of, z_of

from pipeline.config import read_settings
from pipeline.records import Lead
from pipeline.stats import benjamini_hochberg
from pipeline.trends.coordination import GRADES, coordination, degrees, grade
from pipeline.trends.coupling import LENGTHS, count_pairs, couplings, of_shuffles, pairs_of
from pipeline.trends.leads import lead_lag, leads_between_codes
from pipeline.trends.series import Curve, Paragraphs, Series

SETTINGS = read_settings(None)
INST, TECH = "institutional_adaptation", "technology_empowerment"


def of(rows: list[tuple[int, int, int, int]]) -> Paragraphs:
    """Paragraphs given by document, sentences and sentences with a and with b."""
    values = np.array(rows)
    return Paragraphs(values[:, 0], values[:, 1], values[:, 2:].astype(np.int32), ["a", "b"])


def series_with(found: Paragraphs, *, periods: list[str | None] | None = None, groups: list[list[str]] | None = None) -> Series:
    n = int(found.document.max()) + 1
    base = series_of([("2020", f"白沙第{number % 3}局", "plan") for number in range(n)], np.ones(n), np.ones((n, 1)))
    return replace(base, paragraphs=found, periods=periods or base.periods, groups=groups or base.groups)


def test_codes_at_the_top_and_at_the_bottom_are_paired_but_none_with_one_above_it() -> None:
    codes = ["silos", "silos.barrier", "silos.bridging", "standardization"]
    assert pairs_of(codes) == [(0, 3), (1, 2), (1, 3), (2, 3)]
    assert pairs_of(["a", "a.b", "a.b.c"]) == [] and pairs_of(["a"]) == pairs_of([]) == []
    assert pairs_of(["ab", "a"]) == [(0, 1)]  # a name that begins like another is not below it


def test_what_a_shuffle_gives_is_as_by_hand() -> None:
    # one document: of 4 paragraphs of one sentence 2 carry a, 2 b, 2 both; of 2 of three sentences 1, 1, 0; one of two carries both
    rows = [(0, 1, 1, 1), (0, 1, 1, 1), (0, 1, 0, 0), (0, 1, 0, 0), (0, 3, 2, 0), (0, 3, 0, 1), (0, 2, 1, 1)]
    counts = count_pairs(of(rows), 1, [(0, 1)])
    assert (counts.a.item(), counts.b.item(), counts.both.item()) == (4, 4, 3)
    assert counts.found.item() == 2  # the one alone in its length can go nowhere
    assert counts.mean.item() == pytest.approx(2 * 2 / 4 + 1 * 1 / 2, abs=1e-9)
    assert counts.variance.item() == pytest.approx(2 * 2 * 2 * 2 / (16 * 3) + 1 / 4, abs=1e-9)


@pytest.mark.parametrize("coupled", [0, 0.2])
def test_p_is_that_of_real_shuffles(coupled: float) -> None:
    rng = np.random.default_rng(1)
    found = paragraphs(rng, documents=12, coupled=coupled)
    counts = count_pairs(found, 12, [(0, 1)])
    least = counts.least.sum()
    p = of_shuffles(counts.found.sum() - least, counts.mean.sum() - least, counts.variance.sum())
    a, b = found.coded[:, 0] > 0, found.coded[:, 1] > 0
    stratum = found.document * 20 + np.searchsorted(LENGTHS, found.sentences, side="right")
    order = np.argsort(stratum, kind="stable")
    drawn = []
    for _ in range(4000):
        moved = b[order[np.argsort(stratum[order] + rng.random(len(order)), kind="stable")]]
        drawn.append((a[order] & moved).sum())
    assert np.mean(drawn) == pytest.approx((a & b).sum() - counts.found.sum() + counts.mean.sum(), abs=0.3)
    tails = np.mean(np.array(drawn) >= (a & b).sum()), np.mean(np.array(drawn) <= (a & b).sum())
    assert p == pytest.approx(min(1, 2 * min(tails)), abs=0.03)


def test_long_paragraphs_and_runs_do_not_look_like_coupling() -> None:
    rng = np.random.default_rng(2)
    apart = [paragraphs(rng, documents=25) for _ in range(150)]
    in_runs = [paragraphs(rng, documents=25, run=0.7) for _ in range(150)]
    assert np.mean([abs(z_of(found, documents=True)) > 1.96 for found in apart]) > 0.2  # a shuffle that mixes lengths
    assert np.mean([p_of(found) < 0.05 for found in apart]) <= 0.05
    assert np.mean([p_of(found) < 0.05 for found in in_runs]) <= 0.06


def test_coupling_that_is_there_is_found() -> None:
    rng = np.random.default_rng(3)
    assert np.mean([p_of(paragraphs(rng, documents=100, coupled=0.2)) < 0.05 for _ in range(20)]) >= 0.95


def test_codes_that_always_or_never_meet_have_the_p_of_it() -> None:
    together = of([(document, 1, number < 5, number < 5) for document in range(8) for number in range(10)])
    apart = of([(document, 1, number < 5, number >= 5) for document in range(8) for number in range(10)])
    for found, lift in ((together, 2), (apart, 0)):
        (row,) = [row for row in couplings(series_with(found), settings=SETTINGS) if row.period == "all"]
        assert row.lift == lift and row.p is not None and row.p < 0.01
        assert (row.n_a, row.n_b, row.both, row.share) == (40, 40, 20 * lift, lift / 2)
    assert row.low is None and row.reason == "no paragraph carries both: no interval"


def test_lift_has_an_interval_from_documents_and_q_over_all_rows() -> None:
    found = paragraphs(np.random.default_rng(4), documents=60, coupled=0.3)
    periods = [str(2019 + number % 2) for number in range(60)]
    rows = couplings(series_with(found, periods=periods), settings=SETTINGS)
    assert [row.period for row in rows] == ["2019", "2020", "all"]
    for row in rows:
        assert row.low is not None and row.high is not None and row.lift is not None and row.low < row.lift < row.high
    assert rows[2].low is not None and rows[2].low > 1
    p = np.array([row.p for row in rows], float)
    assert [row.q for row in rows] == pytest.approx(benjamini_hochberg(p).tolist(), abs=2e-6)


def test_few_documents_have_counts_but_neither_interval_nor_p() -> None:
    (row, _) = couplings(series_with(paragraphs(np.random.default_rng(5), documents=4)), settings=SETTINGS)
    assert row.both > 0 and row.lift is not None and (row.low, row.p, row.q) == (None, None, None)
    assert row.reason == "4 documents with both, in which a shuffle changes anything: no interval"


def test_one_paragraph_a_document_leaves_nothing_to_shuffle() -> None:
    rows = couplings(series_with(of([(document, 3, 1, 1) for document in range(9)])), settings=SETTINGS)
    assert {(row.both, row.lift, row.n_documents) for row in rows} == {(9, None, 0)}


def test_undated_documents_count_in_all_periods_together_and_absent_codes_have_no_row() -> None:
    found = of([(document, 1, 1, 0) for document in range(6)])
    rows = couplings(series_with(found, periods=["2020", *[None] * 5], groups=[["all", "kind=plan"]] * 6), settings=SETTINGS)
    assert [(row.group, row.period, row.n_a) for row in rows] == [
        ("all", "2020", 1), ("all", "all", 6), ("kind=plan", "2020", 1), ("kind=plan", "all", 6),
    ]  # fmt: skip
    assert {row.reason for row in rows} == {"one of the two does not occur"}
    assert couplings(series_with(of([(0, 1, 0, 0)])), settings=SETTINGS) == []
    assert couplings(series_of([], np.zeros(0), np.zeros((0, 2)), ("a", "b")), settings=SETTINGS) == []


def test_false_discovery_rates_are_as_worked_by_hand() -> None:
    q = benjamini_hochberg(np.array([0.01, np.nan, 0.04, 0.03, 0.5]))
    assert q[[0, 2, 3, 4]] == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5]) and np.isnan(q[1])


def test_a_planted_lead_is_found_at_its_lag() -> None:
    rng = np.random.default_rng(6)
    for lag in (-2, 0, 1, 3):
        lags, r, low, high = led(rng, 40, 0.5, lag)
        assert (lags[np.abs(r).argmax(axis=0)] == lag).mean() >= 0.9
        assert (low[lags == lag] > 0).mean() >= 0.9 and ((low <= r) & (r <= high)).all()


def test_series_that_have_nothing_to_do_with_each_other_seldom_seem_to_lead() -> None:
    rng = np.random.default_rng(7)
    found = [led(rng, 20, 0.5, None)[2:] for _ in range(60)]
    assert np.mean([((low > 0) | (high < 0)).any(axis=0) for low, high in found]) <= 0.06


def test_correlation_at_a_lag_is_that_of_the_changes() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.random(15), rng.random(15)
    lags, r, *_ = lead_lag(x, y, max_lag=3, samples=50, rng=rng)
    dx, dy = np.diff(x), np.diff(y)
    assert r[lags == 2].item() == pytest.approx(np.corrcoef(dx[:-2], dy[2:])[0, 1], abs=1e-9)
    assert r[lags == -3].item() == pytest.approx(np.corrcoef(dx[3:], dy[:-3])[0, 1], abs=1e-9)
    x[4] = np.nan
    _, gap, *_ = lead_lag(x, y, max_lag=0, samples=50, rng=rng)
    there = np.delete(np.arange(14), [3, 4])
    assert gap.item() == pytest.approx(np.corrcoef(dx[there], dy[there])[0, 1], abs=1e-9)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 6])
def test_short_or_flat_rates_have_no_correlation(size: int) -> None:
    rng = np.random.default_rng(9)
    _, r, low, _ = lead_lag(np.arange(size) * 1.0, rng.random(size), max_lag=3, samples=50, rng=rng)
    assert np.isnan(r).all() and np.isnan(low).all() and r.shape == (7,)


def curve(name: str, values: Sequence[float], *, group: str = "all", samples: np.ndarray | None = None) -> Curve:
    n, kept = len(values), np.array(values, float)
    drawn = np.full((0, n), np.nan) if samples is None else samples
    return Curve(name, group, "per_1000_sentences", [str(2000 + at) for at in range(n)], kept, drawn, np.full(n, 9))


def test_leads_between_codes_have_a_row_for_each_lag_or_a_reason() -> None:
    rng = np.random.default_rng(10)
    x = np.cumsum(rng.normal(size=32))
    long = [curve(TECH, x[2:].tolist()), curve(INST, x[:-2].tolist()), curve(f"{TECH}/measure", x[2:].tolist())]
    rows = leads_between_codes([*long, *(replace(one, group="kind=law", values=one.values * np.nan) for one in long)], seed=0)
    inside = [row for row in rows if row.group == "all"]
    assert [row.lag for row in inside] == [*range(-3, 4)] and {(row.a, row.b, row.series) for row in inside} == {(INST, TECH, "")}
    best = max(inside, key=lambda row: row.correlation or 0)
    assert best.lag == -2 and best.correlation == pytest.approx(1) and best.low is not None and best.low > 0
    assert rows[-1] == Lead(INST, TECH, "", "kind=law", 0, None, None, None, 0, "0 periods with both, 10 are needed")
    assert leads_between_codes([], seed=0) == []


def test_degrees_are_as_worked_by_hand() -> None:
    # C = 2 √(.4 · .9) / 1.3, T = .65, D = √(C T) = √.6, which is (.4 · .9)^(1/4)
    coupling, development, degree = degrees(np.array([[0.4], [0.9]]))
    assert (coupling.item(), development.item(), degree.item()) == pytest.approx((1.2 / 1.3, 0.65, 0.6**0.5), abs=1e-9)
    assert [part.item() for part in degrees(np.array([[0.5], [0.5], [0.5]]))] == pytest.approx([1, 0.5, 0.5**0.5], abs=1e-9)


def test_rates_are_scaled_between_their_lowest_and_highest_period() -> None:
    # 10 20 30 become .01 .505 1; 40 20 60 become .505 .01 1
    rows = coordination([curve(INST, [10, 20, 30]), curve(TECH, [40, 20, 60])], settings=SETTINGS)
    assert [(row.level_a, row.level_b) for row in rows] == [(0.01, 0.505), (0.505, 0.01), (1, 1)]
    assert [row.coordination for row in rows] == pytest.approx([(0.01 * 0.505) ** 0.25] * 2 + [1], abs=1e-6)
    assert [row.grade for row in rows] == ["moderate_imbalance", "moderate_imbalance", "excellent_coordination"]
    assert {(row.a, row.b, row.low) for row in rows} == {(INST, TECH, None)}


def test_the_ten_grades_divide_zero_to_one_evenly() -> None:
    assert [grade(at / 10) for at in range(10)] == list(GRADES) and grade(1) == GRADES[9] and grade(0.4999) == "near_imbalance"


def test_the_degree_has_an_interval_where_rates_were_drawn_anew() -> None:
    rng = np.random.default_rng(11)
    a, b = ([10, 20, 30, np.nan], [40, 20, 60, 10])
    drawn = [np.array(values) + rng.normal(0, 2, (200, 4)) * [1, 1, np.nan, 1] for values in (a, b)]
    rows = coordination([curve(INST, a, samples=drawn[0]), curve(TECH, b, samples=drawn[1])], settings=SETTINGS)
    assert [row.period for row in rows] == ["2000", "2001", "2002"] and rows[2].low is None
    for row in rows[:2]:
        assert row.low is not None and row.high is not None and row.low < row.coordination < row.high


def test_without_a_scale_there_is_no_degree() -> None:
    assert coordination([curve(INST, [10, 20]), curve(TECH, [40, 20])], settings=SETTINGS) == []
    assert coordination([curve(INST, [10, 10, 10]), curve(TECH, [40, 20, 60])], settings=SETTINGS) == []
    assert coordination([], settings=SETTINGS) == []
