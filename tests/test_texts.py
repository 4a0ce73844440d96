"""Plain text in any encoding."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import PROSE, laid, members, parsed, status_of
from samples.attack_files import body, docx
from test_tables import workbook

from pipeline.config import IngestSettings
from pipeline.ingest.encoding import encoding_of
from pipeline.ingest.parse import Total, parse
from pipeline.ingest.readers import format_of
from pipeline.records import Document


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


WILD = "\u202e窗口\u200b人员\u2066每天\ue123核对\uf0b7台账并把结果录入系统，随后转交审批部门办理。"
TAMED = "窗口人员每天〓核对•台账并把结果录入系统，随后转交审批部门办理。"


def wild_files() -> dict[str, bytes]:
    word = docx(body(WILD))
    return {
        "a.txt": WILD.encode() + b"\x00\x01",
        "a.md": f"# 标题\n\n## 小标题\n\n{WILD}\0\x01\n".encode(),
        "a.html": f"<html><body><h1>标题</h1><p>{WILD}\0\x01</p></body></html>".encode(),
        "refs.html": "<html><body><p>&#8238;{}&#8294;{}\x01&#2;</p></body></html>".format(*WILD[1:].split("\u2066")).encode(),
        "a.docx": word,
        "a.csv": f"标题,正文\n甲,{WILD}\0\x01\n".encode(),
        "a.jsonl": json.dumps({"title": "甲", "text": f"{WILD}\0\x01"}).encode(),
        "a.xlsx": workbook(["标题", "正文"], ["甲", f"{WILD}\x01\x02"]),
    }


@pytest.mark.parametrize("name", wild_files())
def test_invisible_and_private_characters_are_normalised_and_counted(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(wild_files()[name])
    total = Total(60)
    found = [made for _, made in parse(tmp_path / name, name, IngestSettings(), lambda _: True, lambda *_: True, total) if made]
    assert len(found) == 1 and isinstance(found[0], Document)
    assert found[0].text.endswith(TAMED)
    control = "" if name == "a.docx" else "2 NUL and other control, "  # XML has none
    assert [note for note in found[0].notes if "characters" in note] == [
        f"characters normalised: {control}2 bidirectional",
        "1 characters only their own font can show stand as 〓",
    ]


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
