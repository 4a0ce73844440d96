"""Where sentences begin and end: an offset-true splitter for Chinese official and academic prose."""

import re
from collections.abc import Iterator

from pipeline.records import Block

Span = tuple[int, int, str]  # start, end, kind: heading, sentence, item, table or reference

_NUMERAL = "[一二三四五六七八九十百千零〇]"
# 一、 （一） (1) 1. 1、 ① 第三条 第二章 1.2
ENUMERATION = re.compile(
    rf"{_NUMERAL}{{1,4}}、|[（(](?:{_NUMERAL}{{1,4}}|\d{{1,2}})[）)]|\d{{1,2}}(?:[.．]\d{{1,2}})*[.．、](?!\d)|\d{{1,2}}(?:[.．]\d{{1,2}})+\s|[①-⑳⒈-⒛]"
    rf"|第(?:{_NUMERAL}{{1,5}}|\d{{1,3}})[章节条款编]|第{_NUMERAL}{{1,3}}部分(?=[\s　：:])"
)
_HEADING = re.compile(
    rf"第(?:{_NUMERAL}{{1,5}}|\d{{1,3}})[章节编]|{_NUMERAL}{{1,4}}、|[（(]{_NUMERAL}{{1,4}}[）)]"
    r"|\d{1,2}(?:[.．]\d{1,2})*[.．、]?\s*\D"
)
_HEADING_LENGTH = 40
_ENDS = "。！？；!?;"
_CLOSERS = "”’」』）)】》〉"
# a full stop inside a bracket of ordinary length does not end the sentence around it
_BRACKETS = re.compile(r"（[^（）]{0,200}）|\([^()]{0,200}\)|《[^《》]{0,100}》")
_STOPS = re.compile(
    rf"[{_ENDS}]+[{_CLOSERS}]*"
    rf"|(?<=[：:；;。])\s*(?=[（(]{_NUMERAL}{{1,3}}[）)])"  # …如下：（一）…
    r"|(?<=[A-Za-z\d)\]]{2})[.](?=\s+[A-Z])"  # the end of an English sentence, not of an initial
)
_REFERENCES = re.compile(r"[\s【\[]*(?:参\s*考\s*文\s*献|注\s*释|references)[\s】\]:：]*", re.IGNORECASE)


def spans(text: str, blocks: list[Block]) -> list[Span]:
    """The segments of a text: (start, end, kind), in order, without overlap, each beginning and ending with a visible character.

    A heading, a row of a table and a reference are one segment each; a paragraph is cut after 。！？； (closing quotes and
    brackets stay with their sentence) and before enumerations. Full stops inside brackets do not cut.
    """
    found: list[Span] = []
    in_references = False
    marked = any(block.kind == "reference" for block in blocks)  # then what is no reference below the heading is something else
    for block in blocks:
        kind = block.kind
        if _REFERENCES.fullmatch(text, block.start, block.end):
            kind, in_references = "heading", not marked
        elif kind == "heading":
            in_references = False
        elif kind == "paragraph" and in_references:
            kind = "reference"
        elif kind == "paragraph" and _is_heading(text[block.start : block.end]):
            kind = "heading"
        if kind == "paragraph":
            found += _sentences(text, block.start, block.end)
        else:
            found += _trimmed(text, block.start, block.end, kind)
    return found


def _is_heading(paragraph: str) -> bool:
    """A short numbered line that does not end like a sentence."""
    line = paragraph.strip()
    return len(line) <= _HEADING_LENGTH and line[-1:] not in "。！？；!?;：:，,、" and bool(_HEADING.match(line))


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    brackets = [found.span() for found in _BRACKETS.finditer(text, start, end) if found.span() != (start, end)]
    at, bracket = start, 0
    for stop in _STOPS.finditer(text, start, end):
        while bracket < len(brackets) and brackets[bracket][1] <= stop.start():
            bracket += 1
        if bracket < len(brackets) and brackets[bracket][0] < stop.start() and stop.end() <= brackets[bracket][1]:
            continue
        cut = stop.end()
        if text[cut : cut + 1] == '"' and text.count('"', at, cut) % 2:  # a straight quote that closes here
            cut += 1
        yield from _trimmed(text, at, cut, "sentence")
        at = cut
    yield from _trimmed(text, at, end, "sentence")


def _trimmed(text: str, start: int, end: int, kind: str) -> Iterator[Span]:
    """The span without white space around it, if anything readable is left; numbered sentences are items."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if kind == "sentence" and ENUMERATION.match(text, start, end):
        kind = "item"
    if start < end:
        yield start, end, kind
