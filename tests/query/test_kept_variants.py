"""What a large corpus taught about variants is kept and read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tagviz.operations import recommend
from tagviz.operations.context import Context
from tagviz.recommenders import near_duplicates
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind


def test_variants_of_a_large_corpus_are_learned_once(
    tmp_path: Path, board: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = Workspace(tmp_path)
    recommend.near_duplicates(Context(ws), board)
    assert not ws.foldings.folders(), "what is learned in no time is not kept"

    monkeypatch.setattr(recommend, "KEEP_FROM", 1)
    learned = recommend.near_duplicates(Context(ws), board)
    monkeypatch.setattr(recommend, "find_near_duplicates", None)  # learning again would fail
    kept = recommend.near_duplicates(Context(ws), board)
    assert set(kept.groups) == {Kind.TAG, Kind.SONG}
    for kind, groups in near_duplicates.find_near_duplicates(board).groups.items():
        np.testing.assert_array_equal(kept.groups[kind], groups)
        np.testing.assert_array_equal(learned.groups[kind], groups)


def test_a_home_that_cannot_be_written_costs_only_the_keeping(
    tmp_path: Path, board: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recommend, "KEEP_FROM", 1)
    home = tmp_path / "home"
    home.write_text("a file where a folder should be")
    assert set(recommend.near_duplicates(Context(Workspace(home)), board).groups) == {Kind.TAG, Kind.SONG}
