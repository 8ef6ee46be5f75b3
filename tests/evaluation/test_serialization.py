"""A stored report is the same report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tagviz.errors import StoreError
from tagviz.evaluation import metrics, serialization
from tagviz.evaluation.report import EvalReport, ReportOptions, build
from tagviz.evaluation.split import SplitSpec, split
from tagviz.types import Corpus, Kind
from tests.evaluation.reports import Cooccurring, Popular, random_report

T, S = Kind.TAG, Kind.SONG


@pytest.fixture(scope="module")
def judged(board: Corpus) -> EvalReport:
    made = split(board, SplitSpec("arena", share=0.5, seed=1))
    return build({"right": Cooccurring(made.train), "popular": Popular(made.train)}, made, ReportOptions(12, 12))


def test_a_report_survives_being_kept(judged: EvalReport, tmp_path: Path) -> None:
    arrays, document = serialization.state(judged)
    np.savez(tmp_path / "r.npz", **arrays)  # type: ignore[arg-type]
    with np.load(tmp_path / "r.npz", allow_pickle=False) as kept:
        again = serialization.restore({name: kept[name] for name in kept.files}, json.loads(json.dumps(document)))
    assert again.models == judged.models
    assert again.questions.equals(judged.questions[again.questions.columns])
    assert metrics.summary(again).equals(metrics.summary(judged))
    for key, rows in judged.rows.items():
        assert np.array_equal(again.rows[key], rows)
        assert np.array_equal(again.fallback[key], judged.fallback[key])
    for kind in (T, S):
        assert again.items[kind].vocab.ids.equals(judged.items[kind].vocab.ids)
        assert np.array_equal(again.items[kind].vectors, judged.items[kind].vectors)
        assert (again.shown[kind] != judged.shown[kind]).nnz == 0


def test_odd_text_survives_being_kept() -> None:
    report = random_report(questions=6)
    odd = ['a"b', "줄\n바꿈", "👩‍🎤", "<b>", "\x00", ""]
    report.questions["title"] = odd
    again = serialization.restore(*serialization.state(report))
    assert again.questions["title"].tolist() == odd


def test_a_damaged_report_says_so(judged: EvalReport) -> None:
    arrays, document = serialization.state(judged)
    with pytest.raises(StoreError, match="format"):
        serialization.restore(arrays, {**document, "format": 99})
    with pytest.raises(StoreError, match="missing"):
        serialization.restore({name: array for name, array in arrays.items() if name != "hidden/tag/indices"}, document)
