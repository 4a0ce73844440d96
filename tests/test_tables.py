"""Tables with a row a document, and what cannot be read."""

import io
import json
from typing import Any

import pytest
from reading import PROSE, members, pdf_of, status_of, zipped

from pipeline.ingest.readers import format_of
from pipeline.ingest.readers.tables import EXCEL_CUT


def workbook(*rows: list[Any]) -> bytes:
    import xlsxwriter

    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return data.getvalue()


def test_rows_of_a_workbook_are_named_as_excel_numbers_them() -> None:
    found = members(
        "a.xlsx", workbook(["政策汇总表"], [], ["标题", "正文", "发布日期", "文号"], ["甲", PROSE, "2019-03-02", 7.0])
    )
    assert [member.name for member in found] == ["#4"]
    assert found[0].columns == {"title": "标题", "text": "正文", "published": "发布日期", "doc_number": "文号"}
    assert found[0].cells == {"标题": "甲", "正文": PROSE, "发布日期": "2019-03-02", "文号": "7"}


def test_english_headers_are_found_whatever_their_case() -> None:
    found = members("a.csv", f"Policy Title,Policy Content,Release Time\n甲,{PROSE},2019\n".encode())
    assert found[0].columns == {"title": "Policy Title", "text": "Policy Content", "published": "Release Time"}


@pytest.mark.parametrize(("encoding", "delimiter"), [("gb18030", ","), ("utf-8-sig", ";"), ("utf-16", "\t")])
def test_a_csv_is_read_with_its_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    data = f'标题{delimiter}正文\n甲{delimiter}"首行\n{PROSE}"\n'.encode(encoding)
    assert [member.cells for member in members("a.csv", data)] == [{"标题": "甲", "正文": f"首行\n{PROSE}"}]


def test_the_longest_column_of_prose_is_the_text_when_no_name_tells_and_it_is_said() -> None:
    found = members("a.csv", f"序,说明\n1,{PROSE}\n".encode())
    assert found[0].columns["text"] == "说明"
    assert "ingest.columns" in found[0].remark


def test_numbers_links_and_names_are_no_documents() -> None:
    for table in ("1,2,3\n4,5,6\n", f"题名,网址\n甲,http://example.org/{'x' * 80}\n", "题名,关键词\n甲,窗口;数据\n"):
        assert status_of("a.csv", table.encode()) == "unsupported"


def test_a_table_without_text_is_one_row_and_its_neighbour_is_read() -> None:
    from xlsxwriter import Workbook

    data = io.BytesIO()
    with Workbook(data, {"in_memory": True}) as book:
        for name, header in (("目录", "题名"), ("全文", "正文")):
            sheet = book.add_worksheet(name)
            sheet.write_column(0, 0, [header, *(["甲"] if header == "题名" else [PROSE])])
    found = members("a.xlsx", data.getvalue())
    assert [(member.name, member.status) for member in found] == [("#目录", "unsupported"), ("#全文!2", "ok")]


def test_a_header_of_the_settings_that_a_table_does_not_have_is_named() -> None:
    found = members("a.csv", f"标题,正文\n甲,{PROSE}\n".encode(), columns={"authors": "起草人"})
    assert found[0].remark.startswith("no column '起草人', which ingest.columns names")


def test_a_table_without_dates_says_so_once() -> None:
    assert members("a.csv", f"标题,正文\n甲,{PROSE}\n".encode())[0].remark.startswith("no column with a date")
    assert members("a.csv", f"标题,发文日期,正文\n甲,2021-03-05,{PROSE}\n".encode())[0].remark == ""


def test_a_row_with_more_cells_than_the_header_is_partial() -> None:
    found = members("a.csv", f"标题,正文\n甲,{PROSE},{PROSE}\n乙,{PROSE},\n".encode())
    assert [(member.status, "1 more cells" in member.reason) for member in found] == [("partial", True), ("ok", False)]


