"""Files that other programs open, and what comes back of them."""

from pathlib import Path

import pytest
from conftest import HOME

from pipeline.codebook import read_codebook
from pipeline.config import LEXICONS
from pipeline.errors import SettingsError
from pipeline.exchange.codebooks import export_codebook, import_codebook

SHIPPED = sorted((LEXICONS / "codebooks").glob("*.yaml"))
XSD = HOME.parent / "shared" / "reference" / "refi" / "Codebook.xsd"
WILD = """\
name: harbours
version: "1.10"
zh: 港务
en: Harbours
groups:
  mend: [修缮, 维护]
denied: [并非]
stance:
  problem: [存在…问题]
codes:
  - id: lights.towers
    zh: 灯塔
    en: Light towers
    definition: {zh: "亮着的：与不亮的", en: "lit, or not"}
    terms: ["012", "no", 灯塔]
    without: [油画]
    rules:
      - {name: mending, pattern: [[<mend>], {words: [灯塔], pos: [n, nz]}, {pos: [v]}], within: 0, order: any, unless: [模型]}
    examples: ["各县应当修缮灯塔。"]
"""


@pytest.mark.parametrize("ending", ["xlsx", "qdc"])
@pytest.mark.parametrize("book", [*SHIPPED, None], ids=lambda path: path.stem if path else "wild")
def test_a_codebook_comes_back_as_it_went(book: Path | None, ending: str, tmp_path: Path) -> None:
    if book is None:
        book = tmp_path / "wild.yaml"
        book.write_text(WILD, "utf-8")
    export_codebook(book, tmp_path / f"book.{ending}")
    export_codebook(book, tmp_path / f"again.{ending}")
    assert (tmp_path / f"book.{ending}").read_bytes() == (tmp_path / f"again.{ending}").read_bytes()
    import_codebook(tmp_path / f"book.{ending}", tmp_path / "back.yaml")
    assert read_codebook(tmp_path / "back.yaml") == read_codebook(book)


@pytest.mark.skipif(not XSD.is_file(), reason="the REFI-QDA schema is not beside the project")
@pytest.mark.parametrize("book", SHIPPED, ids=lambda path: path.stem)
def test_a_qdc_is_valid_against_the_published_schema(book: Path, tmp_path: Path) -> None:
    from lxml import etree

    export_codebook(book, tmp_path / "book.qdc")
    etree.XMLSchema(etree.parse(XSD)).assertValid(etree.parse(tmp_path / "book.qdc"))


def test_codes_of_another_program_are_found_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "访谈.qdc").write_text(
        '<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="X"><Codes>'
        '<Code guid="6f1f9f0e-7d5c-5b7e-9f4e-2f3f5a1c8d11" name="港口" isCodable="false">'
        '<Code guid="6f1f9f0e-7d5c-5b7e-9f4e-2f3f5a1c8d12" name="灯塔 修缮" isCodable="true"><Description>修灯塔</Description></Code>'
        "</Code></Codes></CodeBook>",
        "utf-8",
    )
    assert import_codebook(tmp_path / "访谈.qdc", tmp_path / "book.yaml") == 1
    (code,) = read_codebook(tmp_path / "book.yaml").codes
    assert (code.id, code.zh, code.terms, code.definition.zh) == ("港口.灯塔_修缮", "灯塔 修缮", ("灯塔 修缮",), "修灯塔")


def test_a_number_typed_into_a_cell_stays_what_was_typed(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        for name, rows in {
            "codebook": [["key", "value"], ["name", "harbours"], ["version", 2]],
            "codes": [["id", "zh", "en"], ["lights", "灯塔", "Lights"], ["", "", ""]],
            "terms": [["code", "term"], ["lights", 12345]],
        }.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    import_codebook(tmp_path / "book.xlsx", tmp_path / "book.yaml")
    found = read_codebook(tmp_path / "book.yaml")
    assert (found.version, found.codes[0].terms) == ("2", ("12345",))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("book.docx", b"", "exchanged as .xlsx or .qdc"),
        ("book.xlsx", b"no zip", "cannot be read as a workbook"),
        ("book.qdc", b"<a", "cannot be read as a REFI-QDA codebook"),
        ("book.qdc", b"<Project/>", "export the codebook, not the project"),
    ],
)
def test_what_is_no_codebook_is_refused(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError, match=said):
        import_codebook(tmp_path / name, tmp_path / "book.yaml")


@pytest.mark.parametrize("held", ["[" * 100_000, "a: &x [1]\nb: [*x, *x]", "- no mapping", "id: ["])
def test_what_others_write_below_the_mark_does_no_harm(held: str, tmp_path: Path) -> None:
    (tmp_path / "book.qdc").write_text(
        '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="6f1f9f0e-7d5c-5b7e-9f4e-2f3f5a1c8d12" name="灯塔" isCodable="true">'
        f"<Description>修灯塔\n---\n{held}</Description></Code></Codes></CodeBook>",
        "utf-8",
    )
    try:
        assert import_codebook(tmp_path / "book.qdc", tmp_path / "book.yaml") == 1
    except SettingsError as error:
        assert error.problems


def test_a_word_that_holds_the_mark_between_words_cannot_go_into_a_cell(tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text(WILD.replace("模型", "船、锚"), "utf-8")
    with pytest.raises(SettingsError, match="write it as two words"):
        export_codebook(tmp_path / "book.yaml", tmp_path / "book.xlsx")
