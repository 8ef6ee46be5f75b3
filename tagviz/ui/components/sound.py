"""How a song or a tag sounds, on its page and in the panel of the map: what sounds like it, spectra, and players."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
import streamlit as st

from tagviz.feature_table import FeatureTable
from tagviz.features import mel
from tagviz.features.similarity import Scale
from tagviz.features.spectrum import Spectrum
from tagviz.figures import spectrum as figures
from tagviz.operations import features, song_sound
from tagviz.operations.features import TableFacts
from tagviz.operations.song_sound import SoundNeighbours
from tagviz.types import Floats, Kind, split_key
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import charts, tables
from tagviz.ui.i18n import N_, _
from tagviz.ui.shared_cache import shared

PICTURE_PX = (900, 96)
"""Width and height of a spectrogram."""
TABLE_PX = 330
"""Height of a table: eight rows."""
PARAM = "features"
"""URL parameter with the name of a table of numbers."""


@shared(50, cache.LIST_TTL)
def tables_of(corpus: str) -> tuple[TableFacts, ...]:
    """Return the tables that a corpus uses, those of sound first."""
    return tuple(features.tables_of(cache.context(), corpus))


@shared(3)
def opened(fingerprint: str) -> FeatureTable:
    """Return a table, its numbers memory-mapped."""
    return features.open_table(cache.context(), fingerprint)


@shared(6)
def _scale(corpus: str, version: str, table: str) -> Scale:
    return song_sound.scale_of(cache.corpus(corpus, version), opened(table))


@shared(200, spinner=N_("Comparing the features of all songs"))
def neighbours(corpus: str, version: str, table: str, key: str) -> SoundNeighbours | None:
    """Return what sounds like a song, None where the table does not have it; nobody changes the result."""
    scale = _scale(corpus, version, table)
    return song_sound.neighbours(cache.corpus(corpus, version), opened(table), scale, key)


@shared(6)
def spectrum_of_all(corpus: str, version: str, table: str) -> Spectrum | None:
    """Return the mean spectrum of all songs; None where the table does not tell spectra."""
    return song_sound.spectrum_of_all(cache.corpus(corpus, version), opened(table))


@shared(200)
def spectrum_of(corpus: str, version: str, table: str, key: str) -> Spectrum | None:
    """Return the mean spectrum of an item; None where the table does not tell spectra, or has none of its songs."""
    return song_sound.spectrum_of(cache.corpus(corpus, version), opened(table), key)


@shared(30)
def recording(table: str, key: str) -> song_sound.Recording | None:
    """Return the sound of a song that can be played; None where there is none."""
    return song_sound.recording(cache.context(), table, key)


@st.cache_data(max_entries=50, show_spinner=False)
def played(corpus: str, version: str, table: str, key: str) -> bytes:
    """Return a WAV file of an item's mean spectrum; empty where it has none."""
    mean = spectrum_of(corpus, version, table, key)
    return b"" if mean is None else song_sound.played(mean)


def choose_table(model_key: cache.ModelKey) -> TableFacts | None:
    """Show the choice of a table of numbers where there are several; return it, None where the corpus uses none."""
    known = {table.name: table for table in tables_of(model_key.corpus)}
    if not known:
        return None
    names = list(known)
    if len(names) == 1:
        return known[names[0]]
    chosen = st.selectbox(_("Features"), names, width=260, **url_state.bind_param(PARAM, names[0], names))
    return known[chosen]


def alike_table(frame: pd.DataFrame, kind: Kind, name: str, title: str, open_item: Callable[[str], None]) -> None:
    """Show songs with their similarity of sound and on how many playlists they are together; a click opens one.

    Args:
        frame: One of `SoundNeighbours`.
        kind: SONG, or PLAYLIST where the documents are tracks.
        name: Key of the table.
        title: Title above it; "" for none.
        open_item: Called with the key of the song that is clicked.
    """
    keys = tuple(frame["key"])
    heads = {Kind.SONG: (_("Song"), _("Playlists"), _("Playlists with both"))}
    head, together, help_text = heads.get(kind, (_("Track"), _("Tags"), _("Tags that both have")))
    top = _("Similarity")
    similarity_help = _("Cosine similarity of the features, each in standard deviations; 1 is equal, 0 as by chance")
    tables.table(
        frame[["label", "similarity", "together"]],
        name,
        title,
        columns={
            "label": st.column_config.TextColumn(head, width=150),
            "similarity": tables.bar(top, 1.0, similarity_help, "%.2f", width=90)
            if (frame["similarity"] >= 0).all()
            else st.column_config.NumberColumn(top, format="%.2f", width=95, help=similarity_help),
            "together": st.column_config.NumberColumn(together, format="localized", width=55, help=help_text),
        },
        alt=_("{title}; click a row to open its page").format(title=title or _("Sounds like")),
        on_select=lambda: _open(name, keys, open_item),
        selection_mode="single-cell",
        height=TABLE_PX,
    )


def _open(name: str, keys: tuple[str, ...], open_item: Callable[[str], None]) -> None:
    row = tables.selected(name)
    if row is not None and row < len(keys):
        open_item(keys[row])


def spectrum_figure(mean: Spectrum, common: Spectrum, key: str, label: str) -> None:
    """Draw a mean spectrum beside that of all songs.

    Args:
        mean: The spectrum.
        common: That of all songs.
        key: Key of the item.
        label: Its name.
    """
    hertz = mel.centres()
    high, low = figures.outstanding(mean.mean, common.mean)
    strong, weak = (f"{round(float(hertz[band]), -1 if hertz[band] < 1000 else -2):,.0f}" for band in (high, low))
    title = _("Stronger than in most songs around {strong} Hz, weaker around {weak} Hz")
    title = title.format(strong=strong, weak=weak)
    texts = figures.SpectrumTexts(
        own=formatting.one_line(label, 28),
        every=_("All songs"),
        x=_("frequency (Hz)"),
        y=_("level (dB)"),
        decibels=_("dB"),
    )
    drawing = figures.spectrum(hertz, (mean.mean, mean.spread), (common.mean, common.spread), texts, dark=charts.dark())
    one = split_key(key)[0] in (Kind.SONG, Kind.PLAYLIST)
    st.markdown(f"**{title}**")
    charts.figure(drawing, "spectrum", f"{label}: {title}")
    parts = [
        _("Line: its mean over time. Area: how much it changes (one standard deviation).")
        if one
        else _("Line: mean of {songs}. Area: how far these lie apart (one standard deviation).").format(
            songs=formatting.count(mean.songs, "song")
        )
    ]
    st.caption(" ".join(parts))


def picture(spectrogram: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return a grey picture (height, width) of a spectrogram (48, frames): low bands at the bottom, loud is light."""
    width, height = PICTURE_PX
    columns = np.linspace(0, spectrogram.shape[1], width + 1).astype(int)
    parts = [spectrogram[:, start : max(end, start + 1)].mean(axis=1) for start, end in pairwise(columns)]
    means = np.stack(parts, axis=1)
    top = float(np.percentile(means, 99.5)) or 1.0
    grey = (255 * np.clip(means[::-1] / top, 0, 1)).astype(np.uint8)
    return np.repeat(grey, height // len(grey), axis=0)


def show_picture(spectrogram: Floats) -> None:
    """Show a spectrogram (48, frames), and how to read it."""
    st.image(picture(spectrogram), width="stretch")
    st.caption(_("Spectrogram: time from left to right, low sounds at the bottom, light is loud."))
