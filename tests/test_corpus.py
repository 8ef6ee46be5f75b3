"""Keys, vocabularies and the corpus."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tagviz.corpus import Kind, Vocab, key_of, readonly, split_key
from tagviz.errors import NotFoundError
from tests.corpora import make_corpus


def test_keys_name_their_kind() -> None:
    assert split_key(key_of(Kind.WORD, "비:오는")) == (Kind.WORD, "비:오는")
    for key in ("jazz", "mood:jazz", ""):
        with pytest.raises(NotFoundError, match="no key"):
            split_key(key)


def test_readonly_arrays_cannot_be_changed_and_the_original_can() -> None:
    original = np.zeros(3, dtype=np.float64)
    kept = readonly(original, np.float32)
    assert kept.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1
    original[0] = 1
    assert readonly(original)[0] == 1


def test_aliases_are_found_like_the_item_they_mean() -> None:
    vocab = Vocab(Kind.TAG, Vocab.of(Kind.TAG, ["hip hop", "jazz"]).ids, aliases={"hiphop": "hip hop"})
    assert vocab.find(["hiphop", "jazz", "x"]).tolist() == [0, 1, -1]
    assert vocab.row("hiphop") == 0
    assert vocab.row("x", missing="skip") == -1
    with pytest.raises(NotFoundError, match="2 tags are known"):
        vocab.row("x")
    assert vocab.keys([1, 0]) == ["tag:jazz", "tag:hip hop"]


def test_matrices_and_counts_of_all_kinds() -> None:
    about = {"1": {"genres": ["g"]}, "2": {"genres": ["g"]}}
    corpus = make_corpus([{"tags": ["a", "b"], "songs": ["1", "2"]}, {"tags": ["a"]}], about)
    assert len(corpus) == 2
    assert corpus.counts(Kind.TAG).tolist() == [2, 1]
    assert corpus.matrix(Kind.GENRE).toarray().tolist() == [[2], [0]]
    assert corpus.matrix(Kind.PLAYLIST).toarray().tolist() == [[1, 0], [0, 1]]
    assert corpus.has(Kind.SONG)
    assert not corpus.has(Kind.WORD)


def test_the_fingerprint_follows_the_content_and_not_the_name() -> None:
    lists = [{"tags": ["a", "b"]}, {"tags": ["a"]}]
    corpus = make_corpus(lists)
    assert replace(corpus, name="other").fingerprint == corpus.fingerprint
    assert make_corpus([*lists, {"tags": ["b"]}]).fingerprint != corpus.fingerprint


def test_selected_playlists_keep_their_vocabulary() -> None:
    corpus = make_corpus([{"title": "one", "tags": ["a", "b"]}, {"title": "two", "tags": ["b"]}])
    selected = corpus.select(np.array([1]), "half")
    assert (selected.name, list(selected.playlists["title"])) == ("half", ["two"])
    assert selected.matrix(Kind.TAG).toarray().tolist() == [[0, 1]]
    assert selected.fingerprint != corpus.fingerprint
