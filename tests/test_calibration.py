"""How often metadata are right, and whether a confidence says so: the tables of docs/quality.md.

`pytest tests/test_calibration.py -s` prints them. Third-party texts are not shipped; without them only the demo is measured.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from test_metadata import CHINA, CORPORA, LAN, read_all

from pipeline.config import DEMO
from pipeline.ingest.candidates import DATES, LISTS, base
from pipeline.ingest.gazetteer import Gazetteer
from pipeline.ingest.layout import Layout
from pipeline.ingest.metadata import describe
from pipeline.records import Candidate

# file → days of signature and of publication, read by hand on the pages of policy-html-govcn
BY_HAND = """
01 2019-01-27 2019-02-15  03 2019-01-24 2019-02-13  05 2019-01-12 2019-01-25  07 2018-12-29 2019-01-21  09 2018-12-30 2019-01-14
11 2018-12-28 2019-01-08  13 2018-12-05 2019-01-03  15 2018-12-21 2018-12-29  17 2018-12-07 2018-12-27  19 1996-06-29 2018-12-24
21 2004-08-12 2018-12-24  23 2004-11-04 2018-12-24  25 2005-03-03 2018-12-24  27 2006-09-07 2018-12-24  29 2006-09-07 2018-12-24
31 2004-12-17 2018-12-24  33 2018-12-18 2018-12-22  35 2018-12-04 2018-12-20  37 2018-12-06 2018-12-10  39 2018-11-16 2018-12-05
41 2005-06-11 2018-12-03  43 1996-02-06 2018-12-03  45 1996-11-05 2018-12-03  47 2004-06-26 2018-12-03  49 2004-01-16 2018-12-02
51 1997-02-04 2018-12-02  53 2018-11-23 2018-11-28  55 2018-11-20 2018-11-27  57 2018-11-07 2018-11-23  59 2018-11-05 2018-11-12
"""
BANDS = ((0.95, 1.01, 0.98), (0.8, 0.95, 0.8), (0.5, 0.8, 0.5), (0.0, 0.5, 0.0))  # from, below, floor of the share right

Truth = dict[str, list[str]]  # field → what is right; no value: nothing should be found
Known = tuple[str, Layout, dict[str, str], Gazetteer, Truth]  # source, text, facts, places, truth


def demo() -> Iterator[Known]:
    with (DEMO / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row.pop("source"): row for row in csv.DictReader(file)}
    for source, layout, facts in read_all(DEMO / "documents"):
        if source in rows:
            truth = {name: [one for one in re.split(";", value) if one and one != "none"] for name, value in rows[source].items()}
            yield source, layout, facts, LAN, truth


def pages() -> Iterator[Known]:
    with (CORPORA / "policy-html-govcn" / "metadata.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    words = BY_HAND.split()
    days = {name: (written, published) for name, written, published in zip(*[iter(words)] * 3, strict=True)}
    for source, layout, facts in read_all(CORPORA / "policy-html-govcn"):
        row = rows[source.rpartition("/")[2]]
        written, published = days[row["file"][:2]]
        kind = "law" if row["title"].endswith("条例") else "policy"
        yield source, layout, facts, CHINA, {
            "title": [row["title"]], "issuers": row["release_office"].split("、"), "doc_number": [row["release_number"]],
            "written": [written], "published": [published], "date": [written], "level": ["central"], "region": [], "kind": [kind],
        }  # fmt: skip


def bare_pages() -> Iterator[Known]:
    """The same without the table of facts of the page, which also tells the day of publication."""
    for source, layout, _, places, truth in pages():
        yield source, layout, {}, places, {name: value for name, value in truth.items() if name != "published"}


def laws() -> Iterator[Known]:
    for source, layout, facts in read_all(CORPORA / "laws-md"):
        if "_index" not in source:
            place = {} if "DLC__" in source else {"level": ["central"], "region": []}
            yield source, layout, facts, CHINA, {"title": [layout.text.split("\n")[0]], "kind": ["law"], **place}


def versions() -> Iterator[Known]:
    """The laws under names without their dates, which are the truth: most texts tell of fewer changes than were made."""
    for source, layout, facts, places, _ in laws():
        if dated := re.search(r"\((\d{4}-\d\d-\d\d)\)", source):
            yield source.replace(dated[0], ""), layout, facts, places, {"written": [dated[1]], "date": [dated[1]]}


def reports() -> Iterator[Known]:
    for source, layout, facts in read_all(CORPORA / "work-reports-national"):
        kind = "policy" if facts["title"].endswith("决议") else "report"
        yield source, layout, facts, CHINA, {"kind": [kind], "level": ["central"], "region": []}
    for source, layout, facts in read_all(CORPORA / "work-reports-provinces-2026"):
        yield source, layout, facts, CHINA, {"kind": ["report"], "level": ["province"], "region": [facts["region"]]}


SETS = {
    "demo": demo, "government pages": pages, "the same, text alone": bare_pages, "laws": laws, "laws, dates from the text": versions,
    "work reports": reports,
}  # fmt: skip
HARD = {"laws, dates from the text": 0.5}  # share of a set that may be wrong; of the others one of thirty
Outcomes = dict[str, list[tuple[str, Candidate, bool, str]]]  # set → field, candidate, whether it is right, source


def judged(name: str) -> Iterator[tuple[str, Candidate, bool, str]]:
    """Every candidate of a set for a field whose truth is known; an empty one, used, where a field has none."""
    for source, layout, facts, places, truth in SETS[name]():
        found = describe(layout, facts, source, places)
        for field, values in truth.items():
            of_field = [one for one in found if one.field == field] or [Candidate(field, [], "none", 0, used=True)]
            yield from ((field, one, (one.values if field in LISTS else one.values[:1]) == values, source) for one in of_field)


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    return {name: list(judged(name)) for name in SETS if name == "demo" or CORPORA.is_dir()}


def test_fields_are_right_as_often_as_before(outcomes: Outcomes) -> None:
    for name, rows in outcomes.items():
        used = [(field, right) for field, one, right, _ in rows if one.used]
        of, wrong = Counter(field for field, _ in used), Counter(field for field, right in used if not right)
        print(f"\n| {name} | " + ", ".join(f"{field} {of[field] - wrong[field]} of {of[field]}" for field in of) + " |")
        assert {field: n for field, n in wrong.items() if n > HARD.get(name, 1 / 30) * of[field]} == {}


def test_a_confidence_says_how_often_a_value_is_right(outcomes: Outcomes) -> None:
    used = [(one.confidence, right) for rows in outcomes.values() for _, one, right, _ in rows if one.used and one.values]
    print("\n| confidence | right | n |\n| --- | ---: | ---: |")
    for low, high, floor in BANDS:
        of_band = [right for confidence, right in used if low <= confidence < high]
        print(f"| {low} to {high} | {sum(of_band) / max(len(of_band), 1):.3f} | {len(of_band)} |")
        assert sum(of_band) >= floor * len(of_band)


def test_no_place_is_worse_than_it_is_said_to_be(outcomes: Outcomes) -> None:
    places: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for rows in outcomes.values():
        for field, one, right, _ in rows:
            if one.values and field != "date":  # which has what is written and what is published
                places["date" if field in DATES else field, one.origin].append(right)
    print("\n| field | place | right | said | n |\n| --- | --- | ---: | ---: | ---: |")
    for (field, origin), right in sorted(places.items()):
        print(f"| {field} | {origin} | {sum(right) / len(right):.2f} | {base(field, origin):.2f} | {len(right)} |")
        assert sum(right) >= (base(field, origin) - 0.05) * len(right) - 2  # a few are no evidence
