"""Co-occurrence maps. Three terms in ten units: a in 5, b in 4, c in 2; a and b meet in 4, a and c in 1, b and c never."""

from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from small_runs import Text, bytes_of, make_run, run_stage

from pipeline import cooccur
from pipeline.cooccur.clusters import aligned, callon, louvain
from pipeline.cooccur.layout import positions, stress
from pipeline.cooccur.measures import association_strength, equivalence_index, strongest
from pipeline.cooccur.pairs import pair_counts
from pipeline.errors import SettingsError
from pipeline.store import Run

TABLES = ("nodes", "links", "clusters", "evolution", "bursts", "link_changes")
TOTALS = np.array([5, 4, 2])
TOGETHER = sparse.csr_array(np.array([[0, 4, 1], [4, 0, 0], [1, 0, 0]]))
THEMES = (["数据", "平台", "算法"], ["粮食", "农田", "水利"])


def themed(documents: int = 12) -> list[Text]:
    """Documents of four sentences of two themes; in every third year one sentence mixes them."""
    texts = []
    for number in range(documents):
        sentences = ["|，|".join(theme) for theme in THEMES] * 2
        mixed = ["数据|，|粮食"] if number % 3 == 2 else []
        codes = {0: ["standardization", "silos.barrier"], 1: ["-standardization", "silos.barrier"]}
        texts.append(Text([sentences + mixed], codes, date=f"{2019 + number % 3}-05-01"))
    return texts


def rows_of(run: Run, table: str, **wanted: Any) -> list[dict[str, Any]]:
    return [row for row in run.table(table).to_pylist() if all(row[name] == value for name, value in wanted.items())]


def test_association_strength_of_the_example() -> None:
    # 4 · 10 / (5 · 4) and 1 · 10 / (5 · 2): as often as chance
    found = association_strength(TOGETHER, TOTALS, 10, min_count=1).toarray()
    assert found == pytest.approx(np.array([[0, 2, 1], [2, 0, 0], [1, 0, 0]]))


def test_equivalence_index_of_the_example() -> None:
    # 4² / (5 · 4) and 1² / (5 · 2)
    found = equivalence_index(TOGETHER, TOTALS, 10, min_count=1).toarray()
    assert found == pytest.approx(np.array([[0, 0.8, 0.1], [0.8, 0, 0], [0.1, 0, 0]]))


@pytest.mark.parametrize("measure", list(cooccur.MEASURES.values()))
def test_pairs_that_meet_too_seldom_are_left_out(measure: Any) -> None:
    assert measure(TOGETHER, TOTALS, 10, min_count=2).nnz == 2
    with pytest.raises(SettingsError, match="min_count = 0"):
        measure(TOGETHER, TOTALS, 10, min_count=0)


def test_a_link_between_two_clusters_counts_for_both() -> None:
    links = equivalence_index(TOGETHER, TOTALS, 10, min_count=1)
    found = callon(links, np.array([0, 0, 1]))
    # centrality 10 · 0.1 for both; density 100 · 0.8 / 2 and nothing inside
    assert found == {0: pytest.approx((1, 40)), 1: pytest.approx((1, 0))}


def test_the_order_of_terms_does_not_change_centrality() -> None:
    links = equivalence_index(TOGETHER, TOTALS, 10, min_count=1)
    turned = sparse.csr_array(links.toarray()[::-1, ::-1])
    assert callon(turned, np.array([1, 0, 0])) == {
        cluster: pytest.approx(value) for cluster, value in callon(links, np.array([0, 0, 1])).items()
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), max_size=9), min_size=1, max_size=12))
def test_pair_counts_are_those_of_a_recount(units: list[list[int]]) -> None:
    unit = np.array([number for number, names in enumerate(units) for _ in names], np.int64)
    name = np.array([name for names in units for name in names], np.int64)
    counts = pair_counts(unit, name, len(units), 7)
    pairs = Counter(pair for names in units for pair in combinations(sorted(set(names)), 2))
    expected = np.zeros((7, 7), int)
    for (a, b), count in pairs.items():
        expected[a, b] = expected[b, a] = count
    assert (counts.together.toarray() == expected).all()
    assert counts.totals.tolist() == [sum(number in names for names in units) for number in range(7)]


