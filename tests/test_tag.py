"""Tags: where codes are found in segments, with the characters that show them, and the stance of each segment."""

import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations, pairwise, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_runs import Text, bytes_of, make_run, run_stage

from pipeline import tag
from pipeline.codebook import Code, Codebook, Cues, Part, Rule
from pipeline.config import HOME, read_settings
from pipeline.records import Block, Segment, Tag
from pipeline.segment import segment_text
from pipeline.segment.words import segmenter
from pipeline.tag import tag_text
from pipeline.tag.join import joined
from pipeline.tag.words import prepare, prepared

DENIED = ("不存在", "无需")


def cut_by_hand(text: str) -> tuple[str, list[Segment]]:
    """A text and its one segment, whose words are cut by `|`."""
    tokens = text.split("|")
    starts = [sum(map(len, tokens[:number])) for number in range(len(tokens))]
    plain = "".join(tokens)
    return plain, [Segment("d-00000", "d", 0, 0, len(plain), "sentence", tokens, starts, ["n"] * len(tokens))]


def found(text: str, *codes: Code, stance: Cues | None = None, pos: list[str] | None = None) -> list[Tag]:
    plain, segments = cut_by_hand(text)
    if pos:
        segments = [Segment(*(*(getattr(segments[0], name) for name in Segment.__slots__[:-1]), pos))]
    book = prepare(Codebook("b", "1", "b", "b", codes, stance or Cues(), DENIED))
    tags, contexts = tag_text(plain, segments, book)
    assert all(plain[one.start : one.end] == one.surface for one in tags) and len(contexts) == len(segments)
    return tags


def surfaces(text: str, *terms: str, **more: tuple[str, ...]) -> list[str]:
    return [one.surface for one in found(text, Code("c", "c", "c", terms=terms, **more))]


def by_rule(text: str, *parts: list[str], pos: list[str] | None = None, **more: object) -> list[str]:
    rule = Rule("r", tuple(Part(tuple(words)) for words in parts), **more)  # type: ignore[arg-type]
    return [one.surface for one in found(text, Code("c", "c", "c", rules=(rule,)), pos=pos)]


def stance_of(text: str, kind: str = "paragraph") -> str:
    settings = read_settings()
    segments = segment_text("d", text, [Block(0, len(text), kind)], segmenter(settings.segment))
    return tag_text(text, segments, prepared(settings))[1][0].stance


def test_terms_are_found_however_they_were_cut() -> None:
    assert surfaces("打破|信息|孤岛", "信息孤岛") == ["信息孤岛"]
    assert surfaces("打破|信息孤岛", "信息孤岛") == ["信息孤岛"]


def test_a_single_character_cut_off_a_word_is_a_chance_meeting() -> None:
    assert surfaces("体制|度|调适", "制度调适") == []
    assert surfaces("政务|数据", "务数") == []
    assert surfaces("分类|分级管理", "分类分级") == ["分类分级"]


def test_inside_a_longer_word_only_its_end_is_a_word() -> None:
    assert surfaces("管理制度", "制度") == ["制度"]
    assert surfaces("标准化", "标准") == []
    assert surfaces("需要", "要") == []


def test_latin_terms_match_at_word_borders_in_any_case() -> None:
    assert surfaces("用|ai|和|AI+|做|FAIR", "AI") == ["ai", "AI"]


def test_of_overlapping_terms_the_longest_stays() -> None:
    assert surfaces("政务|数据|共享|平台", "数据共享", "政务数据共享", "共享平台") == ["政务数据共享"]


def test_codes_do_not_take_terms_from_each_other() -> None:
    tags = found("数据|共享|标准", Code("a", "", "", terms=("数据共享",)), Code("b", "", "", terms=("共享标准",)))
    assert [(one.code, one.surface) for one in tags] == [("a", "数据共享"), ("b", "共享标准")]


def test_a_term_inside_an_excluded_expression_does_not_count() -> None:
    assert surfaces("提高|补贴|标准|，|制定|标准", "标准", excluded=("补贴标准",)) == ["标准"]


