"""The context of a page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import cache
from tagviz.ui.context import PageContext


def test_a_context_names_its_corpus_and_opens_its_model(app: Callable[..., AppTest]) -> None:
    app()
    corpus = next(info for info in cache.corpora() if info.name == "awkward")
    here = PageContext(corpus, "spectral")
    assert here.names == ("awkward", corpus.fingerprint)
    assert here.model_key.model == cache.resolved(corpus.fingerprint, "spectral")
    assert here.with_model("ease").model == "ease"
    assert here.model_key.opened.name == "awkward"
