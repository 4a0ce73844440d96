"""Who issued a document, at which level, for which region."""

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.ingest.clean import HAN
from pipeline.ingest.gazetteer import Gazetteer, Place, issuer_at, of_place, place_at, region_of, without_country
from pipeline.ingest.metadata.dates import Date, whole_date
from pipeline.ingest.metadata.history import without_session, without_sitting
from pipeline.ingest.metadata.lines import BODY_END, PERSON, SHORT, Line, apart, bodies_in, is_body

_SPLIT = re.compile(r"[;；,，、|\n]+|(?<=[\u4e00-\u9fff])[/ \u3000]+(?=[\u4e00-\u9fff])")
_TITLE_BEFORE = re.compile(r"关于|印发|转发|批转|发布|公布|颁布|对(?=.{2,60}的)|《|办公会|政府工作报告|工作报告|实施《")
_AND_OTHERS = re.compile(
    r"等?(?:[一二三四五六七八九十\d]{1,3}|多)个?(?:部门|单位|部委|机关|部)$|等(?:有关|相关)?(?:部门|单位|部委|机关)?$"
)
_OUR_PLACE = re.compile(r"[我本全](省|市|县|自治区|区|州|旗|盟)(?!场|场化|委书记)")
_RED_HEAD = re.compile(r"(.{2,60}?)\s?(?:文件|令|公告|通告|公报|（\s?通知\s?）)$")
_OWN_COUNTY = re.compile(rf"[{HAN}]{{1,8}}?(?:[县旗]|(?:区|市)(?=人民政府|政府|委|人大))")


def split_issuers(text: str) -> list[str]:
    """The bodies named in a cell."""
    parts = [re.sub(r"\s+", " ", part).strip(" \u3000.。·") for part in _SPLIT.split(text)]
    return list(dict.fromkeys(part for part in parts if len(part) > 1))


def full_name(name: str, gazetteer: Gazetteer) -> str:
    """A body's name as listed; of a place's government or department as its place calls it; else as written."""
    name = name.strip()
    for form in (name, without_country(name, gazetteer), _english_name(name, gazetteer)):
        if (issuer := gazetteer.issuers.get(form)) is not None:
            return issuer.name
    plain = without_session(without_country(name, gazetteer))
    if (issuer := gazetteer.issuers.get(plain)) is not None:
        return issuer.name
    place = place_at(plain, gazetteer)
    if place is None:
        return plain
    called = plain[: place[1]] if plain[: place[1]].endswith(place[0].name) else place[0].name
    if (department := gazetteer.issuers.get("{}" + plain[place[1] :])) is not None:
        return of_place(department.name, called)
    rest = plain[place[1] :].removeprefix("省").removeprefix("市") if plain[: place[1]] != place[0].name else plain[place[1] :]
    whole = place[0].name + rest
    if rest.startswith("政府"):
        official = f"{place[0].name}人民{rest}"
        return whole if whole in gazetteer.issuers or f"{place[0].name}政府" in gazetteer.issuers else official
    return gazetteer.issuers[whole].name if whole in gazetteer.issuers else plain


def _english_name(name: str, gazetteer: Gazetteer) -> str:
    """An English name without the country behind it: Ministry of Education of the People's Republic of China."""
    if not name.isascii():
        return name
    name = re.sub(r"^[Tt]he ", "", name.split(" (")[0])
    before, _, country = name.rpartition(" of the ")
    return before if before and any(place.level == "central" for place in gazetteer.places.get(country, ())) else name


def signature(lines: list[Line], gazetteer: Gazetteer) -> tuple[list[str], Date | None]:
    """Who signed and when: a date on a line of its own below, behind or before the bodies.

    The first such place counts, since a circular is signed before what it circulates; failing that, the last line that is a date
    and stands near the end.
    """
    alone: tuple[int, Date] | None = None
    for at, line in enumerate(lines):
        if line.kind == "table" or not 6 <= len(line.text) <= 2 * SHORT:
            continue
        if date := whole_date(line.text):
            if bodies := _above(lines, at, gazetteer):
                return bodies, date
            near_end = at >= len(lines) - 12 and date.precision == "day"
            if near_end or (alone is None and at < 40):
                alone = at, date
        elif found := _with_bodies(line.text, gazetteer):
            return found
    return [], alone[1] if alone else None


def _above(lines: list[Line], at: int, gazetteer: Gazetteer) -> list[str]:
    """The bodies on the lines right above a date; the person who signed may stand between."""
    found: list[str] = []
    for line in reversed(lines[max(0, at - 40) : at]):
        bodies = bodies_in(line.text, gazetteer) if len(line.text) <= 4 * SHORT and line.kind != "table" else []
        if not bodies and not found and PERSON.fullmatch(line.text):
            continue
        if not bodies:
            break
        found = bodies + found
    return found


