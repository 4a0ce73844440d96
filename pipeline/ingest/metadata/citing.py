"""What an entry of a list of references says: authors, year, title, where it appeared, type, DOI.

GB/T 7714-2015 (信息与文献 参考文献著录规则) names the letters of types; entries without them are read by quotation marks, by the place
of the year, or by their full stops.
"""

import re
from dataclasses import dataclass, field

from pipeline.ingest.clean import HAN, close_gaps
from pipeline.ingest.metadata.names import leading_authors, names_in, only_names

_PLAIN = str.maketrans("．，：；（）［］／－＆＂∥【】〔〕＇－", ".,:;()[]/-&\"‖[][]'-")
_DOI = re.compile(r"(?<![\d.])10\. ?\d{4,9}(?:\.\d+)* ?/ ?[^\s,;\"<>，；。]+(?:(?:(?<=[./(-]) | (?=[./-]))[^\s,;\"<>，；。]+)*")
_TYPE = re.compile(
    r"\s?\[\s?(?P<letter>EB|DB|CP|CM|[JMDCNRSPZAGK])\s?(?:/\s?(?P<on>OL|CD|MT|DK))?\s?\]|\s?\((?P<old>[JMDCNRSPZ])\)(?=[.,:/])"
)
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_DATED = re.compile(rf"(?:[,.(;:]|^)\s?({_YEAR})(?=\s?(?:[,.;:()\]年\[a-z]|$|-\d\d?(?!\d)))|({_YEAR})\s?年")
_BEFORE_YEAR = re.compile(rf"\.?[,.(;]+ ?\(?(?:{_YEAR}|\d{{1,4}} ?[,(:]|\d{{1,4}}$|[Vv]ol\.|\(?\d{{1,3}}\))(?!\w)")
_ANY_YEAR = re.compile(rf"(?<![\d/:-])({_YEAR})(?!\d|-\d{{3}})")
_ACCESSED = re.compile(rf"[\[(]\s?({_YEAR})\s?[-./年]")
_ADDRESS = re.compile(r"(?:https?|ftp) ?: ?/ ?/\S*|www\.\S+|arXiv:\s?\d+\.\d+", re.IGNORECASE)
_QUOTED = re.compile(r"《([^《》]{2,200})》")
_IN_QUOTES = re.compile(r"[\"“]([^\"“”]{6,300}?)[,.]?[\"”],?")
_AUTHOR_YEAR = re.compile(
    rf"(?P<authors>.{{2,300}}?)[\s,.]*[(\s,.]\s?(?P<year>{_YEAR})[a-z]?(?:,? [A-Z][a-z]+(?: \d+)?)?\)?\s?[.,:]\s?(?P<rest>\S.*)$"
)
_WEB_OF_SCIENCE = re.compile(
    rf"(?P<author>[^,]{{2,60}}), (?P<year>{_YEAR}), (?P<container>[^,]{{2,120}})(?:, (?:[VP]\S+|DOI.*|ARTN .+|\[.*))*$"
)
_STOP = re.compile(rf"\.(?!\d)(?=\s|[{HAN}《“\[]|[A-Z][A-Za-z]|$)|(?<=[{HAN}》)\d])\.|。")
_PUBLISHER = re.compile(r"[^.,:;]{0,30}(?:出版社|书局|书店|出版公司|印书馆|出版集团|[Pp]ress|Publish\w+)")


@dataclass(frozen=True, slots=True)
class Cited:
    """What an entry says; what it leaves out is None or empty."""

    authors: list[str] = field(default_factory=list)
    year: int | None = None
    title: str | None = None
    container: str | None = None  # journal, book, proceedings, university or publisher
    type: str | None = None  # letter of GB/T 7714
    doi: str | None = None


def parse_entry(raw: str) -> Cited:
    """What an entry says, read without its number."""
    entry = re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", raw).translate(_PLAIN)
    entry = close_gaps(re.sub(r"\s+", " ", entry)).replace("‖", "//").strip()
    entry = re.sub(r"(?<=\() | (?=\))", "", re.sub(r"(?<=[\]:/]) ?/ ?/", "//", entry))
    entry = re.sub(r"(?<=[a-z]{3})\.(?=[A-Z][A-Za-z])", ". ", entry)
    doi = doi_in(entry)
    entry = _DOI.sub("", entry)
    if cited := _WEB_OF_SCIENCE.match(entry.rstrip(" .,")):
        return Cited([cited["author"].strip()], int(cited["year"]), None, cited["container"].strip(), None, doi)
    if kind := _TYPE.search(entry):
        return _typed(entry, kind, doi)
    return _untyped(entry, doi)


def doi_in(text: str) -> str | None:
    """The first DOI of a text, without the spaces that typesetting puts into it."""
    found = _DOI.search(text.translate(_PLAIN))
    if not found:
        return None
    doi = found[0].replace(" ", "")
    doi = re.split(rf"[{HAN}]|\.?(?:https?:|DOI)", doi)[0].rstrip(".,;:'-")
    return (
        doi[:-1]
        if doi.endswith((")", "]")) and doi.count(doi[-1]) > doi.count("([".replace("[" if doi[-1] == ")" else "(", ""))
        else doi
    )


def _typed(entry: str, kind: re.Match[str], doi: str | None) -> Cited:
    """An entry with a letter of type: authors. title[J]. journal, year …"""
    letter = kind["letter"] or kind["old"]
    authors, title = leading_authors(entry[: kind.start()])
    rest = entry[kind.end() :]
    year = year_in(rest)
    dated = re.match(rf"\(?({_YEAR})[a-z]?\)?[.,:]\s?", title)
    if dated:  # author. year. title[J]
        title, year = title[dated.end() :], int(dated[1])
    found = f"{letter}/{kind['on']}" if kind["on"] else letter
    return Cited(authors, year, _clean(title), _container(rest, letter), found, doi)


