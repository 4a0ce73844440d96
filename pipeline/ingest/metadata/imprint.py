"""Where a paper appeared: journal, volume, issue, pages, DOI.

Journals print this in heads and notes of the first page and in running heads; only what is printed is told. The numbers of pages
between which a paper stands come from its citation, its article number (文章编号: ISSN(year)issue-first page-count) or running heads.
"""

import re
from collections import Counter
from itertools import pairwise

from pipeline.ingest.clean import HAN, close_gaps, close_up
from pipeline.ingest.metadata.citing import parse_entry
from pipeline.ingest.metadata.doi import doi_in
from pipeline.ingest.metadata.support import FUND, LONGEST, OTHER_NOTE

_SELF = re.compile(r"^\W*(?:(?:本文)?(?:引用|引文)(?:本文|格式)?(?:格式)?|citation|cite this article)\W*[:：]\s*", re.IGNORECASE)
_VOLUME = re.compile(r"第 ?(\d{1,3}) ?卷|\bVol(?:ume)?\.? ?(\d{1,3})\b", re.IGNORECASE)
_ISSUE = re.compile(r"第 ?(\d{1,3}(?:[/-]\d{1,2})?) ?期|\b(?:No|Issue)\.? ?(\d{1,3})\b(?![.\d])", re.IGNORECASE)
_SHORT = re.compile(r"(?<![\d.])(\d{1,3}) ?\( ?(\d{1,3}(?:[/-]\d{1,2})?) ?\) ?[:,]? ?(\d{1,5}(?: ?-+ ?\d{1,5})?)?")
_NUMBERED = re.compile(r"\d{4}-\d{3}[\dXx] ?\( ?(?:19|20)\d\d ?\) ?(\d\d)-+(\d{4})-+(\d\d)")
_PAGES = re.compile(r"(?:起止)?页码? ?: ?(\d{1,5} ?-+ ?\d{1,5})|\bpp?\. ?(\d{1,5} ?-+ ?\d{1,5})")
_WHEN = re.compile(
    r"(?:19|20)\d\d ?年? ?(?:第 ?\d+ ?期|[./-] ?\d{1,2} ?[上中下]?\b|\d{1,2} ?月)?|\(?总第? ?\d+ ?期\)?|第 ?\d+ ?[卷期]|-?\b\d+\b-?|\d{1,2} ?月"
)
_NAME = re.compile(rf"[{HAN}][{HAN}·]{{1,24}}(?:\([{HAN}]{{2,12}}\))?")
_ENGLISH_HEAD = re.compile(
    r"^(?:\d+ )?((?:The )?[A-Z][A-Za-z&,:' -]{5,90}?)[,.;:]? +(?:Vol(?:ume)?\.? ?(\d{1,3})|(\d{1,3}) ?(?=\(\d))"
)


def doi(texts: list[str]) -> list[str]:
    """The DOI that stands behind its name or at the beginning of a line."""
    for text in texts:
        at = re.search(r"\bdoi\b|doi\.org|^10\.\d{4}", text[:LONGEST], re.IGNORECASE)
        if at and not re.match(r"\[\d", text) and (found := doi_in(text[at.start() : LONGEST])):
            return [found]
    return []


def places(notes: list[str], tops: list[str]) -> dict[str, list[str]]:
    """Journal, volume, issue and pages."""
    heads = [text for text in (*notes, *tops[:4]) if (_SELF.match(text) or not OTHER_NOTE.match(text)) and not FUND.search(text)]
    found: dict[str, str] = {}
    for text in heads:
        if cited := _of_citation(text, tops):
            found |= {name: value for name, value in cited.items() if name not in found}
    for text in heads:
        if "[J]" not in text:
            found = _of_head(text) | found
    if "journal" not in found and (name := _journal(heads, tops)):
        found["journal"] = name
    for text in (*notes, *tops):
        if article := _NUMBERED.search(text):
            issue, first, count = article.groups()
            found.setdefault("issue", str(int(issue)))
            found.setdefault("page_range", f"{int(first)}-{int(first) + max(1, int(count)) - 1}")
        if pages := _PAGES.search(text) if text in notes else None:
            found.setdefault("page_range", _range(pages[1] or pages[2]))
    if found.keys() & {"journal", "volume", "issue"} and "page_range" not in found and (pages_run := _running(notes)):
        found["page_range"] = pages_run
    return {name: [value] for name, value in found.items() if value}


