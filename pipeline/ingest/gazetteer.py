"""Places and issuing bodies: which names there are, at which level, in which region. The names stand in files, none in code.

places.csv: `name,short,level,parent[,abbr]`; level is central (the country itself, whose name bodies put before their own),
province, city or county; abbr is the character that stands for the place in document numbers. A name may stand there twice
with different parents. issuers.csv: `name,short,level,region`; several short names are separated by `;`, `{}` is any
place. Two more files may stand beside issuers.csv, else the shipped ones are taken. departments.csv: `abbr,of,name,since,until`, how
document numbers call bodies; `of` is province, municipality, city, central or a place's name, `{}` is the place, `…` after an abbr says
that letters for a division may follow, an empty name that the letters do not tell. renamed.csv: `name,successor,year`.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.config import LEXICONS
from pipeline.errors import SettingsError

PLACE_LEVELS = ("central", "province", "city", "county")
ISSUER_LEVELS = ("central", "province", "city", "county", "other")
_MOST_RENAMED = 9  # no body has had more names; a ring in the file ends here
_OFFICE = re.compile(r"(?:办公厅|办公室|党组)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of administration."""

    name: str  # in full
    short: str  # "" where the short form is an everyday word
    level: str  # one of PLACE_LEVELS
    parent: str  # name of the unit above; "" for provinces
    abbr: str  # how document numbers call it; "" when unknown


@dataclass(frozen=True, slots=True)
class Issuer:
    """A body that issues documents."""

    name: str
    shorts: tuple[str, ...]
    level: str  # one of ISSUER_LEVELS
    region: str  # full name of a province or city; "" for central bodies


@dataclass(frozen=True, slots=True)
class Department:
    """A body as document numbers call it."""

    name: str  # {} is the place; "" when the letters do not tell
    divisions: bool  # whether letters for its divisions may follow
    since: int  # the years it was so called
    until: int


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """What is known by name. Every form of a name leads to its places or its body."""

    places: Mapping[str, tuple[Place, ...]]  # name or short → all places so called
    issuers: Mapping[str, Issuer]  # name or short → body
    abbrs: Mapping[str, Place]
    departments: Mapping[tuple[str, str], tuple[Department, ...]]  # whose and how numbers call it → all bodies so called
    renamed: Mapping[str, tuple[str, ...]]  # name → what took its place; {} is a place
    longest: int  # characters of the longest form
    openings: frozenset[str]  # the first two characters of every form: most of a text begins no name


def read_gazetteer(places: Path, issuers: Path) -> Gazetteer:
    """All four files, read once a process. Raises SettingsError: file and line of all that is wrong in them."""
    files = files_of(places, issuers)
    return _read(*files, *map(_changed, files))


def files_of(places: Path, issuers: Path) -> list[Path]:
    """The files a gazetteer is read from: places, issuers, departments and renamed bodies."""
    return [places, issuers, *(_beside(issuers, name) for name in ("departments.csv", "renamed.csv"))]


def place_at(text: str, gazetteer: Gazetteer, *, whole: bool = False) -> tuple[Place, int] | None:
    """The place a text begins with and how many characters that takes; 河北省唐山市… gives 唐山市.

    A name that several places share counts only below its parent. With `whole`, short forms must be the whole text.
    """
    found: tuple[Place, int] | None = None
    at = 0
    while step := _one_place(text[at:], gazetteer, above=found[0] if found else None, whole=whole):
        found, at = (step[0], at + step[1]), at + step[1]
        if found[0].level == "county":
            break
    return found


def region_of(place: Place, gazetteer: Gazetteer) -> str | None:
    """Full name of the province or city a place is or lies in; none for the country."""
    if place.level == "central":
        return None
    if place.level == "county" and place.parent in gazetteer.places:
        return place.parent
    return place.name


def province_of(region: str | None, gazetteer: Gazetteer) -> str | None:
    """Full name of the province that a province or city is or lies in; none when several cities of other provinces are so called."""
    found = {place.name if place.level == "province" else place.parent for place in gazetteer.places.get(region or "", ())}
    return found.pop() if len(found) == 1 else None


