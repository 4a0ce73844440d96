"""What the report shows, as plain dicts and lists taken from the tables of a run: selected, joined and sorted, never computed."""

from collections import Counter
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.config import lexicon
from pipeline.errors import NotReadyError
from pipeline.records import STATUSES, TABLES, schema
from pipeline.report.words import Text, named
from pipeline.store import Run
from pipeline.units import period_of, periods_between

if TYPE_CHECKING:
    import pyarrow as pa

# Okabe & Ito's colours, which colour-blind readers can tell apart, darkened where they would fade on white; then Tol's
COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#b8578f", "#c98a00", "#3a9ad9", "#6b6b6b",
    "#332288", "#882255", "#117733", "#999933", "#aa4499",
)  # fmt: skip
LISTED = 12  # bars of a list, groups of a series
MOST_POINTS = 40_000  # of all series in the page
LIBRARIES = ("jieba", "rjieba", "spacy", "scikit-learn", "gensim", "networkx", "numpy", "scipy", "pyarrow", "pypdfium2")
FIELDS = ("title", "date", "issuers", "level", "region", "doc_number", "keywords", "abstract")
ABOUT = (
    "doc_id", "source", "format", "title", "date", "date_precision", "issuers", "level", "region", "doc_number", "kind",
    "authors", "keywords", "abstract", "language", "n_chars", "status", "duplicate_of", "similarity",
)  # fmt: skip


def table(run: Run, name: str, columns: Iterable[str] | None = None) -> "pa.Table":
    """A table of the run; no rows when no stage has made it."""
    wanted = list(columns) if columns else None
    try:
        return run.table(name, wanted)
    except NotReadyError:
        empty = schema(TABLES[name]).empty_table()
        return empty.select(wanted) if wanted else empty


def reason(run: Run, stage: str) -> str:
    """Why a stage had nothing to work on; "" when it did."""
    return store.read_state(run.folder).get("stages", {}).get(stage, {}).get("reason", "")


def read_documents(run: Run) -> list[dict[str, Any]]:
    """All documents without their text, each with its period (none without a date)."""
    rows = table(run, "documents", ABOUT).to_pylist()
    for row in rows:
        row["period"] = period_of(row["date"], row["date_precision"], run.settings.period)
    return rows


def read_codes(run: Run) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The codes in the order of the codebook (id, name, colour), and the codebook's name and version."""
    from pipeline.codebook import read_codebook

    book = read_codebook(lexicon(run.settings.codebook, "codebooks", ".yaml"))
    names: dict[str, Text] = {code.id: {"zh": code.zh, "en": code.en} for code in book.codes}
    used = table(run, "tags", ["code"]).column("code").unique().to_pylist()
    for code in sorted(set(used) - set(names)):
        names[code] = {"zh": code, "en": code}
    codes = [{"id": code, "name": name, "colour": COLOURS[at % len(COLOURS)]} for at, (code, name) in enumerate(names.items())]
    return codes, {"name": book.name, "version": str(book.version)}


