"""The Evaluate page's deeper views, each opened from the address and by its tab."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs
from tagviz.types import quiet
from tagviz.ui import cached, deeper, judging, space
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


def sent(test: AppTest) -> list[dict[str, Any]]:
    """What went to the panel: what it shows now, what it shows at every k, and of the other cases."""
    return [json.loads(element.proto.json or element.proto.mixed.json) for element in test.get("bidi_component")]


def test_the_panel_shows_this_k_and_has_every_other_one(app: Open) -> None:
    test = app(PAGE, k="2")
    assert not test.exception
    now, later, others = sent(test)
    assert (now["case"], now["k"], now["most"]) == ("", 2, 20)
    assert now["frames"][0]["metrics"][:4] == ["Precision", "Recall", "F1", "nDCG"]
    assert later["set"] == others["set"] == now["set"]
    assert [frame["k"] for frame in later["later"]] == list(range(1, 21))
    (frame,) = now["frames"]
    assert frame == later["later"][1], "the slider shows what the server would"
    assert "Of the 2 tags we suggest" in frame["sentence"]
    assert len(frame["heat"]["values"]) == 2
    assert frame["ranks"]["bars"] == ["1", "2", "not found"]
    for shares in frame["ranks"]["shares"]:
        assert sum(shares) == pytest.approx(1, abs=1e-4)
    other = sent(app(PAGE, k="3"))[0]
    assert other["set"] == now["set"], "another k is no other set: what the panel has stays"
    assert other["frames"][0] == later["later"][2]


def test_the_panel_has_the_other_cases_at_this_k(app: Open) -> None:
    now, later, others = sent(app(PAGE, k="3"))
    cases = [case for case, _ in now["cases"]]
    assert {frame["case"] for frame in now["frames"] + later["later"]} == {""}
    assert [(frame["case"], frame["k"]) for frame in others["later"]] == [(case, 3) for case in cases[1:]]
    other = sent(app(PAGE, k="3", case="songs"))[0]
    assert other["set"] == now["set"], "another case is no other set: what the panel has stays"
    assert other["frames"] == [frame for frame in others["later"] if frame["case"] == "songs"]


def test_a_change_of_what_is_asked_draws_all_parts_but_not_the_page(app: Open) -> None:
    test = app(PAGE)
    before = sent(test)[0]
    test.selectbox(key="of").set_value("popularity").run()
    assert not test.exception
    assert test.query_params["of"] == "popularity"
    now, later, others = sent(test)
    assert now["set"] == later["set"] == others["set"] != before["set"]
    assert now["frames"] != before["frames"]
    drawn, whole = texts(test), texts(app(PAGE, of="popularity"))
    assert set(drawn.splitlines()) <= set(whole.splitlines())
    for part in ("answers worst", "larger than chance would give"):
        assert part in drawn


def test_tags_go_to_the_panel_as_they_are_and_only_as_data(app: Open) -> None:
    now = sent(app(PAGE, reading="instead"))[0]
    heat = now["frames"][0]["heat"]
    assert "<b>bold</b>" in heat["rows"], "it shows text as text, so nothing is escaped"
    assert len(heat["counts"]) == len(heat["rows"]) == len(heat["values"])
    for element in app(PAGE, reading="instead").get("bidi_component"):
        assert "bold" not in element.proto.html_content + element.proto.js_content


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({"what": "moved", "k": 3}, {"k": "3"}),
        ({"what": "moved", "k": 10}, {}),
        ({"what": "moved", "k": 10, "case": "songs"}, {"case": "songs"}),
        ({"what": "moved", "case": ["<b>"]}, {}),
        (
            {"what": "bar", "model": 0, "bar": 4, "k": 10, "case": "songs"},
            {"behind": "bar|spectral|4", "case": "songs"},
        ),
        ({"what": "model", "model": 1, "k": 10}, {"behind": "model|popularity"}),
        ({"what": "bar", "model": 0, "bar": 4, "k": 4}, {"behind": "bar|spectral|4", "k": "4"}),
        ({"what": "cell", "row": 1, "column": 0, "k": 10}, {"behind": "similarity|spectral|1|0"}),
        ({"what": "reading", "reading": "instead"}, {"reading": "instead"}),
        ({"what": "cumulative", "on": True}, {"cumulative": "yes"}),
        ({}, {}),
        ({"what": "model", "model": 99}, {}),
        ({"what": "cell", "row": "<b>", "column": None}, {}),
        ({"what": "moved", "k": 10**9}, {}),
        ({"what": "reading", "reading": "<script>"}, {}),
    ],
)
def test_what_is_done_on_the_panel_is_in_the_address_and_nonsense_is_not(
    app: Open, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any], address: dict[str, str]
) -> None:
    app(PAGE)
    corpus = cached.corpora()[0]
    place = cached.ReportPlace(corpus.fingerprint, str(cached.reports(corpus.fingerprint)[0]["id"]))
    kept: dict[str, str] = {}
    drawn: list[str] = []
    monkeypatch.setattr(judging.st, "query_params", kept)
    monkeypatch.setattr(judging.state, "redraw", lambda *parts: drawn.extend(parts))
    judging.told(place, told)
    assert kept == address
    assert bool(drawn) == bool(address or told.get("what") == "moved")


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
    assert "Popularity" not in test.button(key="measure-leak").label, "nothing gives away what it answers"
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
