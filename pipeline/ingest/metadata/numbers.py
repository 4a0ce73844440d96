"""The number of an official document, and whose it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ingest.clean import HAN, clean
from pipeline.ingest.gazetteer import Department, Gazetteer, Place, issuer_at, kind_of_place, of_place, place_at, without_country
from pipeline.ingest.metadata.issuers import full_name, place_of_issuers
from pipeline.ingest.metadata.lines import DOC_NUMBER, ORDER, Line, apart, is_body, is_running_text, of_number

_LABEL = re.compile(r"^\W{0,4}(?:(?:发文|公文|文件)\s?(?:字号|编号|文号|号)|文\s?号|字\s?号|编\s?号)\s?[:：]?\s*")
_OPEN, _CLOSE = r"[〔﹝\[［【（(〈<{「『]", r"[〕﹞\]］】）)〉>}」』]"
_SPACED = re.compile(rf"(?<!\S)([{HAN}])\s(?=[{HAN}](?:\s|{_OPEN}))")  # 松 政 发〔2021〕7号
_DAMAGED = re.compile(  # a bracket or 号 left out, 号 before the number, two digits for the year
    rf"(?P<prefix>[{HAN}]{{0,24}})\s?(?:{_OPEN}\s?(?P<year>(?:19|20)\d\d|\d\d(?=\s?{_CLOSE}))\s?年?\s?{_CLOSE}?|(?P<year2>(?:19|20)\d\d)\s?{_CLOSE})"
    r"\s?(?P<letters>[文综字函办发电传密]{0,3})[第号]?\s?(?P<number>\d(?:\s?\d){0,4})\s?[号號]?\W*"
)
_BARE = re.compile(rf"(?P<prefix>[{HAN}]{{2,12}})\s?(?P<year>(?:19|20)\d\d)\s?[-—.·\s]\s?(?P<number>\d{{1,5}})\s?[号號]\W*")
_YEAR_FIRST = re.compile(rf"{_OPEN}(?P<year>(?:19)?\d\d){_CLOSE}(?P<prefix>[{HAN}]{{2,12}})第?(?P<number>\d{{1,5}})[号號]\W*")
# 令第3号, 公告2021年第3号; 2021年第3号公告, 某字第3号; 3号令; 某字3号
_N = r"[\d一二三四五六七八九十百〇零]{1,6}"
_BY_ORDER = re.compile(
    rf"(?P<body>[{HAN}、（()） ]{{0,40}}?)(?P<kind>令|公告|通告|公报)\s?[（(〔\[]?\s?"
    rf"(?P<number>(?:(?:19|20)\d\d\s?年?\s?[，,]?\s?)?第?\s?{_N}\s?[号號])"
    rf"|(?P<whole>(?:[{HAN}]{{1,30}}(?<=[字发函办规府局部院委厅会年]))?(?:(?:19|20)\d\d\s?年\s?)?第\s?{_N}\s?[号號]\s?(?:令|公告|通告|公报)?)(?![{HAN}])"
    rf"|(?P<short>(?:[{HAN}]{{2,30}})?{_N}\s?[号號](?:令|公告|通告|公报))"
    rf"|(?P<old>[{HAN}]{{1,14}}[字发函办电规]\s?\d{{1,5}}\s?[号號])(?![{HAN}])"
)
# 关于…的公告, and below it 公告第3号 or 2021年第3号: its title is no body
_TITLED = re.compile(rf"(?P<body>[{HAN}、 ]{{0,40}}?)关于.{{2,80}}(?P<kind>公告|通告)")
_BELOW = re.compile(
    rf"[（(]?(?P<body>[{HAN}、 ]{{0,40}}?)(?:公告|通告)?\s?(?P<number>(?:(?:19|20)\d\d\s?年?\s?[，,]?\s?)?第\s?{_N}\s?[号號])[）)]?"
)
_TITLE = re.compile(r".*(?:的(?:通知|意见|批复|决定|函|通报|公告|办法|规定|方案|请示)?|[》”\"])")
_GLUED = re.compile(r".*[日月年号令的知见定复案函据照实按和及与央委府省市区厅院部局会办]|.{5,}")
# what kind of paper it is; behind a listed short form the letters of an office or division may stand among them
_PAPER = "发函字规令号明急特传电文任免土地复批通知密秘综呈报议转调专纪干网外内"
_CLOSED, _FURTHER = re.compile(f"[{_PAPER}]{{0,5}}"), re.compile(f"[{_PAPER}应紧党组办]{{0,6}}")
_OTHER_BODY = re.compile("[领指府委]|联席|(?<!党)组|^政[发办函]|党(?!组)")
_DIVISIONS = 5  # characters behind a department at most


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose a prefix is, as far as it tells."""

    name: str  # "" when only the place is known
    level: str
    region: str | None
    whole: bool  # whether all of the prefix is understood


