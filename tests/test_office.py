"""Word processors and OFD: files made here part by part, and one letter in five formats where it is at hand."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pipeline import doctor
from pipeline.config import HOME, IngestSettings
from pipeline.ingest.layout import Layout, lay_out
from pipeline.ingest.parsed import Parsed, SetAside
from pipeline.ingest.readers import DOCUMENTS, format_of, office
from pipeline.ingest.readers.numerals import numeral
from pipeline.report.words import reasoned

LETTERS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "nasty-formats"
real = pytest.mark.skipif(not LETTERS.is_dir(), reason="the real corpora are not beside the project")
libreoffice = pytest.mark.skipif(not any(map(shutil.which, office.OFFICE)), reason="LibreOffice is not installed")
PROSE = "窗口人员每天核对台账并把办件结果录入系统，遇到材料不齐的申请便逐项告知补正。"
_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="urn:wps" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:dgm="urn:dgm"'
)
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATED = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def parsed(name: str, data: bytes, **settings: Any) -> Parsed:
    return DOCUMENTS[format_of(name, data)](data, IngestSettings(**settings), lambda: True)


def laid(name: str, data: bytes) -> Layout:
    return lay_out(parsed(name, data))


def zipped(parts: dict[str, Any]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return data.getvalue()


def word(body: str, **parts: str) -> bytes:
    """A docx with this body; the other parts (styles, numbering, footnotes …) by their names."""
    links = "".join(f'<Relationship Id="{n}" Type="{_KINDS}/{n.rstrip("1")}" Target="{n}.xml"/>' for n in parts)
    inner = {
        f"word/{name}.xml": f"<w:{name.rstrip('1')} {_NAMES}>{content}</w:{name.rstrip('1')}>" for name, content in parts.items()
    }
    return package(body, links, inner)


def package(body: str, links: str, inner: dict[str, Any]) -> bytes:
    main = f'<Relationship Id="a" Type="{_KINDS}/officeDocument" Target="word/document.xml"/>'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": _RELATED.format(main),
            "word/_rels/document.xml.rels": _RELATED.format(links),
            "word/document.xml": f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>",
        }
        | inner
    )


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def numbered(text: str, level: int, number: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def level(at: int, style: str, text: str, more: str = "") -> str:
    start = f'<w:start w:val="1"/><w:numFmt w:val="{style}"/>'
    return f'<w:lvl w:ilvl="{at}">{start}{more}<w:lvlText w:val="{text}"/></w:lvl>'


def lists(*levels: str, more: str = "") -> str:
    first = '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    return f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>{first}{more}'


def lines(data: bytes) -> list[str]:
    return laid("a.docx", data).text.split("\n")


# ── automatic numbers ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("style", "number", "written"),
    [
        ("decimal", 12, "12"), ("chineseCounting", 10, "十"), ("chineseCountingThousand", 12, "十二"),
        ("chineseCountingThousand", 105, "一百零五"), ("japaneseCounting", 21, "二十一"), ("chineseCountingThousand", 1010, "一千零一十"),
        ("chineseLegalSimplified", 12, "壹拾贰"), ("ideographTraditional", 3, "丙"), ("ideographZodiac", 12, "亥"),
        ("ideographDigital", 10, "一〇"), ("upperLetter", 27, "AA"), ("lowerRoman", 14, "xiv"), ("decimalEnclosedCircle", 21, "㉑"),
        ("decimalZero", 3, "03"), ("ordinal", 12, "12th"), ("bullet", 3, ""), ("none", 3, ""), ("unheardOf", 3, "3"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_word_writes_them(style: str, number: int, written: str) -> None:
    assert numeral(number, style) == written


def test_numbers_that_stand_in_no_text_are_counted_level_by_level() -> None:
    numbering = lists(
        level(0, "chineseCounting", "%1、"), level(1, "japaneseCounting", "（%2）"), level(2, "decimal", "%1.%2.%3", "<w:isLgl/>")
    )
    body = [("总体要求", 0), ("报送", 1), ("公布", 1), ("按月公布", 2), ("保障措施", 0), ("经费", 1)]
    found = lines(word("".join(numbered(text, at) for text, at in body), numbering=numbering))
    assert found == ["一、总体要求", "（一）报送", "（二）公布", "1.2.1 按月公布", "二、保障措施", "（一）经费"]


def test_articles_go_on_through_chapters_where_their_level_never_restarts() -> None:
    numbering = lists(level(0, "chineseCounting", "第%1章"), level(1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>'))
    found = lines(word("".join(numbered("窗口", at) for at in (0, 1, 1, 0, 1)), numbering=numbering))
    assert found == ["第一章 窗口", "第一条 窗口", "第二条 窗口", "第二章 窗口", "第三条 窗口"]


def test_a_list_with_an_override_begins_anew_and_another_list_of_the_same_kind_goes_on() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    more = f'<w:num w:numId="2"><w:abstractNumId w:val="7"/>{override}</w:num><w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>'
    body = "".join(numbered("甲", 0, number) for number in (1, 1, 2, 2, 3, 0))
    assert lines(word(body, numbering=lists(level(0, "decimal", "%1."), more=more))) == [
        "1. 甲",
        "2. 甲",
        "1. 甲",
        "2. 甲",
        "3. 甲",
        "甲",
    ]


def test_styles_number_their_paragraphs_and_tell_headings_in_both_languages() -> None:
    def style(name: str, shown: str, more: str = "") -> str:
        return f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{shown}"/>{more}</w:style>'

    number = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = (
        style("1", "heading 1", number)
        + style("2", "我的样式", '<w:basedOn w:val="1"/>')
        + style("3", "标题 2")
        + style("4", "公文标题")
    )
    numbering = lists(level(0, "chineseCounting", "%1、", '<w:pStyle w:val="1"/>'))
    named = [("窗口办法", "4"), ("总则", "1"), ("附则", "2"), ("细则", "3")]
    body = (
        "".join(p(text, f'<w:pStyle w:val="{name}"/>') for text, name in named)
        + p("目的", '<w:outlineLvl w:val="2"/>')
        + p(PROSE)
    )
    layout = laid("a.docx", word(body, styles=styles, numbering=numbering))
    assert layout.text.split("\n") == ["窗口办法", "一、总则", "二、附则", "细则", "目的", PROSE]
    assert [block.kind for block in layout.blocks] == ["heading"] * 5 + ["paragraph"]


def test_styles_and_lists_that_name_each_other_in_a_ring_end() -> None:
    styles = '<w:style w:styleId="1"><w:name w:val="a"/><w:basedOn w:val="1"/></w:style>'
    numbering = lists(level(0, "decimal", "%9.%1"), more='<w:num w:numId="2"><w:abstractNumId w:val="99"/></w:num>')
    body = p("甲", '<w:pStyle w:val="1"/>') + numbered("乙", 0) + numbered("丙", 77, 2)
    assert lines(word(body, styles=styles, numbering=numbering)) == ["甲", "1.1 乙", "丙"] or lines(word(body)) == [
        "甲",
        "乙",
        "丙",
    ]


# ── what is text and what is not ─────────────────────────────────────────────────────────────────────────────────────────


def field(instruction: str, result: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    words = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return mark.format("begin") + words + mark.format("separate") + result + mark.format("end")


def test_deleted_hidden_and_generated_words_are_left_out_and_inserted_ones_are_read() -> None:
    body = f"<w:p>{r('各县')}<w:del>{r('不')}</w:del><w:ins>{r('应当')}</w:ins><w:moveFrom>{r('旧')}</w:moveFrom>{r('密', '<w:vanish/>')}"
    shown = "<w:vanish w:val='0'/>"
    body += f"{r('共享', shown)}{field(' PAGE ', r('7'))}{field(' REF a ', r('目录'))}</w:p>"
    body += f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('前半')}</w:p>{p('后半')}"
    assert lines(word(body)) == ["各县应当共享目录", "前半后半"]


def test_a_table_of_contents_is_left_out_with_its_heading_but_not_what_follows_a_broken_one() -> None:
    start = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    contents = p("目 录") + f"<w:p>{start}{r('一、总则 1')}</w:p><w:p>{r('二、附则 2')}{end}</w:p>"
    assert lines(word(contents + p("一、总则"))) == ["一、总则"]
    assert PROSE in lines(word(contents.replace(end, "") + p(PROSE)))


def test_text_boxes_stand_once_and_break_no_paragraph() -> None:
    inner = f"<w:txbxContent>{p('岚国政务院文件')}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice><wps:x>{inner}</wps:x></mc:Choice><mc:Fallback><v:textbox>{inner}</v:textbox></mc:Fallback></mc:AlternateContent>"
    art = '<w:r><w:pict><v:textpath string="岚政发"/></w:pict></w:r>'
    body = f"<w:p><w:r>{both}</w:r>{r('各县：')}</w:p><w:p>{r('窗口')}{art}{r('受理')}</w:p>"
    assert lines(word(body)) == ["岚国政务院文件", "各县：", "窗口受理", "岚政发"]


def test_notes_headers_and_footers_are_no_text_but_kept() -> None:
    note = f'<w:footnote w:type="separator" w:id="0">{p("线")}</w:footnote><w:footnote w:id="1">{p("见岚国统计。")}</w:footnote>'
    body = f'<w:p>{r(PROSE)}<w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    layout = laid(
        "a.docx",
        word(body, footnotes=note, header1=p("岚国政务院公报"), footer1=f"<w:p>{r('第')}{field('PAGE', r('3'))}{r('页')}</w:p>"),
    )
    assert (layout.text, layout.notes) == (PROSE, ["岚国政务院公报", "见岚国统计。"])


def test_merged_cells_stand_once_and_a_cell_with_an_article_is_no_cell() -> None:
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    merged = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + p("登记")
    table = row(p("事项"), p("时限")) + row(merged, p("三日")) + row("<w:tcPr><w:vMerge/></w:tcPr>" + p(""), p("五日"))
    nested = row(p("附表"), f"<w:tbl>{row(p('甲'), p('乙'))}</w:tbl>{p('')}")
    found = laid(
        "a.docx", word(f"<w:tbl>{table}</w:tbl>{p(PROSE)}<w:tbl>{nested}</w:tbl><w:tbl>{row(p(PROSE) + p(PROSE))}</w:tbl>")
    )
    assert found.text.split("\n") == ["事项 | 时限", "登记 | 三日", "五日", PROSE, "附表", "甲 | 乙", PROSE, PROSE]


def test_a_heading_that_a_soft_break_fits_in_is_one_and_lines_of_a_paragraph_are_several() -> None:
    broken = "<w:r><w:t>关于窗口</w:t><w:br/><w:t>受理的通知</w:t></w:r>"
    body = f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{broken}</w:p><w:p>{broken}</w:p>'
    assert lines(word(body)) == ["关于窗口受理的通知", "关于窗口", "受理的通知"]


def with_parts(body: str, parts: dict[str, bytes | str]) -> bytes:
    """A docx whose body names these parts by their names."""
    links = "".join(f'<Relationship Id="{name}" Type="{_KINDS}/any" Target="{name}"/>' for name in parts)
    return package(body, links, {f"word/{name}": content for name, content in parts.items()})


def test_documents_inside_a_docx_stand_where_they_were_put_in() -> None:
    page = f"<html><body><p>{PROSE}</p><p>{PROSE[::-1]}</p></body></html>"
    body = p("第一部分") + '<w:altChunk r:id="a.html"/>' + p("第二部分") + '<w:altChunk r:id="b.docx"/>' + p("第三部分")
    body += '<w:altChunk r:id="c.txt"/>' + p("完") + '<w:altChunk r:id="none"/>'
    data = with_parts(body, {"a.html": page, "b.docx": word(p("各县应当共享目录。")), "c.txt": "联系人：甲"})
    found = parsed("a.docx", data)
    assert lay_out(found).text.split("\n") == [
        "第一部分", PROSE, PROSE[::-1], "第二部分", "各县应当共享目录。", "第三部分", "联系人：甲", "完",
    ]  # fmt: skip
    assert (found.status, found.reason) == ("ok", "")


def test_a_document_inside_that_cannot_be_read_is_told_and_the_others_are_read() -> None:
    inmost = with_parts(p("中层") + '<w:altChunk r:id="a.docx"/>', {"a.docx": word(p("里层"))})
    body = p(PROSE) + "".join(f'<w:altChunk r:id="{name}"/>' for name in ("a.docx", "b.xlsx", "c.html", "c.html"))
    found = parsed("a.docx", with_parts(body, {"a.docx": inmost, "b.xlsx": "x", "c.html": f"<html><p>{PROSE[1:]}</p></html>"}))
    assert lay_out(found).text.split("\n") == [PROSE, "中层", PROSE[1:]]
    assert found.status == "partial" and found.reason.startswith("a document inside it is left out or read in part; ")
    assert "no reader for .docx files" in found.reason and "not a xlsx file" in found.reason
    assert reasoned(found.reason)["zh"].startswith("其中的文件没有读")


def test_what_unpacks_to_too_much_inside_a_docx_is_left_out() -> None:
    found = parsed("a.docx", with_parts(p(PROSE) + '<w:altChunk r:id="a.txt"/>', {"a.txt": "零" * (18 << 20)}))
    assert (lay_out(found).text, found.status) == (PROSE, "partial")
    assert "unpacks to more than 50 MB; split it" in found.reason


def test_the_words_of_a_diagram_stand_at_its_place_in_its_order() -> None:
    def point(key: str, words: str, kind: str = "node") -> str:
        lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in words.split("|"))
        return f'<dgm:pt modelId="{key}" type="{kind}"><dgm:t>{lines}</dgm:t></dgm:pt>'

    points = point("4", "第二步：汇总") + point("2", "第一步：|登记") + point("3", "窗口") + point("1", "", "doc")
    points += point("5", "画", "pres") + point("6", "另有")
    links = [("1", "4", 1, ""), ("1", "2", 0, ""), ("2", "3", 0, ""), ("3", "1", 0, ""), ("1", "5", 0, 'type="presOf"')]
    drawn = "".join(f'<dgm:cxn srcId="{a}" destId="{b}" srcOrd="{at}" {more}/>' for a, b, at, more in links)
    data = f'<dgm:dataModel xmlns:dgm="d" xmlns:a="a"><dgm:ptLst>{points}</dgm:ptLst><dgm:cxnLst>{drawn}</dgm:cxnLst></dgm:dataModel>'
    smart = '<w:r><w:drawing><graphicData><dgm:relIds r:dm="d.xml"/></graphicData></w:drawing></w:r>'
    body = f"<w:p>{r('流程如下：')}{smart}</w:p>{p('以上请执行。')}<w:p>{smart}</w:p>"
    assert lines(with_parts(body, {"d.xml": data})) == [
        "流程如下：", "第一步： 登记", "窗口", "第二步：汇总", "另有", "以上请执行。",
    ]  # fmt: skip
    assert lines(with_parts(body, {"d.xml": "<broken"})) == ["流程如下：", "以上请执行。"]


def test_content_controls_are_read_but_not_what_they_ask_to_fill_in() -> None:
    def control(content: str, properties: str = "") -> str:
        return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    empty = "<w:showingPlcHdr/>"
    cells = f"<w:tc>{p('姓名')}</w:tc>" + control(f"<w:tc>{p('甲')}</w:tc>")
    table = "<w:tbl>" + control(f"<w:tr>{cells}</w:tr>") + "</w:tbl>"
    body = f"<w:p>{r('编号')}{control(r('三'))}{control(r('单击此处输入'), empty)}{r('号')}</w:p>"
    body += (
        control(p("各县：")) + control(p("单击此处输入文字。"), empty) + control(p("窗口受理。"), '<w:showingPlcHdr w:val="0"/>')
    )
    assert lines(word(body + table)) == ["编号三号", "各县：", "窗口受理。", "姓名 | 甲"]


def test_a_docx_with_damaged_xml_gives_what_stands_before_the_damage_and_says_so() -> None:
    data = word(p(PROSE) + "<w:p><w:r></w:p>")
    found = parsed("a.docx", data)
    assert (found.status, lay_out(found).text) == ("partial", PROSE)


# ── programs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def rtf(text: str) -> bytes:
    return ("{\\rtf1\\ansi " + "".join(f"\\u{ord(letter)}?" if letter != "\n" else "\\par " for letter in text) + "}").encode()


@libreoffice
@pytest.mark.parametrize("suffix", ["rtf", "doc"])
def test_what_libreoffice_reads_is_read(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = parsed(f"a.{suffix}", rtf(f"关于窗口受理的通知\n{PROSE}"))
    assert (found.format, lay_out(found).text) == ("rtf", f"关于窗口受理的通知\n{PROSE}")
    assert not list(tmp_path.iterdir()), "something was left behind"


@libreoffice
def test_noise_under_the_name_of_an_old_document_is_no_text() -> None:
    noise = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(range(256)) * 20
    with pytest.raises(SetAside) as why:
        parsed("a.doc", noise)
    assert why.value.status in ("corrupt", "crashed")


@pytest.mark.skipif(shutil.which("sleep") is None, reason="there is no program sleep")
def test_a_program_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_GRACE", 0)
    with pytest.raises(SetAside, match="longer") as why:
        office._run(["sleep", "60"], tmp_path / "said", IngestSettings(seconds_per_file=0.1))
    assert why.value.status == "timeout"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGXCPU"])
def test_nothing_that_a_program_has_started_outlives_its_reader(number: str, tmp_path: Path) -> None:
    alive, made = tmp_path / "alive", tmp_path / "made"
    os.mkfifo(alive)
    made.mkdir()
    (tmp_path / "soffice").write_text(f"#!/bin/sh\nexec 3> '{alive}'\n(sleep 300 & echo up >&3; wait)\n")  # sleep is a grandchild
    (tmp_path / "soffice").chmod(0o755)
    (tmp_path / "a.rtf").write_bytes(rtf(PROSE))
    request = {"path": str(tmp_path / "a.rtf"), "source": "a.rtf", "settings": {}, "skip": 0, "seconds": 600}
    changed = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(made)}
    command = [sys.executable, "-P", "-m", "pipeline.ingest.child"]
    reading = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HOME, env=os.environ | changed) as reader:
        assert reader.stdin
        reader.stdin.write(json.dumps(request).encode() + b"\n")
        reader.stdin.flush()
        assert _gives(reading, b"up\n", 60) and list(made.iterdir())
        reader.send_signal(getattr(signal, number))
    assert _gives(reading, b"", 10), "what holds the pipe open has ended"
    until = time.monotonic() + 10
    while list(made.iterdir()) and time.monotonic() < until:
        time.sleep(0.02)
    assert not list(made.iterdir()), "its folder is left behind"
    os.close(reading)


def _gives(pipe: int, wanted: bytes, seconds: float) -> bool:
    """Whether these bytes come out of a pipe in time; none come only where nobody holds its other end open."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(BlockingIOError):
            if os.read(pipe, 100) == wanted:
                return True
        time.sleep(0.02)
    return False