def test_a_rule_holds_within_its_distance_and_its_clause() -> None:
    parts = (["建立"], ["机制"])
    assert by_rule("建立|数据|共享|机制", *parts, within=2) == ["建立数据共享机制"]
    assert by_rule("建立|政务|数据|共享|机制", *parts, within=2) == []
    assert by_rule("建立|台账|，|机制", *parts, within=5) == []
    assert by_rule("机制|建立", *parts) == []
    assert by_rule("机制|建立", *parts, order="any") == ["机制建立"]


@pytest.mark.parametrize(
    ("words", "parts", "settings", "finds"),
    [
        # written: A before B, at most `within` words between
        ("A - - B", ("A", "B"), {"within": 2}, [(0, 3)]),
        ("A - - B", ("A", "B"), {"within": 1}, []),
        ("A B - A - B", ("A", "B"), {"within": 0}, [(0, 1)]),
        ("B A", ("A", "B"), {"within": 5}, []),
        # the longest stays, then the first; what overlaps it goes or gets shorter
        ("A - A B", ("A", "B"), {"within": 5}, [(0, 3)]),
        ("A B A B", ("A", "B"), {"within": 0}, [(0, 1), (2, 3)]),
        ("A B A B", ("A", "B"), {"within": 1}, [(0, 1), (2, 3)]),
        ("A B A B", ("A", "B"), {"within": 2}, [(0, 3)]),
        ("A B A B B - - B", ("A", "B"), {"within": 4}, [(0, 1), (2, 7)]),
        ("A A B B", ("A", "B"), {"within": 1}, [(0, 2)]),
        # a step too wide is not mended by a narrow one after it
        ("A - - B C", ("A", "B", "C"), {"within": 1}, []),
        ("A B - - C B C", ("A", "B", "C"), {"within": 1}, []),
        ("A B - - B C", ("A", "B", "C"), {"within": 3}, [(0, 5)]),
        # each part takes a word of its own
        ("A A", ("A", "A", "A"), {"within": 5}, []),
        ("A A A A A A A", ("A", "A", "A"), {"within": 0}, [(0, 2), (3, 5)]),
        ("A A A A A", ("A", "A", "A"), {"within": 1}, [(0, 4)]),
        ("X", ("AX", "BX"), {"within": 5}, []),
        ("X X", ("AX", "BX"), {"within": 5}, [(0, 1)]),
        # any order
        ("C - A B", ("A", "B", "C"), {"within": 1, "order": "any"}, [(0, 3)]),
        ("C - - A B", ("A", "B", "C"), {"within": 1, "order": "any"}, []),
        ("B A B", ("A", "B"), {"within": 5, "order": "any"}, [(0, 1)]),
        ("A A B", ("A", "B", "A"), {"within": 0, "order": "any"}, [(0, 2)]),
        ("A", ("A",), {"within": 5}, [(0, 0)]),
        ("- -", ("A", "B"), {"within": 5}, []),
    ],
)
def test_parts_are_joined_as_by_hand(
    words: str, parts: tuple[str, ...], settings: dict[str, Any], finds: list[tuple[int, int]]
) -> None:
    assert joined(places_of(words.split(), parts), parts=len(parts), **{"order": "written", **settings}) == finds


@given(
    st.lists(st.sampled_from("ABX-"), max_size=12),
    st.lists(st.sampled_from(["A", "B", "AX", "BX"]), min_size=1, max_size=4),
    st.integers(0, 4),
    st.sampled_from(["written", "any"]),
)
def test_joining_finds_what_trying_every_way_finds(words: list[str], parts: list[str], within: int, order: str) -> None:
    ways = set()
    for chosen in combinations(range(len(words)), len(parts)):
        near = all(second - first <= within + 1 for first, second in pairwise(chosen))
        for one in permutations(parts) if order == "any" else [parts]:
            if near and all(words[at] in part for at, part in zip(chosen, one, strict=True)):
                ways.add((chosen[0], chosen[-1]))
    kept: list[tuple[int, int]] = []
    for first, last in sorted(ways, key=lambda way: (way[0] - way[1], way[0])):
        if all(last < low or high < first for low, high in kept):
            kept.append((first, last))
    assert joined(places_of(words, parts), parts=len(parts), within=within, order=order) == sorted(kept)


