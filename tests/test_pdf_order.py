"""The order of sentences on pages as journals and offices set them, typeset here."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import box_font
import numpy as np
from reading import column, laid, pdf_of, put

from pipeline.ingest.layout import Layout
from pipeline.ingest.readers import characters
from pipeline.segment.sentences import spans

DIGITS = "零一二三四五六七八九"


def sentence(number: int) -> str:
    return f"第{''.join(DIGITS[int(digit)] for digit in str(number))}个窗口的人员每天核对台账，并把办件结果录入系统。"


def prose(first: int, last: int) -> str:
    return "".join(map(sentence, range(first, last + 1)))


def assert_in_order(layout: Layout, first: int, last: int) -> None:
    """Every sentence is there whole, once, and follows the one before."""
    found = [layout.text[start:end] for start, end, _ in spans(layout.text, layout.blocks)]
    wanted = [sentence(number) for number in range(first, last + 1)]
    places = [found.index(one) if one in found else -1 for one in wanted]
    assert min(places) >= 0, [one for one, place in zip(wanted, places, strict=True) if place < 0]
    assert all(below > above for above, below in pairwise(places))


def filled(canvas: Any, spots: Iterator[tuple[float, float, int]], first: int, last: int, each: int = 4, width: int = 22) -> None:
    """Paragraphs of some sentences, running through spots (x, top, rows), one after the other."""
    x, top, rows = next(spots)
    for start in range(first, last + 1, each):
        rest = prose(start, min(start + each - 1, last))
        while rest:
            before = len(rest.removeprefix("…")) + (0 if rest.startswith("…") else 2)
            rest = column(canvas, x, top, rest, rows=rows, width=width)
            used = rows if rest else -(-before // width)
            top, rows = top - 16 * used, rows - used
            if rows < 1 and (rest or start + each <= last):
                x, top, rows = next(spots)


def test_one_column_over_pages_with_odd_and_even_heads_and_page_numbers_at_the_edge() -> None:
    def draw(canvas: Any) -> None:
        def pages() -> Iterator[tuple[float, float, int]]:
            for page in range(1, 9):
                if page > 1:
                    canvas.showPage()
                put(canvas, 80 if page % 2 else 320, 800, "岚国行政评论 二〇一九年" if page % 2 else "某甲等：窗口治理的难题", 9)
                put(canvas, 520 if page % 2 else 60, 800, str(110 + page), 9)
                yield 90, 740, 10

        filled(canvas, pages(), 1, 60, width=40)

    layout = laid("a.pdf", pdf_of(draw))
    assert_in_order(layout, 1, 60)
    assert not any(word in layout.text for word in ("岚国行政评论", "某甲等", "112"))


def test_two_columns_below_a_title_and_a_narrower_abstract() -> None:
    def draw(canvas: Any) -> None:
        put(canvas, 200, 760, "窗口治理的三个难题", 18)
        rest = "摘要：" + prose(1, 4)
        for row in range(4):
            put(canvas, 110 if row else 130, 710 - 16 * row, rest[: 37 if row else 35])
            rest = rest[37 if row else 35 :]
        filled(canvas, iter([(60.0, 600.0, 22), (320.0, 600.0, 22)]), 5, 30)

    layout = laid("a.pdf", pdf_of(draw))
    assert_in_order(layout, 5, 30)
    assert "摘要：" + prose(1, 4) in layout.text


def test_a_table_and_a_figure_across_two_columns_do_not_mix_with_them() -> None:
    def draw(canvas: Any) -> None:
        spots = [(60.0, 780.0, 14), (320.0, 780.0, 14), (60.0, 420.0, 14), (320.0, 420.0, 14)]
        filled(canvas, iter(spots), 1, 38)
        put(canvas, 230, 520, "表1 三县窗口人员的数量")
        for row in range(3):
            for x, cell in zip((80, 200, 320, 440), ("县名", "人数", "年份", "备注"), strict=True):
                put(canvas, x, 500 - 18 * row, cell + str(row))

    layout = laid("a.pdf", pdf_of(draw))
    assert_in_order(layout, 1, 38)
    assert "县名0 | 人数0 | 年份0 | 备注0" in layout.text


def test_footnotes_below_both_columns_are_taken_out_of_the_sentence_they_break() -> None:
    def draw(canvas: Any) -> None:
        filled(canvas, iter([(60.0, 760.0, 20), (320.0, 760.0, 20)]), 1, 30, each=7)
        put(canvas, 60, 410, "①岚国统计局：《窗口年鉴》，二〇一九年。", 8)
        put(canvas, 320, 410, "②同上，第三页。", 8)

    layout = laid("a.pdf", pdf_of(draw))
    assert_in_order(layout, 1, 30)
    assert "窗口年鉴" not in layout.text and any("窗口年鉴" in note for note in layout.notes)


def test_numbers_of_lines_in_the_margin_are_no_text() -> None:
    def draw(canvas: Any) -> None:
        filled(canvas, iter([(90.0, 760.0, 30)]), 1, 30, width=40)
        for row in range(4, 30, 5):
            put(canvas, 55, 760 - 16 * row, str(row + 1), 8)

    layout = laid("a.pdf", pdf_of(draw))
    assert_in_order(layout, 1, 30)
    assert "15" not in layout.text


def test_letter_spaced_lines_are_whole() -> None:
    def draw(canvas: Any) -> None:
        rest = prose(1, 12)
        for row in range(12):
            line, rest = rest[:30], rest[30:]
            for at, letter in enumerate(line):
                put(canvas, 60 + at * 15, 760 - 18 * row, letter)

    assert_in_order(laid("a.pdf", pdf_of(draw)), 1, 12)


def test_raised_citations_stay_in_their_line() -> None:
    def draw(canvas: Any) -> None:
        filled(canvas, iter([(60.0, 760.0, 20), (320.0, 760.0, 20)]), 1, 30)
        for row in range(1, 18, 4):
            put(canvas, 280, 764 - 16 * row, "[1]", 6)

    layout = laid("a.pdf", pdf_of(draw))
    flat = layout.text.replace("[1]", "").replace("\n", "")
    places = [flat.find(sentence(number)) for number in range(1, 31)]
    assert min(places) >= 0 and places == sorted(places)


def test_an_english_abstract_in_two_columns_keeps_its_words_apart() -> None:
    words = [f"counter{number}" for number in range(120)]

    def draw(canvas: Any) -> None:
        canvas.setFont("Helvetica", 10)
        for at, x in ((0, 60), (60, 320)):
            for row in range(15):
                canvas.drawString(x, 760 - 14 * row, " ".join(words[at + 4 * row : at + 4 * row + 4]))

    assert " ".join(words) in laid("a.pdf", pdf_of(draw)).text.replace("\n", " ")


def test_a_list_of_references_goes_on_over_columns_and_pages_and_ends_before_the_lives_of_authors() -> None:
    entry = "[{}] 某{}，某乙．窗口{}的历史与未来[J]．虚构学报，二〇一九年第三期：第{}页．"

    def draw(canvas: Any) -> None:
        filled(canvas, iter([(60.0, 780.0, 30), (320.0, 780.0, 10)]), 1, 32)
        put(canvas, 320, 590, "参考文献", 12)
        number = 1
        for page, x, top, entries in ((1, 320, 560, 10), (2, 60, 780, 12), (2, 320, 780, 12)):
            if page == 2 and x == 60:
                canvas.showPage()
            for row in range(entries):
                text = entry.format(number, DIGITS[number % 10], DIGITS[number // 10 + 1], DIGITS[number % 10] * 2)
                put(canvas, x, top - 28 * row, text[:26], 9)
                put(canvas, x + 15, top - 28 * row - 13, text[26:], 9)
                number += 1
        put(canvas, 320, 400, "某甲（1975—），男，岚都人，教授，研究窗口治理。", 9)

    layout = laid("a.pdf", pdf_of(draw))
    references = [layout.text[block.start : block.end] for block in layout.blocks if block.kind == "reference"]
    assert [one.split("]")[0] for one in references] == [f"[{number}" for number in range(1, 35)]
    assert all(one.endswith("页．") for one in references)
    assert any(note.startswith("某甲（1975") for note in layout.notes)


def test_full_width_letters_set_close_are_words() -> None:
    boxes = np.array([[0.0, 5.0, 15.0, 20.0], [9.0] * 4, [10.0, 15.0, 25.0, 30.0], [0.0] * 4])
    ink = {0: (2.0, 6.0), 1: (6.5, 11.0), 2: (16.0, 20.0), 3: (20.5, 25.0)}
    assert characters._space_out("ａｂｃｄ", boxes, [0, 1, 2, 3], ink.get) == [2]
    assert list(zip(*boxes[[0, 2]].tolist(), strict=True)) == list(ink.values())


def test_the_font_of_boxes_is_the_one_its_script_makes() -> None:
    assert box_font.PLACE.read_bytes() == box_font.make()


def test_the_last_page_with_a_few_references_in_its_second_column_is_read_as_the_page_before() -> None:
    def draw(canvas: Any) -> None:
        filled(canvas, iter([(60, 740, 30), (320, 740, 30)]), 1, 24, each=6, width=23)
        canvas.showPage()
        column(canvas, 60, 740, prose(30, 40), width=23)
        put(canvas, 60, 320, "参考文献", 14)
        for x, top, number in ((60, 290, 1), (320, 740, 2), (320, 720, 3), (320, 700, 4), (320, 680, 5)):
            put(canvas, x, top, f"[{number}] 某甲. 窗口治理的难题[J]. 岚国学报.")

    layout = laid("a.pdf", pdf_of(draw))
    entries = [layout.text[block.start : block.end] for block in layout.blocks if block.kind == "reference"]
    assert [entry[:3] for entry in entries] == ["[1]", "[2]", "[3]", "[4]", "[5]"]
    assert layout.text.index(sentence(40)) < layout.text.index("参考文献") < layout.text.index("[1]")


def test_notes_on_grants_across_both_columns_stay_out_of_the_text() -> None:
    note = ["收稿日期：二〇一九年五月  基金项目：岚国社会科学基金项目（编号：零零一）；海澜镇基础研究项", "目（编号：零零二）"]
    other = ["本文系岚国社会科学基金项目“窗口治理”的研究成果之一。", "作者简介：某甲，男，教授。"]
    for rows in (note, other):

        def draw(canvas: Any, rows: list[str] = rows) -> None:
            filled(canvas, iter([(60, 740, 30), (320, 740, 30)]), 1, 24, each=6, width=23)
            for at, row in enumerate(rows):
                put(canvas, 60 if len(row) < 20 else 80, 110 - 12 * at, row + (" " if at else "，以及若干其他同类项目" * 2), 8)

        layout = laid("a.pdf", pdf_of(draw))
        assert_in_order(layout, 1, 24)
        assert "岚国社会科学" not in layout.text and "零零二" not in layout.text and "某甲" not in layout.text
        assert any("岚国社会科学" in one for one in layout.notes)


def test_small_type_at_the_foot_that_is_no_note_stays_text() -> None:
    def draw(canvas: Any) -> None:
        filled(canvas, iter([(60, 740, 30), (320, 740, 30)]), 1, 24, each=6, width=23)
        put(canvas, 60, 110, "本文的数据为各县窗口二〇一九年的台账，由各县窗口的人员逐月汇总、上报并核对。", 8)

    assert "本文的数据为各县窗口" in laid("a.pdf", pdf_of(draw)).text
