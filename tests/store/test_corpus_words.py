"""What people say that the songs of a corpus are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.errors import StoreError
from tagviz.store import corpus_words


def test_it_is_kept_by_the_name_of_the_corpus(tmp_path: Path) -> None:
    assert corpus_words.songs_are(tmp_path, "lists") == ""
    corpus_words.say_songs_are(tmp_path, "lists", "artists")
    corpus_words.say_songs_are(tmp_path, "lists", "albums")
    assert corpus_words.songs_are(tmp_path, "lists") == "albums"
    assert corpus_words.songs_are(tmp_path, "others") == ""


def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        corpus_words.say_songs_are(tmp_path, "../lists", "artists")
