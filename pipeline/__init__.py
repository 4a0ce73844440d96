"""wenmai 文脉: how a document goes through.

1. ingest   a file, row or archive member is read in a parser process: text, layout and metadata → documents
2. segment  the text is cut into sentences and words, each with its offsets → segments
3. tag      codebook terms are found on characters, rules on tokens, each with its evidence → tags, contexts
4. topics   words of all segments become a matrix and that a topic model → topics, doc_topics
5. cooccur  terms and codes met in one sentence become links, clusters and a map → nodes, links
6. trends   codes a period and group become rates with intervals → trends; what moved, why, and how sure → changes, decomposition …
7. report   the tables become report.html, figures and tables.xlsx
"""

from os import PathLike
from pathlib import Path

from pipeline.config import Settings, read_settings
from pipeline.store import Run
from pipeline.store import open_run as _open_run

__all__ = ["Run", "Settings", "open_run", "read_settings", "run"]


def run(
    *sources: str | PathLike[str],
    out: str | PathLike[str],
    settings: Settings | None = None,
    first: str = "ingest",
    last: str = "report",
) -> Run:
    """Take files, folders, archives or tables the whole way; the same call again does only what is new.

    Args:
        sources: files or folders.
        out: the run folder.
        settings: from `read_settings`; the defaults when left out.
        first, last: stages.
    Returns: the run, whose `table("trends")` and so on are Arrow tables (`.to_pandas()` where pandas is installed).
    Raises SettingsError, NotReadyError, BusyError, DiskError.
    """
    from pipeline.stages import walk

    made = Run(Path(out), settings or read_settings())
    walk(made, [Path(source) for source in sources], first=first, last=last)
    return made


def open_run(folder: str | PathLike[str]) -> Run:
    """An existing run. Raises NotReadyError when the folder holds none."""
    return _open_run(Path(folder))
