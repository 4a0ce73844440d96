"""Tables with a row a document: xlsx, xls, csv, jsonl, json and parquet. Columns are found by their names, Chinese or English."""

import csv
import datetime as dt
import io
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from pipeline.config import IngestSettings
from pipeline.ingest import encoding
from pipeline.ingest.fields import KNOWN, NAMES, field_of, normal
from pipeline.ingest.parsed import Member, SetAside
from pipeline.ingest.readers.bibliography.records import facts_of_row, is_bibliography
from pipeline.ingest.readers.html import declared

Row = tuple[str, dict[str, str], str]  # name as it follows the source, header → cell, what is doubtful about it

NO_JSON = "\ufffd"  # the only header of a line that is no JSON
EXCEL_CUT = 32_767  # characters Excel keeps of a cell
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}(?:[-/.月](?:\d{1,2}日?)?)?(?: [\d:]+)?")
_HEADER = 50  # characters; what is longer is no header but text
_SWALLOWED = 5  # lines that look like rows in one cell: the quotation mark before them is never closed where it should be
_PROSE = 20  # letters a cell of a column must have on average to be taken as text unasked
_WHOLE_TEXT = 300  # the same in a bibliography, or where the rows name files: other long cells are remarks on these
_WRAPPERS = frozenset("data rows records items results list".split())  # keys around the list of rows in a json file
_PEEK = 200  # rows looked at to find the text column when no name tells


def columns_of(rows: Iterable[dict[str, str]], headers: list[str], given: Mapping[Any, str]) -> tuple[dict[str, str], str]:
    """Which header holds which field, and a remark when the text had to be guessed or a header of the settings is not there.

    Args:
        rows: some rows, to look at when no name tells.
        given: field → header, from the settings; they come first.
    """
    by_name = {normal(header): header for header in reversed(headers)}
    found = {field: by_name[normal(header)] for field, header in given.items() if normal(header) in by_name}
    for field, names in NAMES.items():
        header = next((by_name[name] for name in names if name in by_name), None)
        if field not in found and header is not None and header not in found.values():
            found[field] = header
    absent = [f"no column '{header}', which ingest.columns names" for header in given.values() if normal(header) not in by_name]
    if "text" in found or "abstract" in found:
        return found, "; ".join(absent)
    rows = list(rows)
    length = {
        header: sum(len(_letters(row.get(header, ""))) for row in rows) for header in headers if header not in found.values()
    }
    longest = max(length, key=lambda header: length[header], default=None)
    least = _WHOLE_TEXT if "file" in found or is_bibliography(found) else _PROSE
    if longest is None or length[longest] < least * len(rows):
        return found, "; ".join(absent)  # numbers, names or links: no documents
    remark = f"no column is named as text; '{longest}' was taken, having the longest cells (ingest.columns)"
    return found | {"text": longest}, "; ".join([*absent, remark])


def _letters(cell: str) -> str:
    return "" if cell.startswith(("http:", "https:", "www.")) else re.sub(r"[\W\d_]+", "", cell)


def excel_rows(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The rows of all sheets of a workbook; a row is named by the number Excel shows."""
    from python_calamine import CalamineWorkbook

    if data.lstrip()[:1] == b"<":
        yield from _web_rows(data, settings)
        return
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [name for name in book.sheet_names if _size(book.get_sheet_by_name(name))]
        if not names:
            raise SetAside("empty", "the workbook has no cells")
        for name in names:
            sheet = book.get_sheet_by_name(name)
            prefix = f"#{name}!" if len(names) > 1 else "#"
            rows = _rows_of_cells((1, sheet.iter_rows()), prefix, settings)  # those above the data are given too
            yield from _or_set_aside(rows, f"#{name}" if len(names) > 1 else "")
    except SetAside:
        raise
    except Exception as error:  # calamine raises a type of its own for each format
        status = "encrypted" if "assword" in str(error) else "corrupt"
        raise SetAside(status, f"the workbook cannot be read ({error}); open it in Excel and save it again") from None


def is_web_table(data: bytes) -> bool:
    """Whether a web page begins with a table whose header names a text and another field, as many systems export workbooks."""
    start, _, _ = encoding.decode(data, declared(data))
    cells = [
        normal(re.sub(r"<[^<>]*>", "", cell))
        for cell in re.findall(r"(?i)<t[dh]\b[^<>]*>([^\n]{0,200}?)</t[dh]>", start[:20_000])
    ]
    told = any(cell in (*NAMES["text"], *NAMES["abstract"], *NAMES["authors"]) for cell in cells)
    return told and len(KNOWN.intersection(cells)) > 1


def _web_rows(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The rows of the longest table of a web page."""
    import lxml.html

    text, _, _ = encoding.decode(data, settings.encoding or declared(data))
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))  # lxml refuses text that declares an encoding
    tree = lxml.html.document_fromstring(
        text, parser=lxml.html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True)
    )
    for line_break in tree.iter("br", "p"):
        line_break.tail = "\n" + (line_break.tail or "")
    tables = [[list(row.iterchildren("td", "th")) for row in table.iter("tr")] for table in tree.iter("table")]
    rows = ([cell.text_content() for cell in row] for row in max(tables, key=len, default=[]))
    yield from _rows_of_cells((1, rows), "#", settings)


