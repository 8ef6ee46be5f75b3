"""The diagnostics of an embedding."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tagviz.ui.evaluation import analyses, embedding
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.EVALUATE.path


def opened(app: Open, tab: str, **address: str | list[str]) -> AppTest:
    """The page with a tab of the analyses open."""
    test = app(PAGE, **address)
    test.session_state[analyses.TABS_KEY] = tab
    return test.run()


@pytest.mark.parametrize("view", embedding.DIAGNOSTICS)
def test_every_view_of_the_space_opens(app: Open, view: str) -> None:
    test = opened(app, "Embedding", diagnostic=view, analogy="tag0", odd_one_out="tag2")
    assert not test.exception
    expected = {
        "cooccurrence": "The embedding explains",
        "hubs": "of the tags are neighbours of none",
        "playlists": "This model has no vectors of playlists",
        "stability": "no second model with the same settings",
        "analogy": "Choose three tags",
        "odd_one_out": "at least three tags",
    }
    assert expected[view] in texts(test)


def test_an_analogy_and_an_odd_one_out_are_answered(app: Open) -> None:
    test = opened(app, "Embedding", diagnostic="analogy", analogy=["tag0", "tag2", "tag4"])  # type: ignore[arg-type]
    assert "“tag0” is to “tag2” as “tag4” is to" in texts(test)
    # even tags keep company with even tags only
    test = opened(app, "Embedding", diagnostic="odd_one_out", odd_one_out=["tag0", "tag2", "tag3", "tag4"])  # type: ignore[arg-type]
    assert "“tag3” does not belong" in texts(test)
    test = opened(app, "Embedding", diagnostic="analogy", analogy=["tag0", "nowhere", "tag4"])  # type: ignore[arg-type]
    assert "has no vector in this model" in texts(test)
    assert not test.exception


def test_a_model_without_a_space_says_so(app: Open) -> None:
    test = opened(app, "Embedding", model="popularity")
    assert "has no embedding of its own" in texts(test)
    test.button(key="embedding-of-spectral").click().run()
    assert not test.exception
    assert test.query_params["model"] == "spectral"
