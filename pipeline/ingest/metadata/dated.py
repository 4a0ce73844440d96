"""When a document was written and published: every place that tells of it.

The years of titles are traps: 2021—2023年行动计划, 到2035年, 2030年前. A title is asked last, and for its year only.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from pipeline.ingest.candidates import Found, weighed
from pipeline.ingest.metadata import papers
from pipeline.ingest.metadata.dates import Date, first_date, read_date, whole_date, year_in
from pipeline.ingest.metadata.lines import Line
from pipeline.ingest.metadata.reading import Read
from pipeline.records import Candidate

_DAY = r"(?:19|20)\d\d\s?[-–—./．年]\s?\d{1,2}\s?[-–—./．月]\s?\d{1,2}\s?日?"
_LABELLED_WRITTEN = re.compile(r"(?:成文|发文|印发|签发|生成)(?:时间|日期)\s?[:：]\s?(.{6,30})")
_LABELLED_PUBLISHED = re.compile(
    rf"(?:发布|公布|公开|发表)(?:时间|日期)\s?[:：]\s?(.{{6,30}})|^(?:时间|日期)\s?[:：]\s?(.{{6,30}})"
    rf"|^({_DAY})(?:\s\d{{1,2}}[:：]\d\d(?:[:：]\d\d)?)?\s?(?:信息|文章|稿件)?来源"
)
_IMPRINT = re.compile(
    r"^[^《》，]{0,40}?((?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日)\s?(?:印发|公开发布|发布)(?:\s?共印.{1,8})?$"
)
_DELIVERED = re.compile(r"^[\s—–\-（(]{0,4}(.{8,16}?日).{0,4}[在于].{2,60}(?:会议|大会)")
_SOME_YEAR = r"(?:19|20)\d\d"
_OF_A_SPAN = re.compile(
    rf"{_SOME_YEAR}\s?年?\s?[-–—~～至到]{{1,2}}\s?{_SOME_YEAR}\s?年?|(?:到|至|面向|迈向)\s?{_SOME_YEAR}\s?年|{_SOME_YEAR}\s?年(?:以?前|底|远景|愿景)"
)

_Dated = list[tuple[str, Date | None]]  # places and the dates they tell


def dates(read: Read, repairs: Mapping[str, str]) -> list[Candidate]:
    """Candidates for written, published and date; `date` is the day a document was written when known, else when it was published.

    A day that contradicts the year of a table is neither, and comes after that year.
    """
    year = read_date(read.facts.get("year", ""))
    groups = {"written": _written(read), "published": _published(read), "date": _unsure(read)}
    fits = {field: [one for one in group if one[1] and _near(one[1], year)] for field, group in groups.items()}
    against = [one for group in groups.values() for one in group if one[1] and not _near(one[1], year)]
    stated: _Dated = [(read.given, Date(f"{year.year:04}", "year"))] if year else []
    beside = _found([*stated, *_years(read)])
    written, published = (
        weighed(field, _found(fits[field]), beside=beside, repairs=repairs) for field in ("written", "published")
    )
    others = weighed("date", [*_found([*fits["date"], *stated, *against]), *_found(_years(read))], repairs=repairs)
    known = sum(origin == read.given for origin, _ in fits["date"])  # a column called 日期, of which nobody knows which day it is
    as_date = [replace(one, field="date") for one in (*written, *others[:known], *published, *others[known:])]
    return [*written, *published, *as_date]


def _near(date: Date, year: Date | None) -> bool:
    return year is None or abs(date.year - year.year) <= 1


def _found(dates: _Dated) -> list[Found]:
    return [(origin, [date.iso]) for origin, date in dates if date]


def _written(read: Read) -> _Dated:
    """Days on which the document was signed, adopted or given."""
    given = (read.given, read_date(read.facts.get("written", "")))
    if read.kind in ("paper", "record"):
        return [given]
    bodies, signed = read.signed
    sure = signed if signed and (bodies or signed.precision == "day") else None  # a month alone may be that of a cover
    adopted = [("adoption note", read.adopted[1])]
    if read.kind == "law":
        # collections of laws put the date of the version into the name; the history may lack the last change
        named, noted = _named(read), read.adopted[1]
        later = noted and named and named.iso > noted.iso
        adopted = [("file name", named), *adopted] if later else [*adopted, ("file name", named)]
    return [
        given,
        ("signature", sure),
        *adopted,
        ("delivery", _delivered(read.head)),
        ("page", _labelled(_LABELLED_WRITTEN, read.lines)),
    ]


def _published(read: Read) -> _Dated:
    """Days on which the document was made public, or the issue of a journal it stands in."""
    given = (read.given, read_date(read.facts.get("published", "")))
    page = ("page", read_date(read.facts.get("meta published", "")))
    if read.kind == "record":
        return [given]
    if read.kind == "paper":
        return [given, ("text", papers.paper_date(read.head, read.notes)), page]
    return [
        given, ("page", _labelled(_LABELLED_PUBLISHED, read.lines)), ("imprint", _labelled(_IMPRINT, read.lines)), page
    ]  # fmt: skip


def _unsure(read: Read) -> _Dated:
    """Days of which nobody knows what happened on them."""
    given = (read.given, read_date(read.facts.get("date", "")))
    if read.kind == "record":
        return [given]
    return [given, ("signature", read.signed[1]), ("file name", _named(read))]


def _named(read: Read) -> Date | None:
    """The day or month that the name of the file gives."""
    named = first_date(re.sub(r"^.*[/!]", "", read.source.split("#")[0]))
    return named if named and named.precision != "year" else None


def _years(read: Read) -> _Dated:
    """The years that the number, the title and the name of the file give."""
    if read.kind == "record":  # the file's name is that of a whole bibliography
        return []
    numbered = re.search(r"〔(\d{4})〕", read.number)
    stem = read.source.split("#")[0].rsplit("/", 1)[-1]
    named = None
    if re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", stem):
        named = _year_in(stem) or _year_of(read_date(re.sub(r"[A-Za-z.]*\d{5,}", "", _OF_A_SPAN.sub("", stem))))
    return [
        ("number", year_in(f"{numbered[1]}年") if numbered else None),
        ("title", _year_in(read.heading)),
        ("file name", named),
    ]


def _year_in(text: str) -> Date | None:
    """The year a title gives; none of a span of years or of a goal."""
    return year_in(_OF_A_SPAN.sub("", text))


def _year_of(date: Date | None) -> Date | None:
    return Date(f"{date.year:04}", "year") if date else None


def _labelled(pattern: re.Pattern[str], lines: list[Line]) -> Date | None:
    """The day that a line of a page, or one of the last lines of a printed document, gives after its label."""
    for line in [*lines[:12], *lines[-6:]]:
        if len(line.text) < 200 and (found := pattern.search(line.text)):
            date = first_date(next(filter(None, found.groups())))
            if date and date.precision == "day":
                return date
    return None


def _delivered(head: list[Line]) -> Date | None:
    """The day a report was given: ——2021年1月20日在某某省第十三届人民代表大会第四次会议上."""
    for line in head[:15]:
        if len(line.text) < 120 and (found := _DELIVERED.match(line.text)):
            return whole_date(found[1])
    return None
