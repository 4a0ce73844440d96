"""How many topics, and whether they come out again."""

from pathlib import Path

import numpy as np
import pytest
from simulate_topics import recovered, searched
from small_runs import Text, make_run, run_stage
from test_topics import planted

from pipeline import topics
from pipeline.topics.align import cosines, matched, onto, overlap
from pipeline.topics.refits import Refit, steadiness
from pipeline.topics.search import Tried, choose, rule_of_thumb


def fit_of(top: list[list[int]], terms: np.ndarray, leader: list[int]) -> Refit:
    return Refit(len(top), 0, 0, np.array(top), terms, np.array(leader), np.zeros(len(top)), 0.5, 1.0)


def found(k: int, npmi: float, error: float = 0.01, stability: float = 0.8) -> Tried:
    return Tried(k, npmi, error, 0.5, 0.9, stability, 0.7)


def test_overlap_of_a_worked_example() -> None:
    # of abc and acb: both share 1, 1, 3 of 1, 2, 3; p = .9: 1 · .9³ + .1/.9 · (1 · .9 + .5 · .81 + 1 · .729)
    assert overlap([0, 1, 2], [0, 2, 1]) == pytest.approx(0.729 + (0.1 / 0.9) * (0.9 + 0.405 + 0.729), abs=1e-9)
    assert overlap([0, 1], [0, 1]) == pytest.approx(1, abs=1e-9)
    assert overlap([0, 1], [2, 3]) == 0


def test_topics_are_matched_so_that_their_likeness_adds_up_to_the_most() -> None:
    a = np.array([[1.0, 0, 0], [0.8, 0.6, 0]])
    b = np.array([[1.0, 0, 0], [0, 0, 1.0]])
    # 1 + 0 is more than .8 + 0: the second is left with what is not like it at all
    assert cosines(a, b) == pytest.approx(np.array([[1, 0], [0.8, 0]]))
    assert matched(a, b) == [(0, 0, pytest.approx(1)), (1, 1, pytest.approx(0))]


def test_models_with_other_terms_are_brought_onto_the_same() -> None:
    assert onto(np.array([[0.7, 0.3]]), ["甲", "乙"], ["乙", "丙", "甲"]).tolist() == [[0.3, 0, 0.7]]


def test_steadiness_is_the_overlap_of_matched_topics_and_the_rand_index_of_units() -> None:
    own = np.array([[0.6, 0.4, 0.0, 0.0], [0.0, 0.0, 0.6, 0.4]])
    turned = fit_of([[2, 3, 0, 1], [1, 0, 2, 3]], np.array([[0.0, 0.0, 0.6, 0.4], [0.4, 0.6, 0.0, 0.0]]), [1, 1, 0, 0])
    overlaps, rand = steadiness(own, np.array([0, 0, 1, 1]), [turned])
    # of 0123 and 1023 the first depth shares none, the others all; the other topic is the same
    assert overlaps.tolist() == [pytest.approx([0.9**4 + (0.1 / 0.9) * (0.81 + 0.729 + 0.6561), 1], abs=1e-9)]
    assert rand == [1.0]


def test_the_smallest_number_within_one_standard_error_of_the_best_is_chosen() -> None:
    assert choose([found(5, 0.20), found(10, 0.295), found(15, 0.30)]) == (10, "")
    assert choose([found(5, 0.20), found(10, 0.285), found(15, 0.30)]) == (15, "")


@pytest.mark.parametrize(
    ("tried", "reason"),
    [
        ([found(5, 0.01), found(10, 0.005)], "meet no more than by chance"),
        ([found(5, 0.3, stability=0.3), found(10, 0.1)], "do not come out again (0.30 alike)"),
        ([found(5, 0.30), found(10, 0.305)], "all that were tried do as well"),
    ],
)
def test_no_clear_number_is_said_with_its_reason(tried: list[Tried], reason: str) -> None:
    assert reason in choose(tried)[1]


def test_the_rule_of_thumb_grows_with_the_root_of_the_units() -> None:
    assert [rule_of_thumb(units) for units in (30, 3600, 14_400, 10**6)] == [5, 10, 20, 40]


def test_planted_topics_and_their_number_are_recovered() -> None:
    assert min(recovered(4)) >= 0.9
    k, reason, _ = searched(4, range(2, 7))
    assert (k, reason) == (4, "")


def test_a_corpus_without_topics_has_no_clear_number() -> None:
    assert "no clear number of topics" in searched(0, range(2, 6))[1]


def test_a_search_is_stored_and_a_number_of_ones_own_wins(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a", planted(60), **{"topics.search": True, "topics.grid": [2, 3, 5]})
    assert run_stage(topics.run, run)["topics"] == 3
    rows = {row["k"]: row for row in run.table("topic_quality").to_pylist()}
    assert [k for k, row in rows.items() if row["chosen"]] == [3] and set(rows) == {2, 3}  # five have too few units each
    own = make_run(tmp_path / "b", planted(60), **{"topics.search": True, "topics.k": 2})
    assert run_stage(topics.run, own)["topics"] == 2


def test_a_number_that_was_not_searched_for_is_said_to_be_so(tmp_path: Path) -> None:
    counts = run_stage(topics.run, make_run(tmp_path, planted(60)))
    assert "was not searched for" in counts["note"]


def test_planted_topics_are_stable_and_topics_of_nothing_are_marked_unstable(tmp_path: Path) -> None:
    run = make_run(tmp_path / "planted", planted(60), **{"topics.k": 3})
    run_stage(topics.run, run)
    assert all(row["stability"] > 0.5 and row["reason"] == "" for row in run.table("topic_summary").to_pylist())
    rng = np.random.default_rng(0)
    words = [f"{first}{second}" for first in "山水云石林泉" for second in "道路桥亭楼台院门"]
    nothing = [Text([["|，|".join(rng.choice(words, 8))] for _ in range(8)]) for _ in range(60)]
    run = make_run(tmp_path / "nothing", nothing, **{"topics.k": 6})
    run_stage(topics.run, run)
    rows = run.table("topic_summary").to_pylist()
    assert sum(row["reason"].startswith("does not come out again") for row in rows) > 3


def test_fewer_than_ten_documents_are_judged_by_units(tmp_path: Path) -> None:
    run = make_run(tmp_path, planted(6), **{"topics.k": 3})
    assert run_stage(topics.run, run)["topics"] == 3
    assert run.rows("topic_quality") == 1
