"""The list of references: where entries begin, what they say, and which documents of the run they are."""

import re
import time
from pathlib import Path

import pytest

from pipeline.ingest.layout import lay_out
from pipeline.ingest.metadata.citing import parse_entry
from pipeline.ingest.metadata.doi import doi_in, narrow
from pipeline.ingest.parsed import Parsed, Piece
from pipeline.ingest.related.duplicates import title_key
from pipeline.ingest.related.references import link_references, references_of
from pipeline.records import Block, Reference

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


def listed(*entries: str) -> list[Reference]:
    """The references of a document whose blocks of references are these."""
    text, blocks = "正文。", []
    for entry in entries:
        blocks.append(Block(len(text) + 1, len(text) + 1 + len(entry), "reference"))
        text += "\n" + entry
    found = references_of("d1", text, [Block(0, 3, "paragraph"), *blocks])
    assert all(text[one.start : one.end] == one.raw for one in found)
    return found


# --- where an entry begins and ends


def test_a_block_is_an_entry() -> None:
    found = listed("[1] 甲某. 澜江治水考[J]. 澜州学刊, 2015(2): 1-9.", "[2] 乙某. 海岱水利[M]. 澜州: 澜州出版社, 2016.")
    assert [one.order for one in found] == [0, 1]
    assert [one.title for one in found] == ["澜江治水考", "海岱水利"]


def test_an_entry_may_span_blocks_and_a_block_hold_entries() -> None:
    spanning = listed(
        "[1] 甲某. 澜江治水考[J].", "Jia M. On the river Lan[J]. Lan Studies, 2015.", "[2] 乙某. 海岱水利[M]. 2016."
    )
    assert [one.raw[:3] for one in spanning] == ["[1]", "[2]"] and spanning[0].raw.endswith("2015.")
    together = listed("[1] 甲某. 澜江治水考[J]. 2015. [2] 乙某. 海岱水利[M]. 2016. ［3］丙某．山志［M］．2017．")
    assert [one.year for one in together] == [2015, 2016, 2017]


def test_numbers_inside_an_entry_begin_none() -> None:
    found = listed("[1] 甲某. 澜江治水考[J]. 澜州学刊, 2015, 40[3]: 1-9.", "714.", "[2] 乙某. 海岱水利[M]. 2016.")
    assert len(found) == 2 and found[0].raw.endswith("714.")


def test_a_title_may_begin_with_a_year_right_behind_its_number() -> None:
    assert len(listed("1.甲某.澜江治水考.澜州学刊.2015.(4)", "2.2017澜州统计结果", "3.丙某.山志.澜州:澜州出版社")) == 3


def test_what_follows_the_last_number_is_none() -> None:
    assert len(listed("[1] 甲某. 澜江治水考[J]. 2015.", "[2] 乙某. 海岱水利[M]. 2016.", "Water of the Lan: A Survey")) == 2


def test_the_end_of_another_papers_list_is_left_out() -> None:
    own = [f"[{n}] 甲某. 澜江考之{n}[J]. 2015." for n in range(1, 8)]
    other = [f"[{n}] 丁某. 别论之{n}[J]. 2011." for n in range(3, 6)]
    found = listed(*own[:5], "（上接第 20 页）", *other, *own[5:], "[6] 丁某. 别论之六[J]. 2012.")
    assert [one.title for one in found] == [f"澜江考之{n}" for n in range(1, 8)]


def test_a_misprinted_number_keeps_its_entry() -> None:
    assert len(listed(*(f"[{n}] 甲某. 澜江考[J]. 2015." for n in (1, 2, 31, 4, 5)))) == 5


def test_the_same_list_in_english_is_not_counted_twice() -> None:
    chinese = [f"[{n}] 甲某. 澜江考之{n}[J]. 2015." for n in range(1, 5)]
    english = [f"[{n}] Jia M. On the Lan {n}[J]. 2015." for n in range(1, 5)]
    assert len(listed(*chinese, *english)) == 4


def test_entries_without_numbers_are_a_block_each() -> None:
    found = listed(
        "甲某，2015，《澜江治水考》，《澜州学刊》第2期。", "Jia, M. (2016). On the river", "of Lan. Lan Studies, 3(2), 1–9."
    )
    assert [one.year for one in found] == [2015, 2016]
    assert len(listed("Jia M, 2010, J LAN, V66, P12", "van Yi L, 2011, J LAN, V67, P1", "Yi L, 2012, LAKES")) == 3


# --- what an entry says


