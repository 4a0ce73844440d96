"""Tables with rules in a PDF: the rules from pdfium, the cells between them from pdfplumber's geometry, what stands in each by pdfium.

pdfplumber itself opens no page: it would read all characters anew, at a thirtieth of the speed.
"""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import groupby, repeat
from typing import Any

from pipeline.ingest.clean import clean, glue, one_line
from pipeline.ingest.parsed import Piece
from pipeline.ingest.readers.characters import handle_of, plain
from pipeline.ingest.readers.columns import Line

Box = tuple[float, float, float, float]  # left, upper, right, lower; heights count downwards from 0
_THIN = 3.0  # points; a path not thicker is a rule
_SHORT = 3.0  # points; a shorter rule is a dot of a dashed one or part of a letter
_LETTER = (
    14.0  # points; no box of a table is so narrow and so low, but letters drawn as outlines are, hundreds of segments a line
)
_MANY = 4000  # rules of a page; a map or a diagram has more
_FIGURE = re.compile(r"[-–—+]?[\d.,\s]+[%％]?")
_DRAWN = 500  # segments; a path of more is a drawing
_ENTRY = 16  # characters of a line that is a row by itself, not part of a wrapped cell
_INSET = 1.0  # points by which letters may reach over the rule of their cell
_MARK = re.compile("(\ufdd0\\d+\ufdd1)")  # where a table stands among the pieces: characters that no text has


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page, row by row."""

    rows: list[str]  # cells joined by ` | `
    box: Box


def tables_of(page: Any, text: Any) -> list[Table]:
    """The tables of a page that have rules between their rows and between their columns.

    Args:
        page, text: of pdfium.
    """
    rules = _rules(page)
    across = sum(rule["orientation"] == "h" for rule in rules)
    if across < 3 or across == len(rules):
        return []
    from pdfplumber import table

    rules = table.merge_edges(rules, 3, 3, 3, 3)
    rules = table.merge_edges([*rules, *_sides(rules)], 3, 3, 3, 3)
    met = table.edges_to_intersections(rules, 3, 3)
    found = (_table(cells, text) for cells in table.cells_to_tables(table.intersections_to_cells(met)))
    return [one for one in found if one]


def _table(cells: list[Box], text: Any) -> Table | None:
    """A table of cells; none for a frame, the grid of a diagram, or an empty form."""
    rows = [list(row) for _, row in groupby(sorted(cells, key=lambda cell: (cell[1], cell[0])), key=lambda cell: cell[1])]
    words = [split for row in rows for split in _split([_lines_in(text, cell) for cell in row])]
    filled = sum(bool(cell) for row in words for cell in row)
    if len(rows) < 2 or max(map(len, rows)) < 2 or filled < 4 or filled < len(cells) / 3:
        return None
    box = min(c[0] for c in cells), min(c[1] for c in cells), max(c[2] for c in cells), max(c[3] for c in cells)
    return Table([" | ".join(row) for row in words if any(row)], box)


def _split(row: list[list[str]]) -> list[list[str]]:
    """The cells of a row, their lines joined; as many rows as lines where all cells have as many: there no rule divides the rows."""
    filled = [lines for lines in row if lines]
    count = len(filled[0]) if filled else 0
    short = all(len(lines) == count and max(map(len, lines)) <= _ENTRY for lines in filled)
    figures = all(_FIGURE.fullmatch(line) for lines in filled[1:] for line in lines)
    if short and len(filled) > 1 and (count > 2 or (count == 2 and figures)):
        return [[lines[at] if lines else "" for lines in row] for at in range(count)]
    return [[one_line(reduce(_glue, lines, "")) for lines in row]]


def _glue(first: str, second: str) -> str:
    """Two lines of a cell as one; figures below each other stay two."""
    return f"{first} {second}" if first[-1:].isdigit() and second[:1].isdigit() else glue(first, second)


def _lines_in(text: Any, cell: Box) -> list[str]:
    """The lines that stand in a cell."""
    left, upper, right, lower = cell
    inside = text.get_text_bounded(left + _INSET, -lower + _INSET, right - _INSET, -upper - _INSET)
    lines = clean(re.sub("[\x02\ufffe]", "-\n", inside)).replace(" | ", " ").split("\n")
    return [line for line in map(one_line, lines) if line]


def _rules(page: Any) -> list[dict[str, Any]]:
    """The straight lines of a page, across and down, as pdfplumber's edges."""
    found: list[dict[str, Any]] = []
    for path in _paths(page):
        found += [_edge(*line) for line in _lines_of(path) if abs(line[0] - line[2]) + abs(line[1] - line[3]) >= _SHORT]
        if len(found) > _MANY:
            return []
    return found


def _paths(page: Any) -> Iterator[Any]:
    """What is drawn on a page beside text and pictures, but not inside forms: these count from the form's corner."""
    import pypdfium2.raw as raw

    object_at = plain("FPDFPage_GetObject", ctypes.c_void_p)
    type_of = plain("FPDFPageObj_GetType", ctypes.c_int, ctypes.c_void_p)
    objects = map(object_at, repeat(handle_of(page)), range(raw.FPDFPage_CountObjects(page.raw)))
    return (ctypes.c_void_p(one) for one in objects if type_of(one) == raw.FPDF_PAGEOBJ_PATH)


