"""report.html: one file that asks for nothing from outside, with its font, style, script and data inside."""

import base64
import hashlib
import json
import math
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.report import fonts
from pipeline.report.moves import SURE
from pipeline.report.series import called
from pipeline.report.words import LANGUAGES, Text, named, say, words

HERE = Path(__file__).parent
SENTENCE = ("doc", "start", "end", "from", "text", "page")  # what the data say of a sentence, in this order, then its marks
SCRIPTS = ("page.js", "charts.js", "moves.js", "sides.js", "framework.js", "downward.js", "map.js", "themes.js", "start.js")
SECTIONS = (
    "read", "findings", "trends", "changes", "sides", "why", "framework", "downward", "topics", "map", "evidence", "made",
)  # fmt: skip
DATA = ("codes", "trends", "behind", "docs", "few", "said", "sides", "framework")


def render(shown: dict[str, Any], lang: str) -> str:
    """The page as HTML, opening in `lang`; all text from documents is escaped.

    Args:
        shown: read, findings, codes, counts, series, maps, topics, sentences, made … as put together by `report.run`.
    """
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "t": lambda key, **values: both(say(key, **values)),
        "both": both,
        "named": lambda value: both(named(value)),
        "percent": "{:.0%}".format,
        "linked": _linked,
        "aria": lambda key: " / ".join(words()[key]),
    }
    page = environment.get_template("template.html").render(
        **shown, **_extra(shown), lang=lang, data=Markup(_json(_data(shown, lang)))
    )
    script = "\n".join(_read(name) for name in SCRIPTS)
    style = _read("page.css").replace("FONT", _font(page + script))
    inside = {"@STYLE@": style, "@SCRIPT@": script, "@STYLE_HASH@": _hash(style), "@SCRIPT_HASH@": _hash(script)}
    head, body = page.split("</head>", 1)
    for mark in ("@STYLE_HASH@", "@SCRIPT_HASH@", "@STYLE@"):
        head = head.replace(mark, inside[mark])
    body, end = body.rsplit("@SCRIPT@", 1)
    return f"{head}</head>{body}{script}{end}"


def _data(shown: dict[str, Any], lang: str) -> dict[str, Any]:
    """What the scripts read. Sentences are lists, and what many marks have in common (`signs`) is there once."""
    data = {name: shown[name] for name in DATA} | {name: _packed(shown[name]) for name in ("changes", "parts")}
    data["maps"] = {
        name: {**of, **{part: _packed(of[part]) for part in ("evolution", "bursts", "changes")}} if isinstance(of, dict) else of
        for name, of in shown["maps"].items()
    }
    of_topics = [{name: topic[name] for name in ("topic", "label", "terms")} for topic in shown["topics"]["topics"]]
    data["topics"] = {"topics": of_topics}
    data["leads"] = _packed(shown["downward"]["leads"])
    data["framework"] = data["framework"] | {"pairs": _packed(data["framework"]["pairs"])}
    names = {code["id"]: code["name"] for code in shown["codes"]}
    series = {*shown["trends"]["series"], *(row["series"] for row in shown["changes"] + shown["parts"])}
    constructs = {row[end] for row in shown["framework"]["degrees"] + shown["downward"]["leads"] for end in ("a", "b")}
    data["names"] = {name: called(name, names) for name in sorted(series | constructs)}
    signs: dict[str, int] = {}
    rows = []
    for row in shown["sentences"]:
        marks = [[start, end, signs.setdefault(_json(sign), len(signs))] for start, end, *sign in row["marks"]]
        rows.append([*(row[name] for name in SENTENCE), marks])
    data |= {"sentences": rows, "signs": [json.loads(sign) for sign in signs]}
    entries = {key: pair for key, pair in words().items() if isinstance(pair, list)}
    return data | {"lang": lang, "words": entries, "values": words()["values"], "codebook": shown["made"]["codebook"]}


def _packed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows of one kind with the names of their columns there once."""
    columns = list(rows[0]) if rows else []
    return {"columns": columns, "rows": [[row[name] for name in columns] for row in rows]}


def _extra(shown: dict[str, Any]) -> dict[str, Any]:
    """What only the template needs: the span of years, the link to the problems, what to say without a reason."""
    years = shown["read"]["years"]
    span = say("undated") if not years else dict.fromkeys(LANGUAGES, f"{years[0][0]}–{years[-1][0]}")
    names = {code["id"]: both(code["name"]) for code in shown["codes"]}
    link = Markup('<a href="problems.csv">problems.csv</a>')
    of_topics = {(row["topic"], row["code"]): row for row in shown["topics"]["codes"]}
    heat = {"topic_code": of_topics, "coded_topics": {code for _, code in of_topics}, "heat": _heat}
    return heat | {"span": span, "link": link, "no_reason": say("no_reason"), "names": names, "sections": SECTIONS}


def _heat(row: dict[str, Any] | None) -> str:
    """The class of a cell of topics by codes: how far above or below what all units have, where a test carries it."""
    if row is None or row["q"] is None or row["q"] >= SURE:
        return "unsure"
    steps = min(3, int(abs(math.log2(max(row["lift"], 0.05))) / 0.5) + 1)
    return f"{'above' if row['lift'] > 1 else 'below'}{steps}"


def both(text: Text) -> Markup:
    """A text in both languages, of which the page shows one."""
    if text["zh"] == text["en"]:
        return escape(text["zh"])
    return Markup("").join(Markup('<span class="t" lang="{}">{}</span>').format(lang, text[lang]) for lang in LANGUAGES)


def _linked(key: str, link: Markup) -> Markup:
    """An entry with a link in it."""
    before, after = zip(*(form.split("{link}") for form in words()[key]), strict=True)
    return both(dict(zip(LANGUAGES, before, strict=True))) + link + both(dict(zip(LANGUAGES, after, strict=True)))


def _json(data: Any) -> str:
    """JSON that cannot end its script element, whatever a document says."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _font(page: str) -> str:
    """The font with the characters of the page, as a data address."""
    known = set(page) | {chr(code) for code in range(32, 127)}
    # the middle dot of a Chinese font is as wide as a character: left to the next font
    data = fonts.subset({one for one in known if one.isprintable() and one != "·"})
    return f"data:font/woff;base64,{base64.b64encode(data).decode()}"


def _read(name: str) -> str:
    return (HERE / name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