@pytest.mark.parametrize(
    ("entry", "authors", "year", "title", "container", "kind"),
    [
        ("甲某,乙某某,丙某,等.澜江治水考[J].澜州学刊,2015,40(2):1-9.", "甲某;乙某某;丙某", 2015, "澜江治水考", "澜州学刊", "J"),
        ("甲某，乙某．澜江治水考［J］．澜州学刊（社会科学版），2015（2）：1－9．", "甲某;乙某", 2015, "澜江治水考", "澜州学刊（社会科学版）", "J"),
        ("甲某主编. 海岱水利：制度与人[M]. 2版. 澜州: 澜州出版社, 2016: 30.", "甲某", 2016, "海岱水利：制度与人", "澜州出版社", "M"),
        ("[海]欧某·安. 山志[M]. 甲某, 译. 澜州: 澜州出版社, 1998.", "欧某·安", 1998, "山志", "澜州出版社", "M"),
        ("乙某. 山地治理研究[D]. 澜州: 澜州大学, 2012.", "乙某", 2012, "山地治理研究", "澜州大学", "D"),
        ("丙某. 澜江通航[N]. 澜州日报, 2020-03-04(1).", "丙某", 2020, "澜江通航", "澜州日报", "N"),
        ("澜州统计局. 2019年统计公报[EB/OL]. (2020-02-01)[2021-05-06]. http://a.example/2018/b.html.", "澜州统计局", 2020, "2019年统计公报", None, "EB/OL"),
        ("Jia M, Yi L K, et al. E-rivers: 2010 to 2014[C]//Proc of the 2014 Conf on Rivers. Lan: River Press, 2015: 1985-1996.",
         "Jia M;Yi L K", 2015, "E-rivers: 2010 to 2014", "Proc of the 2014 Conf on Rivers", "C"),
        ("JIA Mou-mou, J. K. Rowe. A river[J]. River, Lake and Sea, 2014, 3(2): 1-9.", "JIA Mou-mou;J. K. Rowe", 2014, "A river", "River, Lake and Sea", "J"),
        ("甲某.澜江治水考.澜州学刊.2015.(4)", "甲某", 2015, "澜江治水考", "澜州学刊", None),
        ("乙某.海岱水利.澜州:澜州出版社", "乙某", None, "海岱水利", "澜州出版社", None),
        ("丁某某.澜江通航的制度史", "丁某某", None, "澜江通航的制度史", None, None),
        ("丁某某.澜江通航的制度史,1997", "丁某某", 1997, "澜江通航的制度史", None, None),
        ("丙某.山地治理研究:硕士学位论文:澜州大学,2012", "丙某", 2012, "山地治理研究", "澜州大学", None),
        ("甲某：《澜江治水考》，《澜州学刊》2015年第2期。", "甲某", 2015, "澜江治水考", "澜州学刊", None),
        ("甲某、乙某：《海岱水利》，澜州：澜州出版社，2016年，第30页。", "甲某;乙某", 2016, "海岱水利", "澜州出版社", None),
        ("甲某，2015：《澜江治水考》，《澜州学刊》第2期。", "甲某", 2015, "澜江治水考", "澜州学刊", None),
        ("Jia, M. K., & Yi, L. (2016). On the river Lan. Lan Studies, 3(2), 1–9.", "Jia, M. K;Yi, L", 2016, "On the river Lan", "Lan Studies", None),
        ("Jia, Mou; Yi, L. 1996. On the river Lan. In Proc. Conference on Rivers.", "Jia, Mou;Yi, L", 1996, "On the river Lan", "Proc. Conference on Rivers", None),
        ("M. Jia and L. K. Yi, “On the river Lan,” Lan Stud., vol. 3, no. 2, pp. 1985–1996, 2014.", "M. Jia;L. K. Yi", 2014, "On the river Lan", "Lan Stud", None),
        ("Jia M, 2010, J LAN, V66, P12, DOI 10.9999/jl.2010.12", "Jia M", 2010, None, "J LAN", None),
        ("澜江水文资料汇编", "", None, "澜江水文资料汇编", None, None),
    ],
)  # fmt: skip
def test_an_entry_is_read(
    entry: str, authors: str, year: int | None, title: str | None, container: str | None, kind: str | None
) -> None:
    one = parse_entry(entry)
    assert (";".join(one.authors), one.year, one.title, one.container, one.type) == (authors, year, title, container, kind)


def test_a_doi_is_found_without_the_spaces_of_its_typesetting() -> None:
    assert doi_in("DOI：10．9999／j．lan．2015．02．001．") == "10.9999/j.lan.2015.02.001"
    assert doi_in("doi: 10． 9999 /j． issn． 1001-0001． 2018． 07． 002") == "10.9999/j.issn.1001-0001.2018.07.002"
    assert doi_in("https://doi.org/10.9999/a(b)c, 2015") == "10.9999/a(b)c"
    assert doi_in("(doi: 10.9999/abc).") == "10.9999/abc"
    assert doi_in("见 10. 2015 年") is None


