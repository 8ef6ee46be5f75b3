"""A sound file as a question: it is dropped, listened to, answered, and not kept."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from tagviz.features.audio import SUFFIXES
from tagviz.operations import sound
from tagviz.operations.sound import SoundAnswer
from tagviz.types import Kind, key_of
from tagviz.ui import cache, pages, url_state
from tagviz.ui.components import errors, pills
from tagviz.ui.components import sound as sound_view
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _

_ANSWER = "sound-answer"
LARGEST_MB = 100
"""Largest file."""


def show(here: PageContext) -> None:
    """Show the form in an expander, and in it the answer to the last file."""
    expander = st.expander(
        _("Ask with a sound file"), icon=":material/graphic_eq:", key="sound-open", on_change="rerun"
    )
    if not expander.open:
        return
    with expander, errors.show_errors():
        corpus = here.model_key.opened
        if not sound.content_models(cache.context(), corpus):
            st.caption(
                _(
                    "No model of this corpus knows how its songs sound. Add a folder of audio files or spectrograms "
                    "with the command `tagviz features add`, then train the method Content."
                )
            )
            st.page_link(pages.TRAIN.path, label=_("Train"), icon=pages.TRAIN.icon)
            return
        _form(here)


def _form(here: PageContext) -> None:
    file = st.file_uploader(
        _("Sound file"),
        type=[suffix[1:] for suffix in SUFFIXES],
        key="sound-file",
        max_upload_size=LARGEST_MB,
        help=_("Up to a minute from the middle is listened to. The file is not kept."),
    )
    if file is None:
        st.session_state.pop(_ANSWER, None)
        return
    content = file.getvalue()
    token = f"{here.corpus.fingerprint}-{hashlib.sha256(content).hexdigest()}"
    known, answer = st.session_state.get(_ANSWER, ("", None))
    if answer is None or known != token:
        with st.spinner(_("Listening")):
            answer = _answer(here, content, Path(file.name).suffix)
        st.session_state[_ANSWER] = (token, answer)
    _show(here, answer, content)


def _answer(here: PageContext, content: bytes, suffix: str) -> SoundAnswer:
    with tempfile.TemporaryDirectory(prefix="tagviz-") as folder:
        path = Path(folder) / f"file{suffix[:6]}"
        path.write_bytes(content)
        return sound.answer(cache.context(), here.model_key.opened, path)


def _show(here: PageContext, answer: SoundAnswer, content: bytes) -> None:
    st.audio(content)
    sound_view.show_picture(answer.spectrogram)
    if answer.tags:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{_('Tags')}**", width="content")
            st.page_link(
                pages.TAG_MAP.path,
                label=_("Show on the map"),
                icon=pages.TAG_MAP.icon,
                query_params=url_state.link_params(item=key_of(Kind.TAG, answer.tags[0][0]), model=answer.model),
            )
        _pills(here, (key_of(Kind.TAG, tag) for tag, _score in answer.tags))
    grid = st.grid(2, min_column_width=280, gap="medium")
    if answer.goes_with:
        with grid.cell():
            st.markdown(f"**{_('Goes well with')}**", help=_("Songs that fit on one playlist with it"))
            _pills(here, answer.goes_with)
    if answer.sounds_like:
        with grid.cell():
            st.markdown(f"**{_('Sounds like')}**", help=_("Songs whose sound is measured to be similar"))
            _pills(here, (key for key, _similarity in answer.sounds_like))
    st.caption(_("Answered in {seconds} seconds.").format(seconds=f"{answer.seconds:.1f}"))


def _pills(here: PageContext, keys: Iterable[str]) -> None:
    with pills.row():
        for key in keys:
            pills.item_link(cache.item(*here.names, key), here)
