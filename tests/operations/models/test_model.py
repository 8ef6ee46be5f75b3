"""Training, naming and opening models; what is asked of them."""

from __future__ import annotations

import multiprocessing
import threading
from pathlib import Path

import numpy as np
import pytest

from tagviz.errors import Cancelled, InvalidParameterError, NotFoundError, NotReadyError
from tagviz.operations import corpora, items, maps, models, recommend
from tagviz.operations.context import Context
from tagviz.operations.registry import METHODS
from tagviz.store.workspace import ModelAnnotations, ModelInfo, Workspace
from tagviz.types import Corpus, Kind, Progress, Query
from tests.corpora import make_corpus


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory, board: Corpus) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("home"))
    made.save_corpus(board)
    return made


@pytest.fixture(scope="module")
def corpus(ws: Workspace) -> Corpus:
    return corpora.open_corpus(Context(ws), "checkerboard")


def test_training_twice_with_the_same_settings_gives_the_same_model(ws: Workspace, corpus: Corpus) -> None:
    first = models.train(Context(ws), corpus, "spectral", {"dimensions": "4"})
    again = models.train(Context(ws), corpus, "spectral", {"dimensions": 4})
    other = models.train(Context(ws), corpus, "spectral", {"dimensions": 5})
    assert (first.id, first.created) == (again.id, again.created)
    assert other.id != first.id
    assert models.open_model(Context(ws), corpus, "spectral").info.id == other.id  # the newest of the method
    assert models.open_model(Context(ws), corpus, first.id).info.id == first.id


def test_another_seed_or_corpus_is_another_model(ws: Workspace, corpus: Corpus) -> None:
    entry, params = METHODS["spectral"], METHODS["spectral"].params.parse({})
    ids = {
        models.model_id(entry, corpus, params, 1),
        models.model_id(entry, corpus, params, 2),
        models.model_id(entry, make_corpus([{"tags": ["a"]}]), params, 1),
    }
    assert len(ids) == 3


def test_force_trains_again_under_the_same_id(ws: Workspace, corpus: Corpus) -> None:
    first = models.train(Context(ws), corpus, "popularity")
    again = models.train(Context(ws), corpus, "popularity", options=models.TrainOptions(force=True))
    assert again.id == first.id
    assert again.created > first.created


def test_a_method_without_a_model_is_trained_with_defaults(ws: Workspace, corpus: Corpus) -> None:
    opened = models.open_model(Context(ws), corpus, "cooccurrence")
    assert opened.info.params == METHODS["cooccurrence"].params().model_dump(mode="json")
    assert opened.ref == opened.info.id


def test_variants_share_one_model(ws: Workspace, corpus: Corpus) -> None:
    context, voting = (
        models.open_model(Context(ws), corpus, "spectral"),
        models.open_model(Context(ws), corpus, "spectral:voting"),
    )
    assert context.info.id == voting.info.id
    assert (context.variant, voting.ref) == ("context", f"{voting.info.id}:voting")


def test_pinned_models_answer_by_default_and_archived_ones_do_not_stand_for_their_method(tmp_path: Path) -> None:
    ws = Workspace(tmp_path)
    board = make_corpus([{"tags": ["a", "b"]}, {"tags": ["b", "c"]}])
    pinned = models.annotate(
        Context(ws), models.train(Context(ws), board, "neighbours", {"k": 7}), ModelAnnotations(pinned=True)
    )
    newer = models.train(Context(ws), board, "neighbours", {"k": 8})
    assert models.default(Context(ws), board.fingerprint) == pinned.id
    assert models.open_model(Context(ws), board, "").info.id == pinned.id
    models.annotate(Context(ws), pinned, ModelAnnotations(archived=True))
    assert models.open_model(Context(ws), board, "neighbours").info.id == newer.id
    assert models.default(Context(ws), board.fingerprint) == "spectral"


@pytest.mark.parametrize(
    ("ref", "error", "hint"),
    [
        ("word2vc", NotFoundError, "word2vec"),
        ("spectral-000000", NotFoundError, "spectral"),
        ("spectral:loudly", InvalidParameterError, "voting"),
        ("popularity:mean", InvalidParameterError, "none"),
    ],
)
def test_wrong_references_name_what_is_near(
    ws: Workspace, corpus: Corpus, ref: str, error: type[Exception], hint: str
) -> None:
    with pytest.raises(error, match=hint):
        models.open_model(Context(ws), corpus, ref)


