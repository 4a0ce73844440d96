"""Which official documents a document names, by title or number, and in what relation it stands to them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.ingest.clean import HAN
from pipeline.ingest.gazetteer import Gazetteer
from pipeline.ingest.metadata.lines import is_running_text
from pipeline.ingest.metadata.titles import GENRES, without_remarks
from pipeline.ingest.related.duplicates import title_key
from pipeline.ingest.related.mentions import COUNTRY, LONGEST_TITLE, Mention, Page, bare_number, mentions_in
from pipeline.records import Block, Citation

_NEAR = 120  # characters before and after in which a clause ends
_HEAD = 30  # blocks; the own title and number stand in one of them
_OFFICIAL = re.compile(
    rf"(?:{GENRES}|(?<![书画方语做看想说兵技疗魔手])(?<!(?<![预决])算)法|宪法|憲法|[法药藥]典|标准|標準|目录|名录|清单|预案|政策|制度|条件|大纲|条令|税则|守则|守則|细则|細則|备忘录|備忘錄|原则|倡议|专项行动|施政報告|(?:经济合作框架|贸易|自贸)协议|修正案|草案"
    r"|公约|公約|协定|協定|条约|條約|议定书|議定書|規例|附例|決議|決定|宪章|憲章|(?<=.)令|工作安排|重点工作|重点任务|任务分工|指导目录"
    r"|(?:统计|全会|会议|联合)公报|工作报告|^关于.+的(?:报告|建议|提案|议案|说明)|关于.+的建议|更紧密经贸关系的安排)$"
)
_GENERIC = re.compile(
    rf"公司章程|(?:实施|若干|指导|工作|暂行|管理|行动|总体|发展|建设|修订|修訂|试点|配套|本|原|新){{0,3}}(?:{GENRES}|标准|目录|清单|政策|制度|草案|公约|公約|建议|报告|条件|预案|守則|守则|规划纲要)"
)
_PRESS = re.compile(r"\s?(?:杂志|期刊|学报|周刊|月刊|一[书文]|栏目|节目|专栏|等?(?:系列)?(?:图书|书籍|教材|论文|歌曲|影片))")
_BOOKISH = re.compile(r"(?:杂志|期刊|专著|著作|教材|电影|歌曲|论文|课程|题为|书籍|图书|纪录片|节目)\s?[：:]?$")
_OWN_ANNEX = re.compile(r"\s?[（(](?:见|詳見|详见)?附[件表录]|[^《》\n]{0,10}\.(?:pdf|docx?|wps|xlsx?|zip|rar)")
_ANNEX_OF = re.compile(r"附件\s?\d{0,2}\s?[：:.．]\s?(?:\d{1,2}\s?[.．、])?\s?$")
_SHORTENED = re.compile(r"(?:简称|簡稱|下称|下稱|统称|合称|统一称)[为為：:“\"'‘「\s]{0,3}$|[（(]\s?[“\"「]\s?$")
_TARGET = re.compile(rf"[{HAN}“”]{{4,}}\s?20[2-6]\d")  # 中国制造2025
_STANDARD = re.compile(r"\s?[（(]\s?(?:GB|[A-Z]{2,3}/T|\d{8}-T-)")
_PRINTED = re.compile(r"(?:印发|印發)(?:的|了)?\s?$")
# between a title and its number, behind it and before it
_LISTED_BY = re.compile(
    r"[\s“”]*(?:第[^，。；《》]{1,12}[条条款项])?(?:及其实施(?:条例|细则|办法))?(?:[（(][^（）()《》]{0,40}[）)])?"
    r"(?:等?(?:的|有关|相关|文件|规定|要求|精神|部署){0,4})?[、，,\s]*(?:和|与|及|以及|或|或者|及其|并|、)?"
    r"(?:[^，。；、《》\n]{0,25}(?:发布|公布|印发|颁布|批准|修订|下发)(?:的|过的)?|(?:19|20)\d\d年[\d月日]{0,6}原?)?[\s“”]*"
)
_ENDS = re.compile(r"[，。；：！？,;!?]")
_SENTENCE = re.compile(r"[。！？!?]")
_ASIDE = re.compile(r"[（(][^（）()]{0,80}[）)]")
_REPEALED = re.compile(r"废止(?![前后])|停止执行|停止施行|失效(?![前后])|不再执行|不再施行|廢止|終止實施")
_REPEALING = re.compile(r"(?:废止|廢止|停止执行)(?:了|以下|下列|原)?[：:\s]?$")
_AMENDED = re.compile(
    r"(?<!没有)(?<!沒有)(?<!未)(?:作|做|予以|进行)(?:出|了)?(?:如下|以下|相应|部分|適當|适当)?(?:修改|修订|修正|修訂)|(?:修改|修订|修正)(?:为|如下)"
)
_AMENDING = re.compile(r"(?:修改|修订|修正|修訂)(?:了|完善)?$")
_DENIED = re.compile(r"没有|沒有|未(?![来來])|不[会會寻尋予得]")
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
    r"[对對就将]$|(?:条例|條例|法|办法|规定)(?:制定|订立|訂立)|(?:制定|编制|出台|起草|宣传|违反|签署|组织|开展|推进|建立|完善|加强|修订|通过|形成|研究|提出|符合|参照|编写)(?!.{0,16}的$)"
)
_ITEM = re.compile(r"\s*(?:\d{1,3}\s?[.．、]|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|《|[·•●])")


@dataclass(frozen=True, slots=True)
class _Own:
    """What a document says of itself."""

    title: str
    key: str  # of the title
    number: str  # without the country


def citations_of(
    doc_id: str, text: str, blocks: list[Block], *, title: str, doc_number: str | None, gazetteer: Gazetteer
) -> list[Citation]:
    """Every place where a document names another official document, in order; none overlap, `cited` is empty.

    Args:
        title: its own, which is no citation, nor is `doc_number`.
        gazetteer: tells where a number begins.
    """
    page = Page(text, blocks, [block.start for block in blocks])
    own = _Own(title, title_key(title), bare_number(doc_number or ""))
    repealing = _under_repeal(page, title)
    mentions = [one for one in _resolved(page, own, mentions_in(page, gazetteer)) if not _is_head(page, own, one)]
    found = []
    for group in _lists(page, mentions):
        relation = _relation(page, repealing, group)
        for one in group:
            if relation == "repeals" or not _is_own(own, one):
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
    keys = [number, bare_number(number), COUNTRY + number] if number else []
    found = next((by_number[key] for key in keys if key in by_number), None)
    found = found or by_title.get(title_key(one.title or "") or "")
    return None if found == one.doc_id else found


def _resolved(page: Page, own: _Own, mentions: list[Mention]) -> list[Mention]:
    """Mentions of official documents; those by a short form under the full title, definitions of short forms left out."""
    shorts: dict[str, str] = {}
    latest: dict[str, str] = {}  # by the last two characters
    found: list[Mention] = []
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
            plain = plain.removesuffix("草案") or plain
            if one.title in shorts:
                if not shorts[one.title]:
                    continue
                one = replace(one, title=shorts[one.title])
            elif _GENERIC.fullmatch(plain):
                whole_title = "" if without_remarks(own.title).endswith(plain) else latest.get(plain[-2:], "")
                if plain not in whole_title:
                    continue
                one = replace(one, title=whole_title)
            elif not _is_official(page.text, one):
                continue
        if one.title:
            latest[without_remarks(one.title)[-2:]] = one.title
        found.append(one)
    return found


def _defined(text: str, one: Mention) -> str:
    """The short form that the bracket of a mention's number gives it."""
    inner = re.search(r"(?:简称|下称)[^《]{0,4}《([^《》]{1,30})》", text[max(one.start, one.end - 60) : one.end])
    return inner[1] if inner and one.number else ""


