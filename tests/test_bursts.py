"""Bursts. A name held by 1, 1, 8, 8, 1, 1 of 20 units each: Σ r / Σ d = 1 / 6, a state above it has 1 / 3 and the next 2 / 3."""

from itertools import pairwise, product
from math import log
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from simulate_maps import burst_table, held_of

from pipeline.cooccur.bursts import LEVELS, bursts, design_effects, gaps

PERIODS = [str(year) for year in range(2015, 2021)]
HELD, UNITS = np.array([[1, 1, 8, 8, 1, 1]]), np.full(6, 20)


def cost(p: float, r: int, d: int) -> float:
    return -(r * log(p) + (d - r) * log(1 - p))


def least(r: list[int], d: list[int], scale: float, gamma: float) -> float:
    """What the cheapest of all sequences of states costs, as the paper has it."""
    base = sum(r) / sum(d)
    possible = [state for state in range(LEVELS + 1) if state == 0 or 0 < base * scale**state < 1]
    costs = np.array([[cost(base * scale**state, *met) for state in possible] for met in zip(r, d, strict=True)])
    states = np.array(list(product(range(len(possible)), repeat=len(r))))
    climbed = np.maximum(np.diff(states, axis=1, prepend=0), 0).sum(axis=1)
    totals = climbed * gamma * log(len(r)) + costs[np.arange(len(r)), states].sum(axis=1)
    return float(totals.min())


def test_the_burst_of_the_example() -> None:
    (row,) = bursts("term", ["数据"], HELD, UNITS, PERIODS)
    assert (row.item, row.level, row.start, row.end, row.count, row.of) == ("数据", 1, "2017", "2018", 16, 40)
    # twice 8 ln 2 + 12 ln((2/3) / (5/6)): 8 ln 2 + 12 ln 0.8 = 2.867455 each, more than the 1.791759 = ln 6 of the climb
    assert row.weight == pytest.approx(2 * (8 * log(2) + 12 * log(0.8)), abs=1e-9)
    assert row.weight == pytest.approx(2 * (cost(1 / 6, 8, 20) - cost(1 / 3, 8, 20)), abs=1e-9)


def test_climbing_costs_gamma_times_ln_n_and_not_gamma() -> None:
    held = np.array([[3, 3, 3, 9, 3, 3]])
    # 24 / 120 = .2, above it .4: 9 ln 2 + 11 ln .75 = 3.0738, less than 2 ln 6 = 3.58 but more than gamma = 2
    assert 2 < cost(0.2, 9, 20) - cost(0.4, 9, 20) < 2 * log(6)
    assert bursts("term", ["a"], held, UNITS, PERIODS, gamma=2) == []
    assert len(bursts("term", ["a"], held, UNITS, PERIODS, gamma=1)) == 1


def test_a_higher_burst_lies_within_a_lower_one() -> None:
    held = np.array([[1, 2, 9, 20, 9, 1, 1, 1, 1, 1, 1, 1]])
    periods = [str(year) for year in range(2010, 2022)]
    found = bursts("term", ["a"], held, np.full(12, 60), periods)
    assert [(row.level, row.start, row.end) for row in found] == [(1, "2012", "2014"), (2, "2013", "2013")]
    gain = cost(2 / 15, 20, 60) - cost(4 / 15, 20, 60)  # 48 of 720 units: 1 / 15
    assert found[1].weight == pytest.approx(gain, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(1, 30)), min_size=3, max_size=7),
    st.sampled_from([1.5, 2.0, 3.0]),
    st.sampled_from([0.5, 1.0]),
)
def test_no_other_sequence_of_states_is_cheaper(counts: list[tuple[int, int]], scale: float, gamma: float) -> None:
    r, d = [held for held, _ in counts], [held + rest for held, rest in counts]
    names = [str(number) for number in range(len(r))]
    enough = np.ones(len(r), bool)
    found = bursts("term", ["a"], np.array([r]), np.array(d), names, scale=scale, gamma=gamma, enough=enough)
    if not any(r):
        assert found == []
        return
    states = [max([row.level for row in found if row.start <= name <= row.end], default=0) for name in names]
    base = sum(r) / sum(d)
    climbed = sum(max(after - before, 0) for before, after in pairwise([0, *states]))
    own = climbed * gamma * log(len(r)) + sum(
        cost(base * scale**state, *met) for state, met in zip(states, zip(r, d, strict=True), strict=True)
    )
    assert own == pytest.approx(least(r, d, scale, gamma), abs=1e-9)


