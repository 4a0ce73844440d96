"""What a paper prints of itself: where it appeared, who employed and paid its authors, its DOI; who wrote it and when."""

import time
from pathlib import Path

import pytest

from pipeline.config import LEXICONS
from pipeline.ingest.candidates import columns_of
from pipeline.ingest.gazetteer import read_gazetteer
from pipeline.ingest.layout import Layout
from pipeline.ingest.metadata import describe, papers
from pipeline.ingest.metadata.lines import Line
from pipeline.ingest.related.references import references_of
from tests.test_metadata import read_all

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
HEAD = [
    "澜江治水制度研究",
    "甲某一，乙某",
    "（澜州大学 公共管理学院，澜州 100000）",
    "摘要：澜江的水由谁来治。",
    "关键词：澜江；治水",
]


def fields(*notes: str, head: list[str] | None = None, end: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """What is found in a paper with these notes beside its text."""
    lines = [Line(text, "paragraph") for text in head or HEAD]
    return papers.paper_fields(lines, [*lines, *(Line(text, "paragraph") for text in end)], list(notes))


# --- journal, volume, issue, pages


@pytest.mark.parametrize(
    ("notes", "journal", "volume", "issue", "pages"),
    [
        (["第 28 卷第 3 期 | 澜州大学学报（社会科学版） | Vol.28 No.3", "2021年5月 | Journal of Lan University | May. 2021"], "澜州大学学报(社会科学版)", "28", "3", None),
        (["第28卷 第3期 | 澜 州 学 刊 | Vol．28，No．3"], "澜州学刊", "28", "3", None),
        (["4 澜州学刊 LAN STUDIES 2022年第03期（总第231期）", "澜州学刊 LAN STUDIES 2022年第03期（总第231期） 5", "6 澜州学刊 LAN STUDIES 2022年第03期（总第231期）"], "澜州学刊", None, "3", "4-6"),
        (["澜州学刊（自然科学版）40（3）：454－459， 2017"], "澜州学刊(自然科学版)", "40", "3", "454-459"),
        (["甲某一，乙某．澜江治水制度研究［J］．澜州学刊，2017，61（5）：132－140．"], "澜州学刊", "61", "5", "132-140"),
        (["引用格式：甲某一, 乙某. 澜江治水制度研究[J]. 澜州学刊, 2017(5): 32-40."], "澜州学刊", None, "5", "32-40"),
        (["第 35 卷第 7 期 | 澜州应用 | Vol. 35 No. 7", "中图分类号: D63 | 文章编号: 1001-0001( 2018) 07-1929-08"], "澜州应用", "35", "7", "1929-1936"),
        (["第 45 卷第 4 期 | 澜州学报 | Vol.45 No.4", "590 | 澜州学报 | 第 45 卷", "第4期 | 甲某一，等: 澜江治水制度研究 | 591"], "澜州学报", "45", "4", "589-591"),
        (["第61卷第5期 2017年3月", "132", "133", "134"], None, "61", "5", "132-134"),
        (["Journal of Lan Studies, Vol. 12, No. 3, pp. 45–67, 2019"], "Journal of Lan Studies", "12", "3", "45-67"),
        (["1", "2"], None, None, None, None),
        (["基金项目：澜州重点计划（No．2014CB340504）"], None, None, None, None),
        (["丁某．海岱的另一篇文章［J］．海岱学刊，2017，61（5）：132－140．"], None, None, None, None),
    ],
)  # fmt: skip
def test_where_a_paper_appeared_stands_beside_its_text(
    notes: list[str], journal: str | None, volume: str | None, issue: str | None, pages: str | None
) -> None:
    found = fields(*notes)
    assert [found.get(name, [None])[0] for name in ("journal", "volume", "issue", "page_range")] == [
        journal,
        volume,
        issue,
        pages,
    ]


# --- DOI


def test_the_doi_of_the_paper_is_none_it_cites() -> None:
    assert fields("DOI：10．9999／j．lan．2017．05．018")["doi"] == ["10.9999/j.lan.2017.05.018"]
    assert fields(head=[*HEAD, "https://doi.org/10.9999/lan.5"])["doi"] == ["10.9999/lan.5"]
    assert "doi" not in fields("[1] 丁某. 海岱[J]. 2015. DOI: 10.9999/other.1")


# --- funds


def test_grants_are_told_one_by_one_with_their_numbers() -> None:
    both = ["国家水利基金(61572111)", "澜州社会科学基金重点项目“澜江(上游)治理”(19AZZ003)"]
    assert fields("基金项目：国家水利基金（61572111）；澜州社会科学基金重点项目“澜江（上游）治理”（19AZZ003）。")["funds"] == both
    assert fields("收稿日期: 2017-06-12; 修回日期: 2017-07-28 基金项目: 国家水利基金( 61572111)")["funds"] == both[:1]
    assert fields("［基金项目］国家水利基金（61572111）", "作者简介：甲某一（1980—），男")["funds"] == both[:1]
    assert fields("* 本文系国家水利基金项目“水”（项目编号：1）的阶段性成果。")["funds"] == ["国家水利基金项目“水”(1)"]
    assert fields("基金项目：国家水利基金（1）；澜州水利在线", "教育研究基金（2）", "作者简介：甲某一，男")["funds"] == [
        "国家水利基金(1)",
        "澜州水利在线教育研究基金(2)",
    ]


def test_english_thanks_name_grants() -> None:
    end = ("Funding: This work was supported by the River Fund of Lan (Grant No. 12) and the Lan Science Program (34).",)
    assert fields(end=end)["funds"] == ["River Fund of Lan(12)", "Lan Science Program(34)"]


def test_projects_in_the_text_are_no_grants() -> None:
    assert "funds" not in fields(end=("参与的科研项目", "[1] 国家水利基金面上项目: 澜江研究（项目编号：1）."))


# --- affiliations


@pytest.mark.parametrize(
    ("lines", "bodies"),
    [
        (["（澜州大学 公共管理学院，澜州 100000）"], ["澜州大学公共管理学院"]),
        (["(1. 澜州大学水利系 澜州 100000；2. 海岱大学治理研究中心 海岱 200000)"], ["澜州大学水利系", "海岱大学治理研究中心"]),
        (["①澜州大学水利系 澜州 100000", "②海岱大学 海岱 200000"], ["澜州大学水利系", "海岱大学"]),
        (["1澜州大学水利系 澜州 100000 2海岱大学研究生院 海岱 200000"], ["澜州大学水利系", "海岱大学研究生院"]),
        (["（澜州大学 水利系，澜州 100000）", "（澜州大学 水利系，澜州 100000）"], ["澜州大学水利系"]),
        (["澜州大学公共管理学院"], ["澜州大学公共管理学院"]),
        (["(Department of Rivers, Lan University, Lan 100000)"], ["Department of Rivers, Lan University, Lan"]),
        (["澜州大学研究生学位论文"], ["澜州大学"]),
        (["（澜江的水）"], []),
    ],
)
def test_affiliations_stand_above_the_abstract(lines: list[str], bodies: list[str]) -> None:
    head = [*HEAD[:2], *lines, *HEAD[3:], "（海岱大学的例子，海岱 200000）"]
    assert fields(head=head).get("affiliations", []) == bodies


def test_nothing_a_paper_holds_makes_it_fail_or_wait() -> None:
    began = time.perf_counter()
    for hostile in ("(" * 390, "第" * 390, "1 (1) " * 60, "本文系" + "基金" * 3000, "10." * 4000, "澜" * 6000, "1 " * 3000, ""):
        fields(hostile, hostile, head=[hostile] * 20, end=(hostile,) * 15)
    assert time.perf_counter() - began < 5


# --- bylines and theses


@pytest.mark.parametrize(
    ("title", "byline", "names"),
    [
        ("澜江治水制度研究", "祝叙沈采薇骆行简", "祝叙|沈采薇|骆行简"),
        ("澜江治水制度研究", "青渡口的故事集", ""),
        ("The River as a Public Good", "Xuyan Shen1, Caiwei Zhu2,* and Y. Luo1", "Xuyan Shen|Caiwei Zhu|Y. Luo"),
        ("The River as a Public Good", "School of Public Affairs, Lan University", ""),
    ],
)
def test_names_run_together_and_names_in_english_are_read_below_the_title(title: str, byline: str, names: str) -> None:
    texts = [title, byline, "1 School of Public Affairs, Lan University", "Abstract: Rivers."]
    assert "|".join(papers.authors([Line(text, "paragraph") for text in texts], [], title)) == names


def test_a_thesis_appeared_at_its_university() -> None:
    assert fields(head=["澜江治水制度研究", "澜州大学硕士学位论文", *HEAD[3:]])["journal"] == ["澜州大学"]


# --- the papers beside the project


def papers_of(name: str) -> list[tuple[str, Layout, dict[str, str]]]:
    if not (CORPORA / name).is_dir():
        pytest.skip(f"needs the corpus {name} beside the project: ../shared/corpora/{name}")
    return [one for one in read_all(CORPORA / name) if not one[0].endswith(".md")]


def test_papers_tell_where_they_appeared_and_what_they_cite() -> None:
    places = read_gazetteer(LEXICONS / "places.csv", LEXICONS / "issuers.csv")
    documents = papers_of("papers-pdf")
    columns = [columns_of(describe(layout, facts, source, places)) for source, layout, facts in documents]
    told = {name: sum(bool(one[name]) for one in columns) for name in ("authors", "keywords", "date", *papers_fields())}
    assert told == {
        "authors": 9, "keywords": 10, "date": 9,
        "affiliations": 9, "journal": 9, "volume": 6, "issue": 8, "page_range": 8, "doi": 7, "funds": 6,
    }  # fmt: skip
    counts = sorted(len(references_of("", layout.text, layout.blocks)) for _, layout, _ in documents)
    assert counts == [5, 7, 14, 19, 43, 46, 81, 105, 133, 133]


def papers_fields() -> tuple[str, ...]:
    return ("affiliations", "journal", "volume", "issue", "page_range", "doi", "funds")
