"""More data: models go on from those of an older version, and the evaluation says what the new playlists brought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.evaluation import metrics
from tagviz.operations import evaluation, jobs, models
from tagviz.operations.context import Context
from tagviz.operations.models import compare
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Progress
from tests.corpora import make_corpus

SETTINGS: dict[str, dict[str, Any]] = {
    "word2vec": {"epochs": 30, "vector_size": 16, "alpha": 0.05, "min_count": 1},
    "factors": {"factors": 8, "iterations": 15},
}


def growing(half: int, items: int, first: int = 0) -> Corpus:
    """Playlists `first` … 2·half−1 of two worlds, as on the checkerboard; of the `items` tags and songs of each world
    the last two come up from the 24th playlist on only."""
    lists = []
    for number in range(first, 2 * half):
        world, known = number % 2, items if number >= 24 else items - 2
        kept = [at for at in range(known) if at != (number // 2) % known]
        lists.append(
            {
                "id": number,
                "tags": [f"t{2 * at + world}" for at in kept],
                "songs": [f"s{2 * at + world}" for at in kept],
                "group": f"g{number}",
            }
        )
    return make_corpus(lists, name="growing")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def trained(ws: Workspace, method: str, old: Corpus, new: Corpus) -> tuple[models.Model, models.Model, list[Progress]]:
    """A model of the old version, the one that went on from it on the new one, and what was told meanwhile."""
    told: list[Progress] = []
    ws.save_corpus(old)
    older = models.open_model(Context(ws), old, models.train(Context(ws), old, method, SETTINGS[method]).id)
    ws.save_corpus(new)
    done = jobs.run_job(
        Context(ws), "train", compare.retrain_job(Context(ws), "growing", older.info.id, go_on=True), told.append
    )
    return older, models.open_model(Context(ws), new, done["model"]), told


def test_word2vec_keeps_what_it_knows_and_finds_places_for_what_is_new(ws: Workspace) -> None:
    old, new = growing(12, 8), growing(40, 8)
    older, model, told = trained(ws, "word2vec", old, new)
    assert (len(old.vocab(Kind.TAG)), len(new.vocab(Kind.TAG))) == (12, 16)
    assert model.info.start == f"{old.fingerprint}/{older.info.id}"
    assert model.info.params == older.info.params
    # a third of 30 epochs: the 21st to the 30th
    assert min(one.numbers["epoch"] for one in told if "epoch" in one.numbers) == 21
    assert older.embedding is not None
    assert model.embedding is not None
    known = model.embedding.vocabs[Kind.TAG].find(list(older.embedding.vocabs[Kind.TAG].ids))
    moved = np.sum(model.embedding.of(Kind.TAG)[known] * older.embedding.of(Kind.TAG), axis=1)
    anew = models.open_model(
        Context(ws),
        new,
        models.train(Context(ws), new, "word2vec", SETTINGS["word2vec"], options=models.TrainOptions(seed=7)).id,
    ).embedding
    assert anew is not None
    elsewhere = np.sum(anew.of(Kind.TAG)[known] * older.embedding.of(Kind.TAG), axis=1)
    assert moved.min() > 0.8, "what was known stays about where it was"
    assert abs(elsewhere).mean() < moved.mean(), "another training lies in another space"
    tags = model.embedding.vocabs[Kind.TAG]
    world = np.array([int(tag[1:]) % 2 for tag in tags.ids])
    likeness = model.embedding.of(Kind.TAG) @ model.embedding.of(Kind.TAG).T
    for tag in ("t12", "t13", "t14", "t15"):
        row, own = tags.row(tag), world == world[tags.row(tag)]
        own[row] = False
        assert likeness[row][own].mean() > likeness[row][world != world[row]].mean(), tag


def test_factors_begin_where_they_ended(ws: Workspace) -> None:
    older, model, told = trained(ws, "factors", growing(12, 8), growing(40, 8))
    steps = [one.fraction for one in told if one.phase == "Factorising"]
    assert len(steps) == 5, "a third of 15 passes"
    before, after = older.recommender, model.recommender
    rows = before.features.keys.get_indexer(after.features.keys)  # type: ignore[attr-defined]
    assert sorted(after.features.keys[rows < 0]) == [  # type: ignore[attr-defined]
        *(f"song:s{n}" for n in (12, 13, 14, 15)),
        *(f"tag:t{n}" for n in (12, 13, 14, 15)),
    ]
    score = model.recommender.score(_asking(growing(40, 8), "t0", "t2"), Kind.TAG)[0]
    even = np.array([int(tag[1:]) % 2 == 0 for tag in growing(40, 8).vocab(Kind.TAG).ids])
    assert score[even].mean() > score[~even].mean()


def _asking(corpus: Corpus, *tags: str) -> Any:
    from tagviz.query.parser import batch_from_lists

    return batch_from_lists(corpus, [""], [list(tags)], [[]])


def test_the_evaluation_says_what_the_new_playlists_brought(ws: Workspace) -> None:
    """Half of the tags are unknown to the older version, so whoever knows the new playlists finds more."""
    old, new = growing(12, 8), growing(80, 8)
    _, model, _ = trained(ws, "word2vec", old, new)
    before = f"{model.info.id}@{old.fingerprint[:8]}"
    _, report = evaluation.evaluate(Context(ws), new, [before, model.info.id])
    table = metrics.summary(report, Kind.TAG, 10, resamples=0).set_index("model")
    assert list(table.index) == [before, model.info.id]
    assert table.loc[model.info.id, "recall"] > table.loc[before, "recall"] + 0.1
    with pytest.raises(NotFoundError, match="no version"):
        evaluation.evaluate(Context(ws), new, [f"{model.info.id}@ffff"])


def test_what_cannot_go_on_says_so(ws: Workspace) -> None:
    old, new = growing(12, 8), growing(13, 8)
    ws.save_corpus(old)
    info = models.train(Context(ws), old, "cooccurrence")
    ws.save_corpus(new)
    start = models.open_model(Context(ws), old, info.id)
    with pytest.raises(InvalidParameterError, match="cannot go on"):
        models.train(Context(ws), new, "cooccurrence", options=models.TrainOptions(start=start))
    with pytest.raises(NotFoundError, match="No older model"):
        compare.warm_start_model(Context(ws), "growing", "word2vec-000000")
    older = models.open_model(Context(ws), old, models.train(Context(ws), old, "word2vec", {"epochs": 1}).id)
    with pytest.raises(InvalidParameterError, match="its own settings"):
        models.train(Context(ws), new, "word2vec", {"epochs": 2}, options=models.TrainOptions(start=older))
