"""Verbatim reuse: sentences whose words stand in an earlier document of a higher level, word for word or nearly so."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.engine import Spread
from pipeline.records import Reuse
from pipeline.store import Run
from pipeline.trends.passages import Runs, Side, grams, join_runs, shared_grams
from pipeline.units import counted_documents

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

LEVELS = ("central", "province", "city", "county")  # from the highest
SHARE = 0.5  # of a segment's letters that are copied: less is not listed
COPIED = 0.8  # a segment of which so much is copied is not the writer's own
_NEVER = 10**7  # a day after all others
_TITLE = re.compile(r"《(?:[^《》\n]|《[^《》\n]{0,80}》){0,120}》")


@dataclass(frozen=True)
class _Texts:
    """The letters and digits of documents, one after the other, without titles in 《》."""

    documents: list[dict[str, Any]]
    segments: "pa.Table"  # seg_id, kind and start of all, in order
    document: "np.ndarray"  # of each segment, (n_segments,)
    letters: "np.ndarray"  # code points, small and of plain width, (n_letters,)
    offset: "np.ndarray"  # of each in its document
    segment: "np.ndarray"  # that each stands in, rising


def reuse(run: Run, spread: Spread) -> list[Reuse]:
    """The segments whose words stand in a higher document of the same day or earlier, sorted, one row each.

    Higher are documents of the centre, and those of higher levels in the same province. A date counts as the last day it may mean.
    A document without one is copied from by none, as it may be later than all; it may copy.
    """
    import numpy as np

    texts = _joined(list(spread(_read, [(run, part) for part in run.parts()], stage="trends")))
    counts = np.isin(texts.segments.column("kind").to_numpy(zero_copy_only=False).astype(str), run.settings.trends.kinds)
    return _rows(texts, _copied(texts), counts)


def copied_segments(rows: Iterable[Reuse], *, least: float = COPIED) -> set[str]:
    """The seg_ids of the segments of which at least this share is copied."""
    return {row.seg_id for row in rows if row.share >= least}


def last_day(day: str | None) -> int | None:
    """A date as a number of days: 2021-06 is the last of June, as nothing says that it was earlier; none for none."""
    if not day:
        return None
    year, month, exact = [*map(int, day.split("-")), 0, 0][:3]
    if exact:
        return date(year, month, exact).toordinal()
    return date(year, month + 1, 1).toordinal() - 1 if 0 < month < 12 else date(year, 12, 31).toordinal()


def _read(task: tuple[Run, str]) -> _Texts:
    """The letters of the documents of one part that have a level."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    run, part = task
    documents = counted_documents(run, part, ["date", "level", "province", "version_of", "text"])
    documents = documents.filter(pc.is_in(documents.column("level"), pa.array(LEVELS)))
    segments = run.table("segments", ["seg_id", "doc_id", "kind", "start", "end"], part=part)
    document = pc.index_in(segments.column("doc_id"), documents.column("doc_id").combine_chunks())
    segments = segments.filter(pc.is_valid(document))
    of_document = document.drop_null().to_numpy().astype(np.int64)
    texts = documents.column("text").to_pylist()
    codes, plain = _letters(texts)
    begin = np.cumsum([0, *map(len, texts)])[of_document]
    start = segments.column("start").to_numpy()
    size = segments.column("end").to_numpy() - start
    first = np.cumsum(size) - size
    place = np.arange(size.sum()) + np.repeat(begin + start - first, size)
    kept = plain[place]
    place, segment = place[kept], np.repeat(np.arange(len(size), dtype=np.int32), size)[kept]
    facts = documents.drop_columns(["text"]).to_pylist()
    rows = segments.select(["seg_id", "kind", "start"])
    return _Texts(facts, rows, of_document, codes[place], (place - begin[segment]).astype(np.int32), segment)


def _letters(texts: Sequence[str]) -> tuple["np.ndarray", "np.ndarray"]:
    """The code points of texts, small and of plain width, and which are letters or digits outside titles, (n_characters,) each."""
    import unicodedata

    import numpy as np

    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    table = np.zeros(int(codes.max(initial=0)) + 1, np.uint32)
    counts = np.zeros(len(table), bool)
    for code in np.flatnonzero(np.bincount(codes)).tolist():
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        table[code] = ord(plain) if len(plain) == 1 else code
        counts[code] = chr(code).isalnum()
    kept = counts[codes]
    begin = 0
    for text in texts:
        for title in _TITLE.finditer(text):
            kept[begin + title.start() : begin + title.end()] = False
        begin += len(text)
    return table[codes], kept


def _joined(parts: Sequence[_Texts]) -> _Texts:
    """The parts one after the other; there is at least one."""
    import numpy as np
    import pyarrow as pa

    documents = np.cumsum([0, *(len(part.documents) for part in parts)])
    segments = np.cumsum([0, *(len(part.document) for part in parts)])
    first_segment = segments.astype(np.int32)
    return _Texts(
        documents=[row for part in parts for row in part.documents],
        segments=pa.concat_tables([part.segments for part in parts]).combine_chunks(),
        document=np.concatenate([part.document + first for part, first in zip(parts, documents, strict=False)]),
        letters=np.concatenate([part.letters for part in parts]),
        offset=np.concatenate([part.offset for part in parts]),
        segment=np.concatenate([part.segment + first for part, first in zip(parts, first_segment, strict=False)]),
    )


