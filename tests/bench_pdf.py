"""How many pages a second of one core, beside pdfplumber: `python tests/bench_pdf.py [FOLDER | FILE ...]`.

The two take turns, file by file, in one process; what counts is CPU time. Files that pdfplumber cannot open are left out for both.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pdfplumber

from pipeline.config import IngestSettings
from pipeline.ingest.layout import lay_out
from pipeline.ingest.parsed import SetAside
from pipeline.ingest.readers import pdf

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
SETS = ("papers-pdf", "reports-pdf")
ROUNDS = 3


def ours(data: bytes) -> tuple[float, int]:
    """CPU seconds from bytes to laid-out text, and pages."""
    started = time.process_time()
    try:
        parsed = pdf.read(data, IngestSettings(), lambda *_: True)
        lay_out(parsed)
        n_pages = parsed.n_pages
    except SetAside:
        n_pages = 0
    return time.process_time() - started, n_pages


def theirs(path: Path) -> tuple[float, int]:
    """CPU seconds and pages of pdfplumber alone."""
    started = time.process_time()
    n_pages = 0
    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_text()
            page.close()
            n_pages += 1
    return time.process_time() - started, n_pages


def pairs(paths: list[Path]) -> Iterator[tuple[Path, float, float]]:
    """Of every file: our and their seconds a page."""
    import pypdfium2 as pdfium

    for path in paths:
        data = path.read_bytes()
        try:
            their_seconds, their_pages = theirs(path)
        except Exception as error:  # pdfminer raises whatever a broken file makes it raise
            print(f"{path.name}: left out, pdfplumber cannot read it ({type(error).__name__})", file=sys.stderr)
            continue
        seconds, n_pages = ours(data)
        yield path, seconds / (n_pages or len(pdfium.PdfDocument(data))), their_seconds / their_pages


def main(names: list[str]) -> None:
    """Print pages a second of each file, and the ratio over all pages."""
    import pypdfium2 as pdfium

    given = [Path(name) for name in names] or [CORPORA / name for name in SETS]
    paths = [path for one in given for path in (sorted(one.iterdir()) if one.is_dir() else [one])]
    paths = [path for path in paths if path.read_bytes()[:1024].find(b"%PDF-") >= 0]
    ours(paths[0].read_bytes())  # imports, fonts and patterns are made once a process
    pages = {path: len(pdfium.PdfDocument(path.read_bytes())) for path in paths}
    found: dict[Path, list[tuple[float, float]]] = {}
    for _ in range(ROUNDS):
        for path, us, them in pairs(paths):
            found.setdefault(path, []).append((us, them))
    print("| file | pages | wenmai pages/s | pdfplumber pages/s | ratio |")
    print("|---|---|---|---|---|")
    middle = {path: [statistics.median(column) for column in zip(*rows, strict=True)] for path, rows in found.items()}
    for path, (us, them) in middle.items():
        print(f"| {path.name} | {pages[path]} | {1 / us:.1f} | {1 / them:.2f} | {them / us:.1f} |")
    us, them = (sum(row[at] * pages[path] for path, row in middle.items()) for at in (0, 1))
    n_pages = sum(pages[path] for path in middle)
    print(f"all: {n_pages} pages, {n_pages / us:.1f} and {n_pages / them:.2f} pages/s of a core, ratio {them / us:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
