"""Alternating least squares by `implicit`, with its rows solved on a compute backend where there is one.

With the items fixed, each playlist's vector is an independent linear system, and the other way round. The rows are
split into parts and the other side is sent to all of them, so that a backend gives the results of one process. Spark's
own ALS works in the same way (Zhou et al., "Large-scale Parallel Collaborative Filtering for the Netflix Prize", 2008);
the solver is implicit's.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from tagviz.training import ComputeBackend, DistributedParts, split_rows
from tagviz.types import Floats

PARTS = 2
"""Parts per core of a backend: enough that all cores finish at about the same time."""


class DistributedALS(AlternatingLeastSquares):  # type: ignore[misc]  # implicit has no types
    """implicit's model; without a backend it is fitted in this process."""

    def __init__(self, engine: ComputeBackend | None, **settings: Any) -> None:
        """Create a model.

        Args:
            engine: Compute backend, or None.
            **settings: Settings of implicit's AlternatingLeastSquares.
        """
        super().__init__(**settings)
        self._engine = engine
        self._sides: list[tuple[sp.csr_matrix, list[int], DistributedParts]] = []

    @property
    def solver(self) -> Callable[..., None]:
        """Function that `fit` calls for each side in each pass: fits the rows of `x` to `counts` and `y`."""
        return super().solver if self._engine is None else self._solve

    def _solve(self, counts: sp.csr_matrix, x: Floats, y: Floats, l2: float, num_threads: int = 0) -> None:
        del num_threads  # the backend counts its cores itself
        edges, side = self._distributed_rows(counts)
        solved = side.each(_solve_part, [x[start:stop] for start, stop in pairwise(edges)], (y, l2, super().solver))
        x[:] = np.vstack(solved)

    def _distributed_rows(self, counts: sp.csr_matrix) -> tuple[list[int], DistributedParts]:
        """Return the rows of `counts` on the backend, sent once: `fit` passes the same two matrices in each pass."""
        assert self._engine is not None
        for matrix, edges, side in self._sides:
            if matrix is counts:
                return edges, side
        parts = split_rows(counts, PARTS * self._engine.cores)
        edges = np.cumsum([0, *(part.shape[0] for part in parts)]).tolist()
        self._sides.append((counts, edges, self._engine.spread(parts)))
        return edges, self._sides[-1][2]


def _solve_part(part: sp.csr_matrix, own: Floats, shared: tuple[Floats, float, Callable[..., None]]) -> Floats:
    """Solve the rows of one part on one core."""
    y, l2, solver = shared
    x = own.copy()
    with threadpool_limits(1, "blas"):
        solver(part, x, y, l2, num_threads=1)
    return x
