"""How often a comparison finds what is not there: the documents of a run split at random, again and again.

    python tests/simulate_compare.py OUT [SPLITS [SHARE]]

prints, for the sides as they are and matched, which shares of words have p and q below some values, and how often the interval of the
difference of a code holds 0. OUT is a finished run; nothing is written to it.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.engine import workers
from pipeline.store import open_run
from pipeline.trends.cells import Cells, count
from pipeline.trends.compare import compare


def split(cells: Cells, share: float, rng: np.random.Generator) -> Cells:
    """The same documents, with a share of them on one level and the others on another, drawn at random."""
    size = len(cells.documents)
    chosen = rng.permutation(size) < round(share * size)
    levels = np.where(chosen, "one", "other").tolist()
    return replace(cells, documents=[row | {"level": level} for row, level in zip(cells.documents, levels, strict=True)])


def simulate(folder: Path, splits: int, share: float) -> list[dict[str, Any]]:
    """One row for the sides as they are and one for matched ones."""
    run, rng = open_run(folder), np.random.default_rng(0)
    found: dict[bool, list[list[Any]]] = {False: [], True: []}
    with workers(run.settings.engine.model_copy(update={"jobs": 1})) as spread:
        cells = count(run, spread)
        for _ in range(splits):
            rows = compare(run, spread, "level=one", "level=other", split(cells, share, rng)).rows
            for matched, kept in found.items():
                kept.append([row for row in rows if row.matched == matched])
    return [_summary(matched, kept) for matched, kept in found.items() if any(kept)]


def _summary(matched: bool, splits: list[list[Any]]) -> dict[str, Any]:
    words = [[row for row in rows if row.kind == "word" and row.p is not None] for rows in splits]
    p = np.array([row.p for rows in words for row in rows])
    sure = [sum(row.q < 0.05 for row in rows) for rows in words]
    codes = [row for rows in splits for row in rows if row.kind == "code" and row.low is not None]
    return {
        "sides": "matched" if matched else "as they are", "splits": sum(map(bool, words)), "words": round(len(p) / max(1, sum(map(bool, words)))),
        "p < .01": round(float((p < 0.01).mean()), 4), "p < .05": round(float((p < 0.05).mean()), 4), "p < .5": round(float((p < 0.5).mean()), 3),
        "q < .05": round(sum(sure) / len(p), 5), "splits with one": round(sum(n > 0 for n in sure) / len(sure), 3),
        "interval holds 0": round(sum(row.low <= 0 <= row.high for row in codes) / max(1, len(codes)), 3),
    }  # fmt: skip


if __name__ == "__main__":
    folder, splits, share = [*sys.argv[1:], "200", "0.5"][:3] if len(sys.argv) == 2 else [*sys.argv[1:], "0.5"][:3]
    for row in simulate(Path(folder), int(splits), float(share)):
        print(row)
