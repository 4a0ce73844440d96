"""Code a spreadsheet of texts without a run folder: the input's columns plus codes, stance and evidence, one row a text."""

import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.config import Settings
from pipeline.errors import SettingsError
from pipeline.ingest.encoding import decode
from pipeline.ingest.parsed import SetAside
from pipeline.records import Block
from pipeline.segment import segment_text
from pipeline.segment.words import segmenter
from pipeline.tag import prepared, tag_text
from pipeline.tag.stance import strongest

MADE = ("codes", "stance", "evidence")
_CELL = 32_767  # characters Excel keeps of a cell

Row = dict[str, Any]


def label_file(file: Path, out: Path | None, *, text: str, id_column: str | None, settings: Settings) -> int:
    """Code the texts of a csv, xlsx or jsonl file and write them with three more columns, in the order given.

    Args:
        out: csv, xlsx or jsonl by its suffix; csv on stdout when none.
        text, id_column: names of columns.
    Returns: how many rows were written.
    Raises SettingsError: a column or format there is none of, or a file that cannot be read. DiskError: `out` cannot be written.

    An input column that is already called codes, stance or evidence is kept as codes_input and so on.
    """
    reader, writer = _choice(_READERS, file), _choice(_WRITERS, out) if out else None
    label = labeller(settings)
    headers, rows = _peek(file, reader, [text, *([id_column] if id_column else [])])
    names = [f"{name}_input" if name in MADE else name for name in headers]
    coded = Counted(
        dict(zip(names, (row.get(name, "") for name in headers), strict=True)) | label(row.get(text, "")) for row in rows
    )
    columns = [*names, *MADE]
    if out and writer:
        store.write_bytes(out, writer(columns, coded))
    else:
        _write_csv(sys.stdout, columns, coded)
    return coded.count


def labeller(settings: Settings) -> Callable[[Any], Row]:
    """A function from a text to its codes, stance and evidence. Raises SettingsError: the codebook or a word list is wrong."""
    cut, book = segmenter(settings.segment), prepared(settings)
    order = {code.id: number for number, code in enumerate(book.book.codes)}

    def label(cell: Any) -> Row:
        text = _plain(cell)
        segments = segment_text("text", text, _blocks(text), cut)
        tags, contexts = tag_text(text, segments, book)
        tags = [tag for tag in tags if not tag.negated]
        return {
            "codes": ";".join(sorted({tag.code for tag in tags}, key=order.__getitem__)),
            "stance": strongest(context.stance for context in contexts) if contexts else "",
            "evidence": "; ".join(f"{tag.code}: {tag.surface} @{tag.start}–{tag.end}" for tag in tags),
        }

    return label


class Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.count += 1
            yield row


def _peek(file: Path, reader: Callable[[Path], Iterator[Row]], wanted: list[str]) -> tuple[list[str], Iterator[Row]]:
    """The headers and all rows. Raises SettingsError naming the columns there are when one is missing."""
    try:
        rows = reader(file)
        first = next(rows)
    except OSError as error:
        raise SettingsError(f"cannot read {file}: {error.strerror or error}") from None
    except SetAside as error:
        raise SettingsError(f"cannot read {file}: {error}") from None
    headers = list(first)
    if missing := [name for name in wanted if name not in headers]:
        raise SettingsError(*(f"no column called '{name}' in {file}; there are {', '.join(headers)}" for name in missing))
    return headers, rows if first.get(_HEADER) else chain([first], rows)


def _blocks(text: str) -> list[Block]:
    """Each line of a text as one paragraph."""
    blocks, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block(at, at + len(line), "paragraph"))
        at += len(line) + 1
    return blocks
