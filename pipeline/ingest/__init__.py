"""Ingest: files, rows and archive members are read in parser processes and become documents."""

import csv
import hashlib
import io
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.config import lexicon
from pipeline.engine import Spread
from pipeline.errors import NotReadyError, SettingsError
from pipeline.ingest.gazetteer import read_gazetteer
from pipeline.ingest.inputs import Plan, hash_of, newly_set_aside, owner_of, plan, settle
from pipeline.ingest.merge import merge, read_files
from pipeline.ingest.related import as_read, relate
from pipeline.ingest.scan import File, files_of, name_of, place_of
from pipeline.ingest.thesaurus import read_thesaurus
from pipeline.records import SET_ASIDE, STATUSES, Input, Override, from_table, to_table
from pipeline.store import Run

__all__ = ["MAKES", "foresee", "run"]

MAKES = ("inputs", "overrides", "documents", "signatures", "relations", "citations", "references")
_TASK_FILES = 32
_TASK_BYTES = 2 << 20


def run(run: Run, spread: Spread, key: str, sources: Sequence[Path]) -> dict[str, Any]:
    """Read what is new in the sources; what the run holds of other sources stays.

    Returns: counts by status, how many files were read, and under "set_aside_now" how many inputs were set aside that were
        not before.
    Raises SettingsError: a source does not exist, or a line of the places, issuers or a thesaurus is wrong.
    """
    applied = [sorted(read_thesaurus(run.settings.ingest.thesaurus).items()), run.settings.ingest.keep_duplicates]
    read_gazetteer(*(lexicon(name, "", ".csv") for name in (run.settings.ingest.places, run.settings.ingest.issuers)))
    for name in ("inputs", "documents", "overrides"):
        store.remove_damaged(run.folder, name)
    state = _state(run)
    old = _old_inputs(run)
    planned = _plan(run, sources, state, old, key)
    with store.disk_errors(run.folder):
        run.folder.mkdir(parents=True, exist_ok=True)
        for stale in run.folder.glob(".reading*"):  # of a run that was killed
            shutil.rmtree(stale, ignore_errors=True)
        # a folder of its own: a worker of that run that still goes on cannot write into this one
        staging = Path(tempfile.mkdtemp(prefix=".reading-", dir=run.folder))
    try:
        tasks = [(run.settings.ingest, files, staging / f"{n}.parquet") for n, files in enumerate(_tasks(planned.read))]
        read = list(spread(read_files, tasks, stage="ingest"))
        found = [row for rows, _ in read for row in rows]
        rows, first = settle(planned, found)
        again = {row.doc_id for row in found if row.doc_id}
        said = [one for _, some in read for one in some]
        last = {"key": key, "applied": _hash(applied), "makes": store.digest(run.folder, MAKES)}
        if again or said or rows != old or any(state.get(name) != value for name, value in last.items()):
            merge(run, spread, key, first, again, [path for _, _, path in tasks if path.is_file()])
            overrides = _overrides(run, rows, said)
            rows = relate(run, spread, key, rows, overrides)
            store.write(run.folder, "overrides", to_table(overrides, Override), key=key)
            store.write(run.folder, "inputs", to_table(rows, Input), key=key)
        else:  # nothing to merge, and nothing new to relate
            rows = from_table(run.table("inputs"), Input)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    doubted = _write_problems(run, rows)
    statuses = Counter(row.status for row in rows)
    counts: dict[str, Any] = {"inputs": len(rows), **{name: statuses[name] for name in STATUSES if statuses[name]}}
    counts |= {
        "documents": len(first),
        "files_read": sum(not file.reason for file in planned.read),
        "set_aside": sum(statuses[name] for name in SET_ASIDE),
    }
    counts |= {"problems": doubted, "set_aside_now": newly_set_aside(rows, old), "applied": last["applied"]}
    return counts | {"sources": state.get("sources", {}) | {name_of(path): str(place_of(path)) for path in sources}}


def foresee(run: Run, sources: Sequence[Path], key: str) -> dict[str, int]:
    """What a run would do with the files of the sources, without reading them: how many are new, changed, known, vanished."""
    old = _old_inputs(run)
    planned = _plan(run, sources, _state(run), old, key)
    known = {row.source: row.bytes_hash for row in old}
    changed = sum(1 for file in planned.read if not file.reason and file.source in known and known[file.source] != hash_of(file))
    odd = sum(1 for file in planned.read if file.reason and file.source in known)
    again = sum(1 for file in planned.read if file.source in known) - changed - odd
    kept = len({row.source for row in planned.kept}) + len(planned.twins) + odd
    counts = {"new": len(planned.read) - changed - again - odd, "changed": changed, "read again": again}
    return counts | {"known": kept, "vanished": len(planned.vanished)}


