"""Thesaurus files: which keywords and author names mean the same, as VOSviewer reads them.

    label<tab>replace by
    大资料<tab>大数据
    big data<tab>大数据
    研究

A label with nothing beside it is left out. Labels are compared without case and width; other blanks and hyphens than those of a
label count as the same where only one label can be meant.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.ingest import encoding
from pipeline.ingest.parsed import SetAside

_HEADER = ["label", "replace by"]
_LOOSE = "\n"  # before a label without blanks and hyphens; no other one begins so
_Rows = dict[str, tuple[str, str]]  # folded label → what replaces it, and where that stands


def read_thesaurus(paths: Sequence[str | Path]) -> dict[str, str]:
    """What replaces what, for `merged`; "" where a label is to be left out. Of a → b and b → c both end as c.

    Raises SettingsError with file and line of all that is wrong: no such file or header, a label twice, a circle.
    """
    problems: list[str] = []
    rows: _Rows = {}
    for path in paths:
        _read(Path(path), rows, problems)
    ends = {label: _end(label, rows, problems) for label in rows}
    if problems:
        raise SettingsError(*problems)
    for end in list(ends.values()):
        if end:
            ends.setdefault(_folded(end), end)  # what others are replaced by has one spelling too
    loose: dict[str, set[str]] = defaultdict(set)
    for label, end in ends.items():
        loose[_squeezed(label)].add(end)
    return ends | {label: min(found) for label, found in loose.items() if len(found) == 1}


def merged(names: Sequence[str], thesaurus: Mapping[str, str]) -> list[str]:
    """Names as the thesaurus writes them, each once, in the order given; names it does not have stay as they are."""
    found = (thesaurus.get(_folded(name), thesaurus.get(_squeezed(name), name)) for name in names)
    return list(dict.fromkeys(filter(None, found)))


def _read(path: Path, rows: _Rows, problems: list[str]) -> None:
    """Add the rows of a file, and a line for each that cannot be one."""
    try:
        text, _, _ = encoding.decode(path.read_bytes())
    except OSError as error:
        problems.append(f"thesaurus {path} cannot be read ({error.strerror}); mend ingest.thesaurus")
        return
    except SetAside:
        problems.append(f"thesaurus {path} is no text; save it as text with tabs in UTF-8")
        return
    lines = [line.split("\t") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    if [cell.strip().lower() for cell in lines[0]] != _HEADER:
        problems.append(f"{path}:1: begins with no header; write 'label', a tab and 'replace by' on the first line")
        return
    for number, cells in enumerate(lines[1:], 2):
        label, *rest = map(str.strip, cells)
        where = f"{path}:{number}"
        if len(rest) > 1 or (not label and any(rest)):
            problems.append(f"{where}: not a label, a tab and what replaces it; mend the line")
        elif label:
            by = rest[0] if rest else ""
            before, place = rows.setdefault(_folded(label), (by, where))
            if before != by:
                problems.append(f"{where}: '{label}' is replaced by '{before}' in {place} already; keep one of the two")


def _end(label: str, rows: _Rows, problems: list[str]) -> str:
    """What a label is replaced by in the end."""
    passed = {label: None}
    last = label
    while True:
        by, _ = rows[last]
        last, before = _folded(by), last
        if last == before or last not in rows:
            return by
        if last in passed:
            if last == label == min(passed):  # a circle is told once
                problems.append(
                    f"{rows[label][1]}: '{label}' is replaced by itself over {len(passed)} lines; take one of them out"
                )
            return by
        passed[last] = None


def _folded(name: str) -> str:
    """A name without case and width, its blanks single."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _squeezed(name: str) -> str:
    """A folded name without blanks and hyphens, as a key of its own kind."""
    return _LOOSE + re.sub(r"[\s\-\u2010-\u2015\u2212_·•]", "", _folded(name))