def test_nothing_a_file_holds_makes_it_fail_or_wait() -> None:
    hostile = [
        "[1]" + "A. " * 5000,
        "[2]" + "10." * 5000,
        "[3] " + "(" * 9000,
        "[4]" + "《" * 5000,
        "[5] " + "甲," * 5000,
        "[6]" + " " * 9000 + "[J]",
    ]
    began = time.perf_counter()
    assert len(listed(*hostile)) == 6 and listed() == [] and listed("", " ") == []
    assert time.perf_counter() - began < 5


# --- which document of the run it is


def test_a_reference_is_linked_by_its_doi_and_else_by_its_title() -> None:
    found = listed(
        "[1] 甲某. 澜江治水制度考[J]. 2015. DOI: 10.9999/ABC.",
        "[2] 乙某. 《海岱》水利的制度史[M]. 2016.",
        "[3] 丙某. 导论[M]. 2017.",
    )
    titles = {title_key("澜江治水制度考"): "d2", title_key("海岱水利的制度史"): "d3", title_key("导论"): "d4"}
    assert [one.cited for one in link_references(found, titles, {"10.9999/abc": "d5"})] == ["d5", "d3", None]
    assert [one.cited for one in link_references(found, titles, {})] == ["d2", "d3", None]


def test_no_document_cites_itself() -> None:
    found = listed("[1] 甲某. 澜江治水制度考[J]. 2015.")
    assert link_references(found, {title_key("澜江治水制度考"): "d1"}, {})[0].cited is None


# --- what the layout takes for references


def test_a_numbered_list_ends_with_its_last_number() -> None:
    lines = ["参考文献", "[1] 甲某. 澜江考[J]. 2015.", "[2] 乙某. 水利[M]. 2016.", "On the River Lan: A Survey", "JIA Mou"]
    layout = lay_out(Parsed("txt", [Piece(line, "paragraph", after_gap=True) for line in lines]))
    assert [block.kind for block in layout.blocks] == ["heading", "reference", "reference", "paragraph", "paragraph"]


@pytest.mark.parametrize(
    "heading", ["参 考 文 献：", "[参考文献]", "六、参考文献", "参考文献（References）", "注释与参考文献", "REFERENCES"]
)
def test_the_list_begins_below_its_heading(heading: str) -> None:
    lines = ["澜江的水。", heading, "[1] 甲某. 澜江考[J]. 2015.", "[2] 乙某. 水利[M]. 2016."]
    layout = lay_out(Parsed("txt", [Piece(line, "paragraph", after_gap=True) for line in lines]))
    assert [one.title for one in references_of("d1", layout.text, layout.blocks)] == ["澜江考", "水利"]


def test_cssci_lines_are_read_as_a_whole() -> None:
    files = sorted((CORPORA / "bib-exports").glob("cssci*.txt")) if CORPORA.is_dir() else []
    if not files:
        pytest.skip("needs the corpus bib-exports beside the project: ../shared/corpora/bib-exports")
    lines = [line for file in files for line in re.findall(r"^\d{1,3}\.(.+)$", file.read_text("utf-8-sig", "replace"), re.M)]
    found = [parse_entry(line) for line in lines]
    dated = [bool(re.search(r"[.,](?:19|20)\d\d(?:[.:]|$)", line)) for line in lines]  # others are years in titles
    assert len(lines) == 17102
    assert sum(one.year is not None for one, told in zip(found, dated, strict=True) if told) >= 0.99 * sum(dated)
    assert sum(bool(one.title and one.authors) for one in found) >= 0.9 * len(lines)


# --- entries of each style


