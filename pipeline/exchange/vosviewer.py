"""Maps for VOSviewer: one JSON file, and the map and network files of the desktop program.

Source: the file formats of VOSviewer 1.6 (manual) and VOSviewer Online (its documentation). Links weigh the units that hold both ends:
VOSviewer computes the association strength of its own from counts.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.errors import NotReadyError
from pipeline.exchange.maps import WHOLE, Map, printable
from pipeline.records import Link
from pipeline.report.data import read_documents
from pipeline.report.evidence import coded_sentences, term_sentences
from pipeline.store import Run

FEWEST = 3  # items of a map it opens
CLUSTERS = 1000
QUOTED = 3  # sentences behind a link
Quotes = dict[tuple[str, str], list[dict[str, Any]]]  # the ends of a link → sentences that hold both


def write_vosviewer(run: Run, maps: Sequence[Map], folder: Path) -> list[Path]:
    """Write NAME.json, NAME-map.txt and NAME-network.txt of each map of three names or more that has links.

    A link of terms or codes carries some of its sentences. Returns: the files. Same maps: same bytes.
    Raises: NotReadyError when no map is large enough, DiskError.
    """
    large = [one for one in maps if one.links and len(one.nodes) >= FEWEST]
    if not large:
        raise NotReadyError(f"VOSviewer opens no map of fewer than {FEWEST} names; take all periods, or cooccur with more terms")
    quotes = {kind: _quotes(run, [one for one in large if one.kind == kind]) for kind in {one.kind for one in large}}
    written = []
    for drawn in large:
        whole = _json(run, drawn, quotes[drawn.kind])
        items, links = whole["network"]["items"], whole["network"]["links"]
        rows = [
            {**{name: item[name] for name in ("id", "label", "x", "y", "cluster") if name in item}}
            | {"weight<Occurrences>": item["weights"]["Occurrences"]}
            for item in items
        ]
        ends = [[link["source_id"], link["target_id"], link["strength"]] for link in links]
        files = {
            ".json": json.dumps(whole, ensure_ascii=False, indent=1) + "\n",
            "-map.txt": _tabbed([list(rows[0]), *(list(row.values()) for row in rows)]),
            "-network.txt": _tabbed(ends),
        }
        for ending, text in files.items():
            store.write_text(drawn.path(folder, ending), text)
            written.append(drawn.path(folder, ending))
    return written


def _json(run: Run, drawn: Map, quotes: Quotes) -> dict[str, Any]:
    """The whole of a JSON file: what it is, words for the program, the network."""
    number = _numbers(node.cluster for node in drawn.nodes)
    ids = {node.a: at for at, node in enumerate(drawn.nodes, start=1)}
    # places that are all the same are refused
    placed = len({(node.x, node.y) for node in drawn.nodes}) > 1
    items = []
    for node in drawn.nodes:
        place = {"x": node.x, "y": node.y} if placed else {}
        item = {"id": ids[node.a], "label": printable(node.a) or "?", **place, "cluster": number[node.cluster]}
        items.append(item | {"weights": {"Occurrences": node.count}})
    links = []
    for link in drawn.links:
        made = {"source_id": ids[link.a], "target_id": ids[link.b], "strength": link.count}
        links.append(made | {"description": _described(run, link, drawn.period, quotes.get((link.a, link.b), []))})
    names = {number[cluster]: printable(name) for cluster, name in drawn.clusters.items() if cluster in number}
    when = "" if drawn.period == WHOLE else f", {drawn.period}"
    words = {"item": drawn.kind, "items": f"{drawn.kind}s", "link": "co-occurrence", "links": "co-occurrences"}
    words |= {"link_strength": "units with both", "total_link_strength": "total of units with both"}
    return {
        "info": {"title": f"wenmai: {drawn.kind}{when}", "description": f"{len(items)} names, {len(links)} links"},
        "config": {"terminology": words},
        "network": {"items": items, "links": links, "clusters": [{"cluster": at, "label": name} for at, name in names.items()]},
    }


def _numbers(clusters: Iterable[int]) -> dict[int, int]:
    """Each cluster from 1 on, those without a link as one more; closed up where that leads beyond the last allowed."""
    found = sorted(set(clusters))
    alone = {-1: max(found) + 2}
    if alone[-1] > CLUSTERS:
        alone = {-1: len(found)}
        found = [cluster for cluster in found if cluster >= 0]
        return {cluster: min(at, CLUSTERS) for at, cluster in enumerate(found, start=1)} | alone
    return {cluster: cluster + 1 for cluster in found if cluster >= 0} | alone


def _described(run: Run, link: Link, period: str, quotes: Sequence[dict[str, Any]]) -> str:
    """A link in HTML: how strong it is, and sentences of the period that hold both ends."""
    lines = [f"{run.settings.cooccur.measure.replace('_', ' ')} {link.strength:g}"]
    here = [quote for quote in quotes if period in (WHOLE, quote["period"])]
    for quote in here[:QUOTED]:
        source = " ".join(escape(str(part)) for part in (quote["title"], quote["date"]) if part)
        lines.append(f"{escape(' '.join(quote['text'].split()))}<br><i>{source}</i>")
    return "".join(f"<p>{printable(line)}</p>" for line in lines)


def _quotes(run: Run, maps: Sequence[Map]) -> Quotes:
    """The sentences behind the links of the maps of one kind, as the report chooses them; none for what is met in whole documents."""
    documents = read_documents(run)
    wanted = {(link.a, link.b) for drawn in maps for link in drawn.links}
    names = sorted({end for pair in wanted for end in pair})
    if maps[0].kind == "code":
        found = coded_sentences(run, documents)
    elif maps[0].kind == "term":
        number = {name: at for at, name in enumerate(names)}
        pairs = [(number[a], number[b], None) for a, b in sorted(wanted)]
        found = term_sentences(run, documents, {"nodes": [(name,) for name in names], "links": pairs}, [], [])
    else:
        return {}
    about = {row["doc_id"]: {name: row[name] for name in ("title", "date", "period")} for row in documents}
    quotes: Quotes = {}
    for row in found:
        held = sorted({mark[3] for mark in row["marks"]})
        for pair in [(a, b) for a in held for b in held if (a, b) in wanted]:
            quotes.setdefault(pair, []).append({"text": row["text"], **about[row["doc_id"]]})
    return quotes


def _tabbed(rows: Iterable[Sequence[Any]]) -> str:
    """Tab-separated text; what holds a tab, a quote or a line break stands in quotes."""
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter="\t", lineterminator="\n").writerows(rows)
    return sink.getvalue()
