"""Made-up rows of the tables that say what moved, why and how sure, for the small run of the report's tests."""

import random
from typing import Any

from pipeline.records import Adoption, Change, Comparison, Coordination, Coupling, Lead, Part, Reuse, TrendPoint

YEARS = [str(year) for year in range(2018, 2024)]
STANCES = ("problem", "measure", "description")
GROUPS = {
    "all": 8, "level=central": 2, "level=province": 5, "province=松汀省": 3, "province=朔川省": 6, "kind=policy": 6, "kind=report": 2,
}  # fmt: skip
LEVELS = {"technology_empowerment": (60, 25), "silos.barrier": (90, -8), "standardization": (20, 2)}
SCALES = {"per_1000_sentences": 1.0, "mean_per_1000_sentences": 0.9, "per_10000_characters": 0.5, "share_of_documents": 0.005}
TERMS = ("term:大数据", "term:信息孤岛")
FEW = "fewer than 5 documents"
ROUGH = "few documents: the interval is rough"


def write_trends(rows: dict[str, list[Any]], codes: list[str], draw: random.Random) -> None:
    """Six years of every code in every unit and group, by stance, without what is copied; two terms; three topics."""
    for at, year in enumerate(YEARS):
        for group, size in GROUPS.items():
            for code in codes:
                base, slope = LEVELS.get(code, (70, 0))
                value = base + slope * at + draw.uniform(-6, 6)
                sure = size >= 5 and (code, at) != ("standardization", 2)
                parts = [*((f"{code}/{stance}", 0.3) for stance in STANCES), (f"{code}/own", 0.8)] if group == "all" else []
                for name, share in [(code, 1.0), *parts]:
                    rows["trends"] += _in_units(year, name, group, value * share, sure, size, at)
        for number, term in enumerate(TERMS):
            rows["trends"] += _in_units(year, term, "all", 30 + 10 * number + 4 * at, True, 8, at)
        rows["trends"] += [
            TrendPoint(year, f"topic:{n}", "all", 0.2 + 0.05 * n, 0.1, 0.4, 8, 64, "mean_share", False, "") for n in range(3)
        ]


def _in_units(year: str, name: str, group: str, value: float, sure: bool, size: int, at: int) -> list[TrendPoint]:
    reason = "" if sure and group == "all" else ROUGH if sure else FEW
    found = []
    for unit, scale in SCALES.items():
        long = 0.6 if unit.startswith("mean") and at == 3 and group == "all" else 1.0  # one long document carries this year
        middle = value * scale * long
        band = (middle * 0.8, middle * 1.2) if sure else (None, None)
        found.append(TrendPoint(year, name, group, middle, *band, size, size * 8, unit, False, reason))
    return found


def write_moves(rows: dict[str, list[Any]], codes: list[str]) -> None:
    """One code rises, one jumps, one falls by chance, one has too few points; one stands after a named document."""
    unit = "per_1000_sentences"

    def change(series: str, kind: str, **values: Any) -> Change:
        empty = dict.fromkeys(("period", "since", "effect", "low", "high", "before", "after", "p", "q", "support"))
        return Change(**{"series": series, "group": "all", "unit": unit, "kind": kind, "n_periods": 6, "reason": "", **empty, **values})  # fmt: skip

    sure = {"low": 18.0, "high": 30.0, "before": 61.0, "after": 184.0, "p": 0.002, "q": 0.011}
    rows["changes"] += [
        change("technology_empowerment", "trend", effect=24.6, **sure),
        change("technology_empowerment", "level", period="2021", effect=74.0, low=50.0, high=96.0, before=85.0, after=159.0,
               p=0.004, q=0.02, support=0.93),
        change("silos.barrier", "trend", effect=-8.1, low=-14.0, high=-2.0, before=92.0, after=51.0, p=0.02, q=0.06),
        change("silos.barrier", "level", period="2020", effect=-22.0, low=-44.0, high=1.0, before=88.0, after=66.0, p=0.08,
               q=0.16, support=0.41),
        change("standardization", "trend", reason="fewer than 6 periods with a value"),
        change("technology_empowerment", "since", period="2022", since="岚发〔2022〕14号", effect=41.0, low=12.0, high=70.0,
               before=120.0, after=161.0, p=0.01, q=0.03),
        change("silos.bridging", "since", period="2022", since="岚发〔2022〕14号", effect=3.0, low=-9.0, high=14.0, before=70.0,
               after=73.0, p=0.6, q=0.7),
        change("technology_empowerment", "slope_since", period="2022", since="岚发〔2022〕14号", effect=2.0, low=-6.0, high=9.0,
               p=0.5, q=0.6),
        change("technology_empowerment", "trend", group="province=朔川省", effect=20.0, low=9.0, high=31.0, before=60.0,
               after=160.0, p=0.01, q=0.04),
        change("technology_empowerment", "level", group="province=朔川省", period="2020", effect=50.0, low=30.0, high=71.0,
               before=66.0, after=116.0, p=0.01, q=0.03, support=0.72),
    ]  # fmt: skip
    for at, code in enumerate(codes):
        base, slope = LEVELS.get(code, (70, 0))
        for before, after in (("2018", "2020"), ("2020", "2023"), ("2018", "2023")):
            change_of = slope * (int(after) - int(before)) + at
            within, issuers = 0.7 * change_of, -0.2 * change_of - 1
            rows["decomposition"].append(
                Part(code, "all", unit, before, after, base, base + change_of, within, issuers, change_of - within - issuers,
                     within - 9, within + 9, 0.8 - 0.1 * at, "")
            )  # fmt: skip


