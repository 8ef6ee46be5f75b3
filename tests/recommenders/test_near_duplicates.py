"""What folds and what stays apart."""

from __future__ import annotations

import pytest

from tagviz.recommenders.near_duplicates import NearDuplicates, find_near_duplicates
from tagviz.types import Kind
from tests.corpora import make_corpus


@pytest.fixture(scope="module")
def folding() -> NearDuplicates:
    """favorite and favourite keep the same company; rocks and socks do not; 80s and 80's have one normal form."""
    with_favorite = [{"tags": [word, "love", "best"]} for word in ("favorite", "favourite") * 6]
    others = [{"tags": ["rocking", "guitar"]}, {"tags": ["socking", "knitting"]}, {"tags": ["rockind", "physics"]}]
    eras = [{"tags": ["80s", "synth"]}, {"tags": ["80's", "synth"]}, {"tags": ["80s"]}, {"tags": ["90s", "synth"]}]
    about = {
        "1": {"name": "Rain", "artist": "Mo"},
        "2": {"name": "Rain (Remastered 2011)", "artist": "mo"},
        "3": {"name": "Rain", "artist": "Other"},
    }
    songs = [{"songs": ["1", "2"]}, {"songs": ["1", "3"]}]
    return find_near_duplicates(make_corpus([*with_favorite, *others, *eras, *songs], about))


def variants(folding: NearDuplicates, kind: Kind, ident: str) -> set[str]:
    vocab = folding.corpus.vocab(kind)
    return {str(vocab.ids[row]) for row in folding.variants(kind, vocab.row(ident))}


def test_spellings_with_one_normal_form_fold(folding: NearDuplicates) -> None:
    assert variants(folding, Kind.TAG, "80s") == {"80's"}


def test_numbers_keep_tags_apart(folding: NearDuplicates) -> None:
    assert variants(folding, Kind.TAG, "90s") == set()


def test_close_spellings_fold_where_they_keep_the_same_company(folding: NearDuplicates) -> None:
    assert variants(folding, Kind.TAG, "favorite") == {"favourite"}
    assert variants(folding, Kind.TAG, "rocking") == set()


def test_copies_of_a_song_fold_by_name_and_artist(folding: NearDuplicates) -> None:
    assert variants(folding, Kind.SONG, "1") == {"2"}
    assert variants(folding, Kind.SONG, "3") == set()


def test_the_table_shows_the_common_spelling_and_its_variants(folding: NearDuplicates) -> None:
    rows = {(row.stands_for, row.variant) for row in folding.table.itertuples()}
    assert ("80s", "80's") in rows
    assert ("Rain", "Rain (Remastered 2011)") in rows
