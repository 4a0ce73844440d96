"""PDF files: columns, notes, broken words, text layers that are none, damage."""

from typing import Any

import pytest
from reading import PROSE, column, laid, parsed, pdf_of, put, status_of, two_columns

from pipeline.ingest.parsed import SetAside


def test_two_columns_are_read_one_after_the_other_without_margins_and_notes() -> None:
    layout = laid("a.pdf", pdf_of(two_columns))
    assert "甲" + PROSE * 4 in layout.text
    assert layout.text.startswith("窗口治理的三个难题\n")
    assert "岚国行政评论" not in layout.text
    assert not any(number in layout.text for number in ("61", "62"))
    assert "基金项目" not in layout.text
    assert any("基金项目" in note for note in layout.notes)


def test_a_wide_table_below_two_columns_is_read_row_by_row() -> None:
    def draw(canvas: Any) -> None:
        for x in (60, 320):
            column(canvas, x, 760, ("丙" if x == 60 else "丁") + PROSE * 3)
        put(canvas, 260, 600, "表1 三县窗口人员")
        for row, cells in enumerate(
            (("县名", "人数", "年份", "备注"), ("青渡县", "12", "2019", "试点"), ("白石县", "8", "2020", "推开"))
        ):
            for x, cell in zip((80, 200, 320, 440), cells, strict=True):
                put(canvas, x, 570 - 20 * row, cell)

    lines = laid("a.pdf", pdf_of(draw)).text.split("\n")
    assert lines[0] == "丙" + PROSE * 3
    assert lines[1] == "丁" + PROSE * 3
    assert lines[-2:] == ["青渡县 | 12 | 2019 | 试点", "白石县 | 8 | 2020 | 推开"]


def test_single_characters_in_a_font_the_pdf_does_not_hold_are_not_lost() -> None:
    def draw(canvas: Any) -> None:
        for at, letter in enumerate("知识图谱二〇一九年五月提出"):
            put(canvas, 60 + 10 * at, 700, letter)

    assert laid("a.pdf", pdf_of(draw)).text == "知识图谱二〇一九年五月提出"


def test_references_at_the_foot_of_a_page_are_no_footnotes() -> None:
    def draw(canvas: Any) -> None:
        column(canvas, 60, 760, PROSE * 4, width=40)
        put(canvas, 60, 600, "参考文献", 12)
        for row in range(4):
            put(canvas, 60, 570 - 14 * row, f"[{row + 1}] 某甲. 窗口治理[J]. 虚构学报, 2019({row + 1}): 1-9.", 8)

    assert [block.kind for block in laid("a.pdf", pdf_of(draw)).blocks] == ["paragraph", "heading", *["reference"] * 4]


def test_a_word_broken_by_a_hyphen_is_whole() -> None:
    def draw(canvas: Any) -> None:
        canvas.setFont("Helvetica", 10)
        for row, line in enumerate(
            ["The counters of this town have a long and well recorded admin-", "istrative history of their own."]
        ):
            canvas.drawString(60, 700 - 14 * row, line)

    assert "administrative history" in laid("a.pdf", pdf_of(draw)).text


def test_a_rubbish_text_layer_is_found() -> None:
    def draw(canvas: Any) -> None:
        canvas.setFont("Helvetica", 10)
        for row in range(20):
            canvas.drawString(60, 700 - 14 * row, "#%&* !+~ $@^ ?/<> =;| {}" * 2)
        canvas.drawString(60, 300, "x")

    assert status_of("a.pdf", pdf_of(draw)) == "corrupt"


def test_a_pdf_without_text_asks_for_ocr() -> None:
    with pytest.raises(SetAside, match="OCR"):
        parsed("a.pdf", pdf_of(lambda canvas: canvas.rect(60, 60, 300, 300, fill=1)))


def test_an_encrypted_pdf_is_named_so() -> None:
    assert status_of("a.pdf", pdf_of(lambda canvas: put(canvas, 60, 700, PROSE), encrypt="secret")) == "encrypted"


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.7\n" + b"x" * 500, pdf_of(lambda canvas: None)[:200]])
def test_a_damaged_pdf_is_corrupt(data: bytes) -> None:
    assert status_of("a.pdf", data) == "corrupt"


def test_pages_that_there_is_no_time_for_make_a_pdf_partial() -> None:
    def draw(canvas: Any) -> None:
        for _ in range(3):
            put(canvas, 60, 700, PROSE[:40])
            canvas.showPage()

    found = parsed("a.pdf", pdf_of(draw), max_pages=1)
    assert (found.status, found.n_pages) == ("partial", 3)
    assert "2 of 3 pages" in found.reason
