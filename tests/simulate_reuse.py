"""How much of what is planted in a notice is found as copied, and how long 200,000 sentences take: python tests/simulate_reuse.py RUN.

RUN is a run folder with documents of the centre and of provinces. Each draw writes a notice of a province: three fifths of its
sentences are from the province's own documents (those that copy nothing), two fifths from documents of the centre, one to four in a
row; half of these have a word changed, four letters put in, other punctuation or the province in place of the country. Prints for each kind how many
sentences there were and what part of them is copied to at least .5, .6, .7, .8 and .9; `short` are planted ones below 16 letters.

The 200,000 sentences are new ones in which each two letters are followed by what follows them in the documents of the run: half of
them in 500 documents of the centre, half in 500 of provinces, a sixth of which is copied, one to four sentences in a row.
"""

import dataclasses
import hashlib
import re
import sys
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from pipeline import store
from pipeline.records import Document, Segment, from_table, to_table
from pipeline.store import Run, open_run
from pipeline.trends.reuse import reuse

DRAWS = 20
SENTENCES = 60  # of a notice
SHORT = 16  # letters
PLANTED = 0.4


def here(work: Any, parts: list[Any], *, stage: str) -> Any:
    return map(work, parts)


def edited(sentence: str, others: str, rng: np.random.Generator) -> tuple[str, str]:
    """A sentence with one small edit, and the kind of edit."""
    at = int(rng.integers(len(sentence)))
    word = "".join(others[int(n)] for n in rng.integers(len(others), size=2))
    kind = ["word", "inserted", "punctuation", "place"][int(rng.integers(4))]
    if kind == "word":
        return sentence[:at] + word + sentence[at + 2 :], kind
    if kind == "inserted":
        return sentence[:at] + word + word + sentence[at:], kind
    if kind == "punctuation":
        return sentence.replace("，", "；").replace("、", "和"), kind
    return sentence.replace("国家", "朔川省").replace("全国", "全省").replace("我国", "我省").replace("各地", "各市"), kind


def notice(own: list[str], centre: list[list[str]], rng: np.random.Generator) -> list[tuple[str, str]]:
    """Sentences of a notice with their kinds: own, as it stands, or how it was edited."""
    letters = "".join(own)
    rows: list[tuple[str, str]] = []
    while sum(kind != "own" for _, kind in rows) < PLANTED * SENTENCES:
        document = centre[int(rng.integers(len(centre)))]
        at = int(rng.integers(len(document)))
        for sentence in document[at : at + int(rng.integers(1, 5))]:
            rows.append(edited(sentence, letters, rng) if rng.random() < 0.5 else (sentence, "verbatim"))
        start = int(rng.integers(max(1, len(own) - 6)))
        rows += [(sentence, "own") for sentence in own[start : start + int(rng.integers(1, 7))]]
    return rows


def with_notice(run: Run, folder: Path, rows: list[tuple[str, str]], model: Document) -> Run:
    """A run that holds the documents of another one and a notice of 2026."""
    text, segments, doc_id = "", [], "f" * 20
    for order, (sentence, _) in enumerate(rows):
        seg = Segment(f"{doc_id}-{order:05d}", doc_id, order, len(text), len(text) + len(sentence), "sentence", [], [], [])
        segments.append(seg)
        text += sentence + "\n"
    document = dataclasses.replace(model, doc_id=doc_id, text=text, date="2026-12-31", level="province", province="朔川省")
    made = Run(folder, run.settings)
    for name, kind, new in (("documents", Document, [document]), ("segments", Segment, segments)):
        table = to_table([*from_table(run.table(name), kind), *new], kind)
        store.write_by_document(folder, name, table, store.layout(run.rows("documents") + 1))
    return made


