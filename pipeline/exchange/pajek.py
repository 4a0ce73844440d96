"""Maps for Pajek: a network, the partition of its clusters and the vector of its counts, one of each a period.

Layout: Pajek's manual, `*Vertices`, `*Edges`; lines end in CRLF, a byte order mark says that labels are UTF-8.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline import store
from pipeline.exchange.maps import Map, distinct, printable
from pipeline.store import Run

# a label ends at the next quote, whatever stands before it; the full-width forms fold back (NFKC)
_SHOWN = str.maketrans({'"': "＂", "\\": "＼"})


def write_pajek(run: Run, maps: Sequence[Map], folder: Path) -> list[Path]:
    """Write NAME.net, NAME.clu (clusters from 1, 0 without a link) and NAME.vec (counts) of each map that has links.

    Lines weigh the units that hold both ends.

    Returns: the files. Same maps: same bytes. Raises DiskError.
    """
    written = []
    for drawn in (one for one in maps if one.links):
        size = f"*Vertices {len(drawn.nodes)}"
        labels = distinct((node.a for node in drawn.nodes), _label)
        number = {node.a: at for at, node in enumerate(drawn.nodes, start=1)}
        # Pajek's own square, from 0 to 1
        places = [f"{(node.x + 1) / 2:.4f} {(node.y + 1) / 2:.4f} 0.5000" for node in drawn.nodes]
        vertices = [f'{number[node.a]} "{labels[node.a]}" {place}' for node, place in zip(drawn.nodes, places, strict=True)]
        edges = [f"{number[link.a]} {number[link.b]} {link.count}" for link in drawn.links]
        clusters = [str(node.cluster + 1) for node in drawn.nodes]
        counts = [str(node.count) for node in drawn.nodes]
        files = {".net": [size, *vertices, "*Edges", *edges], ".clu": [size, *clusters], ".vec": [size, *counts]}
        for ending, lines in files.items():
            path = drawn.path(folder, ending)
            store.write_bytes(path, _text(lines, "utf-8-sig" if ending == ".net" else "ascii"))
            written.append(path)
    return written


def _label(name: str) -> str:
    return re.sub(r"\s+", " ", printable(name)).translate(_SHOWN)


def _text(lines: Iterable[str], encoding: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)
