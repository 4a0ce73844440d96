"""Documents read by the workers, put aside part by part and then merged into the documents table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import store
from pipeline.config import IngestSettings
from pipeline.engine import Spread
from pipeline.errors import NotReadyError
from pipeline.ingest.parser import read_file
from pipeline.ingest.scan import File
from pipeline.records import Document, Input, schema, to_table
from pipeline.store import Run

if TYPE_CHECKING:
    import pyarrow as pa

_DIGITS = "0123456789abcdef"


def read_files(task: tuple[IngestSettings, list[File], Path]) -> list[Input]:
    """Read some files; their documents go to a file of their own, one row group for each first digit of doc_id."""
    settings, files, aside = task
    results = [result for file in files for result in read_file(file, settings)]
    documents = [document for _, document in results if document]
    if documents:
        _put_aside(documents, aside)
    return [here for here, _ in results]


def merge(run: Run, spread: Spread, key: str, first: Mapping[str, str], again: set[str], aside: Sequence[Path]) -> None:
    """Write the documents table: of each document the copy that was read from its first source.

    Args:
        first: doc_id → source, for every document that the run holds now.
        again: doc_ids that were read now: their stored copies are replaced.
        aside: what `read_files` has written.
    """
    parts = store.layout(len(first))
    of_part: dict[str, dict[str, str]] = {part: {} for part in parts}
    width = len(parts[0])
    for doc_id, source in first.items():
        of_part[doc_id[:width]][doc_id] = source
    tasks = [(run, key, part, of_part[part], again & of_part[part].keys(), aside) for part in parts]
    for _ in spread(_merge_part, tasks, stage="ingest"):
        pass
    store.prune(run.folder, "documents", parts)


def _put_aside(documents: Sequence[Document], path: Path) -> None:
    import pyarrow.parquet as pq

    with store.disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(path, schema(Document), compression="zstd") as file:
            for digit in _DIGITS:
                file.write_table(to_table([row for row in documents if row.doc_id.startswith(digit)], Document))


def _merge_part(task: tuple[Run, str, str, dict[str, str], set[str], Sequence[Path]]) -> None:
    import pyarrow as pa

    run, key, part, first, again, aside = task
    stored = _stored(run, part)
    if not again and part in run.parts() and set(stored.column("doc_id").to_pylist()) == first.keys():
        return
    rows = pa.concat_tables([*(_read_aside(path, part) for path in aside if again), stored])
    chosen = _chosen(rows, first)
    assert chosen.num_rows == len(first), f"{len(first)} documents expected in part '{part}', {chosen.num_rows} found"
    store.write(run.folder, "documents", chosen, key=key, part=part)


def _stored(run: Run, part: str) -> "pa.Table":
    try:
        return run.table("documents", part=part).replace_schema_metadata(None)
    except NotReadyError:
        return schema(Document).empty_table()


def _read_aside(path: Path, part: str) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    groups = [_DIGITS.index(part[0])] if part else list(range(len(_DIGITS)))
    return pa.concat_tables([file.read_row_group(group) for group in groups])


def _chosen(rows: "pa.Table", first: Mapping[str, str]) -> "pa.Table":
    """The wanted documents, each once: read now before stored, and the copy of the right source before others."""
    import pyarrow as pa

    best: dict[str, tuple[bool, int]] = {}
    pairs = zip(rows.column("doc_id").to_pylist(), rows.column("source").to_pylist(), strict=True)
    for at, (doc_id, source) in enumerate(pairs):
        if doc_id in first:
            best[doc_id] = min(best.get(doc_id, (True, len(rows))), (source != first[doc_id], at))
    chosen = rows.take(pa.array([at for _, at in best.values()], pa.int64()))
    # the file a copy was read from may have gone, with another one of the same bytes out of reach
    sources = pa.array([first[doc_id] for doc_id in best], pa.string())
    return chosen.set_column(chosen.schema.get_field_index("source"), schema(Document).field("source"), sources)
