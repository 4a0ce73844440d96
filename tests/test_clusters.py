"""Clusters that come out again and clusters that do not; themes, their names and their quadrants."""

import time
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from simulate_clusters import again, corpus, counts_of, shown
from simulate_maps import held_of

from pipeline.cooccur.clusters import _nearest, callon, louvain
from pipeline.cooccur.held import resampled
from pipeline.cooccur.themes import label, quadrants, telling, themes
from pipeline.report.words import reasoned

NOTHING = float("nan")


def tried(held: Any, document: np.ndarray) -> tuple[dict[int, float], float]:
    return again(held, document, louvain(shown(counts_of(held)), seed=0), samples=20, rng=np.random.default_rng(0))


def test_planted_clusters_come_out_again() -> None:
    held, document, theme = corpus(np.random.default_rng(1), purity=0.8)
    alike, whole = tried(held, document)
    assert len(alike) == len(set(theme)) and min(alike.values()) >= 0.9 and whole >= 0.9


def test_clusters_of_nothing_do_not_come_out_again() -> None:
    held, document, _ = corpus(np.random.default_rng(1), purity=0)
    alike, whole = tried(held, document)
    assert max(alike.values()) < 0.5 and whole < 0.3


def test_twenty_samples_of_120_terms_take_less_than_three_seconds() -> None:
    held, document, _ = corpus(np.random.default_rng(1), purity=0.4, documents=200, units=50)
    clusters = louvain(shown(counts_of(held)), seed=0)
    start = time.process_time()
    again(held, document, clusters, samples=20, rng=np.random.default_rng(0))
    assert time.process_time() - start < 3


def test_stability_is_the_same_again_and_does_not_depend_on_how_documents_are_numbered() -> None:
    held, document, _ = corpus(np.random.default_rng(4), purity=0.5, documents=30)
    assert tried(held, document) == tried(held, document) == tried(held, 7 * document + 3)


def test_the_likeness_of_each_cluster_is_that_with_the_nearest_one() -> None:
    # own {0, 1, 2}, {3, 4}; found {0, 1}, {2, 3, 4, 5}: 5 has no cluster of its own. 2 of 3, and 2 of 4
    found = np.array([0, 0, 1, 1, 1])
    assert _nearest(np.array([0, 0, 0, 1, 1]), 2, found, np.array([2, 4])).tolist() == pytest.approx([2 / 3, 2 / 4])


def test_a_term_that_loses_its_links_is_in_no_cluster() -> None:
    found = np.array([0, -1, 1, 1])
    assert _nearest(np.array([0, 0, 1, 1]), 2, found, np.array([1, 2])).tolist() == [0.5, 1]
    assert _nearest(np.array([0, 0, 1, 1]), 2, np.full(4, -1), np.zeros(0, int)).tolist() == [0, 0]


def test_counts_of_a_sample_are_those_of_its_documents_written_out() -> None:
    held, document, _ = corpus(np.random.default_rng(5), purity=0.5, documents=8, units=6, names=9)
    *_, found = resampled(held_of(held, document), 3, np.random.default_rng(9))
    rng = np.random.default_rng(9)
    drawn = [rng.integers(8, size=8) for _ in range(3)][-1]
    written = sparse.vstack([held[np.flatnonzero(document == one)] for one in drawn]).tocsr()
    expected = counts_of(written)
    assert (found.together.toarray() == expected.together.toarray()).all()
    assert found.totals.tolist() == expected.totals.tolist() and found.n_units == expected.n_units


@pytest.mark.parametrize("documents", [1, 4])
def test_too_few_documents_tell_nothing(documents: int) -> None:
    held, document, _ = corpus(np.random.default_rng(1), purity=0.8, documents=documents, units=200)
    alike, whole = tried(held, document)
    assert alike and np.isnan([*alike.values(), whole]).all()


def test_maps_without_links_have_no_stability() -> None:
    empty = sparse.csr_array((10, 3), dtype=bool)
    alike, whole = again(empty, np.arange(10), np.full(3, -1), samples=3, rng=np.random.default_rng(0))
    assert alike == {} and np.isnan(whole)


def test_samples_without_any_link_are_samples_too() -> None:
    held = sparse.csr_array(
        np.array([[True, True]] * 3 + [[False, False]] * 20)
    )  # in one sample in three fewer than three hold both
    alike, _ = again(held, np.arange(23), np.array([0, 0]), samples=20, rng=np.random.default_rng(0))
    assert 0 < alike[0] < 1


