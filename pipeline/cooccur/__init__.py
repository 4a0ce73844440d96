"""Co-occurrence: names that meet in one unit become links, clusters and maps, over time."""

from dataclasses import fields
from typing import Any

from pipeline import store
from pipeline.cooccur.chosen import OF_TEXT
from pipeline.cooccur.counts import gather
from pipeline.cooccur.held import PLURAL, Held, note
from pipeline.cooccur.maps import Rows, least, mapped
from pipeline.cooccur.measures import BACKBONES, MEASURES
from pipeline.engine import Spread
from pipeline.records import TABLES, to_table
from pipeline.store import Run

__all__ = ["BACKBONES", "MEASURES", "run"]


def run(run: Run, spread: Spread, key: str) -> dict[str, Any]:
    """Count pairs of each kind of name in the whole corpus and each period, and write maps and what changes between them."""
    from threadpoolctl import threadpool_limits

    rows, missing, said = Rows(), {}, []
    with threadpool_limits(1):
        for kind, held in gather(run, spread).items():
            found = mapped(held, run.settings, spread) if len(held.names) > 1 else Rows()
            rows.add(found)
            if not found.links:
                missing[kind] = _missing(held, run)
            elif told := note(held):
                said.append(told)
    for table in fields(Rows):
        store.write(run.folder, table.name, to_table(getattr(rows, table.name), TABLES[table.name]), key=key)
    counts = {table.name: len(getattr(rows, table.name)) for table in fields(Rows)}
    if not rows.nodes:
        return counts | {"reason": "; ".join(missing.values())}
    # that a corpus of policies has no authors need not be said
    said += [told for kind, told in missing.items() if kind in ("term", "code") or not told.startswith("no two of 0 ")]
    return counts | ({"note": "; ".join(said)} if said else {})


def _missing(held: Held, run: Run) -> str:
    settings = run.settings.cooccur
    unit = settings.unit if held.kind in OF_TEXT else "document"
    return f"no two of {len(held.names)} {PLURAL[held.kind]} meet in {least(held.kind, settings)} {unit}s or more"