def test_the_backbone_keeps_the_strongest_links_of_each_node() -> None:
    strength = sparse.csr_array(np.array([[0, 3, 2, 1], [3, 0, 0, 0], [2, 0, 0, 4], [1, 0, 4, 0]], float))
    kept = strongest(strength, sparse.csr_array(strength.toarray().astype(int)), 1)
    assert kept.toarray().tolist() == [[0, 3, 0, 0], [3, 0, 0, 0], [0, 0, 0, 4], [0, 0, 4, 0]]


def test_planted_clusters_are_found_and_a_lone_node_is_in_none() -> None:
    links = np.kron(np.eye(3), np.ones((5, 5))) - np.eye(15)
    links[0, 5] = links[5, 0] = links[5, 10] = links[10, 5] = 0.2
    links = np.pad(links, (0, 1))
    found = louvain(sparse.csr_array(links), seed=0)
    assert found.tolist() == [0] * 5 + [1] * 5 + [2] * 5 + [-1]


def test_clusters_keep_the_number_of_the_theme_they_share_most_with() -> None:
    found = aligned(np.array([0, 0, 0, 1, 1, 2, -1]), np.array([1, 1, 0, 0, 0, -1, 1]), fresh=2)
    assert found.tolist() == [1, 1, 1, 0, 0, 2, -1]


def test_positions_lie_in_the_square_apart_from_each_other_and_are_the_same_again() -> None:
    rng = np.random.default_rng(0)
    links = np.triu(rng.random((30, 30)) < 0.12, 1) * rng.random((30, 30)) * 5
    graph = sparse.csr_array(links + links.T)
    place = positions(graph)
    assert place.min() == -1 and place.max() == 1
    assert min(np.linalg.norm(a - b) for a, b in combinations(place, 2)) > 0.1
    assert (positions(graph) == place).all()


def test_a_path_is_laid_out_in_order() -> None:
    path = np.diag(np.ones(5), 1)
    place = positions(sparse.csr_array(path + path.T))
    distance = np.linalg.norm(place[:, None] - place, axis=2)
    assert np.argmax(distance[0]) == 5 and distance[0, 1] < distance[0, 3] < distance[0, 5]


def test_the_layout_has_no_more_stress_than_networkx_spring() -> None:
    import networkx as nx
    from scipy.sparse.csgraph import shortest_path

    from pipeline.cooccur.layout import _majorised

    graph = nx.connected_watts_strogatz_graph(40, 4, 0.1, seed=1)
    wanted = shortest_path(nx.to_scipy_sparse_array(graph), unweighted=True)
    spring = np.array(list(nx.spring_layout(graph, seed=0).values()))
    scaled = min(stress(spring * factor, wanted) for factor in np.linspace(0.5, 20, 100))
    assert stress(_majorised(wanted), wanted) <= scaled


@pytest.mark.parametrize("size", [0, 1, 2])
def test_maps_of_few_terms_have_places_too(size: int) -> None:
    assert positions(sparse.csr_array(np.ones((size, size)) - np.eye(size))).shape == (size, 2)


def test_two_themes_are_two_clusters_with_their_counts(tmp_path: Path) -> None:
    run = make_run(tmp_path, themed())
    run_stage(cooccur.run, run)
    nodes = {row["a"]: row for row in rows_of(run, "nodes", period="all", kind="term")}
    assert {nodes[term]["cluster"] for term in THEMES[0]} != {nodes[term]["cluster"] for term in THEMES[1]}
    assert all(len({nodes[term]["cluster"] for term in theme}) == 1 for theme in THEMES)
    assert nodes["数据"]["count"] == 28  # twice in each of 12 documents, and in 4 mixed sentences
    (link,) = rows_of(run, "links", period="all", a="数据", b="粮食")
    # 52 sentences hold 28 数据 and 28 粮食
    assert (link["count"], link["cluster"]) == (4, -1)
    assert link["strength"] == pytest.approx(4 * 52 / (28 * 28), abs=1e-6)


def test_a_link_stands_in_the_periods_it_was_met_in(tmp_path: Path) -> None:
    run = make_run(tmp_path, themed())
    run_stage(cooccur.run, run)
    assert [row["period"] for row in rows_of(run, "links", a="数据", b="粮食")] == ["all", "2021"]
    assert {row["period"] for row in rows_of(run, "links", a="平台", b="数据")} == {"all", "2019", "2020", "2021"}


