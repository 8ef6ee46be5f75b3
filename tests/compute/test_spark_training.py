"""Factors and Word2Vec trained by Spark: the answers of this process, at the same place and under the same id."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import numpy as np
import pytest

from tagviz.compute.spark import SparkBackend
from tagviz.errors import Cancelled, NotReadyError
from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.operations.models import Model
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Progress

pytest.importorskip("pyspark", reason="requirements-spark.txt is not installed")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")

WORD2VEC = {"vector_size": "16", "epochs": "6", "min_count": "1", "window": "5"}
FACTORS = {"factors": "8", "iterations": "3", "l2": "1"}


@pytest.fixture
def spark(request: pytest.FixtureRequest) -> Iterator[SparkBackend]:
    backend = SparkBackend(f"local[{request.param}]")
    yield backend
    backend.close()


def both(
    ws: Workspace, corpus: Corpus, method: str, values: dict[str, str], spark: SparkBackend
) -> tuple[Model, Model]:
    """The model as this process trains it, and as Spark does."""
    here = models.open_model(Context(ws), corpus, models.train(Context(ws), corpus, method, values).id)
    info = models.train(Context(ws), corpus, method, values, options=models.TrainOptions(force=True, backend=spark))
    assert info.id == here.info.id, "the engine is no setting of the model"
    return here, models.open_model(Context(ws), corpus, info.id)


@pytest.mark.parametrize("spark", [2], indirect=True)
def test_factors_are_those_of_this_process(ws: Workspace, spark: SparkBackend) -> None:
    corpus = ws.open_corpus("checkerboard")
    here, there = both(ws, corpus, "factors", FACTORS, spark)
    mine, theirs = here.learned.state()[0], there.learned.state()[0]
    np.testing.assert_allclose(theirs["vectors"], mine["vectors"], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("spark", [1], indirect=True)
def test_word2vec_in_one_part_is_that_of_this_process(ws: Workspace, spark: SparkBackend) -> None:
    here, there = both(ws, ws.open_corpus("checkerboard"), "word2vec", WORD2VEC, spark)
    mine, theirs = here.learned.state()[0], there.learned.state()[0]
    assert mine.keys() == theirs.keys()
    for name in mine:
        np.testing.assert_array_equal(theirs[name], mine[name])


@pytest.mark.parametrize("spark", [2], indirect=True)
def test_word2vec_in_two_parts_finds_the_same_neighbours_each_time(ws: Workspace, spark: SparkBackend) -> None:
    corpus = ws.open_corpus("checkerboard")
    here, there = both(ws, corpus, "word2vec", WORD2VEC, spark)
    for model in (here, there):
        assert model.embedding is not None
        songs = model.embedding.of(Kind.SONG)
        likeness = songs @ songs.T
        own = np.array([int(name[1:]) % 2 for name in corpus.vocabs[Kind.SONG].ids])
        np.fill_diagonal(likeness, -1)
        assert (own[likeness.argmax(axis=1)] == own).all(), "the nearest song is of the same world"
    again = models.train(
        Context(ws), corpus, "word2vec", WORD2VEC, options=models.TrainOptions(force=True, backend=spark)
    )
    first, second = there.learned.state()[0], models.open_model(Context(ws), corpus, again.id).learned.state()[0]
    np.testing.assert_array_equal(second["vectors"], first["vectors"])


@pytest.mark.parametrize("spark", [2], indirect=True)
def test_a_training_that_was_stopped_between_two_turns_can_be_started_again(ws: Workspace, spark: SparkBackend) -> None:
    steps: list[Progress] = []

    def stop(step: Progress) -> None:
        steps.append(step)
        if step.fraction is not None and step.fraction >= 0.5:
            raise Cancelled

    corpus = ws.open_corpus("checkerboard")
    with pytest.raises(Cancelled):
        models.train(
            Context(ws), corpus, "word2vec", WORD2VEC, progress=stop, options=models.TrainOptions(backend=spark)
        )
    assert not models.list_models(Context(ws), corpus.fingerprint)
    losses = [step.numbers["loss"] for step in steps if "loss" in step.numbers]
    assert len(losses) > 3
    assert losses[-1] < losses[0]
    info = models.train(Context(ws), corpus, "word2vec", WORD2VEC, options=models.TrainOptions(backend=spark))
    assert [one.id for one in models.list_models(Context(ws), corpus.fingerprint)] == [info.id]


@pytest.mark.parametrize("spark", [2], indirect=True)
def test_what_fails_on_a_machine_of_the_cluster_is_said(spark: SparkBackend) -> None:
    with pytest.raises(NotReadyError, match="ZeroDivisionError"):
        spark.each(_divided, [1, 0])
    with pytest.raises(NotReadyError, match="ZeroDivisionError"):
        spark.spread([1, 0]).each(_divided_by, [None, None], 1)
    assert spark.each(_divided, [1, 2]) == [1.0, 0.5], "and the next work goes on"


def _divided(part: int) -> float:
    return 1 / part


def _divided_by(part: int, own: None, shared: int) -> float:
    return shared / part
