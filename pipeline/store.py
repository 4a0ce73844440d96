"""A run folder: tables, problems, run.json. Files are written aside and moved into place: a kill leaves the old or the new one.

A table is a folder of Parquet files. Tables with a row or more a document are split into parts by the first hex digits of doc_id;
each file carries in its metadata the key of what made it, so that a stage can tell fresh parts from stale ones.
"""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from filelock import FileLock, Timeout
from pydantic import ValidationError

from pipeline.config import Settings
from pipeline.errors import BusyError, DiskError, NotReadyError
from pipeline.records import TABLES, schema

if TYPE_CHECKING:
    import pyarrow as pa

DOCUMENTS_PER_PART = 128
SPLIT_FROM = 16  # fewer documents are one part
SORTED_BY = {
    "inputs": ["source"],
    "documents": ["doc_id"],
    "overrides": ["source"],
    "signatures": ["doc_id"],
    "relations": ["doc_id", "other", "relation"],
    "citations": ["doc_id", "start", "end"],
    "references": ["doc_id", "order"],
    "segments": ["seg_id"],
    "contexts": ["seg_id"],
    "tags": ["seg_id", "start", "end", "code", "rule"],
}
_KEY = b"wenmai.key"


@dataclass(frozen=True)
class Run:
    """A run folder and the settings it is made with."""

    folder: Path
    settings: Settings

    def table(self, name: str, columns: Sequence[str] | None = None, *, part: str | None = None) -> "pa.Table":
        """A table of the run (Arrow), whole or one part. Raises NotReadyError when no stage has made it yet."""
        return read(self.folder, name, columns, part=part)

    def parts(self) -> list[str]:
        """The parts its documents are split into, in order: "" for a small run, else hex prefixes of doc_id."""
        return sorted(_files(self.folder, "documents"))

    def rows(self, name: str) -> int:
        """How many rows a table has; 0 when it is not there."""
        import pyarrow.parquet as pq

        total = 0
        for path in _files(self.folder, name).values():
            with _whole(path, name):
                total += pq.ParquetFile(path).metadata.num_rows
        return total


def layout(n_documents: int) -> list[str]:
    """The prefixes that split so many documents into parts of at most about 128: 1, 16, 256, 4096 … parts.

    It follows from the number of documents alone, so that it does not matter in how many steps they came.
    """
    digits = 0 if n_documents <= SPLIT_FROM else 1
    while n_documents > DOCUMENTS_PER_PART * 16**digits and digits:
        digits += 1
    return [format(number, f"0{digits}x") for number in range(16**digits)] if digits else [""]


def read(folder: Path, name: str, columns: Sequence[str] | None = None, *, part: str | None = None) -> "pa.Table":
    """A table, or the rows of one part of it, whatever parts it is stored in."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if part is not None and (path := _path(folder, name, part)).is_file():
        return _load(path, name, columns)
    files = _files(folder, name)
    if not files:
        raise NotReadyError(f"no {name} table in {folder}; {_maker(name)}")
    if part is None:
        return pa.concat_tables([_load(path, name, columns) for _, path in sorted(files.items())])
    # the number of parts has changed since this table was written: take the rows from the files that overlap
    near = [path for prefix, path in sorted(files.items()) if prefix.startswith(part) or part.startswith(prefix)]
    pieces = []
    for path in near:
        rows = _load(path, name, None)
        rows = rows.filter(pc.starts_with(rows.column("doc_id"), part))
        pieces.append(rows.select(_list(columns)) if columns else rows)
    if pieces:
        return pa.concat_tables(pieces).replace_schema_metadata(None)
    empty = schema(TABLES[name]).empty_table()
    return empty.select(_list(columns)) if columns else empty


def _load(path: Path, name: str, columns: Sequence[str] | None) -> "pa.Table":
    """One file of a table; columns that an older version did not write are empty, if they may be."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _whole(path, name):
        file = pq.ParquetFile(path)
    stored = set(file.schema_arrow.names)
    missing = [field for field in schema(TABLES[name]) if field.name not in stored]
    if any(not field.nullable for field in missing):
        raise NotReadyError(f"{path.parent} was written by an older version; {_maker(name)}")
    with _whole(path, name):
        rows = file.read() if missing else file.read(columns=_list(columns))
    for field in missing:
        rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(_list(columns) or schema(TABLES[name]).names)


