"""Links that change. Six documents alike, each of ten units: a in 4, b in 5; they meet in 2 before and in 4 after."""

from math import log, sqrt

import numpy as np
import pytest
from scipy import sparse
from simulate_maps import changes, corpus, held_of, is_planted

from pipeline.cooccur.held import Held
from pipeline.cooccur.turnover import turnover
from pipeline.records import LinkChange

NAMES = ["数据", "平台", "算法"]
LINKED = sparse.csr_array(np.array([[0, 1.0, 0], [1, 0, 0], [0, 0, 0]]))
NONE = sparse.csr_array((3, 3))


def period(together: int, *, documents: int = 6, a: int = 4, b: int = 5, units: int = 10) -> Held:
    """Documents that all hold 数据 in `a` units and 平台 in `b`, both in `together` of them."""
    one = np.zeros((units, 3), bool)
    one[:a, 0] = True
    one[a - together : a - together + b, 1] = True
    return held_of(sparse.csr_array(np.tile(one, (documents, 1))), np.repeat(np.arange(documents), units))


def two(before: Held, after: Held, *, shown_before: bool = True, shown_after: bool = True) -> list[LinkChange]:
    shown = {"2020": LINKED if shown_before else NONE, "2021": LINKED if shown_after else NONE}
    return turnover("term", NAMES, ["2020", "2021"], {"2020": before, "2021": after}, shown, seed=0)


def test_a_link_of_documents_alike_has_the_interval_of_a_poisson_count() -> None:
    (row,) = two(period(2), period(4))
    assert (row.a, row.b, row.before, row.after, row.change) == ("数据", "平台", "2020", "2021", "stronger")
    # 12 · 60 / (24 · 30) and 24 · 60 / (24 · 30)
    assert (row.count_before, row.count_after, row.strength_before, row.strength_after) == (12, 24, 1, 2)
    half = 1.959963985 * sqrt(1 / 12.5 + 1 / 24.5)
    assert row.low == pytest.approx(log(24.5 / 12.5) - half, abs=1e-6)
    assert row.high == pytest.approx(log(24.5 / 12.5) + half, abs=1e-6)
    # z = .6729 / .3476 = 1.936, twice the tail .0529; the only pair that meets
    assert row.q == pytest.approx(0.0529, abs=1e-4)


def test_what_is_met_in_few_documents_is_less_sure() -> None:
    rest = period(0, documents=5)
    one = period(4, documents=3)  # the same units in all, but both stand in three documents of eight only
    before = held_of(sparse.vstack([one.units, rest.units]).tocsr(), np.concatenate([one.document, 3 + rest.document]))
    (row,) = two(before, period(4, documents=8))
    (alike,) = two(period(2, documents=6), period(4, documents=8))
    assert row.count_before == alike.count_before == 12
    assert row.high - row.low > 1.5 * (alike.high - alike.low)


@pytest.mark.parametrize(("before", "after", "change"), [(0, 2, "entry"), (2, 0, "exit"), (2, 3, "stronger"), (3, 2, "weaker")])
def test_a_link_comes_goes_or_changes(before: int, after: int, change: str) -> None:
    (row,) = two(period(before), period(after))
    assert row.change == change
    assert row.low is not None and row.high is not None and row.low < log((6 * after + 0.5) / (6 * before + 0.5)) < row.high


def test_pairs_met_less_than_the_least_count_are_not_yet_links() -> None:
    held = {"2020": period(1, documents=5), "2021": period(4)}
    shown = {"2021": LINKED}
    for least, change in ((5, "stronger"), (6, "entry")):
        (row,) = turnover("term", NAMES, ["2020", "2021"], held, shown, seed=0, min_count=least)
        assert row.change == change


def test_links_shown_in_neither_period_have_no_row_but_count_in_q() -> None:
    assert two(period(2), period(4), shown_before=False, shown_after=False) == []
    (alone,) = two(period(2), period(4))
    after = period(4)
    held = after.units.toarray()
    held[:, 2] = True  # 算法 meets both others, which no map shows
    (among,) = two(period(2), held_of(sparse.csr_array(held), after.document))
    assert among.q == pytest.approx(3 * alone.q, abs=3e-6)


def test_few_documents_have_a_reason_and_no_interval() -> None:
    (row,) = two(period(2), period(4, documents=4))
    assert (row.low, row.high, row.q) == (None, None, None)
    assert row.reason == "fewer than 5 documents in 2021: no interval"


def test_a_name_that_few_documents_hold_has_a_reason_and_no_interval() -> None:
    before = period(2)
    held = before.units.toarray()
    held[20:, 1] = False
    (row,) = two(held_of(sparse.csr_array(held), before.document), period(4))
    assert row.reason == "fewer than 5 documents of 2020 hold 平台: no interval" and row.q is None
    (gone,) = two(period(2), period(0, b=0))
    assert (gone.change, gone.strength_after) == ("exit", None)
    assert gone.reason == "fewer than 5 documents of 2021 hold 平台: no interval"


@pytest.mark.parametrize("periods", [[], ["2020"], ["2020", "2022"]])
def test_without_a_neighbour_there_are_no_rows(periods: list[str]) -> None:
    empty = held_of(sparse.csr_array((0, 3), dtype=bool), np.zeros(0, int))
    held = {"2020": period(2), "2022": empty}
    assert turnover("term", NAMES, periods, held, {"2020": LINKED}, seed=0) == []


def test_a_period_without_documents_is_passed_over() -> None:
    held = {"2020": period(2), "2022": period(4)}
    (row,) = turnover("term", NAMES, ["2020", "2021", "2022"], held, {"2020": LINKED}, seed=0)
    assert (row.before, row.after) == ("2020", "2022")


def test_the_same_seed_gives_the_same_rows_whatever_the_numbers_of_documents() -> None:
    held = corpus(np.random.default_rng(1), periods=3, documents=30)
    renamed = {name: held_of(of.units, of.document * 7 + 1000) for name, of in held.items()}
    assert changes(held) == changes(renamed) != changes(held, seed=1)


def test_no_change_is_found_where_there_is_none() -> None:
    rng = np.random.default_rng(3)
    rows = [row for _ in range(8) for row in changes(corpus(rng, documents=100))]
    tested = [row for row in rows if row.low is not None and row.high is not None]
    assert len(tested) > 3000
    assert not [row for row in tested if row.q is not None and row.q <= 0.05]
    assert np.mean([row.low > 0 or row.high < 0 for row in tested]) < 0.08


def test_a_planted_doubling_is_found() -> None:
    rows = changes(corpus(np.random.default_rng(5), documents=400, lift=2))
    found = [row for row in rows if row.q is not None and row.q <= 0.05]
    planted = [row for row in found if is_planted(row, 4)]
    assert len(planted) >= 8 and all(row.change == "stronger" for row in planted)
    assert len(found) <= len(planted) + 1
