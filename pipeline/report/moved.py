"""The page of `wenmai moved` in one language, as lines of Markdown that read well as plain text too."""

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.report.words import named, say, words

QUOTED = 2  # sentences of a line; three are in the JSON
HINTS = 5  # lines where none is sure
LONG = 60  # characters of a title
SHOWN = 5  # titles, issuers and terms named in a line
_AWAY = ("gone", "replaced", "redated", "chosen")


def memo(told: dict[str, Any], lang: str) -> list[str]:
    """What moved, as a page.

    Args:
        told: a `Moved` as plain values, as in the JSON.
        lang: zh or en.
    """
    lines = [f"# {_say('title', lang)}", ""]
    if told["status"] == "first":
        kept = [_say("first_kept", lang, **_state(told["now"]))] if told["now"] else []
        return [*lines, _say("first", lang), *kept]
    if told["status"] == "nothing_new":
        again = told["run_again"][:16].replace("T", " ")
        return [*lines, _say("nothing_new", lang, again=again, before=told["before"]["number"], **_state(told["now"]))]
    before, now = ({f"{name}_{key}": value for key, value in _state(told[name]).items()} for name in ("before", "now"))
    lines.append(_say("compared", lang, before=before["before_number"], now=now["now_number"], **before, **now))
    lines.append(_say("unit", lang, unit=_named(told["now"]["unit"], lang)))
    sections = {
        "new": _new(told, lang),
        "moved": _moved(told, lang),
        "recoded": _recoded(told, lang),
        "settings": _settings(told, lang),
        "first_mentions": _mentions(told, lang),
        "unsaid": _unsaid(told, lang),
    }
    for name, body in sections.items():
        lines += ["", f"## {_say(name, lang)}", "", *body]
    return lines


def _new(told: dict[str, Any], lang: str) -> Iterator[str]:
    counts, (first, last, undated) = told["documents"], told["dates"]
    if counts["added"]:
        span = "" if first is None else _say("on" if first == last else "between", lang, first=first, last=last)
        missing = _say("without_date", lang, n=undated) if undated else ""
        yield _say("added", lang, n=counts["added"], dates=span, undated=missing)
    else:
        yield _say("no_new", lang)
    if told["issuers"]:
        yield _say("from", lang, issuers=_issuers(told["issuers"], lang))
    added = [row for row in told["changed"] if row["what"] == "added"]
    yield from (f"- {_title(row, lang)}" for row in added[:SHOWN])
    if counts["added"] > SHOWN:
        yield f"- {_say('more_documents', lang, n=counts['added'] - SHOWN)}"
    for what in _AWAY:
        rows = [row for row in told["changed"] if row["what"] == what]
        rows = [row for row in rows if row["counts"]] or rows  # of a file written anew the new document
        why = _say(f"chosen_{told['chosen_by']}", lang) if what == "chosen" and told["chosen_by"] else ""
        if counts[what]:
            titles = _listed((_title(row, lang) for row in rows), lang, len(rows))
            yield f"- {_say(what, lang, n=counts[what], titles=titles, why=why)}"


def _moved(told: dict[str, Any], lang: str) -> Iterator[str]:
    if not told["documents"]["added"]:
        yield _say("no_moved", lang)
    elif least := told["unsaid"].get("few_new"):
        yield _say("counts_only", lang, n=least)
        for code, n, rate in told["new_counts"]:
            yield f"- {_say('count', lang, name=_name(code, told, lang), n=n, rate=_rate(rate))}"
    elif not told["moved"]:
        yield _say("no_difference", lang)
    else:
        clear = [row for row in told["moved"] if row["verdict"] != "chance"]
        sure = any(row["verdict"] == "likely" for row in clear)
        shown = clear if sure else told["moved"][:HINTS]
        yield _say("moved_note", lang)
        if not sure:
            yield _say("none_clear", lang, n=len(shown))
        for number, row in enumerate(shown, 1):
            yield from _line(number, row, told, lang)


