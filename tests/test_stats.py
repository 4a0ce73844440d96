"""Collocation strength and intervals."""

import math

import numpy as np
import pytest

from pipeline.stats import npmi, ratio_intervals


def test_npmi_of_a_worked_example() -> None:
    # 8 units, a in 4, b in 2, both in 2: ln(8·2 / (4·2)) / -ln(2/8) = ln 2 / ln 4
    assert npmi(np.array([2]), np.array([4]), np.array([2]), 8) == pytest.approx(0.5)


def test_npmi_at_its_limits() -> None:
    never, always, chance, only_together = npmi(np.array([0, 8, 2, 3]), np.array([4, 8, 4, 3]), np.array([4, 8, 4, 3]), 8)
    assert (never, always) == (-1, 1)
    assert chance == pytest.approx(0)
    assert only_together == pytest.approx(1)


def interval(above: list[float], strata: list[int], samples: int = 400) -> tuple[float, float]:
    column = np.array(above, float)[:, None]
    low, high = ratio_intervals(column, np.ones_like(column), np.array(strata), samples=samples, rng=np.random.default_rng(0))
    return float(low[0]), float(high[0])


def test_documents_that_agree_leave_no_doubt() -> None:
    assert interval([3, 3, 3, 3], [0, 0, 1, 1]) == (3, 3)


def test_the_interval_of_a_mean_is_that_of_theory() -> None:
    values = np.random.default_rng(1).normal(10, 2, 400)
    low, high = interval(values.tolist(), [0] * 400, samples=2000)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / math.sqrt(400), rel=0.08)
    assert (low + high) / 2 == pytest.approx(values.mean(), rel=0.005)


def test_differences_between_issuers_do_not_widen_the_interval() -> None:
    # within each issuer all documents are alike, so that nothing is left to chance
    assert interval([1, 1, 1, 9, 9, 9], [0, 0, 0, 1, 1, 1]) == (5, 5)
    low, high = interval([1, 1, 1, 9, 9, 9], [0] * 6)
    assert low < 4 < 6 < high


def test_issuers_with_one_document_are_pooled() -> None:
    assert interval([1, 5, 9, 13], [0, 1, 2, 3]) == interval([1, 5, 9, 13], [0, 0, 0, 0])


def test_a_single_one_left_over_joins_the_largest_issuer() -> None:
    assert interval([2, 2, 7, 7, 7, 1], [0, 0, 1, 1, 1, 2]) == interval([2, 2, 7, 7, 7, 1], [0, 0, 1, 1, 1, 1])


def test_a_series_nothing_can_be_divided_by_has_no_interval() -> None:
    below = np.array([[1.0, 0.0], [1.0, 0.0]])
    low, high = ratio_intervals(below, below, np.zeros(2, int), samples=50, rng=np.random.default_rng(0))
    assert (low[0], high[0]) == (1, 1)
    assert np.isnan([low[1], high[1]]).all()


def test_many_documents_are_drawn_in_steps() -> None:
    values = np.arange(60_000, dtype=float)[:, None]
    low, high = ratio_intervals(values, np.ones_like(values), np.zeros(60_000), samples=150, rng=np.random.default_rng(0))
    assert 29_000 < low[0] < 29_999.5 < high[0] < 31_000
