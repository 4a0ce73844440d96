"""From SOURCES to files, each with the name it goes by in the tables."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.errors import SettingsError

_HIDDEN = ("~$", ".")
_NOT_INPUT = {"Thumbs.db", "desktop.ini"}
# what marks rows and members, bytes that are no UTF-8, and a backslash that would read as an escape
_ESCAPED = re.compile(r"[#!\udc80-\udcff]|\\(?=x[0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class File:
    """A file to read."""

    source: str  # name of the SOURCE folder, then the relative path with /; no # and no !, which mark rows and members
    path: str
    size: int  # bytes
    reason: str = ""  # why it is not to be opened, with what to do: a device, a link that leads out


def files_of(sources: Sequence[Path], *, leave_out: Path | None = None, exclude: Sequence[str] = ()) -> list[File]:
    """All files below the sources, sorted by source, and all that is no file; hidden ones, ~$ files and Thumbs.db are left out.

    Args:
        leave_out: the run folder, which may stand inside a source; other run folders are left out too.
        exclude: patterns such as `*/README.md` of sources to leave out.
    Raises SettingsError: a source is no file or folder, or two of them would give their files the same names.
    """
    missing = [f"no file or folder {path}; check the spelling" for path in sources if not path.exists()]
    missing += [
        f"{path} is neither a file nor a folder; copy what it gives into a file"
        for path in sources
        if path.exists() and not path.is_file() and not path.is_dir()
    ]
    if missing:
        raise SettingsError(*missing)
    found: dict[str, File] = {}
    for path in sources:
        for file in _below(path, leave_out and leave_out.resolve()):
            if any(fnmatchcase(plain(file.source), pattern) for pattern in exclude):
                continue
            other = found.setdefault(file.source, file)
            if other.path != file.path:
                raise SettingsError(f"{other.path} and {file.path} would both be called {file.source}; rename one SOURCE folder")
    return sorted(found.values(), key=lambda file: file.source)


def place_of(path: Path) -> Path:
    """Where a SOURCE stands: a folder by its own name, whatever links lead to it; a file by the name it was given under."""
    whole = path.resolve()
    return whole if whole.is_dir() else path.absolute()


def name_of(path: Path) -> str:
    """The name that a SOURCE goes by, with which the sources of its files begin."""
    return escaped(_characters(place_of(path).name))


def escaped(name: str) -> str:
    """A name without the marks of rows and members, that can be written as UTF-8: `a#1.txt` is `a\\x231.txt`, no two are the same."""
    return _ESCAPED.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", name)


def _characters(name: str) -> str:
    """The name of a file as UTF-8, whatever this process takes its bytes for; what is no UTF-8 as surrogates."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def plain(source: str) -> str:
    """A name with its own `#` and `!` again, as people read it."""
    return re.sub(r"\\x(21|23|5c)", lambda found: chr(int(found[1], 16)), source)


def _below(path: Path, leave_out: Path | None) -> Iterator[File]:
    whole, name = place_of(path), name_of(path)
    if whole.is_file():
        yield File(name, str(whole), whole.stat().st_size)
        return
    waiting = [(whole, name)]
    while waiting:
        folder, name = waiting.pop()
        if folder == leave_out or ((folder / "run.json").is_file() and (folder / "tables").is_dir()):
            continue
        try:
            with os.scandir(folder) as found:
                entries = list(found)
        except OSError as error:
            yield File(name, str(folder), 0, f"a folder that cannot be opened ({error.strerror}); look at its permissions")
            continue
        for entry in entries:
            source = f"{name}/{escaped(_characters(entry.name))}"
            if entry.name.startswith(_HIDDEN) or entry.name in _NOT_INPUT:
                continue
            if reason := _oddity(entry, whole):
                yield File(source, entry.path, 0, reason)
            elif entry.is_dir():
                waiting.append((Path(entry.path), source))
            else:
                yield File(source, entry.path, _size(entry))


def _oddity(entry: os.DirEntry[str], whole: Path) -> str:
    """Why an entry is not read, and what to do about it; "" for files, folders and links to files of the same source."""
    try:
        if entry.is_symlink():
            target = Path(entry.path).resolve(strict=True)
            if target.is_dir():  # it could be a loop
                return "a link to a folder, which is not followed; give that folder as a further SOURCE"
            if not target.is_relative_to(whole):
                return "a link out of the SOURCE, which is not followed; put the file itself there or give it as a further SOURCE"
        if entry.is_dir() or entry.is_file():
            return ""
    except (OSError, RuntimeError):  # RuntimeError: a loop, before Python 3.13
        return "a link that leads nowhere; mend it or remove it"
    return "neither a file nor a folder; copy what it gives into a file"


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError:  # gone since the folder was listed: that it cannot be opened is said when it is read
        return 0
