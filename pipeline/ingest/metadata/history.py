"""The history below the title of a law: who adopted it, and the day of its last change."""

import re

from pipeline.ingest.clean import HAN
from pipeline.ingest.gazetteer import Gazetteer
from pipeline.ingest.metadata.dates import Date, dates_in
from pipeline.ingest.metadata.lines import Line, is_body

_SESSION = re.compile(r"第?[一二三四五六七八九十\d]{1,4}[届屆]")
_ADOPTED = re.compile(r"通过|修正|修订|公布|发布|公告|批准|制定|令第|颁布|核准|通過|修正公布")


def adoption(head: list[Line], gazetteer: Gazetteer) -> tuple[list[str], Date | None]:
    """Who adopted a law and the day of its last change, from the history below its title."""
    bodies: list[str] = []
    latest: Date | None = None
    for line in _history(head):
        text = re.sub(r"[（(]?(?:19|20)\d\d\s?年\s?\d+\s?月\s?\d+\s?日起?\s?施行[）)]?", "", line)
        for date in _history_dates(text):
            latest = date if latest is None or date.iso > latest.iso else latest
        body = _adopting(text, gazetteer)
        if body and ("批准" not in text or not bodies) and "修改" not in body:
            bodies = body
    return bodies, latest


def _history(head: list[Line]) -> list[str]:
    """Lines near the top that say when and by whom a text was adopted."""
    found = []
    for line in head[:25]:
        text = line.text.strip(" （()）")
        if re.match(r"第[一1]\s?[章条節條]|为了?|一、", text):
            break
        if len(text) < 900 and _ADOPTED.search(text) and (re.match(r"(?:经)?[12]\d{3}\s?年", text) or text.startswith("根据")):
            found.append(text)
    return found


def _history_dates(text: str) -> list[Date]:
    """Dates in a line of history that something was adopted, changed or published on; not those of laws it names."""
    plain = re.sub(r"《[^《》]{0,80}(?:[《〈][^《》〈〉]{0,80}[》〉])?[^《》]{0,80}》", "", text)
    return dates_in(plain) if _ADOPTED.search(plain) else []


def _adopting(text: str, gazetteer: Gazetteer) -> list[str]:
    """The bodies a line of history names after its date."""
    plain = re.sub(
        r"[《〈].*", "", re.sub(r"^.{0,3}(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日(?:经|由)?\s*", "", text)
    ).strip()
    plain = re.sub(r"^根据.{0,14}日", "", plain)
    named = re.match(
        rf"([{HAN}、 ]{{2,60}}?)(?:令\s?第|公告|[第]?[一二三四五六七八九十百\d]{{1,4}}次|批准|通过|公布|发布|修订|修正|令)", plain
    )
    if not named:
        return []
    parts = [without_sitting(part) for part in re.split(r"[、 ]+", named[1].removesuffix("第")) if part]
    return parts if parts and all(is_body(part, gazetteer) for part in parts) else []


def without_session(name: str) -> str:
    """A name without the number of a term: 第十三届全国人民代表大会 → 全国人民代表大会."""
    return _SESSION.sub("", name)


def without_sitting(body: str) -> str:
    """The body of a sitting: 第十三届全国人民代表大会第四次会议 → 全国人民代表大会."""
    body = without_session(body)
    return re.sub(r"第[一二三四五六七八九十百\d]{1,4}次.{0,4}会议$", "", body)
