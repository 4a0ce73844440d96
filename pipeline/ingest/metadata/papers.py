"""Authors, abstract, keywords, date and imprint of papers, as journals and theses print them."""

import re

from pipeline.ingest.clean import close_gaps, count_han
from pipeline.ingest.metadata.dates import Date, english_date, first_date, lone_year, whole_date, year_in
from pipeline.ingest.metadata.doi import narrow
from pipeline.ingest.metadata.imprint import doi, places
from pipeline.ingest.metadata.lines import Line, is_furniture, is_numbered
from pipeline.ingest.metadata.names import SURNAMES, are_names, names_in
from pipeline.ingest.metadata.support import ENGLISH_ORGANISATION, LONGEST, affiliations, funds, plain, university
from pipeline.ingest.metadata.titles import looks_like_names

_ABSTRACT = re.compile(r"^\W{0,3}(?:内容|中文)?(?:摘\s?要|提\s?要|摘要)\s?[】\]］〕]?\s?[:：]?\s*")
_KEYWORDS = re.compile(r"^\W{0,3}(?:关\s?键\s?[词字]|關\s?鍵\s?[詞字]|主\s?题\s?词)\s?[】\]］〕]?\s?[:：]?\s*")
_ENGLISH_ABSTRACT = re.compile(r"^\W{0,3}abstract\s?[】\]］]?\s?[:：.—-]*\s*", re.IGNORECASE)
_ENGLISH_KEYWORDS = re.compile(r"^\W{0,3}key\s?words?\s?[】\]］]?\s?[:：.—-]*\s*", re.IGNORECASE)
_ORGANISATION = re.compile(r"大学|学院|学校|中心|研究|实验室|公司|医院|图书馆|[所系院部局委校]$|\d{6}|党校")
_BIOGRAPHY = re.compile(
    r"(?:^|[；;。:：）)\s])\s*([\u4e00-\u9fff]{2,4})\s?[（(，,]\s?(?:\d{4}\s?[-—–～]|ORCID|男|女|通[信讯]作者)"
)
_LABELLED = re.compile(
    r"^\W{0,2}(?:作\s*者(?:\s*姓\s*名)?|研\s*究\s*生(?:\s*姓\s*名)?|学\s*生\s*姓\s*名|姓\s*名)\s?[:：][\s|]*([\u4e00-\u9fff ]{2,12})$"
)
_ONE_NAME = re.compile(r"(?:[a-z]{2,4} ){0,2}[A-Z][^\W\d_'’-]*(?:['’-][^\W\d_]+)?, [A-Z][A-Za-z.'’ -]{0,30}")  # Smith, John
# 40（3）：454－459，2017 and 文章编号：1007-1423（2016）03-0024-03
_ISSUE_YEAR = re.compile(r"[,，]\s?((?:19|20)\d\d)[.．]?$|文章编号.{1,12}[（(]((?:19|20)\d\d)[）)]")
_CITED = re.compile(r"^\W{0,2}[\[［]\d|[\[［][JMDCNR][\]］]")
_ISSUE = re.compile(
    r"第\s?\d+\s?卷|第\s?\d+\s?期|总第|文章编号|\d{1,3}\s?[（(]\d{1,2}[）)]\s?[:：，,]|Vol|No[．.]\s?\d|20\d\d[．.年]\s?\d\d?\s?[上下月]|^\d{4}\s?年\s?\d{1,2}\s?月$",
    re.IGNORECASE,
)


def labelled(head: list[Line], *, english: bool = False) -> tuple[str, list[str]]:
    """Abstract and keywords: what follows these words on their line or below it; Chinese ones, or English ones."""
    abstract, keywords = (_ENGLISH_ABSTRACT, _ENGLISH_KEYWORDS) if english else (_ABSTRACT, _KEYWORDS)
    texts = [line.text for line in head]
    at_words = next((i for i, text in enumerate(texts) if keywords.match(text) and len(text) < 600), None)
    at_abstract = next(
        (i for i, text in enumerate(texts[: at_words if at_words is not None else None]) if abstract.match(text)), None
    )
    found = _abstract(texts, at_abstract, at_words, abstract)
    words = _after(texts, at_words, keywords) if at_words is not None else ""
    return found, split_keywords(words)


