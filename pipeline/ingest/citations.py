"""Which official documents a document names, by title or number, and in what relation it stands to them."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.ingest.clean import HAN, close_gaps
from pipeline.ingest.duplicates import title_key
from pipeline.ingest.gazetteer import Gazetteer, issuer_at, without_country
from pipeline.ingest.metadata.lines import DOC_NUMBER, ORDER, is_running_text
from pipeline.ingest.metadata.numbers import number_as_written, own_prefix
from pipeline.ingest.metadata.titles import GENRES, without_remarks
from pipeline.records import Block, Citation

_LONGEST = 200  # characters of a title; an opening mark without its closing one reaches no further
_NEAR = 120  # characters before and after in which a clause ends
_HEAD = 30  # blocks; the own title and number stand in one of them
_COUNTRY = "中华人民共和国"
_N = r"[\d一二三四五六七八九十百〇零]{1,6}"
_YEAR = re.compile(r"[〔﹝\[［【（(〈<{「『]\s?(?:19|20)\d\d\s?年?\s?[〕﹞\]］】）)〉>}」』]\s?[文综字函办发电传密]{0,3}第?\s?\d")
_ORDERED = re.compile(rf"(?:令|公告|通告)\s?[（(〔\[]?\s?(?:(?:19|20)\d\d\s?年?\s?[，,]?\s?)?第\s?{_N}\s?[号號]")
_ORDER_LAST = re.compile(rf"(?P<body>[{HAN}]{{2,20}}?)第?(?P<number>{_N})[号號]令")
_GLUE = re.compile(
    r".*(?:根据|按照|依据|依照|遵照|参照|贯彻|落实|执行|修改|废止|违反|适用|印发|转发|关于|以及|按|的|由|以|经|日|月|年|见)"
)
# what ends the title of an official document beside GENRES; 公报, 报告 and 计划 end those of papers too
_OFFICIAL = re.compile(
    rf"(?:{GENRES}|(?<![书画方算语做看想说兵技疗魔手])法|宪法|憲法|[法药藥]典|标准|標準|目录|名录|清单|预案|政策|制度|条件|大纲|条令|税则|守则|细则|細則|修正案|草案"
    r"|公约|公約|协定|協定|条约|條約|议定书|議定書|規例|附例|決議|決定|宪章|憲章|(?<=.)令|工作安排|重点工作|重点任务|任务分工|指导目录"
    r"|(?:统计|全会|会议|联合)公报|工作报告|^关于.+的(?:报告|建议|提案|议案|说明)|关于.+的建议|更紧密经贸关系的安排)$"
)
_GENERIC = re.compile(
    rf"(?:实施|若干|指导|工作|暂行|管理|行动|总体|发展|建设|修订|修訂|试点|配套|本|原|新|公司){{0,3}}(?:{GENRES}|法|标准|目录|清单|政策|制度|草案|公约|公約|建议|报告|条件|预案|守則|守则|规划纲要)"
)
_PRESS = re.compile(r"\s?(?:杂志|期刊|学报|周刊|月刊|一[书文]|栏目|节目|专栏|等?(?:系列)?(?:图书|书籍|教材|论文|歌曲|影片))")
_BOOKISH = re.compile(r"(?:杂志|期刊|专著|著作|教材|电影|歌曲|论文|课程|题为|书籍|图书|纪录片|节目)\s?[：:]?$")
_OWN_ANNEX = re.compile(r"\s?[（(](?:见|詳見|详见)?附[件表录]|[^《》\n]{0,10}\.(?:pdf|docx?|wps|xlsx?|zip|rar)")
_SHORTENED = re.compile(r"(?:简称|簡稱|下称|下稱|统称|合称|统一称)[为為：:“\"'‘「\s]{0,3}$|[（(]\s?[“\"「]\s?$")
_PRINTED = re.compile(r"(?:印发|印發)(?:的|了)?\s?$")
# between a title and its number, behind it and before it
_BRACKET = re.compile(r"\s{0,2}(?:[（(〔\[【][^（）()《》\n]{0,30})?")
_TO_BRACKET = re.compile(r"[^（）()\n]{0,60}?[）)]")
_ISSUED_AS = re.compile(r"\s?(?:文件|文)?\s?(?:发布|公布|印发|颁布|下发|发出)?的?\s?")
_LISTED_BY = re.compile(
    r"[\s“”]*(?:第[^，。；《》]{1,12}[条条款项])?(?:及其实施(?:条例|细则|办法))?(?:[（(][^（）()《》]{0,40}[）)])?"
    r"(?:等?(?:的|有关|相关|文件|规定|要求|精神|部署){0,4})?[、，,\s]*(?:和|与|及|以及|或|或者|及其|并|、)?"
    r"(?:[^，。；、《》\n]{0,25}(?:发布|公布|印发|颁布|批准|修订|下发)(?:的|过的)?)?[\s“”]*"
)
_ENDS = re.compile(r"[，。；：！？,;!?]")
_SENTENCE = re.compile(r"[。！？!?]")
_ASIDE = re.compile(r"[（(][^（）()]{0,80}[）)]")
_REPEALED = re.compile(r"废止|停止执行|停止施行|失效|不再执行|不再施行|廢止|終止實施")
_REPEALING = re.compile(r"(?:废止|廢止|停止执行)(?:了|以下|下列|原)?[：:\s]?$")
_AMENDED = re.compile(
    r"(?:作|做|予以|进行)(?:出|了)?(?:如下|以下|相应|部分|適當|适当)?(?:修改|修订|修正|修訂)|(?:修改|修订|修正)(?:为|如下)|的修[改订正]"
)
_AMENDING = re.compile(r"(?:修改|修订|修正|修訂)(?:了|完善)?$")
_AMENDS = re.compile(r"(?:修[改订正訂]|废止)")
_HISTORY = re.compile(r"\s?(?:第?[一二三四五六七八九十]{1,3}次)?(?:修订|修正|修改|公布|发布|颁布|通过|施行)(?!的)")
_HANDED_ON = re.compile(r"(?:现|特|兹)?将|现(?=转发|批转|印发)")
_PRINTING = re.compile(r"印发|下发|发布|公布|颁布|颁发")
_PASSING = re.compile(r"转发|批转")
_NOW_PRINTED = re.compile(r"现(?:将其|予以|予|一并|全文|正式)?(?:印发|发布|公布|颁布|下发)")
_NOW_PASSED = re.compile(r"现(?:将其|予以|予|一并|全文)?(?:转发|批转)")
_BASIS = re.compile(
    r"根据|根據|依据|依據|依照|按照|遵照|遵循|贯彻|貫徹|落实|落實|執行|执行|为实施|按(?![期时月年日季比需质量])|^依"
)
_OTHER_VERB = re.compile(
    r"(?:条例|條例|法|办法|规定)(?:制定|订立|訂立)|(?:制定|编制|出台|起草|宣传|违反|签署|组织|开展|推进|建立|完善|加强|修订|通过|形成|研究|提出|符合|参照|编写)(?!.{0,16}的$)"
)
_ITEM = re.compile(r"\s*(?:\d{1,3}\s?[.．、]|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|《|[·•●])")


@dataclass(frozen=True, slots=True)
class _Mention:
    """A title, a number, or a title with its number, where it stands."""

    start: int
    end: int
    title: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class _Page:
    """A document as its citations are looked for."""

    text: str
    blocks: Sequence[Block]
    starts: Sequence[int]  # of blocks
    title: str
    own: str  # key of its title
    number: str  # its own, without the country
    repealing: frozenset[int]  # blocks

    def block_at(self, at: int) -> tuple[int, Block]:
        """The block a character stands in, or the whole text where none does."""
        index = bisect_right(self.starts, at) - 1
        if index >= 0 and at < self.blocks[index].end:
            return index, self.blocks[index]
        return max(index, 0), Block(0, len(self.text), "paragraph")


def citations_of(
    doc_id: str, text: str, blocks: list[Block], *, title: str, doc_number: str | None, gazetteer: Gazetteer
) -> list[Citation]:
    """Every place where a document names another official document, in order; none overlap, `cited` is empty.

    Args:
        title: its own, which is no citation, nor is `doc_number`.
        gazetteer: tells where a number begins.
    """
    starts, repealing = [block.start for block in blocks], _under_repeal(text, blocks, title)
    page = _Page(text, blocks, starts, title, title_key(title), _bare(doc_number or ""), repealing)
    mentions = [one for one in _resolved(page, _mentions(page, gazetteer)) if not _is_head(page, one)]
    found = []
    for group in _lists(page, mentions):
        relation = _relation(page, group)
        for one in group:
            if relation == "repeals" or not _is_own(page, one):
                surface = text[one.start : one.end]
                found.append(Citation(doc_id, one.start, one.end, surface, relation, one.title, one.number, None))
    return found


def link(citations: Sequence[Citation], by_number: Mapping[str, str], by_title: Mapping[str, str]) -> list[Citation]:
    """Citations with the doc_id of what they name, where the run holds it: by its number, else by its title.

    Args:
        by_number: document number → doc_id.
        by_title: each of a document's `title_keys` → doc_id.
    """
    return [replace(one, cited=_held(one, by_number, by_title)) for one in citations]


def title_keys(title: str) -> list[str]:
    """What a document is found by: the key of its title and, where it prints another one, 关于印发《Y》的通知, that of Y."""
    printed = re.search(r"(?:印发|发布|公布)(?P<title>.{4,})的(?:通知|公告|通告|决定|令)$", without_remarks(title))
    inner = re.sub(r"^《(.+)》$", r"\1", printed["title"]) if printed else ""
    return list(dict.fromkeys(filter(None, (title_key(title), title_key(inner)))))


def _held(one: Citation, by_number: Mapping[str, str], by_title: Mapping[str, str]) -> str | None:
    number = one.doc_number or ""
    keys = [number, _bare(number), _COUNTRY + number] if number else []
    found = next((by_number[key] for key in keys if key in by_number), None)
    found = found or by_title.get(title_key(one.title or "") or "")
    return None if found == one.doc_id else found


def _bare(number: str) -> str:
    return re.sub(r"\s", "", number).removeprefix(_COUNTRY)


def _mentions(page: _Page, gazetteer: Gazetteer) -> list[_Mention]:
    """Titles and numbers in order, those that belong together as one; what is no official document is left out later."""
    numbers = [one for one in _numbers(page.text, gazetteer) if page.block_at(one.start)[1].kind != "reference"]
    found: list[_Mention] = []
    at = 0
    for title in _titles(page.text):
        if page.block_at(title.start)[1].kind == "reference" or (found and title.start < found[-1].end):
            continue
        while at < len(numbers) and numbers[at].end <= title.start:
            found.append(numbers[at])
            at += 1
        if found and found[-1].title is None and _ISSUED_AS.fullmatch(page.text, found[-1].end, title.start):
            title = _Mention(found[-1].start, title.end, title.title, found.pop().number)
        elif at < len(numbers) and numbers[at].start < title.end:  # inside the marks
            plain = re.sub(r"\s?[（(][^（()]*[〔\[（(]\d{4}.*$", "", title.title or "")
            title = _Mention(title.start, title.end, plain, numbers[at].number)
        elif at < len(numbers) and _BRACKET.fullmatch(page.text, title.end, numbers[at].start):
            title = _Mention(title.start, _closed(page.text, numbers, at), title.title, numbers[at].number)
        while at < len(numbers) and numbers[at].start < title.end:
            at += 1
        found.append(title)
    whole: list[_Mention] = []
    for one in (*found, *numbers[at:]):
        one = one if one.title else _with_bare_title(page, one)
        while whole and whole[-1].end > one.start and whole[-1].number is None:  # 关于印发《Y》的通知（国发〔2021〕7号）
            whole.pop()
        if not whole or whole[-1].end <= one.start:
            whole.append(one)
    return whole


def _closed(text: str, numbers: list[_Mention], at: int) -> int:
    """Where the bracket with a number ends; right behind the number when there are more in it."""
    close = _TO_BRACKET.match(text, numbers[at].end)
    alone = close and (at + 1 == len(numbers) or numbers[at + 1].start >= close.end())
    return close.end() if close and alone else numbers[at].end


def _titles(text: str) -> Iterator[_Mention]:
    """What stands in 《》, the outermost marks of each."""
    opened: list[int] = []
    found: list[tuple[int, int]] = []
    for mark in re.finditer("[《》]", text):
        if mark[0] == "《":
            opened.append(mark.start())
        elif opened:
            start = opened.pop()
            if mark.end() - start > _LONGEST:
                opened.clear()
                continue
            while found and found[-1][0] > start:
                found.pop()
            found.append((start, mark.end()))
    for start, end in found:
        title = close_gaps(re.sub(r"\s+", " ", text[start + 1 : end - 1]).strip())
        if title:
            yield _Mention(start, end, title, None)


def _numbers(text: str, gazetteer: Gazetteer) -> list[_Mention]:
    """Document numbers and orders, without what is glued on before them."""
    found = []
    for year in _YEAR.finditer(text):
        first = max(year.start() - 32, found[-1].end if found else 0)
        number = DOC_NUMBER.search(text, first, year.end() + 16)
        if number and number.start("year") < year.end():
            cut = len(_glued(number["prefix"]))
            prefix = own_prefix(number["prefix"][cut:].strip(), gazetteer)
            start = number.end("prefix") - len(prefix)
            found.append(_Mention(start, number.end(), None, number_as_written(number, prefix)))
    for order in _ORDERED.finditer(text):
        whole = ORDER.match(text, _body_start(text, order.start(), gazetteer), order.end() + 2)
        if whole and whole.end("number") >= order.end() and whole.end("body") <= order.end():
            name = _bare(f"{whole['body']}{whole['number']}")
            found.append(_Mention(whole.start(), whole.end("number"), None, name))
    for last in _ORDER_LAST.finditer(text) if "号令" in text or "號令" in text else ():
        start = last.end("body") - len(last["body"]) + len(_glued(last["body"]))
        if last["body"][start - last.start() :]:
            name = f"{last['body'][start - last.start() :]}令第{last['number']}号"
            found.append(_Mention(start, last.end(), None, _bare(name)))
    found.sort(key=lambda one: one.start)
    return [one for at, one in enumerate(found) if at == 0 or one.start >= found[at - 1].end]


def _glued(prefix: str) -> str:
    """What stands before a number and is no part of it, 根据国发: as far as words of running text reach."""
    cut = _GLUE.match(prefix)
    return cut[0] if cut and cut.end() < len(prefix) else ""


def _body_start(text: str, end: int, gazetteer: Gazetteer) -> int:
    """Where the name of the body that gives an order begins: at the first listed body that is followed by nothing else."""
    first = max(0, end - 38)
    run = re.search(rf"[{HAN}、 ]*$", text[first:end])
    start = first + run.start() if run else end
    for at in range(start, end):
        name = without_country(text[at:end], gazetteer)
        listed = issuer_at(name, gazetteer)
        if listed and listed[1] == len(name):
            return at
    cut = _glued(text[start:end].rstrip())
    return start + len(cut) + len(text[start + len(cut) : end]) - len(text[start + len(cut) : end].lstrip())


def _with_bare_title(page: _Page, one: _Mention) -> _Mention:
    """A number with the title before it that has no marks: 松汀省政府关于巡查的通知（松政发〔2021〕7号）, also in a row of a table."""
    _, block = page.block_at(one.start)
    first = max(block.start, one.start - _LONGEST)
    before = page.text[first : one.start]
    name = re.split(r"[\n。；;：:，\t|]|(?<=[》）])、", before.rstrip(" \u3000\t|，（(["))[-1]
    name = re.sub(r"^\s*(?:\d{1,3}\s?[.．、\s]|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．])\s*", "", name)
    name = re.sub(
        r"^.*?(?:你[们省市县部委局厅]|根据|按照|依据|依照|贯彻落实|贯彻|落实|执行|转发|现将)(?=.{0,16}关于)", "", name
    ).strip(" 　（(")
    if not re.search("关于|印发|转发", name) or not re.search(rf"(?:{GENRES})$", without_remarks(name)):
        return one
    start = first + before.rfind(name)
    close = _TO_BRACKET.match(page.text, one.end) if before.rstrip().endswith(("（", "(")) else None
    return _Mention(start, close.end() if close else one.end, close_gaps(name), one.number)


def _resolved(page: _Page, mentions: list[_Mention]) -> list[_Mention]:
    """Mentions of official documents; those by a short form under the full title, definitions of short forms left out."""
    shorts: dict[str, str] = {}
    latest: dict[str, str] = {}  # by the last two characters
    found: list[_Mention] = []
    for at, one in enumerate(mentions):
        before = page.text[max(0, one.start - 12) : one.start]
        if one.title and one.number is None and _SHORTENED.search(before):
            whole = mentions[at - 1] if at else None
            if whole and whole.title and one.start - whole.end < _NEAR:
                named = shorts.get(whole.title, whole.title if whole.number or _is_official(page.text, whole) else "")
                shorts[one.title] = named
            continue
        if short := _defined(page.text, one):
            shorts[short] = one.title or ""
        if one.title and one.number is None:
            plain = without_remarks(one.title)
            if one.title in shorts:
                if not shorts[one.title]:
                    continue
                one = replace(one, title=shorts[one.title])
            elif _GENERIC.fullmatch(plain):
                whole_title = "" if without_remarks(page.title).endswith(plain) else latest.get(plain[-2:], "")
                if plain not in whole_title:
                    continue
                one = replace(one, title=whole_title)
            elif not _is_official(page.text, one):
                continue
        if one.title:
            latest[without_remarks(one.title)[-2:]] = one.title
        found.append(one)
    return found


def _defined(text: str, one: _Mention) -> str:
    """The short form that the bracket of a mention's number gives it."""
    inner = re.search(r"(?:简称|下称)[^《]{0,4}《([^《》]{1,30})》", text[max(one.start, one.end - 60) : one.end])
    return inner[1] if inner and one.number else ""


