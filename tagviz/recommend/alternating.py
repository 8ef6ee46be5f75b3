"""Alternating least squares by `implicit`, whose rows an engine may solve.

Given the items, each playlist's vector is a system of its own, and the other way round: the rows are shared out and
the other side is told to all, so that an engine's answers are those of one process. The same way as Spark's own ALS
takes (Zhou et al., "Large-scale Parallel Collaborative Filtering for the Netflix Prize", 2008), with implicit's solver.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from tagviz.methods import Engine, Spread, shares
from tagviz.types import Floats

PARTS = 2
"""Parts per core of an engine: enough that the cores end together."""


class Alternating(AlternatingLeastSquares):  # type: ignore[misc]  # implicit has no types
    """implicit's model, fitted here where `engine` is None."""

    def __init__(self, engine: Engine | None, **settings: Any) -> None:
        super().__init__(**settings)
        self._engine = engine
        self._sides: list[tuple[sp.csr_matrix, list[int], Spread]] = []

    @property
    def solver(self) -> Callable[..., None]:
        """What `fit` calls for each side in each pass: puts into the rows of `x` what fits `counts` and `y` best."""
        return super().solver if self._engine is None else self._solve

    def _solve(self, counts: sp.csr_matrix, x: Floats, y: Floats, l2: float, num_threads: int = 0) -> None:
        edges, side = self._side(counts)
        found = side.each(_solved, [x[start:stop] for start, stop in pairwise(edges)], (y, l2, super().solver))
        x[:] = np.vstack(found)

    def _side(self, counts: sp.csr_matrix) -> tuple[list[int], Spread]:
        """The rows of `counts` where they are solved: sent there once, as `fit` hands in the same two each pass."""
        assert self._engine is not None
        for matrix, edges, side in self._sides:
            if matrix is counts:
                return edges, side
        parts = shares(counts, PARTS * self._engine.cores)
        edges = np.cumsum([0, *(part.shape[0] for part in parts)]).tolist()
        self._sides.append((counts, edges, self._engine.spread(parts)))
        return edges, self._sides[-1][2]


def _solved(part: sp.csr_matrix, own: Floats, shared: tuple[Floats, float, Callable[..., None]]) -> Floats:
    """One part's rows, on one core: an engine counts its cores itself."""
    y, l2, solver = shared
    x = own.copy()
    with threadpool_limits(1, "blas"):
        solver(part, x, y, l2, num_threads=1)
    return x
