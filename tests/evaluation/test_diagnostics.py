"""Diagnostics on spaces whose answer is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError, NotFoundError, NotReadyError
from tagviz.evaluation import diagnostics
from tagviz.types import Embedding, Kind, Vocab
from tests.corpora import make_corpus


def space(vectors: np.ndarray, ids: Sequence[str] = (), kind: Kind = Kind.TAG, **more: np.ndarray) -> Embedding:
    """An embedding of one kind, and of the kinds in `more`."""
    blocks = {kind: vectors} | {Kind(name): array for name, array in more.items()}
    names = {kind: list(ids) or [f"t{n}" for n in range(len(vectors))]}
    vocabs = {k: Vocab.of(k, names.get(k, [str(n) for n in range(len(array))])) for k, array in blocks.items()}
    stacked = np.vstack(list(blocks.values())).astype(np.float32)
    norms = np.linalg.norm(stacked, axis=1).astype(np.float32)
    return Embedding(vocabs, stacked / norms[:, None], norms, None, "made")


def test_a_playlist_against_the_mean_of_its_songs() -> None:
    corpus = make_corpus(
        [{"title": "fits", "songs": ["0", "1"]}, {"title": "does not", "songs": ["0"]}, {"title": "empty"}]
    )
    songs = np.array([[1.0, 0.0], [0.0, 1.0]])
    playlists = np.array([[1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    frame = diagnostics.playlists_against_items(space(songs, ["0", "1"], Kind.SONG, playlist=playlists), corpus)
    assert frame["title"].tolist() == ["does not", "fits"]
    assert frame["cosine"].to_numpy() == pytest.approx([0, 1], abs=1e-6)
    assert frame["items"].tolist() == [1, 2]
    with pytest.raises(NotReadyError, match="playlists"):
        diagnostics.playlists_against_items(space(songs, ["0", "1"], Kind.SONG), corpus)


def test_a_space_that_knows_the_worlds_explains_them_and_a_random_one_does_not() -> None:
    rng = np.random.default_rng(0)
    lists = [{"tags": [f"t{2 * i + n % 2}" for i in rng.choice(8, 5, replace=False)]} for n in range(400)]
    corpus = make_corpus(lists)
    worlds = np.array([[1.0, 0.0] if int(tag[1:]) % 2 else [0.0, 1.0] for tag in corpus.vocab(Kind.TAG).ids])
    ids = list(corpus.vocab(Kind.TAG).ids)
    good = diagnostics.cooccurrence_divergence(space(worlds, ids), corpus)
    # without the worlds: 15 possible others instead of 7, ln(15 / 7) = 0.76 nats
    assert good.independent == pytest.approx(np.log(15 / 7), abs=0.05)
    assert good.explained > 0.95
    assert good.steepness > 1
    blind = diagnostics.cooccurrence_divergence(space(rng.normal(size=(16, 50)), ids), corpus)
    assert blind.explained < 0.2
    assert good.overall < blind.overall <= blind.independent + 1e-6
    assert len(good.tags) == 16
    assert (np.diff(good.tags["explained"]) >= 0).all()


def test_a_hub_is_found() -> None:
    # points around a circle of directions, and one in the middle that is near to all
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    around = np.column_stack([np.cos(angles), np.sin(angles), np.full(24, 0.9)])
    found = diagnostics.hubness(space(np.vstack([around, [[0, 0, 1]]])), k=3)
    assert found.items.iloc[0]["label"] == "t24" or found.items.iloc[0]["occurrences"] >= 3
    assert found.items["occurrences"].sum() == 25 * 3
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    even = diagnostics.hubness(space(ring), k=2)
    assert (even.skewness, even.never) == (0.0, 0.0)
    star = np.vstack([np.eye(20), np.full((1, 20), 1.0)])
    hub = diagnostics.hubness(space(star), k=1)
    assert hub.items.iloc[0]["label"] == "t20"
    assert hub.items.iloc[0]["occurrences"] == 20
    assert hub.skewness > 3


def test_stability_of_equal_and_unrelated_spaces() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(200, 20))
    turned = vectors @ np.linalg.qr(rng.normal(size=(20, 20)))[0]
    assert diagnostics.stability(space(vectors), space(turned)).overlap == pytest.approx(1, abs=0.01)
    other = diagnostics.stability(space(vectors), space(rng.normal(size=(200, 20))), k=10)
    # 10 of 199 by chance
    assert other.overlap == pytest.approx(10 / 199, abs=0.03)
    fewer = diagnostics.stability(space(vectors), space(vectors[:50]), k=5)
    assert len(fewer.items) == 50
    assert fewer.overlap == 1


def test_analogy_and_odd_one_out() -> None:
    ids = ["man", "woman", "king", "queen", "apple"]
    vectors = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]], dtype=float)
    made = space(vectors, ids)
    found = diagnostics.analogy(made, "tag:man", "tag:woman", "tag:king", 2)
    assert found["label"].iloc[0] == "queen"
    assert not set(found["key"]) & {"tag:man", "tag:woman", "tag:king"}
    odd = diagnostics.odd_one_out(made, ["tag:man", "tag:apple", "tag:king", "tag:man"])
    assert odd["key"].tolist()[0] == "tag:apple"
    # man·king = 1/√2, man·apple = 0: mean of the two
    assert odd.set_index("key").loc["tag:man", "fit"] == pytest.approx((1 / np.sqrt(2) + 0) / 2)
    with pytest.raises(NotFoundError, match="tag:none"):
        diagnostics.analogy(made, "tag:none", "tag:man", "tag:king")
    with pytest.raises(InvalidParameterError):
        diagnostics.odd_one_out(made, ["tag:man", "tag:king"])


def test_too_few_items_say_so() -> None:
    with pytest.raises(NotReadyError):
        diagnostics.hubness(space(np.ones((1, 3))))