def _is_official(text: str, one: _Mention) -> bool:
    before, after = text[max(0, one.start - 8) : one.start], text[one.end : one.end + 12]
    if _PRESS.match(after) or _BOOKISH.search(before) or _OWN_ANNEX.match(after):
        return False
    return bool(_PRINTED.search(before)) or bool(_OFFICIAL.search(without_remarks(one.title or "")))


def _is_head(page: _Page, one: _Mention) -> bool:
    """Whether a mention stands in the title, the number or the history of the document itself."""
    index, block = page.block_at(one.start)
    if block.end - block.start > 6 * _LONGEST:
        return False
    line = page.text[block.start : block.end]
    if not is_running_text(line):
        key = title_key(line)
        if one.title is None and len(line) - (one.end - one.start) <= 12 and not re.search("废止|修改", line):
            return True
        if page.own and (
            key == page.own or (index < _HEAD and (key in page.own or (page.own in key and len(key) < len(page.own) + 25)))
        ):
            return True
    dated = re.match(r"[（(\s]*(?:19|20)\d\d\s?年", line)
    return bool(one.title is None and dated and _HISTORY.match(page.text, one.end))


def _is_own(page: _Page, one: _Mention) -> bool:
    if one.number and _bare(one.number) == page.number:
        return True
    key = title_key(one.title or "")
    return bool(key) and (key == page.own or (key.startswith("关于") and page.own.endswith(key)))


