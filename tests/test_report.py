"""The report: one page that asks for nothing, figures without a missing character, a workbook that is safe to open."""

import base64
import json
import re
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import report, store
from pipeline.config import LEXICONS
from pipeline.engine import workers
from pipeline.records import TABLES
from pipeline.report import fonts
from pipeline.report.data import read_documents
from pipeline.report.page import SENTENCE
from pipeline.report.words import words
from pipeline.report.workbook import TEXT, cell_text
from pipeline.store import Run

sys.path.insert(0, str(Path(__file__).parent / "samples"))
from small_run import small_run

NASTY = "关于<script>alert(1)</script>与</title>的通知"


def make_report(run: Run) -> str:
    with workers(run.settings.engine) as spread, warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of every character it cannot draw
        report.run(run, spread, "key")
    return (run.folder / "report.html").read_text("utf-8")


def data_of(page: str) -> dict[str, Any]:
    """The data inside a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    data = json.loads(found[1])
    names = (*SENTENCE, "marks")
    data["sentences"] = [dict(zip(names, row, strict=True)) for row in data["sentences"]]
    for row in data["sentences"]:
        row["marks"] = [[start, end, *data["signs"][sign]] for start, end, sign in row["marks"]]
    return data


def outputs(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in [folder / "report.html", folder / "tables.xlsx", *(folder / "figures").iterdir()]
    }


def sheets(folder: Path) -> dict[str, list[list[Any]]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(folder / "tables.xlsx"))
    return {name.split()[0]: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return small_run(tmp_path_factory.mktemp("run"), title=NASTY)


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    return make_report(run)


def test_the_page_names_no_address_outside(page: str) -> None:
    assert "default-src 'none'" in page
    addresses = re.findall(r"""(?:src|href|action)\s*=\s*["']([^"']*)|url\(["']?([^)"']*)""", page)
    outside = {one for pair in addresses for one in pair if one and not one.startswith(("#", "data:font/woff;base64,"))}
    assert outside == {"problems.csv"}
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", page)


def test_what_a_document_says_stays_text(page: str) -> None:
    assert page.count("<script") == page.count("</script>") == 2  # the data and our own
    assert "alert(1)<" not in page
    assert data_of(page)["docs"][0]["title"].startswith(NASTY)


def test_style_and_script_are_the_ones_the_policy_allows(page: str) -> None:
    import hashlib

    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        hashed = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert len(inside) == 1 and f"{directive} 'sha256-{hashed}'" in page
    assert not re.findall(r"<[^>]+ (?:style|on\w+)=", page)  # the policy would refuse them


def test_quotes_are_the_documents_own_characters(run: Run, page: str) -> None:
    documents = {row["source"]: row for row in run.table("documents", ["source", "title", "text"]).to_pylist()}
    by_title = {row["title"]: row["text"] for row in documents.values()}
    data = data_of(page)
    assert data["sentences"]
    for sentence in data["sentences"]:
        text = by_title[data["docs"][sentence["doc"]]["title"]]
        assert sentence["text"] == text[sentence["from"] : sentence["from"] + len(sentence["text"])]
        for start, end, kind, name, *_ in sentence["marks"]:
            assert sentence["from"] <= start < end <= sentence["from"] + len(sentence["text"])
            assert kind == "code" or text[start:end] == name


def test_every_point_of_a_chart_opens_sentences(run: Run, page: str) -> None:
    data = data_of(page)
    tagged = {(row["doc_id"], row["code"]) for row in run.table("tags", ["doc_id", "code"]).to_pylist()}
    years = {row["doc_id"]: row["date"][:4] for row in run.table("documents", ["doc_id", "date"]).to_pylist()}
    quoted = {(mark[3], data["docs"][one["doc"]]["period"]) for one in data["sentences"] for mark in one["marks"]}
    assert {(code, years[doc]) for doc, code in tagged} <= quoted


def test_the_font_inside_has_every_character_shown(page: str) -> None:
    from io import BytesIO

    from fontTools.ttLib import TTFont

    found = re.search(r"data:font/woff;base64,([^\"]+)", page)
    assert found
    font = TTFont(BytesIO(base64.b64decode(found[1])))
    chinese = {ord(one) for one in page if "\u4e00" <= one <= "\u9fff"}
    assert chinese <= set(font.getBestCmap())