def test_cancelling_a_training_keeps_nothing(ws: Workspace, corpus: Corpus) -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled()

    with pytest.raises(Cancelled):
        models.train(Context(ws), corpus, "spectral", {"dimensions": 3}, progress=stop)
    assert all(info.params.get("dimensions") != 3 for info in models.list_models(Context(ws), corpus.fingerprint))


def test_an_unknown_parameter_is_refused_before_anything_is_done(ws: Workspace, corpus: Corpus) -> None:
    with pytest.raises(InvalidParameterError, match="did you mean 'dimensions'"):
        models.train(Context(ws), corpus, "spectral", {"dimension": 3})


QUICK = {"taught": {"steps": 20, "batch": 16, "width": 32}, "word2vec": {"epochs": 3, "vector_size": 16}}
"""Settings of the methods that take long by default: what is kept does not depend on how long it was learned."""


@pytest.mark.parametrize("ref", [name for name in METHODS if name not in ("sentence", "fusion", "best")])
def test_a_stored_model_answers_as_it_did_when_it_was_fitted(ws: Workspace, corpus: Corpus, ref: str) -> None:
    entry, values = METHODS[ref], QUICK.get(ref, {})
    params = entry.params.parse(values)
    fitted = entry.fit(corpus, params, models.training_context(Context(ws), 42, lambda _: None))
    stored = models.open_model(Context(ws), corpus, models.train(Context(ws), corpus, ref, values).id)
    query = Query(tags=("t0", "t2"), title="even list")
    asked = recommend.parser.parse(query, corpus)
    np.testing.assert_allclose(stored.recommender.score(asked, Kind.TAG), fitted.score(asked, Kind.TAG), rtol=1e-5)


