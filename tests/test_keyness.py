"""Measures of keyness against examples worked by hand or printed."""

import math

import numpy as np
import pytest
from scipy import sparse

from pipeline.stats import signed_g2
from pipeline.trends.keyness import dispersion, log_odds, log_ratio, mantel_haenszel_p, permutation_p


def one(value: float) -> np.ndarray:
    return np.array([value], float)


def test_g2_is_what_dunning_printed() -> None:
    # Dunning 1993, table 1: k(AB), k(A ~B), k(~A B), k(~A ~B) of "the swiss", "can be", "previous year"
    for held_a, held_b, rest_a, rest_b, printed in (
        (110, 2442, 111, 29114, 270.72), (29, 13, 123, 31612, 263.90), (31, 23, 139, 31584, 256.84),
    ):  # fmt: skip
        (value,) = signed_g2(one(held_a), one(held_b), held_a + rest_a, held_b + rest_b)
        assert round(value, 2) == printed


def test_g2_by_hand_and_its_sign() -> None:
    # 30 of 100 against 10 of 100: all margins are halves, so that E = 20, 20, 80, 80
    by_hand = 2 * (30 * math.log(30 / 20) + 10 * math.log(10 / 20) + 70 * math.log(70 / 80) + 90 * math.log(90 / 80))
    assert signed_g2(one(30), one(10), 100, 100)[0] == pytest.approx(by_hand, abs=1e-9)
    assert signed_g2(one(10), one(30), 100, 100)[0] == pytest.approx(-by_hand, abs=1e-9)
    assert signed_g2(one(0), one(0), 100, 100)[0] == signed_g2(one(5), one(10), 100, 200)[0] == 0


def test_log_odds_by_hand() -> None:
    # 8 of 100 and 2 of 100, α0 = 20: α = 20 · 10 / 200 = 1, so that the odds are 9 / 111 and 3 / 117
    delta, z = log_odds(one(8), one(2), 100, 100, prior=20)
    assert delta[0] == pytest.approx(math.log(9 / 111) - math.log(3 / 117), abs=1e-9)
    assert z[0] == pytest.approx(delta[0] / math.sqrt(1 / 9 + 1 / 3), abs=1e-9)


def test_a_prior_draws_a_rare_word_to_nothing_and_leaves_a_common_one() -> None:
    rare, _ = log_odds(one(2), one(0), 1000, 1000, prior=500)
    common, _ = log_odds(one(200), one(100), 1000, 1000, prior=500)
    assert 0 < rare[0] < 2 and common[0] > 0.5
    _, z = log_odds(one(2), one(0), 1000, 1000, prior=500)
    assert abs(z[0]) < 1.96


def test_log_odds_of_nothing_and_of_everything_are_0() -> None:
    assert [value[0] for value in log_odds(one(0), one(0), 10, 10, prior=5)] == [0, 0]
    assert [value[0] for value in log_odds(one(10), one(10), 10, 10, prior=5)] == [0, 0]


def test_log_ratio_is_1_for_twice_as_often() -> None:
    assert log_ratio(one(20), one(10), 100, 100)[0] == pytest.approx(1, abs=1e-9)
    assert log_ratio(one(20), one(20), 400, 100)[0] == pytest.approx(-2, abs=1e-9)
    assert log_ratio(one(8), one(0), 100, 100)[0] == pytest.approx(4, abs=1e-9)  # 0 is taken for a half


def test_nothing_in_a_short_text_is_never_more_than_something_in_a_long_one() -> None:
    assert log_ratio(one(0), one(60), 2, 1000)[0] == 0
    assert log_ratio(one(60), one(0), 1000, 2)[0] == 0


def test_dispersion_by_hand() -> None:
    # shares of the text .5 .3 .2; the first item is spread like it, the second stands in the last document only, the third in the first two
    counts = sparse.csr_array(np.array([[5, 0, 3, 0], [3, 0, 1, 0], [2, 4, 0, 0]], float))
    found = dispersion(counts, np.array([50, 30, 20]))
    assert found[:3] == pytest.approx([0, 1, (abs(0.75 - 0.5) + abs(0.25 - 0.3) + 0.2) / 2 / 0.8], abs=1e-9)
    assert np.isnan(found[3])


def test_dispersion_of_one_document_cannot_be_told() -> None:
    assert np.isnan(dispersion(sparse.csr_array(np.array([[3.0], [0.0]])), np.array([50, 0]))).all()


def test_mantel_haenszel_by_hand() -> None:
    # document 1: 4 of 10 words on A, item twice, both on A; document 2: 5 of 10, item once, not on A
    expected = 4 * 2 / 10 + 5 * 1 / 10
    variance = 4 * 6 * 2 * 8 / (100 * 9) + 5 * 5 * 1 * 9 / (100 * 9)
    z = abs(2 + 0 - expected) / math.sqrt(variance)
    of_a, both = sparse.csr_array([[2.0], [0.0]]), sparse.csr_array([[2.0], [1.0]])
    (p,) = mantel_haenszel_p(of_a, both, np.array([4, 5]), np.array([10, 10]))
    assert p == pytest.approx(math.erfc(z / math.sqrt(2)), abs=1e-9)


def test_permutation_p_counts_the_samples_that_reach_what_is_seen() -> None:
    # six documents, three a side; only 1 and its mirror image of the 20 ways to choose three separate them as much: p = .1
    counts = sparse.csr_array(np.array([[9.0], [9], [9], [1], [1], [1]]))
    sides = np.array([1, 1, 1, -1, -1, -1]) / 3

    def draw(rng: np.random.Generator, samples: int) -> np.ndarray:
        return np.array([rng.permutation(sides) for _ in range(samples)])

    (p,) = permutation_p(counts, sides, draw, rng=np.random.default_rng(0))
    assert p == pytest.approx(0.1, abs=0.02)


def test_items_in_doubt_are_tried_ten_times_as_often() -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(5, (40, 400)).astype(float)
    counts[:20, 0] += 20
    sides = np.repeat([1.0, -1.0], 20)

    def draw(rng: np.random.Generator, samples: int) -> np.ndarray:
        return np.array([rng.permutation(sides) for _ in range(samples)])

    p = permutation_p(sparse.csr_array(counts), sides, draw, rng=np.random.default_rng(0))
    assert p[0] == 1 / 10_000
    assert np.median(p[1:]) == pytest.approx(0.5, abs=0.08) and (p[1:] < 0.05).mean() < 0.09