def places_of(words: Sequence[str], parts: Sequence[str]) -> list[tuple[int, int]]:
    """Words that may be a part: 'AX' is a part that A and X may be."""
    roles = [sum(1 << at for at, part in enumerate(parts) if word in part) for word in words]
    return [(number, role) for number, role in enumerate(roles) if role]


def test_repeated_words_stand_each_for_one_part() -> None:
    assert by_rule("数据|和|数据", ["数据"], ["数据"]) == ["数据和数据"]
    assert by_rule("数据|和|信息", ["数据"], ["数据"]) == []
    assert by_rule("数据|数据|数据", ["数据"], ["数据"], within=0, order="any") == ["数据数据"]


def test_a_rule_is_barred_in_its_own_clause_only() -> None:
    parts = (["建立"], ["平台"])
    assert by_rule("建立|科研|平台|，|建立|平台", *parts, unless=("科研",)) == ["建立平台"]


def test_blanks_between_words_are_no_words() -> None:
    assert by_rule("建立| |　|平台", ["建立"], ["平台"], within=0) == ["建立 　平台"]


def test_a_clause_of_any_length_is_joined_in_the_time_its_words_take() -> None:
    three_in_a_row = """
from pipeline.codebook import *
from pipeline.tag.words import prepare
from pipeline.tag import tag_text
from pipeline.records import Segment
rules = tuple(Rule(order, tuple(Part(("数据",)) for _ in range(3)), within=30, order=order) for order in ("written", "any"))
book = prepare(Codebook("b", "1", "", "", (Code("c", "", "", rules=rules),)))
for length in (60, 20_000):
    text, words = "为" + "数据" * length + "。", ["为", *["数据"] * length, "。"]
    starts = [0, *range(1, 2 * length + 1, 2), 2 * length + 1]
    tags, _ = tag_text(text, [Segment("d-0", "d", 0, 0, len(text), "sentence", words, starts, ["n"] * len(words))], book)
    assert len(tags) == length // 63 + (length % 63 > 2), len(tags)
"""
    run_within(three_in_a_row, seconds=20)


@pytest.mark.parametrize("unit", ["，|信息|共享|平台|建设|不存在|要|《|标准|》|推进| ", "信息|共享|平台|建设"])
def test_a_long_sentence_takes_no_longer_than_the_same_in_short_ones(unit: str) -> None:
    run_within(
        f"words, n = {unit.split('|')!r}, 8_000"
        """
from pipeline.config import read_settings
from pipeline.records import Segment
from pipeline.tag import prepared, tag_text
text = "".join(words) * n
book, tokens = prepared(read_settings()), words * n
starts = [0]
for token in tokens[:-1]:
    starts.append(starts[-1] + len(token))
for step in (len(words), len(words) * n):
    segments = []
    for at in range(0, len(tokens), step):
        here = slice(at, at + step)
        end = starts[at + step] if at + step < len(starts) else len(text)
        segments.append(Segment(str(at), "d", at, starts[at], end, "sentence", tokens[here], starts[here], ["n"] * step))
    tags, _ = tag_text(text, segments, book)
    assert len(tags) >= n and tags[-1].end > len(text) - 30  # nothing is cut off
""",
        seconds=40,
    )


