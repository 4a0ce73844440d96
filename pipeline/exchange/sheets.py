"""Rows as a workbook for people: a frozen header with filters, text as text."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.report.workbook import cell_text, plain_workbook

_WIDTHS = ((40, 60), (12, 26), (0, 12))  # the longest text of a column, from so many characters: how wide it is


def write_sheet(path: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows with the same keys as one sheet. Same rows: same bytes. Raises DiskError."""
    sink = io.BytesIO()
    book = plain_workbook(sink)
    bold, plain = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    columns = list(rows[0]) if rows else []
    for at, column in enumerate(columns):
        longest = max(len(str(row[column])) for row in rows)
        sheet.set_column(at, at, next(width for least, width in _WIDTHS if longest >= least), plain)
        sheet.write_string(0, at, column, bold)
        for number, row in enumerate(rows, start=1):
            value = row[column]
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, at, value, plain)
            else:
                sheet.write_string(number, at, cell_text(value), plain)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    book.close()
    store.write_bytes(path, sink.getvalue())
