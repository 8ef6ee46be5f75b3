"""The open corpus: its version, what its songs are, its export and its removal."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.operations import access, playlist_export
from tagviz.song_words import SONGS_ARE
from tagviz.types import Kind
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import permissions, pills, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.data.import_settings import SONG_WORDS
from tagviz.ui.i18n import N_, _

FORMS = {
    "m3u8": N_("Playlists as M3U8 (zipped)"),
    "xspf": N_("Playlists as XSPF (zipped)"),
    "csv": N_("Playlists as CSV, as TuneMyMusic takes it"),
    "parquet": N_("The whole corpus as Parquet (zipped)"),
    "tags": N_("Tags with counts (TSV)"),
}
_OF_SONGS = ("m3u8", "xspf", "csv")


def show(here: PageContext) -> None:
    """Show the version that is open, with the buttons that change or export the corpus."""
    if here.corpus.name:
        _show_version(here)
    _show_removed()


def _show_version(here: PageContext) -> None:
    corpus = here.corpus
    text = _("Imported {time} from {source} · version {n} · {size} on disk").format(
        time=formatting.moment(corpus.imported),
        source=corpus.meta.get("source", _("an unknown source")),
        n=len(corpus.versions),
        size=formatting.size(corpus.size),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        version = _("Id of this version: {id}").format(id=formatting.escape(corpus.fingerprint))
        st.caption(formatting.escape(text, 300), width="content", help=version)
        if corpus.sizes.get(Kind.SONG):
            _songs_are(here)
        _export(here)
        if not corpus.shipped:
            st.button(
                _("Remove corpus"),
                icon=":material/delete:",
                type="tertiary",
                on_click=remove,
                args=(corpus.name,),
                **permissions.gate(Permission.DELETE, help=_("Its models stay; it can be restored")),
            )


def _songs_are(here: PageContext) -> None:
    key = f"songs-are-{here.corpus.name}"
    st.session_state[key] = here.corpus.songs_are
    st.selectbox(
        _("What the playlists list"),
        list(SONGS_ARE),
        format_func=lambda word: _("Playlists of {word}").format(word=_(SONG_WORDS[word])),
        key=key,
        on_change=_store_songs_are,
        args=(here.corpus.name, key),
        label_visibility="collapsed",
        width=190,
    )


@url_state.safe_callback
def _store_songs_are(name: str, key: str) -> None:
    cache.set_songs_are(cache.context(), name, st.session_state[key])
    cache.corpus.clear()  # exports name what the songs are


def _export(here: PageContext) -> None:
    with st.popover(_("Export"), icon=":material/download:", width="content"):
        for form, label in FORMS.items():
            if form in _OF_SONGS and not here.corpus.sizes.get(Kind.SONG):
                continue
            st.download_button(
                _(label),
                data=partial(content, here.names, form),
                file_name=f"{here.corpus.name}-{form}{playlist_export.FORMS[form]}",
                key=f"export-{form}",
                type="tertiary",
                on_click="ignore",
            )


def content(names: tuple[str, str], form: str) -> bytes:
    """Return the file of a corpus, by its name and fingerprint, in one of FORMS."""
    opened = cache.corpus(*names)
    return playlist_export.content(opened, form, list(range(len(opened))), False)


@url_state.safe_callback
def remove(name: str) -> None:
    """Remove a corpus, and offer to undo it."""
    token = cache.delete_corpus(cache.context(), name)
    url_state.set_params(corpus="", model="")
    undo_bar.offer(
        _("{corpus} is removed").format(corpus=formatting.one_line(name, 60)), partial(_bring_back, token, name)
    )


def _bring_back(token: str, name: str) -> None:
    cache.restore(cache.context(), token)
    url_state.set_params(corpus=name)


@url_state.safe_callback
def _restore(token: str, name: str) -> None:
    _bring_back(token, name)
    undo_bar.withdraw()


def _show_removed() -> None:
    """Show the corpora that were removed and can be restored."""
    here = cache.context()
    removed = [one for one in here.workspace.deleted() if one.shelf == "names" and access.sees(here, one.key)]
    if not removed:
        return
    with st.expander(_("Removed corpora ({n})").format(n=len(removed)), icon=":material/delete:"):
        for one in removed:
            with pills.row():
                st.text(f"{formatting.one_line(one.key, 60)} · {formatting.moment(one.when)}", width="content")
                st.button(
                    _("Restore"),
                    icon=":material/undo:",
                    type="tertiary",
                    key=f"restore-{one.token}",
                    on_click=_restore,
                    args=(one.token, one.key),
                    **permissions.gate(Permission.RESTORE),
                )
