"""Best: the fusion, re-ranked where re-ranking was significantly better on validation playlists.

The re-ranker of a kind is kept only if, trained on half of the validation questions, it beats the fusion on the other
half by more than twice the standard error of the paired difference in nDCG. Questions of one listener or artist are
always in the same half, and count together in that error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from threading import Thread
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.calibration import FIRST, Calibration, agreement_of, learn
from tagviz.params import param
from tagviz.recommenders.candidates import ScoredCandidates, best_first, from_scores
from tagviz.recommenders.ensemble_members import Member, default_members, fit_members
from tagviz.recommenders.fusion import MOST, Fusion, FusionParams, all_weights, validate, weighted_sum
from tagviz.recommenders.rerank import RERANKED, RerankParams, Trees, shortlist
from tagviz.recommenders.rerank_features import RerankFeatures
from tagviz.recommenders.sparse_ops import check_kind
from tagviz.recommenders.support import supported
from tagviz.recommenders.validation import CASES, DEPTH, cases_of, titles_hidden
from tagviz.score_ops import is_constant, min_max_scaled
from tagviz.training import Arrays, TrainingContext
from tagviz.types import Corpus, Expectation, Floats, Ints, Kind, Progress, QueryBatch, Reason

SURE = ("shares", "counts", "edges")
"""Fields of a calibration that are stored."""
FEWEST = 50
"""Smallest number of validation questions with a hidden item among their candidates for which a re-ranker is trained.
"""


FEWEST_GROUPS = 10
"""Smallest number of listeners or artists that count as groups; with fewer, each question counts for itself."""


class BestParams(FusionParams, RerankParams):
    """Parameters of the fusion and of the re-ranker."""

    rerank: bool = param(True, "Whether a re-ranker is tried", first=True)


class Best:
    """A fusion and, for the kinds where it was better, a re-ranker."""

    method = "best"

    def __init__(
        self,
        fusion: Fusion,
        params: BestParams,
        trees: Mapping[Kind, Trees],
        gains: Mapping[str, Any],
        calibrations: Mapping[Kind, Calibration] = MappingProxyType({}),
    ) -> None:
        """Create the method from fitted parts.

        Args:
            fusion: Fitted fusion.
            params: Parameters.
            trees: Re-ranker of each kind that has one.
            gains: Per kind the gain in nDCG and its standard error.
            calibrations: Per kind the share of right answers that was learned on validation questions.
        """
        self.fusion = fusion
        self.params = params
        self.trees = dict(trees)
        self.gains = dict(gains)
        self.calibrations = dict(calibrations)
        self.kinds = fusion.kinds
        self._evidence = RerankFeatures(fusion.corpus)

    @classmethod
    def fit(
        cls, corpus: Corpus, params: BestParams, tools: TrainingContext, members: Sequence[Member] | None = None
    ) -> Best:
        """Fit the members, learn the weights of the fusion and train the re-rankers.

        Args:
            corpus: Training playlists.
            params: Parameters.
            tools: Seed, threads, progress callback, embedding trainers, sentence encoder.
            members: Members to fuse; None: `default_members`.
        """
        members = default_members(corpus, params.dimensions, tools.encoder is not None) if members is None else members
        judged, older = validate(corpus, params, tools, members, evidence=params.rerank)
        weights = all_weights(corpus, judged, members, params.shrink)
        trees, gains = {}, {}
        for kind, of_kind in judged.items() if params.rerank else ():
            tools.progress(Progress(f"Re-ranking {kind}s", params.folds / (params.folds + 1)))
            gain, error, fitted = _try(of_kind, weights[kind], kind, params, tools)
            gains[str(kind)] = {"gain": gain, "error": error}
            if fitted is not None:
                trees[kind] = fitted
        own = FusionParams.parse({name: getattr(params, name) for name in FusionParams.model_fields})
        fusion = Fusion(corpus, own, members, fit_members(corpus, members, tools, older), weights)
        sure = {kind: _calibrated(of_kind, weights[kind]) for kind, of_kind in judged.items()}
        return cls(fusion, params, trees, gains, sure)

    @classmethod
    def restore(
        cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: TrainingContext = TrainingContext()
    ) -> Best:
        """Restore the method from `state`.

        Args:
            arrays: Arrays of the state.
            params: Parameters of the state.
            corpus: The corpus it was fitted on.
            tools: Sentence encoder of the text member.
        """
        kept = [kind for kind in (Kind.TAG, Kind.SONG) if f"trees/{kind}" in arrays]
        if kept:  # importing it takes as long as bringing the members back
            Thread(target=import_module, args=("lightgbm",)).start()
        fusion = Fusion.restore(arrays, params, corpus, tools)
        trees = {kind: Trees(arrays[f"trees/{kind}"].tobytes().decode()) for kind in kept}
        sure = {kind: _restored(arrays, kind) for kind in (Kind.TAG, Kind.SONG) if f"sure/{kind}/shares" in arrays}
        return cls(fusion, BestParams.parse(params["best"]), trees, params["gains"], sure)

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Return the fusion's scores; where a re-ranker is kept, its candidates rank above all others (½ to 1).

        Titles that are known in part or not at all stay in the fusion's order: trees learn what playlists contain,
        which is what is common, and measured worse on validation phrases (docs/methods.md). Arguments as in
        `Recommender.score`.
        """
        check_kind(kind, self.kinds, self.method)
        asked = supported(asked, self.fusion.corpus)
        cases = cases_of(asked, self.fusion.corpus)
        unread = titles_hidden(cases)
        if kind not in self.trees or unread.all():
            return self.fusion.score(asked, kind)
        member_scores = self.fusion.member_scores(asked, kind, self.fusion.fitted)
        scores = [member_scores[name] for name in self.fusion.fitted]
        pool = from_scores(scores, asked, kind, MOST[kind])
        fused = weighted_sum(scores, self.fusion.weights[kind][cases])
        within = np.take_along_axis(fused, np.maximum(pool.rows, 0), axis=1)
        pool, places = shortlist(pool, within, RERANKED[kind])
        pool = replace(pool, evidence=self._evidence.of(asked, kind, pool.rows))
        ordered = self.trees[kind].score(pool, np.take_along_axis(within, places, axis=1), cases)
        answered = pool.real & ~is_constant(fused)[:, None] & ~unread[:, None]
        result = min_max_scaled(fused, fused, highest=0.5)
        owners, columns = np.nonzero(answered)
        result[owners, pool.rows[owners, columns]] = 0.5 + _spread(ordered, pool.real)[owners, columns] / 2
        return result

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return the reasons of the fusion; trees only reorder its items. Arguments as in `Recommender.explain`."""
        return self.fusion.explain(asked, kind, rows)

    def expected(self, asked: QueryBatch, kind: Kind) -> Expectation | None:
        """Return how good answers to questions like the first of a batch have been; None where it was not learned.

        Args:
            asked: The queries; the first counts.
            kind: Kind of the recommended items.
        """
        if kind not in self.calibrations:
            return None
        asked = supported(asked, self.fusion.corpus)
        case = int(cases_of(asked, self.fusion.corpus)[0])
        agreement = agreement_of(self.fusion.score(asked, kind)[:1])
        return self.calibrations[kind].expected(case, float(agreement[0]))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return arrays and parameters as `Recommender.state`."""
        arrays, params = self.fusion.state()
        for kind, sure in self.calibrations.items():
            arrays |= {f"sure/{kind}/{name}": getattr(sure, name) for name in SURE}
        for kind, trees in self.trees.items():
            arrays[f"trees/{kind}"] = np.frombuffer(trees.text.encode(), dtype=np.uint8)
        return arrays, {**params, "best": self.params.model_dump(), "gains": self.gains}


