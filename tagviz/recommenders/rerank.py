"""Re-ranking: gradient-boosted trees reorder the fusion's best candidates with further features.

The trees start from the fusion's order and only correct it. LambdaMART (Burges 2010, "From RankNet to LambdaRank to
LambdaMART") in LightGBM, trained on candidates of validation questions whose playlists the members had not seen. The
two stages follow the winners of the 2018 playlist challenge (Volkovs et al. 2018, "Two-stage model for automatic
playlist continuation at scale").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tagviz.params import Params, param
from tagviz.recommenders.candidates import Candidates, ScoredCandidates, best_first
from tagviz.types import Floats, Kind

RERANKED = {Kind.SONG: 150, Kind.TAG: 40}
"""Number of the fusion's best candidates that are reordered."""


class RerankParams(Params):
    """Parameters of the re-ranker."""

    trees: int = param(150, "Number of trees; more fits closer", first=True, ge=5, low=50, high=400)
    leaves: int = param(15, "Leaves per tree; more lets features interact", ge=2, low=7, high=63, log=True)
    rate: float = param(0.06, "Learning rate; smaller needs more trees", ge=1e-3, le=1, low=0.02, high=0.2, log=True)
    least: int = param(
        80, "Smallest number of candidates in a leaf; more is smoother", ge=1, low=20, high=500, log=True
    )


class Trees:
    """A fitted re-ranker of one kind.

    Attributes:
        text: The model in LightGBM's text format.
    """

    def __init__(self, text: str) -> None:
        """Load a model from LightGBM's text format."""
        from lightgbm import Booster

        self.text = text
        self._booster = Booster(model_str=text)

    @classmethod
    def fit(
        cls, judged: ScoredCandidates, fused: Floats, depth: int, params: RerankParams, threads: int, seed: int
    ) -> Trees:
        """Train trees to rank hidden items first among the candidates of each question whose truth is known.

        Args:
            judged: Scored candidates.
            fused: float32 (q, w) scores of the fusion.
            depth: Judged number of ranks.
            params: Parameters.
            threads: Largest number of threads.
            seed: Seed of the random numbers.
        """
        import lightgbm

        features = feature_table(judged.candidates, fused, judged.cases)
        useful: NDArray[np.bool_] = np.asarray(judged.hits.any(axis=1))
        real: NDArray[np.bool_] = judged.candidates.real & useful[:, None]
        if judged.known is not None:
            real &= judged.known
        training_set = lightgbm.Dataset(
            features[real],
            judged.hits[real].astype(np.int8),
            group=real.sum(axis=1)[useful],
            init_score=_standardise(judged.candidates, fused)[real],
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
        return cls(lightgbm.train(settings, training_set, params.trees).model_to_string())

    def score(self, pool: Candidates, fused: Floats, cases: NDArray[np.int64]) -> Floats:
        """Score candidates.

        Args:
            pool: The candidates.
            fused: float32 (q, w) scores of the fusion.
            cases: int64 (q,) case of each query.

        Returns:
            float32 (q, w), higher is better; −inf where there is no candidate.
        """
        scores = np.full(pool.real.shape, -np.inf, dtype=np.float32)
        if pool.real.any():
            corrections = self._booster.predict(feature_table(pool, fused, cases)[pool.real], num_threads=1)
            scores[pool.real] = corrections + _standardise(pool, fused)[pool.real]
        return scores


def shortlist(pool: Candidates, fused: Floats, kept: int) -> tuple[Candidates, NDArray[np.intp]]:
    """Keep the candidates that the fusion ranks highest.

    Args:
        pool: The candidates.
        fused: float32 (q, w) scores of the fusion.
        kept: Number of candidates to keep.

    Returns:
        The kept candidates and their places (q, kept).
    """
    places = best_first(np.where(pool.real, -fused, np.inf), kept)
    return pool.take(places), places


def _standardise(pool: Candidates, fused: Floats) -> Floats:
    """Return (q, w): the fusion's scores in standard deviations from the mean of the query's candidates."""
    known = np.where(pool.real, fused, np.nan)
    spread = np.nanstd(known, axis=1, keepdims=True)
    return np.where(pool.real, (fused - np.nanmean(known, axis=1, keepdims=True)) / (spread + 1e-6), 0)


def feature_table(pool: Candidates, fused: Floats, cases: NDArray[np.int64]) -> Floats:
    """Build the trees' input: scores and ranks of members and fusion, further features, and the case.

    Args:
        pool: The candidates.
        fused: float32 (q, w) scores of the fusion.
        cases: int64 (q,) case of each query.

    Returns:
        float32 (q, w, columns).
    """
    scores = np.concatenate([pool.scores, fused[:, :, None]], axis=2)
    hidden = np.where(pool.real[:, :, None], -scores, np.inf)
    ranks = np.argsort(np.argsort(hidden, axis=1, kind="stable"), axis=1, kind="stable")
    case = np.broadcast_to(cases[:, None, None], (*fused.shape, 1))
    return np.concatenate([scores, np.log1p(ranks), pool.evidence, case], axis=2).astype(np.float32)