@contextmanager
def _whole(path: Path, name: str) -> Iterator[None]:
    """Turn what pyarrow raises on a truncated file into a NotReadyError that says what to do."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        said = str(error).split("\n")[0][:80]
        raise NotReadyError(f"{path} is damaged ({said}); delete that file and {_maker(name)}") from None


def remove_damaged(folder: Path, name: str) -> None:
    """Remove the files of a table that cannot be read: what was in them is made anew."""
    for path in _files(folder, name).values():
        try:
            _load(path, name, [schema(TABLES[name]).names[0]])
        except NotReadyError as error:
            logging.getLogger("wenmai").warning("%s", error)
            path.unlink(missing_ok=True)


def write(folder: Path, name: str, rows: "pa.Table", *, key: str = "", part: str = "") -> None:
    """Write a table or one part of it, with the key of what made it. Same rows and key: same bytes, which are left alone."""
    if name in SORTED_BY:
        rows = rows.sort_by([(column, "ascending") for column in SORTED_BY[name]])
    path, data = _path(folder, name, part), packed(rows, {_KEY: key.encode()})
    if not path.is_file() or path.read_bytes() != data:
        write_bytes(path, data)


def packed(rows: "pa.Table", about: Mapping[bytes, bytes]) -> bytes:
    """Rows as the bytes of a Parquet file, with what is known about them as its metadata. Same rows: same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = rows.combine_chunks().replace_schema_metadata(dict(about))
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd", row_group_size=1 << 16)
    return bytes(sink.getvalue().to_pybytes())


def write_by_document(folder: Path, name: str, rows: "pa.Table", parts: Sequence[str], *, key: str = "") -> None:
    """Write a whole table split into the given parts by doc_id."""
    import pyarrow.compute as pc

    for part in parts:
        write(folder, name, rows.filter(pc.starts_with(rows.column("doc_id"), part)), key=key, part=part)
    prune(folder, name, parts)


def prune(folder: Path, name: str, parts: Sequence[str]) -> None:
    """Remove the files of a table that belong to another split into parts than this one."""
    for prefix, path in _files(folder, name).items():
        if prefix not in parts:
            path.unlink()


def refresh(
    run: Run, part: str, *, key: str, makes: Sequence[str], compute: Callable[["pa.Table"], dict[str, "pa.Table"]]
) -> int:
    """Bring one part of a per-document stage up to date; rows made before with the same key are kept.

    Args:
        makes: the tables to write; the last one has a row for every document, so it tells which are done.
        compute: from documents (Arrow) to the rows of each of those tables.
    Returns: how many documents were computed.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    documents = run.table("documents", part=part)
    wanted = documents.column("doc_id")
    found = {name: _kept(run.folder, name, part, key) for name in makes}
    # where a file of one table is gone or damaged, its rows cannot be told from rows that never were: all are made anew
    whole = all(rows is not None for rows in found.values())
    empty = {name: schema(TABLES[name]).empty_table() for name in makes}
    kept = {name: rows if whole and rows is not None else empty[name] for name, rows in found.items()}
    kept = {name: rows.filter(pc.is_in(rows.column("doc_id"), wanted)) for name, rows in kept.items()}
    done = kept[makes[-1]].column("doc_id").unique()
    # of a run that was killed the other tables may hold documents that the last one does not
    kept = {name: rows.filter(pc.is_in(rows.column("doc_id"), done)) for name, rows in kept.items()}
    missing = documents.filter(pc.invert(pc.is_in(wanted, done)))
    made = compute(missing)
    for name in makes:
        write(run.folder, name, pa.concat_tables([kept[name], made[name]]), key=key, part=part)
    return missing.num_rows


def _kept(folder: Path, name: str, part: str, key: str) -> "pa.Table | None":
    """The rows of one part that carry this key, from whatever files hold them; none when no such file can be read."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    own = _path(folder, name, part)
    files = {part: own} if own.is_file() else _files(folder, name)
    rows = []
    for prefix, path in sorted(files.items()):
        if (prefix.startswith(part) or part.startswith(prefix)) and _key(path) == key:
            with suppress(pa.ArrowException, OSError):  # damaged: made anew
                table = pq.ParquetFile(path).read()
                rows.append(table.filter(pc.starts_with(table.column("doc_id"), part)))
    return pa.concat_tables([table.replace_schema_metadata(None) for table in rows]) if rows else None