@pytest.mark.parametrize(
    ("raw", "authors", "year", "title", "container", "letter"),
    [
        ("沈叙言，祝采薇，等．渡口的变迁［J］．岚学刊，2019，40（3）：1－12．", "沈叙言|祝采薇", 2019, "渡口的变迁", "岚学刊", "J"),
        ("沈叙言,祝采薇等.渡口：“双岸”之间[J].岚学刊(社会科学版),2019,(03):1-12+20.", "沈叙言|祝采薇", 2019, "渡口：“双岸”之间", "岚学刊(社会科学版)", "J"),
        ("沈 叙，祝采 薇． 渡口 ［ J ］ ． 岚学刊，2019， 4 ( 3 ) : 1-9．", "沈叙|祝采薇", 2019, "渡口", "岚学刊", "J"),
        ("SHEN X Y, Zhu C, et al. Ferries: a review[J]. River Research, 2009, 19(e1): 1929-1958.", "SHEN X Y|Zhu C", 2009, "Ferries: a review", "River Research", "J"),
        ("Shen X, Zhu C. Ferries[J]. arXiv preprint arXiv:1912.00001,2020.", "Shen X|Zhu C", 2020, "Ferries", "arXiv preprint arXiv:1912.00001", "J"),
        ("Shen X. Ferries［C］/ /Proc of the 4th Int Conf on Rivers 2003． Landu: LAN Press，2004: 5-9．", "Shen X", 2004, "Ferries", "Proc of the 4th Int Conf on Rivers 2003", "C"),
        ("沈叙言.渡口[A].骆行简.航运论文集[C].岚都:岚都出版社,2003.12-20.", "沈叙言", 2003, "渡口", "航运论文集", "C"),
        ("沈叙言. 渡口志[M]. 2版. 岚都: 岚都出版社, 2001: 15-20.", "沈叙言", 2001, "渡口志", "岚都出版社", "M"),
        ("Shen X. Ferries[M]. [S. l.]: River Press, 2001.", "Shen X", 2001, "Ferries", "River Press", "M"),
        ("沈叙言，渡口治理研究［D］．岚都：岚都大学，2014．", "沈叙言", 2014, "渡口治理研究", "岚都大学", "D"),
        ("沈叙言. 渡口改革二十年[N]. 岚都日报, 2015-03-04(5).", "沈叙言", 2015, "渡口改革二十年", "岚都日报", "N"),
        ("岚国统计局. 渡口公报[EB/OL]. (2020-02-28)[2021-03-05]. http://www.example.org/2019/t.html.", "岚国统计局", 2020, "渡口公报", None, "EB/OL"),
        ("某某网. 渡口[EB/OL]. [2021-03-05]. http://www.example.org/2019.", "某某网", None, "渡口", None, "EB/OL"),
        ("渡口志[M]. 岚都: 岚都出版社, 2001.", "", 2001, "渡口志", "岚都出版社", "M"),
        ("沈叙言. 2010. 渡口的变迁[J]. 岚学刊, (3): 1-9.", "沈叙言", 2010, "渡口的变迁", "岚学刊", "J"),
    ],
)  # fmt: skip
def test_entries_with_the_letters_of_the_national_standard(
    raw: str, authors: str, year: int | None, title: str, container: str | None, letter: str
) -> None:
    entry = parse_entry(raw)
    assert (entry.authors, entry.year, entry.title) == ([name for name in authors.split("|") if name], year, title)
    assert (entry.container, entry.type) == (container, letter)


