"""report: the tables of a run → report.html, figures/ and tables.xlsx. No statistic is computed here."""

from collections.abc import Callable
from typing import Any

from pipeline import store
from pipeline.engine import Spread
from pipeline.records import SET_ASIDE
from pipeline.store import Run


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Write report.html, figures/*.svg and *.png, and tables.xlsx into the run folder. Same tables: same bytes.

    Returns: bytes of the page, sentences quoted in it, figures drawn.
    Raises SettingsError: there is no Chinese font, or the codebook cannot be read.
    """
    from pipeline.report.data import read_documents

    documents = read_documents(run)
    shown = collect(run, documents)
    tasks = [(name, run, documents, shown) for name in _OUTPUTS]
    counts = dict(zip(_OUTPUTS, spread(_write, tasks, stage="report"), strict=True))
    return {"html_bytes": counts["page"], "quoted": len(shown["sentences"]), "figures": counts["figures"]}


def _write(task: tuple[str, Run, list[dict[str, Any]], dict[str, Any]]) -> int:
    name, run, documents, shown = task
    return _OUTPUTS[name](run, documents, shown)


def _page(run: Run, documents: list[dict[str, Any]], shown: dict[str, Any]) -> int:
    from pipeline.report.page import render

    page = render(shown, run.settings.lang)
    store.write_text(run.folder / "report.html", page)
    return len(page.encode())


def _workbook(run: Run, documents: list[dict[str, Any]], shown: dict[str, Any]) -> int:
    from pipeline.report.workbook import write_workbook

    write_workbook(run, documents, shown["codes"], shown["made"])
    return len(documents)


def _figures(run: Run, documents: list[dict[str, Any]], shown: dict[str, Any]) -> int:
    from pipeline.report.figures import draw

    return draw(run.folder / "figures", shown, run.settings)


# each takes seconds, so they are made side by side, the longest first
_OUTPUTS: dict[str, Callable[[Run, list[dict[str, Any]], dict[str, Any]], int]] = {
    "page": _page, "figures": _figures, "workbook": _workbook,
}  # fmt: skip


def collect(run: Run, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything the page and the figures show, as plain values."""
    from pipeline.report import charts, data, evidence
    from pipeline.report.findings import findings

    codes, book = data.read_codes(run)
    maps, topics = charts.maps(run), charts.topics(run, documents)
    read = data.what_was_read(run, documents)
    coded = evidence.coded_sentences(run, documents)
    shown: dict[str, Any] = {
        "codes": codes,
        "read": read,
        "counts": {
            "documents": len(documents),
            "sentences": run.rows("segments"),
            "tags": run.rows("tags"),
            "coded": len(data.table(run, "tags", ["seg_id"]).column("seg_id").unique()),
            "set_aside": sum(row["count"] for row in read["unusual"] if row["name"] in SET_ASIDE),
        },
        "trends": charts.series(run, codes),
        "maps": maps,
        "topics": topics,
        "made": data.how_it_was_made(run, book, codes),
        "reasons": {stage: data.reason(run, stage) for stage in ("tag", "topics", "cooccur", "trends")},
        "few": run.settings.trends.min_documents,
    }
    terms = evidence.term_sentences(run, documents, maps["term"], topics["topics"])
    shown["docs"], shown["sentences"] = evidence.numbered(documents, coded, terms)
    shown["findings"] = findings(shown, min_documents=shown["few"])
    return shown
