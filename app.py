"""The server's entry, and the home page."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from tagviz.types import Kind, Query
from tagviz.ui import (
    cache,
    context,
    formatting,
    message_batches,
    page_layout,
    pages,
    security,
    server,
    url_state,
)
from tagviz.ui.components import errors, examples, pills, readings, title_box
from tagviz.ui.components.search_box import Field, items
from tagviz.ui.components.title_box import TextSearch
from tagviz.ui.i18n import _
from tagviz.ui.recommend import expectation, query_form

MOST_USED = 40
"""Tags on the home page."""
FIRST_RESULTS = 8
"""Tags and songs that are suggested while one types."""
IDLE_MS = 1500
"""Pause in typing after which the text is kept in the URL, so that the back button brings it again."""


def home() -> None:
    """Draw the home page: search, examples, the most used tags, a card for each page."""
    here = page_layout.open_page(pages.HOME)
    st.title(_("Type a tag, a title or a song"), anchor=False)
    with errors.show_errors():
        _search(here)
        st.subheader(_("Or start with an example"), anchor=False)
        grid = st.container(key="examples").grid(3, min_column_width=240, gap="small")
        for example in examples.examples(*here.names):
            with grid.container(border=True):
                st.page_link(
                    example.page,
                    label=formatting.escape(example.question, 90),
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    query_params=url_state.link_params(**example.params),
                    width="stretch",
                )
        _most_used_tags(here)
    st.subheader(_("All pages"), anchor=False)
    grid = st.container(key="all-pages").grid(4, min_column_width=180, gap="small")
    for page in page_layout.visible_pages():
        if page is not pages.HOME:
            with grid.container(border=True):
                st.page_link(
                    page.path, label=f"**{_(page.title)}**", icon=page.icon, query_params=url_state.link_params()
                )
                st.caption(_(page.summary))


def _most_used_tags(here: context.PageContext) -> None:
    if here.corpus.sizes.get(Kind.TAG):
        st.subheader(_("Most used tags"), anchor=False)
        with st.container(key="most-used"), pills.row():  # page.css keeps its place
            for key in cache.most_frequent(*here.names, Kind.TAG, MOST_USED)["key"]:
                pills.item_link(cache.item(*here.names, str(key)), here)


@st.fragment
@errors.guarded
def _search(here: context.PageContext) -> None:
    items.rerun_if_chosen()
    opened = here.model_key.opened
    kinds = [kind for kind in (Kind.TAG, Kind.SONG) if opened.has(kind)]
    field = Field(
        "home-search",
        _("Type a tag, a title or a song"),
        _("for example jazz or rainy night"),
        mode="text",
        hide_label=True,
        inline=True,
        idle_ms=IDLE_MS,
    )
    text = title_box.show(here, TextSearch(field, tuple(kinds), on_item=lambda key: title_box.name_item(here, key)))
    if not text:
        st.caption(_("Results appear as you type, in any language."))
        return
    query = replace(readings.query_of(opened, text), n=FIRST_RESULTS)
    ranking = cache.recommend(here.model_key, query, kinds[0])
    corrected = query_form.corrected_title(text, ranking.readings) if ranking.fallback else text
    if corrected != text:
        st.caption(_("Results for “{title}”.").format(title=formatting.escape(corrected, 60)))
        query = replace(query, title=corrected, readings=readings.chosen(opened, corrected))
    else:
        expectation.warn_if_poor(cache.recommend(here.model_key, query, kinds[-1]))
        readings.show(here, text, ranking.readings)
    _first_results(here, query, kinds)


def _first_results(here: context.PageContext, query: Query, kinds: list[Kind]) -> None:
    """Show the first recommendations for a playlist of this title, and the link to all of them."""
    with st.container(border=True, gap="small"):
        label = _("Recommend for a playlist called “{title}”").format(title=formatting.escape(query.title, 60))
        reading = {"reading": readings.of_title(query.title), "match": url_state.param("match")}
        with st.container(horizontal=True, gap="small"):
            st.page_link(
                pages.RECOMMEND.path,
                label=f"**{label}**",
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params=url_state.link_params(title=query.title, **reading),
            )
            st.page_link(
                pages.TAG_MAP.path,
                label=_("Show on the map"),
                icon=pages.TAG_MAP.icon,
                query_params=url_state.link_params(phrase=query.title, **reading),
            )
        for kind in kinds:
            ranking = cache.recommend(here.model_key, query, kind)
            if kind is kinds[0] and ranking.fallback:
                st.caption(_("This corpus has nothing similar, so the most popular items are shown."))
            with pills.row():
                for key in ranking.keys:
                    pills.item_link(cache.item(*here.names, key), here)


if get_script_run_ctx() is None:
    message_batches.install()
    app = st.App(
        "app.py",
        routes=server.routes(),
        middleware=security.middleware(),
        lifespan=server.lifespan,
        on_script_error=server.on_script_error,
    )
else:
    home()
