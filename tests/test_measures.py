"""Measures of links, backbones, and what chance makes of a link, against examples worked by hand or printed.

Three terms in ten units: a in 5, b in 4, c in 2; a and b meet in 4, a and c in 1, b and c never.
"""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from simulate_clusters import LEVEL, drawn, fisher_p, pairs_of

from pipeline.cooccur.measures import BACKBONES, MEASURES
from pipeline.cooccur.significance import _held, _held_both, _spread_left, _upper_tail, _waves, _weights, link_p, link_q
from pipeline.errors import SettingsError

TOTALS = np.array([5, 4, 2])
TOGETHER = sparse.csr_array(np.array([[0, 4, 1], [4, 0, 0], [1, 0, 0]]))
BY_HAND = {  # of a and b, of a and c, which meet just as often as chance has it
    "association_strength": (4 * 10 / (5 * 4), 1 * 10 / (5 * 2)),
    "salton": (4 / math.sqrt(20), 1 / math.sqrt(10)),
    "jaccard": (4 / 5, 1 / 6),
    "inclusion": (4 / 4, 1 / 2),
    "equivalence_index": (16 / 20, 1 / 10),
    "npmi": (math.log(2) / -math.log(0.4), 0),
    # both 4 where 2 are expected, a alone 1 where 3, b alone 0 where 2, neither 5 where 3
    "log_likelihood": (2 * (4 * math.log(2) + math.log(1 / 3) + 5 * math.log(5 / 3)), 0),
}


def square(rows: list[list[float]]) -> Any:
    return sparse.csr_array(np.array(rows))


@pytest.mark.parametrize("measure", MEASURES)
def test_each_measure_gives_what_is_worked_out_by_hand(measure: str) -> None:
    ab, ac = BY_HAND[measure]
    found = MEASURES[measure](TOGETHER, TOTALS, 10, min_count=1)
    assert found.toarray() == pytest.approx(np.array([[0, ab, ac], [ab, 0, 0], [ac, 0, 0]]), abs=1e-9)
    assert found.nnz == 2 * ((ab > 0) + (ac > 0))


@pytest.mark.parametrize("measure", MEASURES.values())
def test_pairs_that_meet_too_seldom_are_left_out_by_every_measure(measure: Any) -> None:
    assert measure(TOGETHER, TOTALS, 10, min_count=2).nnz == 2
    with pytest.raises(SettingsError, match="min_count = 0"):
        measure(TOGETHER, TOTALS, 10, min_count=0)


@pytest.mark.parametrize("measure", MEASURES.values())
def test_no_links_are_no_links(measure: Any) -> None:
    assert measure(sparse.csr_array((3, 3), dtype=np.int64), TOTALS, 10).nnz == 0


@pytest.mark.parametrize("measure", ["npmi", "log_likelihood"])
def test_pairs_met_less_than_chance_has_it_are_on_no_map(measure: str) -> None:
    seldom = square([[0, 2], [2, 0]])
    assert MEASURES[measure](seldom, np.array([6, 6]), 10, min_count=1).nnz == 0  # 3.6 are expected


def test_log_likelihood_is_what_dunning_printed() -> None:
    # Dunning 1993, table 1, "the swiss": 110 both, 2,442 and 111 either, 29,114 neither
    found = MEASURES["log_likelihood"](square([[0, 110], [110, 0]]), np.array([2552, 221]), 31777)
    assert found[0, 1] == pytest.approx(270.72, abs=0.005)


@pytest.mark.parametrize(
    ("measure", "printed"), [("salton", 1 / math.sqrt(2)), ("inclusion", 1), ("jaccard", 1 / 2), ("association_strength", 1 / 2)]
)
def test_measures_are_those_of_a_published_library(measure: str, printed: float) -> None:
    # the tests of nesta_ds_utils: of [0, 1, 2, 3, 4] and [0, 5, 6, 7, 3, 4] the pair 1, 4; its association strength is without N
    found = MEASURES[measure](square([[0, 1], [1, 0]]), np.array([1, 2]), 2, min_count=1)[0, 1]
    assert found / (2 if measure == "association_strength" else 1) == pytest.approx(printed, abs=1e-9)


