"""Traditional documents coded with a simplified codebook: matching on folded characters, everything stored as it is written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_runs import Text, make_run, run_stage

from pipeline import doctor, folding
from pipeline import segment as cutting
from pipeline import tag as coding
from pipeline.codebook import Code, Codebook, Part, Rule
from pipeline.coding.label import labeller
from pipeline.config import SegmentSettings, Settings, read_settings
from pipeline.errors import SettingsError
from pipeline.folding import folded
from pipeline.records import Block
from pipeline.segment import segment_text
from pipeline.segment.words import segmenter
from pipeline.stages import STAGES, key_of, walk
from pipeline.tag import tag_text
from pipeline.tag.words import prepare

TABLE = "# of characters\n數\t数\n據\t据\n務\t务\n島\t岛\n條\t条\n辦\t办\n統\t统\n應\t应\n當\t当\n個\t个 個\n乾\t干 乾\n㑮\t㑮 𫝈\n甲乙\t丙\n甲\t乙丙\n"
TEXT = "第一條　本縣應當打破數據孤島。"


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table of a dozen characters in the place of OpenCC's."""
    path = tmp_path / "characters.txt"
    path.write_text(TABLE, "utf-8")
    monkeypatch.setattr(folding, "tables", lambda settings: [path] if settings.fold_traditional else [])
    return path


def on() -> Settings:
    return read_settings(None, **{"segment.fold_traditional": True})


def test_characters_are_folded_one_for_one(table: Path) -> None:
    fold = folding.folding(on().segment)
    assert folded("個人數據，甲乙，㑮乾", fold) == "个人数据，甲乙，㑮干"
    assert folded(TEXT, folding.folding(SegmentSettings())) is TEXT


def test_words_are_cut_as_in_simplified_text_and_kept_as_written(table: Path) -> None:
    settings = on().segment
    (segment,) = segment_text("d", TEXT, [Block(0, len(TEXT), "paragraph")], segmenter(settings), folding.folding(settings))
    assert segment.kind == "item", "第一條 begins an article as 第一条 does"
    assert "數據孤島" in segment.tokens
    assert [TEXT[at : at + len(token)] for at, token in zip(segment.token_starts, segment.tokens, strict=True)] == segment.tokens


def test_codes_are_found_on_folded_characters_and_show_those_that_are_written(table: Path) -> None:
    rule = Rule("break", (Part(("打破",)), Part(("孤岛",))))
    codes = (Code("silos", "", "", terms=("数据孤岛",)), Code("broken", "", "", rules=(rule,)))
    settings = on().segment
    fold = folding.folding(settings)
    segments = segment_text("d", TEXT, [Block(0, len(TEXT), "paragraph")], segmenter(settings), fold)
    tags, _ = tag_text(TEXT, segments, prepare(Codebook("b", "1", "", "", codes), fold))
    assert [(tag.code, tag.surface, TEXT[tag.start : tag.end]) for tag in tags] == [
        ("broken", "打破數據孤島", "打破數據孤島"),
        ("silos", "數據孤島", "數據孤島"),
    ]


def test_a_traditional_codebook_finds_either_script_too(table: Path) -> None:
    book = prepare(Codebook("b", "1", "", "", (Code("silos", "", "", terms=("數據孤島",)),)), folding.folding(on().segment))
    for text in ("打破數據孤島", "打破数据孤岛"):
        segments = segment_text("d", text, [Block(0, len(text), "paragraph")], segmenter(SegmentSettings()))
        assert [tag.surface for tag in tag_text(text, segments, book)[0]] == [text[2:]]


def test_the_shipped_codebook_codes_a_traditional_sentence_only_when_asked_to(table: Path) -> None:
    text = "打破數據孤島，辦理業務應當統一。"
    assert labeller(read_settings())(text)["codes"] == ""
    assert "數據孤島 @2–6" in labeller(on())(text)["evidence"]


def test_simplified_text_is_coded_the_same_with_and_without(table: Path) -> None:
    text = "打破数据孤岛，统一数据标准，建立会商制度。"
    assert labeller(on())(text) == labeller(read_settings())(text)


def test_a_run_keeps_its_text_and_its_keys_tell_the_folding(table: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", [Text([["第一條　本縣應當打破數據孤島"]])], **{"segment.fold_traditional": True})
    run_stage(cutting.run, run)
    run_stage(coding.run, run)
    rows = run.table("tags").to_pylist()
    assert rows and all(TEXT[row["start"] : row["end"]] == row["surface"] for row in rows)
    assert "數據孤島" in {row["surface"] for row in rows}
    segment, tag = (stage for stage in STAGES if stage.name in ("segment", "tag"))
    before = [key_of(stage, run.settings) for stage in (segment, tag)]
    assert before != [key_of(stage, read_settings()) for stage in (segment, tag)]
    table.write_text(TABLE + "縣\t县\n", "utf-8")
    assert not set(before) & {key_of(stage, run.settings) for stage in (segment, tag)}, "another table is another result"


def test_without_the_extra_the_setting_is_an_error_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "PACKAGE", "no_such_package_of_characters")
    (tmp_path / "in").mkdir()
    run = make_run(tmp_path / "run", [Text([[TEXT]])], **{"segment.fold_traditional": True})
    with pytest.raises(SettingsError, match=r"pip install 'wenmai\[opencc\]'"):
        walk(run, [tmp_path / "in"])
    with pytest.raises(SettingsError, match="opencc"):
        labeller(on())


def test_doctor_tells_of_the_extra() -> None:
    (row,) = (row for row in doctor.checks() if row["check"].startswith("[opencc]"))
    assert row["state"] == "ok" or row["note"] == "pip install 'wenmai[opencc]'"


@given(st.text(alphabet="數據甲乙㑮乾\n a１", max_size=60))
def test_nothing_is_longer_or_shorter_for_being_folded(text: str) -> None:
    assert len(folded(text, {ord("數"): "数", ord("據"): "据", ord("乾"): "干"})) == len(text)


def test_the_table_of_opencc_is_read() -> None:
    pytest.importorskip(folding.PACKAGE)
    fold = folding.folding(on().segment)
    assert len(fold) > 3000 and folded("資料標準與體制機制應當統一，著手後", fold) == "资料标准与体制机制应当统一，著手后"