def test_every_word_is_there_in_both_languages(page: str) -> None:
    for key, value in words().items():
        for name, pair in value.items() if isinstance(value, dict) else [(key, value)]:
            assert len(pair) == 2 and all(pair), name
            assert sorted(re.findall(r"{\w+}", pair[0])) == sorted(re.findall(r"{\w+}", pair[1])), name
    assert 'class="t" lang="zh"' in page and 'class="t" lang="en"' in page


def test_same_tables_give_the_same_bytes(run: Run, page: str, tmp_path: Path) -> None:
    small_run(tmp_path, title=NASTY)
    code = f"import sys; sys.path[:0] = {[str(Path(__file__).parent / 'samples'), str(Path(__file__).parents[1])]!r}\n"
    code += "from pathlib import Path; from pipeline import report, store\n"
    code += f"report.run(store.open_run(Path({str(tmp_path)!r})), lambda work, parts, stage: map(work, parts), 'key')"
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert outputs(tmp_path) == outputs(run.folder)


def test_undated_documents_give_a_page_that_says_so(tmp_path: Path) -> None:
    page = make_report(small_run(tmp_path, documents=6, dated=False))
    assert "no document has a date" in page and 'id="charts"' not in page
    assert not (tmp_path / "figures" / "trends.svg").exists() and not (tmp_path / "figures" / "sides-1.svg").exists()


def test_empty_tables_give_a_page(tmp_path: Path) -> None:
    run = small_run(tmp_path, documents=1)
    for name, kind in TABLES.items():
        if name not in ("inputs", "documents"):
            store.write(tmp_path, name, store.schema(kind).empty_table())
    page = make_report(run)
    assert page.count('class="empty"') == 10  # nine sections, and the line for readers without scripts


def test_a_run_without_any_table_gives_a_page(tmp_path: Path) -> None:
    from pipeline.config import read_settings

    assert "</html>" in make_report(Run(tmp_path, read_settings()))


def test_the_page_opens_in_the_language_of_the_settings(tmp_path: Path) -> None:
    page = make_report(small_run(tmp_path, documents=2, lang="en"))
    assert '<html lang="en" data-lang="en">' in page


def test_cells_are_never_formulas_or_links(tmp_path: Path) -> None:
    make_report(small_run(tmp_path, documents=2, title='=HYPERLINK("http://a.example")'))
    with zipfile.ZipFile(tmp_path / "tables.xlsx") as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")}
    assert parts and not any("<f>" in text or "hyperlink" in text for text in parts.values())
    assert sheets(tmp_path)["文献"][1][0].startswith("=HYPERLINK")


def test_the_workbook_holds_the_tables(run: Run, page: str) -> None:
    found = sheets(run.folder)
    assert list(found) == [
        "说明",
        "文献",
        "编码句",
        "趋势",
        "变化",
        "两方比较",
        "变化分解",
        "采用",
        "先后",
        "耦合",
        "协调度",
        "主题",
        "主题模型质量",
        "主题一览",
        "主题与编码",
        "主题词变化",
        "主题段落",
        "节点",
        "连线",
        "聚类",
        "主题演进",
        "突现",
        "连线变化",
        "元数据出处",
        "文献关系",
        "引用文件",
        "参考文献",
        "照抄",
        "问题清单",
    ]
    assert len(found["编码句"]) == 1 + run.rows("tags") and len(found["趋势"]) == 1 + run.rows("trends")
    assert found["编码句"][0][:3] == ["编码 (code)", "编码名称 (code_name)", "句子 (sentence)"]
    for row in found["编码句"][1:]:
        assert row[3] in row[2]  # the surface stands in the sentence
    assert [row[1] for row in found["问题清单"][1:]] == ["encrypted", "corrupt"]
    assert [row[2] for row in found["问题清单"][1:]] == [
        "需要密码才能打开；请另存一份不带密码的",
        "不是 zip 文件，与文件名不符；请重新获取",
    ]
    sources = found["编码句"][0].index("来源 (source)")
    assert all(row[sources].startswith("来件/") for row in found["编码句"][1:])
    assert any(row[0].startswith("编码本 framework") for row in found["说明"])