def test_the_disparity_filter_keeps_links_of_weak_terms_and_of_strong_ones() -> None:
    # the example of the R package backbone: a weak and a strong clique of five, each a star of ten times heavier links
    counts = np.zeros((10, 10), int)
    for hub, others, near, far in ((0, range(1, 5), 10, 1), (5, range(6, 10), 100, 10)):
        for one in others:
            counts[hub, one] = counts[one, hub] = near
        for one, other in combinations(others, 2):
            counts[one, other] = counts[other, one] = far
    counts[0, 5] = counts[5, 0] = 75
    links = sparse.csr_array(counts)
    kept = BACKBONES["disparity"](links.astype(float), links, 0.05)
    # (1 - 10 / 13)³ = .012 and (1 - 75 / 115)⁴ = .015 are kept; (1 - 1 / 13)³ = .79 and (1 - 100 / 475)⁴ = .39 are not
    stars = [*((0, other) for other in range(1, 6)), *((5, other) for other in range(6, 10))]
    assert sorted(zip(*sparse.triu(kept).nonzero(), strict=True)) == sorted(stars)


def test_disparity_of_counts_does_not_depend_on_the_measure() -> None:
    counts = square([[0, 30, 2, 1], [30, 0, 3, 2], [2, 3, 0, 4], [1, 2, 4, 0]]).astype(np.int64)
    totals = np.array([40, 35, 9, 8])
    kept = {str(BACKBONES["disparity"](measure(counts, totals, 100), counts, 0.1).nonzero()) for measure in MEASURES.values()}
    whole = {str(BACKBONES["disparity"](counts.astype(float), counts, 0.1).nonzero())}
    assert len(kept) == 1 and kept == whole


def test_links_of_the_least_strength_are_kept_and_weaker_ones_not() -> None:
    strength = square([[0, 3.0, 2.0], [3.0, 0, 1.0], [2.0, 1.0, 0]])
    kept = BACKBONES["min_strength"](strength, strength.astype(int), 2.0)
    assert kept.toarray().tolist() == [[0, 3, 2], [3, 0, 0], [2, 0, 0]]


@pytest.mark.parametrize("backbone", BACKBONES.values())
def test_a_backbone_of_nothing_is_nothing(backbone: Any) -> None:
    assert backbone(sparse.csr_array((3, 3)), TOGETHER, 1.0).nnz == 0


WEIGHTS = np.array([0.5, 1, 2, 7])
ALIKE = np.array([1, 1, 2, 1])  # two of five terms have odds of 2


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_the_null_holds_terms_as_often_as_all_sets_of_that_size_do(size: int) -> None:
    each = np.repeat(WEIGHTS, ALIKE)
    sets = list(combinations(range(5), size))
    chance = np.array([each[list(one)].prod() for one in sets])
    chance /= chance.sum()
    (wave,) = _waves(WEIGHTS, ALIKE, np.array([size]))
    of = np.repeat(np.arange(4), ALIKE)
    alone = [chance[[term in one for one in sets]].sum() for term in range(5)]
    assert _held(*wave)[of] == pytest.approx(alone, abs=1e-12)
    for a, b in combinations(range(5), 2):
        both = chance[[a in one and b in one for one in sets]].sum()
        assert _held_both(*wave)[of[a], of[b]] == pytest.approx(both, abs=1e-12)


