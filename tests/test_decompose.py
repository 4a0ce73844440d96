"""Why a rate changed."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from simulate_coupling import series_of, texts, within_held

from pipeline.config import read_settings
from pipeline.records import Part
from pipeline.trends.decompose import decompose, parts
from pipeline.trends.series import Series

SETTINGS = read_settings(None)


def only(rows: list[Part]) -> Part:
    (row,) = rows
    return row


def one_each(cells: list[tuple[str, str, str, int, int]], **settings: object) -> Part:
    """The only row of one document a cell: period, issuer, kind, sentences, coded ones."""
    who = [cell[:3] for cell in cells]
    counts = np.array([cell[3:] for cell in cells], float)
    return only(decompose(series_of(who, counts[:, 0], counts[:, 1:]), settings=read_settings(None, **settings)))


def test_a_change_of_three_issuers_and_two_kinds_is_split_as_by_hand() -> None:
    #                        share of text   kind in issuer   rate
    # 白沙 plan              .6 → .6         .5 → .75         .2 → .4
    # 白沙 notice            .6 → .6         .5 → .25         .1 → .2
    # 黑河 plan              .4 → .2         1                .1 → .1
    # 青石 plan              0  → .2         1                  → .5
    row = one_each([
        ("2019", "白沙", "plan", 30, 6), ("2019", "白沙", "notice", 30, 3), ("2019", "黑河", "plan", 40, 4),
        ("2020", "白沙", "plan", 45, 18), ("2020", "白沙", "notice", 15, 3), ("2020", "黑河", "plan", 20, 2),
        ("2020", "青石", "plan", 20, 10),
    ])  # fmt: skip
    assert (row.rate_before, row.rate_after) == (130, 330)
    # rates, by 白沙's share and the mean of its kinds: .6 (.625 · .2 + .375 · .1)
    assert row.within == pytest.approx(97.5, abs=1e-9)
    # kinds, by 白沙's share and mean rates: .6 (.25 · .3 - .25 · .15)
    assert row.kinds == pytest.approx(22.5, abs=1e-9)
    # issuers: 黑河 -.2 · .1, and 青石, which had no rate before, +.2 · .5
    assert row.issuers == pytest.approx(80, abs=1e-9)
    assert row.shared == pytest.approx((1 + 0.8) / 2)


def test_three_factors_that_all_move_are_averaged_over_the_six_orders() -> None:
    rng = np.random.default_rng(1)
    issuers = np.array([0, 0, 1, 1, 2])
    share, rate = rng.dirichlet(np.ones(3), 2), rng.random((2, 5))
    kind = np.concatenate([rng.dirichlet(np.ones(2), 2), rng.dirichlet(np.ones(2), 2), np.ones((2, 1))], axis=1)
    factors = {"issuers": share[:, issuers], "kinds": kind, "within": rate}
    expected = dict.fromkeys(factors, 0.0)
    for order in permutations(factors):
        now = {name: values[0] for name, values in factors.items()}
        for name in order:
            before = np.prod(list(now.values()), axis=0).sum()
            now[name] = factors[name][1]
            expected[name] += (np.prod(list(now.values()), axis=0).sum() - before) / 6
    found = parts(factors["issuers"] * kind, rate[..., None], issuers)
    assert np.ravel(found) == pytest.approx([expected[name] for name in ("within", "issuers", "kinds")], abs=1e-12)


def test_parts_add_up_whatever_the_texts_also_when_rounded() -> None:
    rng = np.random.default_rng(2)
    for _ in range(30):
        numbers = rng.poisson(0.8, (2, 6, 3))
        numbers[:, 0] = 2
        drawn, _ = texts(rng, rng.uniform(0.01, 0.9, numbers.shape), numbers)
        row = only(decompose(drawn, settings=SETTINGS))
        assert row.within + row.issuers + row.kinds == pytest.approx(row.rate_after - row.rate_before, abs=1e-9)


def test_an_issuer_that_comes_in_is_mix_and_a_kind_that_comes_in_too() -> None:
    old = [(period, "白沙", "plan", 100, 10) for period in ("2019", "2020")]
    issuer = one_each([*old, ("2020", "青石", "plan", 100, 90)])
    assert (issuer.within, issuer.issuers, issuer.kinds) == (0, 400, 0)
    kind = one_each([*old, ("2020", "白沙", "notice", 100, 90)])
    assert (kind.within, kind.issuers, kind.kinds, kind.shared) == (0, 0, 400, 0.75)


def test_without_a_cell_of_both_periods_nothing_is_said_of_within() -> None:
    row = one_each([("2019", "白沙", "plan", 100, 10), ("2020", "青石", "plan", 100, 90)])
    assert (row.within, row.issuers, row.shared, row.low) == (0, 800, 0, None)
    assert row.reason == "no issuer wrote one kind of document in both periods: all of it is mix"


def test_a_mere_change_of_mix_leaves_within_at_zero_and_its_interval_covers_zero() -> None:
    rates = np.array([[0.05, 0.05], [0.4, 0.4]]) * np.ones((2, 1, 1))
    numbers = np.array([[[30, 10], [8, 6]], [[8, 10], [30, 30]]])
    drawn, exact = texts(np.random.default_rng(3), rates, numbers, spread=200)
    row, true = only(decompose(drawn, settings=SETTINGS)), only(decompose(exact, settings=SETTINGS))
    assert abs(true.within) < 1e-6 and true.issuers > 100
    assert row.low is not None and row.high is not None and row.low < 0 < row.high and abs(row.within) < 0.2 * row.issuers


def test_a_change_of_writing_is_within_and_its_interval_leaves_zero_out() -> None:
    rates = np.array([[[0.05, 0.05]], [[0.3, 0.3]]]) * np.ones((2, 3, 2))
    drawn, _ = texts(np.random.default_rng(4), rates, np.full((2, 3, 2), 8))
    row = only(decompose(drawn, settings=SETTINGS))
    assert row.within == pytest.approx(250, abs=60) and row.low is not None and row.low > 100 and row.shared == 1
    assert abs(row.issuers) + abs(row.kinds) < 20


def test_intervals_of_within_hold_the_true_one() -> None:
    rng = np.random.default_rng(5)
    settings = read_settings(None, **{"trends.bootstraps": 200})
    held = [within_held(rng, 3, bool(number % 2), settings)[0] for number in range(120)]
    assert np.mean(held) >= 0.88  # .93 to .97 of many


def three_years(**changes: object) -> Series:
    rng = np.random.default_rng(6)
    who = [(str(2018 + 2 * year), f"白沙第{number % 2}局", "plan") for year in range(3) for number in range(6)]
    sentences = rng.integers(50, 100, len(who)).astype(float)
    coded = rng.binomial(sentences.astype(int)[:, None], 0.2, (len(who), 4)).astype(float)
    names = ("silos", "silos.barrier", "silos/problem", "term:数据")
    return replace(series_of(who, sentences, coded, names), **changes)  # type: ignore[arg-type]


def test_every_period_is_held_against_the_next_with_text_and_the_first_against_the_last() -> None:
    rows = decompose(three_years(), settings=SETTINGS)
    assert {(row.before, row.after) for row in rows} == {("2018", "2020"), ("2020", "2022"), ("2018", "2022")}


def test_codes_and_terms_of_ones_own_are_split_but_no_stances() -> None:
    assert {row.series for row in decompose(three_years(), settings=SETTINGS)} == {"silos", "silos.barrier"}
    settings = read_settings(None, **{"trends.terms": ["数据"]})
    assert "term:数据" in {row.series for row in decompose(three_years(), settings=settings)}


def test_few_documents_and_codes_that_never_occur_have_parts_but_no_interval() -> None:
    row = one_each([("2019", "白沙", "plan", 100, 10), ("2020", "白沙", "plan", 100, 90)])
    assert (row.within, row.low, row.reason) == (800, None, "1 document in 2019 by issuers and kinds of both: no interval")
    series = three_years()
    rows = decompose(replace(series, above=0 * series.above), settings=SETTINGS)
    assert {(row.within, row.low, row.reason) for row in rows} == {(0, None, "the same in every sample: no interval")}


def test_without_dates_or_with_one_period_there_are_no_rows() -> None:
    assert decompose(three_years(periods=[None] * 18), settings=SETTINGS) == []
    assert decompose(three_years(periods=["2020"] * 18), settings=SETTINGS) == []
    assert decompose(series_of([], np.zeros(0), np.zeros((0, 0)), ()), settings=SETTINGS) == []


def test_intervals_do_not_depend_on_what_else_is_in_the_run() -> None:
    series = three_years()
    other = replace(series, periods=[*series.periods[:-6], *[None] * 6])
    alone = [row for row in decompose(other, settings=SETTINGS) if row.after == "2020"]
    assert alone == [row for row in decompose(series, settings=SETTINGS) if row.after == "2020"]
