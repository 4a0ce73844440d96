"""Bookkeeping of inputs: which files must be read, which rows stay, and who of several equal ones is kept.

Files with the same bytes are read once, under the first of their names in sort order; so it does not matter in how many steps
they came.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.ingest.scan import File
from pipeline.records import SET_ASIDE, Input

VANISHED = "no longer there; its document stays in this run. To leave it out, make a new run with --out"


@dataclass(frozen=True)
class Plan:
    """What becomes of the files that are there and of the rows of the run before."""

    read: list[File]  # to be read
    kept: list[Input]  # rows that stay as they are: of files that have not changed and of what is in them
    twins: dict[str, tuple[str, int]]  # source of a file → the one with the same bytes that is read or kept, and its own size
    vanished: list[Input]  # rows whose file is no longer there


def plan(files: Mapping[str, File], hashes: Mapping[str, str], old: Sequence[Input], roots: set[str], *, anew: bool) -> Plan:
    """Compare the files that are there with the inputs of the run before.

    Args:
        files: by source.
        hashes: of their bytes, by source; "" for those that cannot be opened.
        old: inputs of the run before.
        roots: names of the SOURCES looked through now; rows below other ones stay.
        anew: every file is read again, since what reads has changed.
    """
    before = _by_file(old)
    absent = {source: rows[-1] for source, rows in before.items() if source not in files}
    gone = {source for source, row in absent.items() if row.status == "vanished" or source.split("/")[0] in roots}
    elsewhere = {source: row for source, row in absent.items() if source not in gone}
    leader_of = _leaders({**hashes, **{source: row.bytes_hash for source, row in elsewhere.items()}})
    led = {source for source, leader in leader_of.items() if leader == source}
    to_read = {source for source in led & files.keys() if anew or _is_changed(before.get(source), hashes[source])}
    to_read |= _orphans(led - to_read, before, set(files))
    sizes = {**{source: file.size for source, file in files.items()}, **{source: row.size for source, row in elsewhere.items()}}
    return Plan(
        read=[files[source] for source in sorted(to_read)],
        kept=[row for source in sorted(led - to_read) for row in before[source]],
        twins={source: (leader, sizes[source]) for source, leader in sorted(leader_of.items()) if leader != source},
        vanished=[row for source in sorted(gone) for row in before[source]],
    )


def settle(planned: Plan, found: Iterable[Input]) -> tuple[list[Input], dict[str, str]]:
    """All inputs of the run, and the source that each document is taken from.

    Args:
        found: inputs of the files that were read, with what is in them.
    """
    rows = {row.source: row for row in [*planned.kept, *found]}
    first: dict[str, str] = {}
    for row in [*(rows[source] for source in sorted(rows)), *sorted(planned.vanished, key=lambda row: row.source)]:
        if row.doc_id:
            first.setdefault(row.doc_id, row.source)
    settled = {source: _settled(row, first) for source, row in rows.items()}
    settled |= {source: _twin(source, size, settled[leader]) for source, (leader, size) in planned.twins.items()}
    settled |= {row.source: replace(row, status="vanished", reason=VANISHED) for row in planned.vanished}
    return [settled[source] for source in sorted(settled)], first


def newly_set_aside(rows: Iterable[Input], old: Iterable[Input]) -> int:
    """How many inputs are set aside that were not set aside in the run before with the same bytes."""
    known = {(row.source, row.bytes_hash) for row in old if row.status in SET_ASIDE}
    return sum(1 for row in rows if row.status in SET_ASIDE and (row.source, row.bytes_hash) not in known)


def hash_of(file: File) -> str:
    """sha256 of the bytes of a file; "" when it cannot be opened."""
    if file.reason:  # to open a pipe would be to wait for ever
        return ""
    try:
        with Path(file.path).open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _by_file(rows: Sequence[Input]) -> dict[str, list[Input]]:
    """The rows of each file: those of its rows and members, itself last."""
    found: dict[str, list[Input]] = {}
    for row in rows:
        found.setdefault(owner_of(row.source), []).append(row)
    for owner, members in found.items():
        members.sort(key=lambda row: row.source == owner)
    return found


def owner_of(source: str) -> str:
    """The source of the file that an input is in or is itself: in names of files # and ! are escaped."""
    return re.split("[#!]", source, maxsplit=1)[0]


def _leaders(hash_of: Mapping[str, str]) -> dict[str, str]:
    """The first source of the files with the same bytes as each file."""
    first: dict[str, str] = {}
    for source in sorted(hash_of):
        first.setdefault(_same(source, hash_of[source]), source)
    return {source: first[_same(source, bytes_hash)] for source, bytes_hash in hash_of.items()}


def _same(source: str, bytes_hash: str) -> str:
    """What files have in common of which one stands for all; what speaks of the files beside it stands for itself."""
    return source if not bytes_hash or re.search(r"(?:^|/)(?:metadata|元数据|corpus)\.\w+$", source) else bytes_hash


def _is_changed(rows: list[Input] | None, bytes_hash: str) -> bool:
    """Whether a file must be read: new, other bytes, or what was read of it then has not become a document of its own."""
    return not rows or not bytes_hash or rows[-1].bytes_hash != bytes_hash or rows[-1].status in ("duplicate", "vanished")


def _orphans(kept: set[str], before: Mapping[str, list[Input]], there: set[str]) -> set[str]:
    """Files to be read again since they hold a duplicate of a document that is no longer kept under another name."""
    found: set[str] = set()
    while True:
        alive = {row.doc_id for source in kept - found for row in before[source] if row.status in ("ok", "partial")}
        more = {
            source
            for source in (kept & there) - found
            if any(row.status == "duplicate" and row.doc_id not in alive for row in before[source])
        }
        if not more:
            return found
        found |= more


def _twin(source: str, size: int, leader: Input) -> Input:
    """The row of a file whose bytes are those of another one."""
    status, reason = leader.status, leader.reason
    if leader.status in ("ok", "partial", "duplicate"):
        status, reason = "duplicate", f"same bytes as {leader.source}"
    return Input(source, leader.bytes_hash, size, status, reason, leader.doc_id)


def _settled(row: Input, first: Mapping[str, str]) -> Input:
    """The row with its final status: of several inputs that give one document, the first in sort order is the one."""
    if row.doc_id and first[row.doc_id] != row.source:
        return replace(row, status="duplicate", reason=f"same content as {first[row.doc_id]}")
    return replace(row, status="ok", reason="") if row.status == "duplicate" else row
