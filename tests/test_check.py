"""Whether a codebook does what its examples say, and what two versions of one code differently."""

from pathlib import Path

from conftest import type_command
from samples.small_run import small_run

from pipeline.coding.check import differences, failures
from pipeline.config import read_settings

BOOK = """\
name: 港务
version: 1
zh: 港务
en: harbours
codes:
  - id: lights
    zh: 灯塔
    en: lights
    terms: [灯塔, 航标]
    examples:
      - 各县应当修缮灯塔。
      - 各县应当点亮篝火。
    counterexamples:
      - 各县应当清点渔船。
      - 旧灯塔改作粮仓。
"""


def test_every_example_that_fails_is_told_with_its_line(tmp_path: Path) -> None:
    book = tmp_path / "港务.yaml"
    book.write_text(BOOK, "utf-8")
    found = failures(read_settings(None, codebook=str(book)))
    assert [(row["where"].rpartition(":")[2], row["is"], row["text"]) for row in found] == [
        ("12", "example", "各县应当点亮篝火。"),
        ("15", "counterexample", "旧灯塔改作粮仓。"),
    ]


def test_the_command_ends_with_2_when_an_example_fails(tmp_path: Path) -> None:
    book = tmp_path / "港务.yaml"
    book.write_text(BOOK, "utf-8")
    done = type_command(tmp_path, "codebook", "check", str(book))
    assert done.returncode == 2 and "2 examples fail" in done.stderr and f"{book}:12" in done.stdout


def test_two_codebooks_differ_where_one_finds_what_the_other_does_not(tmp_path: Path) -> None:
    run = small_run(tmp_path / "out", documents=2)
    text = run.table("documents", ["text"]).to_pylist()[0]["text"]
    word = next(text[at : at + 2] for at in range(len(text) - 2) if text[at : at + 2].isalpha())
    for name, terms in (("a", "灯塔"), ("b", f"灯塔, {word}")):
        (tmp_path / f"{name}.yaml").write_text(BOOK.replace("灯塔, 航标", terms), "utf-8")
    found = list(differences(run, str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")))
    assert found and {(row["change"], row["code"], row["why"]) for row in found} == {("new", "lights", f"term: {word}")}
    assert all(word in row["segment"] for row in found)
    assert list(differences(run, str(tmp_path / "a.yaml"), str(tmp_path / "a.yaml"))) == []
