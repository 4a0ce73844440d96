"""Readers: small files made here, and real ones where they are at hand."""

import gzip
import io
import json
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import IngestSettings
from pipeline.ingest.clean import clean
from pipeline.ingest.encoding import encoding_of
from pipeline.ingest.layout import Layout, lay_out
from pipeline.ingest.parsed import Member, Parsed, SetAside
from pipeline.ingest.readers import CONTAINERS, DOCUMENTS, archive, format_of
from pipeline.ingest.readers.tables import EXCEL_CUT
from pipeline.segment.sentences import spans

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
real = pytest.mark.skipif(not CORPORA.is_dir(), reason="the real corpora are not beside the project")
PROSE = "窗口人员每天核对台账并把办件结果录入系统，遇到材料不齐的申请便逐项告知补正，随后再转交审批部门办理。"


def parsed(name: str, data: bytes, **settings: Any) -> Parsed:
    chosen = IngestSettings(**settings)
    return DOCUMENTS[format_of(name, data)](data, chosen, lambda *_: True)


def laid(name: str, data: bytes, **settings: Any) -> Layout:
    return lay_out(parsed(name, data, **settings))


def members(name: str, data: bytes, **settings: Any) -> list[Member]:
    return list(CONTAINERS[format_of(name, data)](data, IngestSettings(**settings)))


def status_of(name: str, data: bytes) -> str:
    with pytest.raises(SetAside) as why:
        found = format_of(name, data)
        list(CONTAINERS[found](data, IngestSettings())) if found in CONTAINERS else DOCUMENTS[found](
            data, IngestSettings(), lambda *_: True
        )
    assert len(str(why.value)) > 10
    return why.value.status


