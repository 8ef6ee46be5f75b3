"""Generated spectrograms: the Arena's form, the same for the same seed, and alike within a genre."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import orjson
import pytest

from tagviz.errors import InvalidParameterError
from tagviz.features import mel
from tagviz.features.archives import read_spectrograms
from tagviz.sources.generate import Shape, generate
from tagviz.sources.generate_mel import spectrogram, write_mel


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("generated")
    generate(out, Shape(0.002, 3))
    write_mel(out, 3, 64)
    return out


def test_the_archives_have_the_arenas_names_and_every_song(folder: Path, tmp_path: Path) -> None:
    songs = orjson.loads((folder / "song_meta.json").read_bytes())
    with tarfile.open(folder / "arena_mel_1.tar") as archive:
        assert archive.getnames()[0] == "1/1000.npy"
    table = read_spectrograms(folder, tmp_path / "parts").table
    assert sorted(map(int, table.ids)) == [song["id"] for song in songs]


def test_the_same_seed_gives_the_same_sound(folder: Path) -> None:
    song = orjson.loads((folder / "song_meta.json").read_bytes())[5]
    np.testing.assert_array_equal(spectrogram(song, 3, 80), spectrogram(song, 3, 80))
    assert not np.array_equal(spectrogram(song, 3, 80), spectrogram(song, 4, 80))
    assert spectrogram(song, 3, 80).shape == (mel.BANDS, 80)


def test_ridge_finds_the_genre_about_as_often_as_in_gtzan(folder: Path) -> None:
    from sklearn.linear_model import RidgeClassifier
    from sklearn.preprocessing import StandardScaler

    songs = orjson.loads((folder / "song_meta.json").read_bytes())
    chosen = np.random.default_rng(0).permutation(len(songs))[:900]
    numbers = StandardScaler().fit_transform([mel.summarise(spectrogram(songs[at], 3, 128)) for at in chosen])
    genres = np.array([songs[at]["song_gn_gnr_basket"][0] for at in chosen])
    right = RidgeClassifier(alpha=100).fit(numbers[:700], genres[:700]).score(numbers[700:], genres[700:])
    assert 0.55 < right < 0.8


def test_a_number_of_frames_out_of_range_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidParameterError, match="3 frames"):
        write_mel(folder, 3, 3)
