"""What kind of document a title, its folder and its parts make: policy, law, report, paper, record or other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.ingest.metadata.lines import Line
from pipeline.ingest.metadata.titles import GENRES, REPORTS, WEAK_GENRES, without_remarks

KINDS = ("policy", "law", "report", "paper", "record", "other")
_LAW = re.compile(r"(?:(?<![办辦方做用想看书執执立普司])法|条例|條例|法典|宪法|憲法)$")
_RULE = re.compile(r"(?:[办辦]法|规定|規定|细则|細則|规则|規則|规程|規程|章程|准则|準則|决定|標準|规范|规范|表)$")
_POLICY = re.compile(rf"(?:{GENRES})$")
_WEAK_POLICY = re.compile(rf"(?:{WEAK_GENRES})$")
_REPORT = re.compile(rf"(?:{REPORTS})$")
_LEGAL_FOLDER = re.compile(
    r"法律|(?<!政策)法规|规章|法規|^(?:行政|经济|民商?|刑|社会|宪|诉讼|程序)法$|宪法|\blaws?\b", re.IGNORECASE
)
# the rest of a line, its sitting or year, may follow the title of a report
_WORK_REPORT = re.compile(r"政府工作报告(?:$|[\s\d（(—–\-:：,，_]|摘要|全文|实录)|工作报告(?:摘要|全文|实录)$")
# what is about a report and none itself: a resolution that approves it, its division of tasks, an explanation
_ON_A_REPORT = re.compile(r"报告[》”]?的?(?:(决议|决定|批复|意见|通知|分工|任务分工)|解读|说明|审议|讨论|问答|注释|摘登|解释)")
_ENGLISH_POLICY = re.compile(
    r"(?i)\b(?:notices?|opinions?|circular|plans?|planning|measures|guidelines?|guidance|guides?|regulations?|rules|announcement|decisions?|outline"
    r"|program(?:me)?|polic(?:y|ies)|specifications?|provisions|catalogue|directives?|reply|standards?|framework|key points|review points)\b"
)
_ENGLISH_LAW = re.compile(r"(?i)\blaw of\b|\blaw\b(?: \(.{0,40}\))?$|\bact\b(?: of)? ?\d{0,4}$")
_ENGLISH_REPORT = re.compile(r"(?i)^\W{0,2}(?:\w{1,20} ){0,4}?report\b|\bwhite ?paper\b|\breport(?: \(.{0,40}\))?$")
_THESIS = re.compile(r"(?:硕士|博士|学士|研究生)?学位论文|毕业论文")


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells the kind of a document, apart from its title."""

    folders: tuple[str, ...]
    record: bool  # a row with an abstract and no text
    abstract: bool
    keywords: bool
    references: bool
    thesis: bool
    official: bool  # a number of its own, a signature, or bodies at the head of its title
    issuers: bool  # a table names them
    legislated: bool  # a legislature adopted it


def kinds_of(names: Mapping[str, str], signs: Signs) -> list[tuple[str, str]]:
    """Places that tell the kind, the best first, and what they say: policy, law, report, paper or record.

    Rules of a government or ministry (办法, 规定 …) are policy unless a legislature adopted them or the folder is one of laws;
    the last word of a title decides, so that a resolution on a report is policy.

    Args:
        names: the title, then the name of the file, by what they are called.
    """
    found = []
    if signs.record or _is_paper(signs):
        found.append(("parts", "record" if signs.record else "paper"))
    legal = any(_LEGAL_FOLDER.search(name) for name in signs.folders)
    for origin, name in names.items():
        found.append((origin, _by_name(without_remarks(name), signs, legal or signs.legislated)))
    found = [(origin, kind) for origin, kind in found if kind]
    if signs.official and not found:
        found.append(("official form", "policy"))
    if legal and signs.legislated and not found:
        found.append(("folder", "law"))
    return found


def is_thesis(lines: list[Line]) -> bool:
    """Whether the cover says that this is a thesis."""
    return any(_THESIS.search(line.text) for line in lines[:15] if len(line.text) < 40)


def _is_paper(signs: Signs) -> bool:
    if signs.thesis:
        return True
    if signs.abstract and (signs.keywords or signs.references):
        return True
    return signs.keywords and signs.references and not signs.official


def _by_name(name: str, signs: Signs, legal: bool) -> str:
    """The kind the last word of a title tells; "" if it tells none."""
    if _LAW.search(name):
        return "law"
    if legal and _RULE.search(name):
        return "law"
    if found := _ON_A_REPORT.search(name):
        return "policy" if found[1] else ""
    if _POLICY.search(name) or (_WEAK_POLICY.search(name) and (signs.official or signs.issuers or "关于" in name)):
        return "policy"
    if _REPORT.search(name) or _WORK_REPORT.search(name):
        return "report"
    if re.search("[\u4e00-\u9fff]", name):
        return ""
    if _ENGLISH_LAW.search(name):
        return "law"
    return "report" if _ENGLISH_REPORT.search(name) else "policy" if _ENGLISH_POLICY.search(name) else ""