def test_a_stray_quotation_mark_that_swallows_rows_is_named() -> None:
    rows = "".join(f"题{number},{PROSE}\n" for number in range(9))
    found = members("a.csv", f'标题,正文\n甲,"{PROSE}\n{rows}'.encode())
    assert [member.status for member in found] == ["partial"]
    assert "stray quotation mark" in found[0].reason


def test_a_line_above_the_header_is_no_header_and_a_table_may_have_none() -> None:
    found = members("a.csv", f"报表,2021\n标题,正文\n甲,{PROSE}\n".encode())
    assert [member.cells for member in found] == [{"标题": "甲", "正文": PROSE}]
    bare = members("a.csv", f"2021-03-05,{PROSE}\n2021-03-06,{PROSE * 2}\n".encode())
    assert [(member.name, member.columns["text"]) for member in bare] == [("#1", "column 2"), ("#2", "column 2")]


def test_every_list_of_a_json_file_is_read_and_a_deep_item_costs_nothing() -> None:
    lists = {"data": [{"content": PROSE}], "more": [{"content": PROSE}]}
    assert [member.name for member in members("a.json", json.dumps(lists).encode())] == ["#data!1", "#more!1"]
    deep = f'[{{"content": "{PROSE}"}}, {{"content": {"[" * 600}"底"{"]" * 600}}}]'
    assert [(member.cells or {})["content"] for member in members("a.json", deep.encode())] == [PROSE, "底"]


def test_lines_of_a_jsonl_file_are_rows_and_one_that_is_no_json_is_kept() -> None:
    found = members("a.jsonl", f'{{"title": "甲", "content": "{PROSE}"}}\n不是\n'.encode())
    assert [(member.name, list(member.cells or {})) for member in found] == [("#1", ["title", "content"]), ("#2", ["\ufffd"])]
    assert found[0].columns["text"] == "content"


def test_a_json_file_is_one_document_or_the_list_in_it() -> None:
    law = {"法規名稱": "窗口條例", "法規內容": [{"條號": "第 1 條", "條文": "本條例適用於窗口。"}]}
    assert [member.cells for member in members("a.json", json.dumps(law).encode())] == [
        {"法規名稱": "窗口條例", "法規內容": "第 1 條\n本條例適用於窗口。"}
    ]
    rows = {"total": 2, "data": [{"content": "甲"}, {"content": "乙"}]}
    assert [member.cells for member in members("a.json", json.dumps(rows).encode())] == [{"content": "甲"}, {"content": "乙"}]


def test_parquet_rows_are_read() -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = io.BytesIO()
    pq.write_table(pa.table({"标题": ["甲"], "正文": [PROSE]}), data)
    assert members("a.parquet", data.getvalue())[0].cells == {"标题": "甲", "正文": PROSE}


def test_excel_cuts_where_it_is_said_to() -> None:
    found = members("a.xlsx", workbook(["标题", "正文"], ["甲", "文" * EXCEL_CUT]))
    assert len((found[0].cells or {})["正文"]) == EXCEL_CUT


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("a.xlsx", zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<a/>"}), "corrupt"),
        ("a.xlsx", workbook(), "empty"),
        ("a.parquet", b"PAR1" + b"x" * 60 + b"PAR1", "corrupt"),
        ("a.xlsx", b"hello", "corrupt"),
        ("a.docx", b"", "empty"),
        ("a.caj", b"CAJ\x00\x01", "unsupported"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "unsupported"),
        ("a.png", b"\x89PNG\r\n", "unsupported"),
        ("a.zip", b"PK\x03\x04broken", "corrupt"),
    ],
)
def test_what_cannot_be_read_is_set_aside_with_a_status(name: str, data: bytes, status: str) -> None:
    assert status_of(name, data) == status


def test_the_first_bytes_tell_the_format_not_the_name() -> None:
    assert format_of("a.caj", pdf_of(lambda canvas: None)) == "pdf"
    assert format_of("a.txt", b"<!DOCTYPE html><p>a</p>") == "html"
    assert format_of("a", b"hello") == "txt"