def _line(number: int, row: dict[str, Any], told: dict[str, Any], lang: str) -> Iterator[str]:
    found, shift = row["difference"], row["shift"]
    size = {name: _rate(abs(found[name])) for name in ("new", "old", "difference")}
    between = _say("no_interval", lang)
    if found["low"] is not None:
        between = _say("interval", lang, low=_signed(found["low"]), high=_signed(found["high"]))
    verdict = _say(row["verdict"], lang, tests=len(told["differences"]))
    way = _say("higher" if found["difference"] > 0 else "lower", lang)
    yield f"{number}. " + _say(
        "line", lang, name=_name(found["series"], told, lang), group=_group(found["group"], lang), **size, interval=between,
        way=way, p=_p(found), verdict=verdict,
    )  # fmt: skip
    periods = _spanned(found["periods"])
    basis = _say("basis_all", lang) if found["basis"] == "all" else _say(found["basis"], lang, periods=periods)
    rate = ""
    if shift and shift["before"] is not None and shift["after"] is not None:
        parts = _say("parts", lang, **_two(shift)) if shift["coding"] else ""
        rate = _say("line_rate", lang, before=_rate(shift["before"]), after=_rate(shift["after"]), parts=parts)
    counts = {"n": found["new_documents"], "m": found["old_documents"], "holding": found["holding"]}
    yield f"   {_say('line_basis', lang, **counts, basis=basis, rate=rate)}"
    if found["difference"] < 0 and row["quotes"]:
        yield f"   {_say('of_old', lang)}"
    yield from _quotes(row["quotes"][:QUOTED], lang)


def _recoded(told: dict[str, Any], lang: str) -> Iterator[str]:
    old, new = (f"{told[when]['codebook']['name']} {told[when]['codebook']['version']}".strip() for when in ("before", "now"))
    if told["before"]["codebook"] != told["now"]["codebook"]:
        yield _say("codebook_text" if old == new else "codebook", lang, before=old, now=new)
        for name in ("terms_new", "terms_gone"):
            if rows := told[name]:
                terms = (_say("term", lang, term=term, code=_name(code, told, lang), n=n) for code, term, n in rows)
                yield f"- {_say(name, lang, terms=_listed(terms, lang, len(rows)))}"
    if not told["recoded"]:
        yield _say("not_recoded", lang)
        return
    yield _say("recoded_why", lang, why=_reasons(told["recoded_by"], lang))
    for row in told["recoded"]:
        shift = row["shift"]
        rates = {"before": _rate(shift["before"]), "after": _rate(shift["after"])}
        yield "- " + _say(
            "recoded_line", lang, name=_name(shift["series"], told, lang), **rates, **_two(shift), n=shift["recoded"]
        )
        yield from _quotes(row["quotes"][:1], lang)


def _settings(told: dict[str, Any], lang: str) -> Iterator[str]:
    for name, before, now in told["settings"]:
        yield f"- {_say('setting', lang, name=name, before=_plain(before), now=_plain(now))}"
    if told["programs"]:
        yield f"- {_say('program', lang, stages=_joined((_named(name, lang) for name in told['programs']), lang))}"
    if not told["settings"] and not told["programs"]:
        yield _say("no_settings", lang)


def _mentions(told: dict[str, Any], lang: str) -> Iterator[str]:
    for row in told["first"]:
        first = row["first"]
        place = _say("mention_place", lang, place=first["value"]) if first["value"] else _say("mention_all", lang)
        item = _name(first["item"], told, lang) if first["what"] == "code" else first["item"]
        counts = {"n": len(first["documents"]), "old": first["old_documents"]}
        yield "- " + _say("mention", lang, what=_say(f"what_{first['what']}", lang), item=item, place=place, **counts)
        yield from _quotes(row["quotes"][:1], lang)
    if not told["first"]:
        yield _say("no_mentions", lang)


