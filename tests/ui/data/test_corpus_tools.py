"""The open corpus: what its songs are, its export, its removal."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.store.workspace import Workspace
from tagviz.ui import cache, pages
from tagviz.ui.data import corpus_tools
from tests.corpora import make_corpus
from tests.ui.screen import press, texts

Open = Callable[..., AppTest]


def test_a_corpus_is_removed_and_comes_back(app: Open, home: Path) -> None:
    Workspace(home).save_corpus(make_corpus([{"title": "a", "tags": ["x", "y"], "songs": ["s"]}] * 3, name="extra"))
    test = app(pages.DATA.path, corpus="extra")
    press(test, "Remove corpus")
    assert any("extra is removed" in str(element.body) for element in test.get("html")) or "extra is removed" in texts(
        test
    )
    assert "extra" not in [info.name for info in cache.corpora()]
    press(test, "Undo")
    assert not test.exception
    assert "extra" in [info.name for info in cache.corpora()]


def test_a_removed_corpus_can_be_restored_later(app: Open, home: Path) -> None:
    workspace = Workspace(home)
    workspace.save_corpus(make_corpus([{"title": "a", "tags": ["x", "y"], "songs": ["s"]}] * 3, name="extra"))
    workspace.remove_corpus("extra")
    test = app(pages.DATA.path)
    press(test, "Restore")
    assert not test.exception
    assert "extra" in [info.name for info in cache.corpora()]


def test_every_page_uses_the_word_for_what_the_songs_are(app: Open) -> None:
    test = app(pages.DATA.path)
    assert "Songs" in [metric.label for metric in test.metric]
    test.selectbox(key="songs-are-awkward").set_value("albums").run()
    assert not test.exception
    assert "Albums" in [metric.label for metric in test.metric]
    assert "Songs" not in [metric.label for metric in test.metric]
    test.switch_page(pages.RECOMMEND.path)
    test.run()
    assert "Albums to add" in texts(test)
    assert "Songs to add" not in texts(test)


def test_the_exports_are_files_of_the_corpus(app: Open) -> None:
    test = app(pages.DATA.path)
    labels = [button.proto.label for button in test.get("download_button")]
    assert {corpus_tools.FORMS[form] for form in corpus_tools.FORMS} <= set(labels)
    info = next(info for info in cache.corpora() if info.name == "awkward")
    names = (info.name, info.fingerprint)
    zipped = zipfile.ZipFile(io.BytesIO(corpus_tools.content(names, "m3u8")))
    assert len(zipped.namelist()) == 48
    lines = corpus_tools.content(names, "tags").decode("utf-8-sig").splitlines()
    assert lines[0] == "tag\tplaylists\tfacet"
    assert len(lines) == 1 + info.sizes["tag"]
