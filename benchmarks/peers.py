"""What a practitioner would pick instead, straight from its library, on songs and tags: implicit's item–item and ALS,
and RecTools' EASE, which lives in an environment of its own (see requirements-peers.txt)."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.training import Arrays
from tagviz.types import Corpus, Floats, Ints, Kind, QueryBatch, Reason

NEIGHBOURS = 100
"""Neighbours an item, five times implicit's default, which is for much larger catalogues."""


FOREIGN = Path(__file__).resolve().parent.parent / "build" / "peers-venv" / "bin" / "python"


class RecTools:
    """RecTools' EASEModel with its own defaults: what is held times its weights.

    Version 0.19 multiplies with the transpose of the weights that it has solved for (its ranker takes inner products
    with their rows). `mended` multiplies as Steck 2019 does; both are measured.
    """

    def __init__(self, corpus: Corpus, mended: bool) -> None:
        self.method = "RecTools EASE mended" if mended else "RecTools EASE"
        self.kinds = frozenset(kind for kind in (Kind.SONG, Kind.TAG) if corpus.has(kind))
        self._edge = len(corpus.vocab(Kind.SONG))
        with TemporaryDirectory() as folder:
            held, weights = Path(folder) / "held.npz", Path(folder) / "weights.npy"
            sp.save_npz(held, _joint({kind: corpus.matrix(kind) for kind in (Kind.SONG, Kind.TAG)}))
            subprocess.run([FOREIGN, Path(__file__).with_name("peer_rectools.py"), held, weights], check=True)
            solved: Floats = np.load(weights)
        self._weights = solved if mended else solved.T

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        scores = np.asarray(_joint(asked.items) @ self._weights, dtype=np.float32)
        return scores[:, : self._edge] if kind is Kind.SONG else scores[:, self._edge :]

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        return ((),) * len(rows)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        return {}, {}


class Peer:
    """implicit's CosineRecommender, BM25Recommender or AlternatingLeastSquares, with its own defaults."""

    def __init__(self, name: str, corpus: Corpus, seed: int) -> None:
        from implicit.als import AlternatingLeastSquares
        from implicit.nearest_neighbours import BM25Recommender, CosineRecommender

        self.method = name
        self.kinds = frozenset(kind for kind in (Kind.SONG, Kind.TAG) if corpus.has(kind))
        self._edge = len(corpus.vocab(Kind.SONG))
        held = _joint({kind: corpus.matrix(kind) for kind in (Kind.SONG, Kind.TAG)})
        self._model: Any = {
            "implicit cosine": lambda: CosineRecommender(K=NEIGHBOURS, num_threads=1),
            "implicit BM25": lambda: BM25Recommender(K=NEIGHBOURS, num_threads=1),
            "implicit ALS": lambda: AlternatingLeastSquares(random_state=seed, num_threads=1, use_gpu=False),
        }[name]()
        self._model.fit(held, show_progress=False)

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        query = _joint(asked.items)
        if hasattr(self._model, "similarity"):
            scores = np.asarray((query @ self._model.similarity).toarray(), dtype=np.float32)
        else:
            folded = np.zeros((len(asked), self._model.item_factors.shape[1]), dtype=np.float32)
            for row in np.flatnonzero(np.diff(query.indptr)):
                folded[row] = self._model.recalculate_user(0, query[[row]])
            scores = folded @ self._model.item_factors.T
        return scores[:, : self._edge] if kind is Kind.SONG else scores[:, self._edge :]

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        return ((),) * len(rows)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        return {}, {}


def _joint(items: Any) -> sp.csr_matrix:
    return sp.csr_matrix(sp.hstack([items[Kind.SONG], items[Kind.TAG]], format="csr", dtype=np.float64))
