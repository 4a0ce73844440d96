"""What a rate of one cell says of how sure it is."""

import numpy as np
import pytest
from simulate_intervals import paragraph_coverage

from pipeline.config import Settings
from pipeline.records import TrendPoint
from pipeline.report.words import reasoned
from pipeline.trends.intervals import ALIKE, OF_PARAGRAPHS, ROUGH, cell, paragraph_interval
from pipeline.trends.series import Paragraphs, Series


def point(above: list[float], below: list[float] | float, unit: str, strata: list[str] | None = None) -> TrendPoint:
    """The row of one series in one cell, a document a number."""
    size = len(above)
    column = np.broadcast_to(np.array(below, float), (size,)).copy()
    none = Paragraphs(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 0), int), [])
    series = Series(
        ["silos"], [unit], np.array(above, float)[:, None], column[:, None], column, [{}] * size, ["2021"] * size,
        strata or [""] * size, [["all"]] * size, none, 0,
    )  # fmt: skip
    (row,), _ = cell(series, list(range(size)), "2021", "all", Settings())
    return row


def test_a_rate_of_fifteen_documents_has_an_interval_and_of_fourteen_a_rough_one() -> None:
    above = [1000, 2000, 0] * 5
    row = point(above, 20, "per_1000_sentences")
    assert row.value == 50 and row.low is not None and row.high is not None
    assert 0 < row.low < 50 < row.high and row.reason == ""
    assert point(above[:14], 20, "per_1000_sentences").reason == ROUGH


def test_no_interval_leaves_the_range_of_its_unit() -> None:
    row = point([0] * 14 + [19_000], 20, "per_1000_sentences")
    assert row.low is not None and row.high is not None and 0 < row.low < row.high < 1000
    row = point([1] * 14 + [0.1], 1, "mean_share")
    assert row.low is not None and row.high is not None and 0 < row.low < row.high < 1


def test_a_share_of_documents_that_none_or_all_have_is_bounded() -> None:
    # were the chance .218, none of 15 would have it in .782 ** 15 = .025 of cases
    row = point([0] * 15, 1, "share_of_documents")
    assert (row.value, row.low, row.high) == (0, 0, pytest.approx(0.218, abs=0.0005))
    assert row.reason == "none in 15 documents: binomial interval"
    row = point([1] * 15, 1, "share_of_documents")
    assert (row.value, row.low, row.high) == (1, pytest.approx(0.782, abs=0.0005), 1)
    assert row.reason == "all of 15 documents: binomial interval"


@pytest.mark.parametrize(
    ("above", "below", "unit", "strata", "reason"),
    [
        ([0] * 6, 20, "per_1000_sentences", None, "none in 120 sentences: no interval"),
        ([1] * 6, 1, "mean_share", None, "all of 6 documents: no interval"),
        ([0] * 6, 900, "per_10000_characters", None, "none in 6 documents: no interval"),
        ([1, 1, 1, 0, 0, 0], 1, "share_of_documents", ["a"] * 3 + ["b"] * 3, ALIKE),
        ([1] * 4, 1, "share_of_documents", None, "4 documents: no interval"),
        ([1], 1, "share_of_documents", None, "1 document: no interval"),
        ([0] * 6, 0, "per_1000_sentences", None, "nothing to count in"),
    ],
)
def test_no_interval_has_its_reason(above: list[float], below: float, unit: str, strata: list[str] | None, reason: str) -> None:
    row = point(above, below, unit, strata)
    assert (row.low, row.high, row.reason) == (None, None, reason)
    assert reasoned(reason)["zh"] != reason


@pytest.mark.parametrize("reason", [ROUGH, ALIKE, OF_PARAGRAPHS, "all of 3 documents: binomial interval"])
def test_reasons_are_in_both_languages(reason: str) -> None:
    assert not reasoned(reason)["zh"].isascii()


def paragraphs(sentences: list[int], coded: list[int]) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    low, high = paragraph_interval(np.array(sentences), np.array(coded)[:, None], samples=2000, rng=rng)
    return float(low[0]), float(high[0])


def test_one_document_is_judged_by_five_blocks_of_its_paragraphs() -> None:
    # blocks of 8 sentences with 0, 2, 4, 4 and 0: r = .25, v = Σ (a - 2)² / (5 · 4 · 8²) = 16 / 1280, t of 4 = 2.776
    coded = [0] * 8 + [1, 0, 0, 0, 0, 0, 0, 1] + [1, 0] * 8 + [0] * 8
    low, high = paragraphs([1] * 40, coded)
    assert [(250 - end) ** 2 / (end * (1000 - end)) for end in (low, high)] == pytest.approx([2.776**2 / 15] * 2, rel=0.1)


def test_less_than_thirty_paragraphs_with_sentences_have_no_interval() -> None:
    coded = [1, 0, 0] * 5 + [0, 1, 1] * 5
    assert not np.isnan(paragraphs([2] * 30, coded)).any()
    assert np.isnan(paragraphs([2] * 29 + [0], coded)).all()
    assert np.isnan(paragraphs([2] * 30, [0] * 30)).all()


def test_one_paragraph_that_is_most_of_the_document_and_empty_ones_are_no_trouble() -> None:
    low, high = paragraphs([1] * 30 + [500] + [0] * 5, [1, 0] * 15 + [20] + [0] * 5)
    assert np.isnan(low) or 0 < low < high < 1000


@pytest.mark.parametrize("persistence", [0, 0.6])
def test_paragraphs_hold_the_truth_as_often_as_they_say(persistence: float) -> None:
    held, _, _ = paragraph_coverage(100, 0.2, persistence, replicates=500)
    assert 0.91 <= held <= 0.99