def _of_citation(text: str, tops: list[str]) -> dict[str, str]:
    """What the paper's own citation says: authors. title[J]. journal, year, volume(issue): pages."""
    entry = _SELF.sub("", text)
    if entry == text and "[J" not in text:
        return {}
    cited = parse_entry(entry)
    title = re.sub(r"\W", "", cited.title or "")
    if not title or not any(
        title in re.sub(r"\W", "", top) or (len(top) > 5 and re.sub(r"\W", "", top) in title) for top in tops
    ):
        return {}
    found = _of_head(entry.rpartition("]")[2])
    return {"journal": cited.container or "", **found} if cited.container else found


def _of_head(text: str) -> dict[str, str]:
    """Volume, issue and pages of one line."""
    found: dict[str, str] = {}
    if volume := _VOLUME.search(text):
        found["volume"] = volume[1] or volume[2]
    if issue := _ISSUE.search(text):
        found["issue"] = (issue[1] or issue[2]).lstrip("0")
    dated = re.search(r"(?:19|20)\d\d ?[,.] ?(?=\d{1,3} ?\()|\D(?=\d{1,3} ?\( ?\d{1,3} ?\) ?:)", text)
    if not found and (short := _SHORT.search(text)) and (dated or re.search(r"(?:19|20)\d\d", text[short.end() :])):
        found = {"volume": short[1], "issue": short[2].lstrip("0")}
        if short[3] and "-" in short[3]:
            found["page_range"] = _range(short[3])
    elif not found and (of_year := re.search(r"(?:19|20)\d\d ?\( ?0?(\d{1,2}) ?\) ?: ?(\d{1,5} ?-+ ?\d{1,5})", text)):
        found = {"issue": of_year[1], "page_range": _range(of_year[2])}
    return found


def _range(pages: str) -> str:
    return re.sub(r" ?-+ ?", "-", pages)


def _journal(heads: list[str], tops: list[str]) -> str:
    """The name that stands most often beside volume, issue or date in the heads of pages."""
    beside: Counter[str] = Counter()
    titles = [close_gaps(top) for top in tops]
    for text in heads:
        if not (_VOLUME.search(text) or _ISSUE.search(text) or _SHORT.search(text) or re.search(r"20\d\d\. ?\d\d", text)):
            continue
        for part in text.split("|"):
            plain = _WHEN.sub(" ", _SHORT.sub(" ", close_up(part.strip())))
            if not re.search(rf"[{HAN}][:,]|等 ?[:,]|[{HAN}]-[{HAN}]|《|\d{{4}}-", plain):
                names = [name for name in _NAME.findall(plain) if name not in titles and len(name) > 1]
                beside.update(names)
    if beside:
        return max(beside, key=lambda name: (beside[name], len(name)))
    english = next(filter(None, (_ENGLISH_HEAD.match(text) for text in heads)), None)
    return english[1].strip(" ,") if english else ""


def _running(notes: list[str]) -> str:
    """First and last page by the numbers in running heads, if these count on without a gap.

    A first page with the head of the journal bears no number when the next head is one of another sort.
    """
    numbered = [
        (at, int(found[1]), found[0] == note)
        for at, note in enumerate(notes)
        if (found := None if OTHER_NOTE.match(note) else _number(note))
    ]
    numbers = [number for _, number, _ in numbered]
    if len(numbers) < 2 or any(b - a != 1 for a, b in pairwise(numbers)):
        return ""
    at, first, bare = numbered[0]
    masthead = any(_VOLUME.search(note) and _ISSUE.search(note) for note in notes[:at])
    return f"{first - 1 if masthead and not bare else first}-{numbers[-1]}"


def _number(note: str) -> re.Match[str] | None:
    """The number of a page at either end of a running head."""
    return re.match(r"-? ?(\d{1,5}) ?-?(?= \||$| [^\d\W])", note) or re.search(r"(?:\| ?-?|\) ?)(\d{1,5}) ?-?$", note)