def _abstract(texts: list[str], start: int | None, words: int | None, label: re.Pattern[str]) -> str:
    if start is None:
        # in some PDFs the word 摘要 is a picture: what is left begins with its colon, right above the keywords
        start = next((i for i in range(max(0, (words or 0) - 12), words or 0) if re.match(r"[:：]\s?\S", texts[i])), None)
        if start is None:
            return ""
        label = re.compile(r"^[:：]\s?")
    if words is not None and start < words <= start + 15:
        parts = texts[start:words]
        return "".join(label.sub("", part, count=1) if n == 0 else part for n, part in enumerate(parts)).strip()
    return _after(texts, start, label)


def _after(texts: list[str], at: int, label: re.Pattern[str]) -> str:
    """What follows a label on its line or, if it stands alone, on the next."""
    rest = label.sub("", texts[at], count=1).strip()
    if len(rest) >= 2 or at + 1 >= len(texts):
        return rest
    return "" if is_numbered(texts[at + 1]) else texts[at + 1].strip()


def split_keywords(text: str) -> list[str]:
    """Keywords one by one, without repetitions: divided by ; or , or 、, or by spaces where there is nothing else."""
    text = re.split(r"(?:中图)?分类号|文献标|DOI|Abstract|Key\s?words", text[:2000])[0].strip(" \u3000。.")
    text = re.sub(r"(?<=[\u4e00-\u9fff])(?=[A-Z][a-z]{3,}\s[a-z]).*$", "", text)  # the English title, glued on
    for divider in (r"[;；]", r"[,，、]", r"[\n|_]", r"[ \u3000]+"):
        parts = [part.strip(" \u3000。.[]［］【】") for part in re.split(divider, text)]
        if len([part for part in parts if part]) > 1:
            break
    return list(dict.fromkeys(part for part in parts if 1 < len(part) <= 40))[:20]


def split_authors(text: str) -> list[str]:
    """Names one by one, in the order given, without marks and repetitions."""
    text = text[:3000]
    if _ONE_NAME.fullmatch(text.strip()):
        return [text.strip()]
    for divider in (r"[;；\n|]", r"[,，、]", r"\s+(?:and|&)\s+", r"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff])"):
        parts = [re.sub(r"[\d*＊①-⑳†‡〓]+", "", part).strip(" \u3000.；;,，") for part in re.split(divider, text)]
        if len([part for part in parts if part]) > 1:
            break
    return list(dict.fromkeys(part for part in parts if 1 < len(part) <= 60))


def authors(head: list[Line], notes: list[str], title: str) -> list[str]:
    """The authors of a paper: the names below its title, or those of the note on the authors."""
    for line in head:
        if found := _LABELLED.match(line.text):
            return [found[1].replace(" ", "")]
    byline = _byline(head, title)
    start = next((at for at, note in enumerate(notes) if "简介" in note), len(notes))
    noted = list(dict.fromkeys(_BIOGRAPHY.findall(" ".join(notes[start : start + 4])[:1500])))
    return noted if len(noted) > len(byline) else byline


def _byline(head: list[Line], title: str) -> list[str]:
    names: list[str] = []
    below = _below_title([line.text for line in head[:25]], title)
    read = _names if count_han(title) or not title else _latin_names
    for text in below[:8]:
        if _ABSTRACT.match(text) or _KEYWORDS.match(text) or re.match(r"[:：]", text) or is_numbered(text) or is_furniture(text):
            break
        found = read(text)
        if not found and names:
            break
        names += found
    return list(dict.fromkeys(names))


def _below_title(texts: list[str], title: str) -> list[str]:
    """The lines after the title, which may be broken over several."""
    plain = re.sub(r"\W", "", title)
    at = -1
    for number, text in enumerate(texts):
        part = re.sub(r"\W", "", text)
        if len(part) > 2 and (part in plain or plain in part) and plain:
            at = number
        elif at >= 0:
            break
    return texts[at + 1 :] if at >= 0 or not plain else []


