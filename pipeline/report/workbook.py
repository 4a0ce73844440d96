"""tables.xlsx for people: text is written as text, never as a formula or a link. Same tables: same bytes."""

import datetime
import io
import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from pipeline import store
from pipeline.records import TABLES, schema
from pipeline.report.data import ABOUT, table
from pipeline.report.series import called
from pipeline.report.sides import side_name
from pipeline.report.words import named, reasoned, say
from pipeline.store import Run

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

ROWS = 1_048_576 - 1  # of a sheet of Excel, below its header
TEXT = 32_767  # characters of a cell
CUT = "……（已截断 cut）"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
WIDTHS = {
    "sentence": 70, "from": 40, "to": 40, "raw": 60, "values": 40, "other": 23, "cited": 23, "title": 46, "abstract": 40, "reason": 50, "reason_zh": 50, "source": 40, "term": 16, "code_name": 18,
    "code": 26, "series": 34, "group": 20, "issuers": 24, "surface": 24, "label": 24, "authors": 18, "keywords": 24,
    "series_name": 24, "a_name": 20, "b_name": 20, "item": 24, "item_name": 20, "upstream_doc": 23, "upstream_seg": 30, "since": 22,
    "doc_number": 20, "doc_id": 23, "duplicate_of": 23, "seg_id": 30, "unit": 20, "rule": 16, "a": 18, "b": 18,
}  # fmt: skip
CODED = (
    "code", "code_name", "sentence", "surface", "stance", "title", "date", "issuers", "page", "start", "end", "rule", "term",
    "source", "negated", "quoted", "origin", "coder", "probability", "doc_id", "seg_id",
)  # fmt: skip
FOUND = ("title", "field", "values", "origin", "confidence", "used", "repair", "doc_id")
# tables of what moved, and the columns whose series, codes and sides get their names beside them
MOVES: dict[str, tuple[str, ...]] = {
    "trends": ("series",), "changes": ("series",), "comparisons": ("a", "b", "item"), "decomposition": ("series",),
    "adoptions": ("item",), "leads": ("a", "b", "series"), "couplings": ("a", "b"), "coordination": ("a", "b"),
}  # fmt: skip
OTHER = {
    "relations": "other",
    "citations": "cited",
    "references": "cited",
    "reuse": "upstream_doc",
}  # column of the other document
Rows = tuple[Sequence[str], Iterable[Sequence[Any]], int]  # columns, rows, how many there are in all


def write_workbook(run: Run, documents: list[dict[str, Any]], codes: list[dict[str, Any]], made: dict[str, Any]) -> None:
    """Write tables.xlsx: a sheet a table, `report.table_rows` rows of each at most; the first sheet says what is cut.

    Args:
        made: codebook, seed and versions, from `data.how_it_was_made`.
    """
    most = min(ROWS, run.settings.report.table_rows)
    sheets: dict[str, Rows] = {
        "documents": (ABOUT, ([row[name] for name in ABOUT] for row in documents), len(documents)),
        "coded": _coded(run, documents, codes, most),
        **{name: _named(run, name, codes) for name in MOVES},
        **{name: _whole(run, name) for name in ("topics", "topic_quality")},
        **{name: _named(run, name, codes) for name in ("topic_summary", "topic_codes", "topic_words")},
        "topic_paragraphs": _titled(run, "topic_paragraphs", documents),
        **{name: _whole(run, name) for name in ("nodes", "links")},
        **{name: _named(run, name, codes) for name in ("clusters", "evolution", "bursts", "link_changes")},
        "metadata": _metadata(run, documents, most),
        **{name: _titled(run, name, documents) for name in ("relations", "citations", "references", "reuse")},
        "problems": _problems(run),
    }
    sink = io.BytesIO()
    book = plain_workbook(sink)
    _readme(book, made, [(_title(name), min(total, most), total) for name, (_, _, total) in sheets.items()])
    for name, (columns, rows, _) in sheets.items():
        _sheet(book, _title(name), columns, rows, most)
    book.close()
    store.write_bytes(run.folder / "tables.xlsx", sink.getvalue())