def test_a_node_stays_where_it_is_and_in_its_cluster_in_every_period(tmp_path: Path) -> None:
    run = make_run(tmp_path, themed())
    run_stage(cooccur.run, run)
    for term in (*THEMES[0], *THEMES[1]):
        assert len({(row["x"], row["y"], row["cluster"]) for row in rows_of(run, "nodes", a=term)}) == 1


def test_codes_meet_where_they_are_not_negated(tmp_path: Path) -> None:
    run = make_run(tmp_path, themed())
    run_stage(cooccur.run, run)
    assert {row["a"]: row["count"] for row in rows_of(run, "nodes", period="all", kind="code")} == {
        "silos.barrier": 24,
        "standardization": 12,
    }
    (link,) = rows_of(run, "links", period="all", kind="code")
    assert (link["a"], link["b"], link["count"]) == ("silos.barrier", "standardization", 12)


def test_names_of_a_link_are_in_order_and_both_are_nodes(tmp_path: Path) -> None:
    run = make_run(tmp_path, themed())
    run_stage(cooccur.run, run)
    nodes = {(row["period"], row["kind"], row["a"]) for row in rows_of(run, "nodes")}
    for row in rows_of(run, "links"):
        assert row["a"] < row["b"]
        assert {(row["period"], row["kind"], row["a"]), (row["period"], row["kind"], row["b"])} <= nodes


def test_one_core_and_two_draw_the_same_map(tmp_path: Path) -> None:
    for jobs in (1, 2):
        run_stage(cooccur.run, make_run(tmp_path / str(jobs), themed(40), **{"engine.jobs": jobs}))
    assert bytes_of(tmp_path / "1", *TABLES) == bytes_of(tmp_path / "2", *TABLES)


def test_every_table_of_maps_is_filled(tmp_path: Path) -> None:
    run = make_run(tmp_path, [replace(text, date=f"{2016 + at % 4}-06-01") for at, text in enumerate(themed(40))])
    counts = run_stage(cooccur.run, run)
    assert {name: run.rows(name) for name in TABLES} == {name: counts[name] for name in TABLES}
    assert all(counts[name] for name in TABLES if name != "bursts")  # every year is like the others
    (link,) = rows_of(run, "links", period="all", a="平台", b="数据")
    assert link["p"] < 0.01 and link["p"] <= link["q"] < 0.05
    themes = rows_of(run, "clusters", period="all", kind="term")
    assert all(row["stability"] > 0.9 and not row["reason"] for row in themes)


def test_only_periods_that_share_no_document_are_compared(tmp_path: Path) -> None:
    texts = [replace(text, date=f"{2016 + at % 6}-06-01") for at, text in enumerate(themed(60))]
    run = make_run(tmp_path, texts, **{"cooccur.sliding": 3})
    run_stage(cooccur.run, run)
    assert {row["period"] for row in rows_of(run, "nodes")} == {"all", *(f"{year}–{year + 2}" for year in range(2016, 2020))}
    assert {(row["before"], row["after"]) for row in rows_of(run, "link_changes")} == {("2016–2018", "2019–2021")}


def test_no_dates_leave_the_whole_and_no_periods(tmp_path: Path) -> None:
    run = make_run(tmp_path, [Text(text.paragraphs, text.codes, date=None) for text in themed()])
    run_stage(cooccur.run, run)
    assert {row["period"] for row in rows_of(run, "links")} == {"all"}


@pytest.mark.parametrize("texts", [[], [Text([["数据"]])], [Text([["数据|，|平台"]])]])
def test_too_little_to_link_is_said(tmp_path: Path, texts: list[Text]) -> None:
    run = make_run(tmp_path, texts)
    counts = run_stage(cooccur.run, run)
    assert "no two of 0 terms meet in 3 sentences" in counts["reason"]
    assert run.rows("nodes") == run.rows("links") == 0


def test_terms_without_codes_are_a_map_with_a_note(tmp_path: Path) -> None:
    counts = run_stage(cooccur.run, make_run(tmp_path, [Text(text.paragraphs) for text in themed()]))
    assert counts["nodes"] and "0 codes" in counts["note"] and "reason" not in counts
