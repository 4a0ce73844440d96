"""Figures for papers: all that have data, without a missing character, nothing outside its panel, no label on another."""

import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from pipeline import report
from pipeline.config import read_settings
from pipeline.report.figures import FIGURES, draw
from pipeline.report.figures.style import apart, style, wrapped
from pipeline.store import Run

sys.path.insert(0, str(Path(__file__).parent / "samples"))
from small_run import small_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = small_run(tmp_path_factory.mktemp("run"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of every character it cannot draw
        report.run(run, lambda work, parts, stage: map(work, parts), "key")
    return run


def shown_of(run: Run, name: str) -> dict[str, Any]:
    from pipeline.report.data import read_codes, read_documents

    return report._charted(run, read_documents(run), read_codes(run)[0], FIGURES[name].needs)


def test_every_figure_with_data_is_there_as_svg_and_png(run: Run) -> None:
    names = ("trends", "groups-kind", "groups-level", "groups-province", "changes", "why", "sides-1", "sides-2", "framework", "map-code", "map-term", "diagram-code", "diagram-term", "evolution-term", "bursts-term", "topics", "topic-prevalence", "topic-codes", "topic-number")  # fmt: skip
    assert {path.name for path in (run.folder / "figures").iterdir()} == {
        f"{name}.{kind}" for name in names for kind in ("svg", "png")
    }
    for path in (run.folder / "figures").glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 5000


def test_a_figure_whose_data_are_gone_is_removed(run: Run, tmp_path: Path) -> None:
    shown = shown_of(run, "sides")
    assert draw("sides", tmp_path, shown, run.settings) == 2
    assert draw("sides", tmp_path, shown | {"sides": shown["sides"][:1]}, run.settings) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"sides-1.svg", "sides-1.png"}


def test_no_part_of_a_series_lies_outside_its_chart() -> None:
    from pipeline.report.figures.trends import codes_figure

    tops = {"a": 500.0, "b": 2.0}
    lists = {code: [[0, top / 2, None, None, 2, 9], [1, top, top / 2, top * 1.2, 9, 90]] for code, top in tops.items()}
    series = {code: {"all": {"per_1000_sentences": points}} for code, points in lists.items()}
    codes = [{"id": code, "name": {"zh": code, "en": code}, "colour": "#0072b2"} for code in tops]
    for own in (True, False):
        trends = {"series": series, "periods": ["2020", "2021"], "units": ["per_1000_sentences"], "own_scale": own}
        with style():
            figure = codes_figure({"trends": trends, "codes": codes}, read_settings())
        assert figure
        assert all(panel.get_ylim()[1] >= 1.2 * top for panel, top in zip(figure.axes, tops.values(), strict=True))


def test_a_band_of_a_topic_does_not_run_over_periods_without_an_interval() -> None:
    from pipeline.report.figures.topics import prevalence_figure

    points = [[0, 0.2, 0.1, 0.3, 6, 9], [1, 0.3, None, None, 2, 9], [2, 0.2, 0.1, 0.3, 6, 9], [3, 0.2, 0.1, 0.3, 6, 9]]
    series = {"topic:4": {"all": {"mean_share": points}}}
    trends = {"series": series, "periods": ["2018", "2019", "2020", "2021"], "units": ["per_1000_sentences"]}
    topic = {"topic": 4, "label": "数据·平台", "stability": 0.8, "terms": []}
    with style():
        figure = prevalence_figure({"trends": trends, "topics": {"topics": [topic]}}, read_settings())
    assert figure
    (band,) = figure.axes[0].collections
    across = [path.vertices[:, 0] for path in band.get_paths()]
    assert [(along.min(), along.max()) for along in across] == [(0, 0), (2, 3)]


def texts_of(figure: Any) -> list[Any]:
    """Titles, labels in the panels and those of ticks within their scales."""
    found = []
    for panel in figure.axes:
        found += [*panel.texts, panel._left_title, panel._right_title]
        if not panel.axison:
            continue
        for ticks, labels, (low, high) in (
            (panel.get_xticks(), panel.get_xticklabels(), sorted(panel.get_xlim())),
            (panel.get_yticks(), panel.get_yticklabels(), sorted(panel.get_ylim())),
        ):
            found += [label for tick, label in zip(ticks, labels, strict=True) if low <= tick <= high]
    return [text for text in found if text.get_text() and text.get_visible()]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["trends", "groups", "changes", "sides", "framework", "why"])
def test_labels_keep_apart_and_inside_the_figure(run: Run, name: str, lang: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with style():
        for figure in FIGURES[name].draw(shown_of(run, name), read_settings(None, lang=lang)).values():
            canvas = FigureCanvasAgg(figure)
            canvas.draw()
            texts = texts_of(figure)
            boxes = [text.get_window_extent(canvas.get_renderer()).padded(-1.5) for text in texts]
            wide, tall = figure.get_size_inches() * figure.dpi
            for text, box in zip(texts, boxes, strict=True):
                assert box.x0 >= -2 and box.x1 <= wide + 2 and box.y0 >= -2 and box.y1 <= tall + 2, text.get_text()
            for at, box in enumerate(boxes):
                hit = [texts[other].get_text() for other in range(at) if box.overlaps(boxes[other])]
                assert not hit, (texts[at].get_text(), hit)


def test_captions_say_how_many_and_how_sure(run: Run) -> None:
    for name, wanted in {"trends": "48 篇文献，384 句", "changes": "q < .05", "sides": "95% 区间", "framework": "q 不小于 .05", "why": "1,000 次"}.items():  # fmt: skip
        with style():
            figure = next(iter(FIGURES[name].draw(shown_of(run, name), run.settings).values()))
        assert wanted in figure.get_supxlabel().replace("\n", ""), name


def test_places_are_moved_apart_no_further_than_needed() -> None:
    assert apart([1.0, 5.0, 9.0], 2.0) == [1.0, 5.0, 9.0]
    assert apart([5.0, 5.0], 2.0) == [4.0, 6.0]
    assert apart([5.0, 4.0, 9.0], 2.0) == [5.5, 3.5, 9.0]


def test_a_caption_is_broken_between_chinese_characters_and_latin_words() -> None:
    assert wrapped("各部分之和恰好", 4) == "各部分之\n和恰好"
    assert wrapped("q after Benjamini", 6) == "q after\nBenjamini"
    assert wrapped("一二三四。五", 4) == "一二三四。\n五"
