"""The sentences that show what moved: a few for each leading item, from the tables as they stand now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import NotReadyError
from pipeline.store import Run
from pipeline.trends.attribution import Both, Shift
from pipeline.trends.counting import TERM
from pipeline.trends.firsts import First
from pipeline.trends.history import counted_tags
from pipeline.trends.newcomers import Difference
from pipeline.trends.series import groups_of

EACH = 3  # sentences for an item, of as many documents
AROUND = 60  # characters shown on both sides of what is found
Item = Difference | Shift | First
_Place = tuple[int, int, int]  # how well it shows the item (the least first), start, end


@dataclass(frozen=True)
class Quote:
    """A sentence, or the part of it around what was found."""

    doc_id: str
    title: str
    date: str | None
    start: int  # of what was found, in the document's text
    end: int
    text: str  # without line breaks
    surface: str  # what was found


def quotes_of(
    run: Run,
    both: Both,
    leading: Sequence[Difference],
    recoded: Sequence[Shift],
    first: Sequence[First],
    terms: set[str],
) -> dict[Item, list[Quote]]:
    """Up to `EACH` sentences for each item, one a document.

    Args:
        terms: newly coded ones; where a code is counted otherwise, sentences with them come first.
    """
    items: list[Item] = [*leading, *recoded, *first]
    wanted = {row: _documents(row, both, run) for row in items}
    places: dict[Item, dict[str, list[_Place]]] = {row: {} for row in wanted}
    for part in run.parts():
        for what, names, doc_id, start, end, term in _found(run, part):
            for row, documents in wanted.items():
                if doc_id in documents and _shows(row, what, names):
                    rank = int(isinstance(row, Shift) and term not in terms)
                    places[row].setdefault(doc_id, []).append((rank, start, end))
    chosen = {row: _chosen(found) for row, found in places.items()}
    texts = _texts(run, {doc_id for found in chosen.values() for doc_id, _, _ in found})
    return {row: [_quote(texts[doc_id], start, end) for doc_id, start, end in found] for row, found in chosen.items()}


def _chosen(found: dict[str, list[_Place]]) -> list[tuple[str, int, int]]:
    """The first place of the documents that show an item best, then most often."""
    order = sorted(found, key=lambda doc_id: (min(found[doc_id])[0], -len(found[doc_id]), doc_id))
    return [(doc_id, *min(found[doc_id])[1:]) for doc_id in order[:EACH]]


def _documents(row: Item, both: Both, run: Run) -> set[str]:
    """The documents whose sentences show an item."""
    import numpy as np

    if isinstance(row, First):
        return set(row.documents)
    if isinstance(row, Difference):
        kept = both.members("coding") | both.members("redated")
        mine = both.members("added") if row.difference > 0 else kept  # of what has become less the old ones speak
    else:
        column = both.names.index(row.series)
        mine = (both.members("coding") | both.members("redated")) & (both.above[0] != both.above[1])[:, column]
    held = [both.now[number] for number in np.flatnonzero(mine).tolist()]
    return {one["doc_id"] for one in held if one and row.group in groups_of(one, run.settings)}


def _found(run: Run, part: str) -> Iterator[tuple[str, Iterable[str], str, int, int, str | None]]:
    """Each place of a code, a term or a citation: what it is, the names it goes by, document, start, end, term."""
    for row in counted_tags(run, part, ["doc_id", "code", "stance", "term", "start", "end"]):
        names = {row["code"], f"{row['code']}/{row['stance']}", *([f"{TERM}{row['term']}"] if row["term"] else [])}
        yield "tag", names, row["doc_id"], row["start"], row["end"], row["term"]
    try:
        cited = run.table("citations", ["doc_id", "title", "doc_number", "start", "end"], part=part).to_pylist()
    except NotReadyError:
        cited = []
    for row in cited:
        yield "cited", {row["doc_number"] or f"《{row['title']}》"}, row["doc_id"], row["start"], row["end"], None


def _shows(row: Item, what: str, names: Iterable[str]) -> bool:
    if isinstance(row, First):
        wanted = f"{TERM}{row.item}" if row.what == "term" else row.item
        return (what == "cited") == (row.what == "cited") and wanted in names
    code, _, stance = row.series.partition("/")
    below = code + "."  # silos counts what silos.barrier codes
    return what == "tag" and any(
        name == row.series or (name.startswith(below) and name.partition("/")[2] == stance) for name in names
    )


def _texts(run: Run, wanted: set[str]) -> dict[str, dict[str, Any]]:
    """Title, date, text and sentences (start, end) of some documents."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[str, dict[str, Any]] = {}
    for part in run.parts():
        rows = run.table("documents", ["doc_id", "title", "date", "text"], part=part)
        here = rows.filter(pc.is_in(rows.column("doc_id"), pa.array(sorted(wanted), pa.string()))).to_pylist()
        found |= {row["doc_id"]: row | {"sentences": []} for row in here}
        segments = run.table("segments", ["doc_id", "start", "end"], part=part) if here else None
        for row in (
            segments.filter(pc.is_in(segments.column("doc_id"), pa.array([one["doc_id"] for one in here]))).to_pylist()
            if segments
            else ()
        ):
            found[row["doc_id"]]["sentences"].append((row["start"], row["end"]))
    return found


def _quote(document: dict[str, Any], start: int, end: int) -> Quote:
    """The sentence a place stands in, cut where it is long."""
    whole = next((one for one in document["sentences"] if one[0] <= start < one[1]), (start, end))
    low, high = max(whole[0], start - AROUND), min(max(whole[1], end), end + AROUND)
    text = "…" * (low > whole[0]) + document["text"][low:high] + "…" * (high < whole[1])
    surface = document["text"][start:end]
    return Quote(
        document["doc_id"],
        document["title"],
        document["date"],
        start,
        end,
        *("".join(one.split("\n")) for one in (text, surface)),
    )
