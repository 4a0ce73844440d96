"""The words of the report: everything a reader sees, in Chinese and English."""

import ast
import re
from pathlib import Path

import pytest

from pipeline import report
from pipeline.report.data import FIELDS
from pipeline.report.words import named, reasoned, say, words


def test_every_word_the_scripts_ask_for_exists() -> None:
    folder = Path(report.__file__).parent
    for script in folder.glob("*.js"):
        for key in re.findall(r"\bw\(\"(\w+)\"", script.read_text("utf-8")):
            assert key in words(), f"{script.name}: {key}"


def test_a_value_in_a_text_may_be_in_both_languages() -> None:
    said = say("f_still", codes={"zh": "标准化", "en": "Standardization"})
    assert "标准化" in said["zh"] and "Standardization" in said["en"]


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


def test_sides_are_called_by_their_conditions() -> None:
    from pipeline.report.sides import side_name

    assert side_name("level=central,period=2021..2023") == {"zh": "中央 · 2021–2023", "en": "central · 2021–2023"}
    assert (
        side_name("province=松汀省|朔川省")["zh"] == "松汀省、朔川省"
        and side_name("stance=problem|measure")["en"] == "problem or measure"
    )
    assert side_name("rest")["zh"] == "其余文献"
