"""Pills."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.types import Kind
from tagviz.ui.components import pills


def test_the_first_six_facets_have_their_own_colours() -> None:
    facets = [f"facet {n}" for n in range(8)]
    colours = [pills.facet_color(facet, facets) for facet in facets]
    assert len(set(colours[:6])) == 6
    assert set(colours[6:]) == {"gray"}
    assert pills.facet_color("unknown", facets) == "gray"


def test_a_label_is_text() -> None:
    assert pills.pill_label("a]b*", "blue") == r":blue-badge[a\]b\*]"
    assert set(pills.ICONS) == set(Kind)


def test_a_pill_leads_to_its_item_and_says_how_frequent_it_is(app: Callable[..., AppTest]) -> None:
    link = next(link for link in app().get("page_link") if "tag0" in link.label)
    assert "item=tag%3Atag0" in link.proto.query_string or "item=tag:tag0" in link.proto.query_string
    assert link.proto.help == "Tag, in 18 playlists"
