"""report: the tables of a run → report.html, figures/ and tables.xlsx. No statistic is computed here."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from pipeline import store
from pipeline.engine import Spread
from pipeline.records import SET_ASIDE
from pipeline.report.figures import FIGURES
from pipeline.report.words import reasoned
from pipeline.store import Run

CHARTED = ("trends", "changes", "parts", "sides", "framework", "downward", "maps", "topics")


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Write report.html, figures/*.svg and *.png, and tables.xlsx into the run folder. Same tables: same bytes.

    Returns: bytes of the page, sentences quoted in it, figures drawn.
    Raises SettingsError: there is no Chinese font, or the codebook cannot be read.
    """
    counts: Counter[str] = Counter()
    for made in spread(_write, [(name, run) for name in _OUTPUTS], stage="report"):
        counts.update(made)
    return dict(counts)


def _write(task: tuple[str, Run]) -> Mapping[str, int]:
    name, run = task
    return _OUTPUTS[name](run)


def _page(run: Run) -> dict[str, int]:
    from pipeline.report.page import render

    shown = collect(run)
    page = render(shown, run.settings.lang)
    store.write_text(run.folder / "report.html", page)
    return {"html_bytes": len(page.encode()), "quoted": len(shown["sentences"])}


def _workbook(run: Run) -> dict[str, int]:
    from pipeline.report.data import how_it_was_made, read_codes, read_documents
    from pipeline.report.workbook import write_workbook

    codes, book = read_codes(run)
    write_workbook(run, read_documents(run), codes, how_it_was_made(run, book, codes))
    return {}


def _figure(run: Run, name: str) -> dict[str, int]:
    from pipeline.report.data import read_codes, read_documents
    from pipeline.report.figures import draw

    shown = _charted(run, read_documents(run), read_codes(run)[0], FIGURES[name].needs)
    return {"figures": draw(name, run.folder / "figures", shown, run.settings)}


# each takes a second or more, so they are made side by side, the longest first
_OUTPUTS: dict[str, Callable[[Run], Mapping[str, int]]] = {
    "page": _page,
    "workbook": _workbook,
    **{name: partial(_figure, name=name) for name in FIGURES},
}


def collect(run: Run) -> dict[str, Any]:
    """Everything the page shows, as plain values."""
    from pipeline.report import data, evidence
    from pipeline.report.findings import findings
    from pipeline.report.maps import documents_behind

    documents = data.read_documents(run)
    codes, book = data.read_codes(run)
    read = data.what_was_read(run, documents)
    coded = evidence.coded_sentences(run, documents)
    shown = _charted(run, documents, codes, CHARTED) | {
        "read": read,
        "counts": {
            "documents": len(documents),
            **data.counted(run),
            "tags": run.rows("tags"),
            "set_aside": sum(row["count"] for row in read["unusual"] if row["name"] in SET_ASIDE),
        },
        "made": data.how_it_was_made(run, book, codes),
        "stale": data.stale(run),
        "reasons": {stage: data.reason(run, stage) for stage in ("tag", "topics", "cooccur", "trends")},
    }
    words = [row["item"] for pair in shown["sides"] for row in pair["words"]] + run.settings.trends.terms
    of_terms = shown["maps"].get("term", {"nodes": [], "links": []})
    terms = evidence.term_sentences(run, documents, of_terms, shown["topics"]["topics"], words)
    shown["behind"] = documents_behind(run, shown["maps"], documents)
    shown["docs"], shown["sentences"] = evidence.numbered(documents, coded, terms, shown["behind"])
    shown["findings"] = findings(shown)
    return shown


def _charted(run: Run, documents: list[dict[str, Any]], codes: list[dict[str, Any]], wanted: Iterable[str]) -> dict[str, Any]:
    """What the charts show, on the page and as figures: the parts that are wanted, and the reasons they name by number."""
    from pipeline.report import moves
    from pipeline.report.downward import downward
    from pipeline.report.framework import framework
    from pipeline.report.maps import maps
    from pipeline.report.series import series
    from pipeline.report.sides import comparisons
    from pipeline.report.topics import topics

    unit, said = run.settings.trends.units[0], dict[str, int]()
    parts: dict[str, Callable[[], Any]] = {
        "trends": lambda: series(run, codes, said),
        "changes": lambda: moves.changes(run, unit, said),
        "parts": lambda: moves.parts(run, unit, said),
        "sides": lambda: comparisons(run, codes, said),
        "framework": lambda: framework(run, codes, said),
        "downward": lambda: downward(run, documents, codes, said),
        "maps": lambda: maps(run, documents, said),
        "topics": lambda: topics(run, documents, said),
    }
    shown = {name: parts[name]() for name in wanted}
    return shown | {"codes": codes, "said": [reasoned(text) for text in said], "few": run.settings.trends.min_documents}