def doc_number(head: list[Line]) -> str:
    """The document's own number, which has a line to itself near the top; numbers of other documents stand in sentences."""
    for at, line in enumerate(head[:25]):
        text = _LABEL.sub("", line.text)
        if len(text) > 150 or line.kind == "reference" or is_running_text(text):
            continue
        if found := _own_number(text):
            return found
        after = head[at + 1].text if at + 1 < len(head) else ""
        joined = f"{text}{after}"
        if titled := _TITLED.fullmatch(text):
            if below := _BELOW.fullmatch(after):
                return re.sub(r"\s", "", f"{below['body'] or titled['body']}{titled['kind']}{below['number']}")
            continue
        if re.fullmatch(r".{2,40}(?:令|公告|通告)", text) and (order := ORDER.fullmatch(joined)):
            return _order(order)
        if (order := ORDER.fullmatch(text)) and "》" not in text:
            return _order(order)
    return ""


def _own_number(text: str) -> str:
    """A number that is a line, stands in brackets below the title, or ends a line after a gap or the word 文件."""
    bare = of_number(text)
    if found := DOC_NUMBER.fullmatch(bare):
        return number_as_written(found)
    if found := re.search(r"(?:\s|文件|[（(]|[》通知意见])(?=[\u4e00-\u9fff]{1,16}[〔﹝\[［【])([^\s（(]{6,40})$", bare):
        inner = DOC_NUMBER.fullmatch(found[1].rstrip("）)"))
        return number_as_written(inner) if inner and not re.search("根据|按照|依据|《", bare) else ""
    return ""


def _order(found: re.Match[str]) -> str:
    return re.sub(r"\s", "", f"{found['body']}{found['number']}")


def number_as_written(found: re.Match[str], prefix: str | None = None) -> str:
    """A document number with brackets as 〔〕 and no spaces."""
    parts = found.groupdict()
    year = found["year"] or parts["year2"]
    return re.sub(r"\s", "", f"{prefix or found['prefix']}〔{year}〕{parts.get('letters') or ''}{found['number']}号")


def number_from_cell(cell: str, gazetteer: Gazetteer | None = None) -> str:
    """The document number a cell gives, in one form; "" if the cell holds none. Of several numbers it is the first.

    Args:
        gazetteer: knows where a number can begin, so that what is glued on before it is left out.
    """
    text = _SPACED.sub(r"\1", _LABEL.sub("", clean(cell[:300]).strip()[:160]))
    if found := DOC_NUMBER.search(text):
        return number_as_written(found, own_prefix(found["prefix"], gazetteer))
    close = re.sub(r"\s+", " ", text)
    if found := _DAMAGED.fullmatch(close) or _BARE.fullmatch(close):
        return number_as_written(found, own_prefix(found["prefix"], gazetteer))
    if found := _YEAR_FIRST.fullmatch(close.replace(" ", "")):
        return f"〔{found['year']}〕{found['prefix']}{found['number']}号"
    if found := _BY_ORDER.match(_TITLE.sub("", close).strip("（( ")):
        return re.sub(r"[\s（(]", "", found[0]) if found["body"] is None else _plain_order(found)
    return ""


def _plain_order(found: re.Match[str]) -> str:
    return re.sub(r"\s", "", f"{found['body']}{found['kind']}{found['number']}")


def own_prefix(text: str, gazetteer: Gazetteer | None = None) -> str:
    """A prefix without what is glued on before it: 日辽政发 → 辽政发. One that nobody listed stays as written."""
    text = _TITLE.sub("", text) or text
    if gazetteer is None:
        return text
    for at in range(len(text) - 1):
        if at and not _GLUED.fullmatch(text[:at]):
            continue
        owner = (
            _listed(text[at:], gazetteer) or _of_province(text[at:], 0, gazetteer) or (None if at else _owner(text, 0, gazetteer))
        )
        if owner and owner.whole:
            return text[at:]
    return text


def number_issuers(number: str, gazetteer: Gazetteer) -> list[str]:
    """The bodies a number stands for: those it lists by a short form, the government or department of a place, who gave an order."""
    owners = [_owner_of(found, gazetteer) for found in _numbers_in(number)]
    if owners:
        return list(dict.fromkeys(full_name(owner.name, gazetteer) for owner in owners if owner and owner.name))
    return _who_ordered(number, gazetteer)


