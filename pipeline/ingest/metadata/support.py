"""Who employed and paid the authors of a paper: affiliations above the abstract, grants in notes and thanks."""

import re

from pipeline.ingest.clean import HAN, close_gaps
from pipeline.ingest.metadata.lines import Line

_PLAIN = str.maketrans("．，：；（）［］／－—–～·", ".,:;()[]/-----")
LONGEST = 400  # characters of a line of this sort
FUND = re.compile(
    r"(?:^|[\s*。;\[【])(?:基金(?:项目|资助|名称)?|(?:资助|支持|课题)项目|项目(?:资助|基金)|课题来源|Fund(?:ing|s)?(?: information| projects?)?|Foundation items?|Acknowledge?ments?)\W{0,3}[:：\]】]\s*[:：]?\s*"
    r"|本(?:文|研究|论文)(?:系|为|是|受|由|得到|获得?)(?:了|到)?(?=[^。]{2,120}(?:基金|项目|课题|计划))"
    r"|\b(?:supported|funded)(?: in part)? by (?:the )?",
    re.IGNORECASE,
)
OTHER_NOTE = re.compile(
    r"\W{0,3}(?:作者简介|第一作者|收稿日期|修回日期|修稿日期|录用日期|通[信讯]作者|中图分类号|文献标|文章编号|DOI|E-?mail|网络出版|责任编辑|引用格式|Received|Author|\d+ characters)",
    re.IGNORECASE,
)
_THANKS = re.compile(r"(?:的?(?:联合)?(?:资助|支持)|(?:的?(?:阶段性?|部分|最终)?(?:研究)?成果(?:之一)?)|的?资助成果)+$")
_LABEL_OF_NUMBER = re.compile(
    r"\( ?(?:(?:项目|课题|批准|资助|立项)?(?:编?号|批准号)|Grants?(?: Nos?)?|Nos?)(?: ?[.:])* ?(?=[A-Z\d])", re.IGNORECASE
)
_ORGANISATION = re.compile(
    r"大学|学院|研究[院所]|学校|党校|实验室|研究中心|科学院|医院|图书馆|公司|[^\d\s]{3,}(?:[系所院局部委厅室办]|中心|集团|银行)$"
)
_PART = re.compile(r"[系所院局部委厅室办]$|中心$")  # of a body named before it
ENGLISH_ORGANISATION = re.compile(
    r"\b(?:Universit|Institut|College|School of|Department|Laborator|Academy|Faculty|Cent(?:er|re) )"
)
_HEAD_END = re.compile(
    r"\W{0,3}(?:内容|中文)?(?:摘\s?要|提\s?要|关\s?键\s?[词字])|\W{0,3}(?:abstract|key\s?words?)\b|\d?\s?引\s?言$", re.IGNORECASE
)
_THESIS = re.compile(rf"^([{HAN}]{{2,16}}(?:大学|学院|研究院))(?:[博硕]士)?(?:研究生)?(?:学位)?论文$")


def plain(text: str) -> str:
    """A line with half-width punctuation and single spaces."""
    return re.sub(r"\s+", " ", text.translate(_PLAIN)).strip()


def funds(notes: list[str], texts: list[str]) -> list[str]:
    """Grants, each with its number, of the note on funding or the sentence that thanks for them."""
    for source in (notes, texts):
        for at, text in enumerate(source):
            if label := FUND.search(text[: 2 * LONGEST]):
                rest = text[label.end() :]
                if source is notes:
                    rest = _with_rest(rest, notes[at + 1 : at + 4])
                if found := _grants(rest[: 3 * LONGEST]):
                    return found
    return []


def _with_rest(text: str, following: list[str]) -> str:
    """A note with the lines that go on with it."""
    for note in following:
        if OTHER_NOTE.match(note) or re.match(r"\W*\d+$|\*|\d+ \|", note) or re.search(r"[。.)]$", text):
            break
        text += note
    return text


