"""Styles of a Word document: what a paragraph or a run has of its style, or of those that one is based on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.ingest.readers.package import attribute, child, local, switched_on, value

_DEEP = 20  # styles based on styles; a ring of them is not followed round
BODY = 9  # the outline level of what is no heading
_TITLES = frozenset(("title", "标题", "主标题", "大标题", "文章标题", "公文标题", "文件标题", "正标题"))
_HEADING = re.compile(
    r"(?:heading|标题)\s*[1-9一二三四五六七八九]|[一二三四五六七八九1-9]级标题|[篇章节条款]标题|subtitle$|副标题$"
)
_CONTENTS = re.compile(r"(?:toc|目录)\s*(?:[1-9]|heading|标题)|table of (?:figures|authorities)|图表目录")


@dataclass(frozen=True, slots=True)
class Style:
    """A style as it is written down."""

    name: str
    based_on: str | None
    number: str | None  # the list its paragraphs belong to
    level: int | None  # in that list, from 0
    outline: int | None  # 0 for a heading of the first level
    hidden: bool | None


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of a document by their ids, and the one of paragraphs that name none."""

    by_id: dict[str, Style]
    default: str | None = None

    def chain(self, style_id: str | None) -> Iterator[tuple[str, Style]]:
        """A style and those it is based on, the nearest first."""
        for _ in range(_DEEP):
            style = self.by_id.get(style_id) if style_id else None
            if style_id is None or style is None:
                return
            yield style_id, style
            style_id = style.based_on


def read_styles(root: Any | None) -> Styles:
    """The styles in styles.xml; none if the package has no such part."""
    found: dict[str, Style] = {}
    default = None
    for element in root if root is not None else ():
        style_id = attribute(element, "styleId") if local(element) == "style" else None
        if style_id is None:
            continue
        found[style_id] = Style(
            name=(value(element, "name") or "").strip().lower(),
            based_on=value(element, "basedOn"),
            number=value(element, "pPr", "numPr", "numId"),
            level=whole(value(element, "pPr", "numPr", "ilvl")),
            outline=whole(value(element, "pPr", "outlineLvl")),
            hidden=switched_on(element, "rPr", "vanish"),
        )
        if attribute(element, "type") == "paragraph" and attribute(element, "default") in ("1", "true", "on"):
            default = style_id
    return Styles(found, default)


def style_of(paragraph: Any, styles: Styles) -> str | None:
    """The id of a paragraph's style."""
    return value(paragraph, "pPr", "pStyle") or styles.default


def kind_of(paragraph: Any, styles: Styles) -> str:
    """title, heading or paragraph, by the name of its style or by its outline level; contents for a line of a table of contents."""
    chain = [style for _, style in styles.chain(style_of(paragraph, styles))]
    if any(_CONTENTS.match(style.name) for style in chain):
        return "contents"
    if chain and chain[0].name in _TITLES:
        return "title"
    outline = whole(value(paragraph, "pPr", "outlineLvl"))
    if outline is None:
        outline = next((style.outline for style in chain if style.outline is not None), None)
    if outline is not None:
        return "heading" if 0 <= outline < BODY else "paragraph"
    return "heading" if any(_HEADING.match(style.name) for style in chain) else "paragraph"


def is_hidden(properties: Any | None, style_id: str | None, styles: Styles) -> bool:
    """Whether a run is hidden text: by itself, by its style or by that of its paragraph."""
    own = switched_on(properties, "vanish") if properties is not None else None
    if own is not None:
        return own
    run_style = value(properties, "rStyle") if properties is not None and child(properties, "rStyle") is not None else None
    for first in (run_style, style_id):
        given = next((style.hidden for _, style in styles.chain(first) if style.hidden is not None), None)
        if given is not None:
            return given
    return False


def whole(text: str | None) -> int | None:
    """A whole number of one to four digits; None for anything else."""
    return int(text) if text and re.fullmatch(r"\d{1,4}", text, re.ASCII) else None
