"""Queries, rows and questions → QueryBatch: what matches what, what is masked, what is suggested."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagviz import text
from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.query import parser
from tagviz.types import PHRASE, Corpus, Kind, Query, QueryBatch, TermMatch, Vocab
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


def keys(asked: QueryBatch, corpus: Corpus, kind: Kind) -> list[str]:
    return corpus.vocab(kind).keys(asked.items[kind].indices)


def reading(corpus: Corpus, typed: str, kind: Kind = Kind.TAG) -> TermMatch:
    query = Query(tags=(typed,)) if kind is Kind.TAG else Query(songs=(typed,))
    return parser.parse(query, corpus).readings[0][0]


@pytest.mark.parametrize(
    ("typed", "key", "how"),
    [
        ("jazz", "tag:jazz", parser.EXACT),
        ("tag:jazz", "tag:jazz", parser.EXACT),
        ("80's", "tag:80's", parser.EXACT),
        ("80s", "tag:80s", parser.EXACT),
        ("JAZZ!!", "tag:jazz", parser.SAME_FORM),
        ("Hip Hop", "tag:hip-hop", parser.SAME_FORM),  # in two playlists; "hip hop" is in one
        ("tag:Hip_Hop", "tag:hip-hop", parser.SAME_FORM),
        ("qldhsmsskf", "tag:비오는날", parser.LAYOUT),
        ("genre:odd", "tag:genre:odd", parser.EXACT),
        ("song:2", "song:2", parser.EXACT),
        (" jazz\n", "tag:jazz", parser.EXACT),
    ],
)
def test_tags_are_read_by_spelling_then_form_then_keyboard(corpus: Corpus, typed: str, key: str, how: str) -> None:
    found = reading(corpus, typed)
    assert (found.key, found.how) == (key, how)


def test_unknown_tags_are_named_with_the_closest_spellings_and_never_replaced(corpus: Corpus) -> None:
    asked = parser.parse(Query(tags=("shugaze", "qqqq")), corpus)
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
    questions = parser.batch_from_lists(corpus, [""], [[]], [[]])
    for asked in (parser.parse(Query(), corpus), parser.batch_of_rows(corpus, np.arange(2), ()), questions):
        for kind in (Kind.SONG, Kind.TAG, Kind.WORD):
            assert asked.items[kind].shape == (len(asked), len(corpus.vocab(kind)))
            assert asked.items[kind].nnz == 0
            assert asked.items[kind].dtype == np.float32


def test_a_title_gives_words_and_the_tag_that_it_is(corpus: Corpus) -> None:
    asked = parser.parse(Query(title="Jazz"), corpus)
    assert keys(asked, corpus, Kind.WORD) == ["word:jazz"]
    assert keys(asked, corpus, Kind.TAG) == ["tag:jazz"]
    assert corpus.vocab(Kind.TAG).keys(asked.named[Kind.TAG].indices) == ["tag:jazz"]
    read = next(reading for reading in asked.readings[0] if reading.kind is Kind.TAG)
    assert (read.typed, read.key, read.span, read.role) == ("Jazz", "tag:jazz", (0, 4), "asked")


def test_what_is_asked_outright_is_not_named_by_the_title(corpus: Corpus) -> None:
    asked = parser.parse(Query(title="shoegaze jazz", tags=("jazz",)), corpus)
    assert set(keys(asked, corpus, Kind.TAG)) == {"tag:shoegaze", "tag:jazz"}
    assert corpus.vocab(Kind.TAG).keys(asked.named[Kind.TAG].indices) == ["tag:shoegaze"]


def test_what_no_name_covers_is_a_phrase(corpus: Corpus) -> None:
    asked = parser.parse(Query(title="shoegaze for my cats"), corpus)
    assert asked.phrases == ("shoegaze for my cats",)
    assert asked.unknown == (("cats",),)
    assert [reading.typed for reading in asked.readings[0] if reading.how == PHRASE] == ["for my cats"]


def test_what_the_title_does_not_want_is_avoided(corpus: Corpus) -> None:
    asked = parser.parse(Query(title="shoegaze, not acid jazz"), corpus)
    assert keys(asked, corpus, Kind.TAG) == ["tag:shoegaze"]
    assert corpus.vocab(Kind.TAG).keys(asked.avoid[Kind.TAG].indices) == ["tag:acid jazz"]
    assert asked.items[Kind.WORD].nnz == 0


def test_a_reading_can_be_switched_off_and_exchanged(corpus: Corpus) -> None:
    off = parser.parse(Query(title="shoegaze jazz", readings=(("jazz", ""),)), corpus)
    assert keys(off, corpus, Kind.TAG) == ["tag:shoegaze"]
    other = parser.parse(Query(title="shoegaze jazz", readings=(("jazz", "tag:acid jazz"),)), corpus)
    assert set(keys(other, corpus, Kind.TAG)) == {"tag:shoegaze", "tag:acid jazz"}
    with pytest.raises(NotFoundError, match="tag:nothing"):
        parser.parse(Query(title="jazz", readings=(("jazz", "tag:nothing"),)), corpus)


def test_how_several_things_are_meant_can_be_said(corpus: Corpus) -> None:
    assert parser.parse(Query(title="shoegaze + jazz"), corpus).match == ("all",)
    assert parser.parse(Query(title="shoegaze or jazz"), corpus).match == ("any",)
    assert parser.parse(Query(title="shoegaze or jazz", match="all"), corpus).match == ("all",)


def test_a_title_of_emoji_or_unknown_words_is_named(corpus: Corpus) -> None:
    assert parser.parse(Query(title="🎷🎷"), corpus).unknown == (("🎷🎷",),)
    assert parser.parse(Query(title="xyzzy frobnicate"), corpus).unknown == (("xyzzy", "frobnicate"),)


def test_titles_are_masked_for_evaluation_only_and_where_titles_never_repeat_their_tags(corpus: Corpus) -> None:
    open_titles = replace(corpus, meta={"title_in_tags": 0.5})
    hidden = replace(corpus, meta={"title_in_tags": 0.0})
    for made, expected in ((open_titles, []), (hidden, ["tag:jazz"])):
        for asked in (
            parser.batch_of_rows(made, np.array([0])),
            parser.batch_from_lists(made, ["jazz"], [[]], [[]]),
            parser.batch_from_lists(made, ["jazz"], [["shoegaze"]], [[]], read="meaning"),
        ):
            masked = asked.masked.get(Kind.TAG)
            assert ([] if masked is None else made.vocab(Kind.TAG).keys(masked.indices)) == expected
        for asked in (
            parser.parse(Query(title="jazz"), made),
            parser.batch_from_lists(made, ["jazz"], [[]], [[]], read="meaning"),
        ):
            assert Kind.TAG not in asked.masked or asked.masked[Kind.TAG].nnz == 0
    assert parser.batch_of_rows(hidden, np.array([0]), (Kind.SONG,)).masked[Kind.TAG].nnz == 0


def test_titles_of_files_are_read_like_typed_ones(corpus: Corpus) -> None:
    titles = ["shoegaze, not acid jazz", "jazz", "shoegaze or jazz"]
    batch = parser.batch_from_lists(corpus, titles, [[]] * 3, [[]] * 3, read="meaning")
    for row, title in enumerate(titles):
        one, part = parser.parse(Query(title=title), corpus), batch.part(row, row + 1)
        for group, other in ((one.items, part.items), (one.avoid, part.avoid), (one.named, part.named)):
            for kind, matrix in group.items():
                assert (matrix != other[kind]).nnz == 0, (title, kind)
        assert (one.phrases, one.match) == (part.phrases, part.match)


def test_avoid_takes_tags_songs_and_artists_and_genres_for_their_songs(corpus: Corpus) -> None:
    asked = parser.parse(Query(avoid=("80s", "song:4", "artist:a1", "genre:g1", "nothing")), corpus)
    assert corpus.vocab(Kind.TAG).keys(asked.avoid[Kind.TAG].indices) == ["tag:80s"]
    assert sorted(corpus.vocab(Kind.SONG).keys(asked.avoid[Kind.SONG].indices)) == [
        "song:1",
        "song:2",
        "song:3",
        "song:4",
    ]
    assert set(asked.avoid[Kind.SONG].data) == {1.0}
    assert asked.unknown == (("nothing",),)
    assert parser.parse(Query(tags=("jazz",)), corpus).avoid == {}


def test_dates(corpus: Corpus) -> None:
    assert parser.parse(Query(date="2019-08-31"), corpus).dates == np.array(["2019-08-31"], "datetime64[s]")
    assert np.isnat(parser.parse(Query(), corpus).dates).all()
    assert parser.batch_of_rows(corpus, np.array([0, 1])).dates[0] == np.datetime64("2019-08-31")
    for wrong in ("soon", "2019-13-01", "99999999999-01-01"):
        with pytest.raises(InvalidParameterError, match="no date"):
            parser.parse(Query(date=wrong), corpus)


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
    with pytest.raises(InvalidParameterError, match=r"at most 1,000") as caught:
        parser.parse(query, corpus)
    assert caught.value.remedy


def test_rows_show_what_was_asked_for(corpus: Corpus) -> None:
    asked = parser.batch_of_rows(corpus, np.array([1, 0]), (Kind.SONG, Kind.WORD))
    assert asked.titles == ("late night jazz", "jazz")
    assert (asked.items[Kind.SONG] != corpus.matrix(Kind.SONG)[[1, 0]]).nnz == 0
    assert asked.items[Kind.TAG].nnz == 0
    assert parser.batch_of_rows(corpus, np.array([1]), (Kind.TAG,)).titles == ("",)


def test_lists_skip_and_name_what_is_unknown(corpus: Corpus) -> None:
    asked = parser.batch_from_lists(corpus, ["late jazz", ""], [["JAZZ!", "nix"], []], [[1, 2, 99, 1], ["3"]])
    assert keys(asked.part(0, 1), corpus, Kind.TAG) == ["tag:jazz"]
    assert keys(asked.part(0, 1), corpus, Kind.SONG) == ["song:1", "song:2"]
    assert keys(asked.part(1, 2), corpus, Kind.SONG) == ["song:3"]
    assert set(keys(asked.part(0, 1), corpus, Kind.WORD)) == {"word:late", "word:jazz"}
    assert asked.unknown == (("nix", "99"), ())
    assert set(asked.items[Kind.SONG].data) == {1.0}


def test_completion_puts_whole_then_beginning_then_word_then_anywhere(corpus: Corpus) -> None:
    assert parser.complete(corpus, "jazz", (Kind.TAG,)) == ["tag:jazz", "tag:Jazz Piano", "tag:acid jazz"]
    assert parser.complete(corpus, "azz", (Kind.TAG,), 1) == ["tag:jazz"]
    assert parser.complete(corpus, "JAZZ ", (Kind.TAG,), 1) == ["tag:jazz"]
    assert parser.complete(corpus, "ann", (Kind.SONG,)) == ["song:3", "song:1"]  # 3 is in two playlists
    assert parser.complete(corpus, "", (Kind.TAG,)) == []
    assert parser.complete(corpus, "\n", (Kind.TAG,)) == []
    assert parser.complete(corpus, "no such thing") == []


def test_completion_shares_its_places_between_kinds(corpus: Corpus) -> None:
    assert parser.complete(corpus, "jazz", (Kind.TAG, Kind.SONG), 2) == ["tag:jazz", "song:5"]
    assert len(parser.complete(corpus, "a", (Kind.TAG, Kind.SONG), 6)) == 6


def test_completion_by_initial_consonants(corpus: Corpus) -> None:
    assert set(parser.complete(corpus, "ㅂㅇㄴㄴ", (Kind.TAG,))) == {"tag:비오는날", "tag:비 오는 날"}
    assert parser.complete(corpus, "ㅈㅈ", (Kind.SONG,)) == ["song:4"]


def test_suggestions_compare_letters_not_syllables(corpus: Corpus) -> None:
    assert "tag:비오는날" in parser.suggest(corpus, Kind.TAG, "비오눈날")
    assert parser.suggest(corpus, Kind.SONG, "nigt") == ["song:3"]
    assert parser.suggest(corpus, Kind.TAG, "") == []


typed = st.text(max_size=30) | st.sampled_from(
    ["tag:", "song:jazz", "jazz:", ":", "word:jazz", "playlist:0", "artist:a1", "ㅂㅇ"]
)


@given(
    st.builds(Query, title=typed, tags=st.tuples(typed, typed), songs=st.tuples(typed), avoid=st.tuples(typed, typed))
)
@settings(max_examples=80, deadline=None)
def test_any_query_is_understood(corpus: Corpus, query: Query) -> None:
    asked = parser.parse(query, corpus)
    assert len(asked) == 1
    for group in (asked.items, asked.avoid, asked.masked, asked.named):
        for kind, matrix in group.items():
            assert matrix.shape == (1, len(corpus.vocab(kind)))
            assert ((matrix.data > 0) & (matrix.data <= 1)).all()
    for term in asked.readings[0]:
        assert text.clean(term.typed) == term.typed
        if term.key:
            kind, _, ident = term.key.partition(":")
            assert corpus.vocab(Kind(kind)).row(ident) >= 0


@given(typed, st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_any_search_finds_known_keys_only(corpus: Corpus, wanted: str, n: int) -> None:
    found = parser.complete(corpus, wanted, (Kind.TAG, Kind.SONG, Kind.WORD), n)
    assert len(found) == len(set(found)) <= n
    assert all(corpus.vocab(Kind(key.partition(":")[0])).row(key.partition(":")[2]) >= 0 for key in found)


def test_the_tag_that_a_files_title_is_does_not_take_the_first_place(corpus: Corpus) -> None:
    hidden = replace(corpus, meta={"title_in_tags": 0.0})
    batch = parser.batch_from_lists(hidden, ["jazz"], [[]], [[]], read="meaning")
    assert batch.named[Kind.TAG].data == pytest.approx([parser.OWN_TAG_LEAD])
    open_titles = parser.batch_from_lists(corpus, ["jazz"], [[]], [[]], read="meaning")
    assert open_titles.named[Kind.TAG].data == pytest.approx([1.0])


def test_tags_beside_a_title_are_not_all_meant_at_once(corpus: Corpus) -> None:
    titles = ["shoegaze + jazz", "shoegaze + jazz"]
    batch = parser.batch_from_lists(corpus, titles, [[], ["80s"]], [[], []], read="meaning")
    assert batch.match == ("all", "any")