def test_without_a_program_the_line_that_installs_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SetAside, match="apt-get install libreoffice-writer-nogui") as why:
        parsed("a.rtf", rtf(PROSE))
    assert why.value.status == "unsupported"
    row = next(row for row in doctor.checks() if row["check"].startswith("doc,"))
    assert (row["state"], "apt-get" in row["note"]) == ("optional", True)


@real
@pytest.mark.parametrize("program", ["antiword", "catdoc"])
def test_small_programs_read_a_doc_in_part(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    monkeypatch.setattr(shutil, "which", lambda name: path if name == program else None)
    found = parsed("a.doc", (LETTERS / "test.doc").read_bytes())
    assert found.status == "partial" and program in found.reason
    assert "各有关单位：" in lay_out(found).text


# ── OFD ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ofd(*pages: str) -> bytes:
    name = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    parts = {
        "OFD.xml": f"<ofd:OFD {name}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {name}><ofd:CommonData>{area}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for n, page in enumerate(pages):
        layer = f"<ofd:Content><ofd:Layer>{page}</ofd:Layer></ofd:Content>"
        parts[f"Doc_0/Pages/Page_{n}/Content.xml"] = f"<ofd:Page {name}>{layer}</ofd:Page>"
    return zipped(parts)


def drawn(text: str, x: float, y: float, size: float = 5, more: str = "") -> str:
    code = f'<ofd:TextCode X="0" Y="{size}" DeltaX="g {len(text) - 1} {size}">{text}</ofd:TextCode>'
    return f'<ofd:TextObject Boundary="{x} {y} {len(text) * size} {size}" Size="{size}" {more}>{code}</ofd:TextObject>'


def test_an_ofd_is_read_by_the_places_of_its_characters_page_by_page() -> None:
    head = drawn("受理的通知", 115, 40, 8) + drawn("关于窗口", 83, 40, 8)
    rows = [("　　" + PROSE * 2)[at : at + 30] for at in range(0, 2 * len(PROSE) + 2, 30)]
    body = "".join(drawn(row.strip("　"), 30 + 10 * row.startswith("　"), 60 + 9 * n) for n, row in enumerate(rows))
    mark = drawn("内部资料", 60, 150, 20, 'CTM="0.7 -0.7 0.7 0.7 0 0"')
    layout = laid("a.ofd", ofd(head + body + mark, drawn("第二页另有安排。", 40, 60)))
    assert layout.text.split("\n") == ["关于窗口受理的通知", PROSE * 2, "第二页另有安排。"]
    assert [layout.text[at:][:3] for at in layout.pages] == ["关于窗", "第二页"]
    assert layout.notes == ["内部资料"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (ofd("<ofd:ImageObject/>"), "empty"),
        (ofd(), "empty"),
        (zipped({"OFD.xml": "<!DOCTYPE a><OFD/>"}), "corrupt"),
        (zipped({"OFD.xml": "<OFD><DocBody><DocRoot>../../a.xml</DocRoot></DocBody></OFD>"}), "corrupt"),
        (zipped({"OFD.xml": "<OFD"}), "corrupt"),
        (zipped({"OFD.xml": "<OFD/>", "a.xml": "a" * (30 << 20)}), "too_large"),
        (ofd(drawn("甲", 1e300, 0) + '<ofd:TextObject Size="nan"><ofd:TextCode DeltaX="g 999999999 1">乙</ofd:TextCode></ofd:TextObject>'), "ok"),
        (b"hello", "corrupt"),
    ],
)  # fmt: skip
def test_pictures_and_hostile_files_end_in_a_status(data: bytes, status: str) -> None:
    try:
        found = parsed("a.ofd", data).status
    except SetAside as why:
        found = why.status
    assert found == status


@pytest.mark.parametrize("version", [b"\x09\x08\x10\x00", b"\x09\x08\x08\x00"])
def test_a_workbook_with_a_password_is_named_so(version: bytes) -> None:
    start = version + bytes(version[2]) + b"\x2f\x00\x36\x00" + bytes(0x36)
    with pytest.raises(SetAside) as why:
        format_of("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + start + bytes(2000))
    assert why.value.status == "encrypted"


@real
@libreoffice
def test_one_letter_in_four_formats_says_the_same() -> None:
    texts = {
        name: "".join(laid(name, (LETTERS / name).read_bytes()).text.split())
        for name in ("test.docx", "test.wps", "test.ofd", "test.pdf")
    }
    assert len(set(texts.values())) == 1, texts
