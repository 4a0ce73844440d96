"""Where a text names documents: titles in 《》, document numbers, and titles with their numbers."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.ingest.clean import HAN, close_gaps
from pipeline.ingest.gazetteer import Gazetteer, issuer_at, place_at, without_country
from pipeline.ingest.metadata.lines import DOC_NUMBER, ORDER, is_body
from pipeline.ingest.metadata.numbers import number_as_written, own_prefix
from pipeline.ingest.metadata.titles import GENRES, without_remarks
from pipeline.records import Block

COUNTRY = "中华人民共和国"
LONGEST_TITLE = 200  # characters of a title; an opening mark without its closing one reaches no further
_N = r"[\d一二三四五六七八九十百〇零]{1,6}"
_YEAR = re.compile(r"[〔﹝\[［【（(〈<{「『]\s?(?:19|20)\d\d\s?年?\s?[〕﹞\]］】）)〉>}」』]\s?[文综字函办发电传密]{0,3}第?\s?\d")
_ORDERED = re.compile(rf"(?:令|公告|通告)\s?[（(〔\[]?\s?(?:(?:19|20)\d\d\s?年?\s?[，,]?\s?)?第\s?{_N}\s?[号號]")
_ORDER_LAST = re.compile(rf"(?P<body>[{HAN}]{{2,20}}?)(?P<number>(?:(?:19|20)\d\d年)?第?{_N}[号號])令")
# words of running text before a number; none that a body's name may hold, such as 经 in 京经信发
_GLUE = re.compile(
    r".*(?:根据|按照|依据|依照|遵照|参照|贯彻|落实|执行|修改|废止|违反|适用|印发|转发|关于|以及|另见|参见|详见|符合|收到|规定|月|年)|[按由的与见依及以和]|日(?![政照办发])"
)
_BRACKET = re.compile(r"\s{0,2}(?:[（(〔\[【][^（）()《》\n]{0,30})?")
_TO_BRACKET = re.compile(r"[^（）()\n]{0,60}?[）)]")
_ISSUED_AS = re.compile(r"\s?(?:文件|文)?\s?(?:发布|公布|印发|颁布|下发|发出)?的?\s?")


@dataclass(frozen=True, slots=True)
class Mention:
    """A title, a number, or a title with its number, where it stands."""

    start: int
    end: int
    title: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A text and its blocks."""

    text: str
    blocks: Sequence[Block]
    starts: Sequence[int]  # of blocks

    def block_at(self, at: int) -> tuple[int, Block]:
        """The block a character stands in, or the whole text where none does."""
        index = bisect_right(self.starts, at) - 1
        if index >= 0 and at < self.blocks[index].end:
            return index, self.blocks[index]
        return max(index, 0), Block(0, len(self.text), "paragraph")


def mentions_in(page: Page, gazetteer: Gazetteer) -> list[Mention]:
    """Titles and numbers in order, those that belong together as one; what is no official document is left out later."""
    numbers = [one for one in _numbers(page.text, gazetteer) if page.block_at(one.start)[1].kind != "reference"]
    found: list[Mention] = []
    at = 0
    for title in _titles(page.text):
        if page.block_at(title.start)[1].kind == "reference" or (found and title.start < found[-1].end):
            continue
        while at < len(numbers) and numbers[at].end <= title.start:
            found.append(numbers[at])
            at += 1
        if found and found[-1].title is None and _ISSUED_AS.fullmatch(page.text, found[-1].end, title.start):
            title = Mention(found[-1].start, title.end, title.title, found.pop().number)
        elif at < len(numbers) and numbers[at].start < title.end:  # inside the marks
            plain = re.sub(r"\s?[（(][^（()]*[〔\[（(]\d{4}.*$", "", title.title or "")
            title = Mention(title.start, title.end, plain, numbers[at].number)
        elif at < len(numbers) and _BRACKET.fullmatch(page.text, title.end, numbers[at].start):
            title = Mention(title.start, _closed(page.text, numbers, at), title.title, numbers[at].number)
        while at < len(numbers) and numbers[at].start < title.end:
            at += 1
        found.append(title)
    whole: list[Mention] = []
    for one in (*found, *numbers[at:]):
        one = one if one.title else _with_bare_title(page, one)
        while whole and whole[-1].end > one.start and whole[-1].number is None:  # 关于印发《Y》的通知（国发〔2021〕7号）
            whole.pop()
        if not whole or whole[-1].end <= one.start:
            whole.append(one)
    return whole


def _closed(text: str, numbers: list[Mention], at: int) -> int:
    """Where the bracket with a number ends; right behind the number when there are more in it."""
    close = _TO_BRACKET.match(text, numbers[at].end)
    alone = close and (at + 1 == len(numbers) or numbers[at + 1].start >= close.end())
    return close.end() if close and alone else numbers[at].end


def _titles(text: str) -> Iterator[Mention]:
    """What stands in 《》, the outermost marks of each."""
    opened: list[int] = []
    found: list[tuple[int, int]] = []
    for mark in re.finditer("[《》]", text):
        if mark[0] == "《":
            opened.append(mark.start())
        elif opened:
            start = opened.pop()
            if mark.end() - start > LONGEST_TITLE:
                opened.clear()
                continue
            while found and found[-1][0] > start:
                found.pop()
            found.append((start, mark.end()))
    for start, end in found:
        title = _closed_up(text[start + 1 : end - 1])
        if title:
            yield Mention(start, end, title, None)