def test_a_sheet_that_is_cut_says_so(tmp_path: Path) -> None:
    run = small_run(tmp_path, documents=4, **{"report.table_rows": 5})
    make_report(run)
    found = sheets(tmp_path)
    assert len(found["编码句"]) == 6
    assert any("前 5 行，共 16 行" in row[0] for row in found["说明"])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=50), st.sampled_from([1, 400, 40_000]))
def test_any_text_fits_a_cell(text: str, times: int) -> None:
    cell = cell_text(text * times)
    assert len(cell) + sum(one > "\uffff" for one in cell) <= TEXT
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", cell)


def test_every_rate_named_at_the_top_opens_its_sentences(page: str) -> None:
    data = data_of(page)
    quoted = {(mark[3], data["docs"][one["doc"]]["period"]) for one in data["sentences"] for mark in one["marks"]}
    named = re.findall(r'data-code="([^"]+)" data-period="([^"]+)"', page)
    assert len(named) >= 6 and set(named) <= quoted


def test_every_word_and_link_on_the_page_opens_sentences(page: str) -> None:
    data = data_of(page)
    behind = [
        ({mark[3] for mark in one["marks"] if mark[2] == "term"}, data["docs"][one["doc"]]["period"]) for one in data["sentences"]
    ]
    met = {term for here, _ in behind for term in here}
    assert {term for topic in data["topics"]["topics"] for term, _ in topic["terms"]} <= met
    assert set(re.findall(r'data-term="([^"]+)"', page)) <= met
    nodes = [node[0] for node in data["maps"]["term"]["nodes"]]
    together = [{nodes[a], nodes[b]} for a, b, _ in data["maps"]["term"]["links"]]
    assert sum(any(pair <= here for here, _ in behind) for pair in together) > 5  # the small run's links are drawn by lot


def test_without_a_chinese_font_the_error_names_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.errors import SettingsError

    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: [])
    fonts.font_path.cache_clear()
    try:
        with pytest.raises(SettingsError, match="pip install"):
            fonts.font_path()
    finally:
        fonts.font_path.cache_clear()


def test_sentences_behind_a_number_are_spread_over_documents(tmp_path: Path) -> None:
    from pipeline.report.evidence import coded_sentences

    run = small_run(tmp_path, documents=96, **{"report.evidence": 1})
    chosen = coded_sentences(run, read_documents(run))
    assert 0 < len(chosen) < run.rows("tags")
    assert len({row["doc_id"] for row in chosen}) > 8


def test_codes_are_named_as_in_the_codebook(page: str) -> None:
    assert (LEXICONS / "codebooks" / "framework.yaml").is_file()
    names = {code["id"]: code["name"] for code in data_of(page)["codes"]}
    assert all(name["zh"] != name["en"] for name in names.values())


def test_the_unknown_are_listed_however_many_names_there_are() -> None:
    from pipeline.report.data import _bars

    listed = _bars([{"issuers": [f"部门{number}"]} for number in range(40)] + [{"issuers": ["none"]}], lambda row: row["issuers"])
    assert listed["others"] == 28 and listed["bars"][-1][0]["en"] == "unknown"


def test_what_a_stage_left_out_is_said(tmp_path: Path) -> None:
    run = small_run(tmp_path, documents=4)
    state = store.read_state(tmp_path)
    store.write_state(tmp_path, state | {"stages": {"trends": {"note": "1 of 4 documents have no date precise to the month"}}})
    assert "4 篇文献中有 1 篇没有精确到月的日期" in make_report(run)


def test_the_whole_span_of_a_decomposition_comes_before_its_steps(run: Run) -> None:
    from pipeline.report.moves import parts

    rows = [row for row in parts(run, "per_1000_sentences", {}) if row["series"] == "standardization"]
    assert [(row["before"], row["after"]) for row in rows] == [("2018", "2023"), ("2018", "2020"), ("2020", "2023")]


def test_leads_are_put_together_pair_by_pair_and_those_without_say_why(run: Run, page: str) -> None:
    packed = data_of(page)["leads"]
    rows = [dict(zip(packed["columns"], row, strict=True)) for row in packed["rows"]]
    assert [[lag for lag, *_ in row["lags"]] for row in rows] == [[-2, -1, 0, 1, 2], []]
    assert rows[0]["series"] == "technology_empowerment" and data_of(page)["said"][rows[1]["reason"]]["en"]
