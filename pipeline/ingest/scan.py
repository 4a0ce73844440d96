"""From SOURCES to files, each with the name it goes by in the tables."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.errors import SettingsError

_HIDDEN = ("~$", ".")
_NOT_INPUT = {"Thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class File:
    """A file to read."""

    source: str  # name of the SOURCE folder, then the relative path with /
    path: str
    size: int  # bytes


def files_of(sources: Sequence[Path], *, leave_out: Path | None = None, exclude: Sequence[str] = ()) -> list[File]:
    """All files below the sources, sorted by source; hidden files, lock files of office programs and Thumbs.db are left out.

    Args:
        leave_out: the run folder, which may stand inside a source; other run folders are left out too.
        exclude: patterns such as `*/README.md` of sources to leave out.
    Raises SettingsError: a source does not exist, or two of them would give their files the same names.
    """
    missing = [f"no file or folder {path}; check the spelling" for path in sources if not path.exists()]
    if missing:
        raise SettingsError(*missing)
    found: dict[str, File] = {}
    for path in sources:
        for file in _below(path, leave_out and leave_out.resolve()):
            if any(fnmatchcase(file.source, pattern) for pattern in exclude):
                continue
            other = found.setdefault(file.source, file)
            if other.path != file.path:
                raise SettingsError(f"{other.path} and {file.path} would both be called {file.source}; rename one SOURCE folder")
    return sorted(found.values(), key=lambda file: file.source)


def _below(path: Path, leave_out: Path | None) -> Iterator[File]:
    whole = path.resolve()
    if whole.is_file():
        yield File(_printable(path.absolute().name), str(whole), whole.stat().st_size)
        return
    waiting = [(whole, _printable(whole.name))]
    while waiting:
        folder, name = waiting.pop()
        if folder == leave_out or ((folder / "run.json").is_file() and (folder / "tables").is_dir()):
            continue
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(_HIDDEN) or entry.name in _NOT_INPUT or _leads_out(entry, whole):
                    continue
                source = f"{name}/{_printable(entry.name)}"
                if entry.is_dir():
                    waiting.append((Path(entry.path), source))
                elif entry.is_file():
                    yield File(source, entry.path, entry.stat().st_size)


def _leads_out(entry: os.DirEntry[str], whole: Path) -> bool:
    """Whether an entry is a link out of the source folder, or a link to a folder (which could be a loop)."""
    if not entry.is_symlink():
        return False
    return entry.is_dir() or not Path(entry.path).resolve().is_relative_to(whole)


def _printable(name: str) -> str:
    """A name that can be written as UTF-8, whatever bytes the file system has and whatever this process takes them for."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
