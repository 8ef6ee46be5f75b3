"""How songs and tags sound: what is alike and not listed together, spectra of tags, numbers of tags."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
import soundfile

from tagviz.errors import NotFoundError
from tagviz.feature_table import FeatureTable
from tagviz.features import mel
from tagviz.operations import song_sound
from tagviz.types import Corpus, Kind
from tests.corpora import make_corpus

LISTS = [
    {"tags": ["slow"], "songs": ["a1", "a2", "b1"]},
    {"tags": ["slow"], "songs": ["a1", "a2", "b1"]},
    {"tags": ["fast"], "songs": ["b2", "b3", "a3"]},
    {"tags": ["fast"], "songs": ["b2", "a1"]},
    {"tags": ["empty"], "songs": ["z"]},
]
ABOUT = {song: {"name": song, "artist": song[0], "artists": [song[0]]} for song in ("a1", "a2", "a3", "b1", "b2", "b3")}


@pytest.fixture
def corpus() -> Corpus:
    return make_corpus(LISTS, ABOUT, name="lists")


@pytest.fixture
def table() -> FeatureTable:
    """Songs a… are low and at 60 to 62, songs b… high and at 120 to 122; nothing is known of z, q is in no list."""
    songs = ["a1", "a2", "a3", "b1", "b2", "b3", "q"]
    rows = []
    for number, song in enumerate(songs):
        spectrogram = np.full((mel.BANDS, 100), 1.0) + 0.05 * np.random.default_rng(number).normal(size=(48, 100))
        spectrogram[slice(0, 24) if song[0] == "a" else slice(24, 48)] += 2
        rows.append([*mel.summarise(spectrogram), (60 if song[0] == "a" else 120) + number % 3])
    values = np.array(rows, dtype=np.float32)
    return FeatureTable(pd.Index(songs), (*mel.columns(), "tempo"), values, "table")


def test_what_sounds_alike_and_what_is_listed_together(corpus: Corpus, table: FeatureTable) -> None:
    scale = song_sound.scale_of(corpus, table)
    found = song_sound.neighbours(corpus, table, scale, "song:a1")
    assert found is not None
    assert found.kind is Kind.SONG
    assert found.songs == 6
    assert set(found.alike["key"][:2]) == {"song:a2", "song:a3"}
    assert "song:a1" not in set(found.alike["key"])
    assert found.unlisted["key"].tolist() == ["song:a3"]
    assert found.unlike["key"].tolist() == ["song:b1"]
    assert found.unlike["together"].tolist() == [2]
    assert song_sound.neighbours(corpus, table, scale, "song:z") is None
    assert song_sound.neighbours(corpus, table, scale, "tag:slow") is None


def test_documents_that_are_tracks_share_tags(table: FeatureTable) -> None:
    tracks = [{"id": song, "tags": ["both", song[0]]} for song in ("a1", "a2", "b1", "b2")]
    corpus = make_corpus([*tracks, {"id": "a3", "tags": ["other"]}])
    found = song_sound.neighbours(corpus, table, song_sound.scale_of(corpus, table), "playlist:a1")
    assert found is not None
    assert found.kind is Kind.PLAYLIST
    assert found.alike["together"].tolist()[:2] in ([2, 0], [0, 2])
    assert found.unlisted["key"].tolist() == ["playlist:a3"]
    assert set(found.unlike["key"]) == {"playlist:b1", "playlist:b2"}
    assert "both" in found.unlike["label"][0]
    assert song_sound.spectrum_of(corpus, table, "tag:a") is not None


def test_a_tags_spectrum_is_that_of_its_songs_by_count(corpus: Corpus, table: FeatureTable) -> None:
    slow, every = song_sound.spectrum_of(corpus, table, "tag:slow"), song_sound.spectrum_of_all(corpus, table)
    assert slow is not None
    assert every is not None
    assert slow.songs == 3
    assert every.songs == 6
    assert slow.mean[:20].mean() == pytest.approx(1 + 2 * 2 / 3, abs=0.05)
    assert every.mean[:20].mean() == pytest.approx(2, abs=0.05)
    fast = song_sound.spectrum_of(corpus, table, "tag:fast")
    assert fast is not None
    assert fast.mean[:20].mean() == pytest.approx(1 + 2 * 2 / 5, abs=0.05)
    artist = song_sound.spectrum_of(corpus, table, "artist:a")
    assert artist is not None
    assert artist.songs == 3
    assert artist.mean[:20].mean() == pytest.approx(3, abs=0.05)
    assert song_sound.spectrum_of(corpus, table, "tag:empty") is None
    assert song_sound.spectrum_of(corpus, table, "song:z") is None
    one = song_sound.spectrum_of(corpus, table, "song:b1")
    assert one is not None
    assert one.mean[30] == pytest.approx(3, abs=0.05)
    with pytest.raises(NotFoundError):
        song_sound.spectrum_of(corpus, table, "tag:nothing")


def test_without_bands_there_is_no_spectrum(corpus: Corpus) -> None:
    table = FeatureTable(pd.Index(["a1"]), ("tempo",), np.ones((1, 1), dtype=np.float32))
    assert song_sound.spectrum_of_all(corpus, table) is None
    assert song_sound.spectrum_of(corpus, table, "tag:slow") is None


def test_a_mean_can_be_played(corpus: Corpus, table: FeatureTable) -> None:
    slow = song_sound.spectrum_of(corpus, table, "tag:slow")
    assert slow is not None
    sound, rate = soundfile.read(io.BytesIO(song_sound.played(slow, seconds=1)))
    assert len(sound) / rate == pytest.approx(1, abs=0.02)
    found = mel.spectrogram(sound).mean(axis=1)
    assert found[:24].mean() > found[24:].mean() + 0.5


def test_numbers_of_tags_are_the_means_over_their_songs(corpus: Corpus, table: FeatureTable) -> None:
    def numbers(kind: Kind) -> dict[str, float]:
        found = song_sound.numbers_of(corpus, table, "tempo", corpus.vocab(kind))
        return dict(zip(corpus.vocab(kind).ids, found.tolist(), strict=True))

    tempo = dict(zip(table.ids, table.values[:, -1].tolist(), strict=True))
    songs, tags = numbers(Kind.SONG), numbers(Kind.TAG)
    assert songs["b2"] == tempo["b2"]
    assert np.isnan(songs["z"])
    assert tags["slow"] == pytest.approx(np.mean([tempo["a1"], tempo["a2"], tempo["b1"]]))
    assert tags["fast"] == pytest.approx(np.mean([2 * tempo["b2"], tempo["b3"] + tempo["a3"] + tempo["a1"]]) * 2 / 5)
    assert np.isnan(tags["empty"])
    assert numbers(Kind.ARTIST)["a"] == pytest.approx(np.mean([tempo["a1"], tempo["a2"], tempo["a3"]]))
    assert numbers(Kind.PLAYLIST)[corpus.vocab(Kind.PLAYLIST).ids[3]] == pytest.approx((tempo["b2"] + tempo["a1"]) / 2)
    with pytest.raises(NotFoundError, match="no number 'key'"):
        song_sound.numbers_of(corpus, table, "key", corpus.vocab(Kind.TAG))
