"""How fast duplicates are found and how many: `python tests/bench_duplicates.py [RUN]`.

Without a run folder: 100,000 generated short texts with 1,608 planted copies. With one: fifty damaged copies of its documents are planted
beside them, eight times, and every relation that is found among its own documents is listed, for reading.
"""

import random
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.ingest.related.duplicates import Brief, find_duplicates
from pipeline.ingest.related.minhash import alike, jaccard, shingles, signatures
from pipeline.records import Relation

LEAST = 0.6
ROUNDS = 8
CHARACTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
WEIGHTS = [1 / (rank + 5) for rank in range(3000)]
LOOK_ALIKES = dict(zip("未末己已人入日曰大太土士01。，；于问间体设", "末未已己入人曰日太大士土Ol．,;干间问休没", strict=True))
Row = dict[str, Any]


def short_texts(rng: random.Random, n_texts: int = 100_000, n_copies: int = 1_608) -> list[str]:
    """Texts of 60 to 180 characters; the last ones are copies of the first, with up to 8 % of their characters changed."""
    texts = ["".join(rng.choices(CHARACTERS, WEIGHTS, k=rng.randint(60, 180))) for _ in range(n_texts - n_copies)]
    for text in texts[:n_copies]:
        copy = list(text)
        for _ in range(max(1, int(len(copy) * rng.uniform(0, 0.08)))):
            copy[rng.randrange(len(copy))] = rng.choice(CHARACTERS)
        texts.append("".join(copy))
    return texts


def generated() -> None:
    """Print seconds, recall and precision on short texts."""
    texts = short_texts(random.Random(1))
    first_copy = len(texts) - 1_608
    began = time.perf_counter()
    pairs = alike(signatures(texts), least=0.4).tolist()
    found = {(a, b) for a, b in pairs if jaccard(shingles(texts[a]), shingles(texts[b])) >= LEAST}
    seconds = time.perf_counter() - began
    planted = [(at, first_copy + at) for at in range(1_608)]
    true = {(a, b) for a, b in planted if jaccard(shingles(texts[a]), shingles(texts[b])) >= LEAST}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(texts)} texts, {len(true)} planted pairs of Jaccard {LEAST} or more: {seconds:.1f} s, {peak} MB")
    print(
        f"recall {len(found & true) / len(true):.3f}, precision {len(found & true) / len(found):.3f}, of {len(pairs)} candidates"
    )


def scattered(rng: random.Random, share: float) -> Callable[[str], str]:
    """Characters replaced here and there."""
    return lambda text: "".join(rng.choice(CHARACTERS) if not c.isspace() and rng.random() < share else c for c in text)


def scanned(rng: random.Random, share: float) -> Callable[[str], str]:
    """Characters taken for others that look like them, some lost, some in pieces."""

    def read(c: str) -> str:
        if c in LOOK_ALIKES and rng.random() < 0.5:
            return LOOK_ALIKES[c]
        wrong = rng.random() / share
        return c if wrong > 1 else rng.choice((rng.choice(CHARACTERS), rng.choice(CHARACTERS), "", c + " ", c + "·"))

    return lambda text: "".join(map(read, text))


def rewritten(rng: random.Random, share: float) -> Callable[[str], str]:
    """Whole sentences replaced."""
    said = lambda part: "".join(rng.choices(CHARACTERS, k=len(part))) if rng.random() < share else part  # noqa: E731
    return lambda text: "".join(map(said, re.split(r"(?<=[。.\n])", text)))


def reflowed(rng: random.Random) -> Callable[[str], str]:
    """Other lines, with a running head and a page number every 25."""
    width = rng.randint(18, 40)

    def set_anew(text: str) -> str:
        text = text.replace("\n", "")
        lines = [text[at : at + width] for at in range(0, len(text), width)]
        return "\n".join(line if at % 25 else f"{line}\n第 {at // 25 + 1} 页\n文件选编" for at, line in enumerate(lines))

    return set_anew


