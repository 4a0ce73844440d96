"""What is known of two documents beside their texts, and whether it allows them to be one: titles, numbers, dates, authors.

Form letters, yearly notices and versions of a law are alike in nearly every word and still are different documents: their titles,
numbers or dates say so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from pipeline.ingest.clean import HAN

IDENTICAL = 0.98  # Jaccard of texts that may be dated twice
NAMED = 8  # characters of a title that says by itself which paper is meant
_ALIKE = 0.9  # Jaccard of texts whose titles may differ in words that are no names
_PUBLISHING = 100  # days between signing, printing and putting on a page; half-yearly documents are further apart
_NUMERALS = re.compile(r"[\d〇○零一二三四五六七八九十百甲乙丙丁上中下]")
_SIDES = re.compile(r"[东西南北內内外前后左右阴阳東後陰陽]")  # by which names of places differ in one character
_NAME = re.compile(r"[一-鿿]{2}|[a-z]{3}")
_HAN = re.compile(f"[{HAN}]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FIGURE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[\d,，.]{1,20}\s?[万亿]?元|[〇零一二三四五六七八九十百千万两]{1,12}亿?元")
_COMPARED = 150  # characters of a title
_STAGE = re.compile(r"征求意见|意见稿|草案|送审|審查|草稿|修订稿|解读|废止|延长|补充")
_GENRE = r"(?:条例|办法|规定|规则|细则|规程|准则|章程|法|條例|辦法|規定|規則|細則|規程|準則)"
_LAW = re.compile(rf"{_GENRE}$")
_OFFICIAL = re.compile(rf"(?:通知|公告|通告|批复|决定|决议|意见|函|通报|令|{_GENRE})$")
_REMARK = re.compile(r"[（(〔\[][^（）()〔〕\[\]]{0,20}(?:修[正订改訂]|试行|暂行|\d{4}年?)[^（）()〔〕\[\]]{0,12}[）)〕\]]$")
_ISSUED = re.compile(r"(?:印发|公布|发布|颁布|修[订改正])[^《》]{0,40}《([^《》]{2,60})》")


@dataclass(frozen=True, slots=True)
class Brief:
    """What duplicates are found by, beside the text; the fields are those of records.Document."""

    doc_id: str
    source: str
    status: str  # ok or partial
    title: str
    date: str | None  # ISO
    kind: str
    doc_number: str | None
    authors: Sequence[str]
    n_chars: int
    issuers: Sequence[str] = ()
    journal: str | None = None
    issue: str | None = None
    doi: str | None = None


def title_key(title: str) -> str:
    """A title as titles are compared: without the country, remarks on the version, spaces, brackets and other punctuation."""
    plain = _REMARK.sub("", title.strip())
    return _plain(plain.removeprefix("中华人民共和国"))


def law_of(brief: Brief) -> str:
    """The name of the law or the measures that a document holds, also when it is a notice that issues them; "" for others."""
    if brief.kind not in ("law", "policy"):
        return ""
    issued = _ISSUED.search(brief.title)
    name = _REMARK.sub("", issued[1] if issued else brief.title.strip())
    legal = _LAW.search(name) and not re.fullmatch(_GENRE, name)
    return title_key(name) if legal or brief.kind == "law" else ""


def of_one_time(a: str | None, b: str | None) -> bool:
    """Whether two dates may be the same day, as far as each says."""
    return bool(a and b) and (str(a).startswith(str(b)) or str(b).startswith(str(a)))


def are_versions(a: Brief, b: Brief) -> bool:
    """Whether two documents hold one law, unless they hold it as it stood on the same day or none says a day."""
    name = law_of(a)
    return len(name) > 1 and name == law_of(b) and bool(a.date or b.date) and not of_one_time(a.date, b.date)


def differ(a: Brief, b: Brief, similar: float) -> bool:
    """Whether two documents of nearly the same words are two all the same.

    Args:
        similar: Jaccard of their texts, or how much of the smaller one the other one holds.
    """
    if _of_two_numbers(a, b):
        return True
    if similar < IDENTICAL and (_of_two_bodies(a, b) or _of_two_rows(a, b)):
        return True
    if are_versions(a, b) and (similar < IDENTICAL or (a.date and b.date)):
        return True
    identical = similar >= IDENTICAL and a.doc_number and a.doc_number == b.doc_number
    if a.kind != "paper" and a.date and b.date and not identical and _days(a.date, b.date) > _PUBLISHING:
        return True
    return _titles_differ(title_key(a.title), title_key(b.title), similar)


def agree(a: Brief, b: Brief) -> bool:
    """Whether so much is the same of two documents that even a bad copy must be a copy: number, DOI, or title and time or author."""
    if same_doi(a, b) or (a.doc_number and a.doc_number == b.doc_number):
        return True
    if _of_two_numbers(a, b) or _of_two_bodies(a, b):
        return False
    first, second = _plain(a.title), _plain(b.title)
    of_year = bool(_YEAR.search(first) or _YEAR.search(second))
    one_time = of_one_time(a.date, b.date) and (len(str(a.date)) > 4 < len(str(b.date)) or of_year)
    by_title = bool(a.date) != bool(b.date) and of_year
    by_author = a.kind == b.kind == "paper" and same_authors(a, b)
    if min(len(first), len(second)) < 4 or not (one_time or by_title or by_author):
        return False
    return title_key(a.title) == title_key(b.title) or _misread(first, second)


def figures_of(text: str) -> frozenset[str]:
    """The years and sums of money a text names: what tells one filled-in form from another."""
    return frozenset(re.sub(r"[\s,，]", "", found) for found in _FIGURE.findall(text))


def of_two_fillings(a: Brief, b: Brief, first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two documents without dates each name a year or a sum that the other one does not."""
    return not a.date and not b.date and bool(first - second) and bool(second - first)