def _is_official(text: str, one: Mention) -> bool:
    before, after = text[max(0, one.start - 8) : one.start], text[one.end : one.end + 12]
    if _PRESS.match(after) or _BOOKISH.search(before) or _ANNEX_OF.search(before) or _OWN_ANNEX.match(after):
        return False
    if _PRINTED.search(before) or _STANDARD.match(after) or _TARGET.fullmatch(one.title or ""):
        return True
    return bool(_OFFICIAL.search(without_remarks(one.title or "")))


def _is_head(page: Page, own: _Own, one: Mention) -> bool:
    """Whether a mention stands in the title, the number or the history of the document itself."""
    index, block = page.block_at(one.start)
    if block.end - block.start > 6 * LONGEST_TITLE:
        return False
    line = page.text[block.start : block.end]
    if not is_running_text(line):
        key = title_key(line)
        if one.title is None and len(line) - (one.end - one.start) <= 12 and not re.search("废止|修改", line):
            return True
        if len(key) >= 4 and own.key and (key == own.key or (index < _HEAD and _is_part(key, own.key))):
            return True
    dated = re.match(r"[（(\s]*(?:19|20)\d\d\s?年", line)
    return bool(one.title is None and dated and _HISTORY.match(page.text, one.end))


def _is_part(key: str, own: str) -> bool:
    """Whether a line is part of a title, or a title with a little beside it."""
    return key in own or (own in key and len(key) < len(own) + 25)


def _is_own(own: _Own, one: Mention) -> bool:
    if one.number and bare_number(one.number) == own.number:
        return True
    key = title_key(one.title or "")
    return bool(key) and (key == own.key or (key.startswith("关于") and own.key.endswith(key)))


def _lists(page: Page, mentions: list[Mention]) -> list[list[Mention]]:
    """Mentions that are joined to a list: 《A》、《B》和《C》."""
    found: list[list[Mention]] = []
    for one in mentions:
        last = found[-1][-1] if found else None
        if last and one.start - last.end <= 80 and _LISTED_BY.fullmatch(page.text, last.end, one.start):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _relation(page: Page, repealing: frozenset[int], group: list[Mention]) -> str:
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
    amends = _AMENDED.search(after) or (_AMENDING.search(before) and not re.match("生效|实施|施行", after))
    if amends and not _DENIED.search(before):
        return "amends"
    if _is_basis(before):
        return "basis"
    now = rest.split("《")[0]
    if _NOW_PASSED.search(now) or re.search(r"现(?:转发|批转)\s?$", before):
        return "forwards"
    if _NOW_PRINTED.search(now) or re.search(r"现(?:印发|发布|公布)\s?$", before):
        return "issues"
    return "repeals" if index in repealing else "cites"


def _is_basis(before: str) -> bool:
    words = list(_BASIS.finditer(before))
    return bool(words) and not _OTHER_VERB.search(before[words[-1].end() :])


def _under_repeal(page: Page, title: str) -> frozenset[int]:
    """Blocks that list what is repealed: below 下列文件予以废止：, or anywhere if the title says so."""
    of_title = bool(_REPEALED.search(title)) and "修改" not in title
    listing, found = of_title, []
    for index, block in enumerate(page.blocks):
        line = page.text[block.start : min(block.end, block.start + _NEAR)]
        if block.kind == "table" or _ITEM.match(line):
            found += [index] if listing else []
        elif page.text[block.start : block.end].rstrip().endswith(("：", ":")) or re.search("(?:目录|清单)$", line.rstrip()):
            listing = bool(_REPEALED.search(line))
        else:
            listing = of_title
    return frozenset(found)
