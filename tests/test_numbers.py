"""The numbers of official documents: read from cells, whose they are, and what their bodies are called today."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import perf_counter

import pytest

from pipeline.config import LEXICONS
from pipeline.errors import SettingsError
from pipeline.ingest.gazetteer import Gazetteer, current_name, read_gazetteer
from pipeline.ingest.metadata.issuers import full_name
from pipeline.ingest.metadata.numbers import number_from_cell, number_issuers, number_place

LISTS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "policy-docnumbers-dates"
CHINA = read_gazetteer(LEXICONS / "places.csv", LEXICONS / "issuers.csv")


@pytest.fixture
def lan(tmp_path: Path) -> Gazetteer:
    """A country of its own: 松 and 津汀 are a province and a municipality, 渡 a city, 国政 its cabinet."""
    (tmp_path / "places.csv").write_text(
        "name,short,level,parent,abbr\n松汀省,松汀,province,,松\n砚市,,province,,砚\n望渡市,望渡,city,松汀省,渡\n", "utf-8"
    )
    (tmp_path / "issuers.csv").write_text("name,short,level,region\n国政院,国政发;国政令,central,\n学务部,,central,\n", "utf-8")
    (tmp_path / "departments.csv").write_text(
        "abbr,of,name,since,until\n政,province,{}政府,,\n政,city,{}政府,,\n政办,province,{}政府办公厅,,\n学…,province,{}学务厅,,2018\n"
        "学…,province,{}教化厅,2019,\n学…,砚市,{}学务委员会,,\n河工…,province,,,\n委,province,中共{}委,,\n学…,central,学务部,,\n",
        "utf-8",
    )
    (tmp_path / "renamed.csv").write_text(
        "name,successor,year\n学务部,教化部,2009\n教化部,教化和体育部,2019\n{}学务局,{}教化厅,2019\n{}学务局,{}教化局,2019\n",
        "utf-8",
    )
    return read_gazetteer(tmp_path / "places.csv", tmp_path / "issuers.csv")


# --- the number in a cell


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("发文字号：松政发[2021]7号", "松政发〔2021〕7号"),
        ("文  号: 松 政 发〔 2021 〕 7 号", "松政发〔2021〕7号"),
        ("\u200b松政发（2021〕第１７号", "松政发〔2021〕17号"),
        ("松政发〔2021〕号17", "松政发〔2021〕17号"),
        ("松政发〔2021〕17", "松政发〔2021〕17号"),
        ("松政发2021〕17号", "松政发〔2021〕17号"),
        ("松政发 2021-17号", "松政发〔2021〕17号"),
        ("松政发[86]17号", "松政发〔86〕17号"),
        ("松政〔2001〕文12号", "松政〔2001〕文12号"),
        ("（86）松政字12号", "〔86〕松政字12号"),
        ("松政字第12号", "松政字第12号"),
        ("国政令 第 753 号", "国政令第753号"),
        ("松汀省政府令263号", "松汀省政府令263号"),
        ("学务部公告2021年第3号", "学务部公告2021年第3号"),
        ("2021年第3号公告", "2021年第3号公告"),
        ("第12号", "第12号"),
        ("国政发〔2021〕1号 松政发〔2021〕2号", "国政发〔2021〕1号"),
        ("松政发〔2021〕7号（此件公开发布）", "松政发〔2021〕7号"),
    ],
)
def test_a_number_has_one_form_however_it_is_written(lan: Gazetteer, cell: str, number: str) -> None:
    assert number_from_cell(cell, lan) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("日松政发〔1985〕146号", "松政发〔1985〕146号"),
        ("省政府松政办发〔1985〕6号", "松政办发〔1985〕6号"),
        ("治方案的通知松政发〔2020〕71号", "松政发〔2020〕71号"),
        ("关于治水的通知（松学水〔2020〕7号）", "松学水〔2020〕7号"),
        ("根据国政发〔2020〕71号", "国政发〔2020〕71号"),
        ("青松政发〔2020〕1号", "青松政发〔2020〕1号"),  # a county may be called so
        ("木器协办发〔2020〕1号", "木器协办发〔2020〕1号"),
        ("松木器发〔2020〕1号", "松木器发〔2020〕1号"),
    ],
)
def test_what_is_glued_on_before_goes_and_unknown_bodies_stay(lan: Gazetteer, cell: str, number: str) -> None:
    assert number_from_cell(cell, lan) == number


@pytest.mark.parametrize(
    "cell",
    ["", "——", "无", "发文字号：", "2023-08-07", "2023年8月7日", "8月7号", "7号", "3号楼", "松木街第12号", "2023年第12期", "松政发〔2012〕",
     "松ICP备05070218号", "索引号：000014349/2021-00012", "联系电话12345号", "关于治水的通知"],
)  # fmt: skip
def test_a_cell_without_a_number_gives_none(lan: Gazetteer, cell: str) -> None:
    assert number_from_cell(cell, lan) == ""


def test_hostile_cells_take_no_time() -> None:
    begin = perf_counter()
    for cell in (
        "松" * 9000,
        "松（" * 5000,
        "2021 " * 5000,
        "〔2021〕" * 5000,
        "第" * 9000 + "号",
        "的通知" * 5000,
        "\ud800〔2021〕7号",
    ):
        number_from_cell(cell, CHINA)
        number_issuers(cell[:2000], CHINA)
    assert perf_counter() - begin < 5


# --- whose it is


@pytest.mark.parametrize(
    ("number", "issuers", "place"),
    [
        ("国政发〔2021〕1号", ["国政院"], ("central", None)),
        ("松政发〔2021〕7号", ["松汀省人民政府"], ("province", "松汀省")),
        ("松政发〔86〕7号", ["松汀省人民政府"], ("province", "松汀省")),
        ("国政发〔2021〕1号、松政发〔2021〕7号", ["国政院", "松汀省人民政府"], ("central", None)),
        ("松政办明电发〔2021〕7号", ["松汀省人民政府办公厅"], ("province", "松汀省")),
        ("松学水发〔2018〕7号", ["松汀省学务厅"], ("province", "松汀省")),
        ("松学水发〔2019〕7号", ["松汀省教化厅"], ("province", "松汀省")),
        ("砚学发〔2019〕7号", ["砚市学务委员会"], ("province", "砚市")),
        ("松委发〔2019〕7号", ["中共松汀省委"], ("province", "松汀省")),
        ("松河工建发〔2019〕7号", [], ("province", "松汀省")),
        ("松学领发〔2019〕7号", [], ("province", "松汀省")),  # 领导小组
        ("松政职转办〔2019〕7号", [], ("province", "松汀省")),
        ("望渡市政发〔2019〕7号", ["望渡市人民政府"], ("city", "望渡市")),
        ("学水函〔2019〕7号", ["学务部"], ("central", None)),
        ("学政发〔2019〕7号", [], None),  # the government of some county
        ("木器发〔2019〕7号", [], None),
        ("国政令第753号", ["国政院"], ("central", None)),
        ("松汀省人民政府令第9号", ["松汀省人民政府"], ("province", "松汀省")),
        ("松政令第9号", ["松汀省人民政府"], ("province", "松汀省")),
        ("学务部公告2021年第3号", ["学务部"], ("central", None)),
        ("第12号", [], None),
    ],
)
def test_a_number_tells_its_body_level_and_region(
    lan: Gazetteer, number: str, issuers: list[str], place: tuple[str, str | None] | None
) -> None:
    assert (number_issuers(number, lan), number_place(number, lan)) == (issuers, place)


@pytest.mark.parametrize(
    ("number", "issuer"),
    [
        ("国办发〔2021〕7号", "国务院办公厅"),
        ("粤府办〔2021〕7号", "广东省人民政府办公厅"),
        ("川办发〔2021〕7号", "四川省人民政府办公厅"),
        ("苏办发〔2021〕7号", "中共江苏省委办公厅"),
        ("新党发〔2021〕7号", "中共新疆维吾尔自治区委员会"),
        ("辽住建〔2021〕7号", "辽宁省住房和城乡建设厅"),
        ("沪环规〔2021〕7号", "上海市生态环境局"),
        ("环发〔2005〕7号", "国家环境保护总局"),
        ("环办函〔2012〕7号", "环境保护部"),
        ("环综合〔2021〕7号", "生态环境部"),
        ("穗府办〔2021〕7号", "广州市人民政府办公厅"),
    ],
)
def test_the_shipped_lists_know_how_numbers_call_bodies(number: str, issuer: str) -> None:
    assert number_issuers(number, CHINA) == [issuer]


# --- today's names


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("学务部", "教化和体育部"),
        ("学务部办公厅", "教化和体育部办公厅"),
        ("松汀省学务局", "松汀省教化厅"),
        ("望渡市学务局", "望渡市教化局"),
        ("砚市学务局", "砚市教化局"),
        ("国政院", "国政院"),
        ("木器协会", "木器协会"),
    ],
)
def test_a_body_has_the_name_of_what_took_its_place(lan: Gazetteer, name: str, today: str) -> None:
    assert current_name(name, lan) == today


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("国土资源部", "自然资源部"),
        ("卫生部", "国家卫生健康委员会"),
        ("国务院法制办公室", "司法部"),
        ("中国银行业监督管理委员会", "国家金融监督管理总局"),
        ("邮电部", "工业和信息化部"),
        ("国务院扶贫开发领导小组办公室", "农业农村部"),
        ("山东省国土资源厅", "山东省自然资源厅"),
        ("广东省经济和信息化委员会", "广东省工业和信息化厅"),
        ("四川省经济和信息化委员会", "四川省经济和信息化厅"),
        ("上海市经济和信息化委员会", "上海市经济和信息化委员会"),
    ],
)
def test_the_reforms_are_known(name: str, today: str) -> None:
    assert current_name(name, CHINA) == today


def test_no_body_is_renamed_in_a_ring() -> None:
    assert [name for name in CHINA.renamed if "{}" not in name and current_name(current_name(name, CHINA), CHINA) == name] == []


@pytest.mark.parametrize(
    ("name", "whole"),
    [("国办", "国务院办公厅"), ("发改委", "国家发展和改革委员会"), ("网信办", "国家互联网信息办公室"), ("山东省发改委", "山东省发展和改革委员会")],
)  # fmt: skip
def test_short_names_are_written_out(name: str, whole: str) -> None:
    assert full_name(name, CHINA) == whole


def test_wrong_years_of_departments_are_said(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text("name,short,level,parent\n松汀省,松汀,province,\n", "utf-8")
    (tmp_path / "issuers.csv").write_text("name,short,level,region\n学务部,,central,\n", "utf-8")
    (tmp_path / "departments.csv").write_text(
        "abbr,of,name,since,until\n学…,province,{}学务厅,soon,\n,province,{}厅,,\n", "utf-8"
    )
    with pytest.raises(SettingsError) as raised:
        read_gazetteer(tmp_path / "places.csv", tmp_path / "issuers.csv")
    assert [re.sub(r".*[/\\]", "", problem.split(": ")[0]) for problem in raised.value.problems] == [
        "departments.csv:2", "departments.csv:3",
    ]  # fmt: skip


# --- five lists of real numbers, where they are at hand


@cache
def _cells() -> list[str]:
    """The cells below a header that names document numbers, without the empty ones."""
    return [cell for path in sorted(LISTS.glob("*.xlsx")) for cell in _column(path)]


def _column(path: Path) -> Iterator[str]:
    from openpyxl import load_workbook

    rows = load_workbook(path, read_only=True).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    at = next(number for number, name in enumerate(next(rows)) if str(name).startswith("doc"))
    yield from (str(row[at]) for row in rows if row[at])


@pytest.mark.skipif(not LISTS.exists(), reason="the lists are not shipped")
def test_real_numbers_are_read_and_told_whose_they_are() -> None:
    begin = perf_counter()
    found = [(cell, number_from_cell(cell, CHINA)) for cell in _cells()]
    numbers = [number for _, number in found if number]
    took = perf_counter() - begin
    with_digits = [cell for cell in _cells() if re.search(r"\d", cell)]
    changed = Counter(number for cell, number in found if number and number != _plain(cell))
    told = sum(bool(number_issuers(number, CHINA)) for number in numbers) / len(numbers)
    placed = sum(bool(number_place(number, CHINA)) for number in numbers) / len(numbers)
    print(
        f"\n{len(_cells())} cells, {len(numbers)} numbers, {len(changed)} repaired, issuer {told:.4f}, level {placed:.4f}, {took:.1f} s"
    )
    assert len(numbers) >= 0.99 * len(with_digits) and all(re.search(r"\d", cell) for cell, number in found if number)
    assert sum(changed.values()) <= 0.002 * len(numbers)
    assert told >= 0.97 and placed >= 0.97
    assert took < 5


def _plain(cell: str) -> str:
    """A cell without label and blanks, brackets as 〔〕: what all but a damaged number is."""
    return re.sub(r"[\[(〔](\d{4})[\])〕]", r"〔\1〕", re.sub(r"[\s\u200b]", "", cell).removeprefix("发文字号："))
