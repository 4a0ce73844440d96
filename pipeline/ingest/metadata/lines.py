"""Which lines of a document its metadata can stand in, and what sort of line each is."""

import re
from dataclasses import dataclass

from pipeline.ingest.clean import HAN, close_gaps
from pipeline.ingest.gazetteer import Gazetteer, issuer_at
from pipeline.ingest.layout import Layout

HEAD_LINES, HEAD_CHARACTERS = 60, 6000  # of the beginning: title, number, authors, abstract
SHORT = 60  # characters; a line of a signature is no longer

# 闽政〔2001〕文12号 puts letters behind the year
DOC_NUMBER = re.compile(
    r"(?P<prefix>[\u4e00-\u9fffA-Za-z·]{1,24}?(?:[（(][\u4e00-\u9fff]{1,6}[）)][\u4e00-\u9fff]{0,6})?)"
    r"\s?[〔﹝\[［【（(〈<{「『]\s?(?P<year>(?:19|20)\d\d)\s?年?\s?[〕﹞\]］】）)〉>}」』]"
    r"\s?(?P<letters>[文综字函办发电传密]{0,3})第?\s?(?P<number>\d{1,5}(?:[-—]\d{1,3})?)\s?[号號]"
)
ORDER = re.compile(
    r"(?P<body>[\u4e00-\u9fff、 ]{1,40}?(?:令|公告|通告|公报))"
    r"\s?[（(〔\[]?\s?(?P<number>(?:(?:19|20)\d\d\s?年?\s?[，,]?\s?)?第\s?[\d一二三四五六七八九十百〇零]{1,6}\s?[号號])\s?[）)〕\]]?"
)
BODY_END = re.compile(
    r"(?:委员会|委员会办公室|人大常委会|常委会|[工党纪政网信改革康]委|部|局|厅|院|政府|办公室|办公厅|办|中心|总署|署|银行|总行|协会|学会|联合会|总会|总工会"
    r"|领导小组|小组|工作组|指挥部|党组"
    r"|[司处]|集团|公司|大学|学校|法院|检察院|代表大会|政协|管委会|[委員員]會|[處廳縣]|[省市县区]委)$"
)
# who signs an order: 省长 马某某
PERSON = re.compile(
    r"(?:.{0,8}(?:[省市州县区部局院署行会]长|主席|主任|总理|书记"
    r"|專員|专员|院長|部長|總統))[\s:：]{0,4}[\u4e00-\u9fff]{1,3}[\s·]{0,3}[\u4e00-\u9fff]{1,3}"
)
_FURNITURE = re.compile(
    r"【法宝引证码】|原文链接|https?://|www\.|索\s?引\s?号|信息分类|主题(?:词|分类)|发布机构|发文机关|生成日期|成文日期|有效性|公开方式"
    r"|(?:下载|打印|全屏|收藏|分享|关闭|首页|返回|保存|目\s?录|纠错"
    r"|附件|附\s?录|大|中|小|\W|true|false|nan)$|【?字[体号]|您?(?:所在|当前|现在)的?位置|当前位置|浏览次数|阅读次数|点击"
    r"|(?:(?:文章|信息)?来源|作者|(?:发布)?(?:时间|日期)|(?:责任)?编辑)\s?[:：]|扫一扫"
    r"|bookCollapse|附件?\s?\d{0,2}\s?[:：]?$|机密|秘密|特急|加急|急件|签发人|份号"
    r"|(?:国[内际]图书)?分类号|中图|密级|学校代码|单位代码|学\s?号|ISSN|CN\s?\d|DOI|收稿|基金"
    r"|UDC|文章编号|文献标[识志]码|本[期栏]|专题研究|编者按|【?\s?编者",
    re.IGNORECASE,
)
_ISSUE = re.compile(
    r"第?\s?\d+\s?卷|Vol[．.]?\s?\d|第\s?\d+\s?期|No[．.]\s?\d+|Journal\s?of|总第\s?\d+|\d+（\d+）：", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"[一二三四五六七八九十]{1,3}\s?[、.．]|[（(]\s?[一二三四五六七八九十\d]{1,3}\s?[）)]|第\s?[一二三四五六七八九十百\d]{1,4}\s?[章节節条條部编編]|\d{1,2}\s?[.．、]\s?\D|\d{1,2}\s[\u4e00-\u9fff]"
    r"|引\s?言$|[前导導]\s?言$|绪\s?论$|总\s?则$|總\s?則$"
    r"|摘\s?要|内容摘要|【?摘\s?要|【?关\s?键\s?词|關鍵詞|abstract|key\s?words|introduction\b|[•●◆■★·▪]",
    re.IGNORECASE,
)
_ADDRESSEE = re.compile(r"[^。！？]{2,400}[：:]$")
_SENTENCE_END = re.compile(r"[。！？；;，,]$")


