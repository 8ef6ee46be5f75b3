"""The demo corpus: what it promises about its size, its languages, its calendar, its fashions and its meaning."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz import text
from tagviz.errors import SourceError
from tagviz.sources.demo import generate
from tagviz.sources.demo.catalogue import make_catalogue
from tagviz.sources.demo.names import fill
from tagviz.sources.demo.taxonomy import FOLDER, Taxonomy, read_csv, read_taxonomy, read_toml
from tagviz.types import Corpus, Floats, Kind


@pytest.fixture(scope="module")
def demo() -> Corpus:
    return generate()


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return read_taxonomy()


def having(corpus: Corpus, *tags: str) -> NDArray[np.bool_]:
    """Which playlists have one of the tags."""
    rows = corpus.vocab(Kind.TAG).find(tags)
    assert (rows >= 0).all(), tags
    return np.asarray(corpus.matrix(Kind.TAG)[:, rows].sum(axis=1)).ravel() > 0


# What it is


def test_same_seed_same_corpus(demo: Corpus) -> None:
    assert generate().fingerprint == demo.fingerprint


def test_another_seed_invents_other_artists(demo: Corpus, taxonomy: Taxonomy) -> None:
    artists = demo.vocab(Kind.ARTIST)
    known = set(artists.label_list(range(len(artists))))
    assert len(known & set(make_catalogue(taxonomy, np.random.default_rng(7)).artists["name"])) < 0.5 * len(known)


def test_it_says_that_it_is_synthetic(demo: Corpus) -> None:
    assert demo.name == "demo"
    assert demo.meta["synthetic"] is True
    assert demo.meta["about"].startswith("Synthetic")
    assert "synthetic" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_sizes(demo: Corpus) -> None:
    assert len(demo) >= 6_000
    assert 450 <= len(demo.vocab(Kind.TAG)) <= 800
    assert 3_400 <= len(demo.vocab(Kind.SONG)) <= 4_000
    assert 500 <= len(demo.vocab(Kind.ARTIST)) <= 700
    assert 300 <= demo.playlists["group"].nunique() <= 500
    assert demo.group_name == "listener"


def test_playlists_have_3_to_12_tags_and_8_to_40_songs(demo: Corpus) -> None:
    tags, songs = (np.diff(demo.matrix(kind).indptr) for kind in (Kind.TAG, Kind.SONG))
    assert (tags.min(), tags.max()) == (3, 12)
    assert (songs.min(), songs.max()) == (8, 40)
    assert 15 <= songs.mean() <= 20


def test_stored_size_is_small(demo: Corpus, tmp_path: Path) -> None:
    """What the issue allows for corpus, models, layout and report together is 8 MB; the corpus is to take 2 at most."""
    for kind in (Kind.TAG, Kind.SONG, Kind.WORD):
        sp.save_npz(tmp_path / f"{kind}.npz", demo.matrix(kind))
    demo.playlists.to_parquet(tmp_path / "playlists.parquet")
    demo.songs.to_parquet(tmp_path / "songs.parquet")
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 2_000_000


def test_every_tag_has_a_facet_and_every_facet_has_tags(demo: Corpus) -> None:
    wanted = {"genre", "mood", "activity", "era", "place", "instrument", "voice", "season", "personal"}
    assert set(demo.facets) == wanted


def test_songs_are_shown_with_their_artist(demo: Corpus) -> None:
    vocab = demo.vocab(Kind.SONG)
    assert vocab.label(0) == f"{demo.songs['name'][0]} — {demo.songs['artist'][0]}"
    assert (demo.songs[["name", "artist", "album"]] != "").all(axis=None)
    assert len(demo.vocab(Kind.GENRE)) > 100


def test_nothing_had_to_be_corrected(demo: Corpus) -> None:
    assert {note["what"] for note in demo.meta["notes"]} <= {"songs described but in no playlist"}


# Languages and spellings


def test_three_languages_in_tags_and_titles(demo: Corpus) -> None:
    scripts = pd.Series([text.language(tag) for tag in demo.vocab(Kind.TAG).ids]).value_counts()
    assert scripts["ko"] >= 100
    assert scripts["latin"] > 2 * scripts["ko"]
    titles = demo.playlists["title"]
    assert titles.map(text.language).eq("ko").mean() > 0.1
    assert titles.str.contains(r"\b(?:pour|soir|nuit|chansons?|jour)\b", case=False).mean() > 0.02
    assert 0.02 < titles.eq("").mean() < 0.08


@pytest.mark.parametrize(
    "spellings",
    [
        ("hip hop", "hip-hop", "hiphop", "Hip-Hop"),
        ("r&b", "rnb", "R&B"),
        ("80s", "80's", "1980s", "eighties"),
        ("favorite", "favourite"),
        ("lo-fi", "lofi"),
        ("드라이브", "드라이브음악"),
        ("jour de pluie", "pluie"),
    ],
)
def test_spellings_vary_and_the_usual_one_leads(demo: Corpus, spellings: tuple[str, ...]) -> None:
    counts = demo.counts(Kind.TAG)[demo.vocab(Kind.TAG).find(spellings)]
    assert (demo.vocab(Kind.TAG).find(spellings) >= 0).all()
    assert counts.argmax() == 0
    assert counts[1:].sum() > 0.1 * counts[0]


@pytest.mark.parametrize("tag", ["seen live", "albums I own", "my wife likes this"])
def test_some_tags_are_not_about_the_music(demo: Corpus, tag: str) -> None:
    row = demo.vocab(Kind.TAG).row(tag)
    assert demo.facets[row] == "personal"


def test_listeners_keep_to_their_spelling(demo: Corpus) -> None:
    """Who typed "hip-hop" once does so again more often than others do."""
    groups, hyphen, blank = demo.playlists["group"], having(demo, "hip-hop"), having(demo, "hip hop")
    either = hyphen | blank
    share = hyphen[either].mean()
    typed = pd.DataFrame({"group": groups[either].to_numpy(), "hyphen": hyphen[either]})
    others = typed.groupby("group")["hyphen"].transform("sum") - typed["hyphen"]
    assert typed["hyphen"][others > 0].mean() > 1.5 * share


# Calendar


def test_dates_span_ten_years_and_playlists_are_in_their_order(demo: Corpus) -> None:
    dates = demo.playlists["date"]
    assert dates.notna().all()
    assert sorted(dates.dt.year.unique()) == list(range(2015, 2025))
    assert dates.is_monotonic_increasing


def test_no_song_is_in_a_playlist_older_than_the_song(demo: Corpus) -> None:
    songs = demo.matrix(Kind.SONG)
    made = np.repeat(demo.playlists["date"].to_numpy(), np.diff(songs.indptr))
    issued = demo.songs["date"].to_numpy()[songs.indices]
    assert (issued < made).all()
    assert demo.songs["date"].dt.year.min() < 1970


@pytest.mark.parametrize(
    ("tags", "months"),
    [
        (("christmas", "크리스마스", "noël"), (11, 12)),
        (("summer", "여름", "été"), (6, 7, 8)),
        (("halloween",), (9, 10)),
        (("벚꽃", "cherry blossom"), (3, 4)),
        (("autumn", "가을", "automne"), (9, 10, 11)),
    ],
)
def test_seasons(demo: Corpus, tags: tuple[str, ...], months: tuple[int, ...]) -> None:
    """At least two thirds fall in the season, which is a quarter of the year or less."""
    season = demo.playlists["date"].dt.month[having(demo, *tags)]
    assert season.isin(months).mean() > 2 / 3


@pytest.mark.parametrize(
    ("tags", "rises"),
    [
        (("lo-fi", "lofi"), True),
        (("hyperpop",), True),
        (("city pop",), True),
        (("k-pop", "kpop"), True),
        (("dubstep",), False),
        (("blog rock",), False),
    ],
)
def test_fashions(demo: Corpus, tags: tuple[str, ...], rises: bool) -> None:
    """The share of playlists with the tag in 2022–2024 against 2015–2018."""
    year, having_it = demo.playlists["date"].dt.year, having(demo, *tags)
    early, late = having_it[year <= 2018].mean(), having_it[year >= 2022].mean()
    assert (late > 1.5 * early) if rises else (early > 1.5 * late)


def test_likes_and_songs_have_long_tails(demo: Corpus) -> None:
    likes = demo.playlists["likes"]
    assert likes.median() <= 2
    assert likes.max() > 100
    counts = np.sort(demo.counts(Kind.SONG))[::-1]
    assert 0.35 < counts[: len(counts) // 10].sum() / counts.sum() < 0.8


# Meaning


@pytest.fixture(scope="module")
def meaning(demo: Corpus) -> Floats:
    """Unit vectors of the tags: PPMI of length-normalised co-occurrence with tags, songs and words, and its first 128
    singular vectors (Levy and Goldberg 2014)."""
    from sklearn.utils.extmath import randomized_svd

    items = sp.hstack([demo.matrix(kind) for kind in (Kind.TAG, Kind.SONG, Kind.WORD)]).tocsr()
    items = sp.diags(np.maximum(np.diff(items.indptr) - 1, 1) ** -0.75) @ items
    together = (items.T @ items).tocoo()
    mass = np.asarray(together.sum(axis=1)).ravel()
    context = mass**0.5
    pmi = np.log(together.data * context.sum() / (mass[together.row] * context[together.col]))
    kept = (pmi > 0) & (together.row != together.col)
    ppmi = sp.csr_matrix((pmi[kept], (together.row[kept], together.col[kept])), shape=together.shape)
    left, strength, _ = randomized_svd(ppmi, 128, n_iter=1, random_state=0)
    vectors = (left * strength**0.5)[: len(demo.vocab(Kind.TAG))]
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


NEAR = {
    "jazz": "saxophone|bebop|cool jazz|late night|vocal jazz|swing|coffee shop|cafe|bossa nova|midnight|Jazz",
    "80s": "synthpop|synth-pop|new wave|80's|1980s|eighties|retro|nostalgic|nostalgia|synth|synthwave|post-punk",
    "metal": "heavy metal|hard rock|death metal|black metal|metalcore|growl|angry|메탈|métal|workout",
    "hip hop": "hip-hop|hiphop|rap|trap|trap music|beats|old school hip hop|khiphop|french rap|국힙|힙합",
    "christmas": "snow|winter|xmas|크리스마스|noël|cozy|neige|눈오는날|hiver|겨울",
    "sleep": "sleeping|ambient|calm|soft|peaceful|meditation|new age|healing|잠|dormir",
    "발라드": "이별|감성|드라마OST|슬픈|국내|한국 발라드|korean ballad|korean|사랑|사랑노래|외로움",
    "비오는날": "비|우울|피아노|슬픈|카페|재즈|감성|이별|외로움|심야|rain|rainy day",
    "카페": "재즈|보사노바|어쿠스틱|카페음악|비오는날|아침|휴식|색소폰|coffee shop|bossa nova",
    "운동": "헬스|러닝|에너지|메탈|하드록|이디엠|동기부여|workout|running|energy|energetic",
    "chanson française": "chanson|français|french|french chanson|variété française|pop française|accordion|Paname",
    "été": "plage|soleil|summer|Summer|nuit d'été|vacances|latino|joyeux|festival d'été|bonne humeur",
    "mélancolie": "jour de pluie|pluie|triste|automne|rupture|solitude|piano solo|melancholy|melancholic",
}
FAR = {"jazz": "metal", "80s": "sleep", "metal": "bossa nova", "hip hop": "classical", "sleep": "punk", "카페": "metal"}


def order(demo: Corpus, meaning: Floats, tag: str) -> list[str]:
    """The tags that occur at least eight times, the nearest first."""
    vocab = demo.vocab(Kind.TAG)
    similar = meaning @ meaning[vocab.row(tag)]
    common = np.flatnonzero(demo.counts(Kind.TAG) >= 8)
    found = common[np.argsort(-similar[common], kind="stable")]
    return [str(vocab.ids[row]) for row in found if vocab.ids[row] != tag]


@pytest.mark.parametrize("tag", NEAR)
def test_neighbours_make_sense(demo: Corpus, meaning: Floats, tag: str) -> None:
    """At least half of the ten nearest tags are such as one expects."""
    nearest = order(demo, meaning, tag)[:10]
    assert len(set(nearest) & set(NEAR[tag].split("|"))) >= 5, nearest


@pytest.mark.parametrize("tag", FAR)
def test_strangers_stay_away(demo: Corpus, meaning: Floats, tag: str) -> None:
    assert FAR[tag] not in order(demo, meaning, tag)[:100]


def test_languages_meet(demo: Corpus, meaning: Floats) -> None:
    """Half of these translations are among the 40 nearest tags, and all of them in the nearer half of all tags."""
    pairs = [
        ("jazz", "재즈"),
        ("rainy day", "비오는날"),
        ("rainy day", "jour de pluie"),
        ("summer", "été"),
        ("workout", "운동"),
        ("heartbreak", "이별"),
        ("hip hop", "힙합"),
        ("winter", "hiver"),
    ]
    places = [order(demo, meaning, english).index(other) for english, other in pairs]
    assert np.median(places) < 40, places
    assert max(places) < len(demo.vocab(Kind.TAG)) / 2, places


def test_tags_can_be_guessed_but_not_too_well(demo: Corpus) -> None:
    """nDCG@10 of half of the tags of unseen listeners' playlists, asked with the other half: as on real playlists."""
    tags, groups = demo.matrix(Kind.TAG), demo.playlists["group"]
    rng = np.random.default_rng(0)
    asked = groups.isin(rng.choice(groups.unique(), 60, replace=False)).to_numpy()
    known = tags[~asked]
    count = np.asarray(known.sum(axis=0)).ravel().clip(min=1)
    together = (known.T @ known).toarray()
    np.fill_diagonal(together, 0)
    together = together / count[:, None] ** 0.75 / count[None, :] ** 0.25
    gains: dict[str, list[float]] = {"popularity": [], "cooccurrence": []}
    discount = 1 / np.log2(np.arange(2, 12))
    for row in np.flatnonzero(asked)[:500]:
        items = rng.permutation(tags.indices[tags.indptr[row] : tags.indptr[row + 1]])
        shown, hidden = items[: len(items) // 2], items[len(items) // 2 :]
        for method, scores in (("popularity", count.copy()), ("cooccurrence", together[shown].sum(axis=0))):
            scores[shown] = -1
            hits = np.isin(np.argsort(-scores, kind="stable")[:10], hidden)
            gains[method].append(float((hits * discount).sum() / discount[: len(hidden)].sum()))
    assert 0.08 < np.mean(gains["popularity"]) < 0.22
    assert 0.4 < np.mean(gains["cooccurrence"]) < 0.65


# The taxonomy's files


def test_relatedness_is_a_distribution_that_prefers_what_was_written(taxonomy: Taxonomy) -> None:
    np.testing.assert_allclose(taxonomy.related.sum(axis=1), 1.0)
    assert (taxonomy.near == taxonomy.near.T).all()
    jazz = taxonomy.related[taxonomy.row["jazz"]]
    assert jazz.argmax() == taxonomy.row["jazz"]
    assert jazz[taxonomy.row["bebop"]] > jazz[taxonomy.row["death_metal"]] * 20


def test_months_and_trends_are_read(taxonomy: Taxonomy) -> None:
    christmas = taxonomy.months[taxonomy.row["christmas"]]
    assert (christmas[11], christmas[10], christmas[5]) == (13, 5, 0.04)
    lofi = taxonomy.trend[taxonomy.row["lofi"]]
    assert lofi[0] == pytest.approx(0.12)
    assert lofi[-1] == pytest.approx(3.6)
    # geometric: each of the nine steps multiplies by (3.6 / .12) ** (1 / 9)
    np.testing.assert_allclose(lofi[1:] / lofi[:-1], 30 ** (1 / 9))


def test_every_title_and_style_belongs_to_a_concept(taxonomy: Taxonomy) -> None:
    assert {row["concept"] for row in read_csv(FOLDER / "titles.csv")} <= set(taxonomy.names)
    names = read_toml(FOLDER / "names.toml")
    assert set(names["styles"]) <= set(taxonomy.genres)
    assert {concept for concepts in names["palettes"].values() for concept in concepts} <= set(taxonomy.names)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("happy,44", "sad,44", "described twice"),
        ("dream_pop ethereal", "drem_pop", "drem_pop"),
        ("fun,20,,,fun,", "fun,20,,,happy,", "spelling of two"),
    ],
)
def test_a_wrong_taxonomy_is_refused_by_name(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    folder = tmp_path / "taxonomy"
    shutil.copytree(FOLDER, folder)
    before = (folder / "mood.csv").read_text(encoding="utf-8")
    assert right in before
    (folder / "mood.csv").write_text(before.replace(right, wrong), encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        read_taxonomy(folder)


def test_names_follow_the_grammar_of_their_language() -> None:
    rng = np.random.default_rng(0)
    assert fill("{N}과(와) {N2}", {"N": ["골목", "골목"]} | {"N": ["골목", "우표"]}, rng) in (
        "골목과 우표",
        "우표와 골목",
    )
    assert fill("Les {C} de {F}", {"C": ["Phares"], "F": ["Octave"]}, rng) == "Les Phares d'Octave"
    assert fill("{adj}{noun}", {"Adj": ["Tin"], "Noun": ["Ferry"]}, rng) == "tinferry"


@pytest.mark.real_data
def test_no_artist_is_a_real_one(demo: Corpus, real_data: Path) -> None:
    def bare(name: str) -> str:
        return re.sub(r"^the |[^\w]", "", name.casefold())

    table = (real_data / "lastfm-hetrec" / "artists.dat").read_text(encoding="utf-8")
    real = {bare(line.split("\t")[1]) for line in table.splitlines()[1:] if line.count("\t")}
    artists = demo.vocab(Kind.ARTIST)
    assert not {bare(name) for name in artists.label_list(range(len(artists)))} & (real - {""})
