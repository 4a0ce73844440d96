"""What a report says of its documents, inputs, codes and making, as plain values taken from the tables of a run, never computed."""

from collections import Counter
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.config import lexicon
from pipeline.errors import NotReadyError
from pipeline.periods import period_of
from pipeline.records import STATUSES, TABLES, schema
from pipeline.report.words import Text, named, reasoned
from pipeline.store import Run

if TYPE_CHECKING:
    import pyarrow as pa

# Okabe & Ito's colours, which colour-blind readers can tell apart, darkened where they would fade on white; then Tol's
COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#b8578f", "#c98a00", "#3a9ad9", "#6b6b6b",
    "#332288", "#882255", "#117733", "#999933", "#aa4499",
)  # fmt: skip
LISTED = 12  # bars of a list, groups of a series
LIBRARIES = ("jieba", "rjieba", "spacy", "scikit-learn", "gensim", "networkx", "numpy", "scipy", "pyarrow", "pypdfium2")
FIELDS = (
    "title", "date", "issuers", "level", "region", "doc_number", "addressees", "authors", "journal", "keywords", "abstract",
)  # fmt: skip
ABOUT = (
    "title", "date", "date_precision", "issuers", "level", "region", "province", "doc_number", "kind", "authors", "keywords",
    "abstract", "written", "published", "issuers_today", "addressees", "affiliations", "journal", "volume", "issue", "page_range",
    "doi", "funds", "language", "n_chars", "format", "source", "status", "duplicate_of", "similarity", "version_of", "doc_id",
)  # fmt: skip


def table(run: Run, name: str, columns: Iterable[str] | None = None) -> "pa.Table":
    """A table of the run; no rows when no stage has made it."""
    wanted = list(columns) if columns else None
    try:
        return run.table(name, wanted)
    except NotReadyError:
        empty = schema(TABLES[name]).empty_table()
        return empty.select(wanted) if wanted else empty


def reason(run: Run, stage: str) -> Text | None:
    """Why a stage had nothing to work on, or what it had to leave out; none when neither."""
    state = store.read_state(run.folder).get("stages", {}).get(stage, {})
    said = state.get("reason") or state.get("note")
    return reasoned(said) if said else None


def stale(run: Run) -> list[Text]:
    """Stages whose tables are of earlier settings, lexicons or inputs than those that stand now."""
    return [named(stage) for stage in store.read_state(run.folder).get("stale", [])]


def counted(run: Run) -> dict[str, int]:
    """How many sentences count in rates, and how many of them are coded."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = table(run, "segments", ["seg_id", "kind"])
    rows = rows.filter(pc.is_in(rows.column("kind"), pa.array(run.settings.trends.kinds, pa.string())))
    coded = table(run, "tags", ["seg_id"]).column("seg_id")
    return {"sentences": rows.num_rows, "coded": pc.sum(pc.is_in(rows.column("seg_id"), coded)).as_py() or 0}


def read_documents(run: Run) -> list[dict[str, Any]]:
    """All documents without their text, each with its period (none without a date)."""
    rows = table(run, "documents", ABOUT).to_pylist()
    for row in rows:
        row["period"] = period_of(row["date"], row["date_precision"], run.settings)
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
    inputs = table(run, "inputs", ["source", "status", "reason", "doc_id"]).to_pylist()
    by_status = Counter(row["status"] for row in inputs)
    unusual = [_status(name, inputs, by_status[name]) for name in STATUSES if name != "ok" and by_status[name]]
    years = Counter(row["date"][:4] for row in documents if row["date"])
    span = [(f"{year:04d}", years[f"{year:04d}"]) for year in range(int(min(years)), int(max(years)) + 1)] if years else []
    return {
        "inputs": len(inputs),
        "containers": sum(row["status"] == "ok" and row["doc_id"] is None for row in inputs),
        "unusual": unusual,
        "years": span,
        "undated": sum(row["period"] is None for row in documents),
        "duplicates": sum(1 for row in documents if row["duplicate_of"]),
        "lists": {
            "by_level": _bars(documents, lambda row: [row["level"]]),
            "by_province": _bars(documents, lambda row: [row["province"] or "none"], unknown="no_province"),
            "by_issuer": _bars(documents, lambda row: row["issuers"] or ["none"]),
            "by_kind": _bars(documents, lambda row: [row["kind"]]),
            "by_format": _bars(documents, lambda row: [row["format"]]),
        },
        "coverage": [
            {"field": named(field), "found": sum(1 for row in documents if row[field] and row[field] != "none")}
            for field in FIELDS
        ],
    }


def how_it_was_made(run: Run, book: dict[str, str], codes: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows made and reasons by stage, settings, versions, codebook; times, folders and the engine change no result: left out."""
    made = {
        "ingest": ("inputs", "documents"), "segment": ("segments",), "tag": ("tags", "contexts"),
        "topics": ("topics", "doc_topics", "topic_quality", "topic_summary", "topic_codes", "topic_words"),
        "cooccur": ("nodes", "links", "clusters", "evolution", "bursts", "link_changes"),
        "trends": ("trends", "changes", "comparisons", "decomposition", "reuse", "adoptions", "leads", "couplings", "coordination"),
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
        "reasons": [reasoned(text) for text, _ in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:3]],
        "example": rows[0]["source"],
    }


def _bars(rows: list[dict[str, Any]], values: Callable[[dict[str, Any]], list[str]], *, unknown: str = "none") -> dict[str, Any]:
    """How many documents have each value, the largest first and the unknown last."""
    counts = Counter(value for row in rows for value in values(row))
    last = [(unknown, counts.pop("none"))] if "none" in counts else []
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    bars = [(named(value), n) for value, n in ranked[:LISTED] + last]
    return {"bars": bars, "most": max((n for _, n in bars), default=1), "others": max(0, len(ranked) - LISTED)}


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
