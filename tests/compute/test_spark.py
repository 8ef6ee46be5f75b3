"""Spark in local mode against this process: the same counts, the same space, the same answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.cli import jobs
from tagviz.cli.parser import parser
from tagviz.compute.spark import SparkBackend
from tagviz.embed import spectral
from tagviz.embed.items import items_of
from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.operations import compute, corpora, evaluation, models
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Kind

pytest.importorskip("pyspark", reason="requirements-spark.txt is not installed")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkBackend]:
    made = SparkBackend("local[2]")
    yield made
    made.close()


def test_counts_are_the_same(spark: SparkBackend, board: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = spectral.weight_by_length(items_of(board, (Kind.TAG, Kind.SONG), 1), 1.5)
    monkeypatch.setattr(spectral, "BLOCK_PRODUCTS", 500)
    here = spectral.cooccurrence(matrix)
    there = spectral.cooccurrence(matrix, TrainingContext(engine=spark))
    assert len(here) == len(there) > 3
    for mine, theirs in zip(here, there, strict=True):
        assert (mine.shape, mine.nnz, theirs.dtype) == (theirs.shape, theirs.nnz, np.float32)
        np.testing.assert_allclose(theirs.toarray(), mine.toarray(), rtol=1e-5)


def test_rows_that_nobody_holds_are_empty_blocks(spark: SparkBackend) -> None:
    matrix = sp.csr_matrix(np.array([[1, 1, 0, 0, 1], [1, 0, 0, 0, 1]], dtype=np.float32))
    found = spark.products(matrix, [0, 2, 4, 5])
    np.testing.assert_array_equal(sp.vstack(found).toarray(), (matrix.T @ matrix).toarray())


def test_the_same_space_and_the_same_answers(spark: SparkBackend, ws: Workspace, tmp_path: Path) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    evaluation.split(corpus, tmp_path / "split")
    questions = tmp_path / "split" / "questions.json"
    # two worlds and little else: what lies beyond a few dimensions is noise, whose order rounding decides
    values = {"variant": "rooted", "dimensions": "4", "min_count": "1"}
    here = models.train(Context(ws), corpus, "spectral", values)
    mine = models.open_model(Context(ws), corpus, here.id)
    compute.predict(Context(ws), corpus, mine, (questions, tmp_path / "here.json"))
    compute.predict(Context(ws), corpus, mine, (questions, tmp_path / "there.json"), spark)
    assert json.loads((tmp_path / "there.json").read_text()) == json.loads((tmp_path / "here.json").read_text())
    there = models.train(
        Context(ws), corpus, "spectral", values, options=models.TrainOptions(force=True, backend=spark)
    )
    assert there.id == here.id, "the engine is no setting of the model"
    theirs = models.open_model(Context(ws), corpus, there.id)
    assert mine.embedding is not None
    assert theirs.embedding is not None
    np.testing.assert_allclose(theirs.embedding.vectors, mine.embedding.vectors, atol=1e-4)
    np.testing.assert_allclose(theirs.embedding.norms, mine.embedding.norms, rtol=1e-4)


def test_a_job_in_the_background_runs_here(ws: Workspace) -> None:
    given = parser().parse_args(["train", "checkerboard", "--method", "spectral", "--engine", "spark", "--background"])
    with pytest.raises(InvalidParameterError, match="background"):
        jobs.queued(Context(ws), given)


def test_without_java_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(NotReadyError, match="Java"):
        SparkBackend("local[1]").each(len, ["a"])