def csv_rows(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The rows of a csv file, numbered as Excel would show them: the header is 1."""
    name = settings.encoding or encoding.encoding_of(data)
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig" if name == "utf-8" else name, errors="replace", newline="")
    csv.field_size_limit(1 << 30)
    start = lines.readline()
    lines.seek(0)
    # a sentence of a table without header may have more commas than there are columns
    delimiter = "\t" if "\t" in start else max(",;|", key=start.count)
    if delimiter not in start and "，" in start:
        delimiter = "，"
    try:
        rows = csv.reader(lines, delimiter=delimiter)
        yield from _rows_of_cells((1, rows), "#", settings, delimiter)
    except csv.Error as error:
        raise SetAside("corrupt", f"not a csv table ({error}); save it again as csv or xlsx") from None


def json_rows(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The objects of a jsonl file, numbered by line from 1, or of a json file with one object or lists of them."""
    text, _, _ = encoding.decode(data, settings.encoding)
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    lists = _lists(whole)
    for key, values in lists.items():
        prefix = f"#{key}!" if len(lists) > 1 else "#"
        rows = _named(((f"{prefix}{number}", _flat(value), "") for number, value in enumerate(values, 1)), settings)
        yield from _or_set_aside(rows, f"#{key}" if len(lists) > 1 else "")
    if not lists:
        lines = ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())
        yield from _named(((f"#{number}", _json_line(line), "") for number, line in lines), settings)


