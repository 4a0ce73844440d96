"""Code a spreadsheet of texts without a run folder: the input's columns plus codes, stance and evidence, one row a text."""

import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from pipeline import store
from pipeline.config import Settings
from pipeline.errors import SettingsError
from pipeline.folding import folding
from pipeline.ingest.encoding import decode
from pipeline.ingest.parsed import SetAside
from pipeline.ingest.readers.tables import EXCEL_CUT, distinct
from pipeline.records import Block
from pipeline.report.workbook import plain_workbook
from pipeline.segment import segment_text
from pipeline.segment.words import segmenter
from pipeline.tag import prepared, tag_text
from pipeline.tag.stance import strongest

MADE = ("codes", "stance", "evidence")

Row = dict[str, Any]
Sheet = tuple[list[str], Iterable[Row]]  # headers, rows


def label_file(file: Path, out: Path | None, *, text: str, id_column: str | None, settings: Settings) -> int:
    """Code the texts of a csv, xlsx or jsonl file and write them with three more columns, in the order given.

    Args:
        out: csv, xlsx or jsonl by its suffix; csv on stdout when none.
        text, id_column: names of columns.
    Returns: how many rows were written.
    Raises SettingsError: a column or format there is none of, or a file that cannot be read. DiskError: `out` cannot be written.

    A column of the input that is already called codes, stance or evidence is kept as codes_input and so on.
    """
    read = partial(_by_suffix(_READERS, file), encoding=settings.ingest.encoding)
    write = _by_suffix(_WRITERS, out) if out else None
    headers, rows = _sheet(file, read)
    if missing := [name for name in (text, id_column) if name is not None and name not in headers]:
        raise SettingsError(*(f"no column called '{name}' in {file}; there are {', '.join(headers)}" for name in missing))
    label = labeller(settings)
    names = _renamed(headers)
    count = 0

    def coded() -> Iterator[Row]:
        nonlocal count
        for row in rows:
            count += 1
            yield {new: row.get(old, "") for old, new in names.items()} | label(_plain(row.get(text)))

    columns = [*names.values(), *MADE]
    if out and write:
        store.write_bytes(out, write(columns, coded()))
    else:
        _print_csv(columns, coded(), sys.stdout)
    return count


def labeller(settings: Settings) -> Callable[[str], Row]:
    """A function from a text to its codes, stance and evidence. Raises SettingsError: the codebook or a word list is wrong."""
    cut, fold, book = segmenter(settings.segment), folding(settings.segment), prepared(settings)
    order = {code.id: number for number, code in enumerate(book.book.codes)}

    def label(text: str) -> Row:
        segments = segment_text("text", text, _lines(text), cut, fold)
        tags, contexts = tag_text(text, segments, book)
        found = [tag for tag in tags if not tag.negated]
        return {
            "codes": ";".join(sorted({tag.code for tag in found}, key=order.__getitem__)),
            "stance": strongest(context.stance for context in contexts) if contexts else "",
            "evidence": "; ".join(f"{tag.code}: {tag.surface} @{tag.start}–{tag.end}" for tag in found),
        }

    return label


def _renamed(headers: list[str]) -> dict[str, str]:
    """The names under which the columns of the input are written: none is lost to a column that is made here."""
    names: dict[str, str] = {}
    for header in headers:
        name = header
        while name in MADE or name in names.values() or (name != header and name in headers):
            name += "_input"
        names[header] = name
    return names


def _lines(text: str) -> list[Block]:
    """Each line of a text as one paragraph."""
    blocks, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block(at, at + len(line), "paragraph"))
        at += len(line) + 1
    return blocks


