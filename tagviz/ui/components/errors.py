"""Errors and empty states as boxes: what is wrong or missing, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

from tagviz.errors import TagvizError
from tagviz.ui import formatting, metrics, url_state
from tagviz.ui.i18n import _, translated

Arguments = ParamSpec("Arguments")
Outcome = TypeVar("Outcome")


@contextmanager
def show_errors() -> Iterator[None]:
    """Show a TagvizError as a box (what, where, what to do); any other exception is a bug and passes through."""
    with metrics.part_time():
        try:
            yield
        except TagvizError as error:
            show_error(error)


def guarded(draw: Callable[Arguments, Outcome]) -> Callable[Arguments, Outcome | None]:
    """Wrap a function that draws a fragment: its errors are shown as by `show_errors`, also when it runs alone."""

    @wraps(draw)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Outcome | None:
        try:
            return draw(*args, **kwargs)
        except TagvizError as error:
            show_error(error)
            return None

    return wrapped


def show_error(error: TagvizError, before: str = "") -> None:
    """Show an error as a box.

    Args:
        error: The error.
        before: A sentence before the error's title.
    """
    with st.container(border=True):
        title = formatting.escape(translated(error.title), 300)
        st.markdown(f":material/info: **{before} {title}**" if before else f":material/info: **{title}**")
        if error.detail:
            st.text(formatting.one_line(translated(error.detail), 1000))
        if error.remedy:
            st.text(_("What to do: {remedy}").format(remedy=formatting.one_line(translated(error.remedy), 500)))


def empty(sentence: str, page: str = "", label: str = "", icon: str = "") -> None:
    """Show an empty state: what is missing, and a link to the page where it can be made."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("xsmall")
        st.text(sentence, width="content")
        if page:
            st.page_link(page, label=label, icon=icon or None, query_params=url_state.link_params())
        st.space("xsmall")
