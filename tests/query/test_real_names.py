"""Artists of the real lists: slips are read right, and clean names as themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reading import artists, clean, outcome, slips, transliterated, unaccented_names
from tagviz import sources
from tagviz.types import Corpus


@pytest.fixture(scope="module")
def lists(real_data: Path) -> Corpus:
    return sources.read(real_data / "lastfm-melon-shape", "melon", "lists", {})


def test_misspelt_artists_are_read_right(lists: Corpus) -> None:
    slipped = outcome("slips", lists, slips(artists(lists), 200))
    assert slipped.count == 200
    assert slipped.right / slipped.count >= 0.95, (slipped.wrong, slipped.missed)


def test_unaccented_and_transliterated_artists_are_read_right(lists: Corpus) -> None:
    for asked in (unaccented_names(artists(lists)), transliterated(artists(lists))):
        read = outcome("", lists, asked)
        assert read.count > 50
        assert read.right / read.count >= 0.95, (read.wrong, read.missed)


def test_clean_names_are_not_read_as_others(lists: Corpus) -> None:
    read = outcome("clean names", lists, clean(artists(lists)[::5]))
    assert len(read.wrong) / read.count <= 0.01, read.wrong
    assert read.right / read.count >= 0.99, read.missed