def number_place(number: str, gazetteer: Gazetteer) -> tuple[str, str | None] | None:
    """Level and region a document number tells: 鲁教发〔2020〕3号 is of a province, 国发〔2020〕3号 central."""
    for found in _numbers_in(number):
        owner = _owner_of(found, gazetteer)
        return (owner.level, owner.region) if owner else None
    if without_country(number, gazetteer) != number:
        return "central", None
    found_place = place_of_issuers(_who_ordered(number, gazetteer), gazetteer)
    return None if found_place == ("other", None) else found_place


def _numbers_in(text: str) -> Iterator[re.Match[str]]:
    return DOC_NUMBER.finditer(re.sub(r"〔(\d\d)〕", r"〔19\1〕", text))


def _owner_of(found: re.Match[str], gazetteer: Gazetteer) -> _Owner | None:
    return _owner(own_prefix(found["prefix"], gazetteer), int(found["year"]), gazetteer)


def _who_ordered(number: str, gazetteer: Gazetteer) -> list[str]:
    """Whose an order or announcement is: 财政部令第9号, 财政部税务总局公告2020年第3号, 粤府令第2号."""
    order = _BY_ORDER.match(number)
    body = re.sub(r"[\d年第].*|(?:令|公告|通告|公报)$", "", order["body"] or number).strip() if order else ""
    plain = without_country(body, gazetteer)
    bodies = apart(plain, gazetteer)
    if not bodies:
        return []
    if all(is_body(one, gazetteer) for one in bodies):
        return [full_name(one, gazetteer) for one in bodies]
    owner = _owner(f"{plain}令", 0, gazetteer)  # 国令, 粤府令
    return [full_name(owner.name, gazetteer)] if owner and owner.whole and owner.name else []


def _owner(prefix: str, year: int, gazetteer: Gazetteer) -> _Owner | None:
    """Whose a prefix is. None if it does not even tell the level."""
    for reads in (_listed(prefix, gazetteer), _of_province(prefix, year, gazetteer), _of_place(prefix, year, gazetteer)):
        if reads and (reads.name or reads.whole):
            return reads
    central = _department(prefix, ("central",), year, gazetteer)
    if central is not None:
        return _Owner(central, "central", None, True)
    return _of_province(prefix, year, gazetteer)


def _listed(prefix: str, gazetteer: Gazetteer) -> _Owner | None:
    """The listed body whose short form a prefix begins with; a full name before it is no part of a number."""
    found = issuer_at(prefix, gazetteer)
    if found is None or found[0].name == prefix[: found[1]] != prefix:
        return None
    return _Owner(found[0].name, found[0].level, found[0].region or None, bool(_FURTHER.fullmatch(prefix[found[1] :])))


def _of_province(prefix: str, year: int, gazetteer: Gazetteer) -> _Owner | None:
    place, rest = _abbreviated(prefix, gazetteer)
    return _body_of(place, rest, year, gazetteer) if place and place.level == "province" else None


def _of_place(prefix: str, year: int, gazetteer: Gazetteer) -> _Owner | None:
    """The government of a place that is written out, 大庆政发, or of a city by the character that stands for it."""
    found = place_at(prefix, gazetteer)
    place, rest = (found[0], re.sub("^[省市州县区旗盟]", "", prefix[found[1] :])) if found else _abbreviated(prefix, gazetteer)
    owner = _body_of(place, rest, year, gazetteer) if place else None
    return owner if owner and owner.name else None


def _body_of(place: Place, rest: str, year: int, gazetteer: Gazetteer) -> _Owner:
    found = _department(rest, (place.name, kind_of_place(place)), year, gazetteer)
    region = place.parent if place.level == "county" else place.name
    return _Owner(of_place(found or "", place.name), place.level, region, found is not None)


def _department(letters: str, whose: tuple[str, ...], year: int, gazetteer: Gazetteer) -> str | None:
    """The body with the longest abbreviation that letters begin with; "" if that does not tell, or not in that year."""
    for length in range(min(6, len(letters)), 0, -1):
        rest = letters[length:]
        rows = [row for of in whose for row in gazetteer.departments.get((of, letters[:length]), ()) if _may_follow(rest, row)]
        if rows:
            return next((row.name for row in rows if row.since <= year <= row.until), "")
    return None


def _may_follow(rest: str, row: Department) -> bool:
    if row.divisions:
        return len(rest) <= _DIVISIONS and not _OTHER_BODY.search(rest)
    return bool(_CLOSED.fullmatch(rest))


def _abbreviated(prefix: str, gazetteer: Gazetteer) -> tuple[Place | None, str]:
    """The place whose abbreviation a prefix begins with, and the rest of it."""
    for length in (3, 2, 1):
        if place := gazetteer.abbrs.get(prefix[:length]):
            return place, prefix[length:]
    return None, prefix
