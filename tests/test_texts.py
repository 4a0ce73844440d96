"""Plain text in any encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import PROSE, laid, members, parsed, status_of

from pipeline.config import IngestSettings
from pipeline.ingest.encoding import encoding_of
from pipeline.ingest.layout import lay_out
from pipeline.ingest.readers import format_of


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
