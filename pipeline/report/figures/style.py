"""What all figures share: the look, panels, captions, labels that keep apart, and the characters that can be drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.report import fonts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DIM, GRID = "#5d6770", "#d9dee2"
UP, DOWN = "#0b6e4f", "#b4451f"
MOST_PANELS = 24
SMALL = 7.5  # points, of captions and ticks
OTHER = 0.6  # ems, about, of a character of another font
HANGING = 2  # ems, of marks that may stand behind the end of a line


@contextmanager
def style() -> Iterator[None]:
    """The look of all figures, with the font that has Chinese characters."""
    import matplotlib
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(fonts.font_path()))
    family = font_manager.FontProperties(fname=str(fonts.font_path())).get_name()
    look: dict[Any, Any] = {
        "font.family": [family, "DejaVu Sans"], "axes.unicode_minus": False, "svg.hashsalt": "wenmai", "svg.fonttype": "path",
        "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": DIM, "xtick.color": DIM,
        "ytick.color": DIM, "text.parse_math": False, "text.hinting": "none", "axes.titlelocation": "left", "axes.titlesize": 9.5,
        "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "axes.labelsize": 8,
    }  # fmt: skip
    with matplotlib.rc_context(look):
        yield


def panels_of(n: int, *, columns: int, size: tuple[float, float]) -> tuple["Figure", list["Axes"]]:
    """A figure with n panels of this size in inches."""
    from matplotlib.figure import Figure

    columns = min(n, columns)
    rows = -(-n // columns)
    figure = Figure(figsize=(size[0] * columns, size[1] * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for panel in panels[n:]:
        panel.remove()
    return figure, panels[:n]


def caption(figure: "Figure", text: str) -> None:
    """What stands below a figure: what was counted, the interval, the test; as many lines as it takes, the figure grows by them."""
    wide, height = figure.get_size_inches()
    lines = wrapped(shown(text), (0.99 * wide - 0.05) * 72 / SMALL - HANGING)
    figure.set_size_inches(wide, height + 0.15 * lines.count("\n") + 0.15)
    figure.supxlabel(lines, fontsize=SMALL, color=DIM, x=0.01, ha="left", linespacing=1.35)


def wrapped(text: str, most: float) -> str:
    """A text in lines at most so many Chinese characters wide."""
    lines, wide = [""], 0.0
    for word in _words(text):
        long = width(word)
        if wide + long > most and lines[-1] and word not in "，。；：、）,.;:)":
            lines.append("")
            wide = 0.0
        lines[-1] += word if lines[-1] or word != " " else ""
        wide += long
    return "\n".join(line.rstrip() for line in lines)


def width(text: str) -> float:
    """How wide a text is drawn, in ems: 1 a Chinese character, also “ ” and ·, about half that a Latin letter."""
    return sum(_advances().get(ord(one), OTHER) for one in text)


def _words(text: str) -> Iterator[str]:
    """Chinese characters and marks one by one, Latin words whole."""
    held = ""
    for one in text:
        if one == " " or one > "\u2e7f":
            yield from (part for part in (held, one) if part)
            held = ""
        else:
            held += one
    if held:
        yield held


def apart(wanted: list[float], least: float) -> list[float]:
    """Places near the wanted ones that keep at least so far from each other, in the same order."""
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    groups: list[list[int]] = []
    middles: list[float] = []
    for at in order:
        groups.append([at])
        middles.append(wanted[at])
        while len(groups) > 1 and middles[-1] - middles[-2] < least * (len(groups[-1]) + len(groups[-2])) / 2:
            both = groups[-2] + groups[-1]
            groups[-2:], middles[-2:] = [both], [sum(wanted[one] for one in both) / len(both)]
    found = [0.0] * len(wanted)
    for group, middle in zip(groups, middles, strict=True):
        for number, at in enumerate(group):
            found[at] = middle + least * (number - (len(group) - 1) / 2)
    return found


def ticks(periods: list[str], most: int = 6) -> tuple[range, list[str]]:
    """Every so many periods, so that their labels do not touch."""
    every = max(1, -(-len(periods) // (most if len(periods[0]) == 4 else max(1, most * 2 // 3))))
    return range(0, len(periods), every), periods[::every]


def short(label: str, most: float = 14) -> str:
    """A label cut where it is wider than so many Chinese characters."""
    if width(label) <= most:
        return label
    while label and width(label) > most - 1:
        label = label[:-1]
    return f"{label.rstrip(' ·')}…"


def number(value: float | None) -> str:
    """A number as charts write it."""
    return "–" if value is None else (f"{value:.2g}" if abs(value) < 1 else f"{value:.1f}").replace("-", "−")


@cache
def _advances() -> dict[int, float]:
    """The width of each character of the font, in ems."""
    from fontTools.ttLib import TTFont

    with TTFont(fonts.font_path(), fontNumber=0, lazy=True) as font:
        metrics, em = font["hmtx"].metrics, font["head"].unitsPerEm
        return {code: metrics[name][0] / em for code, name in font.getBestCmap().items()}


@cache
def _glyphs() -> frozenset[int]:
    import matplotlib

    return fonts.covered(fonts.font_path()) | fonts.covered(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf")


def shown(text: str) -> str:
    """A text with what no font can draw replaced by a white square, on purpose and without a warning."""
    return "".join(one if one == "\n" or ord(one) in _glyphs() else "□" for one in text)