def _key(path: Path) -> str:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return (pq.read_metadata(path).metadata or {}).get(_KEY, b"").decode()
    except (pa.ArrowException, OSError):  # damaged: made anew
        return ""


def digest(folder: Path, names: Sequence[str]) -> str:
    """A hash of the stored bytes of several tables; missing tables count as empty."""
    total = hashlib.sha256()
    for name in names:
        for prefix, path in sorted(_files(folder, name).items()):
            total.update(f"{name}/{prefix}:".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:20]


def read_state(folder: Path) -> dict[str, Any]:
    """What run.json says; empty for a new folder, and where it is damaged: everything is then done anew."""
    path = folder / "run.json"
    if not path.is_file():
        return {}
    try:
        state = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        state = None
    if isinstance(state, dict) and _holds_states(state.get("stages", {})):
        return state
    logging.getLogger("wenmai").warning("%s is damaged; what it said is found out anew", path)
    return {}


def _holds_states(stages: Any) -> bool:
    return isinstance(stages, dict) and all(isinstance(state, dict) for state in stages.values())


def write_state(folder: Path, state: Mapping[str, Any]) -> None:
    """Write run.json."""
    text = json.dumps(state, ensure_ascii=False, indent=1) + "\n"
    # names of folders may hold bytes that are no UTF-8: as \udcff they are JSON, and read back
    write_bytes(folder / "run.json", text.encode("utf-8", "backslashreplace"))


def open_run(folder: Path) -> Run:
    """An existing run with the settings it was made with. Raises NotReadyError when the folder holds none."""
    state = read_state(folder)
    if not state:
        raise NotReadyError(f"no run in {folder}; make one with: wenmai run SOURCE --out {folder}")
    try:
        return Run(folder, Settings.model_validate(state["settings"]))
    except (KeyError, ValidationError):
        raise NotReadyError(
            f"run.json in {folder} is of another version or damaged; make it with: wenmai run SOURCE --out {folder}"
        ) from None


def write_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8, LF) atomically."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file aside, flush it to disk and move it into place. Raises DiskError when the disk is full or read-only."""
    with writing(path) as file:
        file.write(data)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file that is written aside, flushed to disk and moved into place at the end. Raises DiskError."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(aside).chmod(0o644)
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full or read-only disk into a DiskError that says what to do."""
    try:
        yield
    except OSError as error:
        raise DiskError(f"cannot write {path}: {error.strerror}; make room or choose another --out, then run again") from None


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run folder for this process. Raises BusyError when another one holds it."""
    if any("\ud800" <= character <= "\udfff" for character in str(folder)):
        raise DiskError(f"cannot write {folder}: Arrow opens only names in UTF-8; choose another --out")
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise BusyError(f"another wenmai is working in {folder}; wait for it or choose another --out") from None
    try:
        yield
    finally:
        lock.release()


def _path(folder: Path, name: str, part: str) -> Path:
    """The file of one part of a table."""
    return folder / "tables" / name / f"part-{part or 'all'}.parquet"


def _files(folder: Path, name: str) -> dict[str, Path]:
    """The files of a table by the prefix of doc_id they hold; "" for a table in one file."""
    names = {path.name[5:-8]: path for path in (folder / "tables" / name).glob("part-*.parquet")}
    return {"" if prefix == "all" else prefix: path for prefix, path in names.items()}


def _list(columns: Sequence[str] | None) -> list[str] | None:
    return list(columns) if columns else None


def _maker(name: str) -> str:
    makers = {
        "inputs": "ingest", "documents": "ingest", "overrides": "ingest", "signatures": "ingest",
        "relations": "ingest", "citations": "ingest", "references": "ingest", "segments": "segment", "tags": "tag", "contexts": "tag", "topics": "topics",
        "doc_topics": "topics", "topic_quality": "topics", "nodes": "cooccur", "links": "cooccur", "trends": "trends",
    }  # fmt: skip
    return f"run {makers[name]} first" if name in makers else f"there are {', '.join(TABLES)}"
