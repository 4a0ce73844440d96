"""How many pages a second of one core, beside pdfplumber: `python tests/bench_pdf.py [FOLDER | FILE ...]`.

The two take turns, file by file, in one process; what counts is CPU time. Files that pdfplumber cannot open are left out for both.
Of every file the pages with ruled tables, whose cells pdfplumber's geometry finds, are timed apart from the others.
"""

import io
import statistics
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2 as pdfium

from pipeline.config import IngestSettings
from pipeline.ingest.layout import lay_out
from pipeline.ingest.parsed import SetAside
from pipeline.ingest.readers import pdf
from pipeline.ingest.readers.pdf_tables import tables_of

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
SETS = ("papers-pdf", "reports-pdf")
ROUNDS = 5


def ours(data: bytes) -> float:
    """CPU seconds from bytes to laid-out text."""
    started = time.process_time()
    with suppress(SetAside):  # a text layer of rubbish: read and judged all the same
        lay_out(pdf.read(data, IngestSettings(), lambda *_: True))
    return time.process_time() - started


def theirs(data: bytes) -> float:
    """CPU seconds of pdfplumber alone."""
    started = time.process_time()
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            page.extract_text()
            page.close()
    return time.process_time() - started


def halves(path: Path) -> dict[bool, tuple[bytes, int]]:
    """The pages of a file without and with ruled tables, each as a PDF of its own with the number of its pages."""
    whole = pdfium.PdfDocument(path.read_bytes())
    has_table = [bool(tables_of(page, page.get_textpage())) for page in whole]
    return {kind: _pages(whole, [at for at, found in enumerate(has_table) if found == kind]) for kind in set(has_table)}


def _pages(whole: Any, numbers: list[int]) -> tuple[bytes, int]:
    part, data = pdfium.PdfDocument.new(), io.BytesIO()
    part.import_pages(whole, numbers)
    part.save(data)
    return data.getvalue(), len(numbers)


def main(names: list[str]) -> None:
    """Print pages a second of each file, and the ratios over all pages, those without tables and those with."""
    given = [Path(name) for name in names] or [CORPORA / name for name in SETS]
    paths = [path for one in given for path in (sorted(one.iterdir()) if one.is_dir() else [one])]
    print("| file | pages | tables | wenmai pages/s | pdfplumber pages/s | ratio |")
    print("|---|---|---|---|---|---|")
    total: dict[bool, list[tuple[int, float, float]]] = {False: [], True: []}
    for path in paths:
        if b"%PDF-" not in path.read_bytes()[:1024]:
            continue
        for tables, (data, n_pages) in sorted(halves(path).items()):
            try:
                theirs(data), ours(data)  # what is made once a process is made
            except Exception as error:  # pdfminer raises whatever a broken file makes it raise
                print(f"{path.name}: left out, pdfplumber cannot read it ({type(error).__name__})", file=sys.stderr)
                continue
            us, them = (statistics.median(row) for row in zip(*((ours(data), theirs(data)) for _ in range(ROUNDS)), strict=True))
            total[tables].append((n_pages, us, them))
            shown = f"{n_pages / us:.1f} | {n_pages / them:.2f} | {them / us:.1f}"
            print(f"| {path.name} | {n_pages} | {'with' if tables else 'without'} | {shown} |")
    for name, rows in (("all", [*total[False], *total[True]]), ("without tables", total[False]), ("with tables", total[True])):
        n_pages, us, them = (sum(column) for column in zip(*rows, strict=True))
        print(f"{name}: {n_pages} pages, {n_pages / us:.1f} and {n_pages / them:.2f} pages/s of a core, ratio {them / us:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
