"""What people say about files beside them: it wins, field by field, says whence it is, and can be taken back."""

from pathlib import Path
from typing import Any

import pytest
from test_ingest import NOTICE, notices, rows, take_in, write

from pipeline.ingest.overrides import loosely, matched
from pipeline.records import Override

SHEET = "文件名,标题,成文日期,发文机关,文献类型\n数据共享.txt,关于数据共享的函,2019-07-08,岚国海务部;岚国林务部,policy\n"


def document(out: Path, subject: str = "数据共享") -> dict[str, Any]:
    return next(row for row in rows(out, "documents") if row["source"].endswith(f"{subject}.txt"))


def found(document: dict[str, Any], field: str) -> list[tuple[list[str], str, bool]]:
    return [(one["values"], one["origin"], one["used"]) for one in document["provenance"] if one["field"] == field]


def test_a_table_beside_the_files_beats_what_was_read_and_keeps_it(tmp_path: Path) -> None:
    write(notices(tmp_path / "来件", "数据共享", "信息公开") / "metadata.csv", SHEET)
    take_in(tmp_path / "out", tmp_path / "来件")
    told, other = document(tmp_path / "out"), document(tmp_path / "out", "信息公开")
    assert told["title"] == "关于数据共享的函" and told["issuers"] == ["岚国海务部", "岚国林务部"]
    assert told["written"] == told["date"] == "2019-07-08" and told["date_precision"] == "day"
    assert found(told, "title")[:2] == [
        (["关于数据共享的函"], "given: 来件/metadata.csv#2", True),
        (["关于数据共享的通知"], "text", False),
    ]
    assert other["title"] == "关于信息公开的通知" and other["date"] == "2021-03-05"
    assert {row["source"]: (row["status"], row["doc_id"]) for row in rows(tmp_path / "out", "inputs")}["来件/metadata.csv#2"] == (
        "ok",
        None,
    )


def test_a_field_left_empty_says_nothing(tmp_path: Path) -> None:
    write(notices(tmp_path / "来件", "数据共享") / "metadata.csv", "file,title,date\n数据共享,,2019-07-08\n")
    take_in(tmp_path / "out", tmp_path / "来件")
    told = document(tmp_path / "out")
    assert told["title"] == "关于数据共享的通知" and told["date"] == "2019-07-08" and told["written"] == "2021-03-05"


def test_what_is_no_longer_said_leaves_no_trace(tmp_path: Path) -> None:
    inbox = notices(tmp_path / "来件", "数据共享")
    take_in(tmp_path / "out", inbox)
    before = document(tmp_path / "out")
    write(inbox / "metadata.csv", SHEET)
    take_in(tmp_path / "out", inbox)
    assert document(tmp_path / "out")["title"] == "关于数据共享的函"
    write(inbox / "metadata.csv", "文件名,标题\n别的.txt,别的\n")
    take_in(tmp_path / "out", inbox)
    assert document(tmp_path / "out") == before


def test_a_table_that_is_gone_says_nothing_any_more(tmp_path: Path) -> None:
    sheet = write(notices(tmp_path / "来件", "数据共享") / "metadata.csv", SHEET)
    take_in(tmp_path / "out", tmp_path / "来件")
    assert document(tmp_path / "out")["title"] == "关于数据共享的函"
    sheet.unlink()
    take_in(tmp_path / "out", tmp_path / "来件")
    assert document(tmp_path / "out")["title"] == "关于数据共享的通知" and rows(tmp_path / "out", "overrides") == []
    write(sheet, SHEET)
    take_in(tmp_path / "out", tmp_path / "来件")
    assert document(tmp_path / "out")["title"] == "关于数据共享的函"


def test_what_is_said_of_one_file_beats_what_is_said_of_many(tmp_path: Path) -> None:
    inbox = notices(tmp_path / "来件", "数据共享", "信息公开")
    write(
        inbox / "corpus.toml",
        '["*"]\nkind = "other"\n["数据*"]\nlevel = "city"\nkind = "law"\n["数据共享.txt"]\nkind = "report"\n',
    )
    take_in(tmp_path / "out", inbox)
    assert [document(tmp_path / "out", name)["kind"] for name in ("数据共享", "信息公开")] == ["report", "other"]
    assert document(tmp_path / "out")["level"] == "city"


