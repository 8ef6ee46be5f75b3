"""The demo's numbers of sound, and a few seconds of synthesised sound for a dozen of its songs."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.feature_table import FeatureTable
from tagviz.features import mel, synthesis
from tagviz.sources.demo.sounds import DemoSounds
from tagviz.store import features, sounds
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Floats, Kind, Progress, ProgressCallback, no_progress

TABLE = "sound"
"""Name of the table."""
FRAMES = 256
"""Frames of the spectrograms that the numbers are computed of: four seconds."""
PLAYED = 12
"""Songs with a sound."""
SECONDS = 4
COMPRESSION = 0.9
"""Of Vorbis, 0 to 1: about 17 KB a song."""
CLEARED_BITS = 4
"""Last bits of the float16 numbers that are rounded away, so that they compress: .8 % of each number."""
_ABOUT = {"file": "demo", "note": "computed from invented spectrograms; no recording was used"}


def columns() -> tuple[str, ...]:
    """Return the numbers that ship: cepstra, rhythm and level, 49 of the 417."""
    return tuple(name for name in mel.columns() if name.startswith(("cepstrum", "rhythm")) or name == "level")


def add(workspace: Workspace, corpus: Corpus, seed: int, progress: ProgressCallback = no_progress) -> dict[str, Any]:
    """Write the numbers of the demo's songs and the sounds of some; nothing else of the workspace changes.

    Args:
        workspace: Where to write them.
        corpus: The demo.
        seed: Seed with which it was generated.
        progress: Progress callback.

    Returns:
        Number of songs with numbers, and the ids of those that can be played.
    """
    made = DemoSounds.of(seed)
    songs = [ident for ident in corpus.vocab(Kind.SONG).ids if ident.isdecimal() and 0 < int(ident) <= len(made)]
    if not songs:
        return {"songs": 0, "played": []}
    table = _table(made, songs, progress)
    features.save_features(workspace, table)
    features.attach(workspace, corpus.name, TABLE, table.fingerprint)
    counts = dict(zip(corpus.vocab(Kind.SONG).ids, corpus.counts(Kind.SONG), strict=True))
    played = _played(made, sorted(songs, key=lambda song: (-counts[song], int(song))))
    for number, song in enumerate(played):
        progress(Progress("Making sounds", number / len(played)))
        sounds.write_sound(workspace, table.fingerprint, song, ogg(sound(made, int(song) - 1)))
    return {"songs": len(table), "played": played}


def sound(made: DemoSounds, song: int) -> Floats:
    """Return float32 (samples,), four seconds of a song: its melody with its spectrogram.

    Args:
        made: The demo's sounds.
        song: Row of the catalogue.
    """
    melody = made.melody(song, SECONDS * mel.RATE, mel.RATE)
    shaped = synthesis.shaped(melody, made.spectrogram(song, FRAMES)[:, : SECONDS * mel.RATE // mel.HOP])
    return np.clip(shaped, -1, 1)


def ogg(sound: Floats) -> bytes:
    """Return a sound of `mel.RATE` samples a second as an Ogg Vorbis file."""
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, sound, mel.RATE, format="OGG", subtype="VORBIS", compression_level=COMPRESSION)
    return buffer.getvalue()


def rounded(values: Floats) -> NDArray[np.float16]:
    """Return numbers as float16 whose last bits are rounded away."""
    bits = np.asarray(values, dtype=np.float16).view(np.uint16)
    half = 1 << (CLEARED_BITS - 1)
    return ((bits + half) >> CLEARED_BITS << CLEARED_BITS).astype(np.uint16).view(np.float16)


def _table(made: DemoSounds, songs: list[str], progress: ProgressCallback) -> FeatureTable:
    kept = [mel.columns().index(name) for name in columns()]
    values = np.empty((len(songs), len(kept)), dtype=np.float32)
    for row, song in enumerate(songs):
        values[row] = mel.summarise(made.spectrogram(int(song) - 1, FRAMES))[kept]
        if row % 500 == 0:
            progress(Progress("Making spectrograms", row / len(songs)))
    return FeatureTable(pd.Index(songs, dtype="str"), columns(), rounded(values), mel.SOURCE, _ABOUT)


def _played(made: DemoSounds, songs: list[str]) -> list[str]:
    """The first song of each of the first families of genres."""
    first: dict[str, str] = {}
    for song in songs:
        first.setdefault(made.family_name(int(song) - 1), song)
    return list(first.values())[:PLAYED]
