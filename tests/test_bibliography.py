"""Exports of bibliographic databases: the same three records in every layout, what is mended in them, and what is no export at all."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import IngestSettings
from pipeline.ingest.parse import Total, parse
from pipeline.ingest.parsed import Member, SetAside
from pipeline.ingest.readers import CONTAINERS, DOCUMENTS, format_of
from pipeline.ingest.readers.bibliography import DIALECTS, dialect_of
from pipeline.records import Document, Input

HERE = Path(__file__).resolve().parent
SAMPLES = HERE / "samples" / "bibliography"
EXPORTS = HERE.parents[1] / "shared" / "corpora" / "bib-exports"
SETTINGS = IngestSettings()
FORMATS = {
    "refworks.txt": "refworks", "endnote.enw": "endnote", "ris.ris": "ris", "ris_single_blank.ris": "ris", "wos.ciw": "wos",
    "wos_tab.txt": "wos-tab", "noteexpress.net": "noteexpress", "estudy.txt": "estudy", "cnki.txt": "cnki", "cnki.xls": "xls",
    "table.csv": "csv", "cssci.txt": "cssci", "bibtex.bib": "bibtex",
}  # fmt: skip
RECORDS: list[dict[str, str]] = [
    {
        "kind": "record", "title": "智慧渡口的数据共享机制研究", "authors": "韦澜\n郁青禾", "journal": "松汀行政学刊", "year": "2021",
        "affiliations": "松汀大学公共管理学院\n澜州行政学院", "volume": "12", "issue": "3", "page_range": "45-52+60",
        "keywords": "智慧渡口\n数据共享\n信息孤岛", "abstract": "渡口之间的台账互不相通。本文走访九个渡口，提出共享的办法。",
    },
    {
        "kind": "record", "title": "Ferries as platforms: a study of Songting", "authors": "Reed, Mara\nOakes, Tom",
        "journal": "Journal of Ferry Studies", "year": "2020", "volume": "7", "issue": "2", "page_range": "101-118",
        "keywords": "ferries\nplatforms: trust",
        "abstract": "Nine ferries were visited for a year. Their ledgers did not talk to each other.", "doi": "10.0000/ferry.2020.7",
    },
    {
        "kind": "record", "title": "澜州渡船调度的标准化", "authors": "苏未", "journal": "松汀大学", "year": "2019",
        "keywords": "标准化\n渡船调度",
    },
]  # fmt: skip
LACKING = {"cssci": {"abstract", "doi"}, "estudy": {"doi"}, "csv": {"doi"}}  # what a layout, or its sample, has no place for
MORE = {"funds", "published"}  # what only some layouts tell


def members(name: str, data: bytes) -> list[Member]:
    return list(CONTAINERS[format_of(name, data)](data, SETTINGS))


def one(name: str, text: str) -> Member:
    (member,) = members(name, text.encode())
    return member


def refworks(*lines: str) -> Member:
    return one("a.txt", "\n".join(["RT Journal Article", "SR 1", "T1 渡口的台账", *lines]))


def noteexpress(*lines: str) -> Member:
    return one("a.net", "\n".join(["{Reference Type}: Journal Article", "{Title}: 渡口的台账", *lines]))


def results(path: Path) -> list[tuple[Input, Any]]:
    return list(parse(path, path.name, SETTINGS, lambda _: True, lambda: True, Total(100)))


# --- layouts


@pytest.mark.parametrize(("name", "layout"), FORMATS.items())
def test_the_same_records_are_read_from_every_layout(name: str, layout: str) -> None:
    data = (SAMPLES / name).read_bytes()
    assert format_of(name, data) == layout
    found = members(name, data)
    wanted = [{field: value for field, value in record.items() if field not in LACKING.get(layout, ())} for record in RECORDS]
    assert [{field: value for field, value in member.facts.items() if field not in MORE} for member in found] == wanted


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_file_is_called_does_not_decide_its_layout(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    if FORMATS[name] in DIALECTS:
        assert dialect_of("导出", data) == dialect_of("导出.txt", data) == dialect_of("导出.net", data) == FORMATS[name]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["refworks.txt", "endnote.enw", "noteexpress.net", "cssci.txt", "bibtex.bib"])
def test_every_encoding_gives_the_same_cells(name: str, code: str) -> None:
    data = (SAMPLES / name).read_bytes()
    text = data.decode("gb18030" if name == "cssci.txt" else "utf-8")
    assert [member.cells for member in members(name, text.encode(code))] == [member.cells for member in members(name, data)]


def test_undecodable_characters_are_told_once_for_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("RT Journal Article\nSR 1\nT1 渡口的台账\nAB 渡口之间的台账互不相通。\n".encode("gb18030") + b"\xff\xff\n")
    assert [here.reason for here, _ in results(file)] == [
        "",
        "2 characters could not be decoded; set ingest.encoding if you know it",
    ]


def test_cells_are_the_record_as_it_stands() -> None:
    first = members("refworks.txt", (SAMPLES / "refworks.txt").read_bytes())[0]
    assert first.name == "#1"
    assert first.cells is not None
    assert first.cells["A1"] == "韦澜;郁青禾;"
    assert first.cells["AB"].startswith("<正>")
    assert first.cells["VO"] == "12"


def test_references_stand_one_by_one() -> None:
    cssci = members("cssci.txt", (SAMPLES / "cssci.txt").read_bytes())
    assert cssci[0].references == ["1.苏未.渡口的台账.松汀行政学刊.2018.(2)", "2.Reed,Mara.Ledgers.Songting"]
    assert cssci[1].references == []
    for name in ("wos.ciw", "wos_tab.txt"):
        assert members(name, (SAMPLES / name).read_bytes())[0].references == [
            "Oakes T, 2001, J FERRY STUD, V1, P2",
            "Reed M, 1999, LEDGERS",
        ]


# --- documents


def test_every_record_becomes_a_document_of_title_abstract_and_references() -> None:
    found = results(SAMPLES / "cssci.txt")
    assert [here.source for here, _ in found] == ["cssci.txt#1", "cssci.txt#2", "cssci.txt#3", "cssci.txt"]
    first = found[0][1]
    assert isinstance(first, Document)
    assert first.format == "cssci"
    assert first.text == "智慧渡口的数据共享机制研究\n1.苏未.渡口的台账.松汀行政学刊.2018.(2)\n2.Reed,Mara.Ledgers.Songting"
    assert [block.kind for block in first.blocks] == ["heading", "reference", "reference"]
    assert first.keywords == ["智慧渡口", "数据共享", "信息孤岛"]
    third = found[2][1]
    assert isinstance(third, Document)
    assert (third.text, third.authors, third.date) == ("澜州渡船调度的标准化", ["苏未"], "2019")


def test_a_single_author_keeps_the_comma_of_the_name(tmp_path: Path) -> None:
    file = tmp_path / "a.ris"
    file.write_text("TY  - JOUR\nAU  - Reed, Mara\nTI  - Ledgers of ferries\nER  - \n", "utf-8")
    assert results(file)[0][1].authors == ["Reed, Mara"]


def test_a_record_with_an_abstract_holds_it_below_its_title() -> None:
    document = results(SAMPLES / "noteexpress.net")[0][1]
    assert document.text == f"{RECORDS[0]['title']}\n{RECORDS[0]['abstract']}"
    assert (document.format, document.kind, document.abstract) == ("noteexpress", "record", RECORDS[0]["abstract"])


def test_rows_of_a_bibliography_without_abstract_become_records(tmp_path: Path) -> None:
    table = tmp_path / "文献.csv"
    table.write_bytes("作者,题名,文献来源,年,页码\n苏未;,渡口的台账,松汀行政学刊,2020,2016-04-16\n".encode("gb18030"))
    (here, document), (whole, _) = results(table)
    assert (here.status, whole.status, document.text) == ("ok", "ok", "渡口的台账")
    member = members(table.name, table.read_bytes())[0]
    assert (member.facts["page_range"], member.repairs["page_range"]) == ("4-16", "pages a spreadsheet took for a date")


def test_institutions_issue_documents_but_employ_authors() -> None:
    paper = "题名,作者,刊名,机构\n渡口的台账,苏未,松汀行政学刊,松汀大学\n"
    assert one("a.csv", paper).facts["affiliations"] == "松汀大学"
    policy = f"标题,机构,正文\n关于渡口的通知,松汀省政府,{'各县要核对渡口台账。' * 20}\n"
    assert one("b.csv", policy).facts == {}


def test_a_record_without_title_is_set_aside_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("RT Journal Article\nSR 1\nA1 苏未\n\nRT Journal Article\nSR 1\nT1 渡口的台账\n", "utf-8")
    found = results(file)
    assert [here.status for here, _ in found] == ["empty", "ok", "ok"]
    assert found[0][0].reason == "a record without a title; add it where it was exported"


# --- what is mended


@pytest.mark.parametrize(
    ("member", "field", "value", "repair"),
    [
        (refworks("A1 韦澜;;郁青禾"), "authors", "韦澜\n郁青禾", "doubled semicolons"),
        (refworks("A1 韦澜;郁青禾;"), "authors", "韦澜\n郁青禾", "semicolon at the end"),
        (refworks("A1 韦澜；郁青禾"), "authors", "韦澜\n郁青禾", "full-width semicolons"),
        (refworks("A1 韦澜,郁青禾"), "authors", "韦澜\n郁青禾", "divided at commas or spaces"),
        (refworks("A1 韦澜 郁青禾"), "authors", "韦澜\n郁青禾", "divided at commas or spaces"),
        (refworks("A1 韦澜;韦澜;郁青禾"), "authors", "韦澜\n郁青禾", "repetitions left out"),
        (refworks("A1 韦澜[1];郁青禾2*"), "authors", "韦澜\n郁青禾", "marks behind names left out"),
        (refworks("A1 本报记者韦澜 通讯员郁青禾"), "authors", "韦澜\n郁青禾", "offices before names left out"),
        (refworks("A1 松汀大学教授 韦澜"), "authors", "韦澜", "offices before names left out"),
        (refworks("A1 韦澜;等"), "authors", "韦澜", "what is no name left out"),
        (refworks("A1 Reed, Mara"), "authors", "Reed, Mara", None),
        (refworks("K1 渡口,台账,共享,"), "keywords", "渡口\n台账\n共享", "divided at commas or spaces"),
        (refworks("K1 platforms: trust;渡口"), "keywords", "platforms: trust\n渡口", None),
        (refworks("K1 信息孤岛 information silo;渡口"), "keywords", "信息孤岛\ninformation silo\n渡口", "Chinese and English divided"),
        (refworks("K1 Word2Vec 模型;AD HOC 网络"), "keywords", "Word2Vec 模型\nAD HOC 网络", None),
        (refworks("AB <正>台账不通。"), "abstract", "台账不通。", "mark <正> left out"),
        (refworks("AB ＜正＞台账不通。"), "abstract", "台账不通。", "mark <正> left out"),
        (refworks(" AB 台账不通。"), "abstract", "台账不通。", "space before the tag"),
        (refworks("AB Abstract(#br)First.(#br)Second."), "abstract", "First.\nSecond.", "(#br) read as a line break; label left out"),
        (refworks("AB R&amp;D &lt;台账&gt;"), "abstract", "R&D <台账>", "HTML entities decoded"),
        (refworks("AB 渡<sub>1</sub>口"), "abstract", "渡1口", "HTML tags left out"),
        (refworks("IS 03"), "issue", "3", "leading zeros left out"),
        (refworks("IS S1"), "issue", "S1", None),
        (refworks("vo 12"), "volume", "12", "tag in small letters"),
        (refworks("IS 02vo 12"), "volume", "12", "tag in small letters"),
        (refworks("DO https://doi.org/10.0/a"), "doi", "10.0/a", "what stands before the DOI left out"),
        (noteexpress("{Abstract}：台账不通。"), "abstract", "台账不通。", "colon of full width"),
        (noteexpress("{Author Address}: 松汀大学|JG000001"), "affiliations", "松汀大学", "codes behind affiliations left out"),
        (noteexpress("{Author Address}: 松汀大学公共管", "理学院"), "affiliations", "松汀大学公共管理学院", "broken lines joined"),
        (noteexpress("{Author Address}: 1.松汀大学;2.澜州学院"), "affiliations", "松汀大学\n澜州学院", None),
    ],
)  # fmt: skip
def test_known_slips_are_mended_and_told(member: Member, field: str, value: str, repair: str | None) -> None:
    assert (member.facts[field], member.repairs.get(field)) == (value, repair)


@pytest.mark.parametrize(
    ("written", "volume", "issue", "pages"),
    [
        ("2019,40(010):3-19", "40", "1", "3-19"),
        ("2019,40(120):3-19", "40", "12", "3-19"),
        ("2018,52(080):43-48,61", "52", "8", "43-48,61"),
        ("2019,(100):3", None, "10", "3"),
        ("2012,5(02):7-9", "5", "2", "7-9"),
        ("2012,5(S1):7-9", "5", "S1", "7-9"),
        ("2018,48(030):", "48", "3", None),
    ],
)
def test_cssci_counts_issues_in_two_digits_and_a_zero(written: str, volume: str | None, issue: str, pages: str | None) -> None:
    facts = one("a.txt", f"【来源篇名】渡口的台账\n【来源作者】苏未\n【年代卷期】{written}\n").facts
    assert (facts["year"], facts.get("volume"), facts["issue"], facts.get("page_range")) == (written[:4], volume, issue, pages)


def test_a_thesis_appears_at_its_university_and_has_no_second_author() -> None:
    text = "RT Dissertation/Thesis\nSR 1\nT1 渡口的台账\nA1 苏未\nA3 郁青禾\nPB 松汀大学\nJF 某刊\n"
    facts = one("a.txt", text).facts
    assert (facts["journal"], facts["authors"]) == ("松汀大学", "苏未")


def test_tex_is_read_as_text() -> None:
    text = r'@misc{a, author = {M{\"u}ller, J\"org and {\v{S}}ima, O}, title = "{R\&D} of {\emph Ferries}", year = 1999}'
    facts = one("a.bib", text).facts
    assert facts["authors"] == "Müller, Jörg\nŠima, O"
    assert facts["title"] == "R&D of Ferries"


def test_a_lost_brace_costs_one_entry() -> None:
    text = "@misc{a, title = {渡口\n\n@misc{b, title = {台账}, year = 2001}\n"
    assert [member.facts.get("title") for member in members("a.bib", text.encode())] == ["渡口", "台账"]


RIS = "TY  - JOUR\nTI  - 渡口的台账\nAU  - 沈叙言\nER  - \n"
REFWORKS = "RT Journal Article\nSR 1\nA1 沈叙言;\nT1 驿站的台账\n"


def test_exports_of_several_layouts_in_one_file_are_all_read() -> None:
    data = f"{RIS}\n{REFWORKS}\n{RIS.replace('渡口', '海港')}".encode()
    assert [(one.name, one.facts["title"]) for one in members("a.txt", data)] == [
        ("#1", "渡口的台账"),
        ("#2", "驿站的台账"),
        ("#3", "海港的台账"),
    ]
    quoted = RIS.replace("ER  -", "AB  - 渡口。\n\nRT 是一个缩写\nER  -").encode()
    assert len(members("a.txt", quoted)) == 1


def test_what_stands_above_the_first_record_of_a_file_with_its_own_suffix_is_passed_over() -> None:
    data = f"Provider: LanDB\nContent:text/plain\n\n{RIS}".encode()
    assert dialect_of("a.ris", data) == "ris" and dialect_of("a.txt", data) is None
    assert [one.facts["title"] for one in members("a.ris", data)] == ["渡口的台账"]


# --- what is no export


@pytest.mark.parametrize(
    "text",
    [
        "松汀省政府关于加强渡口巡查的通知\n各县：\n现将有关事项通知如下。\n",
        "【摘要】渡口之间的台账互不相通。\n【关键词】渡口；台账\n",
        "# 笔记\n\n@张三 说：title = {渡口}\n",
        "第一条 为了渡口安全，制定本条例。\n第二条 RT 是缩写。\n",
        "RT 是一个缩写\n它没有别的意思。\n",
        "%0 是占位符\n其余照旧。\n",
        "TY - 我们说到哪里了\n再说一遍。\n",
        "Title-题名: 只有一行\n",
        "PT J\n没有作者的一行\n",
        "@article 一词出现在正文里，但没有条目。\n",
        "{Title}: 模板\n{Author}: 作者\n",
        "制定机关：松汀省政府\n发文字号：松政发〔2021〕7号\n公布日期：2021.03.05\n时效性：现行有效\n",
        "*Vertices 2\n1 \"a\"\n2 \"b\"\n*Edges\n1 2 1\n",
    ],
)  # fmt: skip
def test_ordinary_texts_are_no_exports(text: str) -> None:
    assert dialect_of("a.txt", text.encode()) is None
    assert dialect_of("a.txt", text.encode("gb18030")) is None


def test_other_files_with_the_suffix_of_an_export_have_no_reader() -> None:
    with pytest.raises(SetAside) as why:
        format_of("map.net", b'*Vertices 1\n1 "a"\n')
    assert why.value.status == "unsupported"


# --- texts of 北大法宝

FRAMED = """松汀省政府关于加强渡口巡查的通知
制定机关：松汀省政府
发文字号：松政发〔2021〕7号
公布日期：2021.03.05
施行日期：2021.04.01
时效性：现行有效
效力位阶：地方规范性文件

