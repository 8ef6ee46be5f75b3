"""What moved between two answers to the same question."""

from __future__ import annotations

import numpy as np

from tagviz.operations.answer_changes import AnswerSide, changes
from tagviz.types import Corpus, Kind, Ranking
from tests.corpora import make_corpus


def corpus(*tags: str) -> Corpus:
    return make_corpus([{"id": str(n), "title": "", "tags": [tag], "songs": []} for n, tag in enumerate(tags)])


def ranking(*tags: str) -> Ranking:
    keys = tuple(f"tag:{tag}" for tag in tags)
    return Ranking(Kind.TAG, keys, tags, np.arange(len(tags), 0, -1, dtype=np.float32), "popularity")


def test_what_came_went_and_moved() -> None:
    before = AnswerSide(ranking("a", "b", "c", "d"), corpus("a", "a", "b", "c", "d"))
    now = AnswerSide(ranking("a", "d", "new", "b"), corpus("a", "new", "new", "b", "d"))
    frame = changes(before, now).set_index("label")
    assert frame["state"].to_dict() == {"new": "new", "c": "gone", "d": "up", "b": "down", "a": "same"}
    assert list(frame.index[:2]) == ["new", "c"]
    assert (frame.loc["d", "moved"], frame.loc["b", "moved"]) == (2, -2)
    assert frame.loc["new", ["playlists_before", "playlists_now"]].tolist() == [0, 2]
    assert frame.loc["a", ["playlists_before", "playlists_now"]].tolist() == [2, 1]
    assert frame["before"].isna().to_dict() == {"new": True, "c": False, "d": False, "b": False, "a": False}
