"""Leakage between listeners' playlists: how much a random split overestimates a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tagviz.errors import NotReadyError
from tagviz.evaluation import metrics
from tagviz.evaluation.report import ReportOptions, build
from tagviz.evaluation.split import SplitSpec, split
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, Recommender, no_progress


@dataclass(frozen=True)
class Inflation:
    """One method measured on both splits.

    Attributes:
        kind: Kind of the items.
        by_group: nDCG@k with whole groups held out.
        at_random: nDCG@k with playlists held out one by one.
        inflation: How much larger the second is; 0.5: half as much again.
        leak: Share of the second split's questions whose group was trained on.
    """

    kind: Kind
    by_group: float
    at_random: float
    inflation: float
    leak: float


def inflation(
    corpus: Corpus,
    fit: Callable[[Corpus], Recommender],
    spec: SplitSpec | None = None,
    k: int = 10,
    progress: ProgressCallback = no_progress,
) -> list[Inflation]:
    """Fit a method on the training side of both splits and ask both sets of questions.

    Args:
        corpus: The corpus.
        fit: Fits a recommender on a corpus.
        spec: Settings of the splits apart from `by_group`; None: the defaults.
        k: Number of recommended items that count.
        progress: Receives the progress.

    Returns:
        One entry per kind.

    Raises:
        NotReadyError: If the corpus has no groups.
    """
    if not (corpus.playlists["group"] != "").any():
        raise NotReadyError(
            "This corpus knows no listeners or artists",
            "without groups nobody can say which playlists belong together",
            "import a source with owners",
        )
    scores: list[dict[Kind, float]] = []
    leak = 0.0
    for number, by_group in enumerate((True, False)):
        progress(Progress("Splitting by group" if by_group else "Splitting one by one", number / 2))
        parts = split(corpus, replace(spec or SplitSpec(), by_group=by_group))
        report = build({"model": fit(parts.train)}, parts, ReportOptions(n_tags=k, n_songs=k))
        leak = parts.leak
        scores.append(
            {
                kind: float(np.nanmean(metrics.scores(report, "model", kind, min(k, report.depth(kind)))["ndcg"]))
                for kind in report.kinds
                if ("model", kind) in report.rows
            }
        )
    grouped, random = scores
    return [
        Inflation(kind, score, random[kind], random[kind] / score - 1 if score > 0 else float("nan"), leak)
        for kind, score in grouped.items()
        if kind in random
    ]
