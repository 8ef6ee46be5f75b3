"""The preview of a decision."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.curation.decisions import Act
from tests.ui.screen import texts


def test_counts_and_related_tags_before_and_after(curate: Callable[..., AppTest]) -> None:
    test = curate("New decision")
    test.text_input(key="curate-tags").set_value("tag2").run()
    test.text_input(key="curate-target").set_value("tag0").run()
    shown = texts(test).replace("\\", "")
    assert "“tag2” 24" in shown
    assert "24 playlists." in shown
    assert "Related tags now" in shown
    assert "Related tags after the decision" in shown
    assert "Show on the map" in [link.label for link in test.get("page_link")]


def test_a_block_names_no_merge(curate: Callable[..., AppTest]) -> None:
    test = curate("New decision")
    test.selectbox(key="curate-act").set_value(Act.BLOCK).run()
    test.text_input(key="curate-tags").set_value("tag2").run()
    assert "Never recommend “tag2”" in texts(test).replace("\\", "")
    assert "After merging" not in texts(test)
