"""Which verdicts to ask for: where an answer teaches most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PRIOR_ANSWERS = 20.0
"""How many verdicts at a rank it takes until they count as much as what is expected of the rank."""
FIRST_RIGHT = 0.45
"""What share of first items is expected to be right before anybody has said; it falls with the root of the rank."""
DISAGREEMENT = 0.15
"""How much an item gains that the other model does not have among its first."""
NEWNESS = 0.1
"""How much an item gains that is rare."""


def chances(ranks: NDArray[np.integer], judged: NDArray[np.integer], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How likely an item at each of `ranks` (from 1) is right, from the verdicts on items at the ranks `judged`."""
    most = int(max(ranks.max(initial=1), judged.max(initial=1)))
    expected = FIRST_RIGHT / np.sqrt(np.arange(1, most + 1))
    answers = np.bincount(judged, minlength=most + 1)[1:]
    hits = np.bincount(judged[right], minlength=most + 1)[1:]
    return np.asarray(((hits + PRIOR_ANSWERS * expected) / (answers + PRIOR_ANSWERS))[ranks - 1])


def worth(
    chance: NDArray[np.float64], agreed: NDArray[np.bool_] | None = None, rarity: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """What each verdict is worth asking for: most where right and wrong are equally likely (uncertainty sampling; Lewis
    & Gale 1994), more where two models disagree, and where a tag is new or rare (rarity 0 … 1)."""
    value = chance * (1 - chance)
    if agreed is not None:
        value = value + DISAGREEMENT * ~agreed
    return value if rarity is None else value + NEWNESS * rarity