def toml_rows(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The sections of a corpus.toml, each a row that speaks of the file or the pattern of files it is called by."""
    try:
        sections = tomllib.loads(encoding.decode(data, "utf-8")[0])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SetAside("corrupt", f"not TOML ({str(error)[:80]}); mend that line") from None
    for number, (name, said) in enumerate(sections.items(), 1):
        if not isinstance(said, dict):
            raise SetAside("corrupt", f"'{name}' stands outside a section; write [\"name of the file\"] above it")
        cells = _flat(said)
        yield Member(
            f"#{number}", cells={"file": name} | cells, columns={"file": "file"} | {field_of(key) or key: key for key in cells}
        )


def _lists(whole: Any) -> dict[str, list[Any]]:
    """The lists of objects that a json file is made of, by their keys; an object that holds none is one itself."""
    if isinstance(whole, dict):
        found = {key: value for key, value in whole.items() if _is_list_of_objects(value)}
        return found if len(whole) == 1 or any(key.lower() in _WRAPPERS for key in found) else {"": [whole]}
    return {"": whole} if _is_list_of_objects(whole) else {}


def parquet_rows(data: bytes, settings: IngestSettings) -> Iterator[Member]:
    """The rows of a parquet file, numbered from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        batches = (batch.to_pylist() for batch in file.iter_batches(64, use_threads=False))
        yield from _named(
            ((f"#{number}", _flat(row), "") for number, row in enumerate(chain.from_iterable(batches), 1)), settings
        )
    except (pa.ArrowInvalid, OSError) as error:
        raise SetAside("corrupt", f"the parquet file cannot be read ({error}); write it again") from None


def _or_set_aside(rows: Iterator[Member], name: str) -> Iterator[Member]:
    """The rows of one of several tables in a file; one that cannot be read costs the others nothing.

    Args:
        name: of the table, as it follows the source; "" when it is the only one.
    """
    try:
        yield from rows
    except SetAside as why:
        if not name:
            raise
        yield Member(name, status=why.status, reason=why.reason)


def _rows_of_cells(
    numbered: tuple[int, Iterable[list[Any]]], prefix: str, settings: IngestSettings, delimiter: str = ""
) -> Iterator[Member]:
    """The rows below the header, or all of them when there is none."""
    first, rows = numbered
    rest = ((number, [_cell(value) for value in row]) for number, row in enumerate(rows, first))
    top = list(islice(rest, 20))
    at = _header(rows_at_top := [row for _, row in top], settings)
    if at is None:
        return
    has_header = not any(len(cell) > _HEADER or _DATE.fullmatch(cell) for cell in rows_at_top[at])
    headers = distinct(rows_at_top[at] if has_header else [""] * len(rows_at_top[at]))
    body = chain(top[at + has_header :], rest)
    yield from _named((_row(f"{prefix}{number}", row, headers, delimiter) for number, row in body), settings)


def _header(rows: list[list[str]], settings: IngestSettings) -> int | None:
    """Where the header is: the first row with two known names, else with two filled cells or, failing that, with any."""
    known = KNOWN | {normal(header) for header in settings.columns.values()}
    named = (at for at, row in enumerate(rows) if sum(normal(cell) in known for cell in row) > 1)
    filled = [sum(map(bool, row)) for row in rows]
    several = (at for at, number in enumerate(filled) if number > 1)
    return next(chain(named, several, (at for at, number in enumerate(filled) if number)), None)


def _row(name: str, cells: list[str], headers: list[str], delimiter: str) -> Row:
    """A row of cells below their headers, with a doubt when cells were put together or apart by mistake."""
    doubts = []
    if more := sum(map(bool, cells[len(headers) :])):
        doubts.append(f"has {more} more cells than the header; look for a {delimiter or 'text'} outside quotation marks")
    between = max(len(headers) - 1, 1)
    swallowed = [sum(line.count(delimiter) >= between for line in cell.split("\n")) for cell in cells] if delimiter else [0]
    if (lines := max(swallowed, default=0)) >= _SWALLOWED:
        doubts.append(f"a cell holds {lines} lines that look like rows; look for a stray quotation mark")
    wide = distinct([*headers, *[""] * (len(cells) - len(headers))]) if more else headers
    return name, dict(zip(wide, cells, strict=False)), "; ".join(doubts)


def _named(rows: Iterator[Row], settings: IngestSettings) -> Iterator[Member]:
    """Rows as members, with the columns that hold their fields. Raises SetAside: no column holds text."""
    head = list(islice(rows, _PEEK))
    headers = list(dict.fromkeys(header for _, cells, _ in head for header in cells if header != NO_JSON))
    columns, remark = columns_of([cells for _, cells, _ in head], headers, settings.columns)
    records = is_bibliography(columns)
    if headers and not records and not {"text", "abstract", "file"} & columns.keys():
        raise SetAside("unsupported", "; ".join(filter(None, (remark, "no column with text; name it in ingest.columns"))))
    if not columns.keys() & {"date", "written", "published", "year", "file"}:
        remark = "; ".join(filter(None, (remark, "no column with a date; name it in ingest.columns if there is one")))
    for name, cells, doubt in chain(head, rows):
        cells = {header: cell for header, cell in cells.items() if cell}
        status = "partial" if doubt else "ok"
        facts, repairs = facts_of_row(cells, columns) if records and cells else ({}, {})
        yield Member(name, cells=cells, columns=columns, facts=facts, repairs=repairs, remark=remark, status=status, reason=doubt)


def distinct(headers: list[str]) -> list[str]:
    """Headers with a name for empty ones and a number for repeated ones."""
    seen: dict[str, int] = {}
    found = []
    for position, header in enumerate(headers, 1):
        header = header or f"column {position}"
        seen[header] = seen.get(header, 0) + 1
        found.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return found


def _cell(value: Any) -> str:
    """A cell as text: dates as ISO, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _flat(value: Any) -> dict[str, str]:
    """An object as cells; what is nested becomes lines."""
    if not isinstance(value, dict):
        return {"value": _leaves(value)}
    return {str(key): _leaves(inner) for key, inner in value.items()}


def _leaves(value: Any) -> str:
    found, waiting = [], [value]  # no recursion: one item nested 600 deep would end the reading of all
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            waiting.extend(reversed(value))
        else:
            found.append(_cell(value))
    return "\n".join(filter(None, found))


def _json_line(line: str) -> dict[str, str]:
    try:
        return _flat(json.loads(line))
    except (ValueError, RecursionError):
        return {NO_JSON: line}


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _size(sheet: Any) -> int:
    return int(sheet.height * sheet.width)
