"""One document as the taggers see it: its text, where segments and words begin and end; words themselves only when asked for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import Segment

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Tokens = tuple[list[int], list[str]]  # of one segment: starts and parts of speech


@dataclass(frozen=True, eq=False)
class Passage:
    """A document's text with its segments in order. Offsets count from the beginning of the text."""

    doc_id: str
    text: str
    seg_ids: Sequence[str]
    kinds: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    opens: bytes  # 1 where a word begins, (len(text) + 1,)
    closes: bytes  # 1 where a word ends, (len(text) + 1,)
    tokens_of: Callable[[int], Tokens]  # of the segment of this number


def passage(text: str, segments: Sequence[Segment]) -> Passage:
    """The passage of one text and its segments (all of one document, in order)."""
    opens, closes = bytearray(len(text) + 1), bytearray(len(text) + 1)
    for segment in segments:
        for token, start in zip(segment.tokens, segment.token_starts, strict=True):
            opens[start] = closes[start + len(token)] = 1
    return Passage(
        doc_id=segments[0].doc_id if segments else "",
        text=text,
        seg_ids=[segment.seg_id for segment in segments],
        kinds=[segment.kind for segment in segments],
        starts=[segment.start for segment in segments],
        ends=[segment.end for segment in segments],
        opens=bytes(opens),
        closes=bytes(closes),
        tokens_of=lambda number: (segments[number].token_starts, segments[number].pos),
    )


def passages(documents: "pa.Table", segments: "pa.Table") -> Iterator[Passage]:
    """The passages of many documents from the columns of both tables; words stay in Arrow until they are asked for.

    Args:
        documents: doc_id and text.
        segments: rows of these documents, those of one document side by side and in order, as they are stored.
    """
    import numpy as np
    import pyarrow.compute as pc

    ids = segments.column("doc_id").to_pylist()
    places: dict[str, list[int]] = {}
    for row, doc_id in enumerate(ids):
        places.setdefault(doc_id, [row, row])[1] = row + 1
    starts, ends, seg_ids, kinds = (segments.column(name).to_pylist() for name in ("start", "end", "seg_id", "kind"))
    words = segments.column("tokens").combine_chunks()
    begins, pos = segments.column("token_starts").combine_chunks(), segments.column("pos").combine_chunks()
    borders = words.offsets.to_numpy() - words.offsets[0].as_py() if len(words) else np.zeros(1, np.int64)
    opening = begins.flatten().to_numpy()
    closing = opening + pc.utf8_length(words.flatten()).to_numpy()
    classes = pos.flatten()
    for doc_id, text in zip(documents.column("doc_id").to_pylist(), documents.column("text").to_pylist(), strict=True):
        first, last = places.get(doc_id, (0, 0))
        here = slice(borders[first], borders[last])

        def tokens_of(number: int, first: int = first) -> Tokens:
            low, high = int(borders[first + number]), int(borders[first + number + 1])
            return opening[low:high].tolist(), classes[low:high].to_pylist()

        yield Passage(
            doc_id,
            text,
            seg_ids[first:last],
            kinds[first:last],
            starts[first:last],
            ends[first:last],
            opens=_marks(opening[here], len(text)),
            closes=_marks(closing[here], len(text)),
            tokens_of=tokens_of,
        )


def _marks(places: "np.ndarray", length: int) -> bytes:
    import numpy as np

    marks = np.zeros(length + 1, np.uint8)
    marks[places] = 1
    return marks.tobytes()
