"""How an item sounds: what sounds like a song and is not listed with it, and the mean spectrum of a song or a tag."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from tagviz.operations.features import TableFacts
from tagviz.operations.song_sound import SoundNeighbours
from tagviz.types import Kind, split_key
from tagviz.ui import url_state
from tagviz.ui.components import sound
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _


def show(here: PageContext, key: str, label: str) -> None:
    """Show the section, where the corpus has numbers of its songs.

    Args:
        here: Corpus and model of the page.
        key: Key of the item.
        label: Its name.
    """
    if not sound.tables_of(here.corpus.name):
        if split_key(key)[0] is Kind.SONG:
            st.subheader(_("How it sounds"), anchor=False)
            st.caption(
                _(
                    "Nothing is known of how the songs of this corpus sound. Add song features, audio files or "
                    "spectrograms with the command `tagviz features add`."
                )
            )
        return
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        title = st.empty()
        table = sound.choose_table(here.model_key)
    assert table is not None
    parts = [
        *_recording_parts(table, key),
        *_spectrum_parts(here, table, key, label),
        *_neighbour_parts(here, table, key),
    ]
    if not parts and split_key(key)[0] not in (Kind.SONG, Kind.PLAYLIST):
        return
    title.subheader(_("How it sounds"), anchor=False, width="content")
    if not parts:
        st.caption(_("The table “{name}” has no features of this song.").format(name=table.name))
        return
    grid = st.grid(2, min_column_width=330, gap="large")
    for part in parts:
        with grid.cell():
            part()


def _recording_parts(table: TableFacts, key: str) -> list[Callable[[], None]]:
    """The player and the spectrogram of a song whose sound is stored."""
    recording = sound.recording(table.fingerprint, key) if split_key(key)[0] is Kind.SONG else None
    if recording is None:
        return []

    def part() -> None:
        st.subheader(_("Listen"), anchor=False)
        st.audio(recording.content, format="audio/ogg")
        sound.show_picture(recording.spectrogram)

    return [part]


def _spectrum_parts(here: PageContext, table: TableFacts, key: str, label: str) -> list[Callable[[], None]]:
    mean = sound.spectrum_of(*here.names, table.fingerprint, key)
    common = sound.spectrum_of_all(*here.names, table.fingerprint)
    if mean is None or common is None:
        return []

    parts: list[Callable[[], None]] = [partial(sound.spectrum_figure, mean, common, key, label)]
    if split_key(key)[0] not in (Kind.SONG, Kind.PLAYLIST):
        parts.append(partial(_listen, here, table, key))
    return parts


def _listen(here: PageContext, table: TableFacts, key: str) -> None:
    """Show a button that makes the mean spectrum audible, then the player."""
    asked = f"listen-{table.fingerprint}-{key}"
    st.subheader(_("Listen"), anchor=False)
    if st.session_state.get(asked):
        with st.spinner(_("Making the sound")):
            wav = sound.played(*here.names, table.fingerprint, key)
        st.audio(wav, format="audio/wav")
    else:
        label = _("Listen to the mean")
        st.button(label, f"button-{asked}", on_click=_ask, args=(asked,), icon=":material/volume_up:")
    st.caption(
        _(
            "Four seconds of sound with this mean spectrum, computed on this server. A mean has no melody, words or "
            "beat: what is heard is the colour of the sound."
        )
    )


def _ask(name: str) -> None:
    st.session_state[name] = True


def _neighbour_parts(here: PageContext, table: TableFacts, key: str) -> list[Callable[[], None]]:
    if split_key(key)[0] not in (Kind.SONG, Kind.PLAYLIST):
        return []
    found = sound.neighbours(*here.names, table.fingerprint, key)
    if found is None:
        return []
    return [partial(_alike, found), partial(_unlisted, found), partial(_unlike, found)]


def _alike(found: SoundNeighbours) -> None:
    sound.alike_table(found.alike, found.kind, "item-alike", _("Sounds like"), _open)


def _unlisted(found: SoundNeighbours) -> None:
    listed = found.kind is Kind.SONG
    title = _("Alike, never listed together") if listed else _("Alike, no tag in common")
    if found.unlisted.empty:
        _nothing(title, _("All that sound like it are also listed with it."))
    else:
        sound.alike_table(found.unlisted, found.kind, "item-unlisted", title, _open)


def _unlike(found: SoundNeighbours) -> None:
    listed = found.kind is Kind.SONG
    title = _("Listed together, not alike") if listed else _("Same tag, not alike")
    if found.unlike.empty:
        _nothing(title, _("Of what is listed with it, nothing sounds very different."))
    else:
        sound.alike_table(found.unlike, found.kind, "item-unlike", title, _open)


def _open(key: str) -> None:
    url_state.set_params(item=key)


def _nothing(title: str, text: str) -> None:
    st.subheader(title, anchor=False)
    st.caption(text)
