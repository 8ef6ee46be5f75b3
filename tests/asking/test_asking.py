"""Queries, rows and questions → Asked: what matches what, what is masked, what is suggested."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagviz import asking, text
from tagviz.errors import BadParameter
from tagviz.types import Asked, Corpus, Kind, Query, Reading, Vocab
from tests.corpora import make_corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    playlists = [
        {"title": "jazz", "tags": ["hip-hop", "jazz", "80s"], "songs": ["1", "2"], "date": "2019-08-31"},
        {"title": "late night jazz", "tags": ["hip hop", "80's", "비 오는 날"], "songs": ["2", "3"]},
        {"title": "Hip  Hop", "tags": ["hip-hop", "비오는날", "genre:odd"], "songs": ["3"]},
        {"title": "", "tags": ["shoegaze", "Jazz Piano", "acid jazz"], "songs": ["4"]},
        {"title": "rock", "tags": ["jazz"], "songs": ["5"]},
    ]
    songs = {
        "1": {"name": "Blue", "artist": "Ann", "artists": ["a1"], "genres": ["g1"]},
        "2": {"name": "Blue", "artist": "Bob", "artists": ["a2"], "genres": ["g1"]},
        "3": {"name": "Night", "artist": "Ann", "artists": ["a1"]},
        "4": {"name": "재즈의 밤", "artist": "Cy"},
        "5": {"name": "jazz hands", "artist": "Cy"},
    }
    made = make_corpus(playlists, songs)
    ids = made.vocab(Kind.SONG).ids
    labels = [f"{songs[ident]['name']} — {songs[ident]['artist']}" for ident in ids]
    return replace(made, vocabs={**made.vocabs, Kind.SONG: Vocab.of(Kind.SONG, list(ids), labels)})


def keys(asked: Asked, corpus: Corpus, kind: Kind) -> list[str]:
    return corpus.vocab(kind).keys(asked.items[kind].indices)


def reading(corpus: Corpus, typed: str, kind: Kind = Kind.TAG) -> Reading:
    query = Query(tags=(typed,)) if kind is Kind.TAG else Query(songs=(typed,))
    return asking.parse(query, corpus).readings[0][0]


@pytest.mark.parametrize(
    ("typed", "key", "how"),
    [
        ("jazz", "tag:jazz", asking.EXACT),
        ("tag:jazz", "tag:jazz", asking.EXACT),
        ("80's", "tag:80's", asking.EXACT),
        ("80s", "tag:80s", asking.EXACT),
        ("JAZZ!!", "tag:jazz", asking.SAME_FORM),
        ("Hip Hop", "tag:hip-hop", asking.SAME_FORM),  # in two playlists; "hip hop" is in one
        ("tag:Hip_Hop", "tag:hip-hop", asking.SAME_FORM),
        ("qldhsmsskf", "tag:비오는날", asking.LAYOUT),
        ("genre:odd", "tag:genre:odd", asking.EXACT),
        ("song:2", "song:2", asking.EXACT),
        (" jazz\n", "tag:jazz", asking.EXACT),
    ],
)
def test_tags_are_read_by_spelling_then_form_then_keyboard(corpus: Corpus, typed: str, key: str, how: str) -> None:
    found = reading(corpus, typed)
    assert (found.key, found.how) == (key, how)


def test_unknown_tags_are_named_with_the_closest_spellings_and_never_replaced(corpus: Corpus) -> None:
    asked = asking.parse(Query(tags=("shugaze", "qqqq")), corpus)
    assert asked.items[Kind.TAG].nnz == 0
    assert asked.unknown == (("shugaze", "qqqq"),)
    assert asked.readings[0][0].suggestions[0] == "tag:shoegaze"
    assert asked.readings[0][1].suggestions == ()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("2", "song:2"),
        ("song:3", "song:3"),
        ("blue — ann", "song:1"),
        ("Blue — Bob", "song:2"),
        ("NIGHT", "song:3"),
        ("wowmdml qka", "song:4"),
        ("Blu", ""),
    ],
)
def test_songs_are_read_by_id_key_and_name(corpus: Corpus, typed: str, key: str) -> None:
    assert reading(corpus, typed, Kind.SONG).key == key


def test_a_name_that_two_songs_share_is_the_more_popular_one(corpus: Corpus) -> None:
    assert reading(corpus, "blue", Kind.SONG).key == "song:2"  # in two playlists, song 1 in one


def test_every_kind_is_there_with_its_width_even_for_an_empty_query(corpus: Corpus) -> None:
    questions = asking.from_lists(corpus, [""], [[]], [[]])
    for asked in (asking.parse(Query(), corpus), asking.of_rows(corpus, np.arange(2), ()), questions):
        for kind in (Kind.SONG, Kind.TAG, Kind.WORD):
            assert asked.items[kind].shape == (len(asked), len(corpus.vocab(kind)))
            assert asked.items[kind].nnz == 0
            assert asked.items[kind].dtype == np.float32


def test_titles_give_words_and_say_that_they_are_a_tag(corpus: Corpus) -> None:
    asked = asking.parse(Query(title="Jazz"), corpus)
    assert keys(asked, corpus, Kind.WORD) == ["word:jazz"]
    assert keys(asked, corpus, Kind.TAG) == []
    assert Reading("Jazz", Kind.TAG, "tag:jazz", asking.TITLE_IS_TAG) in asked.readings[0]


def test_a_title_of_emoji_or_unknown_words_is_named(corpus: Corpus) -> None:
    assert asking.parse(Query(title="🎷🎷"), corpus).unknown == (("🎷🎷",),)
    assert asking.parse(Query(title="xyzzy frobnicate"), corpus).unknown == (("xyzzy", "frobnicate"),)


def test_titles_are_masked_only_where_titles_never_repeat_their_tags(corpus: Corpus) -> None:
    open_titles = replace(corpus, meta={"title_in_tags": 0.5})
    hidden = replace(corpus, meta={"title_in_tags": 0.0})
    for made, expected in ((open_titles, []), (hidden, ["tag:jazz"])):
        for asked in (
            asking.parse(Query(title="jazz"), made),
            asking.of_rows(made, np.array([0])),
            asking.from_lists(made, ["jazz"], [[]], [[]]),
        ):
            masked = asked.masked.get(Kind.TAG)
            assert ([] if masked is None else made.vocab(Kind.TAG).keys(masked.indices)) == expected
    assert asking.of_rows(hidden, np.array([0]), (Kind.SONG,)).masked[Kind.TAG].nnz == 0


def test_avoid_takes_tags_songs_and_artists_and_genres_for_their_songs(corpus: Corpus) -> None:
    asked = asking.parse(Query(avoid=("80s", "song:4", "artist:a1", "genre:g1", "nothing")), corpus)
    assert corpus.vocab(Kind.TAG).keys(asked.avoid[Kind.TAG].indices) == ["tag:80s"]
    assert sorted(corpus.vocab(Kind.SONG).keys(asked.avoid[Kind.SONG].indices)) == [
        "song:1",
        "song:2",
        "song:3",
        "song:4",
    ]
    assert set(asked.avoid[Kind.SONG].data) == {1.0}
    assert asked.unknown == (("nothing",),)
    assert asking.parse(Query(tags=("jazz",)), corpus).avoid == {}


def test_dates(corpus: Corpus) -> None:
    assert asking.parse(Query(date="2019-08-31"), corpus).dates == np.array(["2019-08-31"], "datetime64[s]")
    assert np.isnat(asking.parse(Query(), corpus).dates).all()
    assert asking.of_rows(corpus, np.array([0, 1])).dates[0] == np.datetime64("2019-08-31")
    for wrong in ("soon", "2019-13-01", "99999999999-01-01"):
        with pytest.raises(BadParameter, match="no date"):
            asking.parse(Query(date=wrong), corpus)


@pytest.mark.parametrize(
    "query",
    [
        Query(title="x" * 10_000),
        Query(tags=("y" * 10_000,)),
        Query(tags=tuple(f"t{n}" for n in range(5_000))),
        Query(songs=tuple(f"s{n}" for n in range(5_000))),
        Query(avoid=tuple(f"tag:t{n}" for n in range(5_000))),
    ],
)
def test_queries_beyond_the_limits_are_refused(corpus: Corpus, query: Query) -> None:
    with pytest.raises(BadParameter, match=r"at most 1,000") as caught:
        asking.parse(query, corpus)
    assert caught.value.remedy


def test_rows_show_what_was_asked_for(corpus: Corpus) -> None:
    asked = asking.of_rows(corpus, np.array([1, 0]), (Kind.SONG, Kind.WORD))
    assert asked.titles == ("late night jazz", "jazz")
    assert (asked.items[Kind.SONG] != corpus.matrix(Kind.SONG)[[1, 0]]).nnz == 0
    assert asked.items[Kind.TAG].nnz == 0
    assert asking.of_rows(corpus, np.array([1]), (Kind.TAG,)).titles == ("",)


def test_lists_skip_and_name_what_is_unknown(corpus: Corpus) -> None:
    asked = asking.from_lists(corpus, ["late jazz", ""], [["JAZZ!", "nix"], []], [[1, 2, 99, 1], ["3"]])
    assert keys(asked.part(0, 1), corpus, Kind.TAG) == ["tag:jazz"]
    assert keys(asked.part(0, 1), corpus, Kind.SONG) == ["song:1", "song:2"]
    assert keys(asked.part(1, 2), corpus, Kind.SONG) == ["song:3"]
    assert set(keys(asked.part(0, 1), corpus, Kind.WORD)) == {"word:late", "word:jazz"}
    assert asked.unknown == (("nix", "99"), ())
    assert set(asked.items[Kind.SONG].data) == {1.0}


def test_completion_puts_whole_then_beginning_then_word_then_anywhere(corpus: Corpus) -> None:
    assert asking.complete(corpus, "jazz", (Kind.TAG,)) == ["tag:jazz", "tag:Jazz Piano", "tag:acid jazz"]
    assert asking.complete(corpus, "azz", (Kind.TAG,), 1) == ["tag:jazz"]
    assert asking.complete(corpus, "JAZZ ", (Kind.TAG,), 1) == ["tag:jazz"]
    assert asking.complete(corpus, "ann", (Kind.SONG,)) == ["song:3", "song:1"]  # 3 is in two playlists
    assert asking.complete(corpus, "", (Kind.TAG,)) == []
    assert asking.complete(corpus, "\n", (Kind.TAG,)) == []
    assert asking.complete(corpus, "no such thing") == []


def test_completion_shares_its_places_between_kinds(corpus: Corpus) -> None:
    assert asking.complete(corpus, "jazz", (Kind.TAG, Kind.SONG), 2) == ["tag:jazz", "song:5"]
    assert len(asking.complete(corpus, "a", (Kind.TAG, Kind.SONG), 6)) == 6


def test_completion_by_initial_consonants(corpus: Corpus) -> None:
    assert set(asking.complete(corpus, "ㅂㅇㄴㄴ", (Kind.TAG,))) == {"tag:비오는날", "tag:비 오는 날"}
    assert asking.complete(corpus, "ㅈㅈ", (Kind.SONG,)) == ["song:4"]


def test_suggestions_compare_letters_not_syllables(corpus: Corpus) -> None:
    assert "tag:비오는날" in asking.suggest(corpus, Kind.TAG, "비오눈날")
    assert asking.suggest(corpus, Kind.SONG, "nigt") == ["song:3"]
    assert asking.suggest(corpus, Kind.TAG, "") == []


typed = st.text(max_size=30) | st.sampled_from(
    ["tag:", "song:jazz", "jazz:", ":", "word:jazz", "playlist:0", "artist:a1", "ㅂㅇ"]
)


@given(
    st.builds(Query, title=typed, tags=st.tuples(typed, typed), songs=st.tuples(typed), avoid=st.tuples(typed, typed))
)
@settings(max_examples=80, deadline=None)
def test_any_query_is_understood(corpus: Corpus, query: Query) -> None:
    asked = asking.parse(query, corpus)
    assert len(asked) == 1
    for group in (asked.items, asked.avoid, asked.masked):
        for kind, matrix in group.items():
            assert matrix.shape == (1, len(corpus.vocab(kind)))
            assert set(matrix.data) <= {1.0}
    for term in asked.readings[0]:
        assert text.clean(term.typed) == term.typed
        if term.key:
            kind, _, ident = term.key.partition(":")
            assert corpus.vocab(Kind(kind)).row(ident) >= 0


@given(typed, st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_any_search_finds_known_keys_only(corpus: Corpus, wanted: str, n: int) -> None:
    found = asking.complete(corpus, wanted, (Kind.TAG, Kind.SONG, Kind.WORD), n)
    assert len(found) == len(set(found)) <= n
    assert all(corpus.vocab(Kind(key.partition(":")[0])).row(key.partition(":")[2]) >= 0 for key in found)
