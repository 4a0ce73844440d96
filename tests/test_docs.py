"""What the documentation says is true: pages are up to date, examples and README lines run."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from conftest import HOME, type_command
from reference import PAGE, every_command, reference

from cli import app
from pipeline.codebook import read_codebook
from pipeline.coding.label import labeller
from pipeline.config import read_settings

EXAMPLES = {
    name: command.help.partition("Example: ")[2].strip() for name, command in every_command(typer.main.get_command(app)).items()
}
READMES = [HOME / "README.md", HOME / "README.zh-CN.md"]
SHOWN = [*READMES, HOME / "docs" / "codebooks.md"]


def lines_of(readme: Path) -> list[str]:
    """The wenmai commands a README shows in its shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("wenmai ")]


def test_the_reference_page_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == reference(), "run `make docs`"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_command_has_an_example_that_runs(name: str, workplace: Path) -> None:
    words = shlex.split(EXAMPLES[name])
    assert " ".join(words).startswith(f"wenmai {name}")
    done = type_command(workplace, *words[1:], BROWSER="true")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("readme", SHOWN, ids=lambda path: path.name)
def test_readme_commands_run(readme: Path, workplace: Path) -> None:
    assert len(lines_of(readme)) >= 2
    for line in lines_of(readme):
        done = type_command(workplace, *shlex.split(line)[1:])
        assert done.returncode == 0, f"{line}\n{done.stderr}"


def test_the_python_of_the_readme_runs(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workplace)
    (code,) = re.findall(r"```python\n(.*?)```", READMES[0].read_text("utf-8"), re.DOTALL)
    exec(code, {"__name__": "__main__"})
    assert int(capsys.readouterr().out.splitlines()[0]) > 0


def test_the_codebook_of_the_docs_can_be_read_and_does_what_it_says(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (HOME / "docs/codebooks.md").read_text("utf-8"), re.DOTALL)
    file = tmp_path / "environment.yaml"
    file.write_text(text, "utf-8")
    label = labeller(read_settings(None, codebook=str(file)))
    (code,) = read_codebook(file).codes
    assert all(label(sentence)["codes"] == code.id for sentence in code.examples)
    assert all(label(sentence)["codes"] == "" for sentence in code.counterexamples)


def test_every_setting_is_documented() -> None:
    page = PAGE.read_text("utf-8")
    from pipeline.config import Settings

    for name, field in Settings.model_fields.items():
        inner: Any = field.annotation
        for key in getattr(inner, "model_fields", {name: None}):
            assert f"| {key} |" in page


def test_links_in_the_pages_lead_somewhere() -> None:
    for page in [*READMES, HOME / "CONTRIBUTING.md", *(HOME / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_no_address_of_a_registry_stands_in_the_lock() -> None:
    lock = (HOME / "requirements.lock").read_text("utf-8")
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|--index-url|--find-links|file:", lock)
