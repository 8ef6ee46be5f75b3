"""The import of vectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
TRAIN = pages.TRAIN.path
SONGS = ("s0", "s1", "s2", "s3")


def test_vectors_from_elsewhere_are_looked_at_before_they_are_kept(app: Open, home: Path, tmp_path: Path) -> None:
    lines = [f"tag{n} {1 + 0.01 * n} {n % 2} {(n + 1) % 2}" for n in range(12)] + ["stranger 1 1 1"]
    (tmp_path / "mine.txt").write_text("\n".join(lines) + "\n")
    test = app(TRAIN, tab="import")
    assert not test.exception
    test.session_state["vectors-from"] = "path"
    test.run()
    test.text_input(key="vectors-path").set_value(str(tmp_path / "mine.txt")).run()
    test.button(key="vectors-look").click().run()
    assert not test.exception
    shown = {metric.label: metric.value for metric in test.metric}
    assert shown["Unknown words"] == "1"
    kinds = next(frame.value for frame in test.dataframe if "without_vector" in frame.value).set_index("kind")
    assert kinds.loc["tags", "matched"] == 12
    assert "stranger" in texts(test)
    test.button(key="vectors-keep").click().run()
    assert not test.exception
    assert str(test.query_params["model"]).startswith("foreign-")
    ws = Workspace(home)
    infos = models.list_models(Context(ws), ws.open_corpus("awkward").fingerprint)
    assert [info.marks.title for info in infos if info.method == "foreign"] == ["mine"]


def test_the_words_can_be_said_to_be_songs(app: Open, tmp_path: Path) -> None:
    (tmp_path / "items.txt").write_text("".join(f"{word} {number} 1\n" for number, word in enumerate(SONGS)))
    test = app(TRAIN, tab="import")
    test.session_state["vectors-from"] = "path"
    test.session_state["vectors-kind"] = "song"
    test.run()
    test.text_input(key="vectors-path").set_value(str(tmp_path / "items.txt")).run()
    test.button(key="vectors-look").click().run()
    assert not test.exception
    kinds = next(frame.value for frame in test.dataframe if "without_vector" in frame.value).set_index("kind")
    assert kinds.loc["songs", "matched"] == len(SONGS)
    assert kinds.loc["tags", "matched"] == 0


def test_a_pickled_file_is_refused_with_the_reason(app: Open, tmp_path: Path) -> None:
    (tmp_path / "w2v.model").write_bytes(b"\x80\x04nothing")
    test = app(TRAIN, tab="import")
    test.session_state["vectors-from"] = "path"
    test.run()
    test.text_input(key="vectors-path").set_value(str(tmp_path / "w2v.model")).run()
    test.button(key="vectors-look").click().run()
    assert not test.exception
    assert "is a pickled file" in texts(test).replace("\\", "")
    assert "save_word2vec_format" in texts(test)
