"""What a decision on tags does to the metrics, measured by training before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.curation.decisions import Decision
from tagviz.curation.overlay import curated
from tagviz.operations import curation, models
from tagviz.operations.context import Context
from tagviz.operations.curation import overlay
from tagviz.types import Corpus, Ints, Kind, QueryBatch

K = 10
"""Recommendations that are scored."""
LIMIT = 1000
"""Questions at most."""
SEED = 42


@dataclass(frozen=True)
class MeasuredImpact:
    """How well a method answers before and after some decisions, on the same questions in the tags of afterwards.

    metric → (before, after, the difference's 95 % interval): bootstrap over questions, drawn by listener where known.
    """

    questions: int
    method: str
    metrics: dict[str, tuple[float, float, float, float]]


def measure_impact(
    context: Context,
    name: str,
    decisions: Sequence[Decision],
    ref: str = "neighbours",
) -> MeasuredImpact:
    """Measure how decisions change the answers of a method, before they are recorded.

    The method is trained twice on the training side of one split: on the tags as they are now, and as they would be
    after the decisions. Both are asked the same LIMIT questions and scored at K. A blocked tag counts as no right
    answer; of two spellings of one tag one place is lost before, as it is for a person who reads both.

    Args:
        context: The workspace, and who acts.
        name: Name of the corpus.
        decisions: The decisions to try.
        ref: Id or method of the model whose method and parameters are trained.
    """
    from tagviz.evaluation.resampling import bootstrap_means
    from tagviz.evaluation.split import SplitSpec, split
    from tagviz.ranking import rank

    raw = context.workspace.open_corpus(name)
    standing = overlay.overlay_at(context, name)
    after_layer = standing
    for one in decisions:
        after_layer = curation.checked(after_layer, curation.spelled(raw, one))
    parts = split(curated(raw, standing), SplitSpec(seed=SEED, limit=LIMIT))
    now = parts.train
    then = curated(_unseen(raw, parts.train), after_layer)
    to = then.vocab(Kind.TAG).find(list(now.vocab(Kind.TAG).ids))
    blocked = then.rulings[Kind.TAG].blocked if then.rulings else np.zeros(len(then.vocab(Kind.TAG)), dtype=bool)
    method = models.find(context, overlay.curated_corpus(context, name, raw.fingerprint), ref.partition(":")[0])
    known = (method.method, method.params, method.seed) if method is not None else (ref, None, None)
    answers = []
    for corpus in (now, then):
        info = models.train(context, corpus, known[0], known[1], models.TrainOptions(seed=known[2]))
        model = models.open_model(context, corpus, info.id)
        asked = parts.questions.queries(now)
        if corpus is then:
            asked = replace(asked, **_moved(asked, to, len(then.vocab(Kind.TAG))))
        rows = rank(model.recommender, asked, Kind.TAG, corpus, K).rows
        answers.append(to[rows] if corpus is now else rows)
        answers[-1] = np.where(rows >= 0, answers[-1], -1)
    truth, shown = parts.questions.hidden[Kind.TAG], parts.questions.shown[Kind.TAG]
    scored = np.array(
        [
            [_score(list(answer[at]), truth[at].indices, shown[at].indices, to, blocked, K) for answer in answers]
            for at in range(truth.shape[0])
        ]
    )
    kept = ~np.isnan(scored[:, 0, 0])
    groups = (
        parts.questions.frame["group"].to_numpy(dtype=object)[kept]
        if "group" in parts.questions.frame
        else np.arange(kept.sum())
    )
    codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)[1]
    if len(set(codes)) < 2:
        codes = np.arange(int(kept.sum()))
    metrics = {}
    for place, metric in enumerate(("ndcg", "precision", "recall")):
        before, after = scored[kept, 0, place], scored[kept, 1, place]
        low, high = np.percentile(bootstrap_means((after - before)[:, None], codes), (2.5, 97.5))
        metrics[metric] = (float(before.mean()), float(after.mean()), float(low), float(high))
    return MeasuredImpact(int(kept.sum()), known[0], metrics)


def described(effect: MeasuredImpact) -> dict[str, Any]:
    """An effect as JSON."""
    numbers = {
        metric: {"before": before, "after": after, "difference_ci": [low, high]}
        for metric, (before, after, low, high) in effect.metrics.items()
    }
    return {"questions": effect.questions, "method": effect.method, "metrics": numbers}


def _moved(asked: QueryBatch, to: Ints, width: int) -> dict[str, Any]:
    """Questions in the tags of afterwards."""
    known = np.flatnonzero(to >= 0)
    move = sp.csr_matrix((np.ones(len(known), dtype=np.float32), (known, to[known])), shape=(len(to), width))
    parts = {"items": asked.items, "masked": asked.masked}
    return {
        name: {kind: sp.csr_matrix(links @ move).sign() if kind is Kind.TAG else links for kind, links in of.items()}
        for name, of in parts.items()
    }


def _unseen(raw: Corpus, train: Corpus) -> Corpus:
    """The training side in the tags as they came."""
    rows = raw.vocab(Kind.PLAYLIST).find(list(train.playlists["id"]))
    return raw.select(rows, train.name)


def _score(
    answer: list[int], hidden: np.ndarray, shown: np.ndarray, to: np.ndarray, blocked: np.ndarray, k: int
) -> tuple[float, float, float]:
    """nDCG, precision and recall at k of one answer, in the tags of afterwards; NaN where nothing is left to find."""
    right = {int(row) for row in to[hidden] if not blocked[row]} - {int(row) for row in to[shown]}
    if not right:
        return (float("nan"),) * 3
    gain, hits, seen = 0.0, 0, set()
    for place, row in enumerate(answer[:k]):
        if row in right and row not in seen:
            gain += 1 / np.log2(place + 2)
            hits += 1
        seen.add(row)
    ideal = sum(1 / np.log2(place + 2) for place in range(min(k, len(right))))
    return gain / ideal, hits / k, hits / len(right)
