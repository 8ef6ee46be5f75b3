"""The names of a corpus by their keys."""

from __future__ import annotations

from tagviz.query.entities import entities_of
from tagviz.query.names import Match, MentionKind
from tests.query.corpus import names


def test_names_are_found_by_key() -> None:
    index = entities_of(names())
    hits = {index.entity(number).label: how for number, how in index.lookup("bjork")}
    assert hits == {"Björk": Match.ACCENTS}
    assert index.knows("thethe")
    assert not index.knows("nobody")


def test_songs_that_stand_for_artists_are_artists_only() -> None:
    index = entities_of(names())
    kinds = {index.entity(number).kind for number, _ in index.lookup("radiohead")}
    assert kinds == {MentionKind.ARTIST}


def test_keys_lead_back_to_their_thing() -> None:
    index = entities_of(names())
    number = index.find("tag:jazz")
    assert index.entity(number).key == "tag:jazz"
    assert index.find("tag:none") == index.find("nonsense") == -1


def test_an_index_is_built_once() -> None:
    assert entities_of(names()) is entities_of(names())
