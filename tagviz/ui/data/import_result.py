"""What an import brought: counts, columns that were not used, rows that were changed, and the way to its map."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tagviz.store.jobs import Job, State
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.data import corpus_tools
from tagviz.ui.i18n import N_, _, words_of
from tagviz.ui.pages import TAG_MAP

ENDINGS = {
    "columns_not_used": N_("Columns not used: {what}"),
    "rows_changed": N_("Rows changed: {what}"),
    "files_not_read": N_("Files not read: {what}"),
}
_FOLLOWED = "import-job"


def follow(ident: int) -> None:
    """Show the result of this job once it is done."""
    st.session_state[_FOLLOWED] = ident


def show() -> None:
    """Show the result of this session's last import, if it is done."""
    ident = st.session_state.get(_FOLLOWED)
    job = next((job for job in cache.jobs() if job.id == ident), None)
    if job is None or job.state is not State.DONE:
        return
    with st.container(border=True):
        _show(job)


def _show(job: Job) -> None:
    outcome = dict(job.result)
    name = str(outcome["corpus"])
    info = next((info for info in cache.corpora() if info.name == name), None)
    with words_of(str(outcome.get("songs_are", "tracks"))):
        counts = [formatting.count(int(outcome["playlists"]), "playlist")]
        if info is not None:
            counts += [formatting.count(info.sizes[kind], kind) for kind in ("tag", "song") if info.sizes.get(kind)]
        text = _("{corpus} is imported: {counts}").format(
            corpus=formatting.escape(name, 60), counts=formatting.listing(counts)
        )
        st.markdown(f":material/check_circle: **{text}**")
    for key, message in ENDINGS.items():
        if outcome.get(key):
            st.text(_(message).format(what=formatting.one_line(_joined(outcome[key]), 600)))
    if info is None:
        st.text(_("This corpus has been removed."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            TAG_MAP.path, label=_("Open its map"), icon=":material/map:", query_params={"corpus": name}, width="content"
        )
        st.button(
            _("Show it here"),
            key="import-show",
            type="tertiary",
            on_click=url_state.set_params,
            kwargs={"corpus": name, "model": ""},
        )
        if len(info.versions) == 1:
            st.button(
                _("Undo the import"),
                key="import-undo",
                icon=":material/undo:",
                type="tertiary",
                on_click=_undo,
                args=(name,),
                help=_("Removes the corpus; it can be restored"),
            )
        st.button(_("Close"), key="import-close", type="tertiary", on_click=_forget)


def _joined(names: Any) -> str:
    return "; ".join(map(str, names)) if any(", " in str(name) for name in names) else ", ".join(map(str, names))


def _undo(name: str) -> None:
    _forget()
    corpus_tools.remove(name)


def _forget() -> None:
    st.session_state.pop(_FOLLOWED, None)