def _names(text: str) -> list[str]:
    """The names a line begins with; none if it begins otherwise."""
    if len(text) > 300 or re.match(r"[(（①]", text):
        return []
    text = re.sub(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]) ([\u4e00-\u9fff])(?![\u4e00-\u9fff])", r"\1\2", text)  # 邓 扬
    names = []
    for part in re.split(r"[\s，,、；;|]+", re.sub(r"[\d*＊①-⑳†‡■△▲〓#()（）\ue000-\uf8ff]+", " ", text)):
        if not part:
            continue
        if _ORGANISATION.search(part) or not looks_like_names(part):
            break
        names.append(part)
    return names or _run_together(text)


def _run_together(text: str) -> list[str]:
    """Names that OCR has set without gaps, when they can be divided in one way only, each behind a usual surname: 楚某某李某."""
    text = close_gaps(text)
    if not re.fullmatch(r"[\u4e00-\u9fff]{4,16}", text) or _ORGANISATION.search(text):
        return []
    ways: dict[int, list[list[str]]] = {0: [[]]}  # how many characters are divided: at most two ways to do it
    for at in range(len(text)):
        for size in (2, 3):
            if text[at] in SURNAMES and at + size <= len(text):
                longer = [[*way, text[at : at + size]] for way in ways.get(at, [])]
                ways[at + size] = [*ways.get(at + size, []), *longer][:2]
    whole = ways.get(len(text), [])
    return whole[0] if len(whole) == 1 else []


def _latin_names(text: str) -> list[str]:
    """The names of a line below an English title, without the marks that lead to their universities."""
    bare = re.sub(
        r"[\d*＊①-⑳†‡§¶〓]+(?:\s?,\s?[\d*＊†‡§¶]+)*|(?<=\w)\s[a-f](?:\s?,\s?[a-f*])*(?=\s?(?:,|and\b|$))", " ", narrow(text[:600])
    )
    bare = re.sub(r"\s+(?=,)|,\s*(?=,|$)", "", re.sub(r"\s+", " ", bare)).strip(" ,")
    return names_in(bare) if len(bare.split()) > 1 and are_names(bare) and not ENGLISH_ORGANISATION.search(bare) else []


def paper_date(head: list[Line], notes: list[str]) -> Date | None:
    """When a paper appeared: month or year of its issue; failing that, the day it was received."""
    parts = [
        part.strip() for text in (*(line.text for line in head[:15]), *notes[:4]) if len(text) < 200 for part in text.split("|")
    ]
    if cover := next(filter(None, map(whole_date, parts)), None):
        return cover
    issues = [text for text in (*(line.text for line in head[:8]), *notes) if _is_issue(text)]
    issues.sort(key=lambda text: "文章编号" in text or "DOI" in text)  # numbers that only look like dates come last
    for text in issues:
        date = None if "文章编号" in text else first_date(text) or english_date(text)
        if date and date.precision != "year":
            return Date(date.iso[:7], "month")  # a day here is glued on from a number of pages or an issue
    for text in issues:
        if date := None if "文章编号" in text else first_date(text) or year_in(text):
            return date
        if found := _ISSUE_YEAR.search(text):
            return lone_year(found[1] or found[2])
    received = next((note for note in notes if re.match(r"\W{0,3}(?:收稿日期|修回日期)", note)), "")
    return first_date(re.sub(r"\s?[\uf000-\uf0ff]\s?", "-", received)) if received else None


def _is_issue(text: str) -> bool:
    """Whether a line names volume and number of a journal, and is no reference to another paper."""
    return len(text) < 200 and bool(_ISSUE.search(text)) and not _CITED.search(text)


def paper_fields(head: list[Line], lines: list[Line], notes: list[str]) -> dict[str, list[str]]:
    """Fields of `Document` → what the paper prints of them; what it does not print is left out.

    Args:
        head: the lines it begins with.
        lines: all of them.
        notes: what stands beside its text: running heads and feet, notes of the first page.
    """
    beside = [plain(note) for note in notes]
    tops = [plain(line.text) for line in head if len(line.text) <= LONGEST]
    found = {
        "affiliations": affiliations(head),
        "doi": doi([*beside, *tops]),
        "funds": funds(beside, [plain(line.text) for line in (*head, *lines[-15:])]),
        **places([note for note in beside if len(note) <= LONGEST], tops),
    }
    if school := university(tops):
        found["journal"] = [school]
    return {name: values for name, values in found.items() if values}