def _of_two_numbers(a: Brief, b: Brief) -> bool:
    return bool(a.doc_number and b.doc_number) and a.doc_number != b.doc_number


def _of_two_bodies(a: Brief, b: Brief) -> bool:
    """Whether two documents are of bodies none of which is the other's; 朔川省海务厅 may be written 海务厅."""
    return bool(a.issuers and b.issuers) and not any(x.endswith(y) or y.endswith(x) for x in a.issuers for y in b.issuers)


def _of_two_rows(a: Brief, b: Brief) -> bool:
    """Whether two documents are rows of one table with two dates: a column means the same day in all of its rows."""
    table, number, _ = a.source.partition("#")
    return bool(number and b.source.startswith(f"{table}#") and a.date and b.date) and not of_one_time(a.date, b.date)


def same_title(a: Brief, b: Brief) -> bool:
    """Whether two documents, one of them dated, have one long title that is no law's, whose versions share it."""
    title = title_key(a.title)
    return title == title_key(b.title) and len(title) >= NAMED and bool(a.date or b.date) and not law_of(a)


def compatible(a: Brief, b: Brief) -> bool:
    """Whether nothing beside the title speaks against two documents being one: for texts too short to tell by themselves."""
    return not of_two_issues(a, b) and (same_authors(a, b) or not (a.authors and b.authors))


def of_two_issues(a: Brief, b: Brief) -> bool:
    """Whether two documents were published on two days, in two journals or in two issues, as far as both say it."""
    first, second = (_plain(one.journal or "") for one in (a, b))
    journals = bool(first and second) and first not in second and second not in first
    issues = bool(a.issue and b.issue) and str(a.issue).lstrip("0") != str(b.issue).lstrip("0")
    return journals or issues or (bool(a.date and b.date) and not of_one_time(a.date, b.date))


def same_doi(a: Brief, b: Brief) -> bool:
    """Whether two documents have one DOI, unless they are chapters of a book: of other authors and of other titles in one script."""
    if not (a.doi and b.doi) or str(a.doi).lower() != str(b.doi).lower():
        return False
    first, second = title_key(a.title), title_key(b.title)
    translated = bool(_HAN.search(first)) != bool(_HAN.search(second))
    others = bool(a.authors and b.authors) and not same_authors(a, b)
    return not others or translated or first in second or second in first