def run_within(code: str, *, seconds: int) -> None:
    """Run Python in a child that may take so many seconds of processor time and 2 GB; far more than it needs."""
    pytest.importorskip("resource")
    limits = (
        f"import resource as r; r.setrlimit(r.RLIMIT_CPU, ({seconds}, {seconds})); r.setrlimit(r.RLIMIT_AS, (2 << 30, 2 << 30))"
    )
    made = subprocess.run([sys.executable, "-c", f"{limits}\n{code}"], cwd=HOME, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr[-500:] or "out of time"


def test_a_rule_word_counts_as_one_word_however_it_was_cut() -> None:
    assert by_rule("打破|信息|孤岛", ["打破"], ["信息孤岛"], within=0) == ["打破信息孤岛"]
    assert by_rule("建设|数据|平台", ["建设"], ["平台"], within=0) == []
    assert by_rule("建设|数据|平台", ["建设"], ["平台", "数据平台"], within=0) == ["建设数据平台"]


def test_a_rule_is_barred_by_unless_and_bound_by_parts_of_speech() -> None:
    assert by_rule("建立|科研|平台", ["建立"], ["平台"], unless=("科研",)) == []
    rule = Rule("r", (Part(pos=("v",)), Part(("标准",))), within=0)
    code = Code("c", "", "", rules=(rule,))
    assert [one.surface for one in found("制定|标准", code, pos=["v", "n"])] == ["制定标准"]
    assert found("国家|标准", code, pos=["n", "n"]) == []


def test_a_rule_may_need_or_forbid_words_anywhere_in_the_sentence() -> None:
    parts = (["重复建设"],)
    assert by_rule("重复建设|，|系统|闲置", *parts, needs=("系统", "数据")) == ["重复建设"]
    assert by_rule("重复建设|，|厂房|闲置", *parts, needs=("系统", "数据")) == []
    assert by_rule("重复建设|，|产能|过剩", *parts, without=("产能",)) == []
    two = (["建立"], ["平台"])
    assert by_rule("建立|平台|，|提升|效率", *two, needs=("提升",)) == ["建立平台"]
    assert by_rule("建立|平台|，|研发|芯片", *two, without=("研发",)) == []


def test_a_code_may_be_ruled_out_for_a_whole_sentence() -> None:
    assert surfaces("细胞|，|机制", "机制", without=("细胞",)) == []
    assert surfaces("县|，|机制", "机制", without=("细胞",)) == ["机制"]


def test_a_rule_of_one_part_holds_at_each_of_its_words_outside_of_what_does_not_count() -> None:
    rule = Rule("r", (Part(("应当", "不得")),))
    tags = found("应当|报告|，|不得|拒绝", Code("c", "", "", rules=(rule,)))
    assert [(one.surface, one.term, one.rule) for one in tags] == [("应当", "应当", "r"), ("不得", "不得", "r")]
    assert [one.surface for one in found("不得不|报告", Code("c", "", "", rules=(rule,), excluded=("不得不",)))] == []


def test_a_tag_names_its_term_or_rule() -> None:
    code = Code("c", "", "", terms=("孤岛",), rules=(Rule("share", (Part(("数据",)), Part(("共享",)))),))
    tags = found("孤岛|，|数据|全面|共享", code)
    assert [(one.term, one.rule, one.origin) for one in tags] == [("孤岛", "term", "rule"), ("数据…共享", "share", "rule")]


def test_denials_are_kept_as_negated() -> None:
    code = Code("c", "", "", terms=("共享", "孤岛"), denied=("无法",))
    assert [one.negated for one in found("不存在|孤岛|，|数据|无法|共享|，|共享", code)] == [True, True, False]


def test_titles_and_long_quotations_are_marked() -> None:
    code = Code("c", "", "", terms=("共享",))
    assert [one.quoted for one in found("《|数据|共享|办法|》|要求|共享", code)] == [True, False]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("推进数据共享。", "measure"),
        ("（一）建立工作台账。", "measure"),
        ("各单位应当按时报送。", "measure"),
        ("系统互不兼容的问题依然突出。", "problem"),
        ("打破信息孤岛。", "measure"),  # a problem that something is asked about
        ("尚未建立考核机制。", "problem"),
        ("去年共办理三万件。", "description"),
        ("本办法所称数据，是指各类记录。", "description"),
        ("第五条　省数据局主管全省数据工作。", "measure"),
        ("发展不足，问题突出。", "problem"),
        ("着力解决发展不足的问题。", "measure"),  # what a remedy is asked for
        ("解决了多头填报的问题。", "description"),
        ("部门之间仍存在数据不通的问题。", "problem"),  # a pair of cues
        ("经费不足，对口帮扶尚未覆盖，建议增加投入。", "measure"),
        ("对试点县进行年度评估。", "measure"),
        ("（责任单位：省数据局、省财政厅）", "description"),
        ("（三）推诿或者拖延的；", "description"),
        ("为适应发展需要，省里印发了方案。", "description"),
        ("建设统一平台是改革的重要方向。", "description"),
    ],
)
def test_stance(text: str, stance: str) -> None:
    assert stance_of(text) == stance


def test_references_and_tables_describe() -> None:
    assert stance_of("推进数据共享。", "reference") == stance_of("推进数据共享。", "table") == "description"


