"""What a topic model is, whichever variant made it, and how it is put in order and stored."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import store

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Model:
    """A fitted model of k topics."""

    topic_terms: "np.ndarray"  # share of a topic's mass that a term has, (k, n_terms), rows add up to 1
    unit_topics: "np.ndarray"  # mass of each topic in each unit, (n_units, k)
    arrays: "dict[str, np.ndarray]" = field(
        default_factory=dict
    )  # what it takes to apply the model, topics in the first axis or none


def ordered(model: Model, sizes: "np.ndarray") -> Model:
    """The same model with its topics by prevalence, the most prevalent first.

    Args:
        sizes: number of terms counted in each unit, (n_units,).
    """
    import numpy as np

    order = np.argsort(-(sizes @ unit_shares(model)).round(6), kind="stable")
    k = len(order)
    arrays = {name: values[order] if values.ndim == 2 and len(values) == k else values for name, values in model.arrays.items()}
    return replace(model, topic_terms=model.topic_terms[order], unit_topics=model.unit_topics[:, order], arrays=arrays)


def unit_shares(model: Model) -> "np.ndarray":
    """Share of each topic in each unit, (n_units, k); a unit that no topic touches gets equal shares."""
    import numpy as np

    mass = model.unit_topics
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


def save(folder: Path, model: Model, facts: Mapping[str, Any]) -> None:
    """Store a model as model/topics.npz (arrays) and model/topics.json (terms and how it was made), never as a pickle."""
    import numpy as np

    buffer = io.BytesIO()
    arrays: dict[str, Any] = {"topic_terms": model.topic_terms, **model.arrays}
    np.savez_compressed(buffer, **arrays)  # its zip entries carry the fixed date 1980-01-01
    store.write_bytes(folder / "model" / "topics.npz", buffer.getvalue())
    store.write_text(folder / "model" / "topics.json", json.dumps(dict(facts), ensure_ascii=False, indent=1) + "\n")


def forget(folder: Path) -> None:
    """Remove a stored model."""
    for name in ("topics.npz", "topics.json"):
        (folder / "model" / name).unlink(missing_ok=True)
