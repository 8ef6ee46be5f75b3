"""The registry names every metric that the evaluation computes, in one order, with its meaning."""

from __future__ import annotations

from tagviz.evaluation import beyond_accuracy, metric_registry, metrics
from tagviz.evaluation.metric_registry import ACCURACY, ARENA, BEYOND, MAIN, METRICS, TUNABLE
from tagviz.types import Kind
from tests.evaluation.reports import random_report


def test_what_is_computed_is_registered_in_its_order() -> None:
    report = random_report(questions=12, n=10)
    assert tuple(metrics.scores(report, "m0", Kind.TAG, 5)) == ACCURACY
    summary = metrics.summary(report, Kind.TAG, 5, resamples=0)
    assert [name for name in summary if name in METRICS] == [*ACCURACY, *ARENA]
    assert tuple(beyond_accuracy.beyond(report, Kind.TAG, 5).columns) == ("model", *BEYOND)
    assert (*ACCURACY, *ARENA, *BEYOND) == tuple(METRICS)


def test_every_metric_says_what_it_means() -> None:
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.title
        assert metric.sentence[-1] not in ".!"
        assert metric.heading.format(k=7)
    assert METRICS["ndcg"].heading.format(k=7) == "nDCG@7"
    assert metric_registry.explained(("coverage",)) == (
        "Coverage: share of all items that are suggested at least once."
    )
    assert metric_registry.titles(("ndcg", "mrr")) == {"ndcg": "nDCG", "mrr": "MRR"}
    assert set(TUNABLE) | set(MAIN) <= set(METRICS)
