"""A title moves from the figure to its meta, as plain text."""

from __future__ import annotations

from tagviz.figures.page_titles import move_title_to_meta
from tagviz.figures.template import BARE, figure


def test_the_title_is_plain_text_in_meta() -> None:
    drawing = figure("a & b " * 30)
    assert "<br>" in drawing.layout.title.text
    move_title_to_meta(drawing)
    assert drawing.layout.title.text == ""
    assert drawing.layout.meta == ("a & b " * 30).strip()
    assert drawing.layout.margin.t == BARE
