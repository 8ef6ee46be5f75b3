"""Symmetric matrices too large to be multiplied or held as one: blocks of rows, some of them in files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, overload

import numpy as np
import scipy.sparse as sp

from tagviz.methods import Tools
from tagviz.types import Floats, Progress

IN_MEMORY = 2**30
"""Bytes of blocks that stay in memory; the others lie in temporary files (of TMPDIR) and are read when needed."""
MANY = 5_000_000
"""From how many entries on products are worth a kernel that is compiled first."""
TILE = 4096
"""Rows of the dense factor that are multiplied together: they fit a processor's cache."""


class Blocks(Sequence[sp.csr_matrix]):
    """Blocks of consecutive rows of one matrix. They belong to whoever reads them only until the next reading, and are
    not to be changed."""

    def __init__(self) -> None:
        self.edges = [0]
        self.entries = 0
        self._kept: list[sp.csr_matrix | tuple[Path, tuple[int, int]]] = []
        self._bytes = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def append(self, block: sp.csr_matrix) -> None:
        self.edges.append(self.edges[-1] + block.shape[0])
        self.entries += block.nnz
        self._bytes += block.data.nbytes + block.indices.nbytes
        self._kept.append(block if self._bytes <= IN_MEMORY else self._written(block))

    def _written(self, block: sp.csr_matrix) -> tuple[Path, tuple[int, int]]:
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="tagviz-blocks-")
        path = Path(self._folder.name) / str(len(self._kept))
        for name in ("data", "indices", "indptr"):
            np.save(f"{path}.{name}.npy", getattr(block, name))
        return path, block.shape

    def __len__(self) -> int:
        return len(self._kept)

    @overload
    def __getitem__(self, number: int) -> sp.csr_matrix: ...
    @overload
    def __getitem__(self, number: slice) -> list[sp.csr_matrix]: ...
    def __getitem__(self, number: int | slice) -> sp.csr_matrix | list[sp.csr_matrix]:
        if isinstance(number, slice):
            return [self[each] for each in range(len(self))[number]]
        found = self._kept[number]
        if not isinstance(found, tuple):
            return found
        path, shape = found
        parts = (np.load(f"{path}.{name}.npy", allow_pickle=False) for name in ("data", "indices", "indptr"))
        return sp.csr_matrix(tuple(parts), shape=shape, copy=False)


@dataclass(frozen=True, eq=False)
class Between:
    """A matrix M that a symmetric C and two vectors make: row_i · C_ij · column_j, or, with `logs`, what is above 0 of
    C_ij − row_i − column_j where C has an entry. Its transpose needs the same blocks of C, with the vectors swapped."""

    blocks: Blocks
    row: Floats
    column: Floats
    logs: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        return self.blocks.edges[-1], self.blocks.edges[-1]

    @property
    def transposed(self) -> Between:
        return Between(self.blocks, self.column, self.row, self.logs)

    def times(self, dense: Floats, tools: Tools, phase: str, low: float, high: float) -> Floats:
        """M · dense (n, w) on all threads, without a copy of `dense`, which is afterwards as it was. The same
        whatever the threads."""
        result = np.empty((self.shape[0], dense.shape[1]), dtype=np.float32)

        def one(number: int) -> None:
            span = slice(*self.blocks.edges[number : number + 2])
            shift = (self.row[span], self.column) if self.logs else None
            _multiply(self.blocks[number], dense, result[span], shift, self.blocks.entries >= MANY)
            if not self.logs:
                result[span] *= self.row[span, None]

        if not self.logs:
            dense *= self.column[:, None]
        for _ in in_order(one, range(len(self.blocks)), tools, phase, low, high):
            pass
        if not self.logs:
            dense /= self.column[:, None]
        return result


def _multiply(
    block: sp.csr_matrix, dense: Floats, out: Floats, shift: tuple[Floats, Floats] | None, compiled: bool
) -> None:
    """out = block · dense, the block's entries changed by `shift` as in `Between`."""
    if compiled:
        row, column = shift or (np.zeros(0, np.float32),) * 2
        out[:] = 0
        _kernel()(block.indptr, block.indices, block.data, dense, out, shift is not None, row, column)
        return
    if shift is not None:
        rows = np.repeat(shift[0], np.diff(block.indptr))
        values = np.maximum(block.data - rows - shift[1][block.indices], 0)
        block = sp.csr_matrix((values, block.indices, block.indptr), shape=block.shape)
    out[:] = block @ dense


@cache
def _kernel() -> Callable[..., None]:
    """Adds block · dense to `out`. The block's columns, in ascending order, are gone through tile by tile, so that what
    is read of the dense factor is still in the processor's cache when other rows ask for it."""
    from numba import njit

    @njit(nogil=True, fastmath=True)
    def add(indptr, indices, values, dense, out, shifted, row, column):  # type: ignore[no-untyped-def]
        at = indptr[:-1].copy()
        end = 0
        while end < dense.shape[0]:
            end = min(dense.shape[0], end + TILE)
            for i in range(len(at)):
                place, last = at[i], indptr[i + 1]
                while place < last and indices[place] < end:
                    j, value = indices[place], values[place]
                    if shifted:
                        value -= row[i] + column[j]
                    if not shifted or value > 0:
                        for k in range(dense.shape[1]):
                            out[i, k] += value * dense[j, k]
                    place += 1
                at[i] = place

    return add  # type: ignore[no-any-return]


def in_order(
    work: Callable[[Any], Any], parts: Sequence[Any], tools: Tools, phase: str, low: float, high: float
) -> Iterator[Any]:
    """`work` on every part, on as many threads as allowed; results in order, with progress from `low` to `high`."""
    with ThreadPoolExecutor(max(1, tools.threads)) as pool:
        try:
            for number, result in enumerate(pool.map(work, parts), 1):
                yield result
                tools.progress(Progress(phase, low + (high - low) * number / len(parts)))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