def test_a_period_without_units_is_passed_over_and_said() -> None:
    held, units = np.insert(HELD, 3, 0, axis=1), np.insert(UNITS, 3, 0)
    periods = [*PERIODS[:3], "gap", *PERIODS[3:]]
    assert bursts("term", ["a"], held, units, periods) == bursts("term", ["a"], HELD, UNITS, PERIODS)
    assert gaps(units, periods) == "bursts go on over periods without documents: gap"
    assert gaps(UNITS, PERIODS) == ""


def test_a_burst_does_not_start_where_there_is_too_little_to_see() -> None:
    held, units = np.array([[4, 5, 1, 1, 1, 1, 1, 1]]), np.array([4, 60, 60, 60, 60, 60, 60, 60])
    periods = [str(year) for year in range(2010, 2018)]
    assert bursts("term", ["a"], held, units, periods) == []
    assert bursts("term", ["a"], held, units, periods, enough=np.ones(8, bool))[0].start == "2010"
    early = bursts("term", ["a"], HELD[:, [2, 3, 0, 1, 4, 5]], UNITS, PERIODS, enough=np.array([0, 1, 1, 1, 1, 1]))
    assert [(row.start, row.end) for row in early] == [("2016", "2016")]


@pytest.mark.parametrize("held", [[20] * 6, [0] * 6, [1, 0, 0, 0, 0, 0], [12] * 6, [2, 2, 3, 2, 2, 2]])
def test_what_never_changes_or_is_hardly_met_has_no_burst(held: list[int]) -> None:
    assert bursts("term", ["a"], np.array([held]), UNITS, PERIODS) == []


def test_few_periods_and_nothing_to_count_give_no_rows() -> None:
    assert bursts("term", ["a"], HELD[:, 1:3], UNITS[1:3], PERIODS[1:3]) == []
    assert bursts("term", ["a"], HELD, np.zeros(6, int), PERIODS) == []
    assert bursts("term", [], np.zeros((0, 6), int), UNITS, PERIODS) == []
    assert bursts("term", ["a"], np.zeros((1, 0), int), np.zeros(0, int), []) == []


def test_each_item_of_many_is_told_as_if_it_were_alone() -> None:
    rng = np.random.default_rng(1)
    rates = rng.beta(1, 20, (40, 1)) * rng.choice([1, 1, 1, 4], (40, 12))
    units = rng.integers(20, 200, 12)
    held = rng.binomial(units, np.minimum(rates, 1))
    names, periods = [f"{number:02d}" for number in range(40)], [f"{number:02d}" for number in range(12)]
    together = bursts("term", names, held, units, periods)
    assert together == [row for at, name in enumerate(names) for row in bursts("term", [name], held[at : at + 1], units, periods)]
    assert len(together) > 10


def test_counts_of_documents_that_differ_vary_more_than_those_of_units_drawn_one_by_one() -> None:
    # four documents of 10 units hold 4, 0, 0, 0: p = .1, (3² + 1 + 1 + 1) · 4 / 3 = 16 over 40 · .1 · .9 = 3.6
    of = np.zeros((40, 2), bool)
    of[:4, 0] = True
    of[::10, 1] = True  # one in each document: less than chance has it, but not less than 1
    held = held_of(sparse.csr_array(of), np.repeat(np.arange(4), 10))
    assert design_effects([held]) == pytest.approx([16 / 3.6, 1], abs=1e-9)
    assert design_effects([held, held]) == pytest.approx([16 / 3.6, 1], abs=1e-9)
    assert design_effects([held_of(sparse.csr_array(of), np.zeros(40, int))]).tolist() == [1, 1]


def test_a_spread_of_two_makes_two_units_one() -> None:
    (row,) = bursts("term", ["a"], 2 * HELD, 2 * UNITS, PERIODS, spread=2.0)
    (alone,) = bursts("term", ["a"], HELD, UNITS, PERIODS)
    assert (row.weight, row.count, row.of) == (pytest.approx(alone.weight, abs=1e-9), 32, 80)


def test_planted_bursts_are_found_and_constant_rates_seldom_give_one() -> None:
    # documents that differ as real ones do, counted in sentences
    none, double, treble, five = map(float, burst_table(np.random.default_rng(2), 20, documents=50, sentences=20, alike=3))
    assert none < 0.18 and double > 0.6 and treble > 0.9 and five > 0.95
    (unadjusted, *_) = burst_table(np.random.default_rng(2), 20, documents=50, sentences=20, alike=3, adjusted=False)
    assert float(unadjusted) > 3 * none


def test_five_thousand_items_take_about_a_second() -> None:
    rng = np.random.default_rng(0)
    units = rng.integers(100, 1000, 40)
    held = rng.binomial(units, rng.beta(0.5, 30, (5000, 1)))
    began = perf_counter()
    bursts("term", [str(number) for number in range(5000)], held, units, [f"{number:02d}" for number in range(40)])
    assert perf_counter() - began < 3
