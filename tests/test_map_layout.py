"""Where nodes and labels stand. Layouts are compared at the best of all sizes, so that only their shape matters."""

from itertools import combinations
from time import perf_counter

import networkx as nx
import numpy as np
import pytest
from bench_layout import graph, least_stress, vos_layout, vos_value
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from pipeline.cooccur.layout import _majorised, distances, positions
from pipeline.report.figures.labels import place_labels


def boxes(xy: np.ndarray, offsets: np.ndarray, widths: np.ndarray, heights: np.ndarray) -> list[tuple[float, ...]]:
    """Left, bottom, right, top of each label that is shown."""
    middle = xy + offsets
    rows = zip(middle.tolist(), widths.tolist(), heights.tolist(), strict=True)
    return [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), w, h in rows if x == x]


def collisions(found: list[tuple[float, ...]]) -> int:
    """Pairs of boxes that share more than an edge."""
    return sum(
        min(a[2], b[2]) - max(a[0], b[0]) > 1e-9 and min(a[3], b[3]) - max(a[1], b[1]) > 1e-9 for a, b in combinations(found, 2)
    )


def labels(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points of a layout on a page of 480 × 480 points of print, and labels of 2 to 8 characters of 8 points."""
    place = positions(graph(n, seed))
    return 240 + 220 * place, 8.0 * np.random.default_rng(seed).integers(2, 9, n), np.full(n, 8.0)


def test_a_path_is_as_long_as_its_links_and_components_stand_apart() -> None:
    links = np.zeros((5, 5))
    links[0, 1] = links[1, 0] = np.e - 1
    links[1, 2] = links[2, 1] = np.e**2 - 1
    links[3, 4] = links[4, 3] = np.e - 1
    wanted = distances(sparse.csr_array(links))
    assert wanted[0, 1] == pytest.approx(1) and wanted[1, 2] == pytest.approx(0.5) and wanted[0, 2] == pytest.approx(1.5)
    assert wanted[0, 3] == pytest.approx(1.5 * 1.5)


def test_four_nodes_of_a_square_are_laid_out_without_any_stress() -> None:
    corners = np.array([[0, 0], [0, 1], [1, 1], [1, 0]])
    wanted = np.linalg.norm(corners[:, None] - corners, axis=2)
    assert least_stress(_majorised(wanted), wanted) < 1e-4


@pytest.mark.parametrize("seed", range(3))
def test_there_is_no_more_stress_than_in_spring_or_vos_layouts(seed: int) -> None:
    links = graph(120, seed)
    wanted = distances(links)
    spring = np.array(list(nx.spring_layout(nx.from_scipy_sparse_array(links), seed=seed).values()))
    vos = vos_layout(links, starts=1)
    assert least_stress(positions(links), wanted) < min(least_stress(spring, wanted), least_stress(vos, wanted))
    assert vos_value(vos, links) < vos_value(positions(links), links) < 2 * vos_value(vos, links)


def test_nodes_that_are_all_alike_do_not_fall_on_one_spot() -> None:
    place = positions(sparse.csr_array(np.ones((12, 12)) - np.eye(12)))
    assert min(np.linalg.norm(a - b) for a, b in combinations(place, 2)) > 0.2


@pytest.mark.parametrize("strength", [-0.5, 0.0, 1e-9, 1e9])
def test_measures_that_fall_below_nought_or_rise_without_end_are_laid_out_too(strength: float) -> None:
    links = np.zeros((4, 4))
    links[0, 1:] = links[1:, 0] = [1.0, strength, 0.3]
    links[1, 2] = links[2, 1] = strength
    assert np.isfinite(positions(sparse.csr_array(links))).all()


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_maps_without_any_link_have_places(size: int) -> None:
    place = positions(sparse.csr_array((size, size), dtype=float))
    assert place.shape == (size, 2) and np.isfinite(place).all()
    assert len({tuple(one) for one in place.tolist()}) == size


def test_the_same_graph_has_the_same_places() -> None:
    links = graph(60)
    assert (positions(links) == positions(links.copy())).all()


def test_six_hundred_nodes_take_a_few_seconds() -> None:
    links = graph(600)
    began = perf_counter()
    positions(links)
    assert perf_counter() - began < 6


@pytest.mark.parametrize(("n", "seed"), [(20, 0), (80, 1), (80, 2), (80, 3)])
def test_no_two_of_eighty_labels_collide_and_hardly_one_is_hidden(n: int, seed: int) -> None:
    xy, widths, heights = labels(n, seed)
    offsets, _ = place_labels(xy, widths, heights, radii=3.0, bounds=(0, 0, 480, 480), gap=1.0)
    found = boxes(xy, offsets, widths, heights)
    assert collisions(found) == 0
    assert len(found) >= n - 2
    assert all(min(left, bottom) >= 0 and max(right, top) <= 480 for left, bottom, right, top in found)


def test_a_label_alone_stands_on_the_right_of_its_disc_without_a_line() -> None:
    offsets, lines = place_labels(np.array([[0.0, 0.0]]), np.array([20.0]), np.array([8.0]), radii=3.0, gap=1.0)
    assert offsets.tolist() == [[14, 0]] and lines.tolist() == [False]  # 3 + 1 + 20 / 2
    offsets, _ = place_labels(np.array([[0.0, 0.0]]), np.array([20.0]), np.array([8.0]), radii=3.0, bounds=(-30, -9, 9, 9))
    assert offsets.tolist() == [[-13, 0]]


def test_points_close_together_get_labels_around_them_and_then_lines() -> None:
    xy, widths, heights = np.stack([np.arange(14) * 4.0, np.zeros(14)], axis=1), np.full(14, 20.0), np.full(14, 8.0)
    offsets, lines = place_labels(xy, widths, heights, radii=1.0)
    found = boxes(xy, offsets, widths, heights)
    assert len(found) == 14 and collisions(found) == 0
    assert not lines[0] and lines.any()


def test_what_has_no_place_is_hidden_the_last_ones_first() -> None:
    xy, widths, heights = np.zeros((5, 2)), np.full(5, 20.0), np.full(5, 8.0)
    offsets, lines = place_labels(xy, widths, heights, bounds=(0, -4, 21, 4))
    assert np.isnan(offsets[:, 0]).tolist() == [False, True, True, True, True]
    assert not lines[1:].any()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-30, 30)] * 2, st.integers(0, 40), st.integers(1, 12)), max_size=25))
def test_labels_never_collide_whatever_the_points(rows: list[tuple[int, int, int, int]]) -> None:
    table = np.array(rows, float).reshape(-1, 4)
    offsets, lines = place_labels(table[:, :2], table[:, 2], table[:, 3], radii=1.0)
    assert collisions(boxes(table[:, :2], offsets, table[:, 2], table[:, 3])) == 0
    assert offsets.shape == (len(rows), 2) and lines.shape == (len(rows),)


def test_no_line_runs_through_a_label() -> None:
    xy, widths, heights = labels(80, 2)
    xy = 240 + (xy - 240) * 0.4  # crowded, so that many need one
    offsets, lines = place_labels(xy, widths, heights, radii=2.0)
    found = boxes(xy, offsets, widths, heights)
    drawn = 0
    for at in np.flatnonzero(lines).tolist():
        (own,) = boxes(xy[at : at + 1], offsets[at : at + 1], widths[at : at + 1], heights[at : at + 1])
        end = np.clip(xy[at], own[:2], own[2:])
        points = xy[at] + np.linspace(0, 1, 200)[:, None] * (end - xy[at])
        for left, bottom, right, top in found:
            if (left, bottom, right, top) != own:
                x, y = points.T
                assert not ((x > left + 0.1) & (x < right - 0.1) & (y > bottom + 0.1) & (y < top - 0.1)).any()
        drawn += 1
    assert drawn > 5
