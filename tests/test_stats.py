"""Collocation strength, rates under the bootstrap, intervals and false discovery rates."""

import math

import numpy as np
import pytest
from scipy import stats
from simulate_intervals import World, coverage, worlds

from pipeline.stats import benjamini_hochberg, npmi, rate, ratio_intervals, resampled_ratios


def test_npmi_of_a_worked_example() -> None:
    # 8 units, a in 4, b in 2, both in 2: ln(8·2 / (4·2)) / -ln(2/8) = ln 2 / ln 4
    assert npmi(np.array([2]), np.array([4]), np.array([2]), 8) == pytest.approx(0.5)


def test_npmi_at_its_limits() -> None:
    never, always, chance, only_together = npmi(np.array([0, 8, 2, 3]), np.array([4, 8, 4, 3]), np.array([4, 8, 4, 3]), 8)
    assert (never, always) == (-1, 1)
    assert chance == pytest.approx(0)
    assert only_together == pytest.approx(1)


def drawn(above: list[float], strata: list[int], samples: int = 400) -> np.ndarray:
    column = np.array(above, float)[:, None]
    ratios = resampled_ratios(column, np.ones_like(column), np.array(strata), samples=samples, rng=np.random.default_rng(0))
    return np.asarray(ratios[:, 0])


def interval(above: list[float], strata: list[int], samples: int = 400, limits: float = math.inf) -> tuple[float, float]:
    column, ratios = np.array(above, float)[:, None], drawn(above, strata, samples)[:, None]
    low, high = ratio_intervals(column, np.ones_like(column), np.array(strata), ratios, limits=limits)
    return float(low[0]), float(high[0])


def test_a_rate_is_a_sum_over_a_sum_and_nothing_over_nothing() -> None:
    assert rate(np.array([3.0, 0.0, 0.0]), np.array([12.0, 5.0, 0.0])) == pytest.approx([0.25, 0, math.nan], nan_ok=True)


def test_of_two_documents_one_is_drawn_and_counts_twice() -> None:
    # the half-sample: the variance of 1 or 9 is 16, that of the mean of two documents with s² = 32
    ratios = drawn([1, 9], [0, 0])
    assert set(ratios.tolist()) == {1.0, 9.0}
    assert ratios.var() == pytest.approx(32 / 2, rel=0.01)


def test_the_spread_of_samples_is_that_of_the_stratified_estimator() -> None:
    # strata of 3 and 2: (3 · s² + 2 · s²) / 5² with s² = 9 and 8
    assert drawn([0, 3, 6, 10, 14], [0, 0, 0, 1, 1], 20_000).var() == pytest.approx((3 * 9 + 2 * 8) / 25, rel=0.03)


def test_differences_between_issuers_do_not_widen_the_interval() -> None:
    # within each issuer all documents are alike, so that nothing is left to chance
    assert set(drawn([1, 1, 1, 9, 9, 9], [0, 0, 0, 1, 1, 1]).tolist()) == {5}
    assert drawn([1, 1, 1, 9, 9, 9], [0] * 6).std() > 1


def test_issuers_with_one_document_are_pooled() -> None:
    assert (drawn([1, 5, 9, 13], [0, 1, 2, 3]) == drawn([1, 5, 9, 13], [0, 0, 0, 0])).all()


def test_a_single_one_left_over_joins_the_largest_issuer() -> None:
    assert (drawn([2, 2, 7, 7, 7, 1], [0, 0, 1, 1, 1, 2]) == drawn([2, 2, 7, 7, 7, 1], [0, 0, 1, 1, 1, 1])).all()


def test_columns_do_not_depend_on_each_other() -> None:
    rng = np.random.default_rng(2)
    above, below, strata = rng.poisson(2, (9, 4)).astype(float), rng.integers(1, 9, (9, 4)).astype(float), np.arange(9) // 3
    above[:, 1], below[:, 3] = 0, below[:, 2]
    together = resampled_ratios(above, below, strata, samples=60, rng=np.random.default_rng(0))
    for at in range(4):
        column = slice(at, at + 1)
        alone = resampled_ratios(above[:, column], below[:, column], strata, samples=60, rng=np.random.default_rng(0))
        assert together[:, column] == pytest.approx(alone)


def test_many_documents_are_drawn_in_steps() -> None:
    ratios = drawn(list(range(60_000)), [0] * 60_000, 150)
    assert ratios.mean() == pytest.approx(29_999.5, rel=0.001)
    assert ratios.std() == pytest.approx(60_000 / math.sqrt(12 * 60_000), rel=0.15)


