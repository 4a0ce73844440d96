"""At which level and for which region a document is: every place that tells of it."""

import re

from pipeline.ingest.candidates import Found
from pipeline.ingest.gazetteer import Gazetteer, issuer_at, place_at, region_of, without_country
from pipeline.ingest.metadata.issuers import own_place, place_of_issuers, place_of_text
from pipeline.ingest.metadata.numbers import number_place
from pipeline.ingest.metadata.reading import Read, folders_of

_Place = tuple[str, str | None]  # level and region


def levels_and_regions(read: Read, issuers: list[str], places: Gazetteer) -> tuple[list[Found], list[Found]]:
    """What each place says about the level and about the region: the issuers, the table, the title, the number, the folder, the text.

    What is central has no region, whatever other places say.
    """
    cell = read.facts.get("region", "").split("\n")[0].strip()
    given = place_at(cell, places) if cell else None
    region = region_of(given[0], places) if given else cell or None
    if read.kind in ("paper", "record"):
        return [("issuers", ["other"])] if issuers else [], [(read.given, [region])] if region else []
    found = [(origin, place) for origin, place in _places(read, issuers, places) if place and place[0] != "other"]
    if given:
        stated = (read.given, (given[0].level, region))
        found.insert(1 if found and found[0][0] == "issuers" else 0, stated)
    elif region:
        found.append((read.given, ("", region)))
    levels: list[Found] = [(origin, [level]) for origin, (level, _) in found if level]
    if issuers and not levels:
        levels = [("issuers", ["other"])]
    if found and found[0][1][0] == "central":
        return levels, []
    return levels, [(origin, [named]) for origin, (_, named) in found if named]


def _places(read: Read, issuers: list[str], places: Gazetteer) -> list[tuple[str, _Place | None]]:
    plain = re.sub(r"^\W*(?:(?:19|20)\d\d\s?年度?)?", "", read.heading)
    country = ("central", None) if without_country(plain, places) != plain else None
    return [
        ("issuers", place_of_issuers(issuers, places) if issuers else None),
        ("title", place_of_text(plain, places)),
        ("number", number_place(read.number, places)),
        ("title", country),
        ("folder", ("central", None) if _is_national(read, places) else None),
        ("folder", _place_of_folder(read.source, places)),
        ("text", own_place(read.lines, places) if read.kind != "other" else None),
    ]


def _is_national(read: Read, places: Gazetteer) -> bool:
    """Whether a folder says that the laws in it are those of the state: by their kind, or by a central body."""
    return read.kind == "law" and any(
        re.search("行政法规|部门规章", name) or _is_central(name, places) for name in folders_of(read.source)
    )


def _is_central(name: str, places: Gazetteer) -> bool:
    found = issuer_at(name, places)
    return found is not None and found[0].level == "central"


def _place_of_folder(source: str, places: Gazetteer) -> _Place | None:
    for part in reversed(re.split(r"[/!_#\s-]+", source)):
        if found := place_at(part, places, whole=True):
            return found[0].level, region_of(found[0], places)
    return None
