"""A compute backend that works in this process, one part after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import scipy.sparse as sp

from tagviz.training import DistributedParts
from tagviz.types import ProgressCallback, no_progress


class SerialParts:
    """Parts in a list."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = list(parts)

    def each(self, work: Callable[[Any, Any, Any], Any], own: Sequence[Any], shared: Any) -> list[Any]:
        return [work(part, one, shared) for part, one in zip(self.parts, own, strict=True)]


class SerialBackend:
    """What Spark does, without Java: `cores` parts, each after the other."""

    def __init__(self, cores: int) -> None:
        self.cores = cores

    def products(
        self, matrix: sp.csr_matrix, edges: Sequence[int], progress: ProgressCallback = no_progress
    ) -> list[sp.csr_matrix]:
        transposed = sp.csr_matrix(matrix.T)
        return [sp.csr_matrix(transposed[start:stop] @ matrix) for start, stop in pairwise(edges)]

    def each(
        self, work: Callable[[Any], Any], parts: Sequence[Any], progress: ProgressCallback = no_progress
    ) -> list[Any]:
        return [work(part) for part in parts]

    def spread(self, parts: Sequence[Any]) -> DistributedParts:
        return SerialParts(parts)
