"""Values derived from a report are computed once and go with it."""

from __future__ import annotations

import gc
import weakref

from tagviz.evaluation.memoize import per_report
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind
from tests.evaluation.reports import report_of


def tiny() -> EvalReport:
    return report_of({Kind.TAG: [["a"]]}, {"m": {Kind.TAG: [["a", "b"]]}})


def test_a_value_is_computed_once_per_report_and_arguments() -> None:
    calls: list[tuple[str, int]] = []

    @per_report
    def depth(report: EvalReport, label: str, k: int = 1) -> int:
        calls.append((label, k))
        return len(report) * k

    one, other = tiny(), tiny()
    assert [depth(one, "m", 2), depth(one, "m", 2), depth(one, "m", k=3), depth(other, "m", 2)] == [2, 2, 3, 2]
    assert calls == [("m", 2), ("m", 3), ("m", 2)]


def test_the_values_go_with_the_report() -> None:
    class Big:
        pass

    @per_report
    def big(report: EvalReport) -> Big:
        return Big()

    report = tiny()
    kept = weakref.ref(big(report))
    assert kept() is not None
    del report
    gc.collect()
    assert kept() is None
