"""The panel of a report: what is sent to it, and what it sends back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from tagviz.ui import cache, pages, stored_reports
from tagviz.ui.evaluation import panel
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.EVALUATE.path


def sent(test: AppTest) -> list[dict[str, Any]]:
    """What went to the panel: what it shows now, what it shows at every k, and of the other cases."""
    shown = [json.loads(element.proto.json or element.proto.mixed.json) for element in test.get("bidi_component")]
    return [content for content in shown if "set" in content]  # the list of keys is a component, too


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
    test.selectbox(key="heatmap_model").set_value("popularity").run()
    assert not test.exception
    assert test.query_params["heatmap_model"] == "popularity"
    now, later, others = sent(test)
    assert now["set"] == later["set"] == others["set"] != before["set"]
    assert now["frames"] != before["frames"]
    drawn, whole = texts(test), texts(app(PAGE, heatmap_model="popularity"))
    assert set(drawn.splitlines()) <= set(whole.splitlines())
    for part in ("with the worst results of", "are significant"):
        assert part in drawn


def test_tags_go_to_the_panel_as_they_are_and_only_as_data(app: Open) -> None:
    now = sent(app(PAGE, heatmap="instead"))[0]
    heat = now["frames"][0]["heat"]
    assert "<b>bold</b>" in heat["rows"], "it shows text as text, so nothing is escaped"
    assert len(heat["counts"]) == len(heat["rows"]) == len(heat["values"])
    for element in app(PAGE, heatmap="instead").get("bidi_component"):
        assert "bold" not in element.proto.html_content + element.proto.js_content


@pytest.mark.parametrize(
    ("event", "address"),
    [
        ({"what": "moved", "k": 3}, {"k": "3"}),
        ({"what": "moved", "k": 10}, {}),
        ({"what": "moved", "k": 10, "case": "songs"}, {"case": "songs"}),
        ({"what": "moved", "case": ["<b>"]}, {}),
        (
            {"what": "bar", "model": 0, "bar": 4, "k": 10, "case": "songs"},
            {"drilldown": "bar|spectral|4", "case": "songs"},
        ),
        ({"what": "model", "model": 1, "k": 10}, {"drilldown": "model|popularity"}),
        ({"what": "bar", "model": 0, "bar": 4, "k": 4}, {"drilldown": "bar|spectral|4", "k": "4"}),
        ({"what": "cell", "row": 1, "column": 0, "k": 10}, {"drilldown": "similarity|spectral|1|0"}),
        ({"what": "reading", "reading": "instead"}, {"heatmap": "instead"}),
        ({"what": "cumulative", "on": True}, {"cumulative": "yes"}),
        ({}, {}),
        ({"what": "model", "model": 99}, {}),
        ({"what": "cell", "row": "<b>", "column": None}, {}),
        ({"what": "moved", "k": 10**9}, {}),
        ({"what": "reading", "reading": "<script>"}, {}),
    ],
)
def test_what_is_done_on_the_panel_is_in_the_address_and_nonsense_is_not(
    app: Open, monkeypatch: pytest.MonkeyPatch, event: dict[str, Any], address: dict[str, str]
) -> None:
    app(PAGE)
    corpus = cache.corpora()[0]
    report_key = stored_reports.ReportKey(corpus.fingerprint, str(cache.reports(corpus.fingerprint)[0]["id"]))
    kept = QueryParams()
    drawn: list[str] = []
    monkeypatch.setattr(panel.st, "query_params", kept)
    monkeypatch.setattr(panel.url_state, "redraw", lambda *parts: drawn.extend(parts))
    panel.apply_event(report_key, event)
    assert kept.to_dict() == address
    assert bool(drawn) == bool(address or event.get("what") == "moved")
