"""The title of a document: where official documents, laws, papers and web pages put it."""

import re
from collections.abc import Mapping

from pipeline.ingest.clean import close_gaps, count_han
from pipeline.ingest.gazetteer import Gazetteer
from pipeline.ingest.metadata.dates import whole_date
from pipeline.ingest.metadata.lines import (
    DOC_NUMBER,
    ORDER,
    PERSON,
    Line,
    bodies_in,
    is_addressee,
    is_furniture,
    is_numbered,
    is_running_text,
    of_number,
)
from pipeline.ingest.scan import plain

# what surely ends the title of an official document
GENRES = (
    "通知|意见|决定|办法|方案|规划|计划|措施|细则|规定|纲要|要点|指南|指引|公告|通告|通报|函|批复|答复|决议|命令|条例|规则|规程|章程|准则|规范|请示|举措"
    "|若干条|倡议书|宣言|声明|辦法|規則|規程|規定|條例|決定|綱要|準則|預算案"
)
# what may end one, but also a line of a broken title or something else
WEAK_GENRES = "公报|令|标准|目录|清单|政策|制度|安排|行动|工作|提示|倡议|公约|法|建议|事项|任务|分工|名单|预案|路线图|要求|解读|讲话|標準|表"
REPORTS = "报告|報告|白皮书|蓝皮书|皮书|年报|综述"
_REMARK = re.compile(r"(?:[（(〔\[【][^（）()〔〕\[\]【】]{1,40}[）)〕\]】]|[\s*＊①-⑳\ue000-\uf8ff》”\"]{1,9}|\d{4}年?版?)$")
_ENDED = re.compile(rf"(?:{GENRES}|{REPORTS})$")
_COMPLETE = re.compile(rf"(?:{GENRES}|{WEAK_GENRES}|{REPORTS})$")
_OFFICIAL = re.compile(r"关于|印发|转发|批转|[厅院部委局府会]对|办公[厅室]对")
_NEEDS_BODY = re.compile(r"关于|转发|印发|批转")
_PUBLISHED = re.compile(
    r"^(?:现公布|现将|.{0,6}修订后的|现公布修订后的)?《(?P<title>[^《》]{3,80}(?:[〈《][^〈〉《》]{1,60}[〉》][^《》]{0,30})?)》[^。]{0,120}(?:公布|发布|施行)"
)
_LEADER = re.compile(r"[.…·．]\s?[.…·．]\s?[.…·．]\s?[.…·．]")  # of a table of contents
_WORDS = re.compile(r"[\u4e00-\u9fff]{2}|[\u4e00-\u9fff] [\u4e00-\u9fff]|[A-Za-z]{3,}[^A-Za-z]{1,9}[A-Za-z]{2,}")
_LABEL = re.compile(r"^\s*(?:论文题目|题\s?目|标\s?题|题名|文件名称|名\s?称|附件\s?\d{0,2})\s?[:：]\s*(?=\S)")
_RED_HEAD = re.compile(r".{2,60}(?:文件|（\s?通知\s?）|\(\s?通知\s?\))$")
_PLACEHOLDER = re.compile(
    r"(?i)^(?:none|null|untitled|无标题|无题|未命名|文档\s?\d*"
    r"|document\s?\d*|microsoft word.*|powerpoint.*|正文|新建.{0,20}|slide\s?\d+"
    r"|.{1,40}\.(?:docx?|wps|indd|cdr|qxd|pmd|ps|dvi|rtf|tex))$"
)
_SITE = re.compile(r"\s*(?:[_|｜]|\s[-–—]{1,2}\s|[-–—]{1,2}(?=[^-–—]{0,20}(?:网|政府|门户|平台)$)).{2,40}$")
_MAX_LINES = 6  # a title is broken over at most so many


