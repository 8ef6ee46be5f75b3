"""What a training will take is learned from what earlier ones took."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.operations import jobs
from tagviz.operations.context import Context
from tagviz.operations.models import estimates
from tagviz.store.jobs import Job, State
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus


def done(pairs: int, epochs: int, seconds: float, peak: float = 1e9, method: str = "word2vec") -> Job:
    cost = {"pairs": pairs, "params": {"epochs": epochs, "vector_size": 100}, "seconds": seconds, "peak": peak}
    return Job(
        1, "train", {"method": method}, State.DONE, "", 1.0, "", [], "", {"cost": cost}, "", False, "", None, 0, 0, 1, 1
    )


def test_time_grows_with_the_work_as_it_did_before(board: Corpus) -> None:
    here = estimates.pairs(board)
    assert here == sum(matrix.nnz for matrix in board.links.values())
    # twice the epochs took twice the time: 30 epochs take three times what 10 took
    earlier = [done(here, epochs, 0.5 * epochs) for epochs in (5, 10, 20, 40)]
    found = estimates.estimate(earlier, board, "word2vec", {"epochs": 30})
    assert found is not None
    assert found.seconds == pytest.approx(15, rel=0.01)
    assert found.low < 15 < found.high < 17
    assert found.peak == pytest.approx(1e9)
    assert found.jobs == 4


def test_one_job_is_scaled_in_proportion_and_other_methods_teach_nothing(board: Corpus) -> None:
    here = estimates.pairs(board)
    found = estimates.estimate([done(here // 2, 10, 2.0), done(here, 10, 99, method="ease")], board, "word2vec")
    assert found is not None
    # twice the pairs (up to rounding) and 30 epochs instead of 10: 2 s · 2 · 3
    assert found.seconds == pytest.approx(12, rel=0.05)
    assert found.high / found.seconds == pytest.approx(2)
    assert estimates.estimate([], board, "word2vec") is None


def test_a_finished_training_teaches_once(tmp_path: Path, board: Corpus) -> None:
    ws = Workspace(tmp_path)
    ws.save_corpus(board)
    given = {"corpus": "checkerboard", "method": "spectral", "values": {"dimensions": 4}}
    first = jobs.run_job(Context(ws), "train", given, lambda _: None)
    assert first["cost"]["pairs"] == estimates.pairs(board)
    assert first["cost"]["peak"] > 50e6
    assert first["cost"]["seconds"] == first["seconds"]
    assert "cost" not in jobs.run_job(Context(ws), "train", given, lambda _: None)
