"""report: the tables of a run → report.html, figures/ and tables.xlsx. No statistic is computed here."""

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
    from pipeline.report.figures import draw
    from pipeline.report.page import render
    from pipeline.report.workbook import write_workbook

    documents = read_documents(run)
    shown = collect(run, documents)
    page = render(shown, run.settings.lang)
    store.write_text(run.folder / "report.html", page)
    write_workbook(run, documents, shown["codes"], shown["made"])
    drawn = draw(run.folder / "figures", shown, run.settings)
    return {"html_bytes": len(page.encode()), "quoted": len(shown["sentences"]), "figures": drawn}


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