def text_title(head: list[Line], gazetteer: Gazetteer, *, paged: bool) -> str:
    """The title as it stands at the head of the text; "" if none is plain.

    Args:
        paged: the text was set in pages, where a heading may be broken over several lines.
    """
    for at, line in enumerate(head[:40]):
        if published := _PUBLISHED.match(line.text):
            return published["title"]
        if _cannot_be_title(line, gazetteer):
            soon = paged and _heading_soon(head[at + 1 : at + 9], gazetteer) is not None
            if line.kind != "heading" and not is_furniture(line.text) and _begins_text(line.text) and not soon:
                return ""
            continue
        heading = None if line.kind == "heading" else _heading_soon(head[at + 1 : at + 9], gazetteer)
        if heading is not None and not _is_complete(line.text):
            return _joined(head[heading + at + 1 :], gazetteer, paged=paged)
        title = _joined(head[at:], gazetteer, paged=paged)
        return clean_title(_bodies_above(head[:at], gazetteer) + title, gazetteer) if _NEEDS_BODY.match(title) else title
    return ""


def _bodies_above(lines: list[Line], gazetteer: Gazetteer) -> str:
    """The bodies on the lines right above a title that needs them: 国务院办公厅 / 关于…的通知."""
    found: list[str] = []
    for line in reversed(lines[-4:]):
        if not bodies_in(line.text, gazetteer):
            break
        found.insert(0, line.text)
    return " ".join(found)


def _cannot_be_title(line: Line, gazetteer: Gazetteer) -> bool:
    text = _LABEL.sub("", line.text)
    return (
        line.kind in ("table", "reference")
        or not 3 <= len(text) <= 150
        or not _WORDS.search(text)
        or bool(_LEADER.search(text))
        or (is_furniture(line.text) and text == line.text)
        or is_numbered(text)
        or is_running_text(text)
        or is_addressee(text)
        or (bool(_RED_HEAD.fullmatch(text)) and not _is_complete(text) and not _OFFICIAL.search(text))
        or bool(DOC_NUMBER.fullmatch(of_number(text)))
        or (text.endswith(("号", "号）", "令")) and bool(ORDER.fullmatch(text) or re.fullmatch(r".{2,30}令", text)))
        or whole_date(text) is not None
        or bool(PERSON.fullmatch(text))
        or bool(re.fullmatch(r"[（(]?第.{1,8}[号號][）)]?", text))
        or (bool(bodies_in(text, gazetteer)) and not _is_complete(text))
    )  # fmt: skip


def _begins_text(text: str) -> bool:
    """Whether a line is so plainly text that no title can follow it."""
    return (is_addressee(text) and len(text) > 12) or (is_running_text(text) and len(text) > 60) or is_numbered(text)


def _heading_soon(lines: list[Line], gazetteer: Gazetteer) -> int | None:
    """Where, soon after a line that may be anything, a heading stands that can be a title."""
    for at, line in enumerate(lines):
        if line.kind == "heading":
            return None if _cannot_be_title(line, gazetteer) or len(line.text) < 5 else at
        if is_running_text(line.text) and len(line.text) > 200:
            return None
    return None


def _joined(lines: list[Line], gazetteer: Gazetteer, *, paged: bool) -> str:
    """A title with the lines it goes on in."""
    title = lines[0].text
    for line in lines[1:_MAX_LINES]:
        if line.text == title or not _goes_on(title, lines[0], line, gazetteer, paged=paged):
            break
        space = " " if title[-1:].isascii() and line.text[:1].isascii() else ""
        title += space + line.text
    return clean_title(title, gazetteer)


def _goes_on(title: str, first: Line, line: Line, gazetteer: Gazetteer, *, paged: bool) -> bool:
    text = line.text
    if title.count("《") > title.count("》") or title.count("“") > title.count("”") or title.count("（") > title.count("）"):
        return len(text) <= 80 and not is_running_text(text)
    if re.fullmatch(
        r"[（(].{2,30}[）)]", text
    ):  # （试行） and （2021-2025年） belong to it, （第290号） and （2018年…通过） do not
        return bool(
            re.fullmatch(
                r"[（(](?:.{0,6}(?:试行|暂行|草案|征求意见稿|送审稿|修订)版?|.{0,4}\d{4}\s?[-—–~至]\s?\d{4}\s?年?.{0,4}|\d{4}\s?年?版?)[）)]",
                text,
            )
        )
    if text.startswith("——") and len(text) < 50 and not is_running_text(text) and not re.search(r"[在于].{2,40}会议", text):
        return True
    if _cannot_be_title(line, gazetteer) and not (_is_complete(text) and len(text) < 80 and not is_running_text(text)):
        return False
    if is_numbered(text) or whole_date(text) or is_furniture(text):
        return False
    if _OFFICIAL.search(title) and not _ENDED.search(without_remarks(title)):
        return line.kind == first.kind and len(text) <= 60 and (_is_complete(text) or not looks_like_names(text))
    if re.match(r"[\u4e00-\u9fff\s]{2,8}[:：]", text):
        return False
    return (
        paged
        and first.kind == line.kind == "heading"
        and not _is_complete(title)
        and _same_script(title, text)
        and not _may_be_names(text)
    )


