"""The list of references: where entries begin, what they say, and which documents of the run they are."""

import re
import time
from pathlib import Path

import pytest

from pipeline.ingest.layout import lay_out
from pipeline.ingest.metadata.citing import doi_in, parse_entry
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
        ("甲某，乙某．澜江治水考［J］．澜州学刊（社会科学版），2015（2）：1－9．", "甲某;乙某", 2015, "澜江治水考", "澜州学刊(社会科学版)", "J"),
        ("甲某主编. 海岱水利：制度与人[M]. 2版. 澜州: 澜州出版社, 2016: 30.", "甲某", 2016, "海岱水利:制度与人", "澜州出版社", "M"),
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
        ("澜江水文资料汇编", "", None, None, None, None),
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
    dated = sum(bool(re.search(r"\b(?:19|20)\d\d\b", line)) for line in lines)
    assert len(lines) == 17102
    assert sum(one.year is not None for one in found) >= 0.99 * dated
    assert sum(bool(one.title and one.authors) for one in found) >= 0.88 * len(lines)
