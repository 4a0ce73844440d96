"""What documents of a run have to do with each other: copies, records of papers, versions of laws; and that it can be taken back."""

from pathlib import Path
from typing import Any

import pytest
from small_runs import bytes_of
from test_ingest import rows, statuses, take_in, write

from pipeline import ingest
from pipeline.errors import SettingsError

CLAUSES = [
    f"第{number}条　{who}应当{what}，并于每季度末向岚国国政院报告{what}的情况和{who}遇到的困难。"
    for number, (who, what) in enumerate(
        [
            ("各县海务所", "登记进出港口的渔船"), ("林务部门", "查验木材来源凭证"), ("统计机构", "核对人口与住房台账"),
            ("学校", "公布招生名额和收费标准"), ("驿站", "保存信件交接记录"), ("水利站", "测定河道水位和含沙量"),
            ("市集管理人", "张贴当日粮价"), ("医馆", "上报时疫病例"), ("矿场", "检修通风井和排水渠"), ("档案馆", "接收满五年的卷宗"),
        ],
        start=1,
    )
]  # fmt: skip
NOTICE = "关于加强基层台账管理的通知\n\n岚国国政院\n\n" + "\n".join(CLAUSES) + "\n\n岚国国政院\n2021年3月5日\n"
PAPER = (
    "岚国海港台账的沿革\n\n沈叙言 祝采薇\n\n摘要：本文梳理海港台账三百年的沿革。\n关键词：海港；台账\n\n一、引言\n\n"
    + "\n".join(CLAUSES)
    + "\n\n参考文献\n[1] 骆行简. 海港志[M]. 岚京: 岚国书局, 1999.\n"
)
RECORD = "TY  - JOUR\nTI  - 岚国海港台账的沿革\nAU  - 沈叙言\nAU  - 祝采薇\nPY  - 2020\nJO  - 岚国史刊\nIS  - 3\nSP  - 12\nEP  - 20\nKW  - 海港\nKW  - 台账\nER  - \n"


def law(date: str, *clauses: str) -> str:
    return f"# 岚国台账条例\n\n（{date}岚国议政会通过）\n\n" + "\n\n".join(clauses) + "\n"


def document(out: Path, name: str) -> dict[str, Any]:
    return next(row for row in rows(out, "documents") if name in row["source"])


def test_a_copy_in_another_format_is_told_and_counts_once(tmp_path: Path) -> None:
    write(tmp_path / "来件/通知.txt", NOTICE)
    body = "".join(f"<p>{line}</p>" for line in NOTICE.split("\n") if line)
    write(tmp_path / "来件/网页.html", f"<html><body>{body}<p>责任编辑：骆行简</p></body></html>")
    take_in(tmp_path / "out", tmp_path / "来件")
    (relation,) = rows(tmp_path / "out", "relations")
    copy, kept = document(tmp_path / "out", "网页"), document(tmp_path / "out", "通知")
    assert (relation["doc_id"], relation["other"], relation["relation"]) == (copy["doc_id"], kept["doc_id"], "duplicate")
    assert copy["duplicate_of"] == kept["doc_id"] and copy["similarity"] > 0.9 and kept["duplicate_of"] is None
    assert statuses(tmp_path / "out") == {"来件/通知.txt": "ok", "来件/网页.html": "duplicate"}
    take_in(tmp_path / "out", tmp_path / "来件", **{"ingest.keep_duplicates": True})
    assert document(tmp_path / "out", "网页")["duplicate_of"] is None and len(rows(tmp_path / "out", "relations")) == 1
    assert statuses(tmp_path / "out") == {"来件/通知.txt": "ok", "来件/网页.html": "ok"}


def test_where_nothing_is_new_nothing_is_compared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "来件/通知.txt", NOTICE)
    write(tmp_path / "来件/抄件.txt", f"{NOTICE}\n抄送：各县\n")
    first = take_in(tmp_path / "out", tmp_path / "来件")
    monkeypatch.setattr(ingest, "relate", None)
    again = take_in(tmp_path / "out", tmp_path / "来件")
    assert again == first | {"files_read": 0} and statuses(tmp_path / "out")["来件/通知.txt"] == "duplicate"
    with pytest.raises(TypeError):
        take_in(tmp_path / "out", tmp_path / "来件", **{"ingest.keep_duplicates": True})