def test_two_threads_training_the_same_model_leave_one_whole_model(tmp_path: Path, board: Corpus) -> None:
    ws = Workspace(tmp_path)
    start = threading.Barrier(4)

    def train() -> None:
        start.wait()
        models.train(Context(ws), board, "spectral", {"dimensions": 6}, options=models.TrainOptions(force=True))

    threads = [threading.Thread(target=train) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (info,) = models.list_models(Context(ws), board.fingerprint)
    assert models.open_model(Context(ws), board, info.id).embedding is not None


def kill_while_saving(home: str) -> None:
    """Begins to store a model and dies before it is done, as a process does that is killed."""
    import os
    import signal

    from tagviz.store import workspace

    ws = Workspace(Path(home))
    corpus = ws.open_corpus("checkerboard")
    original = workspace.files.write_json

    def dying(path: Path, value: object) -> None:
        if path.name == "state.json":
            os.kill(os.getpid(), signal.SIGKILL)
        original(path, value)

    workspace.files.write_json = dying
    models.train(Context(ws), corpus, "popularity", options=models.TrainOptions(force=True))


def test_a_process_killed_while_it_saves_leaves_the_old_model(tmp_path: Path, board: Corpus) -> None:
    ws = Workspace(tmp_path)
    ws.save_corpus(board)
    before = models.train(Context(ws), board, "popularity")
    process = multiprocessing.get_context("forkserver").Process(target=kill_while_saving, args=(str(tmp_path),))
    process.start()
    process.join(60)
    assert process.exitcode == -9
    (after,) = models.list_models(Context(ws), board.fingerprint)
    assert after == before
    assert models.open_model(Context(ws), board, after.id).info == before


def test_recommendations_leave_out_what_is_asked_and_name_what_is_unknown(ws: Workspace, corpus: Corpus) -> None:
    model = models.open_model(Context(ws), corpus, "neighbours")
    ranking = recommend.recommend(corpus, model, Query(tags=("t0", "t2", "t4", "zzz"), n=5), Kind.TAG)
    # the even world has t0 … t14; three are asked, five are left
    assert set(ranking.keys) == {"tag:t6", "tag:t8", "tag:t10", "tag:t12", "tag:t14"}
    assert [reading.typed for reading in ranking.readings if not reading.key] == ["zzz"]
    assert {why.key for why in ranking.reasons[0] if why.via == "asked"} == {"tag:t0", "tag:t2", "tag:t4"}
    assert (np.diff(ranking.scores) <= 0).all()


def test_a_query_of_nothing_known_is_answered_by_popularity_and_says_so(ws: Workspace, corpus: Corpus) -> None:
    model = models.open_model(Context(ws), corpus, "neighbours")
    ranking = recommend.recommend(corpus, model, Query(tags=("nothing", "here"), n=3), Kind.SONG)
    assert (ranking.fallback, ranking.method, ranking.reasons) == (True, "popularity", ())


@pytest.mark.parametrize("ref", ["spectral", "neighbours"])
def test_neighbours_stay_in_their_world(ws: Workspace, corpus: Corpus, ref: str) -> None:
    model = models.open_model(Context(ws), corpus, ref)
    near = items.neighbours(corpus, model, ["tag:t0"], n=7)
    assert set(near.keys) == {f"tag:t{n}" for n in range(2, 16, 2)}
    songs = items.neighbours(corpus, model, ["tag:t0"], kind=Kind.SONG, n=8)
    assert set(songs.keys) == {f"song:s{n}" for n in range(0, 16, 2)}


def test_plus_and_minus_in_a_space(ws: Workspace, corpus: Corpus) -> None:
    model = models.open_model(Context(ws), corpus, "spectral")
    both = items.neighbours(corpus, model, ["tag:t0", "tag:t1"], ["tag:t3"], n=6)
    assert set(both.keys) <= {f"tag:t{n}" for n in range(2, 16, 2)}  # t1 and t3 cancel out, the even world is left
    with pytest.raises(NotFoundError, match="close to it"):
        items.neighbours(corpus, model, ["tag:t"])


def test_an_item_page_by_hand() -> None:
    corpus = make_corpus(
        [
            {"tags": ["a", "b"], "songs": ["x"], "title": "one", "date": "2001-05-01", "likes": 1},
            {"tags": ["a", "b"], "songs": ["x"], "title": "two", "date": "2001-06-01", "likes": 5},
            {"tags": ["a", "c"], "songs": ["y"], "title": "three", "date": "2003-05-01"},
            {"tags": ["c"], "songs": ["y"], "title": "four"},
        ]
    )
    together = items.cooccurring_items(corpus, items.playlists_containing(corpus, Kind.TAG, 0), Kind.TAG, 5, without=0)
    # b: in 2 of a's 3 playlists and 2 of 4 in all: (2/3) / (2/4) = 1.33; c: (1/3) / (2/4) = 0.67
    assert together.to_dict("list") == {
        "key": ["tag:b", "tag:c"],
        "label": ["b", "c"],
        "count": [2, 1],
        "lift": [1.33, 0.67],
    }
    page = items.item_page(corpus, models.Model(_info(corpus), METHODS["popularity"].fit(corpus, None, None)), "tag:a")  # type: ignore[arg-type]
    assert page.count == 3
    assert page.playlists["title"].tolist() == ["two", "one", "three"]
    assert page.years.to_dict() == {2001: 2, 2003: 1}


def _info(corpus: Corpus) -> ModelInfo:
    return ModelInfo("popularity-0", "popularity", {}, corpus.name, corpus.fingerprint, 42, "0", "", 0.0)


def test_a_map_is_laid_out_once(ws: Workspace, corpus: Corpus) -> None:
    model = models.open_model(Context(ws), corpus, "spectral")
    settings = {"method": "pca"}
    assert not maps.is_ready(Context(ws), model, Kind.TAG, settings)
    first = maps.open_map(Context(ws), corpus, model, Kind.TAG, settings)
    assert maps.is_ready(Context(ws), model, Kind.TAG, settings)
    again = maps.open_map(Context(ws), corpus, model, Kind.TAG, settings)
    assert first.xy.tolist() == again.xy.tolist()
    assert list(first.vocab.ids) == list(model.embedding.vocabs[Kind.TAG].ids)  # type: ignore[union-attr]


def test_a_method_without_a_space_has_no_map(ws: Workspace, corpus: Corpus) -> None:
    with pytest.raises(NotReadyError, match="no space"):
        maps.project(Context(ws), corpus, models.open_model(Context(ws), corpus, "neighbours"))