def _copied(texts: _Texts) -> list[Runs]:
    """What documents below each level have in common with earlier ones of that level."""
    import numpy as np

    text = texts.document[texts.segment]
    keys = grams(texts.letters, text)
    level = np.array([LEVELS.index(row["level"]) for row in texts.documents], np.int8)
    day = np.array([last_day(row["date"]) or _NEVER for row in texts.documents], np.int64)
    _, family = np.unique([row["version_of"] or row["doc_id"] for row in texts.documents], return_inverse=True)
    _, province = np.unique([row["province"] or "" for row in texts.documents], return_inverse=True)
    mixed = province.astype(np.uint64) << np.uint64(40)
    worn = np.zeros(len(keys), bool)
    found = []
    for rank in range(len(LEVELS) - 1):
        sides = (level > rank, (level == rank) & (day < _NEVER))
        if not all(side.any() for side in sides):
            continue
        low, high = (_side(keys, np.flatnonzero(side[text]), text, mixed if rank else None) for side in sides)
        pairs = shared_grams(low, high, family[text], worn)
        pairs = pairs[day[text[pairs[:, 1]]] <= day[text[pairs[:, 0]]]]
        found.append(join_runs(texts.letters, text, pairs))
    return found


def _side(keys: "np.ndarray", at: "np.ndarray", text: "np.ndarray", mixed: "np.ndarray | None") -> Side:
    """The grams at some places, those of two provinces kept apart unless the centre speaks."""
    key = keys[at]
    if mixed is not None:
        key[key != 0] += mixed[text[at]][key != 0]
    return Side(at, key)


def _rows(texts: _Texts, found: Sequence[Runs], counts: "np.ndarray") -> list[Reuse]:
    """One row for each segment of which enough is copied, with the passage that most of it is from, of equals the earliest."""
    import numpy as np

    share = _shares(texts, found)
    pieces = np.concatenate([np.zeros((0, 6), np.int64), *(_pieces(texts, runs, level) for level, runs in enumerate(found))])
    pieces = pieces[(share >= SHARE)[pieces[:, 0]] & counts[pieces[:, 0]]]
    if not len(pieces):
        return []
    # runs of one passage in one segment together
    pieces = pieces[np.lexsort((pieces[:, 3], pieces[:, 2], pieces[:, 1], pieces[:, 0]))]
    opens = np.flatnonzero(np.append(True, (np.diff(pieces[:, :3], axis=0) != 0).any(axis=1)))
    size = np.add.reduceat(pieces[:, 5], opens)
    low, high = pieces[:, 3], pieces[:, 4]
    spans = [
        np.minimum.reduceat(low, opens), np.maximum.reduceat(low + pieces[:, 5], opens) - 1,
        np.minimum.reduceat(high, opens), np.maximum.reduceat(high + pieces[:, 5], opens) - 1,
    ]  # fmt: skip
    segment = pieces[opens, 0]
    day = np.array([last_day(row["date"]) or _NEVER for row in texts.documents])[texts.document[texts.segment[spans[2]]]]
    order = np.lexsort((spans[2], day, -size, segment))
    best = order[np.append(True, np.diff(segment[order]) != 0)]
    segment, upper = segment[best], texts.segment[spans[2][best]]
    ids = np.array([row["doc_id"] for row in texts.documents], object)
    names = texts.segments.column("seg_id")
    first, last, upper_first, upper_last = (texts.offset[span[best]] for span in spans)
    columns = [
        ids[texts.document[segment]].tolist(), names.take(segment).to_pylist(), first.tolist(), (last + 1).tolist(),
        ids[texts.document[upper]].tolist(), names.take(upper).to_pylist(), upper_first.tolist(), (upper_last + 1).tolist(),
        share[segment].round(6).tolist(),
    ]  # fmt: skip
    return [Reuse(*values) for values in zip(*columns, strict=True)]


def _shares(texts: _Texts, found: Sequence[Runs]) -> "np.ndarray":
    """The share of the letters of each segment that are copied, from whichever documents, (n_segments,)."""
    import numpy as np

    edges = np.zeros(len(texts.letters) + 1, np.int64)
    for runs in found:
        np.add.at(edges, runs.low, 1)
        np.add.at(edges, runs.low + runs.size, -1)
    copied = np.cumsum(edges[:-1]) > 0
    n_segments = len(texts.document)
    letters = np.bincount(texts.segment, minlength=n_segments)
    return np.bincount(texts.segment, copied, minlength=n_segments) / np.maximum(letters, 1)


def _pieces(texts: _Texts, runs: Runs, level: int) -> "np.ndarray":
    """Runs cut at the borders of segments: segment, level, passage, first letter, first letter in the higher text, letters."""
    import numpy as np

    first, last = texts.segment[runs.low], texts.segment[runs.low + runs.size - 1]
    number = last - first + 1
    of_run = np.repeat(np.arange(len(number)), number)
    segment = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number - first, number)
    begin = np.maximum(np.searchsorted(texts.segment, segment), runs.low[of_run])
    end = np.minimum(np.searchsorted(texts.segment, segment, "right"), (runs.low + runs.size)[of_run])
    high = begin + (runs.high - runs.low)[of_run]
    columns = [segment, np.full(len(segment), level), runs.passage[of_run], begin, high, end - begin]
    rows = np.stack(columns, axis=1)
    return rows[rows[:, 5] > 0]
