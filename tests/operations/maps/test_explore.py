"""What a map is asked: guests, trends, heat, phrases, ways, comparisons, exports, on corpora small enough to check."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageColor

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.figures import tag_map as figures
from tagviz.operations import jobs, maps, models
from tagviz.operations.context import Context
from tagviz.operations.maps import explore, export, previews
from tagviz.operations.models import Model
from tagviz.projection.paths import Separation
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Progress, Projection, Query
from tagviz.ui.tag_map.layers import Layout
from tagviz.ui.tag_map.path_panel import explanation, ordinal
from tests.corpora import make_corpus

PCA = {"method": "pca"}


def two_worlds() -> Corpus:
    """60 playlists of two worlds; artist A sings in one, artist B in the other."""
    playlists = []
    for number in range(60):
        world = number % 2
        tags = [f"{'ab'[world]}{at}" for at in range(8) if at != number // 2 % 8]
        songs = [f"{'xy'[world]}{at}" for at in range(8) if at != number // 3 % 8]
        playlists.append({"title": f"{'calm loud'.split()[world]} list", "tags": tags, "songs": songs})
    about = {f"{'xy'[w]}{at}": {"name": f"Song {at}", "artist": "AB"[w]} for w in (0, 1) for at in range(8)}
    return make_corpus(playlists, about, name="worlds")


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Corpus, Model, Projection]:
    ws, corpus = Workspace(tmp_path_factory.mktemp("home")), two_worlds()
    model = models.open_model(Context(ws), corpus, "spectral")
    return ws, corpus, model, maps.open_map(Context(ws), corpus, model, Kind.TAG, PCA)


def test_other_kinds_stand_among_the_tags_of_their_playlists(laid_out: tuple[Workspace, Corpus, Model, Projection]):
    _, corpus, model, onto = laid_out
    middles = {world: onto.xy[[ident[0] == world for ident in onto.vocab.ids]].mean(axis=0) for world in "ab"}
    for kind, own in ((Kind.SONG, {"x": "a", "y": "b"}), (Kind.ARTIST, {"A": "a", "B": "b"})):
        if not corpus.has(kind):
            continue
        placed = explore.guests(corpus, model, kind, onto)
        assert len(placed.vocab) > 0
        assert np.isnan(placed.trust).all()
        for row in range(len(placed.vocab)):
            name = placed.vocab.label(row) if kind is Kind.ARTIST else placed.vocab.ids[row]
            near = {world: float(np.hypot(*(placed.xy[row] - middle))) for world, middle in middles.items()}
            assert min(near, key=near.__getitem__) == own[name[0]], (kind, name, near)


def test_a_trend_is_the_yearly_change_of_the_share():
    """Of 20 playlists a year `up` is in 5, then 15: +.5 a year of .5 on average, so 1. `even` is in 10 each year: 0."""
    playlists = []
    for year, up in ((2010, 5), (2011, 15)):
        for number in range(20):
            tags = ["up"] * (number < up) + ["even"] * (number % 2) + ["rare"] * (number == 0) + ["all"]
            playlists.append({"tags": tags, "date": f"{year}-06-01"})
    corpus = make_corpus(playlists)
    found = dict(zip(corpus.vocab(Kind.TAG).ids, explore.trends(corpus), strict=True))
    assert found["up"] == pytest.approx(1.0)
    assert found["even"] == pytest.approx(0.0)
    assert found["all"] == pytest.approx(0.0)
    assert np.isnan(found["rare"])
    undated = make_corpus([{"tags": ["a"]}] * 20)
    assert np.isnan(explore.trends(undated)).all()


def test_years_count_only_their_own_playlists_and_playlists_are_as_big_as_what_they_hold():
    dated = [
        {"title": "one", "tags": ["a", "b"], "songs": ["s"], "date": "2015-05-01"},
        {"title": "two", "tags": ["a"], "songs": ["s", "t"], "date": "2017-05-01"},
        {"title": "never", "tags": ["a"]},
    ]
    corpus = make_corpus(dated)
    tags = corpus.vocab(Kind.TAG)
    both, early = (explore.between(corpus, Kind.TAG, 2015, until) for until in (2017, 2016))
    assert [both[tags.row(tag)] for tag in "ab"] == [2, 1]
    assert [early[tags.row(tag)] for tag in "ab"] == [1, 1]
    assert explore.between(corpus, Kind.PLAYLIST, 2015, 2016).tolist() == [1, 0, 0]
    assert explore.weight(corpus, Kind.PLAYLIST).tolist() == [3, 3, 1]
    assert explore.weight(corpus, Kind.TAG).tolist() == corpus.counts(Kind.TAG).tolist()


def test_a_playlist_stands_among_the_tags_of_its_world(laid_out: tuple[Workspace, Corpus, Model, Projection]):
    _, corpus, model, onto = laid_out
    placed = explore.guests(corpus, model, Kind.PLAYLIST, onto)
    assert len(placed.vocab) == 60
    near = explore.hosts(corpus, model, corpus.vocab(Kind.PLAYLIST).key(1))
    assert near.keys
    assert all(key.startswith("tag:b") for key in near.keys[:5])  # playlist 1 is of the second world
    assert (np.diff(near.scores) <= 0).all()


def test_heat_glows_where_the_title_points(laid_out: tuple[Workspace, Corpus, Model, Projection]):
    _, corpus, model, _ = laid_out
    scores = explore.relevance(corpus, model, Query(title="calm"))
    own = np.array([ident[0] == "a" for ident in corpus.vocab(Kind.TAG).ids])
    assert scores[own].min() > scores[~own].max()
    with pytest.raises(NotReadyError, match="make nothing of"):
        explore.relevance(corpus, model, Query(title="zzz"))


def test_a_phrase_lies_where_its_likeness_points(laid_out: tuple[Workspace, Corpus, Model, Projection]):
    _, corpus, model, onto = laid_out
    likeness = np.array([0.9 if ident == "a3" else 0.0 for ident in corpus.vocab(Kind.TAG).ids], dtype=np.float32)
    found = explore.spot_of(likeness, corpus, onto)
    assert found.near[0][0] == "tag:a3"
    np.testing.assert_allclose(found.at, onto.xy[onto.vocab.row("a3")], atol=1e-4)
    with pytest.raises(NotReadyError, match="make nothing of"):
        explore.spot(corpus, model, Query(title="zzz"), onto)
    near = explore.spot(corpus, model, Query(title="calm"), onto).near
    assert all(key.startswith("tag:a") for key, _score in near[:3])


def test_a_model_agrees_with_itself_and_names_what_another_does_not(
    laid_out: tuple[Workspace, Corpus, Model, Projection],
):
    ws, corpus, model, _ = laid_out
    same = explore.compare(model, model, k=3)
    assert (same["overlap"] == 1).all()
    assert (same["first"] == "").all()
    other = models.open_model(Context(ws), corpus, models.train(Context(ws), corpus, "spectral", {"dimensions": 2}).id)
    table = explore.compare(model, other, k=3)
    assert table["overlap"].is_monotonic_increasing
    assert {"tag:a0", "tag:b0"} <= set(table["key"])
    said = explore.opinions(Context(ws), corpus, "tag:a0", n=3)
    assert [ranking.method for ranking in said] == ["spectral"]
    assert all(key.startswith("tag:a") for key in said[0].keys)


def test_a_map_that_starts_from_another_stays_where_that_was(laid_out: tuple[Workspace, Corpus, Model, Projection]):
    ws, corpus, model, onto = laid_out
    turned = Projection(onto.vocab, onto.xy @ np.array([[0, 1], [-1, 0]], np.float32), (), (), onto.trust, "test")
    ident = maps.project(Context(ws), corpus, model, maps.MapRequest(Kind.TAG, {"method": "pca", "seed": 7}, turned))
    again = ws.open_projection(model.info.id, ident)
    rows = turned.vocab.find(list(again.vocab.ids))
    np.testing.assert_allclose(again.xy, turned.xy[rows], atol=1e-3)
    assert ws.projections.get(f"{model.info.id}/{ident}").info["start"] == turned.fingerprint


def test_the_map_of_a_second_corpus_starts_from_that_of_the_first(
    laid_out: tuple[Workspace, Corpus, Model, Projection],
):
    """Half of the tags of the second are known to the first; the others find their own places."""
    ws, corpus, model, _ = laid_out
    first = maps.open_map(Context(ws), corpus, model)
    known = [str(tag) for tag in corpus.vocab(Kind.TAG).ids[:4]]
    tags = [*known, *(f"new {number}" for number in range(4))]
    # Neighbours in a row go together, each pair less often than the one before: no direction is as good as another one.
    lists = [{"title": "", "tags": tags[at : at + 2], "songs": ["s"]} for at in range(7) for _ in range(12 - at)]
    second = make_corpus(lists, name="second")
    for one in (corpus, second):
        ws.save_corpus(one)
    other = models.open_model(Context(ws), second, "spectral")
    asked = {"corpus": "second", "model": other.ref, "kind": "tag", "values": {"method": "pca"}}
    begun = {"start": model.ref, "start_corpus": corpus.name, "start_version": corpus.fingerprint}
    done = jobs.run_job(Context(ws), "project", {**asked, **begun}, lambda progress: None)
    assert ws.projections.get(f"{other.info.id}/{done['projection']}").info["start"] == first.fingerprint
    made = ws.open_projection(other.info.id, done["projection"])
    middle = made.xy[made.vocab.find(known)].mean(axis=0)
    np.testing.assert_allclose(middle, first.xy[first.vocab.find(known)].mean(axis=0), atol=1e-2)


def test_vectors_go_out_and_come_back(laid_out: tuple[Workspace, Corpus, Model, Projection], tmp_path: Path):
    from gensim.models import KeyedVectors

    _, corpus, model, onto = laid_out
    own = model.embedding.of(Kind.TAG)[model.embedding.rows_in(onto.vocab)]  # type: ignore[union-attr]
    table = pd.read_parquet(io.BytesIO(export.vectors(corpus, model, onto, "parquet")))
    np.testing.assert_allclose(np.stack(table["vector"]), own)
    assert table["count"].tolist() == corpus.counts(Kind.TAG)[corpus.vocab(Kind.TAG).find(onto.vocab.ids)].tolist()
    text = tmp_path / "vectors.txt"
    text.write_bytes(export.vectors(corpus, model, onto, "word2vec"))
    read = KeyedVectors.load_word2vec_format(str(text))
    np.testing.assert_allclose(read["tag:a0"], own[onto.vocab.row("a0")], atol=1e-5)
    with zipfile.ZipFile(io.BytesIO(export.vectors(corpus, model, onto, "projector"))) as files:
        names = files.read("metadata.tsv").decode().splitlines()
        assert len(files.read("vectors.tsv").decode().splitlines()) == len(onto.vocab)
    assert names[0].split("\t")[:2] == ["key", "label"]
    assert len(names) == len(onto.vocab) + 1
    with pytest.raises(InvalidParameterError, match="no form"):
        export.vectors(corpus, model, onto, "xls")


def test_embedding_atlas_opens_a_map_with_its_places(
    laid_out: tuple[Workspace, Corpus, Model, Projection], tmp_path: Path
) -> None:
    atlas = pytest.importorskip("embedding_atlas.utils", reason="embedding-atlas is not installed")
    _, corpus, model, onto = laid_out
    (tmp_path / "map.parquet").write_bytes(export.vectors(corpus, model, onto, "parquet"))
    table = atlas.load_pandas_data(str(tmp_path / "map.parquet"))
    # `embedding-atlas map.parquet --text label --x x --y y` draws these columns
    assert {"label", "x", "y", "vector"} <= set(table)
    np.testing.assert_allclose(table[["x", "y"]].to_numpy(), onto.xy[:, :2], rtol=1e-6)


def test_the_drawing_holds_every_point_and_what_is_written_is_text(
    laid_out: tuple[Workspace, Corpus, Model, Projection],
):
    from xml.etree import ElementTree

    _, corpus, _, onto = laid_out
    root = ElementTree.fromstring(figures.svg(figures.figure(onto, corpus.counts(Kind.TAG))))
    assert len([part for part in root if part.tag.endswith("circle")]) == len(onto.vocab)
    assert any(part.tag.endswith("text") for part in root)


def test_two_points_are_read_out_in_words():
    torn = Separation(0.8, 2, 3, 1.2, 400, 300, ())
    assert "had to separate them" in explanation(torn, "rain", "비")
    assert "2nd nearest to rain" in explanation(torn, "rain", "비")
    crowded = Separation(0.1, 300, 200, 0.1, 3, 4, ())
    assert "close on the map only" in explanation(crowded, "a", "b")
    assert [ordinal(number) for number in (1, 2, 3, 11, 112, 1203)] == ["1st", "2nd", "3rd", "11th", "112th", "1,203rd"]


def test_settings_are_tried_once_and_shown_in_the_colours_of_regions(tmp_path: Path):
    """Four tags are laid out by their principal axes, so that no UMAP is needed."""
    playlists = [{"title": "", "tags": [tag for tag in "abcd" if tag != left], "songs": ["s"]} for left in "abcd" * 3]
    ws, corpus = Workspace(tmp_path), make_corpus(playlists)
    model = models.open_model(Context(ws), corpus, "spectral")
    assert not previews.are_ready(Context(ws), model)
    told: list[Progress] = []
    assert previews.make(Context(ws), corpus, model, told.append) == len(previews.SETTINGS) == len(told)
    assert previews.are_ready(Context(ws), model)
    previews.make(Context(ws), corpus, model, told.append)
    assert len(told) == len(previews.SETTINGS)
    found = previews.open_all(Context(ws), model)
    assert [dict(preview.values) for preview in found] == [dict(values) for values in previews.SETTINGS]
    picture = Image.open(io.BytesIO(figures.thumbnail(found[0].projection.xy, ["#0072b2", "#d55e00"] * 2, dark=False)))
    assert picture.size == (360, 240)
    drawn = {colour for _, colour in picture.getcolors(1000)}
    assert {ImageColor.getrgb("#0072b2"), ImageColor.getrgb("#d55e00")} <= drawn


def test_a_layout_says_only_what_differs():
    assert Layout().values == {}
    assert Layout("pca", 15, 0.5).values == {"method": "pca", "min_dist": 0.5}
