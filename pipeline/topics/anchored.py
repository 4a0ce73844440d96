"""Topics anchored on the codes of the codebook, and free ones beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.config import TopicsSettings
from pipeline.topics.model import Arrays, Variant, rows_to_one
from pipeline.topics.plsa import apply, maximised, priors, start, topic_terms

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

LEAST = 10  # units tagged with a code that anchors a topic
ROUNDS = 10  # with more, topics follow the words and leave the codes
OWN = 0.1  # share of a topic's words that are tags with its code
SMALL = 1e-9


def fit(counts: "csr_array", k: int, *, seed: int, settings: TopicsSettings, anchors: "csr_array | None" = None) -> Arrays:
    """Fit `plsa` with the codes of a unit as `topics.anchor` further words of it, each of which only the topic of its code has.

    The topic of a code starts from what units tagged with it say more than all do, so that it takes on what they share beside
    the terms of the codebook; the other topics start as in `plsa`. A unit's topics are found by its words only, tagged or not.

    Args:
        counts: of terms in units, (n_units, n_terms).
        anchors: tags of each code in units, (n_units, n_codes).
    Returns: components, the code of each topic, -1 for free ones, and the priors.
    Source: words that only one topic has: Arora et al. 2013, ICML (anchor words); Jagarlamudi, Daumé & Udupa 2012, EACL;
    Eshima, Imai & Sasaki 2024, AJPS 68(2).
    """
    import numpy as np
    from scipy import sparse

    tags = sparse.csr_array((counts.shape[0], 0)) if anchors is None else anchors.astype(bool).astype(float).tocsr()
    codes = anchoring(tags)[:k]
    tags, own = tags[:, codes], len(codes)
    if not own:
        return {"components": maximised(counts, *start(counts, k, seed), ROUNDS), "code": np.full(k, -1), **priors(k)}
    theta, components = np.full((counts.shape[0], k), 1e-3, np.float32), np.full((k, counts.shape[1] + own), SMALL)
    theta[:, :own] += tags.toarray()
    components[:own, : counts.shape[1]] += _special(counts, tags)
    if k > own:
        shares, terms = start(counts, k - own, seed)
        theta[:, own:] += shares
        components[own:, : counts.shape[1]] += terms
    pinned = np.full((k, own), SMALL)
    pinned[np.arange(own), np.arange(own)] = OWN
    components[:, counts.shape[1] :] = pinned
    both = sparse.hstack([counts, settings.anchor * tags], format="csr")
    found = maximised(both, rows_to_one(theta), rows_to_one(components), ROUNDS, pinned)[:, : counts.shape[1]]
    return {"components": rows_to_one(found), "code": np.append(codes, np.full(k - own, -1)), **priors(k)}


def anchoring(tags: "csr_array") -> "np.ndarray":
    """The codes that ten units or more are tagged with, those of the most units first."""
    import numpy as np

    units = np.asarray((tags > 0).sum(axis=0))
    order = np.argsort(-units, kind="stable")
    return order[units[order] >= LEAST]


def unanchored(tags: "csr_array", names: Sequence[str], k: int) -> str:
    """What to say of codes that have no topic of their own; "" if all that occur have one."""
    able = anchoring(tags).tolist()
    few = [name for code, name in enumerate(names) if code not in able]
    late = sorted(names[code] for code in able[k:])
    told = [f"no topic for {', '.join(few)}: tagged in fewer than {LEAST} units"] if few else []
    told += [f"no topic for {', '.join(late)}: {k} topics are too few"] if late else []
    return "; ".join(told) if names else "no unit is tagged with a code: all topics are free"


def _special(counts: "csr_array", tags: "csr_array") -> "np.ndarray":
    """Share of each term in the units tagged with a code above its share in all units, rows that add up to 1, (n_codes, n_terms)."""
    import numpy as np

    of_all = np.asarray(counts.sum(axis=0)).reshape(1, -1)
    return rows_to_one(np.maximum(rows_to_one((tags.T @ counts).toarray()) - rows_to_one(of_all), 0))


SEEDED = Variant(fit, apply, topic_terms, "scikit-learn")
