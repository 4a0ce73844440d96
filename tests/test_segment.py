"""Sentences and words."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import SegmentSettings
from pipeline.errors import SettingsError
from pipeline.records import Block
from pipeline.segment import segment_text
from pipeline.segment.sentences import spans
from pipeline.segment.words import read_words, segmenter

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


def blocks_of(text: str, kind: str = "paragraph") -> list[Block]:
    """Each line of a text as one block."""
    found, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            found.append(Block(at, at + len(line), kind))
        at += len(line) + 1
    return found


def cut(text: str) -> list[tuple[str, str]]:
    """What a text is cut into: (kind, characters)."""
    return [(kind, text[start:end]) for start, end, kind in spans(text, blocks_of(text))]


def sentences(text: str) -> list[str]:
    return [surface for _, surface in cut(text)]


def test_sentences_end_at_full_stops_and_semicolons() -> None:
    text = "推进数据共享；打破壁垒。怎么办？就这样！"
    assert sentences(text) == ["推进数据共享；", "打破壁垒。", "怎么办？", "就这样！"]


def test_closing_quotes_and_brackets_stay_with_their_sentence() -> None:
    assert sentences("他说：“数据要跑起来。”大家同意。") == ["他说：“数据要跑起来。”", "大家同意。"]
    assert sentences('规划写道："先试点。"随后推开。') == ['规划写道："先试点。"', "随后推开。"]


def test_a_full_stop_inside_a_bracket_does_not_cut() -> None:
    assert sentences("各县（含开发区。下同）应当上报；逾期通报。") == ["各县（含开发区。下同）应当上报；", "逾期通报。"]


def test_enumerations_start_a_unit_and_are_items() -> None:
    text = "主要任务如下：（一）建设共享平台；（二）统一接口规范。"
    assert cut(text) == [("sentence", "主要任务如下："), ("item", "（一）建设共享平台；"), ("item", "（二）统一接口规范。")]
    assert cut("第三条　本办法所称数据，是指记录。")[0] == ("item", "第三条　本办法所称数据，是指记录。")
    assert cut("1.建立台账。2.按月更新。")[0][0] == "item"


def test_short_numbered_lines_are_headings() -> None:
    assert cut("一、总体要求\n坚持统筹推进。") == [("heading", "一、总体要求"), ("sentence", "坚持统筹推进。")]
    assert cut("第二章　数据共享")[0][0] == "heading"
    assert cut("2.1 制度供给不足")[0][0] == "heading"
    assert cut("2018年全省办结率提高。")[0][0] == "sentence"


def test_entries_after_the_heading_of_references_are_references() -> None:
    text = "参考文献\n[1] 甲某. 平台治理[J]. 虚构学报, 2019(2): 1-9.\n[2] 乙某. 数据共享[M]. 云城: 虚构出版社, 2020."
    assert [kind for kind, _ in cut(text)] == ["heading", "reference", "reference"]


def test_english_sentences_are_cut_but_not_at_initials() -> None:
    assert sentences("The platform grew. Its users left. See J. Doe.") == ["The platform grew.", "Its users left.", "See J. Doe."]


@given(st.text(alphabet='数据共享。；！？“”（）《》"一二、（第三条) .1A\n　', max_size=120))
def test_segments_hold_every_visible_character_once_and_in_order(text: str) -> None:
    found = spans(text, blocks_of(text))
    assert "".join("".join(text[start:end].split()) for start, end, _ in found) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end, _ in found)


@settings(deadline=None)  # the first text waits for the dictionary
@given(st.text(max_size=80))
def test_every_token_is_found_at_its_offset(text: str) -> None:
    tokens, starts, pos = segmenter(SegmentSettings())(text, 7)
    assert len(tokens) == len(starts) == len(pos)
    assert all(text[start - 7 : start - 7 + len(token)] == token for token, start in zip(tokens, starts, strict=True))
    assert "".join("".join(tokens).split()) == "".join(text.split())


def test_every_segment_is_found_at_its_offsets() -> None:
    text = "关于推进数据共享的意见\n一、总体要求\n坚持统筹推进；打破信息孤岛。"
    segments = segment_text("d", text, blocks_of(text), segmenter(SegmentSettings()))
    assert [segment.order for segment in segments] == [0, 1, 2, 3]
    for segment in segments:
        assert text[segment.start : segment.end].startswith(segment.tokens[0])
        for token, start in zip(segment.tokens, segment.token_starts, strict=True):
            assert text[start : start + len(token)] == token


def test_words_of_the_lexicon_are_not_split() -> None:
    tokens, _, pos = segmenter(SegmentSettings())("推行一网通办，打破数据孤岛", 0)
    assert "一网通办" in tokens
    assert len(pos) == len(tokens)


@pytest.mark.parametrize("words", [[], ["policy"]])
def test_both_engines_give_the_same_words_and_parts_of_speech(words: list[str]) -> None:
    texts = [
        "依托一体化政务服务平台，推动2011-2020年数据共享率达到98.5%。",
        "對接業務系統abc-1.0，實現互聯互通😀。",
        "　 空 格\t与NBSP",
    ]
    fast, exact = (segmenter(SegmentSettings(engine=engine, words=words)) for engine in ("rjieba", "jieba"))
    for text in texts:
        assert fast(text, 0) == exact(text, 0)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the real corpora are not beside the project")
def test_both_engines_agree_on_real_reports() -> None:
    lines = (CORPORA / "work-reports-national/government_work_reports.jsonl").read_text("utf-8").splitlines()
    text = json.loads(lines[0])["content"]
    fast, exact = (segmenter(SegmentSettings(engine=engine)) for engine in ("rjieba", "jieba"))
    assert fast(text, 0) == exact(text, 0)


def test_a_wrong_line_of_a_word_list_is_named(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("数据孤岛 n\n一网 通办 v n\n", "utf-8")
    with pytest.raises(SettingsError, match=r"words.txt:2"):
        read_words(path)


def test_a_part_named_in_a_sentence_is_no_item() -> None:
    assert cut("全文安排如下：第二部分回顾文献；第三部分说明方法。")[-1][0] == "sentence"


def test_what_stands_below_the_references_is_what_its_block_says() -> None:
    text = "参考文献\n[1] 甲某. 平台治理[M]. 云城, 2020.\nAbstract: Counters matter."
    kinds = ["heading", "reference", "paragraph"]
    blocks = [Block(block.start, block.end, kind) for block, kind in zip(blocks_of(text), kinds, strict=True)]
    assert [kind for _, _, kind in spans(text, blocks)] == ["heading", "reference", "sentence"]


def test_decimals_and_straight_quotes_do_not_cut() -> None:
    assert sentences("办结率提高3.5个百分点，达到98.5%。") == ["办结率提高3.5个百分点，达到98.5%。"]
    assert sentences("推行“一窗受理”“一次办好”。") == ["推行“一窗受理”“一次办好”。"]
