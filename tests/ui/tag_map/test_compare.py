"""Two maps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import maps, models
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import texts


def test_two_models_and_the_tags_on_which_they_differ(app: Callable[..., AppTest], home: Path) -> None:
    context = Context(Workspace(home))
    corpus = context.workspace.open_corpus("awkward")
    info = models.train(context, corpus, "spectral", {"dimensions": 3})
    maps.open_map(context, corpus, models.open_model(context, corpus, info.id))
    refs = {one.id for one in models.list_models(context, corpus.fingerprint) if one.method == "spectral"}
    default = models.open_model(context, corpus, "spectral").info.id
    (other,) = refs - {default}
    test = app(pages.TAG_MAP.path, model=default, compare=other)
    assert not test.exception
    assert "Where the maps differ" in texts(test)
    frame = next(frame.value for frame in test.dataframe if "overlap" in frame.value.columns)
    assert frame["overlap"].is_monotonic_increasing
    assert {"map", "map-second"} <= {one.key for one in test.get("bidi_component")}


def test_a_corpus_that_does_not_exist_is_ignored(app: Callable[..., AppTest]) -> None:
    test = app(pages.TAG_MAP.path, compare="spectral of nowhere")
    assert not test.exception
    assert test.selectbox(key="compare").value == ""