def what_was_read(run: Run, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Inputs by status with examples, documents by year, level, region, issuer, kind and format, metadata found."""
    inputs = table(run, "inputs", ["source", "status", "reason"]).to_pylist()
    by_status = Counter(row["status"] for row in inputs)
    unusual = [_status(name, inputs, by_status[name]) for name in STATUSES if name != "ok" and by_status[name]]
    years = Counter(row["date"][:4] for row in documents if row["date"])
    span = [(year, years[year]) for year in periods_between(min(years), max(years))] if years else []
    return {
        "inputs": len(inputs),
        "unusual": unusual,
        "years": span,
        "undated": sum(1 for row in documents if not row["date"]),
        "duplicates": sum(1 for row in documents if row["duplicate_of"]),
        "lists": {
            "by_level": _bars(documents, lambda row: [row["level"]]),
            "by_region": _bars(documents, lambda row: [row["region"] or "none"]),
            "by_issuer": _bars(documents, lambda row: row["issuers"] or ["none"]),
            "by_kind": _bars(documents, lambda row: [row["kind"]]),
            "by_format": _bars(documents, lambda row: [row["format"]]),
        },
        "coverage": [
            {"field": named(field), "found": sum(1 for row in documents if row[field] and row[field] != "none")}
            for field in FIELDS
        ],
    }


def series(run: Run, codes: list[dict[str, Any]]) -> dict[str, Any]:
    """The trends for the charts: periods, and series → group → points [period, value, low, high, documents, segments].

    Of each dimension of groups those with most documents are kept, fewer if there are very many points; stances and topics
    come for all documents only.
    """
    rows = table(run, "trends").to_pylist()
    if not rows:
        return {"periods": [], "series": {}, "units": {}, "cut": False, "points": 0, "without": 0}
    found = sorted({row["period"] for row in rows})
    periods = periods_between(found[0], found[-1])
    known = {code["id"] for code in codes}
    per_group = max(1, len(known) * len(periods))
    n_groups = min(LISTED, MOST_POINTS // per_group // 4)
    kept = _largest_groups(rows, n_groups)
    places = {period: at for at, period in enumerate(periods)}
    shown: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        if row["group"] == "all" or (row["series"] in known and row["group"] in kept):
            point = [places[row["period"]], *(_short(row[name]) for name in ("value", "low", "high"))]
            point += [row["n_documents"], row["n_segments"]]
            shown.setdefault(row["series"], {}).setdefault(row["group"], []).append(point)
    for groups in shown.values():
        for points in groups.values():
            points.sort(key=lambda point: point[0])
    units = {row["series"]: row["unit"] for row in rows}
    counts = {"points": len(rows), "without": sum(row["low"] is None for row in rows)}
    groups_met = {row["group"] for row in rows}
    return {"periods": periods, "series": shown, "units": units, "cut": len(groups_met) > len(kept) + 1, **counts}


def topics(run: Run, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Topics with their leading terms and the three documents they take most of, and the quality of the fit."""
    titles = {row["doc_id"]: row for row in documents}
    leading: dict[int, list[tuple[float, str]]] = {}
    for row in table(run, "doc_topics").to_pylist():
        if row["doc_id"] in titles and titles[row["doc_id"]]["duplicate_of"] is None:
            best = leading.setdefault(row["topic"], [])
            best.append((-row["weight"], row["doc_id"]))
            if len(best) > 200:
                best[:] = sorted(best)[:3]
    found: dict[int, dict[str, Any]] = {}
    for row in sorted(table(run, "topics").to_pylist(), key=lambda row: (row["period"] != "all", row["topic"], row["rank"])):
        topic = found.setdefault(row["topic"], {"topic": row["topic"], "label": row["label"], "terms": [], "documents": []})
        if len(topic["terms"]) < LISTED - 2 and row["term"] not in {term for term, _ in topic["terms"]}:
            topic["terms"].append((row["term"], row["weight"]))
    for number, topic in found.items():
        best = sorted(leading.get(number, []))[:3]
        topic["documents"] = [
            {"title": titles[doc]["title"], "date": titles[doc]["date"], "weight": -weight} for weight, doc in best
        ]
    return {"topics": list(found.values()), "quality": table(run, "topic_quality").to_pylist()}


def maps(run: Run) -> dict[str, Any]:
    """Both maps: the most frequent nodes with their counts by period, and the backbone links among them."""
    nodes, links = table(run, "nodes").to_pylist(), table(run, "links")
    links = links.filter(links.column("backbone")).to_pylist()
    periods = sorted({row["period"] for row in nodes} - {"all"})
    shown = {kind: _map(kind, nodes, links, periods, run.settings.report.map_terms) for kind in ("term", "code")}
    return {"periods": periods, **shown}


def how_it_was_made(run: Run, book: dict[str, str], codes: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows made and reasons by stage, settings, versions, codebook; times, folders and the engine change no result: left out."""
    made = {
        "ingest": ("inputs", "documents"), "segment": ("segments",), "tag": ("tags", "contexts"),
        "topics": ("topics", "doc_topics", "topic_quality"), "cooccur": ("nodes", "links"), "trends": ("trends",),
    }  # fmt: skip
    stages = [
        {"stage": named(stage), "tables": [(name, run.rows(name)) for name in names], "reason": reason(run, stage)}
        for stage, names in made.items()
    ]
    settings = run.settings.model_dump(exclude={"engine"})
    return {
        "stages": stages,
        "settings": [pair for name, value in settings.items() for pair in _flat(name, value)],
        "versions": [("wenmai", version("wenmai")), *((name, version(name)) for name in LIBRARIES)],
        "seed": run.settings.seed,
        "codebook": {**book, "n": len(codes)},
    }


def _status(name: str, inputs: list[dict[str, Any]], count: int) -> dict[str, Any]:
    rows = [row for row in inputs if row["status"] == name]
    reasons = Counter(row["reason"] for row in rows if row["reason"])
    return {
        "name": name,
        "status": named(name),
        "count": count,
        "reasons": [text for text, _ in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:3]],
        "example": rows[0]["source"],
    }


def _bars(rows: list[dict[str, Any]], values: Callable[[dict[str, Any]], list[str]]) -> dict[str, Any]:
    """How many documents have each value, the largest first and the unknown last."""
    counts = Counter(value for row in rows for value in values(row))
    ranked = sorted(counts.items(), key=lambda item: (item[0] == "none", -item[1], item[0]))
    bars = [(named(value), n) for value, n in ranked[:LISTED]]
    return {"bars": bars, "most": max(counts.values(), default=1), "others": max(0, len(ranked) - LISTED)}


def _largest_groups(rows: list[dict[str, Any]], most: int) -> set[str]:
    """The groups of each dimension with most documents."""
    sizes: Counter[str] = Counter()
    first = rows[0]["series"]
    for row in rows:
        if row["series"] == first and row["group"] != "all":
            sizes[row["group"]] += row["n_documents"]
    ranked = sorted(sizes, key=lambda group: (group.split("=")[0], -sizes[group], group))
    seen: Counter[str] = Counter()
    kept = set()
    for group in ranked:
        seen[group.split("=")[0]] += 1
        if seen[group.split("=")[0]] <= most:
            kept.add(group)
    return kept


def _map(kind: str, nodes: list[dict[str, Any]], links: list[dict[str, Any]], periods: list[str], most: int) -> dict[str, Any]:
    whole = sorted(
        (row for row in nodes if row["kind"] == kind and row["period"] == "all"), key=lambda row: (-row["count"], row["a"])
    )
    kept = {row["a"]: at for at, row in enumerate(whole[:most])}
    x, y = _spread([row["x"] for row in whole[:most]]), _spread([row["y"] for row in whole[:most]])
    shown = [[row["a"], x(row["x"]), y(row["y"]), row["cluster"], {"all": row["count"]}] for row in whole[:most]]
    for row in nodes:
        if row["kind"] == kind and row["period"] != "all" and row["a"] in kept:
            shown[kept[row["a"]]][4][row["period"]] = row["count"]
    lines: dict[tuple[int, int], dict[str, Any]] = {}
    for row in links:
        if row["kind"] == kind and row["a"] in kept and row["b"] in kept:
            lines.setdefault((kept[row["a"]], kept[row["b"]]), {})[row["period"]] = [row["count"], _short(row["strength"])]
    return {"nodes": shown, "links": [[a, b, by_period] for (a, b), by_period in sorted(lines.items())], "all": len(whole)}


def _spread(values: list[float]) -> Callable[[float], float | None]:
    """Stretches values to -1 … 1, so that what is shown of a map fills its space."""
    low, high = min(values, default=0), max(values, default=0)
    return lambda value: _short(2 * (value - low) / (high - low) - 1) if high > low else 0.0


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    """A setting as dotted names and values; of files only the name is told."""
    if isinstance(value, dict):
        return [pair for key, inner in value.items() for pair in _flat(f"{name}.{key}", inner)]
    if isinstance(value, list):
        return [(name, "、".join(_plain(one) for one in value))]
    return [(name, _plain(value))]


def _plain(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "–", True: "true", False: "false"}[value]
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return Path(text).name if "/" in text or "\\" in text else text


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
