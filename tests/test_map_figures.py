"""Printed maps: labels that never lie on each other, all of them where there is room, and nothing where there are no maps."""

import random
from itertools import combinations
from typing import Any

import pytest

from pipeline.config import read_settings
from pipeline.report.figures.maps import burst_figures, diagram_figures, evolution_figures, map_figures
from pipeline.report.figures.style import style

NAMES = ("数据", "一体化平台", "跨部门数据共享交换", "AI", "标准", "数字政府建设")


def made_up(size: int, seed: int = 0) -> dict[str, Any]:
    """A map of so many nodes at random places, in three clusters, over two periods."""
    draw = random.Random(seed)
    nodes = [
        [
            f"{NAMES[at % len(NAMES)]}{at}",
            round(draw.uniform(-1, 1), 3),
            round(draw.uniform(-1, 1), 3),
            at % 3,
            {"all": size - at},
            {},
        ]
        for at in range(size)
    ]
    links = [[at, at + 1, {"all": [3, 1.0 + at % 4, None]}] for at in range(size - 1)]
    themes = [
        {
            "cluster": at,
            "label": f"甲{at} · 乙{at}",
            "size": 4 + at,
            "centrality": 1.0 + at,
            "density": 3.0 - at,
            "stability": 0.3 + 0.3 * at,
        }
        for at in range(3)
    ]
    shared = [
        {"before": "2020", "cluster_before": at, "after": "2021", "cluster_after": at, "shared": 2, "inclusion": 0.5}
        for at in range(3)
    ]
    bursts = [{"item": nodes[0][0], "level": level, "start": "2020", "end": "2021"} for level in (1, 2)]
    clusters = dict.fromkeys(("all", "2020", "2021"), themes)
    of = {"nodes": nodes, "links": links, "clusters": clusters, "evolution": shared, "bursts": bursts}
    return {"codes": [], "maps": {"kinds": ["term"], "periods": ["2020", "2021"], "term": of}}


def labels_of(drawn: dict[str, Any]) -> list[Any]:
    """The boxes of the labels of a map, as they are drawn."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with style():
        figure = map_figures(drawn, read_settings(None))["term"]
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        texts = [text for text in figure.axes[0].texts if text.get_text()]
        return [text.get_window_extent(canvas.get_renderer()) for text in texts]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_of_up_to_80_labels_all_are_drawn_and_no_two_lie_on_each_other(seed: int) -> None:
    boxes = labels_of(made_up(80, seed))
    assert len(boxes) == 80
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]


def test_labels_of_nodes_on_one_spot_that_find_no_place_are_left_out() -> None:
    drawn = made_up(60)
    for node in drawn["maps"]["term"]["nodes"]:
        node[1:3] = 0.0, 0.0
    boxes = labels_of(drawn)
    assert 5 < len(boxes) < 60
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]


def test_every_picture_of_a_map_is_drawn() -> None:
    with style():
        for figures in (map_figures, diagram_figures, evolution_figures, burst_figures):
            assert list(figures(made_up(12), read_settings(None))) == ["term"]


def test_a_run_without_maps_draws_nothing() -> None:
    nothing: dict[str, Any] = {"codes": [], "maps": {"kinds": [], "periods": []}}
    for figures in (map_figures, diagram_figures, evolution_figures, burst_figures):
        assert figures(nothing, read_settings(None)) == {}


def test_one_period_has_a_map_and_no_evolution() -> None:
    drawn = made_up(12)
    drawn["maps"]["term"]["clusters"] = {"all": drawn["maps"]["term"]["clusters"]["all"]}
    drawn["maps"]["term"]["evolution"] = []
    with style():
        assert evolution_figures(drawn, read_settings(None)) == {}
        assert list(map_figures(drawn, read_settings(None))) == list(diagram_figures(drawn, read_settings(None))) == ["term"]