def damages(rng: random.Random, foreword: str) -> dict[str, tuple[Callable[[str], str], ...]]:
    """What befalls a copy, by name."""
    some = rng.uniform(0.05, 0.2)
    cut = rng.uniform(0.05, 0.3)
    return {
        "characters 5-20 %": (scattered(rng, some),),
        "characters 5 %": (scattered(rng, 0.05),),
        "scanned, 2-8 %": (scanned(rng, rng.uniform(0.02, 0.08)),),
        "scanned, set anew": (scanned(rng, 0.03), reflowed(rng)),
        "set anew": (reflowed(rng),),
        "sentences 5-20 %": (rewritten(rng, some),),
        "sentences 8 %, cut": (lambda text: text[: len(text) * 9 // 10], rewritten(rng, 0.08)),
        "cut by 5-30 %": (lambda text: text[: int(len(text) * (1 - cut))],),
        "foreword of 10-30 %": (lambda text: f"{(foreword * 99)[: int(len(text) * rng.uniform(0.1, 0.3))]}\n{text}",),
    }


def damaged(rng: random.Random, row: Row, number: int, foreword: str) -> tuple[Row, str]:
    """A copy of a document: its title suffers as its text does, one in three of those that are no laws has lost its date."""
    kinds = list(damages(rng, foreword).items())
    name, steps = kinds[number % len(kinds)]
    text, title = row["text"], row["title"]
    for step in steps:
        text = step(text)
    if name.startswith(("characters", "scanned")):
        title = steps[0](title)
    date = None if rng.random() < 0.3 and row["kind"] != "law" else row["date"]
    copy = {"doc_id": f"copy{number:016}", "source": f"copies/{number}.txt", "text": text, "title": title, "date": date}
    return row | copy | {"n_chars": len(text)}, name


def relations(rows: list[Row]) -> list[Relation]:
    """What is found among documents."""
    briefs = [Brief(**{field.name: row[field.name] for field in fields(Brief)}) for row in rows]
    texts = {row["doc_id"]: row["text"] for row in rows}
    return find_duplicates(
        briefs, signatures([row["text"] for row in rows]), lambda doc_ids: ((doc_id, texts[doc_id]) for doc_id in sorted(doc_ids))
    )


def planted(rows: list[Row]) -> None:
    """Print how many of fifty damaged copies are found, eight times, and every relation among the documents themselves."""
    own = relations(rows)
    known = {row["doc_id"]: row for row in rows}
    related = {doc_id for one in own for doc_id in (one.doc_id, one.other)}
    whole = [row for row in rows if 400 < row["n_chars"] < 60_000 and row["kind"] not in ("other", "record")]
    whole = [row for row in whole if row["date"] and row["doc_id"] not in related]
    tried: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong = 0
    for number in range(ROUNDS):
        rng = random.Random(number)
        of_copy = {}
        copies = []
        for at, row in enumerate(rng.sample(whole, 50)):
            copy, name = damaged(rng, row, at, rng.choice(whole)["text"][200:])
            copies.append(copy)
            of_copy[copy["doc_id"]] = (row["doc_id"], name)
            tried[name] += 1
        for one in relations(rows + copies):
            for copy_id, other in ((one.doc_id, one.other), (one.other, one.doc_id)):
                if copy_id in of_copy and one.relation in ("duplicate", "reprint"):
                    source, name = of_copy[copy_id]
                    right[name] += other == source
                    wrong += other != source
    for name in tried:
        print(f"| {name} | {right[name]} of {tried[name]} |")
    print(f"recall {right.total() / tried.total():.3f}, precision {right.total() / (right.total() + wrong):.3f}\n")
    print(Counter(one.relation for one in own))
    for one in sorted(own, key=lambda one: (one.relation, one.similarity)):
        print(f"{one.relation} {one.similarity:.2f} {known[one.doc_id]['source']} → {known[one.other]['source']}: {one.reason}")


def main(arguments: list[str]) -> None:
    """Print the measures."""
    if not arguments:
        return generated()
    columns = [field.name for field in fields(Brief)]
    folder = Path(arguments[0]) / "tables" / "documents"
    planted(
        [row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path, columns=[*columns, "text"]).to_pylist()]
    )


if __name__ == "__main__":
    main(sys.argv[1:])
