"""A clicked part of a report as a link and back; the playlists behind a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.evaluation import drilldown
from tagviz.evaluation.drilldown import ARGUMENTS, Drilldown, View
from tagviz.types import Kind
from tests.evaluation.reports import report_of

T = Kind.TAG


@given(st.sampled_from(sorted(ARGUMENTS)), st.text(min_size=1), st.data())
def test_a_link_names_the_same_part_again(view: View, label: str, draw: st.DataObject) -> None:
    count = ARGUMENTS[view]
    args = draw.draw(st.lists(st.text(), min_size=count, max_size=count))
    clicked = Drilldown(view, label, tuple(args))
    assert Drilldown.from_param(clicked.to_param()) == clicked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bar|spectral|0", Drilldown("bar", "spectral", ("0",))),
        ("similarity|a|b|0|3", Drilldown("similarity", "a|b", ("0", "3"))),
        ("pair|one|two", Drilldown("pair", "one", ("two",))),
        ("model|a|b", Drilldown("model", "a|b")),
        ("nonsense", None),
        ("bar|spectral", None),
        ("bar", None),
        ("model|", None),
        ("beyond|m|1", None),
        ("", None),
    ],
)
def test_links_of_earlier_versions_and_nonsense(text: str, expected: Drilldown | None) -> None:
    assert Drilldown.from_param(text) == expected


def test_a_question_shows_what_each_model_found() -> None:
    report = report_of(
        {T: [["a", "b"], ["c"]]},
        {"m": {T: [["a", "x"], ["x", "c"]]}, "n": {T: [["x", "y"], ["c", "y"]]}},
        shown={T: [["s"], []]},
        titles=["rain", ""],
    )
    view = drilldown.question_view(report, 0, k=2)
    assert (view.id, view.title, view.shown[T]["label"].tolist()) == ("p0", "rain", ["s"])
    assert dict(zip(view.hidden[T]["label"], view.hidden[T]["m"], strict=True)) == {"a": 1, "b": 0}
    assert view.answers["m", T]["hit"].tolist() == [True, False]
    assert view.scores[T].set_index("model").loc["m", "recall"] == 0.5
    assert (view.query.title, view.query.tags) == ("rain", ("s",))
    assert drilldown.row_of(report, "p1") == 1
    listed = drilldown.question_table(report, [1, 0], T, 2)
    assert listed["m"].tolist() == [1, 1]
    assert listed["hidden"].tolist() == ["c", "a, b"]
    with pytest.raises(InvalidParameterError):
        drilldown.question_view(report, 2)
    with pytest.raises(NotFoundError):
        drilldown.row_of(report, "p9")