def _is_complete(title: str) -> bool:
    return bool(_COMPLETE.search(without_remarks(title)))


def without_remarks(title: str) -> str:
    """A title down to its last word: without （试行）, years of an edition, marks of notes and closing quotes."""
    title = close_gaps(title)
    for _ in range(5):
        shorter = _REMARK.sub("", title)
        if shorter == title:
            break
        title = shorter
    return title


def _same_script(first: str, second: str) -> bool:
    return bool(count_han(second) > 5) if count_han(first) else not count_han(second)


def looks_like_names(text: str) -> bool:
    """Whether a line consists of names of persons: 楚柳林, 王娟① 张一①, 徐增林1，盛泳潘1."""
    parts = [part for part in re.split(r"[\s，,、；;|·]+", re.sub(r"[\d*＊①-⑳†‡■△▲〓()（）#\ue000-\uf8ff]+", " ", text)) if part]
    return bool(parts) and all(re.fullmatch(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{2,8})?", part) for part in parts)


def _may_be_names(text: str) -> bool:
    """Whether a line may consist of names, also of letter-spaced or run-together ones: 张平文 贺飞何洁何 峰."""
    parts = re.findall(r"[^\s，,、；;|·\d*＊①-⑳†‡〓()（）#\ue000-\uf8ff]+", text)
    return all(re.fullmatch(r"[\u4e00-\u9fff]{1,5}", part) for part in parts) and (len(parts) > 1 or looks_like_names(text))


def clean_title(title: str, gazetteer: Gazetteer) -> str:
    """A title without labels, note marks, its document number and needless spaces."""
    title = _LABEL.sub("", title.strip())
    if about := re.search("关于|印发", title):
        issuers, rest = title[: about.start()], title[about.start() :]
        # 教育部 财政部关于… keeps the space between its bodies
        title = (issuers if len(bodies_in(issuers, gazetteer)) > 1 else close_gaps(issuers)) + close_gaps(rest)
    else:
        title = close_gaps(title)
    title = re.sub(r"[\s*＊①-⑳〓\ue000-\uf8ff]{1,20}$", "", title)
    title = re.sub(
        r"\s*[（(]?\s?[\u4e00-\u9fff]{2,10}[〔﹝\[［]\s?(?:19|20)\d\d\s?[〕﹞\]］]\s?\d{1,5}\s?号\s?[）)]?$", "", title
    )
    title = re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\d“《（])|(?<=[\d”》）]) (?=[\u4e00-\u9fff])", "", title)
    return title.strip(" \u3000_")


def given_title(facts: Mapping[str, str], names: tuple[str, ...], gazetteer: Gazetteer) -> str:
    """The first of several facts that can be a title, without the name of a website."""
    for name in names:
        title = re.sub(r"\s+", " ", facts.get(name, "")[:400]).strip()
        if name == "html title" or name == "meta title":
            title = _SITE.sub("", title) if len(_SITE.sub("", title)) >= 5 else title
        if len(title) >= 2 and not _PLACEHOLDER.match(title) and re.search(r"\w", title):
            return clean_title(title, gazetteer)
    return ""


def stem_of(source: str) -> str:
    """The name of a file or member without folders, suffix, leading numbers and remarks such as a date or a copy number."""
    name = plain(re.split(r"[/!]|__", source.split("#")[0])[-1])
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", name)
    stem = re.sub(r"^[\d\s_.、-]{1,8}(?=[\u4e00-\u9fff《“])", "", stem)
    while (
        shorter := re.sub(
            r"\s?(?:[（(](?:副本|\d{1,2}|(?:19|20)\d\d[-./年]\d{1,2}(?:[-./月]\d{1,2}日?)?|[A-Z-]{3,6}CLI[\d.]+)[）)]|[_-]?副本)$",
            "",
            stem,
        )
    ) != stem:
        stem = shorter
    return stem.strip(" _") or name
