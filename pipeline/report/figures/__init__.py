"""Figures for papers as SVG and PNG, with the font of the page and a caption each. Same values: same bytes."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline import store
from pipeline.config import Settings
from pipeline.report.figures import evolution, framework, maps, moves, sides, topics, trends
from pipeline.report.figures.style import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Kind(NamedTuple):
    """A figure, or one for each of several things, whose name is put behind its own."""

    needs: tuple[str, ...]  # of what the page shows
    draw: Callable[[dict[str, Any], Settings], "dict[str, Figure]"]


def draw(name: str, folder: Path, shown: dict[str, Any], settings: Settings) -> int:
    """Draw one of FIGURES as svg and png; those without data any more are removed. Returns how many there are."""
    with style():
        figures = {f"{name}-{part}" if part else name: one for part, one in FIGURES[name].draw(shown, settings).items()}
        old = {path for kind in ("svg", "png") for path in [folder / f"{name}.{kind}", *folder.glob(f"{name}-*.{kind}")]}
        for path in old - {folder / f"{one}.{kind}" for one in figures for kind in ("svg", "png")}:
            path.unlink(missing_ok=True)
        for one, figure in figures.items():
            for kind in ("svg", "png"):
                store.write_bytes(folder / f"{one}.{kind}", _bytes(figure, kind, settings.report.dpi))
    return len(figures)


def _bytes(figure: "Figure", kind: str, dpi: int) -> bytes:
    sink = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    figure.savefig(sink, format=kind, dpi=dpi, metadata=metadata, facecolor="white")
    return sink.getvalue()


def _single(figure: "Figure | None") -> "dict[str, Figure]":
    return {} if figure is None else {"": figure}


FIGURES: dict[str, Kind] = {
    "trends": Kind(("trends",), lambda shown, settings: _single(trends.codes_figure(shown, settings))),
    "groups": Kind(("trends",), trends.group_figures),
    "changes": Kind(("trends", "changes"), lambda shown, settings: _single(moves.calendar(shown, settings))),
    "why": Kind(("trends", "parts"), lambda shown, settings: _single(moves.parts_figure(shown, settings))),
    "sides": Kind(("sides",), sides.side_figures),
    "framework": Kind(("framework",), lambda shown, settings: _single(framework.picture(shown, settings))),
    "map": Kind(("maps",), maps.map_figures),
    "diagram": Kind(("maps",), maps.diagram_figures),
    "evolution": Kind(("maps",), evolution.evolution_figures),
    "bursts": Kind(("maps",), evolution.burst_figures),
    "topics": Kind(("topics",), lambda shown, settings: _single(topics.words_figure(shown, settings))),
    "topic-prevalence": Kind(("topics", "trends"), lambda shown, settings: _single(topics.prevalence_figure(shown, settings))),
    "topic-codes": Kind(("topics",), lambda shown, settings: _single(topics.codes_figure(shown, settings))),
    "topic-number": Kind(("topics",), lambda shown, settings: _single(topics.number_figure(shown, settings))),
}
