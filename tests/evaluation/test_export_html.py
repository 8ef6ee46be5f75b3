"""The stand-alone HTML page."""

from __future__ import annotations

from tagviz.evaluation import export_html


def test_a_page_without_figures_carries_no_script() -> None:
    page = export_html.page("a < b", "c & d", [export_html.Section("one", ["two"])], ["careful"])
    assert "<script" not in page
    assert "a &lt; b" in page
    assert 'class="warning">careful' in page
