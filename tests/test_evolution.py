"""Thematic evolution. Of two themes of seven names the second period splits one and takes a name from the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cooccur.evolution import evolution
from pipeline.records import Evolution

BEFORE = np.array([0, 0, 0, 0, 1, 1, -1])
AFTER = np.array([0, 0, 1, 1, 1, -1, 0])
COUNTS = {"2020": np.array([10, 8, 6, 4, 9, 3, 0]), "2021": np.array([5, 9, 2, 7, 9, 1, 4])}


def rows(before: np.ndarray = BEFORE, after: np.ndarray = AFTER) -> dict[tuple[int, int], Evolution]:
    found = evolution("term", ["2020", "2021"], {"2020": before, "2021": after}, COUNTS)
    return {(row.cluster_before, row.cluster_after): row for row in found}


def test_the_indexes_of_the_example() -> None:
    found = rows()
    assert set(found) == {(0, 0), (0, 1), (1, 1)}
    # {a b c d} and {a b g} share a and b: 2 of 3, min(10, 5) + min(8, 9) of 18 (28 before), 2 of 5
    assert found[0, 0].shared == 2
    assert found[0, 0].inclusion == pytest.approx(2 / 3, abs=1e-9)
    assert found[0, 0].weighted_inclusion == pytest.approx(13 / 18, abs=1e-9)
    assert found[0, 0].stability == pytest.approx(2 / 5, abs=1e-9)
    # {a b c d} and {c d e} share c and d: 2 of 3, 2 + 4 of 18, 2 of 5
    assert found[0, 1].weighted_inclusion == pytest.approx(6 / 18, abs=1e-9)
    # {e f} and {c d e} share e: 1 of 2, 9 of 12 (18 after), 1 of 4
    assert (found[1, 1].inclusion, found[1, 1].stability) == (0.5, 0.25)
    assert found[1, 1].weighted_inclusion == pytest.approx(9 / 12, abs=1e-9)


def test_a_theme_that_does_not_change_is_wholly_included_and_stable() -> None:
    found = evolution("code", ["1", "2"], {"1": BEFORE, "2": BEFORE}, {"1": COUNTS["2020"], "2": COUNTS["2020"]})
    assert [(row.inclusion, row.weighted_inclusion, row.stability) for row in found] == [(1, 1, 1)] * 2


def test_a_part_of_a_theme_is_wholly_included_but_not_stable() -> None:
    row = rows(after=np.array([0, 0, -1, -1, -1, -1, -1]))[0, 0]
    assert (row.inclusion, row.stability) == (1, 0.5)


def test_only_neighbours_are_compared_and_a_period_without_a_map_is_passed_over() -> None:
    none = np.full(7, -1)
    clusters = {"2019": BEFORE, "2020": none, "2021": AFTER, "2023": AFTER}
    counts = dict.fromkeys(["2019", "2020", "2021", "2022", "2023"], COUNTS["2020"])
    found = evolution("term", ["2019", "2020", "2021", "2022", "2023"], clusters, counts)
    assert {(row.before, row.after) for row in found} == {("2019", "2021"), ("2021", "2023")}


@pytest.mark.parametrize("periods", [[], ["2020"], ["2020", "2021"]])
def test_nothing_to_compare_gives_no_rows(periods: list[str]) -> None:
    assert evolution("term", periods, {"2020": BEFORE, "2021": np.full(7, -1)}, COUNTS) == []
    assert evolution("term", periods, {"2020": np.zeros(0, int), "2021": np.zeros(0, int)}, COUNTS) == []


@given(st.lists(st.tuples(*[st.integers(-1, 3)] * 2, *[st.integers(1, 9)] * 2), min_size=1, max_size=20))
def test_shared_members_are_those_of_the_sets(names: list[tuple[int, int, int, int]]) -> None:
    before, after, first, second = (np.array(column) for column in zip(*names, strict=True))
    found = evolution("term", ["1", "2"], {"1": before, "2": after}, {"1": first, "2": second})
    pairs = {(a, b) for a, b, *_ in names if a >= 0 and b >= 0}
    assert {(row.cluster_before, row.cluster_after) for row in found} == pairs
    for row in found:
        a = set(np.flatnonzero(before == row.cluster_before))
        b = set(np.flatnonzero(after == row.cluster_after))
        assert row.inclusion == pytest.approx(len(a & b) / min(len(a), len(b)), abs=1e-9)
        assert row.stability == pytest.approx(len(a & b) / len(a | b), abs=1e-9)
        least = min(sum(first[list(a)]), sum(second[list(b)]))
        met = sum(min(first[name], second[name]) for name in a & b)
        assert row.weighted_inclusion == pytest.approx(met / least, abs=1e-9)
