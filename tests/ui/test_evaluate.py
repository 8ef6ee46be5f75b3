"""The Evaluate page's deeper views, each opened from the address and by its tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs
from tagviz.types import quiet
from tagviz.ui import cached, deeper, space
from tests.ui.test_pages import texts

Open = Callable[..., AppTest]
PAGE = "pages/3_Evaluate.py"


def opened(app: Open, tab: str, **address: str) -> AppTest:
    test = app(PAGE, **address)
    test.session_state["deeper"] = tab
    return test.run()


@pytest.mark.parametrize(
    ("behind", "title"),
    [
        ("part|spectral|popularity|head", "of the segment “head” that spectral answers worst"),
        ("part|spectral|case|songs+tags", "“songs and tags shown”"),
        ("pair|spectral|popularity", "that spectral answers better than popularity"),
        ("pair|spectral|nobody", "that spectral answers worst"),
        ("instead|spectral|0|0", "was hidden and found"),
        ("similarity|spectral|0|0", "the least alike first"),
        ("part|spectral|nothing|at all", "There is no segment"),
    ],
)
def test_what_was_clicked_is_in_the_address(app: Open, behind: str, title: str) -> None:
    test = app(PAGE, behind=behind)
    assert not test.exception
    assert title in texts(test)


def test_another_k_changes_the_panel_and_all_that_follows_it(app: Open) -> None:
    test = app(PAGE)
    before = texts(test)
    test.slider(key="k").set_value(2).run()
    assert not test.exception
    assert test.query_params["k"] == "2"
    assert texts(test) != before
    # what a fragment's run draws: the panel, the playlists and what lies deeper, but not the page around them
    drawn, whole = texts(test), texts(app(PAGE, k="2"))
    assert set(drawn.splitlines()) <= set(whole.splitlines())
    for part in ("Of the 2 tags we suggest", "in the first 2", "answers worst", "nDCG by what is shown"):
        assert part in drawn
        assert part in whole


def test_both_readings_of_the_heatmap_are_there_for_one_playlist(app: Open) -> None:
    address = {"behind": "similarity|spectral|0|0"}
    assert "Closest of our" in texts(app(PAGE, **address))
    test = app(PAGE, **address, reading="instead")
    assert not test.exception
    assert "in our first 10" in texts(test)


@pytest.mark.parametrize("tab", deeper.TABS)
def test_every_tab_opens(app: Open, tab: str) -> None:
    test = opened(app, tab)
    assert not test.exception
    said = {
        "By segment": "nDCG by what is shown",
        "Which differences are real": "larger than chance would give",
        "Beyond accuracy": "Coverage:",
        "Never and too often": "Never suggested by",
        "The space": "which tags go together",
        "Over time": "over 1 evaluation",
    }
    assert said[tab] in texts(test)


@pytest.mark.parametrize("view", space.VIEWS)
def test_every_view_of_the_space_opens(app: Open, view: str) -> None:
    test = opened(app, "The space", space=view, analogy="tag0", odd="tag2")
    assert not test.exception
    said = {
        "What goes together": "The space explains",
        "Hubs": "of the tags are nobody's",
        "Playlists": "This model has no vectors of playlists",
        "Stability": "no second model of the same settings",
        "Analogy": "Choose three tags",
        "Odd one out": "at least three tags",
    }
    assert said[view] in texts(test)


def test_an_analogy_and_an_odd_one_out_are_answered(app: Open) -> None:
    test = opened(app, "The space", space="Analogy", analogy=["tag0", "tag2", "tag4"])  # type: ignore[arg-type]
    assert "“tag0” is to “tag2” as “tag4” is to" in texts(test)
    # even tags keep company with even tags only
    test = opened(app, "The space", space="Odd one out", odd=["tag0", "tag2", "tag3", "tag4"])  # type: ignore[arg-type]
    assert "“tag3” does not belong" in texts(test)
    test = opened(app, "The space", space="Analogy", analogy=["tag0", "nowhere", "tag4"])  # type: ignore[arg-type]
    assert "has no vector in this model" in texts(test)
    assert not test.exception


def test_how_much_a_split_at_random_flatters_is_asked_and_told(app: Open) -> None:
    test = opened(app, "Which differences are real")
    test.button(key="measure-leak").click().run()
    assert not test.exception
    assert "Measure how much a split at random flatters on awkward" in texts(test)
    assert test.button(key="measure-leak").disabled
    job = next(job for job in cached.jobs() if job.kind == "leak")
    queue = jobs.queue(cached.workspace())
    while (claimed := queue.claim("test", 60)) is not None and claimed.id != job.id:
        queue.stop(claimed.id, "test")  # what another test asked for
    assert claimed is not None
    told = jobs.KINDS["leak"](cached.workspace(), job.arguments, quiet)
    queue.finish(job.id, "test", told)
    test.run()
    assert "A split at random" in texts(test)


def test_a_model_without_a_space_says_so(app: Open) -> None:
    test = opened(app, "The space", model="popularity")
    assert "has no space of its own" in texts(test)
