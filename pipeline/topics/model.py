"""What a topic model is, whichever variant made it; shares of units and documents; how it is stored."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline import store

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

Arrays = dict[str, "np.ndarray"]  # what it takes to apply a model; of each array the first axis is that of topics, or none


class Variant(NamedTuple):
    """A way of modelling topics."""

    fit: "Callable[..., Arrays]"  # of counts (n_units, n_terms), k, seed, settings and anchors
    apply: "Callable[[Arrays, csr_array], np.ndarray]"  # mass of each topic in each unit, (n_units, k)
    topic_terms: "Callable[[Arrays], np.ndarray]"  # share of a topic's mass that a term has, (k, n_terms), rows add up to 1
    package: str  # that fits it


def start_of(seed: int) -> int:
    """The seed as libraries take it: of 32 bits."""
    return seed % 2**32


def rows_to_one(values: "np.ndarray") -> "np.ndarray":
    """Rows divided by their sums; a row of nothing stays so."""
    import numpy as np

    return values / np.maximum(values.sum(axis=1, keepdims=True), 1e-12)


def ordered(arrays: "Arrays", order: "np.ndarray") -> "Arrays":
    """The same model with its topics in another order."""
    k = len(order)
    return {name: values[order] if values.ndim and len(values) == k else values for name, values in arrays.items()}


def unit_shares(mass: "np.ndarray") -> "np.ndarray":
    """Share of each topic in each unit, (n_units, k); a unit that no topic touches gets equal shares."""
    import numpy as np

    total = mass.sum(axis=1, keepdims=True)
    return np.where(total > 0, mass / np.where(total > 0, total, 1), 1 / mass.shape[1])


def document_shares(shares: "np.ndarray", sizes: "np.ndarray", document: "np.ndarray", n_documents: int) -> "np.ndarray":
    """Share of each topic in each document: mean of the shares in its units, weighted by their number of terms.

    Args:
        shares: (n_units, k).
        sizes: number of terms counted in each unit, (n_units,).
        document: index of the document of each unit, (n_units,).
    Returns: (n_documents, k); rows add up to 1, or are 0 for documents without a unit.
    """
    import numpy as np

    total = np.zeros((n_documents, shares.shape[1]))
    np.add.at(total, document, shares * sizes[:, None])
    size = np.bincount(document, sizes, minlength=n_documents)
    return total / np.where(size > 0, size, 1)[:, None]


def fits(topic_terms: "np.ndarray", shares: "np.ndarray", counts: "csr_array") -> "np.ndarray":
    """How like the counts of a unit are to those its topics would give: cosine, 0 to 1, (n_units,)."""
    import numpy as np

    entries = counts.tocoo()
    dot = np.zeros(counts.shape[0])
    step = 1 << 18  # of entries at a time: shares and terms are dense
    for low in range(0, entries.nnz, step):
        row, col, value = (part[low : low + step] for part in (entries.row, entries.col, entries.data))
        np.add.at(dot, row, value * np.einsum("ij,ij->i", shares[row], topic_terms[:, col].T))
    gram = topic_terms @ topic_terms.T
    expected = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", shares, gram, shares), 0))
    actual = np.sqrt(counts.multiply(counts).sum(axis=1))
    return np.divide(dot, expected * actual, out=np.zeros_like(dot), where=(expected * actual) > 0)


def save(folder: Path, arrays: "Arrays", facts: Mapping[str, Any]) -> None:
    """Store a model as model/topics.npz (arrays) and model/topics.json (terms and how it was made), never as a pickle."""
    import numpy as np

    buffer = io.BytesIO()
    whole: dict[str, Any] = dict(arrays)
    np.savez_compressed(buffer, **whole)  # its zip entries carry the fixed date 1980-01-01
    store.write_bytes(folder / "model" / "topics.npz", buffer.getvalue())
    store.write_text(folder / "model" / "topics.json", json.dumps(dict(facts), ensure_ascii=False, indent=1) + "\n")


def load(folder: Path, name: str = "topics") -> "tuple[Arrays, dict[str, Any]] | None":
    """A stored model and how it was made; none where there is none, or where it cannot be read."""
    import numpy as np

    try:
        facts = json.loads((folder / "model" / f"{name}.json").read_text("utf-8"))
        with np.load(folder / "model" / f"{name}.npz", allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}, facts
    except (OSError, ValueError, KeyError, EOFError):
        return None


def retire(folder: Path) -> bool:
    """Lay a stored model aside, so that the next run fits a new one and gives its topics the old numbers. Returns: whether there was one."""
    if load(folder) is None:
        return False
    for end in ("npz", "json"):
        (folder / "model" / f"topics.{end}").replace(folder / "model" / f"retired.{end}")
    return True


def forget(folder: Path, *names: str) -> None:
    """Remove stored models: "topics", or "retired", the one laid aside."""
    for name in names:
        for end in ("npz", "json"):
            (folder / "model" / f"{name}.{end}").unlink(missing_ok=True)