def _calibrated(judged: ScoredCandidates, weights: Floats) -> Calibration:
    """Return how often the fusion's first answers were right on validation questions that no member had seen."""
    asked = judged.select(np.flatnonzero((judged.sizes > 0) & ~judged.partial))
    fused = np.einsum("qwm,qm->qw", asked.candidates.scores, weights[asked.cases])
    first = best_first(np.where(asked.candidates.real, -fused, np.inf), FIRST)
    right = np.take_along_axis(asked.hits, first, axis=1).sum(axis=1) / FIRST
    return learn(right.astype(np.float32), asked.cases, agreement_of(fused), CASES)


def _restored(arrays: Arrays, kind: Kind) -> Calibration:
    return Calibration(*(arrays[f"sure/{kind}/{name}"] for name in SURE))


def _try(
    judged: ScoredCandidates, weights: Floats, kind: Kind, params: BestParams, tools: TrainingContext
) -> tuple[float, float, Trees | None]:
    """Train a re-ranker on halves of the questions and compare it with the fusion.

    Returns:
        Gain in nDCG over the fusion on held-out questions, its standard error, and the re-ranker if it won.
    """
    depth = DEPTH[kind]
    fused = np.einsum("qwm,qm->qw", judged.candidates.scores, weights[judged.cases])
    _, places = shortlist(judged.candidates, fused, RERANKED[kind])
    short, fused = judged.take(places), np.take_along_axis(fused, places, axis=1)
    useful, partial = short.hits.any(axis=1) & ~titles_hidden(judged.cases), judged.partial
    asked, lessons = np.flatnonzero(useful & ~partial), np.flatnonzero(useful & partial)
    if len(asked) < FEWEST:
        return 0.0, 0.0, None
    _, group = np.unique(short.groups[asked], return_inverse=True)
    if group.max() + 1 < FEWEST_GROUPS:
        group = np.arange(len(asked))
    half = np.random.default_rng(tools.seed).permutation(group.max() + 1)[group] % 2
    gains = np.zeros(len(asked), dtype=np.float32)
    for part in (half == 0, half == 1):
        learn, check = asked[~part], asked[part]
        learn = np.concatenate([learn, lessons])
        trial = Trees.fit(short.select(learn), fused[learn], depth, params, tools.threads, tools.seed)
        held = short.select(check)
        reordered = held.ndcg(trial.score(held.candidates, fused[check], held.cases), depth)
        gains[part] = reordered - held.ndcg(fused[check], depth)
    gain, error = float(gains.mean()), error_of_mean(gains, group)
    if gain <= 2 * error:
        return gain, error, None
    learn = np.concatenate([asked, lessons])
    return gain, error, Trees.fit(short.select(learn), fused[learn], depth, params, tools.threads, tools.seed)


def error_of_mean(values: Floats, group: NDArray[np.integer]) -> float:
    """Return the standard error of the mean of values that are not independent within a group.

    The cluster-robust variance of Liang & Zeger 1986, "Longitudinal data analysis using generalized linear models".

    Args:
        values: float32 (q,).
        group: int (q,) group of each value, 0 … groups − 1.
    """
    sums = np.bincount(group, weights=values - values.mean())
    count = max(2, len(sums))
    return float(np.sqrt(count / (count - 1) * np.square(sums).sum()) / len(values))


def _spread(ordered: Floats, real: Any) -> Floats:
    """Scale each row to [0, 1] among real candidates; equal scores become 1."""
    low = np.where(real, ordered, np.inf).min(axis=1, keepdims=True)
    high = np.where(real, ordered, -np.inf).max(axis=1, keepdims=True)
    span = high - low
    safe = np.where(real, ordered, high) - low
    return np.asarray(np.divide(safe, span, out=np.ones_like(safe), where=span > 0), dtype=np.float32)
