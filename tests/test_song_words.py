"""What the songs of a corpus are called."""

from __future__ import annotations

import pytest

from tagviz.song_words import in_words


@pytest.mark.parametrize(
    ("text", "word", "worded"),
    [
        ("Search a tag, song or phrase", "artists", "Search a tag, artist or phrase"),
        ("Type a tag, a title or a song", "artists", "Type a tag, a title or an artist"),
        ("Songs per playlist", "albums", "Albums per playlist"),
        ("tags, artists, songs, or any phrase", "artists", "tags, artists, or any phrase"),
        ("{n:,} songs", "albums", "{n:,} albums"),
        ("Songs that go with {song}", "artists", "Artists that go with {song}"),
        ("Last.fm tags of the Million Song Dataset", "artists", "Last.fm tags of the Million Song Dataset"),
        ("songs_are", "artists", "songs_are"),
        ("a songbook", "artists", "a songbook"),
        ("Songs per playlist", "tracks", "Songs per playlist"),
        ("Songs per playlist", "", "Songs per playlist"),
    ],
)
def test_a_message_is_put_into_the_words_of_a_corpus(text: str, word: str, worded: str) -> None:
    assert in_words(text, word) == worded
