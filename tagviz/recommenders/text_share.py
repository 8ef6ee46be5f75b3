"""How far text models count where validation questions cannot say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tagviz.recommenders.candidates import ScoredCandidates
from tagviz.recommenders.phrases import HALF_KNOWN, NOTHING_KNOWN
from tagviz.recommenders.validation import CASES, titles_hidden
from tagviz.types import Floats, readonly

UNSEEN = 0.25
"""Share of text models in cases without any validation question: about what they learn in the other cases (Last.fm
lists)."""
HALF_KNOWN_TEXT = 0.5
"""Least share of text models where a title names something and says more. Validation titles are tags, of which half the
words are hidden: what is left of them says more than a name in a phrase ("90s" in "90s workout"). On the 152 validation
phrases: as learned (0 to .2) .91 understood, MRR .83; at .5 .92, .84; at .7 the same, with worse songs for held-out
titles."""


def with_text_share(weights: Floats, judged: ScoredCandidates, text: NDArray[np.bool_]) -> Floats:
    """Give text models the share UNSEEN in cases of unknown titles without any validation question, in place.

    A corpus without titles has only such cases.

    Args:
        weights: float32 (CASES, members), changed.
        judged: The validation questions that the weights were learned on.
        text: bool (members,), True for text models.
    """
    unseen = np.setdiff1d(np.flatnonzero(titles_hidden(np.arange(CASES))), judged.cases)
    if text.any() and not text.all():
        weights[unseen] = (1 - UNSEEN) * weights[unseen] + UNSEEN * text / text.sum()
    return weights


def with_half_known(weights: Floats, text: NDArray[np.bool_]) -> Floats:
    """Return the weights with at least the share HALF_KNOWN_TEXT of text models where a title is named in part.

    Args:
        weights: float32 (CASES, members).
        text: bool (members,), True for text models.
    """
    rows = np.arange(4 * HALF_KNOWN, 4 * NOTHING_KNOWN)
    share = weights[rows][:, text].sum(axis=1)
    rows = rows[share < HALF_KNOWN_TEXT]
    if not text.any() or text.all() or not len(rows):
        return weights
    changed = np.array(weights)
    company = changed[rows] * ~text
    company /= np.maximum(company.sum(axis=1, keepdims=True), 1e-9)
    changed[rows] = (1 - HALF_KNOWN_TEXT) * company + HALF_KNOWN_TEXT * text / text.sum()
    return readonly(changed.astype(np.float32))