def test_expected_totals_are_those_given() -> None:
    held = drawn(np.random.default_rng(3), units=300, names=20, spread=1.0)
    size, units = np.unique(held.sum(axis=1), return_counts=True)
    total, alike = np.unique(held.sum(axis=0).astype(float), return_counts=True)
    size, units = size[size > 0], units[size > 0]
    waves = _waves(_weights(total, alike, size, units), alike, size)
    expected = sum(n * _held(*wave) for n, wave in zip(units, waves, strict=True))
    assert expected == pytest.approx(total, rel=1e-5)


def test_the_tail_is_near_the_exact_one() -> None:
    rng = np.random.default_rng(0)
    for trials, scale in ((4, 0.3), (20, 0.05), (20, 0.6), (200, 0.3)):
        chance = np.clip(rng.gamma(0.4, scale / 0.4, trials), 0, 0.97)
        sums = np.ones(1)
        for one in chance:
            sums = np.convolve(sums, [1 - one, one])
        for count in range(1, trials):
            exact = sums[count:].sum()
            if exact > 1e-9:
                found = _upper_tail(np.array([count - 0.5]), chance[None, :], np.ones(trials))[0]
                assert found == pytest.approx(exact, rel=0.05)


def test_the_spread_that_is_left_is_that_of_the_hypergeometric() -> None:
    # units all alike, i in .2 of them and j in .5: N f_i f_j (1 - f_i) (1 - f_j) of N f_i f_j (1 - f_i f_j)
    left = _spread_left(np.array([[0.1]]), np.array([[0.2]]), np.array([[0.5]]), np.array([30]))
    assert left == pytest.approx([0.8 * 0.5 / 0.9], abs=1e-9)


def test_long_units_do_not_make_links() -> None:
    """Sizes that differ much: Fisher's test takes every third pair for a link, the null of both margins fewer than .05."""
    rng = np.random.default_rng(1)
    held = drawn(rng, units=600, names=40, spread=1.5)
    together, first, second = pairs_of(held)
    p = link_p(together, first, second, held.sum(axis=0), held.sum(axis=1))
    assert (p <= LEVEL).mean() <= LEVEL
    assert (fisher_p(held, together, first, second) <= LEVEL).mean() > 0.3
    assert link_q(p, 40).min() > LEVEL


def test_a_planted_link_is_found_among_long_units() -> None:
    rng = np.random.default_rng(2)
    held = drawn(rng, units=600, names=40, spread=1.5)
    held[:, 1] = np.where(rng.random(600) < 0.7, held[:, 0], held[:, 1])
    together, first, second = pairs_of(held)
    q = link_q(link_p(together, first, second, held.sum(axis=0), held.sum(axis=1)), 40)
    assert [(a, b) for a, b, of in zip(first, second, q, strict=True) if of <= LEVEL] == [(0, 1)]


def test_two_terms_alone_cannot_meet_beyond_chance() -> None:
    # of three units of two terms each, all three hold both whatever chance does
    p = link_p(np.array([3]), np.array([0]), np.array([1]), np.array([5, 4]), np.array([2, 2, 2, 1, 1, 1, 0]))
    assert p == pytest.approx([1], abs=0.2)


@pytest.mark.parametrize("held", [np.ones((4, 3)), np.eye(3), np.ones((1, 2)), np.zeros((3, 3)), np.zeros((0, 2))])
def test_margins_that_leave_no_choice_give_no_link(held: np.ndarray) -> None:
    together = (held.T @ held)[[0], [1]]
    p = link_p(together, np.array([0]), np.array([1]), held.sum(axis=0), held.sum(axis=1).astype(int))
    assert 0.3 < p[0] <= 1


def test_no_links_have_no_p() -> None:
    nothing = np.zeros(0, int)
    assert len(link_p(nothing, nothing, nothing, TOTALS, np.array([3, 3, 2, 2, 1]))) == len(link_q(np.zeros(0), 3)) == 0


def test_pairs_that_never_meet_count_in_the_false_discovery_rate() -> None:
    assert link_q(np.array([0.01, 0.02]), 4).tolist() == pytest.approx([0.06, 0.06])  # 6 pairs