@pytest.mark.parametrize(
    ("raw", "authors", "year", "title", "container"),
    [
        ("沈叙言. 渡口的变迁. 岚学刊, 2019, 40(3): 1-12.", "沈叙言", 2019, "渡口的变迁", "岚学刊"),
        ("沈叙言（2010）．渡口的变迁．岚学刊，12（3），45-67．", "沈叙言", 2010, "渡口的变迁", "岚学刊"),
        ("渡口总论. 岚都: 岚都出版社, 2001.", "", 2001, "渡口总论", "岚都出版社"),
        ("[德]马克斯·韦贝尔:《渡口与航运》(上卷),林某译,岚都出版社1997年版,第3页。", "马克斯·韦贝尔", 1997, "渡口与航运", "岚都出版社"),
        ("参见沈叙言、祝采薇：《渡口的变迁》，载《岚学刊》2010年第3期，第5页。", "沈叙言|祝采薇", 2010, "渡口的变迁", "岚学刊"),
        ("沈叙言：“渡口的变迁”，《岚学刊》2010年第3期。", "沈叙言", 2010, "渡口的变迁", "岚学刊"),
        ("沈叙言，2010，《渡口的变迁》，《岚学刊》第3期。", "沈叙言", 2010, "渡口的变迁", "岚学刊"),
        ("Shen, X. Y., & Zhu, C. W. (2010). Why ferries? A review. River Research, 12(3), 45–67.", "Shen, X. Y|Zhu, C. W", 2010, "Why ferries? A review", "River Research"),
        ("X. Shen, C. Zhu, and Y. Luo, “Ferries again,” in Proc. Int. Conf. Rivers, 2012, pp. 1–9.", "X. Shen|C. Zhu|Y. Luo", 2012, "Ferries again", "Proc. Int. Conf. Rivers"),
        ("Shen X, Zhu CW. The ferry. J Rivers. 2010;12(3):45-67.", "Shen X|Zhu CW", 2010, "The ferry", "J Rivers"),
        ("J. K. Shen, C. Zhu. The ferry. J Rivers, 2010.", "J. K. Shen|C. Zhu", 2010, "The ferry", "J Rivers"),
        ("沈叙言.渡口与桥:航运论集:岚都出版公司,2006:25-30", "沈叙言", 2006, "渡口与桥", "航运论集"),
        ("沈叙言.1903年:渡口案始末.岚都:岚都出版社", "沈叙言", None, "1903年:渡口案始末", "岚都出版社"),
        ("Xu Shen, Sur les bacs, in Revue des rivières, 2009, p. 40", "", 2009, None, None),
        ("沈叙言.渡口研究:硕士学位论文.岚都:岚都大学,2014", "沈叙言", 2014, "渡口研究", "岚都大学"),
        ("Shen, Xuyan; Zhu, C. 1996. The Ferry: A History. In Proc. Conference on Rivers.", "Shen, Xuyan|Zhu, C", 1996, "The Ferry: A History", "Proc. Conference on Rivers"),
        ("沈叙言.渡口与两岸:一项研究.2018", "沈叙言", 2018, "渡口与两岸:一项研究", None),
        ("沈叙言.渡口与两岸.岚都:岚都大百科全书出版社", "沈叙言", None, "渡口与两岸", "岚都大百科全书出版社"),
        ("沈叙言.论《渡口法》第9条.岚学刊.2019.40(3)", "沈叙言", 2019, "论《渡口法》第9条", "岚学刊"),
        (".渡口全集（第3卷）.岚都:岚都出版社", "", None, "渡口全集（第3卷）", "岚都出版社"),
        ("Shen,X..Ferries and floods.River Research.2015.33(1)", "Shen, X", 2015, "Ferries and floods", "River Research"),
        ("Shen,Xuyan M..Ferries.River Research.2015.33(1)", "Shen, Xuyan M", 2015, "Ferries", "River Research"),
        ("Shen XY, 2010, J RIVERS, V12, P45, DOI 10.1000/jf.2010.123", "Shen XY", 2010, None, "J RIVERS"),
        ("van Dyk J, 2006, RIVER SOC", "van Dyk J", 2006, None, "RIVER SOC"),
        ("[Anonymous], 2010, RIVERS", "", 2010, None, "RIVERS"),
        ("《岚国渡口条例》第三条。", "", None, "岚国渡口条例", None),
    ],
)  # fmt: skip
def test_entries_without_letters(raw: str, authors: str, year: int | None, title: str | None, container: str | None) -> None:
    entry = parse_entry(raw)
    assert (entry.authors, entry.year) == ([name for name in authors.split("|") if name], year)
    assert (entry.title, entry.container, entry.type) == (title, container, None)


@pytest.mark.parametrize("raw", ["同上，第5页。", "这里所说的渡口，是指一切有船的地方；不设船的，不在此列。", "12-15.", "。"])
def test_of_prose_nothing_is_guessed(raw: str) -> None:
    entry = parse_entry(raw)
    assert (entry.authors, entry.year, entry.title, entry.container) == ([], None, None, None)


def test_the_translation_behind_an_entry_changes_nothing() -> None:
    entry = parse_entry("沈叙言. 渡口[J]. 岚学刊, 2019(6): 1-9. SHEN Xu-yan. Ferries[J]. Lan Journal, 2019(6): 1-9.")
    assert (entry.authors, entry.year, entry.title, entry.container) == (["沈叙言"], 2019, "渡口", "岚学刊")


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("DOI：10．1000／lan．univ（nat．sci．）．2017．03．008", "10.1000/lan.univ(nat.sci.).2017.03.008"),
        ("doi: 10． 1000 /j． issn． 1001-0001． 2018． 07． 002", "10.1000/j.issn.1001-0001.2018.07.002"),
        ("(https://doi.org/10.1000/jf.2010.123).", "10.1000/jf.2010.123"),
        ("10.1000/abc.2010. Next sentence", "10.1000/abc.2010"),
        ("见第10.1000条", None),
    ],
)
def test_a_doi_is_read_as_it_was_registered(text: str, doi: str | None) -> None:
    assert doi_in(text) == doi


def test_narrow_punctuation_keeps_the_offsets() -> None:
    text = "［Ｊ］．岚学刊，２０１９（３）：１－９。"
    assert narrow(text) == "[J].岚学刊,2019(3):1-9."
    assert len(narrow(text)) == len(text)
