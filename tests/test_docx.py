"""Word files: headings, tables, citations; hostile and damaged ones."""

import io

import pytest
from reading import laid, status_of, zipped


def test_a_docx_gives_headings_paragraphs_and_tables_in_order_without_citations() -> None:
    from docx import Document

    document = Document()
    document.add_heading("一、总体要求", 1)
    paragraph = document.add_paragraph("部门之间共享不足")
    paragraph.add_run("[1-3]").font.superscript = True
    paragraph.add_run("，流程脱节。")
    table = document.add_table(2, 2)
    for cell, words in zip((cell for row in table.rows for cell in row.cells), ("事项", "时限", "登记", "三日"), strict=True):
        cell.text = words
    document.add_paragraph("以上请遵照执行。")
    data = io.BytesIO()
    document.save(data)
    layout = laid("a.docx", data.getvalue())
    assert layout.text.split("\n") == [
        "一、总体要求",
        "部门之间共享不足，流程脱节。",
        "事项 | 时限",
        "登记 | 三日",
        "以上请遵照执行。",
    ]
    assert [block.kind for block in layout.blocks] == ["heading", "paragraph", "table", "table", "paragraph"]


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        (
            {"[Content_Types].xml": "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><Types/>", "word/document.xml": "<a/>"},
            "corrupt",
        ),
        ({"[Content_Types].xml": "no xml", "word/document.xml": "<a/>"}, "corrupt"),
        ({"[Content_Types].xml": "<Types/>", "word/document.xml": "a" * (30 << 20)}, "too_large"),
        ({"hello.txt": "hello"}, "corrupt"),
    ],
)
def test_hostile_and_damaged_docx_files_are_set_aside(parts: dict[str, bytes | str], status: str) -> None:
    assert status_of("a.docx", zipped(parts)) == status
