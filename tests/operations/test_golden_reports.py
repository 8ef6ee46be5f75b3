"""Reports on golden queries that are kept."""

from __future__ import annotations

import pandas as pd

from tagviz.evaluation.golden import GoldenQuery
from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.operations.golden_reports import KeptReports
from tagviz.store.workspace import Workspace
from tests.corpora import checkerboard


def test_a_kept_report_is_the_report(ws: Workspace) -> None:
    corpus = checkerboard()
    ident = models.train(Context(ws), corpus, "cooccurrence").id
    queries = [GoldenQuery("1", asked_tags=("t0",), may_tags=("t2",), not_tags=("t1",))]
    kept = KeptReports(Context(ws), corpus.name, queries)
    assert not kept.has(corpus, ident)
    first = kept.of(corpus, ident)
    again = KeptReports(Context(ws), corpus.name, queries)
    assert again.has(corpus, ident)
    pd.testing.assert_frame_equal(again.of(corpus, ident).frame, first.frame)
    pd.testing.assert_frame_equal(again.of(corpus, ident).summary(), first.summary())
    (ws.home / "golden" / "answers" / f"{corpus.name}.json").write_text("{", encoding="utf-8")
    assert not again.has(corpus, ident), "a damaged file counts as none"
    pd.testing.assert_frame_equal(again.of(corpus, ident).frame, first.frame)
    other = [GoldenQuery("1", title="t0", may_tags=("t2",))]
    assert not KeptReports(Context(ws), corpus.name, other).has(corpus, ident)