def zipped(files: dict[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return data.getvalue()


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def font() -> str:
    """A Chinese font for PDFs, which the PDF names but does not hold."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def pdf_of(draw: Callable[[Any], None], **options: Any) -> bytes:
    """A PDF drawn on an A4 canvas; points from the lower left corner."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data, pagesize=A4, **options)
    draw(canvas)
    canvas.save()
    return data.getvalue()


def put(canvas: Any, x: float, y: float, text: str, size: float = 10) -> None:
    canvas.setFont(font(), size)
    canvas.drawString(x, y, text)


def column(canvas: Any, x: float, top: float, text: str, width: int = 22, rows: int = 99, size: float = 10) -> str:
    """Draw a paragraph, indented by two characters unless it begins with …, and give back what did not fit."""
    rest, indent = text.removeprefix("…"), 0 if text.startswith("…") else 2
    for row in range(rows):
        length = width - (indent if row == 0 else 0)
        put(canvas, x + (indent * size if row == 0 else 0), top - 16 * row, rest[:length], size)
        rest = rest[length:]
        if not rest:
            return ""
    return "…" + rest


def two_columns(canvas: Any) -> None:
    for page in (1, 2):
        put(canvas, 220, 800, "岚国行政评论", 9)
        put(canvas, 290, 40, str(60 + page), 9)
        if page == 1:
            put(canvas, 200, 760, "窗口治理的三个难题", 18)
        start = "甲" + PROSE * 4 if page == 1 else two_columns.rest  # type: ignore[attr-defined]
        rest = column(canvas, 60, 700, start, rows=6)
        if page == 1:
            put(canvas, 60, 560, "*基金项目：岚国社会科学基金（编号：零零一）。", 8)
        two_columns.rest = column(canvas, 320, 700, rest or "乙" + PROSE * 3, rows=5)  # type: ignore[attr-defined]
        canvas.showPage()


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


# ── docx ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── html and Markdown ────────────────────────────────────────────────────────────────────────────────────────────────────

PAGE = f"""<html><head><meta charset="gb2312"><title>岚国政府网</title></head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/x">公开</a></li><li><a href="/y">互动</a></li></ul></div>
<table><tr><td>发文机关：</td><td>岚国政务院</td><td>成文日期：</td><td>2019年03月02日</td></tr>
<tr><td>标　　题：</td><td>关于规范窗口受理的通知</td><td>发文字号：</td><td>岚政发〔2019〕8号</td></tr></table>
<div><h1>关于规范窗口受理的通知</h1><p>各县：</p><p>{PROSE}</p><p>{PROSE[:20]}<sup>[1]</sup>等事项一并办理。</p>
<table><tr><td>事项</td><td>时限</td></tr><tr><td>登记</td><td>三日</td></tr></table><p>扫一扫在手机打开当前页</p></div>
<footer>版权所有</footer></body></html>"""


def test_a_web_page_gives_its_article_and_its_table_of_facts() -> None:
    found = parsed("a.html", PAGE.encode("gb18030"))
    text = lay_out(found).text
    assert PROSE in text
    assert "登记 | 三日" in text
    assert "等事项一并办理" in text
    assert not any(word in text for word in ("首页", "互动", "版权所有", "扫一扫", "[1]", "发文机关"))
    assert found.facts["doc_number"] == "岚政发〔2019〕8号"
    assert found.facts["issuers"] == "岚国政务院"


def test_what_stands_between_the_title_of_a_page_and_its_article_is_kept() -> None:
    text = "".join(f"<p>第{number}段说明各部门应当推进数据共享，按期报送目录。</p>" for number in range(6))
    head = "<h1>关于报送目录的通知</h1><p>岚数发〔2020〕63号</p><div><a href='#'>【大】</a> 打印 分享到：微博 朋友圈</div>"
    page = f"<html><body><nav>首页</nav><main>{head}<article>{text}</article></main></body></html>"
    lines = laid("a.html", page.encode()).text.split("\n")
    assert lines[:2] == ["关于报送目录的通知", "岚数发〔2020〕63号"] and lines[2].startswith("第0段")


def test_a_web_page_that_declares_the_wrong_encoding_is_read_all_the_same() -> None:
    assert PROSE in laid("a.html", PAGE.replace("gb2312", "utf-8").encode("gb18030")).text
    assert PROSE in laid("a.html", PAGE.encode("utf-8")).text


def test_a_form_around_the_whole_page_is_not_dropped() -> None:
    page = f"<html><body><form id='aspnetForm'><div><p>{PROSE}</p><p>{PROSE[::-1]}</p></div></form></body></html>"
    assert PROSE in laid("a.html", page.encode()).text
    searched = f"<html><body><p>{PROSE}</p><p>{PROSE[::-1]}</p><form>站内搜索</form></body></html>"
    assert "站内搜索" not in laid("a.html", searched.encode()).text


@pytest.mark.parametrize("charset", ["utf-16", "unicode_escape", "utf-7", "undefined", "punycode", "idna", "rot13"])
def test_a_charset_that_no_page_can_have_is_not_believed(charset: str) -> None:
    page = f"<html><head><meta charset='{charset}'></head><body><p>{PROSE}</p><p>{PROSE[::-1]}</p></body></html>"
    assert PROSE in laid("a.html", page.encode()).text


def test_a_web_table_that_is_called_xls_is_a_table_of_rows() -> None:
    rows = f"<tr><td>甲</td><td>{PROSE}<br>次行</td></tr><tr><td>乙</td><td>{PROSE}</td></tr>"
    page = f"<html><meta charset=gb2312><table><tr><th>标题</th><th><b>正文</b></th></tr>{rows}</table></html>"
    found = members("a.xls", page.encode("gb18030"))
    assert [member.name for member in found] == ["#2", "#3"]
    assert found[0].cells == {"标题": "甲", "正文": f"{PROSE}\n次行"}


def test_a_page_nested_too_deep_is_read_without_its_layout() -> None:
    deep = b"<html><body>" + b"<div>" * 100_000 + PROSE.encode() + b"</body></html>"
    found = parsed("a.html", deep)
    assert (found.status, [piece.text for piece in found.pieces]) == ("partial", [PROSE])


def test_markdown_gives_headings_lists_tables_and_front_matter() -> None:
    text = "---\ntitle: 窗口办法\n---\n# 窗口办法\n\n##一、总则\n\n各县**应当**共享<sup>[1]</sup>。\n\n- 甲\n- 乙\n\n|事项|时限|\n|-|-|\n|登记|三日|\n"
    found = parsed("a.md", text.encode())
    assert found.facts == {"title": "窗口办法"}
    assert [piece.text for piece in found.pieces] == [
        "窗口办法",
        "一、总则",
        "各县应当共享。",
        "甲",
        "乙",
        "事项 | 时限",
        "登记 | 三日",
    ]


def test_lists_and_quotes_are_read_however_deep() -> None:
    nested = "".join(f"{'  ' * level}- 第{level}层\n" for level in range(30))
    assert "第29层" in laid("a.md", nested.encode()).text
    quotes = parsed("a.md", f"前\n\n{'>' * 5000} 最深处\n\n后\n".encode())
    assert [piece.text for piece in quotes.pieces] == ["前", "最深处", "后"]
    assert quotes.status == "partial"


def test_marks_that_are_never_closed_take_no_time() -> None:
    for mark in ("<!--", "<sup>", "<a ", "[", "*a "):
        parsed("a.md", (mark * 20_000).encode())
    for mark in ("<", "<a", "<a ", "<style"):
        parsed("a.html", (mark * 20_000).encode())
    parsed("a.html", b"<" + b"a" * 300_000)


# ── plain text and encodings ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    assert laid("a.txt", PROSE.encode(encoding)).text == PROSE


def test_traditional_chinese_in_big5_is_read() -> None:
    text = "本會議討論市民服務窗口的資料共享問題，並要求各部門說明進度。"
    assert laid("a.txt", text.encode("big5")).text == text


@given(
    st.lists(st.sampled_from("各级部门要把窗口受理的台账按月汇总上报并及时核对差错，不得瞒报。"), min_size=20, max_size=200),
    st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be"]),
)
def test_the_encoding_of_chinese_is_found(letters: list[str], encoding: str) -> None:
    text = "".join(letters)
    assert text.encode(encoding).decode(encoding_of(text.encode(encoding))) == text


def test_one_pattern_of_sources_can_have_an_encoding_of_its_own() -> None:
    settings = IngestSettings(encodings={"old/*": "big5", "*.gbk.txt": "gbk"})
    assert settings.of("old/a/b.txt").encoding == "big5"
    assert settings.of("new/b.gbk.txt").encoding == "gbk"
    assert settings.of("new/b.txt").encoding is None
    with pytest.raises(ValueError, match="no such encoding"):
        IngestSettings(encodings={"*": "klingon"})


def test_invisible_and_private_characters_are_normalised_and_counted() -> None:
    found = parsed("a.txt", f"\u202e{PROSE}\x01\ue123\uf0b7".encode())
    assert found.notes == ["characters normalised: 1 NUL and other control, 1 bidirectional, 1 private-use"]
    layout = lay_out(found)
    assert layout.text == f"{PROSE}〓•"
    assert layout.notes[1:] == ["1 characters only their own font can show stand as 〓"]


def test_xml_is_read_when_it_is_a_web_page() -> None:
    page = f'<?xml version="1.0"?><!-- saved --><!DOCTYPE html><html><body><p>{PROSE}</p></body></html>'
    assert format_of("a.xml", page.encode()) == "html"
    assert status_of("a.xml", b'<?xml version="1.0"?><rss/>') == "unsupported"


def test_a_table_of_tabs_that_is_called_xls_is_read() -> None:
    assert [member.cells for member in members("a.xls", f"标题\t正文\n甲\t{PROSE}\n".encode("gbk"))] == [
        {"标题": "甲", "正文": PROSE}
    ]


def test_bytes_that_are_no_text_are_set_aside() -> None:
    assert status_of("a.txt", bytes(range(128, 256)) * 20) == "corrupt"
    assert status_of("a.txt", b"\x00 \r\n") == "empty"


def test_a_text_with_broken_bytes_is_partial() -> None:
    found = parsed("a.txt", PROSE.encode() * 30 + b"\xff" + PROSE.encode(), encoding="utf-8")
    assert found.status == "partial"


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── archives ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_names_from_chinese_windows_are_read() -> None:
    data = zipped({"AB.txt": b"a"}).replace(b"AB", "甲".encode("gbk"))
    assert [member.name for member in members("a.zip", data)] == ["!甲.txt"]


def test_an_archive_in_an_archive_is_a_member() -> None:
    found = members("a.zip", zipped({"b.zip": zipped({"c.txt": b"c"}), "__MACOSX/x": b"", "d/": b""}))
    assert [member.name for member in found] == ["!b.zip"]
    assert format_of("b.zip", found[0].data) == "zip"


def test_members_whose_names_lead_out_of_the_archive_are_not_read() -> None:
    found = members("a.zip", zipped({"../../a.txt": b"a", "/etc/b.txt": b"b", "C:\\c.txt": b"c", "d.txt": b"d"}))
    assert {member.name: (member.status, member.data) for member in found} == {
        "!../../a.txt": ("unsupported", b""), "!/etc/b.txt": ("unsupported", b""), "!C:/c.txt": ("unsupported", b""), "!d.txt": ("ok", b"d"),
    }  # fmt: skip


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as package:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            package.addfile(info, io.BytesIO(content))
    return data.getvalue()


@pytest.mark.parametrize(("name", "mode"), [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.xz", "w:xz")])
def test_the_files_of_a_tar_are_read_in_its_order(name: str, mode: str) -> None:
    found = members(name, tarred({"乙.txt": b"b", "../甲.txt": b"a"}, mode))
    assert [(member.name, member.status, member.data) for member in found] == [
        ("!乙.txt", "ok", b"b"),
        ("!../甲.txt", "unsupported", b""),
    ]


def test_the_one_file_of_a_gz_is_called_as_it_says() -> None:
    data = io.BytesIO()
    with gzip.GzipFile("办法.csv", "wb", fileobj=data) as file:
        file.write(b"a,b")
    assert [(member.name, member.data) for member in members("x.gz", data.getvalue())] == [("!content", b"a,b")]
    data = io.BytesIO()
    with gzip.GzipFile("rules.csv", "wb", fileobj=data) as file:
        file.write(b"a,b")
    assert [member.name for member in members("x.gz", data.getvalue())] == ["!rules.csv"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (gzip.compress(b"0" * (60 << 20)), "too_large"),
        (gzip.compress(PROSE.encode())[:40], "corrupt"),
        (tarred({"a.txt": PROSE.encode() * 50})[:700], "corrupt"),
        (tarred({"a.txt": b"0" * (60 << 20)}, "w:gz"), "too_large"),
    ],
)
def test_bombs_and_damaged_archives_are_set_aside(data: bytes, status: str) -> None:
    assert status_of("a.tar.gz", data) == status


def test_7z_and_rar_say_what_program_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_bsdtar", lambda: None)
    for name, start in (("a.7z", b"7z\xbc\xaf\x27\x1c"), ("a.rar", b"Rar!\x1a\x07")):
        with pytest.raises(SetAside, match="bsdtar") as why:
            members(name, start)
        assert why.value.status == "unsupported"


@pytest.mark.skipif(archive._bsdtar() is None, reason="no bsdtar here")
def test_a_7z_archive_is_read_by_bsdtar(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_bytes(b"a")
    subprocess.run([str(archive._bsdtar()), "-cf", "b.7z", "--format=7zip", "甲.txt"], cwd=tmp_path, check=True)
    data = (tmp_path / "b.7z").read_bytes()
    assert [(member.name, member.data) for member in members("b.7z", data)] == [("!甲.txt", b"a")]
    assert status_of("b.7z", data[:40]) == "corrupt"


def test_a_zip_bomb_is_not_unpacked() -> None:
    assert status_of("a.zip", zipped({"a.txt": b"0" * (60 << 20)})) == "too_large"


# ── real documents ───────────────────────────────────────────────────────────────────────────────────────────────────────


@real
def test_the_sentence_of_the_seed_paper_that_a_page_breaks_is_whole() -> None:
    layout = laid("a.txt", next((CORPORA / "seed-paper").glob("*.txt")).read_bytes())
    assert "通过技术与制度" in layout.text
    assert any(note.startswith("第一作者简介") for note in layout.notes)
    assert sum(kind == "reference" for _, _, kind in spans(layout.text, layout.blocks)) == 14
    assert "<sup>" not in layout.text


@real
def test_every_nasty_file_ends_in_a_document_or_a_status() -> None:
    for path in sorted((CORPORA / "nasty-formats").iterdir()):
        data = path.read_bytes()
        try:
            layout = laid(path.name, data)
        except SetAside as why:
            assert why.status in ("empty", "encrypted", "corrupt", "unsupported"), path.name
            continue
        assert layout.text.strip(), path.name
        assert "\ufffd" not in layout.text, path.name


@real
def test_the_paper_whose_text_layer_is_rubbish_is_found_and_the_others_are_read() -> None:
    statuses = {}
    for path in (CORPORA / "papers-pdf").glob("*.[pc][da][fj]"):
        try:
            statuses[path.name] = parsed(path.name, path.read_bytes()).status
        except SetAside as why:
            statuses[path.name] = why.status
    assert {name for name, status in statuses.items() if status != "ok"} == {"知识库实体对齐技术综述.pdf"}


@real
def test_a_two_column_paper_has_its_sentences_across_columns_and_pages() -> None:
    layout = laid("a.pdf", next((CORPORA / "papers-pdf").glob("电子政务2022*.pdf")).read_bytes())
    assert all(words in layout.text for words in ("本文旨在介绍数字生态指数", "尚无能力驱动型城市，距离", "数字政府旨在"))
    found = spans(layout.text, layout.blocks)
    assert sum(kind == "reference" for _, _, kind in found) == 19
    assert all(a[1] <= b[0] for a, b in pairwise(found))


@real
def test_one_text_in_three_formats_gives_the_same_sentences() -> None:
    sentences = []
    for path in sorted((CORPORA / "policy-one-text-three-formats").iterdir()):
        if path.suffix in (".docx", ".pdf"):
            layout = laid(path.name, path.read_bytes())
            sentences.append(
                {
                    "".join(layout.text[a:b].split())
                    for a, b, kind in spans(layout.text, layout.blocks)
                    if kind in ("sentence", "item")
                }
            )
    assert len(sentences[0] & sentences[1]) > 0.9 * len(sentences[0])


def test_characters_of_a_font_of_its_own_are_marked_as_missing() -> None:
    assert clean("\uf0b7 推进\ue010共享\U000f1234") == "• 推进〓共享〓"
