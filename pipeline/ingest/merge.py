"""Documents read by the workers, put aside part by part and then merged into the documents table."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import store
from pipeline.config import IngestSettings
from pipeline.engine import Spread
from pipeline.errors import NotReadyError
from pipeline.ingest.parser import read_file
from pipeline.ingest.scan import File
from pipeline.records import Document, Input, Override, schema, to_table
from pipeline.store import Run

if TYPE_CHECKING:
    import pyarrow as pa

_DIGITS = "0123456789abcdef"
_BATCH = 8_000_000  # characters held before they are written
_ROW = 1000  # what a document takes beside its text


def read_files(task: tuple[IngestSettings, list[File], Path]) -> tuple[list[Input], list[Override]]:
    """Read some files; their documents go to a file of their own as they come, so that one big table does not fill the memory."""
    settings, files, aside = task
    inputs: list[Input] = []
    overrides: list[Override] = []
    _put_aside(_documents(files, settings, inputs, overrides), aside)
    return inputs, overrides


def _documents(
    files: Sequence[File], settings: IngestSettings, inputs: list[Input], overrides: list[Override]
) -> Iterator[Document]:
    """The documents of some files; all that is met is added to `inputs`, what speaks of documents to `overrides`."""
    for file in files:
        for here, made in read_file(file, settings):
            inputs.append(here)
            if isinstance(made, Override):
                overrides.append(made)
            elif made:
                yield made


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


def _put_aside(documents: Iterator[Document], path: Path) -> None:
    """Write documents in batches: sixteen row groups each, one for each first digit of doc_id."""
    import pyarrow.parquet as pq

    with ExitStack() as stack:
        file: pq.ParquetWriter | None = None
        for batch in _batches(documents):
            with store.disk_errors(path):
                file = file or stack.enter_context(pq.ParquetWriter(path, schema(Document), compression="zstd"))
                for digit in _DIGITS:
                    file.write_table(to_table([row for row in batch if row.doc_id.startswith(digit)], Document))


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    """Documents in lots of some millions of characters."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += _ROW + len(document.text)
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


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
    groups = [group for group in range(file.num_row_groups) if not part or _DIGITS[group % len(_DIGITS)] == part[0]]
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
