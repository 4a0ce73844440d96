"""Automatic numbers of Word: 一、（一）第一条 1.1 stand in no text; they are counted from the lists in numbering.xml."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.ingest.clean import HAN, one_line
from pipeline.ingest.readers.numerals import numeral
from pipeline.ingest.readers.package import attribute, child, local, switched_on, value
from pipeline.ingest.readers.wordstyles import Styles, style_of, whole

_LEVELS = 9
_PLACE = re.compile("%([1-9])")
_APART = re.compile(rf"[{HAN}A-Za-z0-9.]$")  # what a blank follows: 第一条 …, 1. …, but 一、…


@dataclass(frozen=True, slots=True)
class Level:
    """How the paragraphs of one level of a list are numbered."""

    start: int = 1
    style: str = "decimal"
    text: str = ""  # with %1 for the number of the first level
    apart: bool = True  # a tab or a blank stands behind the label
    restart: int | None = None  # begins anew after this level (from 1) or a higher one; 0: never; None: after any higher one
    legal: bool = False  # all numbers in digits
    of_style: str | None = None  # paragraphs of this style are on this level


@dataclass(frozen=True, slots=True)
class _List:
    """What a numId stands for."""

    counted_as: str  # lists of one abstract list are counted together
    levels: dict[int, Level]
    starts: dict[int, int]  # level → where it begins anew when this list is first used


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each of them is counted."""

    lists: dict[str, _List]
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)


def read_numbering(root: Any | None, styles: Styles) -> Numbering:
    """The lists in numbering.xml; none if the package has no such part."""
    elements = list(root) if root is not None else []
    abstract = {attribute(e, "abstractNumId") or "": e for e in elements if local(e) == "abstractNum"}
    numbers = {attribute(e, "numId") or "": e for e in elements if local(e) == "num"}
    lists = {}
    for number, element in numbers.items():
        base = _base(value(element, "abstractNumId") or "", abstract, numbers, styles)
        levels = dict(_levels(abstract[base])) if base in abstract else {}
        starts: dict[int, int] = {}
        for override in element:
            at = whole(attribute(override, "ilvl")) if local(override) == "lvlOverride" else None
            if at is None:
                continue
            levels |= dict(_levels(override))
            start = whole(value(override, "startOverride"))
            if start is not None:
                starts[at] = start
                levels[at] = replace(levels.get(at, Level()), start=start)
        lists[number] = _List(base, levels, starts)
    return Numbering(lists)


def _base(name: str, abstract: dict[str, Any], numbers: dict[str, Any], styles: Styles) -> str:
    """The abstract list that holds the levels: some only name a style of lists, which names another."""
    link = value(abstract[name], "numStyleLink") if name in abstract else None
    style = styles.by_id.get(link) if link else None
    linked = numbers.get(style.number) if style and style.number else None
    return value(linked, "abstractNumId") or name if linked is not None else name


def _levels(element: Any) -> Iterator[tuple[int, Level]]:
    for level in element:
        at = whole(attribute(level, "ilvl")) if local(level) == "lvl" else None
        if at is None or at >= _LEVELS:
            continue
        start = whole(value(level, "start"))
        yield (
            at,
            Level(
                # Word counts from 0 where nothing is said
                start=0 if start is None else start,
                style=_format(level),
                text=value(level, "lvlText") or "",
                apart=value(level, "suff") != "nothing",
                restart=whole(value(level, "lvlRestart")),
                legal=bool(switched_on(level, "isLgl")),
                of_style=value(level, "pStyle"),
            ),
        )


def _format(level: Any) -> str:
    """The format of the numbers; newer ones stand beside a fallback for older programs."""
    if (given := value(level, "numFmt")) is not None:
        return given
    return value(level, "AlternateContent", "Fallback", "numFmt") or "decimal"


def count(paragraph: Any, styles: Styles, numbering: Numbering) -> str:
    """The label of the next paragraph, with a blank behind it where one belongs; empty if it has none. Counts it."""
    number, at = _place(paragraph, styles, numbering)
    entry = numbering.lists.get(number or "")
    if number is None or entry is None or at not in entry.levels:
        return ""
    level = entry.levels[at]
    counts = numbering.counts.setdefault(entry.counted_as, {})
    if at in entry.starts and (number, at) not in numbering.begun:
        counts.pop(at, None)
    numbering.begun.add((number, at))
    counts[at] = counts.get(at, level.start - 1) + 1
    for deeper in [other for other in counts if other > at]:
        restart = entry.levels.get(deeper, level).restart
        if at < (deeper if restart is None else restart):
            del counts[deeper]
    return _label(entry, at, counts)


def _place(paragraph: Any, styles: Styles, numbering: Numbering) -> tuple[str | None, int]:
    """The list a paragraph belongs to, by itself or by its style, and its level there."""
    own = child(paragraph, "pPr", "numPr")
    number = value(own, "numId") if own is not None else None
    at = whole(value(own, "ilvl")) if own is not None else None
    chain = list(styles.chain(style_of(paragraph, styles)))
    if number is None:
        number = next((style.number for _, style in chain if style.number is not None), None)
        levels = numbering.lists[number].levels if number in numbering.lists else {}
        of_style = {level.of_style: key for key, level in levels.items() if level.of_style}
        if at is None:
            at = next((of_style[name] for name, _ in chain if name in of_style), None)
    if at is None:
        at = next((style.level for _, style in chain if style.level is not None), 0)
    return number, at


def _label(entry: _List, at: int, counts: dict[int, int]) -> str:
    level = entry.levels[at]
    if level.style == "bullet":  # a mark, not a number
        return ""

    def written(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        other = entry.levels.get(place, Level())
        return numeral(counts.get(place, other.start), "decimal" if level.legal and other.style != "none" else other.style)

    label = one_line(_PLACE.sub(written, level.text))
    return label + " " if level.apart and _APART.search(label) else label