def _container(rest: str, letter: str) -> str | None:
    """Where a work of this type appeared, from what follows the letter."""
    rest = _ADDRESS.sub("", rest).lstrip(" .,:")
    inside = rest.startswith("//")
    rest = rest.lstrip("/ ")
    if inside or letter in "JNC":
        if inside and (others := _TYPE.search(rest)):
            rest = rest[: others.start()]
        name = _BEFORE_YEAR.split(rest, maxsplit=1)[0]
        return _clean(name if letter == "J" and not inside else re.split(r"(?<!Proc)\. ?(?=[A-Z\[])", name)[0])
    if letter in ("EB", "S", "P", "DB", "CP", "Z"):
        return None
    rest = re.split(rf"[,.\s(]*{_YEAR}", rest)[0]
    named = rest.rsplit(":", 1)[1] if ":" in rest else rest
    return _clean(named if letter in "RD" else re.split(r"[,.](?=\s|[\u4e00-\u9fff]|$)", named.strip())[0])


def year_in(text: str) -> int | None:
    """The year something appeared: not one of a page, an address, a name of a conference, or a day it was looked up."""
    plain = _ADDRESS.sub(" ", text)
    bare = re.sub(r"\[[^\]]*\]", " ", plain)
    if found := _DATED.search(bare):
        return int(found[1] or found[2])
    found = next(iter([*reversed(list(_ANY_YEAR.finditer(bare)))]), None) or _ACCESSED.search(plain)
    return int(found[1]) if found else None


def _untyped(entry: str, doi: str | None) -> Cited:
    """An entry without a letter of type."""
    titles = list(_QUOTED.finditer(entry))
    if titles and re.search(r"(?:^|[:,)年\s著编译])$", entry[: titles[0].start()]) and titles[0].start() < 100:
        return _old_style(entry, titles, doi)
    if (quoted := _IN_QUOTES.search(entry)) and only_names(entry[: quoted.start()]):
        rest = re.sub(r"^\W*in ", "", entry[quoted.end() :], flags=re.IGNORECASE)
        where = re.split(r",|\. (?=[A-Z])", rest.lstrip(" ,."))[0]
        return Cited(names_in(entry[: quoted.start()]), year_in(rest), _clean(quoted[1]), _clean(_named(where)), None, doi)
    if (dated := _AUTHOR_YEAR.match(entry)) and only_names(dated["authors"]):
        title, where = _two(dated["rest"])
        return Cited(names_in(dated["authors"]), int(dated["year"]), _clean(title), _clean(_named(where)), None, doi)
    return _dotted(entry, doi)


def _old_style(entry: str, titles: list[re.Match[str]], doi: str | None) -> Cited:
    """张三：《题名》，《刊名》2015年第3期 · 张三：《书名》，北京：某某出版社，2010年"""
    before = re.sub(rf"[(,]?\s?{_YEAR}年?\s?\)?\s?[:,]?\s?$", "", entry[: titles[0].start()])
    rest = entry[titles[0].end() :]
    year = year_in(rest) or year_in(entry[: titles[0].start()])
    publisher = _PUBLISHER.search(rest)
    where = titles[1][1] if len(titles) > 1 else publisher[0] if publisher else ""
    return Cited(names_in(before), year, _clean(titles[0][1]), _clean(where), None, doi)


def _dotted(entry: str, doi: str | None) -> Cited:
    """作者.题名.刊名.年.(期) and the like, divided by full stops only."""
    authors, rest = leading_authors(entry)
    title, where = _two(rest)
    if not where and (parted := re.match(rf"(.+?)(?::[硕博]?士?学位论文)?:([^:,]+, ?{_YEAR})", title)):
        title, where = parted.groups()
    if not where and (ended := re.match(r"(.+?)[.,:] ?(\d[\d-]*)\.?$", title)):  # a year or pages, and no name before them
        title, where = ended.groups()
    person = len(authors) == 1 and re.fullmatch(rf"[{HAN}]{{2,4}}", authors[0])
    if not authors or not (where or person):
        return Cited(year=year_in(entry), doi=doi)
    title = re.sub(r"[:,]?\s?(?:[硕博]士)?学位论文$", "", title)
    publisher = re.match(rf"[^.,:]{{2,12}}: ?([^.,:;]*[{HAN}A-Za-z][^.,:;]*)", where) or _PUBLISHER.search(where)
    name = publisher[publisher.lastindex or 0] if publisher else _named(where)
    return Cited(authors, year_in(f".{where}"), _clean(title), _clean(name), None, doi)


def _two(text: str) -> tuple[str, str]:
    """A title and what follows its full stop."""
    stop = _STOP.search(text)
    return (text[: stop.start()], text[stop.end() :]) if stop else (text, "")


def _named(where: str) -> str:
    """The name at the beginning of what tells where a work appeared, without year, volume and pages."""
    where = re.sub(r"^\s?in ", "", where.strip(), flags=re.IGNORECASE)
    name = re.split(rf",|\.(?=\(?\d)|[.,\s(]*{_YEAR}(?!\w)|\s\d+ ?[(:.]|(?<!Proc)\. (?=[A-Z])|[。;]", where)[0]
    return "" if re.fullmatch(r"[\W\d]*", name) or _ADDRESS.match(name) else name


def _clean(text: str) -> str | None:
    """A name or title without the punctuation around it; None if nothing is left."""
    text = text.strip(" .,:;/")
    return text if re.search(r"[^\W\d_]", text) else None
