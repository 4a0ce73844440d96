"""Codebooks: how their YAML is read, and what is told when it is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codebook import Code, Codebook, read_codebook
from pipeline.coding.check import failures
from pipeline.coding.label import labeller
from pipeline.config import LEXICONS, read_settings
from pipeline.errors import SettingsError

SHIPPED = sorted((LEXICONS / "codebooks").glob("*.yaml"))
FRAMEWORK = read_codebook(LEXICONS / "codebooks" / "framework.yaml")
SMALL = """
name: small
codes:
  - {id: a, zh: 甲, en: A, terms: [共享]}
"""


def book_of(folder: Path, text: str) -> Codebook:
    path = folder / "book.yaml"
    path.write_text(text, "utf-8")
    return read_codebook(path)


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        book_of(folder, text)
    return [problem.partition("book.yaml:")[2] for problem in error.value.problems]


def test_a_small_codebook_is_read(tmp_path: Path) -> None:
    book = book_of(tmp_path, SMALL)
    assert book.codes == (Code("a", "甲", "A", terms=("共享",)),)
    assert (book.name, book.version, book.zh) == ("small", "", "small")


def test_strings_stay_strings(tmp_path: Path) -> None:
    text = "name: no\nversion: 1.10\ncodes: [{id: '012', zh: 2024-01-01, en: null, terms: [yes, 012, 1e3, ~]}]"
    book = book_of(tmp_path, text)
    (code,) = book.codes
    assert (book.name, book.version, code.id, code.zh, code.en) == ("no", "1.10", "012", "2024-01-01", "null")
    assert code.terms == ("yes", "012", "1e3", "~")


def test_groups_stand_for_their_words(tmp_path: Path) -> None:
    book = book_of(tmp_path, "name: g\ngroups: {verbs: [建立, 完善]}\ncodes: [{id: a, zh: 甲, en: A, terms: [<verbs>, 改革]}]")
    assert book.codes[0].terms == ("建立", "完善", "改革")


def test_limits_and_pairs_of_cues_are_read(tmp_path: Path) -> None:
    rule = "{name: r, pattern: [[建设]], with: [系统], without: [产能], unless: [厂房]}"
    text = f"""name: l
stance: {{problem: [存在…问题], remedy: [解决], not: [生活需要]}}
codes: [{{id: a, zh: 甲, en: A, without: [细胞], rules: [{rule}]}}]"""
    book = book_of(tmp_path, text)
    (found,) = book.codes[0].rules
    assert (found.needs, found.without, found.unless) == (("系统",), ("产能",), ("厂房",))
    assert (book.codes[0].without, book.stance.remedy, book.stance.excluded) == (("细胞",), ("解决",), ("生活需要",))


def test_a_rule_has_six_parts_at_most(tmp_path: Path) -> None:
    rule = "name: r\ncodes:\n  - {id: a, zh: 甲, en: A, rules: [{name: r, order: any, pattern: [%s]}]}"
    assert len(book_of(tmp_path, rule % ", ".join(["[数据]"] * 6)).codes[0].rules[0].parts) == 6
    assert problems_of(tmp_path, rule % ", ".join(["[数据]"] * 7)) == ["3: a rule has at most 6 parts; this one has 7"]


def test_all_that_is_wrong_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """name: wrong
colour: red
codes:
  - {id: a, zh: 甲, en: A, terms: [共享, ""]}
  - {id: a, zh: 乙, en: B, terms: [<none>]}
  - zh: 丙
    en: C
    rules:
      - {name: r, pattern: [{pos: [v]}], within: many, order: up}
  - {id: "d e", zh: 丁, en: D, terms: [标准], not: [标准]}
"""
    assert problems_of(tmp_path, text) == [
        "2: a codebook has no 'colour'; the choices are name, version, zh, en, groups, stance, denied, codes",
        "4: empty",
        "5: no group called 'none' above; there are none; write them under groups:",
        "6: a code needs 'id'",
        "9: a rule needs at least one part with words; parts of speech alone would match everywhere",
        "9: within: many: write a number of words from 0 to 30",
        "9: order: up: the choices are written, any",
        "10: 标准 stands under terms and under not; keep it under one of them",
        "5: there is another code with the id 'a'",
        "10: id 'd e': use letters, digits, _ and -, with dots between levels, such as silos.barrier",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name: x\ncodes: &c [{id: a, zh: 甲, en: A}]", "2: anchors (&) and aliases (*) are not read"),
        ("[" * 100, "1: nested more than 20 deep"),
        ("name: [x", "2: not valid YAML"),
        ("name: x\nname: y\ncodes: [{id: a, zh: 甲, en: A}]", "1: 'name' stands twice in a codebook"),
        ("just a line", "1: a codebook is written as `key: value` lines"),
        ("name: x\ncodes: []", "2: codes is empty"),
    ],
)  # fmt: skip
def test_what_is_no_codebook_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in problems_of(tmp_path, text))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read the codebook"):
        read_codebook(tmp_path / "none.yaml")
    (tmp_path / "gbk.yaml").write_bytes("name: 编码".encode("gbk"))
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        read_codebook(tmp_path / "gbk.yaml")


@given(st.text(alphabet="ab:[]{}-&*<> \n\"'#|>名", max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "wild.yaml"
    path.write_text(text, "utf-8")
    try:
        read_codebook(path)
    except SettingsError as error:
        assert error.problems


def test_the_framework_has_the_six_codes_and_says_what_they_mean() -> None:
    assert [code.id for code in FRAMEWORK.codes] == [
        "technology_empowerment", "institutional_adaptation", "silos.barrier", "silos.bridging", "standardization",
        "environment_demand",
    ]  # fmt: skip
    for code in FRAMEWORK.codes:
        assert code.zh and code.en and code.definition.zh and code.definition.en
        assert len(code.examples) >= 3 and len(code.counterexamples) >= 3


@pytest.mark.parametrize("book", SHIPPED, ids=lambda path: path.stem)
def test_examples_carry_their_code_and_counterexamples_do_not(book: Path) -> None:
    assert failures(read_settings(None, codebook=book.stem)) == []


def test_the_instruments_are_of_three_kinds_and_have_an_obligation_beside_them() -> None:
    codes = read_codebook(LEXICONS / "codebooks" / "policy_instruments.yaml").codes
    assert {code.id.split(".")[0] for code in codes} == {"supply", "environment", "demand", "obligation"}
    assert all(code.definition.zh and code.definition.en and code.examples and code.counterexamples for code in codes)
    label = labeller(read_settings(None, codebook="policy_instruments"))
    found = label("鼓励社会资本参与建设数据中心，市财政给予不超过100万元的补助。")["codes"].split(";")
    assert found == [
        "supply.funding",
        "supply.infrastructure",
        "environment.finance",
        "demand.outsourcing",
        "obligation.encouraged",
    ]