def _hash(applied: list[Any]) -> str:
    """What is applied anew each time, in short: the thesaurus and what counts."""
    return hashlib.sha256(json.dumps(applied, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:20]


def _state(run: Run) -> dict[str, Any]:
    """What run.json says about the last time."""
    return store.read_state(run.folder).get("stages", {}).get("ingest", {})


def _overrides(run: Run, rows: Sequence[Input], read: Sequence[Override]) -> list[Override]:
    """All that is said of documents, sorted: read now, or before by rows that still stand; what has vanished says nothing."""
    standing = {row.source for row in rows if row.status != "vanished"}
    anew = {owner_of(found.source) for found in read}
    try:
        old = from_table(run.table("overrides"), Override)
    except NotReadyError:
        old = []
    kept = [found for found in old if found.source in standing and owner_of(found.source) not in anew]
    return sorted([*kept, *read], key=lambda found: found.source)


def _old_inputs(run: Run) -> list[Input]:
    """Inputs of the run before as they were read; those of a file whose documents are no longer stored as if its bytes were others."""
    try:
        old = from_table(run.table("inputs"), Input)
    except NotReadyError:
        return []
    statuses = {found: status for part in run.parts() for found, status in _stored(run, part).items()}
    old = [as_read(row, statuses) for row in old]
    stored = {doc_id for _, doc_id in statuses}
    lost = {owner_of(row.source) for row in old if row.doc_id and row.doc_id not in stored}
    return [
        replace(row, bytes_hash="", doc_id=row.doc_id if row.doc_id in stored else None) if owner_of(row.source) in lost else row
        for row in old
    ]


def _stored(run: Run, part: str) -> dict[tuple[str, str], str]:
    """Source and id of each document of a part → its status."""
    try:
        rows = run.table("documents", ["source", "doc_id", "status"], part=part).to_pylist()
    except NotReadyError:
        return {}
    return {(row["source"], row["doc_id"]): row["status"] for row in rows}


def _plan(run: Run, sources: Sequence[Path], state: dict[str, Any], old: list[Input], key: str) -> Plan:
    """What is to be done. When what reads has changed, the sources of earlier runs that are still there are read again too."""
    anew = state.get("key") != key
    before = {name: Path(path) for name, path in state.get("sources", {}).items() if Path(path).exists()}
    _check_names(sources, before)
    earlier = list(before.values()) if anew else []
    files = {
        file.source: file for file in files_of([*sources, *earlier], leave_out=run.folder, exclude=run.settings.ingest.exclude)
    }
    hashes = {source: hash_of(file) for source, file in files.items()}
    return plan(files, hashes, old, {name_of(path) for path in [*sources, *earlier]}, anew=anew)


def _check_names(sources: Sequence[Path], before: Mapping[str, Path]) -> None:
    """A SOURCE from elsewhere with the name of an earlier one would make the files of that one vanish."""
    taken = [(path, before[name_of(path)]) for path in sources if name_of(path) in before]
    problems = [
        f"{path} and {other} of an earlier run are both called {name_of(path)}; rename one of them or choose another --out"
        for path, other in taken
        if path.exists() and not path.samefile(other)
    ]
    if problems:
        raise SettingsError(*problems)


def _tasks(files: Sequence[File]) -> list[list[File]]:
    """Files in lots of some 2 MB, the largest first, so that no long one is begun last."""
    lots: list[list[File]] = []
    size = 0
    for file in sorted(files, key=lambda file: (-file.size, file.source)):
        if not lots or len(lots[-1]) >= _TASK_FILES or size + file.size > _TASK_BYTES:
            lots.append([])
            size = 0
        lots[-1].append(file)
        size += file.size
    return lots


def _write_problems(run: Run, rows: Sequence[Input]) -> int:
    """problems.csv, for a spreadsheet: every input that is set aside or doubtful. Returns how many."""
    doubted = [row for row in rows if row.status != "ok" or row.reason]
    sheet = io.StringIO()
    table = csv.writer(sheet, lineterminator="\r\n")
    table.writerow(["source", "status", "set_aside", "reason"])
    for row in doubted:
        table.writerow([_plain(row.source), row.status, "yes" if row.status in SET_ASIDE else "no", _plain(row.reason)])
    store.write_text(run.folder / "problems.csv", "\ufeff" + sheet.getvalue())
    return len(doubted)


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