def _closed_up(title: str) -> str:
    """A title on one line, without spaces inside words; 松汀省委 松汀省政府关于… keeps the one between its bodies."""
    about = title.find("关于")
    head = re.sub(r"\n", "", title[:about]) if about > 0 else ""
    parts = head.split()
    if len(parts) > 1 and all(len(part) > 2 for part in parts):
        return " ".join(parts) + close_gaps(re.sub(r"\s+", " ", title[about:]).strip())
    return close_gaps(re.sub(r"\s+", " ", title).strip())


def _numbers(text: str, gazetteer: Gazetteer) -> list[Mention]:
    """Document numbers and orders, without what is glued on before them."""
    found: list[Mention] = []
    for year in _YEAR.finditer(text):
        first = max(year.start() - 32, found[-1].end if found else 0)
        number = DOC_NUMBER.search(text, first, year.end() + 16)
        if number and number.start("year") < year.end():
            prefix = own_prefix(number["prefix"], gazetteer)
            prefix = prefix if prefix != number["prefix"] else prefix[len(_glued(prefix)) :]
            start = number.end("prefix") - len(prefix)
            found.append(Mention(start, number.end(), None, number_as_written(number, prefix)))
    for order in _ORDERED.finditer(text):
        whole = ORDER.match(text, _body_start(text, order.start(), gazetteer), order.end() + 2)
        if whole and whole.end("number") >= order.end() and _names_a_body(whole["body"]):
            name = bare_number(f"{whole['body']}{whole['number']}")
            found.append(Mention(whole.start(), whole.end("number"), None, name))
    for last in _ORDER_LAST.finditer(text) if "号令" in text or "號令" in text else ():
        body = last["body"][len(_glued(last["body"])) :]
        order_number = last["number"] if "第" in last["number"] else f"第{last['number']}"
        if _names_a_body(f"{body}令"):
            found.append(Mention(last.end("body") - len(body), last.end(), None, bare_number(f"{body}令{order_number}")))
    apart: list[Mention] = []
    for one in sorted(found, key=lambda one: one.start):
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return apart


def _names_a_body(name: str) -> bool:
    """Whether somebody stands before 令 or 公告: 国令, 松汀省政府公告, but not 命令 or 第3号公告."""
    return not re.search("[第号號]", name) and bool(re.fullmatch(r".+(?<![命指法禁号])(?:令|公告|通告|公报)", name.strip()))


def _glued(prefix: str) -> str:
    """What stands before a number and is no part of it, 根据国发: as far as words of running text reach."""
    cut = _GLUE.match(prefix)
    return cut[0] if cut and cut.end() < len(prefix) else ""


def _body_start(text: str, end: int, gazetteer: Gazetteer) -> int:
    """Where the name of the body that gives an order begins: at listed bodies with nothing between."""
    first = max(0, end - 38)
    run = re.search(rf"[{HAN}、 ]*$", text[first:end])
    start = first + run.start() if run else end
    for at in range(start, end):
        parts = re.split("[、 ]", without_country(text[at:end], gazetteer))
        listed = [issuer_at(part, gazetteer) for part in parts]
        if all(body and body[1] == len(part) for body, part in zip(listed, parts, strict=True)):
            return at
        if place_at(text[at:end], gazetteer) and is_body(text[at:end].strip(), gazetteer):
            return at
    glue = _GLUE.match(text[start:end].rstrip())
    cut = glue[0] if glue else ""
    return start + len(cut) + len(text[start + len(cut) : end]) - len(text[start + len(cut) : end].lstrip())


def _with_bare_title(page: Page, one: Mention) -> Mention:
    """A number with the title before it that has no marks: 松汀省政府关于巡查的通知（松政发〔2021〕7号）, also in a row of a table."""
    _, block = page.block_at(one.start)
    first = max(block.start, one.start - LONGEST_TITLE)
    before = page.text[first : one.start]
    name = re.split(r"[\n。；;：:，\t|]|(?<=[》）])、", before.rstrip(" \u3000\t|，（(["))[-1]
    name = re.sub(r"^\s*(?:\d{1,3}\s?[.．、\s]|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．])\s*", "", name)
    name = re.sub(
        r"^.*?(?:你[们省市县部委局厅]|根据|按照|依据|依照|贯彻落实|贯彻|落实|执行|转发|现将)(?=.{0,16}关于)", "", name
    ).strip(" 　（(")
    whole_line = block.kind == "table" or not before[: before.rfind(name)].strip(
        " \u3000\t.．、（()）一二三四五六七八九十0123456789"
    )
    if not _is_bare_title(name, whole_line):
        return _with_title_behind(page, block, one) if whole_line else one
    start = first + before.rfind(name)
    close = _TO_BRACKET.match(page.text, one.end) if before.rstrip().endswith(("（", "(")) else None
    return Mention(start, close.end() if close else one.end, _closed_up(name), one.number)


def _with_title_behind(page: Page, block: Block, one: Mention) -> Mention:
    """A number that opens a line or a row of a table, with the title behind it: 松政发〔2021〕7号 关于巡查的通知."""
    behind = re.compile(r"[ \u3000\t|]{1,5}([^\n|]{4,120})").match(page.text, one.end, block.end)
    if behind is None or not _is_bare_title(behind[1].strip(), whole_line=True):
        return one
    return Mention(one.start, behind.start(1) + len(behind[1].rstrip()), _closed_up(behind[1]), one.number)


def _is_bare_title(name: str, whole_line: bool) -> bool:
    """Whether a text without marks is the title of an official document."""
    told = re.search("关于|印发|转发", name) or (whole_line and len(name) >= 6)
    return bool(told) and "。" not in name and bool(re.search(rf"(?:{GENRES})$", without_remarks(name)))


def bare_number(number: str) -> str:
    """A number without spaces and the country before it."""
    return re.sub(r"\s", "", number).removeprefix(COUNTRY)
