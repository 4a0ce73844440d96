"""The characters of PDF pages cut into lines: as a plain walk over every character would, whatever their places."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from reading import laid, pdf_of, put

from pipeline.ingest.readers.characters import _begins, _sides

Character = tuple[float, float, float, float, bool]  # left, top, right, bottom, behind the end of a line
places = st.sampled_from([0.0, 0.5, 1.0, 3.0, 9.0, 10.0, 11.0, 12.0, 20.0, 45.0])
characters = st.tuples(places, places, places, places, st.booleans())


def arrays(found: list[Character]) -> tuple[Any, Any]:
    fresh = np.array([at == 0 or one[4] for at, one in enumerate(found)])
    return np.array([[one[0], max(one[1], one[3]), one[2], min(one[1], one[3])] for one in found]).T, fresh


def walked(sides: Any, fresh: Any) -> list[bool]:
    begins: list[bool] = []
    low = high = end = 0.0
    for (x0, y1, x1, y0), new in zip(sides.T.tolist(), fresh.tolist(), strict=True):
        size = max(high - low, y1 - y0)
        begins.append(new or not -size < x0 - end < 1.2 * size or y0 > high or y1 < low)
        low, high = (y0, y1) if begins[-1] else (min(low, y0), max(high, y1))
        end = x1
    return begins


@given(st.lists(characters, min_size=1, max_size=40))
def test_lines_begin_where_a_walk_over_every_character_finds_them(found: list[Character]) -> None:
    sides, fresh = arrays(found)
    assert _begins(sides, fresh).tolist() == walked(sides, fresh)


def test_few_chinese_characters_leave_the_height_of_a_line_to_all_and_many_decide_it() -> None:
    sides = np.array(
        [(0, 10, 10, 0), (10, 10, 20, 0), (20, 2, 25, -1), (0, -20, 5, -26), (5, -18, 10, -25), (10, -10, 20, -30)]
    ).T
    is_han = np.array([True, True, False, False, False, True])
    begins = np.array([True, False, False, True, False, False])
    left, right, low, high = _sides(sides.astype(float), is_han, begins)
    assert (left.tolist(), right.tolist()) == ([0, 0], [25, 20])
    assert (low.tolist(), high.tolist()) == ([0, -30], [10, -10])  # two Chinese ones decide; of one, all do


def test_a_page_of_more_characters_than_one_buffer_holds_is_read_to_its_end() -> None:
    text = [f"第{row:03}行说明海澜镇码头仓库当年存放货物的吨数" for row in range(250)]

    def draw(canvas: Any) -> None:
        for row, line in enumerate(text):
            put(canvas, 40, 820 - 3 * row, line, 3)

    said = laid("a.pdf", pdf_of(draw)).text
    assert [line for line in text if line not in said.replace("\n", "")] == []
    assert len(said) > 4096