def _readme(book: "Workbook", made: dict[str, Any], sheets: list[tuple[str, int, int]]) -> None:
    sheet = book.add_worksheet(_title("readme"))
    sheet.set_column(0, 1, 80, book.add_format({"text_wrap": True, "valign": "top"}))
    lines = [say(f"readme.{key}") for key in ("about", "offsets", "text", "links")]
    of_codebook = {name: made["codebook"][name] for name in ("name", "version")}
    lines.append(say("readme.made", **of_codebook, seed=made["seed"], wenmai=dict(made["versions"])["wenmai"]))
    lines += [say("readme.rows" if n == total else "readme.cut", sheet=name, n=n, all=total) for name, n, total in sheets]
    for at, line in enumerate(lines):
        sheet.write_string(at, 0, line["zh"])
        sheet.write_string(at, 1, line["en"])


def _sheet(book: "Workbook", title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], most: int) -> None:
    """A table with a bold frozen header in both languages and a filter."""
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for at, column in enumerate(columns):
        sheet.set_column(at, at, WIDTHS.get(column, 12), wrapped if column == "sentence" else None)
        sheet.write_string(0, at, _heading(column), bold)
    written = 0
    for written, row in enumerate(rows, start=1):
        if written > most:
            break
        for at, value in enumerate(row):
            if isinstance(value, bool) or value is None or isinstance(value, str | list):
                if text := cell_text(value):
                    sheet.write_string(written, at, text)
            else:
                sheet.write_number(written, at, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, min(written, most)), len(columns) - 1)


def plain_workbook(sink: io.BytesIO) -> "Workbook":
    """A workbook in which text stays text, no formula, link or number. Same cells: same bytes."""
    import xlsxwriter

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(sink, options)
    book.set_properties({"created": datetime.datetime(2000, 1, 1), "title": "wenmai"})  # a date of now would change the bytes
    return book


