"""Golden queries in a monitoring run: every model is asked once, and the default is compared with the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tagviz.evaluation.golden import FIRST, GoldenReport
from tagviz.monitoring.lights import Check, Light, Thresholds, light
from tagviz.operations import corpora, golden, models
from tagviz.operations.context import Context
from tagviz.operations.golden_reports import KeptReports
from tagviz.types import Corpus, ProgressCallback

NAME, TITLE = "golden", "Golden queries"
MOST_MODELS = 20
"""Models that are asked at most, the newest first."""
MOST_EXAMPLES = 12
"""Questions that the check names at most."""


@dataclass(frozen=True)
class GoldenResult:
    """What a run found.

    Attributes:
        check: The check of the default model.
        document: `model`, `compared_with` ("" for nothing), `queries` and `models` (one row a model), as JSON.
    """

    check: Check
    document: dict[str, Any]


def check_golden(
    context: Context,
    newer: Corpus,
    earlier_runs: Sequence[Mapping[str, Any]],
    limits: Thresholds,
    every_model: bool,
    progress: ProgressCallback,
) -> GoldenResult | None:
    """Ask the models of the newest version golden queries; compare the default with the default of an earlier run.

    What a model answered is kept, and asked again only when the queries change.

    Args:
        context: The workspace, and who acts.
        newer: The newest version of the corpus.
        earlier_runs: Stored runs, newest first.
        limits: Thresholds of the checks.
        every_model: Ask all models, not only the default.
        progress: Called between questions.

    Returns:
        What was found; None for a corpus without golden queries.
    """
    queries = golden.queries_of(context, newer.name)
    if not queries:
        return None
    default = models.find(context, newer.fingerprint, models.default(context, newer.fingerprint))
    if default is None:
        check = Check(NAME, TITLE, Light.UNKNOWN, None, None, None, "The default model is not trained yet.")
        return GoldenResult(check, {"model": "", "compared_with": "", "queries": len(queries), "models": []})
    reports = KeptReports(context, newer.name, queries, progress)
    report = reports.of(newer, default.id)
    others = [info.id for info in models.list_models(context, newer.fingerprint) if not info.marks.archived]
    asked = [default.id, *[ident for ident in others if ident != default.id][: MOST_MODELS - 1]]
    rows = [_row(reports.of(newer, ident), ident == default.id) for ident in (asked if every_model else [default.id])]
    document = {"model": default.id, "compared_with": "", "queries": len(queries), "models": rows}
    before = _earlier(context, newer, default.id, earlier_runs)
    if before is None:
        reason = f"{_in_words(report)}. There is no earlier default model to compare with."
        return GoldenResult(Check(NAME, TITLE, Light.UNKNOWN, None, None, None, reason), document)
    corpus, ident = before
    return GoldenResult(compare(report, reports.of(corpus, ident), limits), document | {"compared_with": ident})


def compare(report: GoldenReport, before: GoldenReport, limits: Thresholds) -> Check:
    """Return the check of a model next to the default before it, on the same questions.

    The value is the largest of three losses: of the share understood, of the mean reciprocal rank, and the additional
    violations a question. Nothing is put down to chance, since golden queries are chosen and not drawn.
    """
    now, then = (one.frame.set_index("id") for one in (report, before))
    lost = (then["understood"] & ~now["understood"]) | (now["violations"] > then["violations"])
    losses = {
        "understood": float((then["understood"].astype(float) - now["understood"].astype(float)).mean()),
        "mrr": float((then["mrr"] - now["mrr"]).mean()),
        "violations": float((now["violations"] - then["violations"]).mean()),
    }
    value = max(losses.values())
    reason = f"{_in_words(report)}. {before.model}, the default before: {_in_words(before)}."
    titles = [_question(row) for row in now[lost].reset_index().to_dict("records")][:MOST_EXAMPLES]
    stands = light(value, limits.golden_amber, limits.golden_red)
    return Check(NAME, TITLE, stands, round(value, 6), limits.golden_amber, limits.golden_red, reason, tuple(titles))


def _question(row: Mapping[Any, Any]) -> str:
    return str(row["title"]) or f"question {row['id']}"


def _in_words(report: GoldenReport) -> str:
    frame = report.frame
    return (
        f"{int(frame['understood'].sum())} of {len(frame)} understood in the first {FIRST}, "
        f"MRR {frame['mrr'].mean():.2f}, violations: {int(frame['violations'].sum())}"
    )


def _row(report: GoldenReport, is_default: bool) -> dict[str, Any]:
    (row,) = report.summary().to_dict("records")
    numbers = {str(name): float(number) for name, number in row.items() if name not in ("group", "queries")}
    return {"model": report.model, "default": is_default, "queries": len(report.frame), **numbers}


def _earlier(
    context: Context, newer: Corpus, default: str, runs: Sequence[Mapping[str, Any]]
) -> tuple[Corpus, str] | None:
    """Return version and model that were the default in the last run in which another one was; None for none."""
    for run in runs:
        ident = run.get("golden", {}).get("model", "")
        if not ident or (ident, run["newer"]) == (default, newer.fingerprint):
            continue
        if any(info.id == ident for info in models.list_models(context, run["newer"])):
            same = run["newer"] == newer.fingerprint
            return newer if same else corpora.open_corpus(context, newer.name, run["newer"]), ident
    return None
