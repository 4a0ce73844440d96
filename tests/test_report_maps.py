"""What the report shows of maps: what is drawn, in which order, and what stands behind it."""

from pathlib import Path
from typing import Any

from small_runs import Text, make_run, run_stage

from pipeline import cooccur
from pipeline.report.data import read_documents
from pipeline.report.figures.evolution import burst_figures
from pipeline.report.figures.style import style
from pipeline.report.maps import documents_behind, maps
from pipeline.report.words import reasoned
from pipeline.store import Run


def papers(count: int = 6) -> list[Text]:
    """Papers that all have the first two keywords, in two writings; every second one has a lone third."""
    found = []
    for at in range(count):
        keywords = ["E-government" if at % 2 else "e-Government", "数据共享", *(["灯塔"] if at % 2 else [])]
        facts: dict[str, Any] = {"kind": "paper", "keywords": keywords, "authors": ["林一舟", f"某{at}"], "title": f"第{at}文"}
        found.append(Text([["数据"]], date=f"{2019 + at}-05-01", facts=facts))
    return found


def mapped(folder: Path, texts: list[Text], **settings: Any) -> Run:
    run = make_run(folder, texts, **settings)
    run_stage(cooccur.run, run)
    return run


def shown_of(folder: Path, texts: list[Text], **settings: Any) -> dict[str, Any]:
    run = mapped(folder, texts, **settings)
    return maps(run, read_documents(run), {})


def test_documents_behind_a_keyword_are_those_of_all_its_writings_the_latest_first(tmp_path: Path) -> None:
    run = mapped(tmp_path, papers())
    shown = maps(run, read_documents(run), {})
    names = [node[0] for node in shown["keyword"]["nodes"]]
    behind = documents_behind(run, shown, read_documents(run))["keyword"]
    dates = {row["doc_id"]: row["date"] for row in read_documents(run)}
    held = dict(zip(names, behind["nodes"], strict=True))
    assert [dates[doc][:4] for doc in held["数据共享"]] == ["2024", "2023", "2022", "2021", "2020", "2019"]
    (written,) = {"E-government", "e-Government"} & set(names)
    assert held[written] == held["数据共享"]
    pair = next(at for at, (a, b, _) in enumerate(shown["keyword"]["links"]) if {names[a], names[b]} == {"灯塔", "数据共享"})
    assert [dates[doc][:4] for doc in behind["links"][pair]] == ["2024", "2022", "2020"]


def test_maps_without_a_link_are_not_among_the_kinds(tmp_path: Path) -> None:
    shown = shown_of(tmp_path / "some", papers())
    assert shown["kinds"] == ["keyword"]  # of the authors no two write together twice, and there are no codes
    assert shown_of(tmp_path / "none", []) == {"kinds": [], "periods": [], "plain": []}


def test_names_without_a_link_are_counted_and_not_drawn(tmp_path: Path) -> None:
    texts = [*papers(), *(Text([["数据"]], facts={"kind": "paper", "keywords": ["孤灯"]}) for _ in range(3))]
    shown = shown_of(tmp_path, texts)["keyword"]
    assert "孤灯" not in [node[0] for node in shown["nodes"]]
    assert (shown["all"], shown["lone"]) == (3, 1)


def test_changes_that_a_test_carries_come_first(tmp_path: Path) -> None:
    shown = shown_of(tmp_path, papers(), **{"cooccur.min_documents": 1})["keyword"]
    told = [row["q"] is None for row in shown["changes"]]
    assert told and told == sorted(told)


def test_what_the_stage_says_of_names_is_said_in_chinese_too() -> None:
    assert "写法" in reasoned("9 writings of cited works are counted as 1: 甲 = 乙, 丙")["zh"]
    assert "没有两个" in reasoned("no two of 3 issuers and codes meet in 3 sentences or more")["zh"]
    assert "看不出" in reasoned("4 references do not say which work they mean and are left out")["zh"]


def test_bursts_of_sliding_maps_begin_and_end_in_plain_periods_and_are_drawn(tmp_path: Path) -> None:
    def about(burst: bool) -> dict[str, Any]:
        return {"kind": "paper", "keywords": ["灯塔", "数据共享"] if burst else ["海堤", "数据共享"]}

    texts = [Text([["数据"]], date=f"{2016 + at // 20}-05-01", facts=about(at // 20 == 3 or at % 20 == 0)) for at in range(160)]
    run = mapped(tmp_path, texts, **{"cooccur.sliding": 2})
    shown = maps(run, read_documents(run), {})
    assert shown["periods"][0] == "2016–2017" and shown["plain"][0] == "2016"
    assert ("灯塔", "2019", "2019") in {(row["item"], row["start"], row["end"]) for row in shown["keyword"]["bursts"]}
    with style():
        assert "keyword" in burst_figures({"codes": [], "maps": shown}, run.settings)
