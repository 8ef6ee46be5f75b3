"""The same question under two models, or two versions of a corpus: what moved, what came, what went, and why."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tagviz.types import Corpus, Kind, Ranking, split_key

STATES = ("new", "gone", "up", "down", "same")
COLUMNS = ["key", "label", "state", "before", "now", "moved", "playlists_before", "playlists_now"]


@dataclass(frozen=True)
class AnswerSide:
    """One of the two answers.

    Attributes:
        ranking: What was recommended.
        corpus: The corpus of the model, which says in how many playlists an item is.
    """

    ranking: Ranking
    corpus: Corpus


def changes(before: AnswerSide, now: AnswerSide) -> pd.DataFrame:
    """Compare two answers to the same question.

    Args:
        before: The first answer.
        now: The second.

    Returns:
        Frame COLUMNS, one row per item that either answer has: `state` (new, gone, up, down or same), the places
        `before` and `now` from 1 (missing where it is not there), `moved` (places up), and the playlists that hold it
        on both sides. What came and went first, then what moved most.
    """
    places = [{key: place for place, key in enumerate(side.ranking.keys, 1)} for side in (before, now)]
    labels = dict(zip(before.ranking.keys, before.ranking.labels, strict=True))
    labels |= dict(zip(now.ranking.keys, now.ranking.labels, strict=True))
    rows = []
    for key in dict.fromkeys((*now.ranking.keys, *before.ranking.keys)):
        first, second = places[0].get(key), places[1].get(key)
        moved = first - second if first and second else 0
        state = "new" if first is None else "gone" if second is None else "up" if moved > 0 else "down"
        state = "same" if first == second else state
        rows.append([key, labels[key], state, first, second, moved, _playlists(before, key), _playlists(now, key)])
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"before": "Int64", "now": "Int64"})
    rank = frame["state"].map({"new": 0, "gone": 1, "up": 2, "down": 2, "same": 3})
    order = frame.assign(rank=rank, far=-frame["moved"].abs()).sort_values(["rank", "far"], kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _playlists(side: AnswerSide, key: str) -> int:
    """In how many playlists of a side's corpus an item is; 0 for one that it does not have."""
    kind, ident = split_key(key)
    row = int(side.corpus.vocab(Kind(kind)).find([ident])[0])
    return int(side.corpus.counts(Kind(kind))[row]) if row >= 0 else 0