def test_one_document_or_nothing_to_divide_by_has_no_ratio() -> None:
    assert np.isnan(drawn([3], [0])).all()
    none = np.zeros((4, 1))
    ratios = resampled_ratios(none, none, np.zeros(4, int), samples=5, rng=np.random.default_rng(0))
    assert np.isnan(ratios).all()
    assert np.isnan(ratio_intervals(none, none, np.zeros(4, int), ratios)).all()
    assert resampled_ratios(none[:, :0], none[:, :0], np.zeros(4, int), samples=5, rng=np.random.default_rng(0)).shape == (5, 0)


def test_the_interval_of_a_mean_is_that_of_theory() -> None:
    values = np.random.default_rng(1).normal(10, 2, 400)
    low, high = interval(values.tolist(), [0] * 400, samples=2000)
    assert high - low == pytest.approx(2 * 1.966 * values.std() / math.sqrt(400), rel=0.08)
    assert (low + high) / 2 == pytest.approx(values.mean(), rel=0.005)


def test_of_documents_that_hold_something_or_do_not_the_interval_is_wilsons() -> None:
    # 3 of 20: r = .15, v = r (1 - r) / 19, t of 19 degrees of freedom = 2.093, so Wilson's with z = 2.093 and n = 19
    z, n, r = 2.093, 19, 0.15
    half = z * math.sqrt(r * (1 - r) / n + z**2 / (4 * n**2))
    wilson = [(r + z**2 / (2 * n) - half) / (1 + z**2 / n), (r + z**2 / (2 * n) + half) / (1 + z**2 / n)]
    assert interval([1] * 3 + [0] * 17, [0] * 20, samples=20_000, limits=1) == pytest.approx(wilson, rel=0.02)
    low, high = interval([0] * 3 + [1] * 17, [0] * 20, samples=20_000, limits=1)
    assert (1 - high, 1 - low) == pytest.approx(wilson, rel=0.02)


def test_without_a_limit_the_interval_is_that_of_a_count() -> None:
    # r = 1, v = 1 / 4 · 4 / 3, t of 3 degrees of freedom = 3.182: (1 - θ)² = 10.13 · θ / 3
    low, high = interval([0, 0, 2, 2], [0] * 4, samples=20_000)
    assert low > 0
    assert [(1 - low) ** 2 / low, (1 - high) ** 2 / high] == pytest.approx([3.375, 3.375], rel=0.04)


def test_a_long_document_leaves_fewer_degrees_of_freedom() -> None:
    below = np.array([[10.0, 10.0]] * 10)
    below[0, 1] = 1000
    above = below * np.array([0.1, 0.2] * 5)[:, None]
    ratios = np.tile(np.random.default_rng(0).normal(0.15, 0.01, 500)[:, None], 2)
    low, high = ratio_intervals(above, below, np.zeros(10, int), ratios)
    assert high[1] - low[1] > 1.3 * (high[0] - low[0])  # t of the least, 3 degrees of freedom, is 3.18, of 9 it is 2.26


@pytest.mark.parametrize("values", [[0, 0, 0, 0], [1, 1, 1, 1], [0.3, 0.3, 0.3, 0.3]])
def test_documents_that_agree_have_no_interval(values: list[float]) -> None:
    assert np.isnan(interval(values, [0, 0, 1, 1], limits=1)).all()


@pytest.mark.parametrize("documents", [30, 100])
@pytest.mark.parametrize("world", [*worlds()][1::4], ids=str)
def test_intervals_hold_the_truth_as_often_as_they_say(world: World, documents: int) -> None:
    held, _ = coverage(world, documents, replicates=500)
    assert 0.91 <= held <= 0.99


def test_benjamini_and_hochberg_of_a_worked_example() -> None:
    # sorted .01 .02 .03 .04 .5: times 5 / rank .05 .05 .05 .05 .5; what was not tested does not count
    p = np.array([0.04, 0.01, math.nan, 0.5, 0.03, 0.02])
    assert benjamini_hochberg(p) == pytest.approx([0.05, 0.05, math.nan, 0.5, 0.05, 0.05], nan_ok=True)
    assert benjamini_hochberg(np.array([0.9, 0.01, 0.95])) == pytest.approx([0.95, 0.03, 0.95])
    assert benjamini_hochberg(np.array([math.nan])) == pytest.approx([math.nan], nan_ok=True)
    assert benjamini_hochberg(np.zeros(0)).shape == (0,)


def test_benjamini_and_hochberg_are_those_of_scipy() -> None:
    p = np.random.default_rng(0).random(300) ** 3
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p))
