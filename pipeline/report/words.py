"""The words of the report in Chinese and English: everything a reader sees that is not data stands in words.toml."""

import re
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
        lang: form.format(**{name: _shown(value, lang) for name, value in values.items()})
        for lang, form in zip(LANGUAGES, _entry(key), strict=True)
    }


def named(value: str, section: str = "values") -> Text:
    """What a value of a table (or a column of one) is called; the value itself where no name is listed."""
    return dict(zip(LANGUAGES, words()[section].get(value, (value, value)), strict=True))


def reasoned(reason: str) -> Text:
    """A reason of a table or of run.json, in English there, also in Chinese; as it is where one of its clauses is not listed."""
    clauses = [_clause(one) for one in reason.split("; ")]
    known = [clause for clause in clauses if clause is not None]
    return {"zh": "；".join(known) if len(known) == len(clauses) else reason, "en": reason}


def _clause(english: str) -> str | None:
    for pattern, chinese in _reasons():
        if found := pattern.fullmatch(english):
            return chinese.format(**{name: named(value)["zh"] for name, value in found.groupdict().items()})
    return None


@cache
def _reasons() -> list[tuple[re.Pattern[str], str]]:
    """The clauses of words.toml, those without braces first: a pattern of the English, the Chinese."""
    pairs = sorted(words()["reasons"].values(), key=lambda pair: pair[1].count("{"))
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(english))), chinese) for chinese, english in pairs]


def _shown(value: Any, lang: str) -> Any:
    if isinstance(value, dict):
        return value[lang]
    return f"{value:,}" if isinstance(value, int) else value


def _entry(key: str) -> list[str]:
    place: Any = words()
    for part in key.split("."):
        place = place[part]
    return place
