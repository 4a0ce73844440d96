"""The words of the report in Chinese and English: everything a reader sees that is not data stands in words.toml."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("zh", "en")
Text = dict[str, str]  # one string a language: {"zh": …, "en": …}


@cache
def words() -> dict[str, Any]:
    """All entries of words.toml: key → [zh, en], and sections of these."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def say(key: str, **values: Any) -> Text:
    """An entry in both languages, its braces filled in; a value may itself be a text in both languages."""
    return {
        lang: form.format(**{name: value[lang] if isinstance(value, dict) else value for name, value in values.items()})
        for lang, form in zip(LANGUAGES, _entry(key), strict=True)
    }


def named(value: str, section: str = "values") -> Text:
    """What a value of a table (or a column of one) is called; the value itself where no name is listed."""
    return dict(zip(LANGUAGES, words()[section].get(value, (value, value)), strict=True))


def _entry(key: str) -> list[str]:
    place: Any = words()
    for part in key.split("."):
        place = place[part]
    return place
