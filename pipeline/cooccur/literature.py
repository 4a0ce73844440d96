"""Names of a bibliography as a map shows them, and the keys by which two writings are one and the same."""

import re
import unicodedata
from itertools import accumulate

_HAN = r"\u3400-\u9fff"
_QUOTES = "“”\"'‘’「」『』"
_LOOSE = re.compile(r"[\s\-\u2010-\u2015\u2212_·•・]")
_NATION = re.compile(r"^\s*[(\[〔【][^()\[\]〔〕【】]{1,6}[)\]〕】]\s*(?=\S)")  # [美]塞缪尔·亨廷顿
_NOBODY = re.compile(
    r"\W*(匿名|佚名|无名氏|不详|未知|作者不详|本[刊报社网]\w{0,8}|编辑部|编者|记者|评论员|anon|anonymous|no author)\W*", re.I
)
_CONTACT = re.compile(r"electronic address:|e-?mail:|\S{1,64}@", re.I)
_POST_CODE = re.compile(r"\d{6}(?!\d)")
_POSITION = re.compile(r"(教授|讲师|研究员|工程师|导师|院长|主任|书记|所长|博士后?|硕士|研究生|[学作专]家)$")
_SPLIT = re.compile(r"[\s,，;；()（）]+")
_ORGANISATIONS = (
    re.compile(r"\buniv", re.I),
    re.compile(r"\b(college|academy|acad|hospital|hosp|polytech\w*|politecnico|eth|mit)\b", re.I),
    re.compile(r"\b(institut\w*|inst|ministry|council|corp\w*|museum|library|bureau)\b", re.I),
    re.compile(r"\b(cent(er|re)|ctr|lab\w*|school|sch)\b", re.I),
)
_WIDEST_TITLE = 60  # of a title on a map, in columns; a Chinese character takes two


def keyword_shown(written: str) -> str:
    """A keyword without quotation marks around it; 《》 stays, since a work is not what it is about."""
    return " ".join(written.split()).strip(_QUOTES + " .。;；,，、")


def loose_key(written: str) -> str:
    """What all writings of a name share: no case, width, blanks, hyphens and middle dots."""
    return _LOOSE.sub("", unicodedata.normalize("NFKC", written).casefold())


def author_shown(written: str) -> str:
    """A person without a country in brackets before and 等 or a stop behind the name; "" for no person: 佚名, 本刊记者."""
    name = _NATION.sub("", " ".join(written.split()))
    name = re.sub(r"(,? et al|[,， ]等|(?<=..)等)$", "", name.rstrip(" .。,，;；")).rstrip(" .。,，;；")
    return "" if _NOBODY.fullmatch(name) else name


def author_key(written: str) -> str:
    """What all writings of a person share: `loose_key` without stops and commas."""
    return re.sub(r"[.,，。]", "", loose_key(written))


def institution_shown(written: str) -> str:
    """An institution without post code, town and position; of an English address the organisation it names.

    A Chinese one is kept down to the department, as CNKI and CSSCI give it; an English one is cut to the university, as maps of WoS have it.
    """
    written = unicodedata.normalize("NFC", written[:1000])
    if contact := _CONTACT.search(written):
        written = written[: contact.start()]
    return _chinese(written) if re.search(f"[{_HAN}]", written) else _english(written)


def _chinese(written: str) -> str:
    pieces = [piece for piece in _SPLIT.split(re.sub(f"(?<=[{_HAN}])[.．·](?=[{_HAN}])", "", written)) if piece]
    kept: list[str] = []
    for number, piece in enumerate(pieces):
        before_code = number + 1 < len(pieces) and bool(_POST_CODE.match(pieces[number + 1]))
        if _POST_CODE.search(piece) or (before_code and kept) or piece.isdigit():
            continue
        if piece not in kept and not (kept and (_POSITION.search(piece) or _town(piece, kept[0]))):
            kept.append(piece)
    return "".join(kept).strip(" .。;；:：")


def _town(piece: str, organisation: str) -> bool:
    """Whether a piece behind an organisation only says where it lies."""
    return len(piece) < 7 and (piece in organisation or bool(re.search("[省市县区州]$", piece)))


def _english(written: str) -> str:
    pieces = [piece.strip(" .;") for piece in written.split(",")]
    for named in _ORGANISATIONS:
        for piece in pieces:
            if named.search(piece):
                return " ".join(piece.split())
    return pieces[0]


def reference_shown(authors: list[str], year: int | None, title: str | None, container: str | None) -> str:
    """A cited work as readers of CSSCI and WoS expect it: 王浦劬, 2016, 标题; what is not known is left out.

    Returns "" when it has no title, nor an author with a year and a container: one cannot tell which work is meant.
    """
    first = _cited_author(next(filter(None, map(author_shown, authors)), ""))
    work = " ".join((title or "").split()) or (container if first and year and container else "") or ""
    work = work.strip(" .。,，;；")
    if not re.search(r"[^\W\d_]{2}", work):
        return ""
    return ", ".join(filter(None, [first, str(year or ""), shortened(work)]))


def reference_key(authors: list[str], year: int | None, title: str | None, container: str | None) -> str:
    """First author, year and title (else container) without case, width, blanks and punctuation; "" when `reference_shown` is.

    Of a name in Latin letters the family name counts: `Teece, D.`, `TEECE DJ` and `David Teece` are one.
    """
    if not reference_shown(authors, year, title, container):
        return ""
    first = next(filter(None, map(author_shown, authors)), "")
    work = title if title and title.strip() else container or ""
    return "|".join([_family_name(first), str(year or ""), re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", work).casefold())])


def _cited_author(name: str) -> str:
    """Teece, D. J. is cited as Teece DJ; of 博登海默, E the Chinese part is the name."""
    if re.search(f"[{_HAN}]", name):
        return re.sub(r"[,，]? ?[A-Z. ]+$", "", name) or name
    family, _, given = name.partition(",")
    initials = re.sub(r"[\W_]", "", given)
    return f"{family} {initials}" if initials and initials.isupper() and len(initials) < 5 else name


def _family_name(name: str) -> str:
    name = unicodedata.normalize("NFKC", name)
    if re.search(f"[{_HAN}]", name) or not re.search("[A-Za-z]", name):
        return re.sub(r"[\W_a-zA-Z]+", "", name) or author_key(name)
    words = [word for word in re.split(r"[\s.]+", name.split(",")[0]) if word] or [name]
    full = [word for word in words if len(word) > 3 or not word.isupper()]
    return author_key(full[-1] if full else max(words, key=len))


def document_shown(title: str, date: str | None) -> str:
    """A document as a node of a coupling map: its title and year."""
    return ", ".join(filter(None, [shortened(" ".join(title.split())), (date or "")[:4]]))


def shortened(title: str) -> str:
    """The beginning of a long title."""
    widths = accumulate(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in title[: _WIDEST_TITLE + 1])
    fitting = sum(width <= _WIDEST_TITLE for width in widths)
    return title if fitting == len(title) else title[: fitting - 1].rstrip() + "…"
