"""What an entry of a list of references says: who, when, what and where.

Styles: GB/T 7714 and the older ones without its letters, APA and other ones with the year behind the authors, IEEE, Chinese notes
(某甲：《书名》，某某出版社1997年版), lines of CSSCI (作者.题名.刊名.2019.40(3)) and of the Web of Science (SMITH J, 2010, J DOC, V66, P12).
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.ingest.clean import close_gaps
from pipeline.ingest.metadata.doi import doi_in, narrow
from pipeline.ingest.metadata.names import are_names, names_end, names_in

_MOST = 1500  # characters of an entry that are looked at
_MARK = re.compile(r"\[\s?(?P<type>[JMDCNRSPGKZA]|DB|CP|EB|CM|DS|OL)\s?(?P<carrier>/\s?(?:OL|CD|MT|DK))?\s?\]", re.IGNORECASE)
_YEAR = r"(?:1[5-9]\d\d|20[0-4]\d)"
_STRONG_YEAR = re.compile(rf"(?:^|[,.;(]\s?|[,.;]\s?\()({_YEAR})\s?(?=[,.:;()]|$|年|-\d\d?(?!\d))")
_CHINESE_YEAR = re.compile(rf"(?<!\d)({_YEAR})\s?年")
_ANY_YEAR = re.compile(rf"(?<![\d/.-])({_YEAR})(?![\d/-])")
_NO_YEAR = re.compile(
    r"\[\s?\d{4}-\d{1,2}-\d{1,2}\s?\]|https?:[^\s,]*|arXiv:\s?[\d.]{4,12}|10\.\d{4,9}/[^\s,]*", re.IGNORECASE
)  # when it was looked up, addresses
_YEAR_BEHIND_NAMES = re.compile(
    rf"(?:[\s,.]\s?|(?=\())\(?\s?({_YEAR})[a-z]?(?:,\s?[A-Z][a-z]{{2,8}}(?:\s\d{{1,2}})?)?\s?\)?\s?[.,:]\s?"
)
_WOS = re.compile(rf"\s*(?P<name>[^,]{{2,60}}), ?(?P<year>{_YEAR}), ?(?P<what>[^,]{{2,200}})(?P<rest>$|,.*)")
_QUOTED = re.compile(r"[\"“「](?P<title>[^\"”」]{3,300})[\"”」]")
_BOOK = re.compile(r"《(?P<title>[^《》]{1,200}(?:《[^《》]{1,100}》[^《》]{0,100}){0,3})》")
_SEE = re.compile(r"^\s*(?:参见|参阅|参看|详见|转引自|转自|引自|见|See(?: also)?|Cf\.)\s?[:]?\s?")
_SENTENCE = re.compile(r"[.?!][\"”]?\s+|\.(?=[A-Z\u4e00-\u9fff《(])|\.\s?$|/\s?/")
_NAMES_A_BOOK = re.compile(
    r"出版社|出版集团|书局|书店|印书馆|书社|\bPress\b|Publish|Springer|Wiley|Elsevier|Books\b|University|大学"
)
_PUBLISHER = re.compile(r"[,，]?\s?([\u4e00-\u9fff·]{2,20}?(?:出版社|出版集团|书局|书店|印书馆|书社))")
_HOST = re.compile(r"[\s.]*(?:(?:/\s?/|∥|‖)\s?(?:[Ii]n:?\s)?|[Ii]n:?\s|载)\s?")
_CONTAINER_ENDS = re.compile(
    "|".join(
        (
            r"(?:[,;]|(?<!\d)\.)\s?(?=\(?\d|[vp]\d|vol\b|no\b|pp?\b[.\s]|第\s?\d)",
            r"\s(?=\d{1,4}\s?(?:\(|:\s?\d|,\s?no\b))",  # a volume without a comma
            rf"(?<=[\u4e00-\u9fff》])\s?(?=\(?{_YEAR})|\s?\(\s?(?={_YEAR})|,\s?(?=[A-Z][a-z]{{2,8}}\.?\s{_YEAR})",
            r"(?=[博硕]士[\u4e00-\u9fff]{0,6}论文)",
            r"\s?\[|\s?https?:|[\s.]DOI\b",
        )
    ),
    re.IGNORECASE,
)
_THESIS = re.compile(r":\s?(?:[博硕]士)?学位论文\s?[:.]?\s?")
_CHAPTER = re.compile(
    rf"(?<=[^\s:]):\s?([^:]{{2,200}})(?::[^:,]{{2,80}})?,\s?({_YEAR})(?::\d[\d-]*)?\s?$"
)  # 题名:书名:某某出版社,2006:2-9
_EDITION = re.compile(r"^(?:第?\s?[\d一二三四五六七八九十]{1,3}\s?版|\d{1,2}(?:st|nd|rd|th) ed(?:ition|n)?|修订版)\s?[.,]\s?")
_LOOKED_UP = re.compile(r"(?:[\[(]\s?\d{4}(?:-\d{1,2}){0,2}\s?[\])]\s?[.,]?\s?)+")  # (2019-01-02)[2020-03-04].
_NO_PLACE = re.compile(r"\[\s?s\s?\.\s?[ln]\s?\.?\s?\]\s?[:,]?\s?", re.IGNORECASE)  # [S. l.]: Publisher
_PLACE = re.compile(r"^[^:]{1,40}:\s?")


@dataclass(frozen=True, slots=True)
class Cited:
    """What an entry says, as far as it says it."""

    authors: list[str]
    year: int | None
    title: str | None
    container: str | None  # journal, book, proceedings, university or publisher
    type: str | None  # letter of GB/T 7714
    doi: str | None


class _Parts(NamedTuple):
    """Where in the entry what stands."""

    authors: slice
    title: slice
    rest: slice
    type: str | None = None
    year: int | None = None


def parse_entry(raw: str) -> Cited:
    """An entry, without its number, in whatever style it is; what cannot be told is none."""
    text = raw[:_MOST]
    plain = narrow(text)
    parts = next(filter(None, (read(plain) for read in (_marked, _note, _quoted, _web_of_science, _dated, _dotted))), None)
    if parts is None:
        dated = None if re.search("[\u4e00-\u9fff]", text) else _STRONG_YEAR.search(plain)  # a note in prose tells other years
        return Cited([], int(dated[1]) if dated else None, None, None, None, doi_in(text))
    title, container = _shown(text[parts.title]), _shown(text[_container(plain, parts.rest, parts.type)])
    return Cited(
        names_in(plain[parts.authors]), parts.year or _year(plain[parts.rest]), title or None, container or None, parts.type, doi_in(text)
    )  # fmt: skip


def _shown(text: str) -> str:
    """A title or the name of a journal without line breaks, gaps between Chinese characters and the punctuation around it."""
    text = re.sub(r"(?<=[a-z])[-－]\n(?=[a-z])", "", text)
    text = close_gaps(re.sub(r"\s+", " ", text)).strip(" .,:;，。．：；、《》/")
    return text if re.search(r"[^\W\d]", text) else ""


def _marked(plain: str) -> _Parts | None:
    """作者. 题名[J]. 刊名, 2019, 40(3): 1-9."""
    mark = _MARK.search(plain, 2)
    if mark is None:
        return None
    end, host = mark.end(), _MARK.search(plain, mark.end())
    of_host = mark["type"] in "Aa" and host is not None  # 题名[A]. 文集名[C]
    named = host if of_host and host is not None else mark
    kind = re.sub(r"\s", "", named["type"] + (named["carrier"] or "")).upper()
    rest = slice(end, named.start() if of_host else len(plain))
    found = names_end(plain[: mark.start()], sure=True)
    year = None
    if dated := _YEAR_BEHIND_NAMES.match(plain, max(0, found[1] - 2)) if found else None:
        found, year = (found[0], dated.end()) if found else None, int(dated[1])
    authors, title = found or (0, 0)
    of_all = plain[named.end() :] if of_host else plain[end:]
    return _Parts(slice(0, authors), slice(title, mark.start()), rest, kind, _year(of_all) or year)


def _note(plain: str) -> _Parts | None:
    """某甲：《题名》，载《刊名》2010年第3期; 某甲：《书名》，某某出版社1997年版，第9页."""
    book = _BOOK.search(plain)
    if book is None:
        return None
    see = _SEE.match(plain)
    begin = see.end() if see else 0
    before = re.sub(rf"[\s,.(]*(?:{_YEAR})?[\s,.:)]*$", "", plain[begin : book.start()])
    if before and not (len(before) <= 80 and are_names(before, sure=True)):
        return None
    dated = re.search(rf"({_YEAR})[\s,.:)]*$", plain[begin : book.start()])
    return _Parts(
        slice(begin, begin + len(before)), slice(*book.span("title")), slice(book.end(), len(plain)), None, int(dated[1]) if dated else None
    )  # fmt: skip


def _quoted(plain: str) -> _Parts | None:
    """J. Smith and A. Lee, "Title," Journal, vol. 3, 2010."""
    quoted = _QUOTED.search(plain)
    if quoted is None:
        return None
    before = re.sub(rf"[\s,.(]*(?:{_YEAR})?[\s,.:)]*$", "", plain[: quoted.start()])
    if not before or not re.search(r"[,.:)]\s*$", plain[: quoted.start()]) or not are_names(before):
        return None
    return _Parts(slice(0, len(before)), slice(*quoted.span("title")), slice(quoted.end(), len(plain)))


def _web_of_science(plain: str) -> _Parts | None:
    """SMITH J, 2010, J DOC, V66, P12; in Chinese the title stands behind the year: 某甲，2010，题名，刊名，第3期."""
    found = _WOS.fullmatch(plain)
    if found is None or not are_names(found["name"].strip(" *"), sure=True):
        return None
    name = slice(*found.span("name")) if "nonymous" not in found["name"] else slice(0, 0)
    if re.search(r"[\u4e00-\u9fff]", found["what"]):
        return _Parts(name, slice(*found.span("what")), slice(found.start("rest") + 1, len(plain)), None, int(found["year"]))
    return _Parts(name, slice(0, 0), slice(found.start("what"), len(plain)), None, int(found["year"]))


def _dated(plain: str) -> _Parts | None:
    """Smith, J. A., & Lee, B. (2010). Title. Journal, 12(3), 45–67; Smith, John. 2010. Title. Journal 12."""
    found = _YEAR_BEHIND_NAMES.search(plain[:400], 2)
    if found is None or not are_names(plain[: found.start()].rstrip(" ,.("), sure=True):
        return None
    end, rest = _title_end(plain, found.end())
    return _Parts(slice(0, found.start() + 1), slice(found.end(), end), slice(rest, len(plain)), None, int(found[1]))


def _dotted(plain: str) -> _Parts | None:
    """作者. 题名. 刊名, 2010, 12(3); 作者.书名.岚都:某某出版社; nothing of prose."""
    found = names_end(plain)
    authors, title = found or (0, 0)
    end, rest = _title_end(plain, title)
    if rest >= len(plain) and (dated := re.search(rf"[,.]\s?{_YEAR}\s?\.?\s?$", plain[title:])):
        end, rest = title + dated.start(), title + dated.start()
    if thesis := _THESIS.search(plain, title):  # 题名:硕士学位论文:某某大学,2012
        end, rest = thesis.span()
    chapter = _CHAPTER.search(plain, title) if found and not thesis else None
    if chapter and not re.search(r"[^\W\d]\.[^\W\d]", plain[title : chapter.start()]):
        return _Parts(slice(0, authors), slice(title, chapter.start()), slice(*chapter.span(1)), None, int(chapter[2]))
    told = found is not None or bool(_year(plain[rest:])) or bool(_NAMES_A_BOOK.search(plain[rest:]))
    if not told and (rest < len(plain) or len(plain) > 80 or re.search(r"[,;!?]", plain)):
        return None
    return _Parts(slice(0, authors), slice(title, end), slice(rest, len(plain)))


def _title_end(plain: str, start: int) -> tuple[int, int]:
    """Where a title that a full stop ends has its end, and where the rest begins."""
    asked: tuple[int, int] | None = None  # a question ends a title unless the title goes on: Why share? A closer look. Journal
    for stop in _SENTENCE.finditer(plain, start):
        before = plain[start : stop.start()]
        if len(before) < 2 or re.search(r"\b[A-Z]$|\b(?:vs|Vol|No|St|Dr)$", before[-4:]):
            continue
        if stop[0][0] in "?!":
            asked = asked or (stop.start() + 1, stop.end())
        elif stop[0][0] == "/":
            return stop.start(), stop.start()
        elif asked is None or (stop.end() < len(plain) and not plain[stop.end()].isdigit()):
            return stop.start(), stop.end()
    return asked or (len(plain), len(plain))


def _year(rest: str) -> int | None:
    """The year of publication: the one between commas, else one with 年, else the last number that can be one."""
    rest = _NO_YEAR.sub(lambda found: " " * len(found[0]), rest)
    if found := _STRONG_YEAR.search(rest) or _CHINESE_YEAR.search(rest):
        return int(found[1])
    years = _ANY_YEAR.findall(rest)
    return int(years[-1]) if years else None


def _container(plain: str, rest: slice, kind: str | None) -> slice:
    """Where a reference appeared, in what follows its title."""
    start, end = rest.start, rest.stop
    host = _HOST.match(plain, start, end)
    if kind is None and not host and (book := _BOOK.search(plain, start, end)):
        return slice(*book.span("title"))
    if kind is None and not host and (publisher := _PUBLISHER.search(plain, start, end)):
        return slice(*publisher.span(1))
    if plain[start - 1 : start] == "》":
        return slice(start, start)
    start = host.end() if host else start + len(plain[start:end]) - len(plain[start:end].lstrip(" .,:;"))
    if edition := _EDITION.match(plain[start:end]):
        start += edition.end()
    if looked_up := _LOOKED_UP.match(plain, start, end):
        start = looked_up.end()
    if nowhere := _NO_PLACE.match(plain, start):
        start = nowhere.end()
    cut = _CONTAINER_ENDS.search(plain, start, end)
    end = cut.start() if cut else end
    part = plain[start:end]
    if (kind or "C")[0] == "C" and re.match(r"[\u4e00-\u9fff]", part) and (editors := names_end(part)):
        start, part = start + editors[1], part[editors[1] :]
    if not re.search(r"[^\W\d]", part):
        return slice(start, start)
    if (kind or "C")[0] == "C" and (stop := re.search(r"(?<=.{12})(?<!Proc)(?<!Int)(?<!Conf)(?<!Symp)\.\s?(?=[A-Z\[])", part)):
        return slice(start, start + stop.start())
    if host and (stop := re.search(r"(?<=.{4})\.\s?(?=[^.:]{2,30}:)", part)):
        return slice(start, start + stop.start())
    place = _PLACE.match(part)
    if place and not host and ((kind or "J")[0] in "MDRZSGK" or (kind is None and _NAMES_A_BOOK.search(part))):
        start += place.end()
    return slice(start, end)