def _plain(cell: Any) -> str:
    """A cell as text: 7.0 of a spreadsheet is 7."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def _by_suffix(choices: dict[str, Any], file: Path) -> Any:
    if file.suffix.lower() not in choices:
        raise SettingsError(f"{file}: no format '{file.suffix}'; there are {', '.join(choices)}")
    return choices[file.suffix.lower()]


def _sheet(file: Path, read: Callable[[Path], Sheet]) -> Sheet:
    try:
        return read(file)
    except OSError as error:
        raise SettingsError(f"cannot read {file}: {error.strerror or error}") from None
    except SetAside as error:
        raise SettingsError(f"cannot read {file}: {error}") from None


def _read_csv(file: Path, *, encoding: str | None) -> Sheet:
    text, _, _ = decode(file.read_bytes(), encoding)
    first = text.partition("\n")[0]
    csv.field_size_limit(max(len(text), 1 << 17))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count))
    headers = distinct(next(rows, []))
    return headers, _as_dicts(file, headers, rows)


def _read_xlsx(file: Path, *, encoding: str | None) -> Sheet:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = iter(CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python(skip_empty_area=False))
    except CalamineError as error:
        raise SettingsError(f"cannot read {file}: {error}") from None
    headers = distinct([_plain(cell) for cell in next(rows, [])])
    return headers, _as_dicts(file, headers, rows)


def _read_jsonl(file: Path, *, encoding: str | None) -> Sheet:
    text, _, _ = decode(file.read_bytes(), encoding)
    rows, problems = [], []
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines would also cut at U+2028 inside a string
        try:
            row = json.loads(line) if line.strip() else None
        except json.JSONDecodeError as error:
            problems.append(f"{file}:{number}: not JSON: {error.msg}; write one object a line")
            continue
        if isinstance(row, dict):
            rows.append(row)
        elif row is not None:
            problems.append(f"{file}:{number}: not an object; write one object a line")
    if problems:
        raise SettingsError(*problems[:20])
    return list(dict.fromkeys(name for row in rows for name in row)), rows


def _as_dicts(file: Path, headers: list[str], rows: Iterable[list[Any]]) -> Iterator[Row]:
    """Rows by header; blank rows are no texts, missing cells are empty."""
    for number, row in enumerate(rows, start=2):
        if any(cell not in ("", None) for cell in row[len(headers) :]):
            raise SettingsError(
                f"{file}: row {number} has {len(row)} cells, but there are {len(headers)} headers; quote the text"
            )
        if any(cell not in ("", None) for cell in row):
            yield dict(zip(headers, row, strict=False))


def _print_csv(columns: list[str], rows: Iterable[Row], to: TextIO) -> None:
    lines = csv.writer(to, lineterminator="\n")
    lines.writerow(columns)
    lines.writerows([_csv_cell(row[name]) for name in columns] for row in rows)


def _csv_cell(cell: Any) -> str:
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else _plain(cell)


def _csv(columns: list[str], rows: Iterable[Row]) -> bytes:
    sink = io.StringIO(newline="")
    _print_csv(columns, rows, sink)
    return sink.getvalue().encode("utf-8")


def _jsonl(columns: list[str], rows: Iterable[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, default=_plain) + "\n" for row in rows).encode("utf-8")


def _xlsx(columns: list[str], rows: Iterable[Row]) -> bytes:
    """A workbook in which every cell is text or a number, never a formula or a link."""
    sink = io.BytesIO()
    book = plain_workbook(sink)
    sheet = book.add_worksheet("labels")
    for at, name in enumerate(columns):
        sheet.write_string(0, at, name)
    for number, row in enumerate(rows, start=1):
        for at, name in enumerate(columns):
            cell = row[name]
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                sheet.write_number(number, at, cell)
            elif len(shown := _csv_cell(cell)) > EXCEL_CUT:
                raise SettingsError(f"row {number}, {name}: Excel keeps {EXCEL_CUT} characters of a cell; write csv or jsonl")
            else:
                sheet.write_string(number, at, shown)
    sheet.freeze_panes(1, 0)
    book.close()
    return sink.getvalue()


_READERS = {".csv": _read_csv, ".tsv": _read_csv, ".xlsx": _read_xlsx, ".xls": _read_xlsx, ".jsonl": _read_jsonl}
_WRITERS = {".csv": _csv, ".xlsx": _xlsx, ".jsonl": _jsonl}
