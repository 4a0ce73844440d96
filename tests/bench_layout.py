"""Layouts beside networkx' spring layout and VOS' objective on the same graphs: stress, VOS' objective, time.

.venv/bin/python tests/bench_layout.py [OUT]            # half a minute; with a run folder also the map of its terms

Every layout is first scaled so that it has as little stress, or as good an objective, as it can have.
"""

import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pipeline.cooccur.layout import _majorised, distances, positions, stress


def graph(n: int, seed: int = 0) -> sparse.csr_array:
    """Groups of some forty names; each is linked with four of its group and one of any, by strengths above 1."""
    rng = np.random.default_rng(seed)
    group = rng.integers(max(3, n // 40), size=n)
    ends = [(a, b) for a in range(n) for b in [*rng.choice(np.flatnonzero(group == group[a]), 4), rng.integers(n)] if a != b]
    first, second = np.array(ends).T
    links = sparse.coo_array((1 + rng.gamma(2, 2, len(ends)), (first, second)), shape=(n, n)).tocsr()
    return links.maximum(links.T).tocsr()


def least_stress(place: np.ndarray, wanted: np.ndarray) -> float:
    """Of the layout at the best of all sizes."""
    first, second = np.triu_indices(len(place), 1)
    ratio = np.linalg.norm(place[first] - place[second], axis=1) / wanted[first, second]
    return stress(place * (ratio.sum() / (ratio**2).sum()), wanted)


def vos_value(place: np.ndarray, links: sparse.csr_array) -> float:
    """Σ s_ij ‖x_i - x_j‖² over Σ s_ij, of the layout with a mean distance of 1: less is better."""
    first, second = np.triu_indices(len(place), 1)
    apart = np.linalg.norm(place[first] - place[second], axis=1)
    entries = sparse.triu(links, 1).tocoo()
    drawn = np.linalg.norm(place[entries.row] - place[entries.col], axis=1)
    return float((entries.data * drawn**2).sum() / entries.data.sum() / apart.mean() ** 2)


def vos_layout(links: sparse.csr_array, *, starts: int = 3, seed: int = 0) -> np.ndarray:
    """Best of several minima of Σ s_ij d_ij² / 2 - Σ d_ij, VOSviewer's attraction 2 and repulsion 1, s_ij of a mean of 1.

    Source: van Eck & Waltman 2010, Scientometrics 84; Noack 2007 for attraction and repulsion.
    """
    n = links.shape[0]
    dense = links.toarray()
    dense /= dense.sum() / (n * (n - 1))

    def energy(flat: np.ndarray) -> tuple[float, np.ndarray]:
        place = flat.reshape(n, 2)
        square = (place**2).sum(axis=1)
        apart = np.sqrt(np.maximum(square[:, None] + square - 2 * place @ place.T, 1e-12))
        np.fill_diagonal(apart, 1)
        pull = dense - 1 / apart
        np.fill_diagonal(pull, 0)
        value = (dense * apart**2).sum() / 4 - (apart.sum() - n) / 2
        return float(value), (pull.sum(axis=1)[:, None] * place - pull @ place).ravel()

    rng = np.random.default_rng(seed)
    found = [
        minimize(energy, rng.uniform(-1, 1, 2 * n), jac=True, method="L-BFGS-B", options={"maxiter": 1000}) for _ in range(starts)
    ]
    return np.asarray(min(found, key=lambda one: one.fun).x).reshape(n, 2)


def compare(name: str, links: sparse.csr_array) -> None:
    """Print a line for each layout of one graph."""
    n = links.shape[0]
    wanted = distances(links)
    layouts: dict[str, Any] = {
        "least stress": lambda: _majorised(wanted),
        "and pushed apart (as drawn)": lambda: positions(links),
        "spring": lambda: np.array(list(nx.spring_layout(nx.from_scipy_sparse_array(links), seed=0).values())),
        "VOS": lambda: vos_layout(links, starts=3 if n <= 500 else 1),
    }
    for label, make in layouts.items():
        began = perf_counter()
        place = make()
        took = perf_counter() - began
        print(f"{name} | {label} | {least_stress(place, wanted):.4f} | {vos_value(place, links):.4f} | {took:.1f} s", flush=True)


def links_of_run(out: Path) -> sparse.csr_array:
    """The backbone of the whole corpus' map of terms, without names that have no link."""
    import pyarrow.parquet as pq

    rows = [row for row in pq.read_table(out / "tables" / "links").to_pylist() if row["backbone"] and row["period"] == "all"]
    rows = [row for row in rows if row["kind"] == "term"]
    names = sorted({row[end] for row in rows for end in "ab"})
    at = {name: number for number, name in enumerate(names)}
    data, ends = [row["strength"] for row in rows], ([at[row["a"]] for row in rows], [at[row["b"]] for row in rows])
    half = sparse.coo_array((data, ends), shape=(len(names), len(names))).tocsr()
    return (half + half.T).tocsr()


def main() -> None:
    print("graph | layout | stress | VOS' objective | time")
    with threadpool_limits(1):
        if len(sys.argv) > 1:
            links = links_of_run(Path(sys.argv[1]))
            compare(f"terms of a run ({links.shape[0]})", links)
        for n in (120, 500, 2000):
            compare(f"made up ({n})", graph(n))
        small = nx.connected_watts_strogatz_graph(120, 6, 0.1, seed=1)
        compare("small world (120)", nx.to_scipy_sparse_array(small).astype(float).tocsr())


if __name__ == "__main__":
    main()