def cell_text(value: Any) -> str:
    """A value as the text of a cell: no control characters, lists joined, at most what Excel holds."""
    text = "" if value is None else "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    if isinstance(value, bool):
        text = "1" if value else ""
    text = _CONTROL.sub("", text)
    if 2 * len(text) <= TEXT:
        return text
    return text if _units(text) <= TEXT else text[: (TEXT - len(CUT)) // 2 if _units(text) > len(text) else TEXT - len(CUT)] + CUT


def _units(text: str) -> int:
    """Length as Excel counts it: UTF-16 units."""
    return len(text) + sum(one > "\uffff" for one in text)


def _coded(run: Run, documents: list[dict[str, Any]], codes: list[dict[str, Any]], most: int) -> Rows:
    """Every coding with its sentence and document, documents in the order of their ids."""
    names = {code["id"]: code["name"][run.settings.lang] for code in codes}
    known = {row["doc_id"]: row for row in documents}

    def rows() -> Iterable[Sequence[Any]]:
        left = most + 1
        for part in run.parts():
            if left <= 0:
                return
            tags = run.table("tags", part=part).to_pylist()[:left]
            left -= len(tags)
            yield from _joined(run, part, tags, known, names)

    return CODED, rows() if run.rows("tags") else [], run.rows("tags")


def _joined(
    run: Run, part: str, tags: list[dict[str, Any]], known: dict[str, dict[str, Any]], names: dict[str, str]
) -> Iterable[Sequence[Any]]:
    from bisect import bisect_right

    columns = ["seg_id", "start", "end"]
    spans = {row["seg_id"]: (row["start"], row["end"]) for row in run.table("segments", columns, part=part).to_pylist()}
    texts = {row["doc_id"]: row for row in run.table("documents", ["doc_id", "text", "pages"], part=part).to_pylist()}
    for tag in tags:
        document, source = known[tag["doc_id"]], texts[tag["doc_id"]]
        start, end = spans[tag["seg_id"]]
        row = {**{name: document[name] for name in ("title", "date", "issuers", "source")}, **tag}
        row |= {"sentence": source["text"][start:end], "code_name": names[tag["code"]]}
        row |= {"page": bisect_right(source["pages"], tag["start"]) or None}
        yield [row[name] for name in CODED]


def _whole(run: Run, name: str) -> Rows:
    columns = schema(TABLES[name]).names
    found = table(run, name, columns)
    if name == "links":  # those that maps show
        found = found.filter(found.column("backbone"))
    return columns, zip(*(found.column(column).to_pylist() for column in columns), strict=True), found.num_rows


def _named(run: Run, name: str, codes: list[dict[str, Any]]) -> Rows:
    """A table with the names of its series and sides, and its reasons in Chinese, where it has any."""
    columns, rows, total = _whole(run, name)
    names = {code["id"]: code["name"] for code in codes}
    wanted = {columns.index(column): column for column in MOVES.get(name, ())}
    reason = columns.index("reason") if "reason" in columns else None
    heads: list[str] = []
    for at, column in enumerate(columns):
        heads += [column, f"{column}_name"] if at in wanted else ["reason_zh", column] if at == reason else [column]

    @cache
    def name_of(value: str) -> str:
        return (side_name(value) if "=" in value else called(value, names))[run.settings.lang]

    def shown(row: Sequence[Any]) -> list[Any]:
        cells: list[Any] = []
        for at, value in enumerate(row):
            cells += [value, name_of(value)] if at in wanted else [chinese(value), value] if at == reason else [value]
        return cells

    chinese = cache(lambda text: reasoned(text)["zh"])
    return heads, map(shown, rows), total


def _titled(run: Run, name: str, documents: list[dict[str, Any]]) -> Rows:
    """A table of documents with their title, and that of the document each leads to, before its own columns."""
    columns, rows, total = _whole(run, name)
    titles = {row["doc_id"]: row["title"] for row in documents}
    one = columns.index("doc_id")
    if name not in OTHER:
        return ("title", *columns), ([titles.get(row[one]), *row] for row in rows), total
    other = columns.index(OTHER[name])
    return ("from", "to", *columns), ([titles.get(row[one]), titles.get(row[other]), *row] for row in rows), total


def _metadata(run: Run, documents: list[dict[str, Any]], most: int) -> Rows:
    """Every field of every document as each place tells of it."""
    titles = {row["doc_id"]: row["title"] for row in documents}
    total = sum(_candidates(run, part) for part in run.parts())

    def rows() -> Iterable[Sequence[Any]]:
        for part in run.parts():
            for row in run.table("documents", ["doc_id", "provenance"], part=part).to_pylist():
                for found in row["provenance"]:
                    known = found | {"title": titles[row["doc_id"]], "doc_id": row["doc_id"]}
                    yield [known[name] for name in FOUND]

    return FOUND, islice(rows(), most + 1), total


def _candidates(run: Run, part: str) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(pc.list_value_length(run.table("documents", ["provenance"], part=part).column(0))).as_py() or 0)


def _problems(run: Run) -> Rows:
    columns = ("source", "status", "reason", "size", "doc_id")
    found = [row for row in table(run, "inputs", columns).to_pylist() if row["status"] != "ok"]
    rows = [[row["source"], row["status"], reasoned(row["reason"])["zh"], *(row[name] for name in columns[2:])] for row in found]
    return (*columns[:2], "reason_zh", *columns[2:]), rows, len(rows)


def _title(name: str) -> str:
    text = named(name, "columns")
    return f"{text['zh']} {text['en']}"


def _heading(column: str) -> str:
    text = named(column, "columns")
    return text["zh"] if text["zh"] == text["en"] else f"{text['zh']} ({text['en']})"
