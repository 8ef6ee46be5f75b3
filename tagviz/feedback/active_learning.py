"""Active learning: choose the items whose verdicts are the most informative."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PRIOR_ANSWERS = 20.0
"""Number of verdicts at a rank that weigh as much as the prior expectation of that rank."""
FIRST_RIGHT = 0.45
"""Prior probability that the first item is right; it falls with the square root of the rank."""
DISAGREEMENT = 0.15
"""Added value of an item that the other model does not recommend among its first items."""
NEWNESS = 0.1
"""Largest added value of a rare item."""


def probability_right(
    ranks: NDArray[np.integer], judged: NDArray[np.integer], right: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Estimate the probability that the items at some ranks are right.

    Args:
        ranks: Ranks of interest, from 1, int (n,).
        judged: Ranks of the items with a verdict, int (m,).
        right: Whether these verdicts say right, bool (m,).

    Returns:
        Probabilities, float (n,): verdicts at the rank, combined with the prior expectation.
    """
    most = int(max(ranks.max(initial=1), judged.max(initial=1)))
    expected = FIRST_RIGHT / np.sqrt(np.arange(1, most + 1))
    answers = np.bincount(judged, minlength=most + 1)[1:]
    hits = np.bincount(judged[right], minlength=most + 1)[1:]
    return np.asarray(((hits + PRIOR_ANSWERS * expected) / (answers + PRIOR_ANSWERS))[ranks - 1])


def question_value(
    chance: NDArray[np.float64], agreed: NDArray[np.bool_] | None = None, rarity: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return how informative a verdict on each item would be.

    The value is greatest where right and wrong are equally likely (uncertainty sampling; Lewis & Gale 1994), where two
    models disagree, and where a tag is new or rare.

    Args:
        chance: Probability that each item is right, float (n,).
        agreed: Whether the other model recommends the item too, bool (n,).
        rarity: Rarity of each item, 0 to 1, float (n,).

    Returns:
        Values, float (n,); only their order matters.
    """
    gain = chance * (1 - chance)
    if agreed is not None:
        gain = gain + DISAGREEMENT * ~agreed
    return gain if rarity is None else gain + NEWNESS * rarity