def test_a_copy_with_a_foreword_is_a_reprint(tmp_path: Path) -> None:
    write(tmp_path / "来件/通知.txt", NOTICE)
    write(tmp_path / "来件/汇编.txt", "编者按：下面这份通知常被各县引用，兹照录如下，以便查考，原有错字未改。\n\n" * 3 + NOTICE)
    take_in(tmp_path / "out", tmp_path / "来件")
    (relation,) = rows(tmp_path / "out", "relations")
    assert relation["doc_id"] == document(tmp_path / "out", "通知")["doc_id"] and relation["relation"] in ("duplicate", "reprint")


def test_the_same_words_about_something_else_or_of_another_year_are_no_copy(tmp_path: Path) -> None:
    write(tmp_path / "来件/二一.txt", NOTICE)
    write(tmp_path / "来件/二二.txt", NOTICE.replace("2021年3月5日", "2022年3月5日"))
    write(tmp_path / "来件/渔船.txt", NOTICE.replace("台账管理", "渔船管理"))
    take_in(tmp_path / "out", tmp_path / "来件")
    assert rows(tmp_path / "out", "relations") == []


def test_a_record_fills_in_what_its_paper_does_not_say(tmp_path: Path) -> None:
    write(tmp_path / "来件/论文.txt", PAPER)
    take_in(tmp_path / "out", tmp_path / "来件")
    alone = document(tmp_path / "out", "论文")
    write(tmp_path / "来件/目录.ris", RECORD)
    take_in(tmp_path / "out", tmp_path / "来件")
    paper, record = document(tmp_path / "out", "论文"), document(tmp_path / "out", "目录")
    assert (
        alone["journal"] is None and paper["journal"] == "岚国史刊" and paper["page_range"] == "12-20" and paper["date"] == "2020"
    )
    assert paper["keywords"] == ["海港", "台账"] and record["duplicate_of"] == paper["doc_id"] and paper["duplicate_of"] is None
    told = [one for one in paper["provenance"] if one["field"] == "journal"]
    assert [(one["origin"], one["used"]) for one in told] == [(f"record: {record['doc_id']}", True)]
    write(tmp_path / "来件/目录.ris", RECORD.replace("台账的沿革", "灯塔的沿革"))
    take_in(tmp_path / "out", tmp_path / "来件")
    assert document(tmp_path / "out", "论文") == alone


def test_versions_of_a_law_are_tied_together_and_no_duplicates(tmp_path: Path) -> None:
    write(tmp_path / "法规/岚国台账条例(2001-05-01).md", law("2001年5月1日", *CLAUSES[:9]))
    write(tmp_path / "法规/岚国台账条例(2011-05-01).md", law("2011年5月1日", *CLAUSES[:8]))
    write(tmp_path / "法规/岚国台账条例(2021-05-01).md", law("2021年5月1日", *CLAUSES))
    take_in(tmp_path / "out", tmp_path / "法规")
    first = document(tmp_path / "out", "2001")["doc_id"]
    assert [(row["relation"], row["other"]) for row in rows(tmp_path / "out", "relations")] == [("version", first)] * 2
    assert {row["version_of"] for row in rows(tmp_path / "out", "documents")} == {first}
    assert {row["duplicate_of"] for row in rows(tmp_path / "out", "documents")} == {None}


def test_what_is_related_does_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    files = {
        "来件/通知.txt": NOTICE, "来件/通知（抄）.txt": NOTICE + "\n抄送：各县\n", "来件/论文.txt": PAPER, "来件/目录.ris": RECORD,
        "来件/metadata.csv": "file,title\n论文,海港台账\n",
    }  # fmt: skip
    for out, order in (("甲", list(files)), ("乙", list(reversed(files)))):
        for name in order:
            write(tmp_path / out / name, files[name])
            take_in(tmp_path / f"{out}出", tmp_path / out / "来件")
    tables = ("inputs", "documents", "relations", "overrides", "signatures")
    assert bytes_of(tmp_path / "甲出", *tables) == bytes_of(tmp_path / "乙出", *tables) != {}


