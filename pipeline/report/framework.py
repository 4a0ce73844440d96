"""The framework as a picture: where its constructs stand, how strongly they are coupled, how well coordinated; never computed."""

from math import cos, pi, sin
from typing import Any

from pipeline.report.data import table
from pipeline.report.moves import plain
from pipeline.report.series import short
from pipeline.store import Run

# technology and institutions face each other below the demands of their environment, above silos and standards
PLACES = {
    "technology_empowerment": (-0.95, 0.2),
    "institutional_adaptation": (0.95, 0.2),
    "environment_demand": (0.0, 0.95),
    "silos.barrier": (-0.6, -0.7),
    "silos.bridging": (0.6, -0.7),
    "standardization": (0.0, -1.0),
}
MOST_GROUPS = 12
_NUMBERS = ("share", "lift", "low", "high", "p", "q")


def framework(run: Run, codes: list[dict[str, Any]], said: dict[str, int]) -> dict[str, Any]:
    """Nodes with their places (-1 … 1), and periods, groups, couplings of each pair (a < b) and degrees of coordination."""
    order = {code["id"]: at for at, code in enumerate(codes)}
    rows = [row for row in table(run, "couplings").to_pylist() if row["a"] in order and row["b"] in order]
    met = {row["a"] for row in rows} | {row["b"] for row in rows}
    nodes = [code for code in order if code in met and not any(other.startswith(f"{code}.") for other in met)]
    groups = sorted({row["group"] for row in rows}, key=lambda group: (group != "all", group))[:MOST_GROUPS]
    degrees = [row for row in table(run, "coordination").to_pylist() if row["group"] in groups or not groups]
    paragraphs: dict[str, dict[str, dict[str, int]]] = {}
    pairs: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for row in rows:
        if row["group"] not in groups or not {row["a"], row["b"]} <= set(nodes):
            continue
        here = paragraphs.setdefault(row["group"], {}).setdefault(row["period"], {})
        here |= {row["a"]: row["n_a"], row["b"]: row["n_b"]}
        turned = order[row["a"]] > order[row["b"]]
        pair = {**plain(row, _NUMBERS, said), "share_back": None}
        if turned:
            pair |= {
                "a": row["b"],
                "b": row["a"],
                "n_a": row["n_b"],
                "n_b": row["n_a"],
                "share": None,
                "share_back": pair["share"],
            }
        same = pairs.setdefault((row["group"], row["period"], pair["a"], pair["b"]), pair)
        side = "share_back" if turned else "share"
        same[side] = pair[side]
    return {
        "nodes": [{"id": code, "x": x, "y": y} for code, (x, y) in zip(nodes, _places(nodes), strict=True)],
        "periods": sorted({row["period"] for row in rows} - {"all"}),
        "groups": groups,
        "paragraphs": paragraphs,
        "pairs": list(pairs.values()),
        "degrees": [
            {**row, **{name: short(row[name]) for name in ("level_a", "level_b", "coupling", "development", "coordination", "low", "high")}}
            for row in sorted(degrees, key=lambda row: (row["group"] != "all", row["group"], row["a"], row["b"], row["period"]))
        ],
    }  # fmt: skip


def _places(codes: list[str]) -> list[tuple[float, float]]:
    """Places of the codes of the framework; those of another codebook stand in a ring."""
    if set(codes) <= set(PLACES):
        return [PLACES[code] for code in codes]
    turns = [2 * pi * at / max(1, len(codes)) for at in range(len(codes))]
    return [(round(-0.95 * cos(turn), 4), round(0.95 * sin(turn), 4)) for turn in turns]