@given(
    st.lists(st.sampled_from(["数据", "共享", "制度", "调适", "体制", "度", "，", "AI", "a", " ", "\n", "İ", "𠮷"]), min_size=1)
)
def test_any_cutting_gives_true_offsets_in_order(tokens: list[str]) -> None:
    text, segments = "".join(tokens), []
    starts = [sum(map(len, tokens[:number])) for number in range(len(tokens))]
    words = [(token, start) for token, start in zip(tokens, starts, strict=True) if token.strip()]
    segments = [Segment("d", "d", 0, 0, len(text), "sentence", [w for w, _ in words], [s for _, s in words], ["n"] * len(words))]
    rule = Rule("r", (Part(("数据", "制度")), Part(("共享", "调适"))), within=3)
    book = prepare(Codebook("b", "1", "", "", (Code("c", "", "", terms=("制度调适", "AI", "数据"), rules=(rule,)),)))
    tags, _ = tag_text(text, segments, book)
    assert all(text[one.start : one.end] == one.surface and one.surface.strip() == one.surface for one in tags)
    spans = [(one.start, one.end) for one in tags]
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


TEXTS = [
    Text([["推进|跨部门|数据|共享", "天气|晴"], ["打破|信息|孤岛"]]),
    Text([["制定|接口|规范|标准"]], date="2020"),
]


def test_the_stage_writes_tags_and_a_context_for_every_segment(tmp_path: Path) -> None:
    run = make_run(tmp_path, TEXTS)
    counts = run_stage(tag.run, run)
    tags, contexts = run.table("tags").to_pylist(), run.table("contexts").to_pylist()
    texts = {row["doc_id"]: row["text"] for row in run.table("documents").to_pylist()}
    assert counts == {"documents_now": 2, "tags": len(tags)} and len(contexts) == run.rows("segments") == 4
    assert {row["code"] for row in tags} == {"silos.bridging", "silos.barrier", "standardization"}
    assert all(texts[row["doc_id"]][row["start"] : row["end"]] == row["surface"] for row in tags)
    assert run_stage(tag.run, run)["documents_now"] == 0


def test_one_process_and_several_give_the_same_bytes(tmp_path: Path) -> None:
    texts = [Text([[f"推进|数据|共享|第{number}期", "建立|考核|机制"]]) for number in range(40)]
    stored = []
    for jobs in (1, 2):
        run = make_run(tmp_path / str(jobs), texts, **{"engine.jobs": jobs})
        run_stage(tag.run, run)
        stored.append(bytes_of(run.folder, "tags", "contexts"))
    assert stored[0] == stored[1] and len(stored[0]) > 2


def test_a_document_without_segments_has_no_rows_and_breaks_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path, [Text([]), Text([["推进|数据|共享"]])])
    run_stage(tag.run, run)
    assert run.rows("contexts") == 1 and run.rows("tags") >= 1


def test_the_tables_and_the_pure_function_agree(tmp_path: Path) -> None:
    run = make_run(tmp_path, TEXTS)
    run_stage(tag.run, run)
    documents = run.table("documents").to_pylist()
    segments = [Segment(**row) for row in run.table("segments").to_pylist()]
    made = [
        (one.seg_id, one.start, one.code, one.negated, one.stance)
        for row in documents
        for one in tag_text(row["text"], [s for s in segments if s.doc_id == row["doc_id"]], prepared(run.settings))[0]
    ]
    stored = [
        tuple(row[name] for name in ("seg_id", "start", "code", "negated", "stance")) for row in run.table("tags").to_pylist()
    ]
    assert sorted(made) == sorted(stored)


def test_terms_alone_never_load_spacy() -> None:
    code = (
        "import sys; from pipeline.codebook import *; from pipeline.tag import tag_text; from pipeline.tag.words import prepare;"
        "tag_text('数据共享', [], prepare(Codebook('b', '1', '', '', (Code('c', '', '', terms=('数据',)),))));"
        "assert 'spacy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=HOME, check=True)


def test_a_denial_ends_with_its_clause() -> None:
    code = Code("c", "", "", terms=("共享",))
    assert [one.negated for one in found("问题|已|不存在|，|共享|已|实现", code)] == [False]