def _sides(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outer sides that journals leave open: at both ends of each two rules across that a rule down joins."""
    across = sorted((rule for rule in rules if rule["orientation"] == "h"), key=lambda rule: rule["top"])
    down = [rule for rule in rules if rule["orientation"] == "v"]
    found = []
    for upper, lower in ((one, next(_below(one, across[at + 1 :]), None)) for at, one in enumerate(across)):
        if lower and any(_joins(rule, upper, lower) for rule in down):
            found += [_edge(upper[end], -upper["top"], upper[end], -lower["top"]) for end in ("x0", "x1")]
    return found


def _below(upper: dict[str, Any], others: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (other for other in others if all(abs(other[end] - upper[end]) < 2 * _THIN for end in ("x0", "x1")))


def _joins(rule: dict[str, Any], upper: dict[str, Any], lower: dict[str, Any]) -> bool:
    reaches = rule["top"] <= upper["top"] + _THIN and rule["bottom"] >= lower["top"] - _THIN
    return reaches and upper["x0"] + _THIN < rule["x0"] < upper["x1"] - _THIN


def _edge(x0: float, y0: float, x1: float, y1: float) -> dict[str, Any]:
    x0, x1, upper, lower = min(x0, x1), max(x0, x1), -max(y0, y1), -min(y0, y1)
    across = x1 - x0 > lower - upper
    if across:
        upper = lower = (upper + lower) / 2
    else:
        x0 = x1 = (x0 + x1) / 2
    sizes = {"width": x1 - x0, "height": lower - upper}
    return {"orientation": "h" if across else "v", "x0": x0, "x1": x1, "top": upper, "bottom": lower, "doctop": upper, **sizes}


def _lines_of(path: Any) -> Iterator[Box]:
    """The straight lines a path draws: itself when it is thin, the sides of a box, or its segments."""
    (x0, y0, x1, y1), known = _floats("FPDFPageObj_GetBounds", path, 4)
    thin = min(x1 - x0, y1 - y0) <= _THIN
    if not known or not (thin or max(x1 - x0, y1 - y0) >= _LETTER) or not _is_seen(path):
        return
    if thin:
        yield x0, y0, x1, y1
    elif plain("FPDFPath_CountSegments")(path) <= _DRAWN:
        yield from _segments(path)


def _is_seen(path: Any) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    plain("FPDFPath_GetDrawMode")(path, ctypes.byref(fill), ctypes.byref(stroke))
    return bool(fill.value or stroke.value)


def _floats(name: str, thing: Any, count: int) -> tuple[list[float], bool]:
    """What a function of pdfium says of a thing, and whether it can."""
    values, places = _room(count)
    known = bool(plain(name)(thing, *places))
    return values[:], known


@cache
def _room(count: int) -> tuple[Any, list[Any]]:
    values = (ctypes.c_float * count)()
    return values, [ctypes.byref(values, at * ctypes.sizeof(ctypes.c_float)) for at in range(count)]


def _segments(path: Any) -> Iterator[Box]:
    """The level and the upright segments of a path, in points of the page."""
    import pypdfium2.raw as raw

    segment_at, kind_of = plain("FPDFPath_GetPathSegment", ctypes.c_void_p), plain("FPDFPathSegment_GetType")
    matrix = (ctypes.c_float * 6)()
    plain("FPDFPageObj_GetMatrix")(path, ctypes.byref(matrix))
    a, b, c, d, e, f = matrix
    first = last = (0.0, 0.0)
    for at in range(plain("FPDFPath_CountSegments")(path)):
        segment = ctypes.c_void_p(segment_at(path, at))
        (x, y), _ = _floats("FPDFPathSegment_GetPoint", segment, 2)
        point = a * x + c * y + e, b * x + d * y + f
        kind = kind_of(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == raw.FPDF_SEGMENT_LINETO and _is_straight(last, point):
            yield *last, *point
        if plain("FPDFPathSegment_GetClose")(segment) and _is_straight(point, first):
            yield *point, *first
        last = point


def _is_straight(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return min(abs(a[0] - b[0]), abs(a[1] - b[1])) < 0.5


def without(lines: list[Line], tables: list[Table], number: int) -> list[Line]:
    """The lines of a page, those inside its tables out and a mark in place of each table.

    Args:
        number: of the first of the tables in the document.
    """
    marks = [_mark(table, number + at) for at, table in enumerate(tables)]
    return [line for line in lines if not any(_is_inside(line, table.box) for table in tables)] + marks


def _is_inside(line: Line, box: Box) -> bool:
    x, y = (line.left + line.right) / 2, -(line.bottom + line.top) / 2
    return box[0] < x < box[2] and box[1] < y < box[3]


def _mark(table: Table, number: int) -> Line:
    """A line for a table: much larger than text, so that no paragraph takes it in, but not higher, so that it takes in no row."""
    left, upper, right, lower = table.box
    middle = -(upper + lower) / 2
    return Line(f"\ufdd0{number}\ufdd1", left, right, middle - 4, middle + 4, 40.0)


def put_back(pieces: list[Piece], tables: list[Table]) -> list[Piece]:
    """Pieces with the rows of each table where its mark stands."""
    if not tables:
        return pieces
    found: list[Piece] = []
    for piece in pieces:
        for part in _MARK.split(piece.text):
            if _MARK.fullmatch(part):
                rows = tables[int(part[1:-1])].rows
                found += [Piece(row, "table", page=piece.page, after_gap=True) for row in rows]
            elif words := part.strip(" |") if part != piece.text else part:
                found.append(piece if part == piece.text else replace(piece, text=words, kind="paragraph"))
    return found
