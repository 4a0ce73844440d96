"""The formats a run is exported in, by name."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.exchange.docbin import write_spacy
from pipeline.exchange.gexf import write_gexf
from pipeline.exchange.maps import Map, read_maps
from pipeline.exchange.pajek import write_pajek
from pipeline.exchange.tables import write_csv, write_xlsx
from pipeline.exchange.vosviewer import write_vosviewer
from pipeline.store import Run

MAPS: dict[str, Callable[[Run, Sequence[Map], Path], list[Path]]] = {
    "vosviewer": write_vosviewer,
    "gexf": write_gexf,
    "pajek": write_pajek,
}
WHOLE_RUNS: dict[str, Callable[[Run, Path], list[Path]]] = {"spacy": write_spacy, "xlsx": write_xlsx, "csv": write_csv}


def export(
    run: Run,
    form: str,
    *,
    kind: str | None = None,
    period: str | None = None,
    all_links: bool = False,
    folder: Path | None = None,
) -> list[Path]:
    """Write what another program opens, into OUT/exchange/FORMAT or the folder given.

    Args:
        kind, period, all_links: of maps, as in `read_maps`.
    Returns: the files. Raises: SettingsError naming the choices, NotReadyError when there is nothing to write, DiskError.
    """
    folder = folder or run.folder / "exchange" / form
    if form in MAPS:
        return MAPS[form](run, read_maps(run, kind, period, all_links=all_links), folder)
    if form not in WHOLE_RUNS:
        raise SettingsError(f"no format '{form}'; there are {', '.join([*MAPS, *WHOLE_RUNS])}")
    if kind or period or all_links:
        raise SettingsError(f"--kind, --period and --all-links choose maps: {', '.join(MAPS)}; {form} takes the whole run")
    return WHOLE_RUNS[form](run, folder)