def _unsaid(told: dict[str, Any], lang: str) -> Iterator[str]:
    why = told["unsaid"]
    for name in ("few_new", "unit", "period", "undated"):
        if name in why:
            yield f"- {_say(f'say_{name}', lang, n=why[name])}"
    if "mixed" in why and told["recoded"]:
        yield f"- {_say('say_mixed', lang, why=_reasons(why['mixed'], lang))}"
    if "unknown" in why:
        names = [name.partition(":")[2] for name in why["unknown"]]
        yield f"- {_say('say_unknown', lang, names=_listed(iter(names), lang, len(names)))}"
    yield f"- {_say('say_always', lang)}"


def _say(key: str, lang: str, **values: Any) -> str:
    return say(f"moved.{key}", **values)[lang]


def _state(about: dict[str, Any]) -> dict[str, Any]:
    return {"number": str(about["number"]), "made": about["made"][:16].replace("T", " "), "documents": about["documents"]}


def _named(value: str, lang: str) -> str:
    """What a value, a unit or a dimension is called."""
    at = ("zh", "en").index(lang)
    entry = words().get(value)
    return str(entry[at]) if isinstance(entry, list) else named(value)[lang]


def _name(series: str, told: dict[str, Any], lang: str) -> str:
    """A series as a person calls it: the code's name with its stance, the term."""
    if series.startswith("term:"):
        return f"“{series[5:]}”"
    code, _, stance = series.partition("/")
    name = told["names"].get(code, {}).get(lang, code)
    return f"{name} · {_named(stance, lang)}" if stance else str(name)


def _group(group: str, lang: str) -> str:
    if group == "all":
        return _say("all_documents", lang)
    return _say("in_group", lang, group=_named(group.partition("=")[2], lang))


def _title(row: dict[str, Any], lang: str) -> str:
    known = [part for part in (row["date"], row["issuer"]) if part]
    return _say(
        "document" if known else "document_alone",
        lang,
        title=_cut(row["title"]),
        known=("，" if lang == "zh" else ", ").join(known),
    )


def _cut(title: str) -> str:
    return title if len(title) <= LONG else title[: LONG - 1] + "…"


def _issuers(rows: list[list[Any]], lang: str) -> str:
    shown = [_say("issuer_new" if new else "issuer", lang, name=name, n=n) for name, n, new in rows[:SHOWN]]
    return _joined(shown, lang) + (
        ("，" if lang == "zh" else ", ") + _say("more", lang, n=len(rows)) if len(rows) > SHOWN else ""
    )


def _quotes(rows: list[dict[str, Any]], lang: str) -> Iterator[str]:
    for row in rows:
        date = row["date"] or _say("undated", lang)
        text = row["text"].replace(row["surface"], f"**{row['surface']}**", 1)
        yield "   > " + _say("quote", lang, text=text, title=_cut(row["title"]), date=date)


def _two(shift: dict[str, Any]) -> dict[str, str]:
    """The part of coding and the part of all that happened to documents."""
    documents = sum(shift[name] or 0 for name in ("added", *_AWAY))
    return {"coding": _signed(shift["coding"] or 0), "documents": _signed(documents)}


def _p(found: dict[str, Any]) -> str:
    return "q < 0.001" if found["q"] < 0.001 else f"q = {found['q']:.3f}"


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}" if abs(value) >= 1 or not value else f"{value:.3f}"


def _signed(value: float) -> str:
    return f"{value:+.1f}" if abs(value) >= 0.05 or not value else f"{value:+.3f}"


def _spanned(periods: list[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[0]} … {periods[-1]}"


def _reasons(why: list[str], lang: str) -> str:
    return _joined((_say(f"by_{name}", lang) for name in why), lang)


def _listed(names: Iterable[str], lang: str, total: int) -> str:
    shown = [name for _, name in zip(range(SHOWN), names, strict=False)]
    return _joined(shown, lang) + (" …" if total > SHOWN else "")


def _joined(names: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(names)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
