"""Title and document number: where official documents, laws, papers and web pages put them."""

import re
from collections.abc import Mapping

from pipeline.ingest.clean import close_gaps, count_han
from pipeline.ingest.gazetteer import Gazetteer
from pipeline.ingest.metadata_dates import whole_date
from pipeline.ingest.metadata_lines import (
    BODY_END,
    DOC_NUMBER,
    ORDER,
    Line,
    bodies_in,
    is_addressee,
    is_furniture,
    is_numbered,
    is_running_text,
)

POLICY_ENDS = (
    "通知|意见|决定|办法|方案|规划|计划|措施|细则|规定|纲要|要点|指南|指引|公告|通告|通报|公报|函|批复|答复|决议|命令|令|条例|规则|规程|章程|准则|规范|标准|目录|清单|政策"
    "|请示|制度|安排|举措|若干条|行动|工作|提示|倡议书|倡议|宣言|声明|公约|法|宪法|建议|事项|任务|分工|名单|预案|路线图|要求|解读|讲话|辦法|規則|規程|細則|準則|規定|條例|決定|綱要|標準|表"
)
REPORT_ENDS = "报告|報告|白皮书|蓝皮书|皮书|年报|公报|综述"
# what ends the title of an official document for sure; a broken line may well end in 制度 or 工作
GENRES = (
    "通知|意见|决定|办法|方案|规划|计划|措施|细则|规定|纲要|要点|指南|指引|公告|通告|通报|函|批复|答复|决议|命令|条例|规则|规程|章程|准则|规范|请示|举措"
    "|若干条|提示|倡议书|倡议|宣言|声明|解读|辦法|規則|規程|規定|條例|決定|政策"
)
_REMARK = r"(?:\s?[（(〔\[][^（）()〔〕\[\]]{1,40}[）)〕\]]|\s?[*＊①-⑳\ue000-\uf8ff]+)*"
_COMPLETE = re.compile(rf"(?:{POLICY_ENDS}|{REPORT_ENDS})[》”\"]?{_REMARK}$")
_ENDED = re.compile(rf"(?:{GENRES}|{REPORT_ENDS})[》”\"]?{_REMARK}$")
_OFFICIAL = re.compile(r"关于|印发|转发|批转|[厅院部委局府会]对|办公[厅室]对")
_NEEDS_BODY = re.compile(r"关于|转发|印发|批转")
_PUBLISHED = re.compile(
    r"^《(?P<title>[^《》]{3,80}(?:[〈《][^〈〉《》]{1,60}[〉》][^《》]{0,30})?)》[^。]{0,80}(?:通过|批准|同意)[^。]{0,60}(?:公布|发布|施行)"
)
_LABEL = re.compile(r"^\s*(?:论文题目|题\s?目|标\s?题|题名|文件名称|名\s?称|附件\s?\d{0,2})\s?[:：]\s*(?=\S)")
_RED_HEAD = re.compile(r".{2,60}(?:文件|（\s?通知\s?）|\(\s?通知\s?\))$")
_PLACEHOLDER = re.compile(
    r"(?i)^(?:none|null|untitled|无标题|无题|未命名|文档\s?\d*|document\s?\d*|microsoft word.*|powerpoint.*|正文|新建.{0,20}|slide\s?\d+|.{1,40}\.(?:docx?|wps|indd|cdr|qxd|pmd|ps|dvi|rtf|tex))$"
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
            if line.kind != "heading" and _begins_text(line.text):
                return ""
            continue
        heading = None if line.kind == "heading" else _heading_soon(head[at + 1 : at + 9], gazetteer)
        if heading is not None and not _is_complete(line.text):
            return _joined(head[heading + at + 1 :], gazetteer, paged=paged)
        title = _joined(head[at:], gazetteer, paged=paged)
        return clean_title(_bodies_above(head[:at], gazetteer) + title) if _NEEDS_BODY.match(title) else title
    return ""


def _bodies_above(lines: list[Line], gazetteer: Gazetteer) -> str:
    """The bodies on the lines right above a title that needs them: 国务院办公厅 / 关于…的通知."""
    found: list[str] = []
    for line in reversed(lines[-4:]):
        if not (bodies := bodies_in(line.text, gazetteer)):
            break
        found = bodies + found
    return " ".join(found)


def _cannot_be_title(line: Line, gazetteer: Gazetteer) -> bool:
    text = _LABEL.sub("", line.text)
    return (
        line.kind in ("table", "reference")
        or not 3 <= len(text) <= 150
        or (is_furniture(line.text) and text == line.text)
        or is_numbered(text)
        or is_running_text(text)
        or is_addressee(text)
        or (bool(_RED_HEAD.fullmatch(text)) and not _is_complete(text) and not _OFFICIAL.search(text))
        or bool(DOC_NUMBER.fullmatch(text.strip("（）()")))
        or (text.endswith(("号", "号）", "令")) and bool(ORDER.fullmatch(text) or re.fullmatch(r".{2,30}令", text)))
        or whole_date(text) is not None
        or (bool(bodies_in(text, gazetteer)) and not _is_complete(text) and line.kind != "heading")
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
    return clean_title(title)


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
    if _OFFICIAL.search(title) and not _ENDED.search(close_gaps(title)):
        return line.kind == first.kind and len(text) <= 60 and (_is_complete(text) or not looks_like_names(text))
    return (
        paged
        and first.kind == line.kind == "heading"
        and not _is_complete(title)
        and _same_script(title, text)
        and not looks_like_names(text)
    )


def _is_complete(title: str) -> bool:
    return bool(_COMPLETE.search(close_gaps(title)))


def _same_script(first: str, second: str) -> bool:
    return bool(count_han(second) > 5) if count_han(first) else not count_han(second)


def looks_like_names(text: str) -> bool:
    """Whether a line consists of names of persons: 楚柳林, 王娟① 张一①, 徐增林1，盛泳潘1."""
    parts = [part for part in re.split(r"[\s，,、；;|·]+", re.sub(r"[\d*＊①-⑳†‡■△▲()（）#\ue000-\uf8ff]+", " ", text)) if part]
    return bool(parts) and all(re.fullmatch(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{2,8})?", part) for part in parts)


def clean_title(title: str) -> str:
    """A title without labels, note marks, its document number and needless spaces."""
    title = _LABEL.sub("", title.strip())
    issuers, about, rest = title.partition("关于")
    # 教育部 财政部关于… keeps the space between its bodies
    several = about and " " in issuers and all(BODY_END.search(part) for part in issuers.split())
    title = (issuers if several else close_gaps(issuers)) + about + close_gaps(rest)
    title = re.sub(r"[\s*＊①-⑳\ue000-\uf8ff]+$", "", title)
    title = re.sub(
        r"\s*[（(]?\s?[\u4e00-\u9fff]{2,10}[〔﹝\[［]\s?(?:19|20)\d\d\s?[〕﹞\]］]\s?\d{1,5}\s?号\s?[）)]?$", "", title
    )
    title = re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\d“《（])|(?<=[\d”》）]) (?=[\u4e00-\u9fff])", "", title)
    return title.strip(" \u3000_")


def given_title(facts: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of several facts that can be a title, without the name of a website."""
    for name in names:
        title = re.sub(r"\s+", " ", facts.get(name, "")).strip()
        if name == "html title" or name == "meta title":
            title = _SITE.sub("", title) if len(_SITE.sub("", title)) >= 5 else title
        if len(title) >= 2 and not _PLACEHOLDER.match(title) and re.search(r"\w", title):
            return clean_title(title)
    return ""


def stem_of(source: str) -> str:
    """The name of a file or member without folders, suffix, leading numbers and remarks such as a date or a copy number."""
    name = re.split(r"[/!]|__", source.split("#")[0])[-1]
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


def doc_number(head: list[Line]) -> str:
    """The document's own number, which has a line to itself near the top; numbers of other documents stand in sentences."""
    for at, line in enumerate(head[:25]):
        text = re.sub(r"^\s*(?:发文字号|文\s?号|字\s?号)\s?[:：]?\s*", "", line.text)
        if len(text) > 150 or line.kind == "reference" or is_running_text(text):
            continue
        if found := _own_number(text):
            return found
        after = head[at + 1].text if at + 1 < len(head) else ""
        joined = f"{text}{after}"
        if re.fullmatch(r".{2,40}(?:令|公告|通告)", text) and (order := ORDER.fullmatch(joined)):
            return _order(order)
        if (order := ORDER.fullmatch(text)) and "》" not in text:
            return _order(order)
    return ""


def _own_number(text: str) -> str:
    """A number that is a line, stands in brackets below the title, or ends a line after a gap or the word 文件."""
    bare = re.sub(r"^[（(](.+)[）)]$", r"\1", text.strip())
    bare = re.sub(r"\s*(?:签发人|印发).{0,20}$", "", bare)
    if found := DOC_NUMBER.fullmatch(bare):
        return number_as_written(found)
    if found := re.search(r"(?:\s|文件|[（(]|[》通知意见])(?=[\u4e00-\u9fff]{1,16}[〔﹝\[［【])([^\s（(]{6,40})$", bare):
        inner = DOC_NUMBER.fullmatch(found[1].rstrip("）)"))
        return number_as_written(inner) if inner and not re.search("根据|按照|依据|《", bare) else ""
    return ""


def _order(found: re.Match[str]) -> str:
    return re.sub(r"\s", "", f"{found['body']}{found['number']}")


def number_as_written(found: re.Match[str]) -> str:
    """A document number with brackets as 〔〕 and no spaces."""
    return re.sub(r"\s", "", f"{found['prefix']}〔{found['year']}〕{found['number']}号")


def number_from_cell(cell: str) -> str:
    """The document number a cell gives, in one form; "" if the cell holds none."""
    cell = re.sub(r"^\s*(?:发文字号|文\s?号|字\s?号)\s?[:：]?\s*", "", cell.strip()[:120])
    if found := DOC_NUMBER.search(cell):
        return number_as_written(found)
    plain = re.sub(r"\s", "", cell)
    return plain if 3 <= len(plain) <= 40 and re.search(r"\d.{0,3}[号號]", plain) else ""
