"""Before and after: the same question under another model and an earlier version, and links that pin a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import press, tables, texts

Open = Callable[..., AppTest]


def test_an_answer_is_compared_with_that_of_an_earlier_version(app: Open, home: Path) -> None:
    ws = Workspace(home)
    old = replace(ws.open_corpus("awkward"), name="growing")
    new = old.select(np.arange(40))
    for version in (old, new):
        ws.save_corpus(version)
        models.train(Context(ws), version, "neighbours")
    asked = {"corpus": "growing", "model": "neighbours", "tag": ["tag0"]}
    test = app(pages.RECOMMEND.path, **asked, compare=f"@{old.fingerprint}")
    assert not test.exception
    assert "from Playlist kNN, version of" in texts(test).replace("\\", "")
    assert [columns for columns in tables(test) if "playlists_before" in columns]
    pinned = app(pages.RECOMMEND.path, **asked, version=old.fingerprint)
    assert not pinned.exception
    assert "There is a newer one" in texts(pinned)
    assert "48 playlists" in texts(pinned)
    press(pinned, "Show the newest version")
    assert "40 playlists" in texts(pinned)
    gone = app(pages.RECOMMEND.path, **asked, version="0" * 16)
    assert not gone.exception
    assert [toast for toast in gone.toast if "does not exist" in toast.value]
    ws.remove_corpus("growing")


def test_two_models_are_compared(app: Open) -> None:
    test = app(pages.RECOMMEND.path, tag=["tag0"], compare="popularity")
    assert not test.exception
    assert "at the same place, from Popularity to Spectral" in texts(test).replace("\\", "")
