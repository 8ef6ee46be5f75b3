"""What reviewers' feedback says of models: precision, agreement, blind comparisons."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tagviz.feedback import training_examples as training_examples
from tagviz.feedback.agreement import agreement, precision
from tagviz.feedback.interleave import Outcome, compare_interleaved
from tagviz.operations.context import Context
from tagviz.operations.feedback.adjust import weights
from tagviz.operations.feedback.record import current_feedback
from tagviz.store.feedback import frame_of


@dataclass(frozen=True, eq=False)
class Summary:
    """What the verdicts on a corpus say: see `feedback.agreement` and `feedback.interleave`. reviewers.

    Frame `reviewer`, `verdicts`, `weight`.
    """

    verdicts: int
    by_model: pd.DataFrame
    by_week: pd.DataFrame
    agreement: pd.DataFrame
    reviewers: pd.DataFrame
    blind: tuple[Outcome, ...]


def summarize(context: Context, name: str) -> Summary:
    """The metric that people make: how often each model is found right, by week, and how far reviewers agree."""
    verdicts = current_feedback(context, name)
    frame = frame_of(verdicts)
    trust = weights(verdicts)
    people = frame["reviewer"].value_counts().rename_axis("reviewer").rename("verdicts").reset_index()
    people["weight"] = [trust[name] for name in people["reviewer"]]
    return Summary(
        len(frame),
        precision(frame, ["model", "kind"]),
        precision(frame, ["model", "week"]),
        agreement(frame),
        people,
        tuple(compare_interleaved(frame)),
    )
