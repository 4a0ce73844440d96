"""Printed maps: labels that never lie on each other, all of them where there is room, and nothing where there are no maps."""

import io
import random
from itertools import combinations
from typing import Any

import pytest

from pipeline.config import read_settings
from pipeline.report.figures.evolution import burst_figures, evolution_figures
from pipeline.report.figures.maps import diagram_figures, map_figures, theme
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
    bursts = [{"item": nodes[0][0], "level": level, "start": "2020", "end": "2021", "weight": 2.0} for level in (1, 2)]
    clusters = dict.fromkeys(("all", "2020", "2021"), themes)
    of = {"nodes": nodes, "links": links, "clusters": clusters, "evolution": shared, "bursts": bursts, "all": size}
    return {"codes": [], "maps": {"kinds": ["term"], "periods": ["2020", "2021"], "plain": ["2020", "2021"], "term": of}}


def labels_of(drawn: dict[str, Any], *, dpi: int = 100) -> list[Any]:
    """The boxes of the labels of a map, as they are drawn when it is saved."""
    with style():
        return boxes_in(map_figures(drawn, read_settings(None))["term"], dpi=dpi)[0]


def boxes_in(figure: Any, *, dpi: int = 100) -> list[list[Any]]:
    """The boxes of the texts of each panel, once the figure has been saved."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.savefig(io.BytesIO(), format="png", dpi=dpi)
    figure.set_dpi(dpi)
    renderer = FigureCanvasAgg(figure).get_renderer()
    return [[text.get_window_extent(renderer) for text in panel.texts if text.get_text()] for panel in figure.axes]


@pytest.mark.parametrize("seed", [0, 1, 3, 11])
def test_of_up_to_80_labels_all_are_drawn_and_no_two_lie_on_each_other(seed: int) -> None:
    boxes = labels_of(made_up(80, seed))
    assert len(boxes) == 80
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]


@pytest.mark.parametrize("dpi", [72, 120, 300])
def test_labels_keep_apart_below_long_names_of_clusters_at_any_resolution(dpi: int) -> None:
    drawn = made_up(50)
    for node in drawn["maps"]["term"]["nodes"]:
        node[0] = f"Office for Rivers {node[0]}"
    for row in drawn["maps"]["term"]["clusters"]["all"]:
        row["label"] = "General Office of the Valley Council for Rivers · Office for Roads and Bridges"
    boxes = labels_of(drawn, dpi=dpi)
    assert len(boxes) > 40
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]


def test_the_legend_and_the_caption_of_a_map_stay_inside_the_figure() -> None:
    drawn = made_up(12)
    for row in drawn["maps"]["term"]["clusters"]["all"]:
        row |= {"label": "河谷数据管理委员会办公室 · 山地道路桥梁建设管理局", "stability": 0.3}
    with style():
        figure = map_figures(drawn, read_settings(None))["term"]
        boxes_in(figure)
        wide = figure.get_size_inches()[0] * 100
        for part in (figure.axes[0].get_legend(), figure._supxlabel):
            box = part.get_window_extent()
            assert box.x0 >= 0 and box.x1 <= wide


def test_themes_have_labels_on_no_other_label_nor_on_the_name_of_a_quadrant() -> None:
    drawn = made_up(12)
    for row, place in zip(drawn["maps"]["term"]["clusters"]["all"], ((1.0, 1.0), (1.02, 1.01), (9.0, 9.0)), strict=True):
        row |= {"centrality": place[0], "density": place[1], "label": "跨部门数据共享 · 一体化平台"}
    with style():
        for boxes in boxes_in(diagram_figures(drawn, read_settings(None))["term"]):
            assert len(boxes) == 4 + 3
            assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]


def test_every_block_has_its_name_and_no_two_names_lie_on_each_other() -> None:
    drawn = made_up(12)
    themes = drawn["maps"]["term"]["clusters"]["all"]
    small = [themes[0] | {"cluster": at, "size": 30 if at == 3 else 2, "label": f"丙{at} · 丁{at}"} for at in range(3, 9)]
    drawn["maps"]["term"]["clusters"] |= {"2020": [*themes, *small]}
    with style():
        (boxes,) = boxes_in(evolution_figures(drawn, read_settings(None))["term"])
    assert len(boxes) == 2 + 9 + 3
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]


def test_the_strongest_bursts_are_drawn_even_if_they_come_last() -> None:
    drawn = made_up(12)
    weak = [{"item": f"弱{at}", "level": 1, "start": "2020", "end": "2020", "weight": 1.0} for at in range(40)]
    strong = {"item": "强", "level": 1, "start": "2021", "end": "2021", "weight": 9.0}
    drawn["maps"]["term"]["bursts"] = [*weak, strong]
    with style():
        (panel,) = burst_figures(drawn, read_settings(None))["term"].axes
    names = [label.get_text() for label in panel.get_yticklabels()]
    assert len(names) == 30 and names[-1] == "强"


def test_a_theme_is_called_by_whole_names_and_a_long_one_is_cut() -> None:
    assert theme({"label": "数据 · standards · 平台"}, {"standards": "标准化"}, 7) == "数据 · 标准化"
    assert theme({"label": "跨部门数据共享交换 · 平台"}, {}, 6) == "跨部门数据…"


def test_captions_say_what_is_drawn_of_how_many_in_what_unit_and_after_whom() -> None:
    wanted = (
        (map_figures, ("最常见的 12 个", "同一句子", "van Eck 与 Waltman 2009")),
        (diagram_figures, ("3 个聚类", "最近 2 个", "Callon 等 1991")),
        (evolution_figures, ("3 条带", "不低于 .25", "Cobo 等 2011")),
        (burst_figures, ("最强的 1 项", "Kleinberg 2002")),
    )
    with style():
        for figures, parts in wanted:
            said = figures(made_up(12), read_settings(None))["term"].get_supxlabel()
            assert all("".join(part.split()) in "".join(said.split()) for part in parts), said


@pytest.mark.parametrize(("kind", "unit"), [("code", "句子"), ("issuer_code", "句子"), ("keyword", "文献"), ("author", "文献")])
def test_the_caption_of_a_map_says_in_what_its_nodes_meet(kind: str, unit: str) -> None:
    drawn = made_up(6)
    drawn["maps"] |= {"kinds": [kind], kind: drawn["maps"]["term"]}
    with style():
        said = map_figures(drawn, read_settings(None))[kind].get_supxlabel()
    assert f"在同一{unit}里相遇" in "".join(said.split())


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
    nothing: dict[str, Any] = {"codes": [], "maps": {"kinds": [], "periods": [], "plain": []}}
    for figures in (map_figures, diagram_figures, evolution_figures, burst_figures):
        assert figures(nothing, read_settings(None)) == {}


def test_one_period_has_a_map_and_no_evolution() -> None:
    drawn = made_up(12)
    drawn["maps"]["term"]["clusters"] = {"all": drawn["maps"]["term"]["clusters"]["all"]}
    drawn["maps"]["term"]["evolution"] = []
    with style():
        assert evolution_figures(drawn, read_settings(None)) == {}
        assert list(map_figures(drawn, read_settings(None))) == list(diagram_figures(drawn, read_settings(None))) == ["term"]
