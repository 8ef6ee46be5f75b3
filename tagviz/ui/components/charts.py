"""Plotly figures in the project's own template, and whether the dark theme is on."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tagviz.ui import url_state
from tagviz.ui.i18n import N_, SOURCE, language, translated

AXES = (N_("titles"), N_("year"), N_("week"), N_("trial"), N_("Share"))
"""Titles of axes in `tagviz.figures` that are single words."""


def figure(fig: Any, name: str, alt: str, on_select: Any = "ignore", **options: Any) -> Any:
    """Draw a Plotly figure in the project's own template; its camera button saves it as the side bar says.

    Args:
        fig: The figure.
        name: Name of the saved file, and part of the widget's key.
        alt: What a screen reader says.
        on_select: As for `st.plotly_chart`.
        options: More arguments of `st.plotly_chart`.
    """
    _translate(fig, categories=name == "languages")
    file_format = url_state.current_value("figure_format", "png", ("png", "svg"))
    return st.plotly_chart(
        fig,
        theme=None,
        key=f"figure-{name}",
        on_select=on_select,
        alt=alt,
        config={
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"format": file_format, "filename": f"tagviz-{name}", "scale": 2},
        },
        **options,
    )


def _translate(fig: Any, categories: bool) -> None:
    """Translate the words of a figure: titles, and what has several words in its legend and annotations.

    Args:
        fig: The figure.
        categories: Whether the categories of its bars are words of ours; else they are names.
    """
    if language() == SOURCE:
        return
    for title in (fig.layout.title, *(axis.title for axis in (*fig.select_xaxes(), *fig.select_yaxes()))):
        if title.text:
            title.text = translated(title.text)
    for annotation in fig.layout.annotations:
        annotation.text = _words(annotation.text)
    for trace in fig.data:
        trace.name = _words(trace.name)
        if categories and trace.y is not None:
            trace.y = [translated(str(label)) for label in trace.y]


def _words(text: str | None) -> str | None:
    """Translate a text of several words; a single one may be a name."""
    return translated(text) if text and " " in text else text


def dark() -> bool:
    """Return whether the visitor uses the dark theme."""
    return st.context.theme.type == "dark"
