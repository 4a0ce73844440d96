"""Tables with rules in a PDF: drawn here, in the ways that word processors, journals and LaTeX draw them."""

from typing import Any

import pytest
from reading import PROSE, column, laid, pdf_of, put

from pipeline.ingest.layout import Layout

CELLS = (("县名", "人数", "备注"), ("青渡县", "12", "试点"), ("白石县", "8", "推开"))
ROWS = ["县名 | 人数 | 备注", "青渡县 | 12 | 试点", "白石县 | 8 | 推开"]
LEFT, TOP, WIDE, HIGH = 80, 600, 60, 24


def fill(canvas: Any, cells: tuple[tuple[str, ...], ...] = CELLS, top: int = TOP) -> None:
    for row, words in enumerate(cells):
        for at, word in enumerate(words):
            put(canvas, LEFT + WIDE * at + 4, top - HIGH * row - 16, word)


def grid(canvas: Any, *, rows: int = 3, columns: int = 3, top: int = TOP, open_sides: bool = False) -> None:
    for row in range(rows + 1):
        canvas.line(LEFT, top - HIGH * row, LEFT + WIDE * columns, top - HIGH * row)
    for at in range(1, columns) if open_sides else range(columns + 1):
        canvas.line(LEFT + WIDE * at, top, LEFT + WIDE * at, top - HIGH * rows)


def boxes(canvas: Any) -> None:
    for row in range(3):
        for at in range(3):
            canvas.rect(LEFT + WIDE * at, TOP - HIGH * (row + 1), WIDE, HIGH)


def bars(canvas: Any) -> None:
    """As word processors do: each side of each cell a thin filled box."""
    for row in range(4):
        for at in range(3):
            canvas.rect(LEFT + WIDE * at, TOP - HIGH * row, WIDE, 0.5, stroke=0, fill=1)
    for row in range(3):
        for at in range(4):
            canvas.rect(LEFT + WIDE * at, TOP - HIGH * (row + 1), 0.5, HIGH, stroke=0, fill=1)


def one_path(canvas: Any) -> None:
    path = canvas.beginPath()
    for row in range(4):
        path.moveTo(LEFT, TOP - HIGH * row)
        path.lineTo(LEFT + WIDE * 3, TOP - HIGH * row)
    for at in range(4):
        path.moveTo(LEFT + WIDE * at, TOP)
        path.lineTo(LEFT + WIDE * at, TOP - HIGH * 3)
    canvas.drawPath(path)


def tables_in(layout: Layout) -> list[str]:
    return [layout.text[block.start : block.end] for block in layout.blocks if block.kind == "table"]


@pytest.mark.parametrize("draw_rules", [grid, boxes, bars, one_path, lambda canvas: grid(canvas, open_sides=True)])
def test_a_ruled_table_is_read_cell_by_cell_where_it_stands(draw_rules: Any) -> None:
    def draw(canvas: Any) -> None:
        column(canvas, 60, 760, "甲" + PROSE * 2, width=40)
        put(canvas, 120, 615, "表1 三县窗口人员")
        draw_rules(canvas)
        fill(canvas)
        column(canvas, 60, 480, "乙" + PROSE * 2, width=40)

    layout = laid("a.pdf", pdf_of(draw))
    assert layout.text.split("\n") == ["甲" + PROSE * 2, "表1 三县窗口人员", *ROWS, "乙" + PROSE * 2]
    assert tables_in(layout) == ROWS


def test_a_wrapped_cell_is_joined_and_a_merged_one_stands_once() -> None:
    def draw(canvas: Any) -> None:
        for y in (TOP, TOP - HIGH, TOP - 3 * HIGH):
            canvas.line(LEFT, y, LEFT + 3 * WIDE, y)
        canvas.line(LEFT + WIDE, TOP - 2 * HIGH, LEFT + 3 * WIDE, TOP - 2 * HIGH)
        for x in range(4):
            canvas.line(LEFT + WIDE * x, TOP, LEFT + WIDE * x, TOP - 3 * HIGH)
        fill(canvas, (("部门", "事项", "时限"), ("", "登记", "三日"), ("", "年检", "五日")))
        put(canvas, LEFT + 4, TOP - 2 * HIGH + 4, "市场监")
        put(canvas, LEFT + 4, TOP - 2 * HIGH - 8, "管局")

    assert tables_in(laid("a.pdf", pdf_of(draw))) == ["部门 | 事项 | 时限", "市场监管局 | 登记 | 三日", "年检 | 五日"]


def test_two_tables_of_one_width_leave_the_text_between_them_alone() -> None:
    def draw(canvas: Any) -> None:
        for top in (TOP, TOP - 200):
            grid(canvas, top=top, open_sides=True)
            fill(canvas, top=top)
        column(canvas, 60, TOP - 110, "丙" + PROSE, width=40)

    assert laid("a.pdf", pdf_of(draw)).text.split("\n") == [*ROWS, "丙" + PROSE, *ROWS]


def test_rows_that_no_rule_divides_are_rows() -> None:
    def draw(canvas: Any) -> None:
        for y in (TOP, TOP - HIGH, TOP - 4 * HIGH):
            canvas.line(LEFT, y, LEFT + 3 * WIDE, y)
        for x in range(1, 3):
            canvas.line(LEFT + WIDE * x, TOP, LEFT + WIDE * x, TOP - 4 * HIGH)
        fill(canvas, (*CELLS, ("红叶县", "5", "待定")))

    assert tables_in(laid("a.pdf", pdf_of(draw))) == [*ROWS, "红叶县 | 5 | 待定"]


def test_figures_below_each_other_never_become_one_number() -> None:
    def draw(canvas: Any) -> None:
        for y in (TOP, TOP - HIGH, TOP - 3 * HIGH):
            canvas.line(LEFT, y, LEFT + 3 * WIDE, y)
        for x in range(1, 3):
            canvas.line(LEFT + WIDE * x, TOP, LEFT + WIDE * x, TOP - 3 * HIGH)
        fill(canvas, (("县名", "上年", "当年"), ("青渡县", "10", "233"), ("白石县", "40", "80")))

    assert tables_in(laid("a.pdf", pdf_of(draw))) == ["县名 | 上年 | 当年", "青渡县 | 10 | 233", "白石县 | 40 | 80"]


def test_a_frame_around_text_and_the_grid_of_a_diagram_are_no_tables() -> None:
    def draw(canvas: Any) -> None:
        canvas.rect(50, 640, 420, 140)
        column(canvas, 60, 760, "丁" + PROSE * 2, width=40)
        grid(canvas, rows=5, columns=5)
        put(canvas, LEFT + 4, TOP - 16, "0")

    layout = laid("a.pdf", pdf_of(draw))
    assert "丁" + PROSE * 2 in layout.text.split("\n")
    assert not tables_in(layout)
