"""The report: one page that asks for nothing, figures without a missing character, a workbook that is safe to open."""

import ast
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
from pipeline.report.data import FIELDS, read_documents
from pipeline.report.findings import findings
from pipeline.report.page import SENTENCE
from pipeline.report.words import named, reasoned, say, words
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


def test_every_word_the_scripts_ask_for_exists() -> None:
    folder = Path(report.__file__).parent
    for script in folder.glob("*.js"):
        for key in re.findall(r"\bw\(\"(\w+)\"", script.read_text("utf-8")):
            assert key in words(), f"{script.name}: {key}"


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
        "节点",
        "连线",
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


Rate = tuple[float, float | None, float | None]


def findings_of(*points: Rate, changes: tuple[dict[str, Any], ...] = (), **others: list[Rate]) -> str:
    """What is said in English about code A with these values and intervals, a year each, about others, and of these changes."""
    codes = {"a": list(points), **others}
    series = {
        code: {"all": {"per_1000_sentences": [[at, value, low, high, 9, 90] for at, (value, low, high) in enumerate(rates)]}}
        for code, rates in codes.items()
        if rates
    }
    shown = {
        "read": {"years": [], "undated": 0},
        "counts": {"documents": 9, "sentences": 90, "coded": 9, "tags": 9, "set_aside": 0},
        "codes": [{"id": code, "name": {"zh": code, "en": code.upper()}} for code in codes],
        "trends": {"periods": ["2020", "2021", "2022"], "series": series, "units": ["per_1000_sentences"]},
        "changes": list(changes),
        "said": [{"zh": "时期不足", "en": "too few periods"}],
    }
    return " ".join(sentence["en"] for item in findings(shown) for sentence in item["text"])


def change(series: str, kind: str = "trend", **values: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("period", "since", "effect", "low", "high", "before", "after", "p", "q", "support", "reason"))
    return {**empty, "series": series, "group": "all", "kind": kind, "n_periods": 3, **values}


RISE = ((10, 8, 12), (15, 12, 18), (20, 16, 24))


def test_a_move_is_told_only_where_a_test_carries_it() -> None:
    sure = {"effect": 5.0, "low": 2.0, "high": 8.0, "before": 10.0, "after": 20.0, "q": 0.01}
    assert "“A” rises: +5.0 a period" in findings_of(*RISE, changes=(change("a", **sure),))
    assert "“A” falls: −5.0 a period" in findings_of(*RISE, changes=(change("a", **sure | {"effect": -5.0}),))
    said = findings_of(*RISE, changes=(change("a", **sure | {"q": 0.05}),))
    assert "rises" not in said and "No reliable move (q of .05 or more): “A”" in said


def test_a_new_level_and_what_came_after_a_document_are_told_with_their_evidence() -> None:
    level = change("a", "level", period="2021", effect=8.0, low=3.0, high=12.0, before=10.0, after=18.0, q=0.0004, support=0.9)
    since = change("a", "since", period="2022", since="岚发〔2022〕14号", effect=-3.0, low=-5.0, high=-1.0, q=0.02)
    said = findings_of(*RISE, changes=(since, level))
    assert "stands higher from 2021 on" in said and "q < .001" in said and "90%" in said
    assert "After 岚发〔2022〕14号 (2022) “A” stands −3.0 below" in said
    assert said.index("higher from 2021") < said.index("After 岚发")


def test_codes_that_cannot_be_tested_are_named_with_the_reason_and_a_run_without_tests_says_so() -> None:
    said = findings_of(*RISE, b=list(RISE), changes=(change("a", reason=0), change("b", reason=0)))
    assert said.count("Trend not tested: “A”, “B” (too few periods)") == 1 and "rises" not in said
    assert "There are no tests" in findings_of(*RISE)


def test_the_highest_code_is_taken_from_the_last_period_with_intervals() -> None:
    said = findings_of((10, 8, 12), (20, 15, 25), (500, None, None), b=[(1, 0, 2), (22, 16, 28)])
    assert "In 2021 the highest rate is that of “B”" in said and "order is not certain" in said and "Later periods" in said
    assert "highest" not in findings_of((10, None, None), (500, None, None))


def test_a_code_that_is_never_met_is_named() -> None:
    assert "Not met in any sentence that counts in the rates: “B”." in findings_of((10, 8, 12), b=[])


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


def test_a_value_in_a_text_may_be_in_both_languages() -> None:
    said = say("f_still", codes={"zh": "标准化", "en": "Standardization"})
    assert "标准化" in said["zh"] and "Standardization" in said["en"]


def test_codes_are_named_as_in_the_codebook(page: str) -> None:
    assert (LEXICONS / "codebooks" / "framework.yaml").is_file()
    names = {code["id"]: code["name"] for code in data_of(page)["codes"]}
    assert all(name["zh"] != name["en"] for name in names.values())


def test_the_unknown_are_listed_however_many_names_there_are() -> None:
    from pipeline.report.data import _bars

    listed = _bars([{"issuers": [f"部门{number}"]} for number in range(40)] + [{"issuers": ["none"]}], lambda row: row["issuers"])
    assert listed["others"] == 28 and listed["bars"][-1][0]["en"] == "unknown"


@pytest.mark.parametrize("field", FIELDS)
def test_fields_of_metadata_are_named_in_both_languages(field: str) -> None:
    assert not named(field)["zh"].isascii() and named(field)["en"].isascii()


def test_reasons_are_in_both_languages_and_unknown_ones_stay_as_they_are() -> None:
    assert reasoned("needs a password to open; save it without one")["zh"] == "需要密码才能打开；请另存一份不带密码的"
    assert reasoned("3 of 479 documents have no date precise to the year")["zh"] == "479 篇文献中有 3 篇没有精确到年的日期"
    assert reasoned("something new; save it without one")["zh"] == "something new; save it without one"


def test_what_readers_say_of_inputs_they_set_aside_is_known_in_chinese() -> None:
    folder = Path(report.__file__).parents[1] / "ingest"
    unknown = [text for path in sorted(folder.rglob("*.py")) for text in _set_aside_in(path) if reasoned(text)["zh"] == text]
    assert not unknown, "add their clauses to [reasons] in pipeline/report/words.toml"


def _set_aside_in(path: Path) -> list[str]:
    """The reasons written out in a file; what stands in braces as 7, reasons with a named constant in them left out."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "SetAside":
            text = node.args[1]
            if isinstance(text, ast.Constant):
                found.append(str(text.value))
            elif isinstance(text, ast.JoinedStr):
                values = [str(part.value) if isinstance(part, ast.Constant) else "7" for part in text.values]
                found.append("".join(values).removesuffix("; 7"))
    return found


def test_what_a_stage_left_out_is_said(tmp_path: Path) -> None:
    run = small_run(tmp_path, documents=4)
    state = store.read_state(tmp_path)
    store.write_state(tmp_path, state | {"stages": {"trends": {"note": "1 of 4 documents have no date precise to the month"}}})
    assert "4 篇文献中有 1 篇没有精确到月的日期" in make_report(run)