def planted(run: Run) -> None:
    copied = {row.seg_id for row in reuse(run, here)}
    documents = {row.doc_id: row for row in from_table(run.table("documents"), Document) if not row.duplicate_of}
    model = next(iter(documents.values()))
    sentences: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in from_table(run.table("segments"), Segment):
        if row.kind in run.settings.trends.kinds and row.doc_id in documents:
            sentences[row.doc_id].append((row.seg_id, documents[row.doc_id].text[row.start : row.end]))
    level = {doc_id: documents[doc_id].level for doc_id in sentences}
    own = [text for doc_id, rows in sentences.items() if level[doc_id] == "province" for seg, text in rows if seg not in copied]
    centre = [
        [text for _, text in rows] for doc_id, rows in sentences.items() if level[doc_id] == "central" and documents[doc_id].date
    ]
    count: dict[str, list[float]] = defaultdict(list)
    for draw in range(DRAWS):
        rows = notice(own, centre, np.random.default_rng(draw))
        with TemporaryDirectory() as folder:
            found = {row.seg_id: row.share for row in reuse(with_notice(run, Path(folder), rows, model), here)}
        for order, (text, kind) in enumerate(rows):
            short = kind != "own" and sum(map(str.isalnum, text)) < SHORT
            count["short" if short else kind].append(found.get(f"{'f' * 20}-{order:05d}", 0))
    count["all but short"] = [share for kind, rows in count.items() if kind not in ("own", "short") for share in rows]
    for kind, shares in sorted(count.items()):
        print(f"{kind:14} {len(shares):6}", *(f"{np.mean(np.array(shares) >= least):.3f}" for least in (0.5, 0.6, 0.7, 0.8, 0.9)))


def chained(clauses: list[str], rng: np.random.Generator, number: int) -> list[str]:
    """New clauses in which each letter follows the two before it as somewhere in the given ones."""
    after: dict[str, list[str]] = defaultdict(list)
    for clause in clauses:
        for at in range(len(clause) - 1):
            after[clause[max(0, at - 1) : at + 1]].append(clause[at + 1])
    made = []
    for _ in range(number):
        letters = clauses[int(rng.integers(len(clauses)))][:1]
        while len(letters) < 15 and (next_ones := after.get(letters[-2:])):
            letters += next_ones[int(rng.random() * len(next_ones))]
        made.append(letters)
    return made


def timed(run: Run) -> None:
    rng = np.random.default_rng(0)
    texts = run.table("documents", ["text"]).column("text").to_pylist()
    clauses = chained([clause for text in texts for clause in re.split(r"[，。；：\s]", text) if len(clause) > 3], rng, 400_000)
    sentences = ["，".join(clauses[int(at)] for at in rng.integers(len(clauses), size=3)) + "。" for _ in range(200_000)]
    for at in (at for at in range(100_000, 199_990, 15) if at % 200 < 190):
        first = int(rng.integers(99_990))
        number = int(rng.integers(1, 5))
        sentences[at : at + number] = sentences[first : first + number]
    model = next(iter(from_table(run.table("documents").slice(0, 1), Document)))
    documents, segments = [], []
    for number in range(1000):
        doc_id, rows = hashlib.sha256(str(number).encode()).hexdigest()[:20], sentences[200 * number : 200 * number + 200]
        facts = {"level": "central", "date": "2020"} if number < 500 else {"level": "province", "date": "2021"}
        documents.append(
            dataclasses.replace(model, doc_id=doc_id, text="".join(rows), duplicate_of=None, version_of=None, **facts)
        )
        ends = np.cumsum([0, *map(len, rows)]).tolist()
        spans = enumerate(pairwise(ends))
        segments += [Segment(f"{doc_id}-{at:05d}", doc_id, at, low, high, "sentence", [], [], []) for at, (low, high) in spans]
    with TemporaryDirectory() as folder:
        made = Run(Path(folder), run.settings)
        for name, kind, new in (("documents", Document, documents), ("segments", Segment, segments)):
            store.write_by_document(made.folder, name, to_table(new, kind), store.layout(1000))
        began, worked = time.perf_counter(), time.process_time()
        rows = len(reuse(made, here))
        print(
            f"200,000 sentences, {rows} rows: {time.process_time() - worked:.1f} s of one core, {time.perf_counter() - began:.1f} s"
        )


if __name__ == "__main__":
    planted(open_run(Path(sys.argv[1])))
    timed(open_run(Path(sys.argv[1])))
