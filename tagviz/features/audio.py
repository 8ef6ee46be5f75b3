"""Audio files → spectrograms like those of the Melon Playlist Dataset: mono, 16 kHz, a minute from the middle."""

from __future__ import annotations

from math import gcd
from pathlib import Path

import numpy as np

from tagviz.errors import SourceError
from tagviz.features import mel
from tagviz.types import Floats

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff")
SECONDS = 60
"""Longest part that is listened to."""
SILENCE = 1e-5
"""Largest amplitude of what counts as silence: −100 dB."""


def audio_files(folder: Path) -> list[Path]:
    """Return the audio files below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def holds_audio(path: Path) -> bool:
    """Return whether a path is a folder with audio files."""
    return path.is_dir() and any(file.suffix.lower() in SUFFIXES for file in path.rglob("*"))


def spectrogram_of(file: Path) -> Floats:
    """Return float32 (48, frames), the spectrogram of the middle of an audio file.

    Raises:
        SourceError: It is no audio that can be read, shorter than a second, or silent.
    """
    import soundfile
    from scipy.signal import resample_poly

    try:
        with soundfile.SoundFile(file) as opened:
            rate, length = opened.samplerate, opened.frames
            wanted = min(length, SECONDS * rate)
            opened.seek((length - wanted) // 2)
            sound = opened.read(wanted, dtype="float32", always_2d=True).mean(axis=1)
    except (soundfile.SoundFileError, OSError, ValueError, MemoryError) as error:
        raise SourceError(f"{file.name!r} cannot be heard", "no audio that can be read", "convert it to WAV") from error
    sound = np.nan_to_num(sound)
    if len(sound) < rate:
        raise SourceError(f"{file.name!r} cannot be used", "shorter than a second", "choose a longer file")
    if np.abs(sound).max() < SILENCE:
        raise SourceError(f"{file.name!r} cannot be used", "silence", "choose another file")
    common = gcd(rate, mel.RATE)
    return mel.spectrogram(resample_poly(sound, mel.RATE // common, rate // common))