def _with_bodies(text: str, gazetteer: Gazetteer) -> tuple[list[str], Date] | None:
    """Bodies and a date on one line: 水土环境部2022年3月22日, 国家数据局 2024-10-18."""
    found = re.fullmatch(
        rf"(?P<bodies>[{HAN}（）、 ]{{2,90}}?)\s?(?P<date>(?:[12]\s?[\d\s]{{3,6}}|[二一][〇零○OoＯ一二三四五六七八九]{{3}}|民国).{{4,16}})",
        text,
    )
    date = whole_date(found["date"]) if found else None
    bodies = bodies_in(found["bodies"], gazetteer) if found and date else []
    return (bodies, date) if date and bodies else None


def title_issuers(title: str, gazetteer: Gazetteer) -> list[str]:
    """The bodies a title begins with: 教育部 财政部关于…, 某某省2021年政府工作报告."""
    plain = re.sub(r"^(?:19|20)\d\d\s?年度?", "", title)
    if not (found := _TITLE_BEFORE.search(plain)):
        return []
    before = re.sub(r"(?:19|20)\d\d\s?年度?", "", plain[: found.start()]).strip(" ：:（(—-")
    if found[0].endswith("工作报告"):
        return _reporting(before, "政府" in found[0], gazetteer)
    parts = [body for part in re.split(r"[、，, \u3000]+", before) for body in apart(_AND_OTHERS.sub("", part), gazetteer)]
    bodies = [without_sitting(part) for part in parts if part]
    return bodies if bodies and all(is_body(body, gazetteer) for body in bodies) else []


def _reporting(before: str, government: bool, gazetteer: Gazetteer) -> list[str]:
    """Who gives a work report: the body named, or the government of the place named."""
    before = without_country(before, gazetteer)
    if before and (BODY_END.search(before) or before in gazetteer.issuers) and is_body(before, gazetteer):
        return [before]
    place = place_at(before, gazetteer)
    return [f"{place[0].name}政府"] if place and government else []


def head_issuers(head: list[Line], gazetteer: Gazetteer) -> list[str]:
    """The bodies in the head of a document: 某某省人民政府文件, 某某部令; several may stand above each other."""
    found: list[str] = []
    for line in head[:8]:
        if len(line.text) > 4 * SHORT or line.kind == "table":
            continue
        named = _RED_HEAD.fullmatch(line.text) or re.fullmatch(r"(.{2,40}?)(?:令|公告)\s?[（(]?第.{1,12}号[）)]?", line.text)
        bodies = bodies_in(named[1] if named else line.text, gazetteer)
        if not bodies and found:
            break
        found += bodies
    return list(dict.fromkeys(found))


def place_of_issuers(issuers: Iterable[str], gazetteer: Gazetteer) -> tuple[str, str | None] | None:
    """Level and region of the first issuer that tells; ("other", None) if none of them does; none without issuers."""
    seen = False
    for name in issuers:
        seen = True
        if found := _place_of(name, gazetteer):
            return found
    return ("other", None) if seen else None


def _place_of(name: str, gazetteer: Gazetteer) -> tuple[str, str | None] | None:
    plain = without_country(name, gazetteer)
    if name.isascii():  # General Office of the Ministry of Education
        plain = re.sub(r"^.{0,30}(?:Office|Department)s? of (?:the )?", "", _english_name(name, gazetteer))
    listed = issuer_at(plain, gazetteer) or issuer_at(name, gazetteer)
    if listed:
        rest = plain[listed[1] :]
        if rest and place_at(rest, gazetteer):  # 国家税务总局 + 山东省税务局
            return _place_of(rest, gazetteer)
        return listed[0].level, listed[0].region or None
    return place_of_text(plain, gazetteer)


def place_of_text(text: str, gazetteer: Gazetteer) -> tuple[str, str | None] | None:
    """Level and region of the place a name or title begins with."""
    found = place_at(text, gazetteer)
    if not found:
        return None
    place, length = found
    if place.level in ("province", "city") and _OWN_COUNTY.match(text[length:]) and BODY_END.search(text):
        return "county", region_of(place, gazetteer)
    return place.level, region_of(place, gazetteer)


def own_place(lines: list[Line], gazetteer: Gazetteer) -> tuple[str, str | None] | None:
    """Level and region of the place a text calls its own: where it says 我省 or 全市, the province or city it names most often."""
    text = "\n".join(line.text for line in lines[:80])[:8000]
    called = Counter(found[1] for found in _OUR_PLACE.finditer(text))
    if not called:
        return None
    kind = called.most_common(1)[0][0]
    named: Counter[Place] = Counter()
    at = 0
    while at < len(text):
        found = place_at(text[at : at + 30], gazetteer)
        if found and found[0].name.endswith(kind):
            named[found[0]] += 1
        at += found[1] if found else 1
    best = named.most_common(1)
    return (best[0][0].level, region_of(best[0][0], gazetteer)) if best and best[0][1] > 1 else None