def write_sides(rows: dict[str, list[Any]], codes: list[str], words: tuple[str, ...]) -> None:
    """Central against provincial documents, as they are and matched."""
    for matched in (False, True):
        for at, code in enumerate(codes):
            a, b = 60 + 14 * at, 60 + 6 * at + (20 if at % 2 else 0)
            q = 0.01 if abs(a - b) > 15 else 0.3
            rows["comparisons"].append(
                Comparison("level=central", "level=province", "code", code, matched, 40, 50, a, b, a - b - 14, a - b + 14, 0.2, 0.3,
                           1.5, 4.0, 9, 20, 0.2, 0.3, q / 2, q, "")
            )  # fmt: skip
        for at, word in enumerate(words):
            z = 6.0 - 0.8 * at
            rows["comparisons"].append(
                Comparison("level=central", "level=province", "word", word, matched, 30 + at, 60 - at, 20.0, 12.0, 2.0, 14.0, 0.7,
                           z / 4, z, z * 3, 9, 20, 0.2, 0.5, 0.01, 0.02 if abs(z) > 2 else 0.4, "")
            )  # fmt: skip


def write_framework(rows: dict[str, list[Any]], codes: list[str]) -> None:
    """Couplings of all pairs in all periods, one of them without a value, and the degree of one pair."""
    for period in ("all", *YEARS):
        for i, a in enumerate(codes):
            for j, b in enumerate(codes):
                if i == j:
                    continue
                lift = 0.6 + 0.35 * ((i + j) % 5) + (0.05 * (int(period) - 2018) if period != "all" else 0)
                sure, q = (i + j) % 5 != 1, 0.01 if (i + j) % 3 else 0.3
                band = (round(lift * 0.7, 3), round(lift * 1.3, 3)) if sure else (None, None)
                rows["couplings"].append(
                    Coupling(period, "all", a, b, 40 + 9 * i, 40 + 9 * j, 12, 0.3, lift if sure else None, *band,
                             q / 2 if sure else None, q if sure else None, 8, "" if sure else FEW)
                )  # fmt: skip
    for at, period in enumerate(YEARS):
        a, b, d = 0.1 + 0.16 * at, 0.4 + 0.05 * at, 0.4 + 0.08 * at
        rows["coordination"].append(
            Coordination(period, "all", codes[-1], codes[1], a, b, 0.9, (a + b) / 2, d, d - 0.1, d + 0.1,
                         "near_imbalance" if d < 0.5 else "primary_coordination")
        )  # fmt: skip


def write_downward(rows: dict[str, list[Any]]) -> None:
    """Sentences of provinces that stand in a central document, who took up what when, and who goes first."""
    central = next(row for row in rows["documents"] if row.level == "central")
    upstream = next(row for row in rows["segments"] if row.doc_id == central.doc_id)
    below = [row for row in rows["documents"] if row.level == "province"][:6]
    for at, document in enumerate(below):
        copied = [row for row in rows["segments"] if row.doc_id == document.doc_id][: 1 + at % 3]
        rows["reuse"] += [
            Reuse(row.doc_id, row.seg_id, row.start, row.end, central.doc_id, upstream.seg_id, upstream.start, upstream.end, 0.9)
            for row in copied
        ]
    rows["adoptions"] += [
        Adoption("technology_empowerment", "code", "province", "2018-01-12", "松汀省", 31, 120, 60, 300, 2, 0, 2, ""),
        Adoption(
            "term:大数据", "term", "province", "2018-02-12", "朔川省", 62, None, None, None, 1, 1, 3, "fewer than half adopt"
        ),
        Adoption(
            "岚发〔2022〕14号", "cited", "province", "2022-03-01", None, None, None, None, None, 0, 0, 3, "no province adopts it"
        ),
    ]
    for lag in (-2, -1, 0, 1, 2):
        r = 0.7 - 0.2 * abs(lag - 1)
        rows["leads"].append(
            Lead("level=central", "level=province", "technology_empowerment", "", lag, r, r - 0.4, r + 0.2, 6, "")
        )
    rows["leads"].append(
        Lead("technology_empowerment", "institutional_adaptation", "", "all", 0, None, None, None, 3, "fewer than 8 periods")
    )
