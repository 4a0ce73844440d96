"""Two sides as the page and the figures show them: codes and the words most typical of each; selected, never computed."""

from typing import Any

from pipeline.report.data import table
from pipeline.report.moves import claimed, plain
from pipeline.report.series import group_name
from pipeline.report.words import LANGUAGES, Text, named, say
from pipeline.store import Run

WORDS = 15  # of each side
_HALF_WIDTH = str.maketrans("，＝｜", ",=|")
_NUMBERS = (
    "rate_a", "rate_b", "low", "high", "log_ratio", "log_odds", "z", "g2", "dispersion_a", "dispersion_b", "p", "q",
)  # fmt: skip


def comparisons(run: Run, codes: list[dict[str, Any]], said: dict[str, int]) -> list[dict[str, Any]]:
    """Each pair of sides, as it is and matched: names, codes in the order of the codebook, WORDS words of each side."""
    pairs: dict[tuple[str, str, bool], list[dict[str, Any]]] = {}
    for row in table(run, "comparisons").to_pylist():
        pairs.setdefault((row["a"], row["b"], row["matched"]), []).append(row)
    order = {code["id"]: at for at, code in enumerate(codes)}
    found = []
    for (a, b, matched), rows in sorted(pairs.items()):
        coded = [row for row in rows if row["kind"] == "code" and row["item"] in order]
        words = [row for row in rows if row["kind"] == "word"]
        of_a = sorted((row for row in words if row["z"] > 0), key=_typical)[:WORDS]
        of_b = sorted((row for row in words if row["z"] < 0), key=_typical)[:WORDS]
        found.append(
            {
                "a": a, "b": b, "name_a": side_name(a), "name_b": side_name(b), "matched": matched,
                "codes": [_shown(row, said) for row in sorted(coded, key=lambda row: order[row["item"]])],
                "words": [_shown(row, said) for row in of_a + of_b],
            }
        )  # fmt: skip
    return found


def side_name(side: str) -> Text:
    """What a side is called: 中央, 松汀省、朔川省, 2021–2023, the rest; several conditions are joined."""
    names = [_condition(one.strip()) for one in side.translate(_HALF_WIDTH).split(",")]
    return {lang: " · ".join(name[lang] for name in names) for lang in LANGUAGES}


def _condition(text: str) -> Text:
    """One condition, whose values may be several: province=松汀省|朔川省."""
    dimension, equals, values = text.partition("=")
    if not equals:
        return say("the_rest") if text == "rest" else named(text)
    names = [group_name(f"{dimension}={value}") for value in values.split("|")]
    return {lang: ("、" if lang == "zh" else " or ").join(name[lang] for name in names) for lang in LANGUAGES}


def _typical(row: dict[str, Any]) -> tuple[bool, float, str]:
    """Words beyond chance first, then by z: that of a word in one long document is large too."""
    return not claimed(row), -abs(row["z"]), row["item"]


def _shown(row: dict[str, Any], said: dict[str, int]) -> dict[str, Any]:
    return {name: value for name, value in plain(row, _NUMBERS, said).items() if name not in ("a", "b", "matched", "kind")}
