"""Saved views and the questions of this session, each a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from tagviz.operations import database, saved_views
from tagviz.store.saved_views import SavedView
from tagviz.ui import cache, formatting, pages, url_state
from tagviz.ui.components import undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _

MOST_QUESTIONS = 30
"""Questions of the session that are remembered."""
SHOWN = 12
"""Questions that are listed."""
NOT_KEPT = ("me", "lang", url_state.MOVED_FROM)
"""Parameters that are no part of a view."""
_HISTORY, _NAME = "questions-of-session", "saved-view-name"


@dataclass(frozen=True)
class AskedQuestion:
    """A question of this session.

    Attributes:
        corpus: The corpus that was asked.
        page: The script of the page.
        label: What a person reads.
        params: The parameters of the address.
    """

    corpus: str
    page: str
    label: str
    params: tuple[tuple[str, tuple[str, ...]], ...]


def record(here: PageContext, page: pages.Page, label: str) -> None:
    """Remember what is asked on a page as the newest question of this session.

    Args:
        here: Corpus and model of the page.
        page: The page.
        label: The question as a person reads it.
    """
    asked = AskedQuestion(here.corpus.name, page.path, formatting.one_line(label, 80), _address(here))
    before: list[AskedQuestion] = st.session_state.get(_HISTORY, [])
    others = [one for one in before if (one.corpus, one.page, one.label) != (asked.corpus, asked.page, asked.label)]
    st.session_state[_HISTORY] = [asked, *others][:MOST_QUESTIONS]


def _address(here: PageContext) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the parameters of the address, with the corpus and the model pinned."""
    params = {name: tuple(st.query_params.get_all(name)) for name in st.query_params if name not in NOT_KEPT}
    version = here.corpus.fingerprint.partition("+")[0]
    pinned = {"corpus": (here.corpus.name,), "version": (version,), "model": (here.model_key.model,)}
    return tuple({**params, **pinned}.items())


def show(here: PageContext, page: pages.Page) -> None:
    """Show both lists, closed at first.

    Args:
        here: Corpus and model of the page.
        page: The page that is drawn.
    """
    with st.expander(_("Saved views and history"), icon=":material/bookmark:"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.text_input(
                _("Save this view as"),
                key=_NAME,
                max_chars=saved_views.LONGEST_NAME,
                placeholder=_("a name of your own"),
            )
            st.button(_("Save"), key="save-view", on_click=_save, args=(here, page), icon=":material/bookmark_add:")
        st.page_link(
            page.path,
            label=_("Permanent link"),
            icon=":material/link:",
            query_params=_query(dict(_address(here))),
            help=_("Its address keeps the version of the corpus and the model: copy it"),
        )
        context = cache.context()
        none: list[SavedView] = []
        kept = database.read_or(context, lambda: saved_views.kept(context, here.corpus.name), lambda: none)
        if kept:
            st.caption(_("Saved views"))
        for view in kept:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                entry = next((one for one in pages.PAGES if one.url_path == view.page), pages.HOME)
                _link(entry, view.name, view.params)
                st.button(
                    "",
                    key=f"forget-view-{view.id}",
                    icon=":material/close:",
                    type="tertiary",
                    help=_("Delete this view"),
                    on_click=_delete,
                    args=(view,),
                )
        history: list[AskedQuestion] = st.session_state.get(_HISTORY, [])
        asked = [one for one in history if one.corpus == here.corpus.name]
        if asked:
            st.caption(_("Questions of this session"))
        for one in asked[:SHOWN]:
            _link(next(entry for entry in pages.PAGES if entry.path == one.page), one.label, dict(one.params))


def _link(page: pages.Page, label: str, params: Mapping[str, Sequence[str]]) -> None:
    st.page_link(page.path, label=formatting.escape(label, 60), icon=page.icon, query_params=_query(params))


def _query(params: Mapping[str, Sequence[str]]) -> dict[str, str | Sequence[str]]:
    return {name: tuple(texts) for name, texts in params.items()}


@url_state.safe_callback
def _save(here: PageContext, page: pages.Page) -> None:
    name = str(st.session_state.get(_NAME, ""))
    view = saved_views.keep(cache.context(), name, here.corpus.name, page.url_path, dict(_address(here)))
    st.session_state[_NAME] = ""
    back = partial(saved_views.delete, cache.context(), view)
    undo_bar.offer(_("View “{name}” saved").format(name=view.name), back)


@url_state.safe_callback
def _delete(view: SavedView) -> None:
    saved_views.delete(cache.context(), view)
    undo_bar.offer(
        _("View “{name}” deleted").format(name=view.name), partial(saved_views.restore, cache.context(), view)
    )