def test_a_thesaurus_merges_names_and_can_be_taken_away(tmp_path: Path) -> None:
    write(tmp_path / "来件/目录.ris", RECORD)
    thesaurus = write(tmp_path / "词表.txt", "label\treplace by\n海港\t港口\n祝采薇\t祝 采 薇\n")
    take_in(tmp_path / "out", tmp_path / "来件")
    plain = document(tmp_path / "out", "目录")
    take_in(tmp_path / "out", tmp_path / "来件", **{"ingest.thesaurus": [str(thesaurus)]})
    merged = document(tmp_path / "out", "目录")
    assert merged["keywords"] == ["港口", "台账"] and merged["authors"] == ["沈叙言", "祝 采 薇"]
    assert [one["values"] for one in merged["provenance"] if one["field"] == "keywords"] == [["港口", "台账"], ["海港", "台账"]]
    take_in(tmp_path / "out", tmp_path / "来件")
    assert document(tmp_path / "out", "目录") == plain
    broken = write(tmp_path / "坏词表.txt", "标签\t换成\n")
    with pytest.raises(SettingsError, match="begins with no header"):
        take_in(tmp_path / "out", tmp_path / "来件", **{"ingest.thesaurus": [str(broken)]})


def test_citations_lead_to_the_documents_of_the_run(tmp_path: Path) -> None:
    told = NOTICE.replace(
        "岚国国政院\n\n第1条",
        "岚政发〔2020〕7号\n\n各县：\n\n根据《岚国台账条例》和《关于清点渔船的意见》（岚政发〔2019〕3号），通知如下。\n\n第1条",
        1,
    )
    write(tmp_path / "来件/通知.txt", told)
    write(tmp_path / "来件/岚国台账条例(2001-05-01).md", law("2001年5月1日", *CLAUSES[:9]))
    take_in(tmp_path / "out", tmp_path / "来件")
    first = {row["title"]: row for row in rows(tmp_path / "out", "citations")}
    assert first["岚国台账条例"]["cited"] == document(tmp_path / "out", "条例")["doc_id"]
    assert first["关于清点渔船的意见"]["doc_number"] == "岚政发〔2019〕3号" and first["关于清点渔船的意见"]["cited"] is None
    assert {row["relation"] for row in first.values()} == {"basis"}
    write(
        tmp_path / "来件/意见.txt",
        "关于清点渔船的意见\n\n岚政发〔2019〕3号\n\n各县海务所：\n\n" + "\n".join(CLAUSES[:3]) + "\n\n岚国国政院\n2019年3月5日\n",
    )
    take_in(tmp_path / "out", tmp_path / "来件")
    second = {row["title"]: row for row in rows(tmp_path / "out", "citations")}
    assert second["关于清点渔船的意见"]["cited"] == document(tmp_path / "out", "意见")["doc_id"]


def test_references_lead_to_papers_and_records_of_the_run(tmp_path: Path) -> None:
    write(
        tmp_path / "来件/论文.txt",
        PAPER.replace(
            "[1] 骆行简. 海港志[M]. 岚京: 岚国书局, 1999.", "[1] 骆行简, 祝采薇. 岚国灯塔的分布与管理[J]. 岚国史刊, 2011(4): 3-9."
        ),
    )
    write(tmp_path / "来件/目录.ris", RECORD.replace("海港台账的沿革", "灯塔的分布与管理"))
    take_in(tmp_path / "out", tmp_path / "来件")
    (reference,) = rows(tmp_path / "out", "references")
    assert reference["authors"] == ["骆行简", "祝采薇"] and reference["year"] == 2011 and reference["type"] == "J"
    assert reference["cited"] == document(tmp_path / "out", "目录")["doc_id"]