@dataclass(frozen=True, slots=True)
class Line:
    """A block of the text, as metadata are read from it."""

    text: str
    kind: str  # heading, paragraph, table or reference


def lines_of(layout: Layout) -> list[Line]:
    """Every block as a line. Spaces between Chinese characters stay: they divide names."""
    return [Line(layout.text[block.start : block.end].strip(), block.kind) for block in layout.blocks]


def head_of(lines: list[Line]) -> list[Line]:
    """The lines a document begins with."""
    found, size = [], 0
    for line in lines[:HEAD_LINES]:
        if size > HEAD_CHARACTERS:
            break
        found.append(line if len(line.text) <= HEAD_CHARACTERS else Line(line.text[:HEAD_CHARACTERS], line.kind))
        size += len(line.text)
    return found


def is_furniture(text: str) -> bool:
    """Whether a line belongs to the page or its source rather than to the document."""
    return bool(_FURNITURE.match(text)) or (len(text) < 150 and bool(_ISSUE.search(text))) or not re.search(r"\w\w", text)


def is_numbered(text: str) -> bool:
    """Whether a line opens a part of the text: a numbered heading, an abstract, an introduction."""
    return bool(_NUMBERED.match(text))


def is_addressee(text: str) -> bool:
    """Whether a line names those a document is sent to: 各省、自治区、直辖市人民政府："""
    return bool(_ADDRESSEE.fullmatch(text))


def of_number(text: str) -> str:
    """A line as the number that it may be: without brackets around it, who signed, and blanks among its digits, 〔 2 0 2 1 〕."""
    bare = re.sub(r"^[（(](.+)[）)]$", r"\1", text.strip())
    bare = re.sub(r"\s*(?:签发人|印发).{0,20}$", "", bare)
    return re.sub(r"(?<=[\d〔\[]) (?=[\d〕\]])", "", bare)


def is_running_text(text: str) -> bool:
    """Whether a line is prose: a sentence, or too long for a title."""
    return bool(_SENTENCE_END.search(text)) or len(text) > 120 or "。" in text[:-1]


def bodies_in(text: str, gazetteer: Gazetteer) -> list[str]:
    """The bodies a line consists of, as written; none if any part of it is no body: 教育部 财政部, 国务院办公厅、中央军委办公厅."""
    if not 2 <= len(text) <= 400 or re.search(r"关于|印发|[。！？：:；;《》〔〕0-9]", text):
        return []
    parts = [body for part in re.split(r"[ \u3000、，,|]+", text.strip()) if part for body in apart(part, gazetteer)]
    if parts and all(is_body(part, gazetteer) for part in parts):
        return parts
    whole = close_gaps(text.strip())  # letter-spaced, or broken inside a name
    return [whole] if len(parts) > 1 and is_body(whole, gazetteer) and max(map(len, parts)) <= 6 else []


def apart(name: str, gazetteer: Gazetteer) -> list[str]:
    """Listed bodies that are written without a gap, one by one: 财政部国家税务总局; any other name as it is."""
    found, at = [], 0
    while at < len(name):
        listed = issuer_at(name[at:], gazetteer)
        if listed is None:
            return [name]
        found.append(name[at : at + listed[1]])
        at += listed[1]
    return found


def is_body(name: str, gazetteer: Gazetteer) -> bool:
    """Whether a name is a listed body or ends like one."""
    if not re.fullmatch(rf"[{HAN}（）()·“”]{{2,40}}", name):
        return False
    listed = issuer_at(name, gazetteer)
    return bool(listed and listed[1] == len(name)) or bool(len(name) > 2 and BODY_END.search(name))
