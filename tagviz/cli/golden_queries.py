"""`evaluate NAME --protocol golden`: asks models golden queries and prints how many they understand."""

from __future__ import annotations

from argparse import Namespace
from itertools import combinations
from typing import Any

from tagviz.cli.output import line
from tagviz.evaluation import golden
from tagviz.operations import golden as operation
from tagviz.operations.context import Context
from tagviz.types import Corpus, ProgressCallback

PROTOCOL = "golden"


def evaluate(context: Context, corpus: Corpus, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    """Runs the queries.

    Returns:
        The JSON document of the command: per model the summary (together, by language, by difficulty) and every
        question, and the paired differences of each two models.
    """
    reports = operation.evaluate(context, corpus, arguments.models, arguments.file, progress)
    return {
        "protocol": PROTOCOL,
        "questions": len(reports[0].frame),
        "rows": [
            {"model": report.model, "by": by, **row}
            for report in reports
            for by in ("", "language", "hard")
            for row in report.summary(by).to_dict("records")
        ],
        "queries": [{"model": report.model, **row} for report in reports for row in report.frame.to_dict("records")],
        "comparison": [
            {"a": one.model, "b": other.model, **row}
            for one, other in combinations(reports, 2)
            for row in golden.compare(one, other).to_dict("records")
        ],
    }


def show(document: dict[str, Any]) -> None:
    """Prints the table, what was not understood, and which model is ahead."""
    print(f"{document['questions']:,} golden queries; understood: a wanted item in the first {golden.FIRST}")
    print(f"{'model':<24} {'':<26} {'queries':>7}  {'understood':<18} {'MRR@10':<18} violations a query")
    for row in document["rows"]:
        part = f"{row['by']} {row['group']}".strip() or "all"
        ends = [f"{row[name]:z.2f} [{row[f'{name}_low']:z.2f}, {row[f'{name}_high']:z.2f}]" for name in golden.MEASURES]
        print(f"{row['model']:<24.24} {part:<26.26} {row['queries']:>7}  {ends[0]:<18} {ends[1]:<18} {ends[2]}")
    for pair in document["comparison"]:
        print(
            f"{pair['a']} − {pair['b']}: {pair['measure']} {pair['difference']:+.3f} "
            f"[{pair['low']:+.3f}, {pair['high']:+.3f}]"
        )
    for row in document["queries"]:
        if not row["understood"] or row["violations"]:
            line(f"{row['model']}: {row['title']!r} → {', '.join(row['answers'])}")
