"""Write docs/reference.md from the code: commands, settings, tables. `make docs`; test_docs checks that it is up to date."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME))
PAGE = HOME / "docs" / "reference.md"


def reference() -> str:
    """The whole page."""
    head = "# Reference\n\nGenerated from the code by `make docs`; do not edit.\n"
    return "\n".join([head, "## Commands\n", *commands(), "## Settings\n", *settings(), "## Tables\n", *tables()])


def commands() -> Iterator[str]:
    """Each command: what it does, an example, its options."""
    from cli import app

    for name, command in every_command(typer.main.get_command(app)).items():
        about, _, example = command.help.partition("Example: ")
        yield f"### wenmai {name}\n\n{about.strip()}\n\n```\n{example.strip()}\n```\n"
        yield "| option | meaning | default |\n|---|---|---|"
        for option in command.params:
            names = ", ".join(option.opts) if option.param_type_name == "option" else option.name.upper()
            default = "" if option.default in (None, False, ...) else f"`{option.default}`"
            yield f"| `{names}` | {(getattr(option, 'help', None) or '').replace('|', '¦')} | {default} |"
        yield ""


def every_command(group: Any, before: str = "") -> dict[str, Any]:
    """Commands by name, those of a group by both names: `codebook check`."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        found |= every_command(command, f"{before}{name} ") if hasattr(command, "commands") else {f"{before}{name}": command}
    return found


def settings() -> Iterator[str]:
    """Each setting by section, as it stands in the TOML file."""
    from pipeline.config import Settings

    plain = {name: field for name, field in Settings.model_fields.items() if not _is_section(field.annotation)}
    yield "One TOML file, given with `--config`. The first table stands at the top of the file, outside every section.\n"
    yield from _setting_table(plain)
    for name, field in Settings.model_fields.items():
        if _is_section(field.annotation):
            section: Any = field.annotation
            yield f"### [{name}] {section.__doc__.strip()}\n"
            yield from _setting_table(section.model_fields)


def tables() -> Iterator[str]:
    """Each table: its columns, types and meanings, read from pipeline/records.py."""
    from pipeline.records import TABLES, schema

    source = (HOME / "pipeline/records.py").read_text("utf-8")
    for name, row_type in TABLES.items():
        body = re.search(rf"class {row_type.__name__}:\n(.*?)(?=\n\n\n|\Z)", source, re.DOTALL)
        assert body
        meanings = dict(re.findall(r"^    (\w+): [^#\n]*(?:# (.*))?$", body[1], re.MULTILINE))
        yield f"### {name}\n\n{row_type.__doc__}\n\n| column | type | meaning |\n|---|---|---|"
        for column in schema(row_type):
            yield f"| {column.name} | {column.type}{' or null' if column.nullable else ''} | {meanings.get(column.name, '')} |"
        yield ""


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _setting_table(fields: dict[str, Any]) -> Iterator[str]:
    yield "| key | meaning | default |\n|---|---|---|"
    for name, field in fields.items():
        choices = re.findall(r"'(\w+)'", str(field.annotation)) if "Literal" in str(field.annotation) else []
        meaning = field.description + (f" ({', '.join(choices)})" if choices else "")
        yield f"| {name} | {meaning} | `{field.default}` |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(reference(), "utf-8")
