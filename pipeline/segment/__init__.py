"""Segment: cut each document into sentences and these into words, every one with its offsets in the document's text."""

from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.config import SegmentSettings
from pipeline.engine import Spread
from pipeline.folding import Folding, folded, folding
from pipeline.records import Block, Segment, to_table
from pipeline.segment.sentences import Span, spans
from pipeline.segment.words import SEGMENTERS, Segmenter, segmenter
from pipeline.store import Run

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SEGMENTERS", "run", "segment_text"]


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Bring the segments table up to date: only documents not segmented under this key are computed."""
    parts = run.parts()
    made = sum(spread(_segment_part, [(run, part, key) for part in parts], stage="segment"))
    store.prune(run.folder, "segments", parts)
    return {"documents_now": made, "segments": run.rows("segments")}


def segment_text(doc_id: str, text: str, blocks: list[Block], cut: Segmenter, fold: Folding | None = None) -> list[Segment]:
    """The segments of one text, in order; what is folded is cut, what is written becomes the tokens."""
    plain = folded(text, fold)
    return [_segment(doc_id, order, text, plain, span, cut) for order, span in enumerate(spans(plain, blocks))]


def _segment_part(task: tuple[Run, str, str]) -> int:
    run, part, key = task

    def compute(documents: "pa.Table") -> dict[str, "pa.Table"]:
        return {"segments": to_table(_segments(documents, run.settings.segment), Segment)}

    return store.refresh(run, part, key=key, makes=["segments"], compute=compute)


def _segments(documents: "pa.Table", settings: SegmentSettings) -> list[Segment]:
    cut, fold = segmenter(settings), folding(settings)
    found: list[Segment] = []
    for row in documents.select(["doc_id", "text", "blocks"]).to_pylist():
        found += segment_text(row["doc_id"], row["text"], [Block(**block) for block in row["blocks"]], cut, fold)
    return found


def _segment(doc_id: str, order: int, text: str, plain: str, span: Span, cut: Segmenter) -> Segment:
    start, end, kind = span
    tokens, starts, pos = cut(plain[start:end], start)
    if plain is not text:
        tokens = [text[at : at + len(token)] for at, token in zip(starts, tokens, strict=True)]
    return Segment(f"{doc_id}-{order:05d}", doc_id, order, start, end, kind, tokens, starts, pos)