def same_paper(a: Brief, b: Brief) -> bool:
    """Whether two records, or a record and a paper, may be of one paper: by DOI, title and an author, or a long title alone."""
    if same_doi(a, b):
        return True
    first, second = sorted((title_key(a.title), title_key(b.title)), key=len)
    if not a.authors or not b.authors:  # what a journal prints in every issue has no author
        return first == second and len(first) >= NAMED and (not (a.date and b.date) or of_one_time(a.date, b.date))
    # databases differ in what they call the year, and leave subtitles out
    years = abs(int(a.date[:4]) - int(b.date[:4])) if a.date and b.date else 0
    return years <= 1 and same_authors(a, b) and (first == second or (len(first) >= NAMED and second.startswith(first)))


def of_one_body(a: Brief, b: Brief) -> bool:
    """Whether two laws of one title are one even if nothing of the text is left: dated, and of one body as far as is known."""
    if not (a.kind == b.kind == "law" and a.date and b.date):
        return False
    return not (a.issuers and b.issuers) or bool(set(a.issuers) & set(b.issuers))


def same_authors(a: Brief, b: Brief) -> bool:
    """Whether two documents have an author in common, in whatever order the parts of a name stand."""
    return bool({author_key(name) for name in a.authors} & {author_key(name) for name in b.authors})


def author_key(name: str) -> str:
    """A name as names are compared: its parts in order of the alphabet, without marks."""
    return " ".join(sorted(re.findall(r"\w+", name.lower())))


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).lower()


def _titles_differ(first: str, second: str, similar: float) -> bool:
    """Whether two titles name two things: 白沙 and 黑河, 第一批 and 第二批, a plan and its draft."""
    if not first or not second or first == second:
        return False
    if bool(_STAGE.search(first)) != bool(_STAGE.search(second)):
        return True
    changes = _changes(first, second)
    numerals = any(_NUMERALS.search(was) or _NUMERALS.search(now) for was, now in changes)
    sides = any(_SIDES.search(was) and _SIDES.search(now) for was, now in changes)
    if first in second or second in first:  # of a notice and of what it issues
        return numerals and min(len(first), len(second)) > 0.8 * max(len(first), len(second)) and similar < _ALIKE
    changed = sum(max(len(was), len(now)) for was, now in changes)
    if changed > max(len(first), len(second)) / 2:  # two titles of one text: of a file and of what is in it
        return similar < IDENTICAL and bool(_OFFICIAL.search(first) and _OFFICIAL.search(second))
    if numerals or sides or any(_NAME.search(was) and _NAME.search(now) for was, now in changes):
        return True
    return similar < (IDENTICAL if changed == 1 else _ALIKE)  # 皖北 and 皖南


def _misread(first: str, second: str) -> bool:
    """Whether two titles differ by one or two characters here and there, as a bad scan makes them; one numeral for another does not count."""
    changes = _changes(first, second)
    small = all(max(len(was), len(now)) < 3 for was, now in changes)
    if not small or sum(max(len(was), len(now)) for was, now in changes) > max(len(first), len(second)) / 3:
        return False
    name = len(changes) == 1 and min(map(len, changes[0])) > 1
    telling = any(kind.search(was) and kind.search(now) for kind in (_NUMERALS, _SIDES) for was, now in changes)
    return not name and not telling


@lru_cache(1 << 10)
def _changes(first: str, second: str) -> list[tuple[str, str]]:
    """What stands in one title in the place of what in the other."""
    pair = first[:_COMPARED], second[:_COMPARED]
    found = SequenceMatcher(None, *pair, autojunk=False).get_opcodes()
    return [(pair[0][a:b], pair[1][c:d]) for kind, a, b, c, d in found if kind != "equal"]


def _days(a: str, b: str) -> int:
    """About how many days two dates are apart; months and years as far as both say them."""
    (year, month, day), other = ([*map(int, date[: min(len(a), len(b))].split("-")), 1, 1][:3] for date in (a, b))
    return abs((year - other[0]) * 365 + (month - other[1]) * 30 + day - other[2])
