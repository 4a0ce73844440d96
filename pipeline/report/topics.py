"""What is shown of topics: words, paragraphs, codes, neighbours, and how sure all of it is; selected from the tables, never computed."""

from bisect import bisect_right
from collections import defaultdict
from typing import Any

from pipeline.report.data import LISTED, table
from pipeline.report.moves import plain
from pipeline.store import Run

Row = dict[str, Any]
QUOTED = 3  # typical paragraphs of a topic; of borderline ones one less
LONGEST = 150  # characters of a quoted paragraph
TOLD = 5  # words that rise, and that fall
SURE = 0.05


def topics(run: Run, documents: list[Row], said: dict[str, int]) -> Row:
    """Topics with all that helps to read them, models tried, codes by topic, and what becomes of topics from period to period."""
    known = {row["doc_id"]: row for row in documents if row["duplicate_of"] is None}
    terms, labels = _terms(run)
    numbers = ("share", "npmi", "exclusivity", "stability", "low", "high", "likeness")
    summary = {row["topic"]: plain(row, numbers, said) for row in table(run, "topic_summary").to_pylist()}
    held, quotes, words, near = _documents(run, known), _paragraphs(run, known), _words(run), _near(run)
    codes = [plain(row, ("rate", "rate_all", "lift", "low", "high", "q"), said) for row in table(run, "topic_codes").to_pylist()]
    nothing: Row = {"share": None, "stability": None, "reason": None, "code": None, "status": "", "low": None, "high": None}
    found = [
        {
            **nothing, **summary.get(number, {}), "topic": number, "label": labels[number], "terms": of, "documents": held[number],
            "typical": quotes[number]["typical"], "borderline": quotes[number]["borderline"], "words": words[number],
            "near": [[other, labels[other], alike] for other, alike in near[number] if other in labels],
        }
        for number, of in terms.items()
    ]  # fmt: skip
    flow: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in table(run, "topic_flow").to_pylist():
        flow[f"{row['before']} → {row['after']}"][row["what"]] += 1
    quality = table(run, "topic_quality").to_pylist()
    return {"topics": found, "quality": quality, "codes": codes, "flow": {name: dict(of) for name, of in flow.items()}}


def _terms(run: Run) -> tuple[dict[int, list[tuple[str, float]]], dict[int, str]]:
    """Leading terms with their weights, and the label, of each topic of the whole corpus."""
    rows = [row for row in table(run, "topics").to_pylist() if row["period"] == "all"]
    found: dict[int, list[tuple[str, float]]] = {}
    for row in sorted(rows, key=lambda row: (row["topic"], row["rank"])):
        of = found.setdefault(row["topic"], [])
        if len(of) < LISTED - 2:
            of.append((row["term"], row["weight"]))
    return found, {row["topic"]: row["label"] for row in rows}


def _documents(run: Run, known: dict[str, Row]) -> dict[int, list[Row]]:
    """The three documents that a topic takes most of."""
    leading: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for row in table(run, "doc_topics").to_pylist():
        if row["doc_id"] in known:
            best = leading[row["topic"]]
            best.append((-row["weight"], row["doc_id"]))
            if len(best) > 200:
                best[:] = sorted(best)[:3]
    found: dict[int, list[Row]] = defaultdict(list)
    for number, of in leading.items():
        found[number] = [
            {"title": known[doc]["title"], "date": known[doc]["date"], "weight": -weight} for weight, doc in sorted(of)[:3]
        ]
    return found


def _paragraphs(run: Run, known: dict[str, Row]) -> dict[int, dict[str, list[Row]]]:
    """Typical and borderline paragraphs with their words, document and page."""
    wanted: dict[str, list[Row]] = defaultdict(list)
    for row in table(run, "topic_paragraphs").to_pylist():
        if row["doc_id"] in known and row["rank"] <= QUOTED - (row["kind"] == "borderline"):
            wanted[row["doc_id"]].append(row)
    quoted: list[Row] = []
    for part in run.parts() if wanted else []:
        for document in run.table("documents", ["doc_id", "text", "pages"], part=part).to_pylist():
            quoted += [_quote(row, document, known[row["doc_id"]]) for row in wanted.get(document["doc_id"], [])]
    found: dict[int, dict[str, list[Row]]] = defaultdict(lambda: {"typical": [], "borderline": []})
    for row in sorted(quoted, key=lambda row: (row["topic"], row["rank"])):
        found[row["topic"]][row["kind"]].append(row)
    return found


def _quote(row: Row, document: Row, about: Row) -> Row:
    text = document["text"][row["start"] : row["end"]]
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    place = {"title": about["title"], "date": about["date"], "page": bisect_right(document["pages"], row["start"]) or None}
    return {**{name: row[name] for name in ("topic", "kind", "rank", "share", "other")}, **place, "text": " ".join(shown.split())}


def _words(run: Run) -> dict[int, dict[str, list[Row]]]:
    """Words that a test says rise or fall inside a topic."""
    found: dict[int, dict[str, list[Row]]] = defaultdict(lambda: {"rise": [], "fall": []})
    for row in table(run, "topic_words").to_pylist():
        of = found[row["topic"]]["rise" if row["change"] > 0 else "fall"]
        if row["q"] < SURE and len(of) < TOLD:
            of.append({name: row[name] for name in ("term", "before", "after", "share_before", "share_after")})
    return found


def _near(run: Run) -> dict[int, list[tuple[int, float]]]:
    """The two nearest other topics by their terms."""
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for row in table(run, "topic_links").to_pylist():
        for one, other in ((row["a"], row["b"]), (row["b"], row["a"])):
            found[one].append((other, round(row["terms"], 2)))
    return defaultdict(list, {number: sorted(of, key=lambda pair: (-pair[1], pair[0]))[:2] for number, of in found.items()})