def _lists(page: _Page, mentions: list[_Mention]) -> list[list[_Mention]]:
    """Mentions that are joined to a list: 《A》、《B》和《C》."""
    found: list[list[_Mention]] = []
    for one in mentions:
        last = found[-1][-1] if found else None
        if last and one.start - last.end <= 80 and _LISTED_BY.fullmatch(page.text, last.end, one.start):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _relation(page: _Page, group: list[_Mention]) -> str:
    """What a document does with those it names, as the clause and the sentence around them say."""
    index, block = page.block_at(group[0].start)
    before = _ASIDE.sub("", page.text[max(block.start, group[0].start - _NEAR) : group[0].start])
    rest = _ASIDE.sub("", page.text[group[-1].end : min(page.block_at(group[-1].end - 1)[1].end, group[-1].end + _NEAR)])
    before, rest = _ENDS.split(before)[-1], _SENTENCE.split(rest)[0]
    after = _ENDS.split(rest)[0]
    if (
        _REPEALED.search(after)
        or _REPEALING.search(before)
        or re.match(r"[，,]\s?(?:同时|一并|即行|均)?(?:予以)?(?:废止|停止)", rest)
    ):
        return "repeals"
    if _HANDED_ON.search(before) and (done := _PASSING.search(after) or _PRINTING.search(after)):
        return "forwards" if _PASSING.fullmatch(done[0]) else "issues"
    if _AMENDS.search(group[-1].title or "") and re.match(_HISTORY, after):
        return "basis"
    if _AMENDED.search(after) or (_AMENDING.search(before) and not re.match("生效|实施|施行", after)):
        return "amends"
    if _is_basis(before):
        return "basis"
    now = rest.split("《")[0]
    if _NOW_PASSED.search(now) or re.search(r"现(?:转发|批转)\s?$", before):
        return "forwards"
    if _NOW_PRINTED.search(now) or re.search(r"现(?:印发|发布|公布)\s?$", before):
        return "issues"
    return "repeals" if index in page.repealing else "cites"


def _is_basis(before: str) -> bool:
    words = list(_BASIS.finditer(before))
    return bool(words) and not _OTHER_VERB.search(before[words[-1].end() :])


def _under_repeal(text: str, blocks: Sequence[Block], title: str) -> frozenset[int]:
    """Blocks that list what is repealed: below 下列文件予以废止：, or anywhere if the title says so."""
    of_title = bool(_REPEALED.search(title)) and "修改" not in title
    listing, found = of_title, []
    for index, block in enumerate(blocks):
        line = text[block.start : min(block.end, block.start + _NEAR)]
        if block.kind == "table" or _ITEM.match(line):
            found += [index] if listing else []
        elif text[block.start : block.end].rstrip().endswith(("：", ":")) or re.search("(?:目录|清单)$", line.rstrip()):
            listing = bool(_REPEALED.search(line))
        else:
            listing = of_title
    return frozenset(found)
