"""From the centre to the provinces: what is copied, taken up and led; rows chosen and put side by side, never computed."""

from collections import Counter
from typing import Any

from pipeline.report.data import LISTED, table
from pipeline.report.series import called, short
from pipeline.report.words import Text
from pipeline.store import Run

MOST_ADOPTIONS = 40  # of a kind
MOST_LEADS = 400  # pairs, those of levels and of all documents first
FEWEST = 5  # units without which nothing is timed


def downward(run: Run, documents: list[dict[str, Any]], codes: list[dict[str, Any]], said: dict[str, int]) -> dict[str, Any]:
    """Copied sentences by upstream document and by document, adoptions by kind, leads with their lags side by side."""
    names = {code["id"]: code["name"] for code in codes}
    return {"reuse": _reuse(run, documents), "adoptions": _adoptions(run, names, said), "leads": _leads(run, names, said)}


def _reuse(run: Run, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """The documents copied most, and those that copy most, each with how many sentences."""
    rows = table(run, "reuse", ["doc_id", "seg_id", "upstream_doc"]).to_pylist()
    about = {row["doc_id"]: row for row in documents}
    copied = Counter(doc for doc, _ in {(row["doc_id"], row["seg_id"]) for row in rows})
    sources = Counter(doc for doc, _ in {(row["upstream_doc"], row["seg_id"]) for row in rows})
    into = Counter(up for up, _ in {(row["upstream_doc"], row["doc_id"]) for row in rows})
    sizes = _sentences(run, set(copied))

    def known(counts: Counter[str]) -> list[dict[str, Any]]:
        ranked = sorted(counts, key=lambda doc: (-counts[doc], doc))[:LISTED]
        return [
            {**{name: about[doc][name] for name in ("title", "date", "issuers")}, "n": counts[doc], "into": into[doc], "of": sizes[doc]}
            for doc in ranked
            if doc in about
        ]  # fmt: skip

    return {"sentences": sum(copied.values()), "documents": len(copied), "from": known(sources), "by": known(copied)}


def _sentences(run: Run, wanted: set[str]) -> Counter[str]:
    """How many segments of the kinds that count each of these documents has."""
    if not wanted:
        return Counter()
    rows = table(run, "segments", ["doc_id", "kind"])
    pairs = zip(rows.column("doc_id").to_pylist(), rows.column("kind").to_pylist(), strict=True)
    return Counter(doc for doc, kind in pairs if doc in wanted and kind in run.settings.trends.kinds)


def _adoptions(run: Run, names: dict[str, Text], said: dict[str, int]) -> dict[str, Any]:
    """Kind → rows, those taken up by most first; those of too few units to be timed are in tables.xlsx only."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(table(run, "adoptions").to_pylist(), key=lambda row: (-row["adopted"], row["origin"], row["item"])):
        if row["units"] < FEWEST:
            continue
        name = called(row["item"], names) if row["kind"] in ("code", "term") else dict.fromkeys(("zh", "en"), row["item"])
        reason = said.setdefault(row["reason"], len(said)) if row["reason"] else None
        kinds.setdefault(row["kind"], []).append({**row, "name": name, "reason": reason})
    order = ("code", "term", "cited", "copied")
    return {kind: kinds[kind][:MOST_ADOPTIONS] for kind in order if kind in kinds}


def _leads(run: Run, names: dict[str, Text], said: dict[str, int]) -> list[dict[str, Any]]:
    """A row a pair with what is told of every lag: two levels in a series, or two codes in a group."""
    order = {name: at for at, name in enumerate(names)}
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in sorted(table(run, "leads").to_pylist(), key=lambda row: row["lag"]):
        pair = (row["series"], row["group"], row["a"], row["b"])
        first = {name: row[name] for name in ("series", "group", "a", "b", "n_periods")} | {"lags": [], "reason": None}
        if row["reason"]:
            first["reason"] = said.setdefault(row["reason"], len(said))
        if row["correlation"] is not None:
            cell = [row["lag"], *(short(row[name]) for name in ("correlation", "low", "high"))]
            found.setdefault(pair, first)["lags"].append(cell)
        else:
            found.setdefault(pair, first)
    ranked = sorted(found.values(), key=lambda row: (row["series"] == "", row["group"] not in ("", "all"), row["group"]))
    place = len(order)
    return sorted(
        ranked[:MOST_LEADS],
        key=lambda row: (
            order.get(row["series"], place),
            order.get(row["a"], place),
            order.get(row["b"], place),
            row["a"],
            row["b"],
        ),
    )