def issuer_at(text: str, gazetteer: Gazetteer) -> tuple[Issuer, int] | None:
    """The listed body a text begins with and how many characters that takes."""
    if text[:2] not in gazetteer.openings:
        return None
    for length in range(min(gazetteer.longest, len(text)), 1, -1):
        if (issuer := gazetteer.issuers.get(text[:length])) is not None:
            return issuer, length
    return None


def without_country(text: str, gazetteer: Gazetteer) -> str:
    """A name without the country's before it."""
    for length in range(min(gazetteer.longest, len(text)), 1, -1):
        if any(place.level == "central" for place in gazetteer.places.get(text[:length], ())):
            return text[length:]
    return text


def kind_of_place(place: Place) -> str:
    """How departments.csv calls its level: province, municipality or city, which counties are too."""
    if place.level == "province":
        return "municipality" if place.name.endswith("市") else "province"
    return "city"


def of_place(pattern: str, place: str) -> str:
    """The name of a place's body: {}财政厅, 中共{}委."""
    return pattern.replace("{}", place).replace("自治区委", "自治区委员会").replace("委员会员会", "委员会")


def current_name(name: str, gazetteer: Gazetteer) -> str:
    """What a body, or the one that took its place, is called now: 国土资源部 → 自然资源部, 北山省农业厅 → 北山省农业农村厅."""
    for _ in range(_MOST_RENAMED):
        later = _successor(name, gazetteer)
        if later is None:
            break
        name = later
    return name


def _successor(name: str, gazetteer: Gazetteer) -> str | None:
    """The next name of a body, or of the office of one: 农业部办公厅."""
    plain = without_country(name, gazetteer)
    for body in dict.fromkeys((plain, _OFFICE.sub("", plain))):
        listed = gazetteer.issuers.get(body)
        for form in (body, listed.name if listed else ""):
            if later := gazetteer.renamed.get(form):
                return later[0] + plain[len(body) :]
        place, length = place_at(body, gazetteer) or (None, 0)
        for pattern in gazetteer.renamed.get("{}" + body[length:], ()) if place else ():
            # 厅 is what provinces have; municipalities and cities have 局 and 委员会
            if not pattern.endswith("厅") or (place and kind_of_place(place) == "province"):
                return of_place(pattern, body[:length]) + plain[len(body) :]
    return None


def _one_place(text: str, gazetteer: Gazetteer, *, above: Place | None, whole: bool) -> tuple[Place, int] | None:
    if text[:2] not in gazetteer.openings:
        return None
    for length in range(min(gazetteer.longest, len(text)), 1, -1):
        form = text[:length]
        candidates = [place for place in gazetteer.places.get(form, ()) if place.level != "central"]
        if whole and length < len(text):
            candidates = [place for place in candidates if place.name == form]
        if above is not None:
            candidates = [place for place in candidates if _lies_in(place, above, gazetteer)]
        # 吉林市 is a city and, without its last character, a province: the longer form was tried first
        if len(candidates) == 1:
            return candidates[0], length
    return None


def _lies_in(place: Place, above: Place, gazetteer: Gazetteer) -> bool:
    return place.parent == above.name or any(one.parent == above.name for one in gazetteer.places.get(place.parent, ()))


def _beside(issuers: Path, name: str) -> Path:
    own = issuers.with_name(name)
    return own if own.is_file() else LEXICONS / name


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        raise SettingsError(f"no file {path}; set ingest.places and ingest.issuers to files that are there") from None


@cache
def _read(places: Path, issuers: Path, departments: Path, renamed: Path, *changed: int) -> Gazetteer:
    problems: list[str] = []
    by_name = _places(places, problems)
    bodies = _issuers(issuers, problems)
    of_numbers = _departments(departments, problems)
    later = _renamed(renamed, problems)
    if problems:
        raise SettingsError(*problems)
    abbrs = {one.abbr: one for group in by_name.values() for one in group if one.abbr}
    longest = max(map(len, [*by_name, *bodies]), default=0)
    openings = frozenset(form[:2] for form in [*by_name, *bodies])
    return Gazetteer(by_name, bodies, abbrs, of_numbers, later, longest, openings)


