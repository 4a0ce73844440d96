"""Small runs for the tests of the later stages: their input tables, made of sentences whose words are cut by `|`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.config import read_settings
from pipeline.engine import workers
from pipeline.records import Block, Citation, Context, DocTopic, Document, Segment, Tag, to_table
from pipeline.store import Run


@dataclass(frozen=True)
class Text:
    """A document as a test writes it: its paragraphs, each a list of sentences such as "数据|共享"."""

    paragraphs: Sequence[Sequence[str]]
    codes: dict[int, list[str]] = field(
        default_factory=dict
    )  # by number of the sentence: code or code/stance, - before it: negated
    shares: Sequence[float] = ()
    date: str | None = "2021-06-05"
    facts: dict[str, Any] = field(default_factory=dict)


def make_run(folder: Path, texts: Sequence[Text], **settings: Any) -> Run:
    """The tables documents, segments, tags, contexts, doc_topics and (empty) citations of these texts."""
    stopwords = folder / "stopwords.txt"
    folder.mkdir(parents=True, exist_ok=True)
    stopwords.write_text("进行  # 虚词\n", "utf-8")
    lists = {"topics.stopwords": [str(stopwords)], "cooccur.stopwords": [str(stopwords)], "engine.jobs": 1}
    run = Run(folder, read_settings(None, **(lists | settings)))
    kinds: dict[str, type] = {
        "documents": Document, "segments": Segment, "tags": Tag, "contexts": Context, "doc_topics": DocTopic, "citations": Citation,
    }  # fmt: skip
    rows = [row for number, text in enumerate(texts) for row in _rows(number, text)]
    for name, kind in kinds.items():
        table = to_table([row for row in rows if type(row) is kind], kind)
        store.write_by_document(folder, name, table, store.layout(len(texts)))
    return run


def run_stage(stage: Any, run: Run) -> dict[str, Any]:
    """What a stage returns when it is called on a run with the processes its settings ask for."""
    with workers(run.settings.engine) as spread:
        return stage(run, spread, "key")


def bytes_of(folder: Path, *names: str) -> dict[str, bytes]:
    """The stored files of some tables."""
    paths = [path for name in names for path in sorted((folder / "tables" / name).glob("*.parquet"))]
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in paths}


def _rows(number: int, text: Text) -> list[Any]:
    doc_id = hashlib.sha256(str(number).encode()).hexdigest()[:20]
    blocks, segments, position = [], [], 0
    for paragraph in text.paragraphs:
        begin = position
        for sentence in paragraph:
            order, tokens, start = len(segments), sentence.split("|"), position
            starts = [start + sum(map(len, tokens[:index])) for index in range(len(tokens))]
            position += sum(map(len, tokens)) + 1
            seg_id = f"{doc_id}-{order:05d}"
            pos = ["v" if token == "进行" else "n" for token in tokens]
            segments.append(Segment(seg_id, doc_id, order, start, position - 1, "sentence", tokens, starts, pos))
        blocks.append(Block(begin, position - 1, "paragraph"))
    facts: dict[str, Any] = dict.fromkeys(["region", "province", "doc_number", "abstract", "duplicate_of", "similarity"])
    facts |= {name: [] for name in ["issuers", "authors", "keywords", "pages", "notes"]}
    facts |= {"title": f"第{number}号", "level": "none", "kind": "policy", "format": "txt", "language": "zh", "status": "ok"}
    precision = {None: "none", 4: "year", 7: "month", 10: "day"}[len(text.date) if text.date else None]
    facts |= {"doc_id": doc_id, "source": f"{number}.txt", "date": text.date, "date_precision": precision, "blocks": blocks}
    whole = "。".join(sentence.replace("|", "") for paragraph in text.paragraphs for sentence in paragraph)
    rows: list[Any] = [
        Document(**(facts | {"text": whole, "n_chars": len(whole), "issuers_today": text.facts.get("issuers", [])} | text.facts)),
        *segments,
    ]
    rows += [Context(doc_id, segment.seg_id, "description", False) for segment in segments]
    for order, codes in text.codes.items():
        rows += [_tag(segments[order], code) for code in codes]
    return rows + [DocTopic(doc_id, topic, share) for topic, share in enumerate(text.shares)]


def _tag(segment: Segment, code: str) -> Tag:
    name, _, stance = code.removeprefix("-").partition("/")
    return Tag(
        segment.doc_id, segment.seg_id, name, segment.tokens[0], None, segment.start, segment.end, "term",
        stance or "description", code.startswith("-"), False, "rule", None, None,
    )  # fmt: skip
