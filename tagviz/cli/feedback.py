"""The command feedback: what reviewers said, exported or forgotten."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from tagviz.errors import InvalidParameterError
from tagviz.operations import feedback as judging
from tagviz.operations.context import Context
from tagviz.types import ProgressCallback


def feedback(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    if arguments.action == "forget":
        return {"reviewer": arguments.by, "deleted": judging.forget(context, arguments.by)}
    if arguments.action == "export":
        if arguments.out is None:
            raise InvalidParameterError(
                "No file is named", "feedback export needs --out", "end its name in .csv or .parquet"
            )
        return {
            "out": str(arguments.out),
            "verdicts": judging.export(context, arguments.out, arguments.corpus, arguments.by),
        }
    summary = judging.summarize(context, arguments.corpus)
    weeks = summary.by_week.assign(week=summary.by_week["week"].astype("str"))
    return {
        "corpus": arguments.corpus,
        "verdicts": summary.verdicts,
        "models": summary.by_model.to_dict("records"),
        "weeks": weeks.to_dict("records"),
        "agreement": summary.agreement.to_dict("records"),
        "reviewers": summary.reviewers.to_dict("records"),
        "blind": [asdict(one) for one in summary.blind],
    }
