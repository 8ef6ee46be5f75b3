"""Cached views of reports and embeddings."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.types import Kind
from tagviz.ui import cache, pages, stored_reports
from tagviz.ui.components.report_panel.frames import PanelQuery
from tagviz.ui.evaluation import report_cache

Open = Callable[..., AppTest]
PAGE = pages.EVALUATE.path


def test_views_of_a_report_and_of_an_embedding(app: Open) -> None:
    app(PAGE)
    corpus = next(info for info in cache.corpora() if info.name == "awkward")
    report = stored_reports.ReportKey(corpus.fingerprint, str(cache.reports(corpus.fingerprint)[0]["id"]))
    (frame,) = report_cache.frames(report, PanelQuery(Kind.TAG, (3,), "", "", "similarity", 50))
    assert (frame["k"], len(frame["rows"])) == (3, 2)
    pairs = report_cache.comparison(report, Kind.TAG, 5, "", "ndcg")
    assert set(pairs["a"]) | set(pairs["b"]) == {"spectral", "popularity"}
    report_key = cache.ModelKey("awkward", corpus.fingerprint, cache.resolved(corpus.fingerprint, "spectral"))
    assert report_cache.embedding_of(report_key) is not None
    assert report_cache.divergence(report_key).explained > 0
    assert report_cache.hubness(report_key, Kind.TAG).k > 0
    itself = report_cache.stability(report_key, report_key, Kind.TAG)
    assert itself.overlap == 1