def test_centrality_counts_both_ends_whatever_the_order() -> None:
    """Three clusters of five words: by both ends .05, .07 and .054; by the first end only .05, .037 and 0, and otherwise if turned."""
    equivalence = np.zeros((5, 5))
    for a, b, value in ((0, 1, 0.4), (2, 3, 0.2), (0, 2, 0.0033), (1, 4, 0.0017), (3, 4, 0.0037)):
        equivalence[a, b] = equivalence[b, a] = value
    clusters = np.array([0, 0, 1, 1, 2])
    for order in (np.arange(5), np.arange(5)[::-1]):
        found = callon(sparse.csr_array(equivalence[order][:, order]), clusters[order])
        assert [found[number][0] for number in range(3)] == pytest.approx([0.05, 0.07, 0.054], abs=1e-9)
        assert [found[number][1] for number in range(3)] == pytest.approx([20, 10, 0], abs=1e-9)


def test_quadrants_are_cut_by_the_medians() -> None:
    diagram = {0: (9.0, 9.0), 1: (8.0, 1.0), 4: (1.0, 8.0), 7: (2.0, 2.0)}
    assert quadrants(diagram) == {0: "motor", 1: "basic", 4: "niche", 7: "emerging_or_declining"}


def test_what_lies_on_a_median_counts_as_above_it() -> None:
    assert quadrants({0: (3.0, 1.0), 1: (2.0, 2.0), 2: (1.0, 3.0)}) == {0: "basic", 1: "motor", 2: "niche"}
    assert quadrants({0: (0.1 + 0.2, 1.0), 1: (0.3, 1.0)}) == {0: "motor", 1: "motor"}
    assert quadrants({5: (1.0, 1.0)}) == {5: ""}


def test_the_most_telling_members_are_frequent_and_stay_inside() -> None:
    links = np.zeros((4, 4))
    links[0, 1], links[1, 2], links[2, 3] = 3, 2, 2
    found = telling(np.array([10, 20, 30, 5]), sparse.csr_array(links + links.T), np.array([0, 0, 1, 1]))
    # 10 · 3 / 3, 20 · 3 / 5, 30 · 2 / 4, 5 · 2 / 2
    assert found.tolist() == pytest.approx([10, 12, 15, 5])


def test_a_third_member_must_tell_half_as_much_as_the_first() -> None:
    names = ["平台", "数据", "算法", "算力"]
    assert label([0, 1, 2, 3], names, np.array([5.0, 9.0, 5.0, 1.0])) == "数据 · 平台 · 算法"
    assert label([0, 1, 2, 3], names, np.array([5.0, 9.0, 4.0, 1.0])) == "数据 · 平台"
    assert label([2], names, np.array([0.0, 0.0, 0.0, 0.0])) == "算法"


LINKS = sparse.csr_array(np.kron(np.eye(2), np.ones((2, 2)) - np.eye(2)))


def test_a_row_tells_of_each_cluster() -> None:
    rows = themes(
        "2021", "term", ["数据", "平台", "粮食", "水利", "海雾"], np.array([9, 6, 4, 5, 1]), sparse.block_diag([LINKS, [[0]]]).tocsr(),
        sparse.block_diag([0.5 * LINKS, [[0]]]).tocsr(), np.array([0, 0, 3, 3, -1]), {0: 0.97, 3: 0.31},
    )  # fmt: skip
    assert asdict(rows[0]) == {
        "period": "2021", "kind": "term", "cluster": 0, "label": "数据 · 平台", "size": 2, "count": 9, "centrality": 0.0,
        "density": 25.0, "quadrant": "motor", "stability": 0.97, "reason": "",
    }  # fmt: skip
    assert (rows[1].cluster, rows[1].label, rows[1].stability) == (3, "水利 · 粮食", 0.31)
    assert rows[1].reason == "does not come out again: 0.31 alike in other samples of the documents"
    assert len(rows) == 2


@pytest.mark.parametrize(("alike", "n"), [(0.2, 2), (NOTHING, 2), (NOTHING, 1), (0.2, 1)])
def test_reasons_of_themes_are_in_both_languages(alike: float, n: int) -> None:
    clusters = np.array([0, 0, 1, 1]) if n == 2 else np.zeros(4, int)
    rows = themes("all", "term", list("abcd"), np.ones(4, int), LINKS, LINKS, clusters, dict.fromkeys(range(n), alike))
    assert len(rows) == n
    for row in rows:
        assert row.reason and reasoned(row.reason)["zh"] != row.reason
        assert (row.stability is None) == np.isnan(alike)


def test_a_map_without_clusters_has_no_themes() -> None:
    nothing = sparse.csr_array((2, 2))
    assert themes("all", "term", ["a", "b"], np.ones(2, int), nothing, nothing, np.full(2, -1), {}) == []
