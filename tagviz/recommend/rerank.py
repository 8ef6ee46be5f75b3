"""Re-ranking: gradient-boosted trees order the fusion's best candidates anew, with all that is known of them.

The trees start from the fusion's order and only correct it. LambdaMART (Burges 2010, "From RankNet to LambdaRank to
LambdaMART") as LightGBM has it, trained on candidates of validation questions whose members had not seen these
playlists; the two stages follow the winners of the 2018 playlist challenge (Volkovs et al. 2018, "Two-stage model for
automatic playlist continuation at scale").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tagviz.params import Params, knob
from tagviz.recommend.candidates import Candidates, Judged, best_first
from tagviz.types import Floats, Kind

KEPT = {Kind.SONG: 150, Kind.TAG: 40}
"""How many of the fusion's best are ordered anew."""


class RerankParams(Params):
    """Settings of the re-ranker."""

    trees: int = knob(150, "Trees; more fits closer", first=True, ge=5, low=50, high=400)
    leaves: int = knob(15, "Leaves a tree; more lets facts interact", ge=2, low=7, high=63, log=True)
    rate: float = knob(0.06, "Learning rate; smaller needs more trees", ge=1e-3, le=1, low=0.02, high=0.2, log=True)
    least: int = knob(80, "Fewest candidates in a leaf; more is smoother", ge=1, low=20, high=500, log=True)


class Trees:
    """A fitted re-ranker of one kind; `text` is LightGBM's own model text."""

    def __init__(self, text: str) -> None:
        from lightgbm import Booster

        self.text = text
        self._booster = Booster(model_str=text)

    @classmethod
    def fit(cls, judged: Judged, fused: Floats, depth: int, params: RerankParams, threads: int, seed: int) -> Trees:
        """Trained to order hidden items first among those candidates of each question of which it is known."""
        import lightgbm

        facts = table(judged.candidates, fused, judged.cases)
        useful: NDArray[np.bool_] = np.asarray(judged.hits.any(axis=1))
        real: NDArray[np.bool_] = judged.candidates.real & useful[:, None]
        if judged.known is not None:
            real &= judged.known
        data = lightgbm.Dataset(
            facts[real],
            judged.hits[real].astype(np.int8),
            group=real.sum(axis=1)[useful],
            init_score=_standing(judged.candidates, fused)[real],
        )
        settings = {
            "objective": "lambdarank",
            "lambdarank_truncation_level": depth + 10,
            "learning_rate": params.rate,
            "num_leaves": params.leaves,
            "min_data_in_leaf": params.least,
            "feature_fraction": 0.7,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "lambda_l2": 5.0,
            "num_threads": threads,
            "deterministic": True,
            "force_row_wise": True,
            "seed": seed,
            "verbose": -1,
        }
        return cls(lightgbm.train(settings, data, params.trees).model_to_string())

    def score(self, found: Candidates, fused: Floats, cases: NDArray[np.int64]) -> Floats:
        """(q, w) float32: higher is better; −inf where there is no candidate."""
        result = np.full(found.rows.shape, -np.inf, dtype=np.float32)
        if found.real.any():
            corrected = self._booster.predict(table(found, fused, cases)[found.real], num_threads=1)
            result[found.real] = corrected + _standing(found, fused)[found.real]
        return result


def shortlist(found: Candidates, fused: Floats, kept: int) -> tuple[Candidates, NDArray[np.intp]]:
    """The `kept` candidates that the fusion (q, w) likes best, and their places."""
    places = best_first(np.where(found.real, -fused, np.inf), kept)
    return found.take(places), places


def _standing(found: Candidates, fused: Floats) -> Floats:
    """(q, w): the fusion's scores in standard deviations from the mean of the query's candidates: where trees start."""
    known = np.where(found.real, fused, np.nan)
    spread = np.nanstd(known, axis=1, keepdims=True)
    return np.where(found.real, (fused - np.nanmean(known, axis=1, keepdims=True)) / (spread + 1e-6), 0)


def table(found: Candidates, fused: Floats, cases: NDArray[np.int64]) -> Floats:
    """(q, w, columns): members' scores and ranks, the fusion's score and rank, evidence, and the case."""
    scores = np.concatenate([found.scores, fused[:, :, None]], axis=2)
    hidden = np.where(found.real[:, :, None], -scores, np.inf)
    ranks = np.argsort(np.argsort(hidden, axis=1, kind="stable"), axis=1, kind="stable")
    case = np.broadcast_to(cases[:, None, None], (*fused.shape, 1))
    return np.concatenate([scores, np.log1p(ranks), found.evidence, case], axis=2).astype(np.float32)
