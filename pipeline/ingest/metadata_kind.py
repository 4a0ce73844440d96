"""What kind of document a title, its folder and its parts make: policy, law, report, paper, record or other."""

import re
from collections.abc import Mapping

from pipeline.ingest.clean import close_gaps
from pipeline.ingest.metadata_lines import Line
from pipeline.ingest.metadata_papers import references_in
from pipeline.ingest.metadata_titles import POLICY_ENDS, REPORT_ENDS

_REMARK = r"(?:\s?[（(〔\[【][^（）()〔〕\[\]【】]{1,40}[）)〕\]】]|\s?[\d.—-]{4,}年?)*"
_LAW = re.compile(rf"(?:法|条例|條例|法典|宪法|憲法){_REMARK}$")
_NOT_A_LAW = re.compile(rf"(?:[办辦]法|方法|做法|[用想看]法|书法|执法|立法|普法|司法){_REMARK}$")
_RULE = re.compile(rf"(?:[办辦]法|规定|規定|细则|細則|规则|規則|规程|規程|章程|准则|準則|决定|標準|规范|表){_REMARK}$")
_POLICY = re.compile(rf"(?:{POLICY_ENDS})[》”\"]?{_REMARK}$")
_REPORT = re.compile(rf"(?:{REPORT_ENDS})[》”\"]?{_REMARK}$")
_LEGAL_FOLDER = re.compile(r"法律|(?<!政策)法规|规章|^(?:行政|经济|民商?|刑|社会|宪|诉讼|程序)法$|宪法|\blaws?\b", re.IGNORECASE)
_ENGLISH_POLICY = re.compile(
    r"(?i)\b(?:notices?|opinions?|circular|plans?|measures|guidelines?|guidance|regulations?|rules|announcement|decisions?|outline|program(?:me)?|polic(?:y|ies)|specifications?|provisions|catalogue|directives?|letter|reply|standards?)\b"
)
_ENGLISH_LAW = re.compile(r"(?i)\blaw of\b|\blaw\b(?: \(.*\))?$|\bact\b(?: of)? ?\d{0,4}$")
_ENGLISH_REPORT = re.compile(r"(?i)\b(?:report|white ?paper)\b")
_THESIS = re.compile(r"(?:硕士|博士|学士|研究生)?学位论文|毕业论文")


def kind_of(
    title: str,
    stem: str,
    source: str,
    facts: Mapping[str, str],
    abstract: str,
    keywords: list[str],
    number: str,
    signed: bool,
    adopted: list[str],
    lines: list[Line],
) -> str:
    """policy, law, report, paper, record or other.

    Rules of a government or ministry (办法, 规定 …) are policy unless a legislature adopted them or the folder is one of laws;
    a resolution on a report is policy, since the last word of a title decides.
    """
    if facts.get("abstract") and not facts.get("text") and len(lines) < 30:
        return "record"
    official = bool(number or signed or facts.get("issuers"))
    if _is_paper(abstract, keywords, official, lines):
        return "paper"
    legal = any(_LEGAL_FOLDER.search(name) for name in re.split(r"[/!]|__", source)[:-1])
    legislated = any(re.search(r"人民代表大会|人大|国会|议会|立法院", body) for body in adopted)
    for name in (title, stem):
        if kind := _by_name(close_gaps(name), legal or legislated):
            return kind
    return "policy" if official or legislated else "law" if legal and len(lines) > 5 and adopted else "other"


def _is_paper(abstract: str, keywords: list[str], official: bool, lines: list[Line]) -> bool:
    if any(_THESIS.search(line.text) for line in lines[:12] if len(line.text) < 40):
        return True
    return bool(abstract and (keywords or references_in(lines))) or bool(keywords and references_in(lines) and not official)


def _by_name(name: str, legal: bool) -> str:
    """The kind the last word of a title tells; "" if it tells none."""
    if _LAW.search(name) and not _NOT_A_LAW.search(name):
        return "law"
    if legal and _RULE.search(name):
        return "law"
    if _POLICY.search(name):
        return "policy"
    if _REPORT.search(name):
        return "report"
    if re.search(r"政府工作报告|工作报告", name) and not re.search(r"关于.*(?:决议|通知|决定|意见)", name):
        return "report"
    if re.search("[\u4e00-\u9fff]", name):
        return ""
    if _ENGLISH_LAW.search(name):
        return "law"
    return "policy" if _ENGLISH_POLICY.search(name) else "report" if _ENGLISH_REPORT.search(name) else ""