def _places(path: Path, problems: list[str]) -> dict[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = defaultdict(list)
    parents: list[tuple[str, str]] = []
    abbrs: dict[str, str] = {}
    for where, (name, short, level, parent, abbr) in _rows(path, ("name", "short", "level", "parent"), ("abbr",), problems):
        if level not in PLACE_LEVELS:
            problems.append(f"{where}: level '{level}'; write one of {', '.join(PLACE_LEVELS)}")
        if any(one.parent == parent for one in found.get(name, ()) if one.name == name):
            problems.append(f"{where}: '{name}' stands there twice; leave one out")
        if abbr and abbrs.setdefault(abbr, name) != name:
            problems.append(f"{where}: '{abbr}' already stands for {abbrs[abbr]}; leave it out of one of them")
        parents.append((where, parent))
        for form in dict.fromkeys(filter(None, (name, short))):
            found[form].append(Place(name, short, level, parent, abbr))
    problems += [
        f"{where}: no place called '{parent}'; add it or correct it" for where, parent in parents if parent not in {"", *found}
    ]
    return {form: tuple(group) for form, group in found.items()}


def _issuers(path: Path, problems: list[str]) -> dict[str, Issuer]:
    found: dict[str, Issuer] = {}
    shorts: dict[str, Issuer] = {}
    for where, (name, short, level, region) in _rows(path, ("name", "short", "level", "region"), (), problems):
        if level not in ISSUER_LEVELS:
            problems.append(f"{where}: level '{level}'; write one of {', '.join(ISSUER_LEVELS)}")
        issuer = Issuer(name, tuple(filter(None, map(str.strip, short.split(";")))), level, region)
        if found.setdefault(name, issuer) is not issuer:
            problems.append(f"{where}: '{name}' stands there twice; leave one out")
        for form in issuer.shorts:
            if shorts.setdefault(form, issuer) is not issuer:
                problems.append(f"{where}: '{form}' is already short for {shorts[form].name}; leave it out of one of them")
    return shorts | found


def _departments(path: Path, problems: list[str]) -> dict[tuple[str, str], tuple[Department, ...]]:
    found: dict[tuple[str, str], list[Department]] = defaultdict(list)
    for where, (abbr, of, name, since, until) in _rows(path, ("abbr", "of", "name", "since", "until"), (), problems, filled=2):
        if not all(re.fullmatch(r"(?:\d{4})?", year) for year in (since, until)):
            problems.append(f"{where}: years '{since}' and '{until}'; write four digits or nothing")
            continue
        row = Department(name, abbr.endswith("…"), int(since or 0), int(until or 9999))
        found[of, abbr.removesuffix("…")].append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _renamed(path: Path, problems: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for _, (name, successor, _) in _rows(path, ("name", "successor", "year"), (), problems, filled=3):
        found[name].append(successor)
    return {name: tuple(successors) for name, successors in found.items()}


def _rows(
    path: Path, needed: Sequence[str], further: Sequence[str], problems: list[str], *, filled: int = 0
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The rows of a csv file as `file:line` and the cells of the named columns; the first `filled`, else name and level, not empty."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: not readable as UTF-8 ({error}); save it again as csv in UTF-8")
        return
    header = [cell.strip() for cell in next(csv.reader(lines[:1]), [])]
    if missing := [name for name in needed if name not in header]:
        problems.append(f"{path}:1: no column {', '.join(missing)}; the first line must be {','.join([*needed, *further])}")
        return
    musts = needed[:filled] or (needed[0], "level")
    for number, line in enumerate(lines[1:], start=2):
        cells = [cell.strip() for cell in next(csv.reader([line]), [])]
        if not any(cells) or line.lstrip().startswith("#"):
            continue
        row = dict(zip(header, cells, strict=False))
        if len(cells) > len(header) or not all(row.get(name) for name in musts):
            problems.append(f"{path}:{number}: {_and(musts)} are needed, and at most {len(header)} cells: {line.strip()[:60]}")
            continue
        yield f"{path}:{number}", tuple(row.get(name, "") for name in (*needed, *further))


def _and(names: Sequence[str]) -> str:
    return " and ".join(f"a {name}" for name in names)
