"""Best: the fusion, re-ranked where that was better on validation playlists by more than chance.

The re-ranker of a kind is kept only if, trained on some of the validation questions, it beats the fusion on the
others by more than twice the standard error of the paired difference in nDCG; questions of one listener or artist are
never on both sides, and count together in that error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.methods import Arrays, Tools
from tagviz.params import knob
from tagviz.ranking import even, scaled
from tagviz.recommend.candidates import Judged, from_scores
from tagviz.recommend.evidence import Evidence
from tagviz.recommend.fusion import MOST, Fusion, FusionParams, all_weights, validate, weighted_sum
from tagviz.recommend.members import Member, default_members, fit_members
from tagviz.recommend.rerank import KEPT, RerankParams, Trees, shortlist
from tagviz.recommend.shared import check_kind
from tagviz.recommend.validation import DEPTH, cases_of
from tagviz.types import Asked, Corpus, Floats, Ints, Kind, Progress, Reason

FEWEST = 50
"""Validation questions with a hidden item among their candidates, below which no re-ranker is tried."""


FEWEST_GROUPS = 10
"""Listeners or artists too few to be told apart from chance: below, each question counts for itself."""


class BestParams(FusionParams, RerankParams):
    """Settings of the fusion and of the re-ranker."""

    rerank: bool = knob(True, "Whether a re-ranker is tried", first=True)


class Best:
    """A fusion and, for the kinds where it won, a re-ranker."""

    method = "best"

    def __init__(
        self, fusion: Fusion, params: BestParams, trees: Mapping[Kind, Trees], gains: Mapping[str, Any]
    ) -> None:
        self.fusion = fusion
        self.params = params
        self.trees = dict(trees)
        self.gains = dict(gains)
        self.kinds = fusion.kinds
        self._evidence = Evidence(fusion.corpus)

    @classmethod
    def fit(cls, corpus: Corpus, params: BestParams, tools: Tools, members: Sequence[Member] | None = None) -> Best:
        members = default_members(corpus, params.dimensions) if members is None else members
        judged, older = validate(corpus, params, tools, members, evidence=params.rerank)
        weights = all_weights(corpus, judged, len(members), params.shrink)
        trees, gains = {}, {}
        for kind, of_kind in judged.items() if params.rerank else ():
            tools.progress(Progress(f"Re-ranking {kind}s", params.folds / (params.folds + 1)))
            gain, error, fitted = _try(of_kind, weights[kind], kind, params, tools)
            gains[str(kind)] = {"gain": gain, "error": error}
            if fitted is not None:
                trees[kind] = fitted
        own = FusionParams.parse({name: getattr(params, name) for name in FusionParams.model_fields})
        fusion = Fusion(corpus, own, members, fit_members(corpus, members, tools, older), weights)
        return cls(fusion, params, trees, gains)

    @classmethod
    def restore(cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Best:
        kept = [kind for kind in (Kind.TAG, Kind.SONG) if f"trees/{kind}" in arrays]
        if kept:  # importing it takes as long as bringing the members back
            Thread(target=import_module, args=("lightgbm",)).start()
        fusion = Fusion.restore(arrays, params, corpus)
        trees = {kind: Trees(arrays[f"trees/{kind}"].tobytes().decode()) for kind in kept}
        return cls(fusion, BestParams.parse(params["best"]), trees, params["gains"])

    def score(self, asked: Asked, kind: Kind) -> Floats:
        """The fusion's scores; where a re-ranker is kept, its candidates above all others (½ to 1) in its order."""
        check_kind(kind, self.kinds, self.method)
        if kind not in self.trees:
            return self.fusion.score(asked, kind)
        said = self.fusion.said(asked, kind, self.fusion.fitted)
        scores = [said[name] for name in self.fusion.fitted]
        cases = cases_of(asked)
        found = from_scores(scores, asked, kind, MOST[kind])
        fused = weighted_sum(scores, self.fusion.weights[kind][cases])
        within = np.take_along_axis(fused, np.maximum(found.rows, 0), axis=1)
        found, places = shortlist(found, within, KEPT[kind])
        found = replace(found, evidence=self._evidence.of(asked, kind, found.rows))
        ordered = self.trees[kind].score(found, np.take_along_axis(within, places, axis=1), cases)
        answered = found.real & ~even(fused)[:, None]
        result = scaled(fused, fused, highest=0.5)
        owners, columns = np.nonzero(answered)
        result[owners, found.rows[owners, columns]] = 0.5 + _spread(ordered, found.real)[owners, columns] / 2
        return result

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """The fusion's reasons: trees only reorder what the members bring."""
        return self.fusion.explain(asked, kind, rows)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        arrays, params = self.fusion.state()
        for kind, trees in self.trees.items():
            arrays[f"trees/{kind}"] = np.frombuffer(trees.text.encode(), dtype=np.uint8)
        return arrays, {**params, "best": self.params.model_dump(), "gains": self.gains}


def _try(
    judged: Judged, weights: Floats, kind: Kind, params: BestParams, tools: Tools
) -> tuple[float, float, Trees | None]:
    """Gain in nDCG over the fusion on held-out questions, its standard error, and the re-ranker if it won."""
    depth = DEPTH[kind]
    fused = np.einsum("qwm,qm->qw", judged.candidates.scores, weights[judged.cases])
    _, places = shortlist(judged.candidates, fused, KEPT[kind])
    short, fused = judged.take(places), np.take_along_axis(fused, places, axis=1)
    useful, partial = short.hits.any(axis=1), judged.partial
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
    """Standard error of the mean of `values` when those of one group (0 … groups − 1) are not independent: the
    cluster-robust variance of Liang & Zeger 1986, "Longitudinal data analysis using generalized linear models"."""
    sums = np.bincount(group, weights=values - values.mean())
    count = max(2, len(sums))
    return float(np.sqrt(count / (count - 1) * np.square(sums).sum()) / len(values))


def _spread(ordered: Floats, real: Any) -> Floats:
    """Each row's scores stretched to [0, 1] among real candidates; equal scores become 1."""
    low = np.where(real, ordered, np.inf).min(axis=1, keepdims=True)
    high = np.where(real, ordered, -np.inf).max(axis=1, keepdims=True)
    span = high - low
    safe = np.where(real, ordered, high) - low
    return np.divide(safe, span, out=np.ones_like(safe), where=span > 0).astype(np.float32)
