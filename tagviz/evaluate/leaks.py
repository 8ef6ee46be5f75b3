"""By how much does a split that tears listeners or artists apart flatter a model?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tagviz.errors import NotReady
from tagviz.evaluate import metrics
from tagviz.evaluate.report import build
from tagviz.evaluate.split import Mask, Protocol, split
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, Recommender, quiet


@dataclass(frozen=True)
class Inflation:
    """One method measured on both splits: nDCG@k of the kind with whole groups held out, and with playlists held out
    one by one; how much larger the second is (0.5: half as much again); the share of its questions whose group was
    trained on."""

    kind: Kind
    by_group: float
    at_random: float
    inflation: float
    leak: float


def inflation(
    corpus: Corpus,
    fit: Callable[[Corpus], Recommender],
    protocol: Protocol = "tags",
    mask: Mask = "real",
    seed: int = 42,
    share: float = 0.2,
    k: int = 10,
    progress: ProgressCallback = quiet,
) -> list[Inflation]:
    """Fits the same method on the training side of both splits and asks both sets of questions; one entry per kind.

    fit: makes a recommender of a corpus. Raises NotReady where the corpus knows no groups: then nothing can be said.
    """
    if not (corpus.playlists["group"] != "").any():
        raise NotReady(
            "This corpus knows no listeners or artists",
            "without groups nobody can say which playlists belong together",
            "import a source with owners",
        )
    found: list[dict[Kind, float]] = []
    leak = 0.0
    for number, by_group in enumerate((True, False)):
        progress(Progress("Splitting by group" if by_group else "Splitting one by one", number / 2))
        parts = split(corpus, protocol, mask, by_group, seed, share)
        report = build({"model": fit(parts.train)}, parts, n_tags=k, n_songs=k)
        leak = parts.leak
        found.append(
            {
                kind: float(np.nanmean(metrics.scores(report, "model", kind, min(k, report.depth(kind)))["ndcg"]))
                for kind in report.kinds
                if ("model", kind) in report.rows
            }
        )
    grouped, random = found
    return [
        Inflation(kind, value, random[kind], random[kind] / value - 1 if value > 0 else float("nan"), leak)
        for kind, value in grouped.items()
        if kind in random
    ]