@pytest.mark.parametrize(
    ("names", "source"),
    [
        ("件/合集.zip\\x21旧/甲.txt", "件/合集.zip!旧/甲.txt"),
        ("件/表.csv\\x232", "件/表.csv#2"),
        ("件/表.csv\\x23*", "件/表.csv#2"),
        ("件/PLAN（1）.txt", "件/plan(1).TXT"),
        ("件/cafe\u0301.txt", "件/caf\u00e9.txt"),
    ],
    ids=["member", "row", "rows", "case and width", "parts of letters"],
)
def test_rows_members_and_names_spelt_alike_are_found_where_no_file_is_called_so(names: str, source: str) -> None:
    said = Override("x", names, [], "")
    assert matched(said, {source: ["1"]}, {loosely(source): ["1"]}) == ["1"]
    assert matched(said, {source: ["1"], names.replace("*", "2"): ["2"]}, {loosely(source): ["1"]}) == ["2"]


def test_a_corpus_toml_speaks_of_many_files_at_once(tmp_path: Path) -> None:
    inbox = notices(tmp_path / "来件", "数据共享")
    notices(inbox / "旧文", "信息公开", "流程再造")
    write(inbox / "corpus.toml", '["旧文/*"]\nissuers = ["岚国海务部"]\nkind = "report"\n["数据共享.txt"]\nlevel = "city"\n')
    take_in(tmp_path / "out", inbox)
    assert [document(tmp_path / "out", name)["kind"] for name in ("信息公开", "流程再造", "数据共享")] == [
        "report",
        "report",
        "policy",
    ]
    assert document(tmp_path / "out", "流程再造")["issuers"] == ["岚国海务部"]
    assert document(tmp_path / "out")["level"] == "city"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("没有.txt,关于没有的函,,", "names no document of this run"),
        (",关于数据共享的函,,", "names no file"),
        ("数据共享.txt,,前年,", "written '前年' cannot be read; write it as 2021-06-05, 2021-06 or 2021"),
        ("数据共享.txt,,,乡级", "level '乡级' cannot be read; write one of central, province"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_else_is_lost(tmp_path: Path, row: str, reason: str) -> None:
    inbox = notices(tmp_path / "来件", "数据共享")
    write(inbox / "metadata.csv", f"文件名,标题,成文日期,level\n{row}\n数据共享.txt,,2019-07-08,\n")
    for _ in range(2):  # the second time nothing is read, and the same is told
        take_in(tmp_path / "out", inbox)
        told = {here["source"]: here for here in rows(tmp_path / "out", "inputs")}["来件/metadata.csv#2"]
        assert told["status"] == "partial" and told["reason"].startswith(reason)
    assert document(tmp_path / "out")["date"] == "2019-07-08"


def test_tables_of_the_same_bytes_each_speak_of_their_own_folder(tmp_path: Path) -> None:
    for folder in ("甲", "乙"):
        write(notices(tmp_path / "来件" / folder, "数据共享") / "metadata.csv", SHEET)
        write(tmp_path / "来件" / folder / "数据共享.txt", NOTICE.format("数据共享") + f"\n{folder}地\n")
    take_in(tmp_path / "out", tmp_path / "来件", **{"ingest.keep_duplicates": True})
    assert [row["title"] for row in rows(tmp_path / "out", "documents")] == ["关于数据共享的函"] * 2


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("旧/*.pdf", True), ("*", True), ("旧/*甲*.pdf", True), ("旧/*乙*", False), ("*.docx", False), ("旧/甲.pdf*甲.pdf", False)],
)
def test_a_star_stands_for_any_characters(pattern: str, fits: bool) -> None:
    said = Override("x", pattern, [], "")
    assert matched(said, {"旧/甲.pdf": ["1"]}, {}) == (["1"] if fits else [])


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert matched(Override("x", "*a" * 5000 + "b", [], ""), {"a" * 100_000: ["1"]}, {}) == []


def test_a_broken_corpus_toml_says_where(tmp_path: Path) -> None:
    write(notices(tmp_path / "来件", "数据共享") / "corpus.toml", "[旧文\n")
    take_in(tmp_path / "out", tmp_path / "来件")
    told = {here["source"]: here for here in rows(tmp_path / "out", "inputs")}["来件/corpus.toml"]
    assert told["status"] == "corrupt" and "not TOML" in told["reason"]
    assert document(tmp_path / "out")["title"] == "关于数据共享的通知"