各县：
各县要核对渡口台账。
©北大法宝：（www.example.org）
复制全文
下载PDF
"""


def test_what_a_legal_database_writes_around_a_text_is_told_apart() -> None:
    read = DOCUMENTS["txt"](FRAMED.encode(), SETTINGS, lambda: True)
    assert [piece.text for piece in read.pieces] == ["松汀省政府关于加强渡口巡查的通知", "各县：", "各县要核对渡口台账。"]
    assert read.facts == {"issuers": "松汀省政府", "doc_number": "松政发〔2021〕7号", "published": "2021.03.05"}
    assert len(read.notes) == 9


def test_a_single_label_is_text() -> None:
    text = "通知\n发文字号：松政发〔2021〕7号\n各县要核对渡口台账。\n"
    assert len(DOCUMENTS["txt"](text.encode(), SETTINGS, lambda: True).pieces) == 3


# --- hostile files

HOSTILE = {
    "one line": b"RT Journal Article\nSR 1\nA1 " + b"a;" * 5_000_000,
    "one line of blanks": b"RT Journal Article\nSR 1\nAB " + b" " * 10_000_000 + b"x",
    "broken line": b"{Reference Type}: Thesis\n{Title}: a\n{Author Address}: x\n" + b"ab\n" * 3_000_000,
    "empty tags": b"RT Journal Article\nSR 1\n" + b"A1 \n" * 100_000 + b"T1 a\n" * 100_000,
    "empty records": b"{Reference Type}: Thesis\n{Title}: a\n" + b"{Reference Type}: Thesis\n" * 100_000,
    "open braces": b"@misc{a, title = " + b"{" * 10_000_000,
    "open entries": b"@misc{a, title = {\n" * 200_000,
    "open quotation": b'@misc{a, title = "' + b"a{" * 3_000_000,
    "joined parts": b"@misc{a, title = " + b"a # " * 1_000_000,
    "spaces in a field": b"@misc{a, title = {b}, x" + b" " * 3_000_000 + b"= {a}",
    "backslashes": b"@misc{a, title = {" + b"\\" * 3_000_000,
    "accents": b"@misc{a, title = {" + b"{\\'{\\" * 1_000_000,
    "brackets": "【来源篇名】a\n【来源作者】b\n【机构名称】".encode() + b"[" * 3_000_000,
    "references": "【来源篇名】a\n【来源作者】b\n【参考文献】\n".encode() + b"1.a\n" * 500_000,
    "offices": b"RT Journal Article\nSR 1\nA1 " + "本报记者".encode() + "本报".encode() * 1_000_000,
    "addresses": b"RT Journal Article\nSR 1\nAD " + "澜州 ".encode() * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_exports_are_read_in_linear_time(name: str) -> None:
    begun = time.process_time()
    found = members("a.txt", HOSTILE[name])
    assert found
    assert time.process_time() - begun < 12


@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=30), st.integers(0, 2000), st.integers(0, 2000))
def test_no_damage_raises(name: str, noise: bytes, start: int, end: int) -> None:
    data = (SAMPLES / name).read_bytes()
    layout = FORMATS[name]
    if layout in DIALECTS:
        try:
            found = list(DIALECTS[layout](data[:start] + noise + data[end:], SETTINGS))
        except SetAside:
            return
        assert all(member.cells is not None for member in found)


# --- real exports

REAL = {  # file: records, with authors, with keywords, with year, with abstract, references; counted with grep
    "CNKI-637277584491521250_自定义_1.txt": (500, 484, 500, 500, 482, 0),
    "ChineseColon.net": (1, 1, 1, 1, 1, 0),
    "CoverAllTest15Entries.bib": (15, 11, 12, 12, 9, 0),  # 12 with one of Null
    "CoverAllTest15Entries.net": (15, 11, 12, 12, 9, 0),
    "LotsOfEnglish.net": (21, 21, 19, 21, 20, 0),
    "cnki_endnote_demo.txt": (40, 39, 34, 38, 36, 0),
    "cnki_refworks.txt": (298, 288, 272, 296, 298, 0),
    "converted_demo.ris": (40, 39, 0, 38, 34, 0),
    "cssci_1-100b.txt": (100, 100, 100, 100, 0, 4835),
    "cssci法学.txt": (400, 399, 399, 400, 0, 12267),
    "wos数字人文-纯文本.txt": (270, 270, 0, 270, 235, 0),
    "社会思潮文献（2000-2016）（1558篇）.csv": (1558, 1524, 1558, 1558, 0, 0),
    "篇名社会思潮文献统计（2000-2016 345篇）.xls": (345, 342, 345, 345, 0, 0),
}


@pytest.mark.skipif(not EXPORTS.is_dir(), reason="the real exports are not beside the project")
@pytest.mark.parametrize("name", REAL)
def test_real_exports_give_every_record_and_field(name: str) -> None:
    found = members(name, (EXPORTS / name).read_bytes())
    having = Counter(field for member in found for field in member.facts)
    assert having["title"] == len(found)
    counted = tuple(having[field] for field in ("authors", "keywords", "year", "abstract"))
    assert (len(found), *counted, sum(len(member.references) for member in found)) == REAL[name]


@pytest.mark.skipif(not EXPORTS.is_dir(), reason="the real corpora are not beside the project")
@pytest.mark.parametrize(
    "folder", ["seed-paper", "policy-txt-fabao", "laws-md", "encodings", "nasty-formats", "work-reports-national"]
)
def test_no_real_text_is_taken_for_an_export(folder: str) -> None:
    for path in (EXPORTS.parent / folder).rglob("*.txt"):
        try:
            assert format_of(path.name, path.read_bytes()) in DOCUMENTS, path
        except SetAside:
            continue
