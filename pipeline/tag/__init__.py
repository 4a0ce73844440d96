"""Tag: find the codes of the codebook in each segment, with the characters that show them, and the stance of each segment."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.engine import Spread
from pipeline.folding import folded
from pipeline.records import Context, Segment, Tag, to_table
from pipeline.store import Run
from pipeline.tag.passage import Passage, passage, passages
from pipeline.tag.rules import rules
from pipeline.tag.stance import denials, denied, quotes, stance
from pipeline.tag.terms import Hit, covered, longest, terms
from pipeline.tag.words import Prepared, Word, prepared, scan

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["TAGGERS", "prepared", "run", "tag_text"]

Tagger = Callable[[Passage, int, list[Word], Prepared], list[Hit]]  # document, number of the segment, the codebook's words in it

TAGGERS: dict[str, Tagger] = {"terms": terms, "rules": rules}


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Bring the tags and contexts tables up to date: only documents not tagged under this key are computed."""
    prepared(run.settings)  # what is wrong in the codebook is told before any worker starts
    parts = run.parts()
    made = sum(spread(_tag_part, [(run, part, key) for part in parts], stage="tag"))
    for table in ("tags", "contexts"):
        store.prune(run.folder, table, parts)
    return {"documents_now": made, "tags": run.rows("tags")}


def tag_text(text: str, segments: Sequence[Segment], book: Prepared) -> tuple[list[Tag], list[Context]]:
    """The tags and contexts of one text and its segments, in order: one context a segment, coded or not."""
    return _tagged(passage(text, segments), book)


def _tag_part(task: tuple[Run, str, str]) -> int:
    run, part, key = task

    def compute(documents: "pa.Table") -> dict[str, "pa.Table"]:
        tags, contexts = _tags(run, documents, part)
        return {"tags": to_table(tags, Tag), "contexts": to_table(contexts, Context)}

    return store.refresh(run, part, key=key, makes=["tags", "contexts"], compute=compute)


def _tags(run: Run, documents: "pa.Table", part: str) -> tuple[list[Tag], list[Context]]:
    import pyarrow.compute as pc

    segments = run.table("segments", part=part)
    segments = segments.filter(pc.is_in(segments.column("doc_id"), documents.column("doc_id")))
    book = prepared(run.settings)
    tags: list[Tag] = []
    contexts: list[Context] = []
    for one in passages(documents, segments):
        found, here = _tagged(one, book)
        tags += found
        contexts += here
    return tags, contexts


def _tagged(passage: Passage, book: Prepared) -> tuple[list[Tag], list[Context]]:
    tags: list[Tag] = []
    contexts: list[Context] = []
    text = passage.text  # as it is written; below it is as it is looked for
    passage = replace(passage, text=folded(text, book.fold))
    words_in = dict(scan(passage, book))
    for number, seg_id in enumerate(passage.seg_ids):
        words = words_in.get(number, [])
        how, quoted = stance(passage, number, words, book), quotes(passage, number)
        if hits := _hits(passage, number, words, book) if words else []:
            against = denials(words, book)
            for hit in sorted(hits, key=lambda hit: hit[1:]):
                negated, inside = denied(passage, hit, against), covered(quoted, hit.start, hit.end)
                tags.append(_tag(passage.doc_id, seg_id, book.book.codes[hit.code].id, text, hit, how, negated, inside))
        # a segment that is one title or quotation shows nothing of its own
        whole = bool(quoted[0]) and covered(quoted, passage.starts[number], passage.ends[number])
        contexts.append(Context(passage.doc_id, seg_id, how, whole))
    return tags, contexts


def _hits(passage: Passage, number: int, words: list[Word], book: Prepared) -> list[Hit]:
    """What the taggers find in one segment, without codes that a word of the segment rules out."""
    hits = longest(hit for tagger in TAGGERS.values() for hit in tagger(passage, number, words, book))
    out = {code for word, _, _ in words if word in book.ends for code in book.uses[word].ends} if hits else ()
    return [hit for hit in hits if hit.code not in out] if out else hits


def _tag(doc_id: str, seg_id: str, code: str, text: str, hit: Hit, stance: str, negated: bool, quoted: bool) -> Tag:
    return Tag(
        doc_id=doc_id,
        seg_id=seg_id,
        code=code,
        surface=text[hit.start : hit.end],
        term=hit.term,
        start=hit.start,
        end=hit.end,
        rule=hit.rule,
        stance=stance,
        negated=negated,
        quoted=quoted,
        origin="rule",
        coder=None,
        probability=None,
    )