def _grants(text: str) -> list[str]:
    cut = OTHER_NOTE.search(text)
    while cut and cut.start() == 0 and cut.end() < len(text):
        cut = OTHER_NOTE.search(text, cut.end())
    text = re.sub(r"^.{0,40}?\b(?:supported|funded)(?: in part)? by (?:the )?", "", text)
    text = close_gaps(re.split(r"。|(?<=\))\. ", text[: cut.start()] if cut else text)[0])
    parts = re.split(r"[;；]|(?<=[)\]\d])[、,] ?(?:and )?|(?<=\)) and (?:the )?|(?<=\))和", text)
    names = [_THANKS.sub("", part.strip(" .,。*-")).strip(" .,") for part in parts]
    names = [_LABEL_OF_NUMBER.sub("(", name) for name in names]
    names = [re.sub(r"\( ", "(", re.sub(r" \)", ")", re.sub(r" ?\( ?", "(", name))) for name in names]
    funded = [
        name
        for name in names
        if re.search(r"基金|项目|课题|计划|经费|专项|工程|Found|Fund|Grant|Program|Project|\d{4}", name, re.I)
    ]
    return list(dict.fromkeys(name for name in funded if 4 < len(name) <= 200))


def affiliations(head: list[Line]) -> list[str]:
    """What the authors belong to, in the lines between title and abstract; English ones where there are no others."""
    names: list[str] = []
    english: list[str] = []
    for at, line in enumerate(head[:25]):
        text = plain(line.text)
        if _HEAD_END.match(text) and at:
            break
        if school := university([text]):
            return [school]
        if len(text) > LONGEST or text.endswith("。"):
            continue
        names += _bodies(text, first=at == 0)
        if at and ENGLISH_ORGANISATION.search(text) and not re.search(f"[{HAN}]", text):
            english += _english_bodies(text)
    return list(dict.fromkeys(names or english))


def university(texts: list[str]) -> str:
    """Where a thesis was written, as its cover says; "" for anything else."""
    return next((thesis[1] for text in texts if (thesis := _THESIS.match(close_gaps(text)))), "")


def _bodies(text: str, *, first: bool) -> list[str]:
    """The bodies a line names: (1.某大学某学院, 某市 100000; 2.…), 作者单位: …, ①某大学某系 某市 100000."""
    bracketed = re.findall(r"\(([^()]*(?:\([^()]*\)[^()]*)?)\)", text)
    label = re.match(r"\W*(?:作者)?(?:工作)?(?:单位|机构) ?: ?", text)
    if label:
        groups = [text[label.end() :]]
    elif any(_ORGANISATION.search(group) for group in bracketed):
        groups = bracketed
    elif not first and (re.search(r"(?<!\d)\d{6}(?!\d)", text) or re.match(r"[①-⑳\d(]", text) or len(text) <= 40):
        groups = [text]
    else:
        return []
    parts = [
        part
        for group in groups
        for part in re.split(rf"[;；]|(?<=\d{{6}})[ ,]+|[①-⑳]|(?:^|(?<=[ ,;]))\d{{1,2}} ?[.,、]? ?(?=[{HAN}])", group)
    ]
    return [name for part in parts if (name := _body(part))]


def _body(part: str) -> str:
    """A body without postcode and the place before it; "" if it names none."""
    pieces = re.split(r"[, ]+", re.sub(r"(?<!\d)\d{6}(?!\d)", " ", part).strip(" ().*,#"))
    while pieces and not (_ORGANISATION.search(pieces[-1]) or _PART.search(pieces[-1])):
        pieces.pop()
    name = "".join(pieces)
    return (
        name
        if _ORGANISATION.search(name)
        and 3 < len(name) <= 80
        and re.match(rf"[{HAN}A-Z]", name)
        and not re.search(r"[:《》。!?]", name)
        else ""
    )


def _english_bodies(text: str) -> list[str]:
    parts = re.split(r"; ?|(?:^|(?<=[ ,(]))\d ?[.,)]? ?(?=[A-Z])", text.strip(" ()"))
    names = [re.sub(r"[ ,]*\b\d{5,6}\b", "", part).strip(" ,.;()") for part in parts]
    return [name for name in names if ENGLISH_ORGANISATION.search(name)]
