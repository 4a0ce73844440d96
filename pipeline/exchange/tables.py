"""The tables of a run as csv files, and the workbook of the report."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.errors import NotReadyError
from pipeline.records import TABLES
from pipeline.store import Run

ROWS = 4096  # turned into Python at a time


def write_csv(run: Run, folder: Path) -> list[Path]:
    """Write every table that has rows as TABLE.csv: UTF-8 with a byte order mark, lists and what they hold as JSON, empty where unknown.

    Text stays as it is, so `=1+2` is a formula to a program that takes it for one. Returns: the files. Raises NotReadyError, DiskError.
    """
    written = [_write(run, name, folder / f"{name}.csv") for name in TABLES if run.rows(name)]
    if not written:
        raise NotReadyError(f"no tables in {run.folder}; make them with: wenmai run SOURCE --out {run.folder}")
    return written


def write_xlsx(run: Run, folder: Path) -> list[Path]:
    """Copy tables.xlsx, which the report has made of the tables. Returns: the file. Raises NotReadyError, DiskError."""
    made = run.folder / "tables.xlsx"
    if not made.is_file():
        raise NotReadyError(f"no tables.xlsx in {run.folder}; make it with: wenmai report {run.folder}")
    store.write_bytes(folder / made.name, made.read_bytes())
    return [folder / made.name]


def _write(run: Run, name: str, path: Path) -> Path:
    rows = run.table(name)
    with store.writing(path) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(rows.column_names)
        for batch in rows.to_batches(max_chunksize=ROWS):
            lines.writerows([_cell(value) for value in row.values()] for row in batch.to_pylist())
        text.detach()  # flushed, and left open
    return path


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict | bool):
        return json.dumps(value, ensure_ascii=False)
    return value
