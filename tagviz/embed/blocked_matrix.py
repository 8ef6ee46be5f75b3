"""Symmetric matrices that are too large to be multiplied or held as one: blocks of rows, partly in files."""

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

from tagviz.training import TrainingContext
from tagviz.types import Floats, Progress

IN_MEMORY = 2**30
"""Bytes of blocks that stay in memory; other blocks are in temporary files (in TMPDIR) and are read when needed."""
MANY = 5_000_000
"""Number of entries from which a compiled kernel is worth its compilation."""
TILE = 4096
"""Rows of the dense factor that are multiplied together, so that they fit the processor's cache."""


class BlockedMatrix(Sequence[sp.csr_matrix]):
    """Blocks of consecutive rows of one matrix.

    A block is valid until the next one is read and must not be changed.

    Attributes:
        edges: Row numbers at which blocks begin, and the number of rows.
        entries: Number of stored entries.
    """

    def __init__(self) -> None:
        """Create a matrix without rows."""
        self.edges = [0]
        self.entries = 0
        self._blocks: list[sp.csr_matrix | tuple[Path, tuple[int, int]]] = []
        self._bytes = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def append(self, block: sp.csr_matrix) -> None:
        """Add a block of rows at the end."""
        self.edges.append(self.edges[-1] + block.shape[0])
        self.entries += block.nnz
        self._bytes += block.data.nbytes + block.indices.nbytes
        self._blocks.append(block if self._bytes <= IN_MEMORY else self._write(block))

    def _write(self, block: sp.csr_matrix) -> tuple[Path, tuple[int, int]]:
        """Write a block to a temporary file and return its path and shape."""
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="tagviz-blocks-")
        path = Path(self._folder.name) / str(len(self._blocks))
        for name in ("data", "indices", "indptr"):
            np.save(f"{path}.{name}.npy", getattr(block, name))
        return path, block.shape

    def __len__(self) -> int:
        """Return the number of blocks."""
        return len(self._blocks)

    @overload
    def __getitem__(self, number: int) -> sp.csr_matrix: ...
    @overload
    def __getitem__(self, number: slice) -> list[sp.csr_matrix]: ...
    def __getitem__(self, number: int | slice) -> sp.csr_matrix | list[sp.csr_matrix]:
        """Return one block, or a list of blocks, read from its file where necessary."""
        if isinstance(number, slice):
            return [self[each] for each in range(len(self))[number]]
        block = self._blocks[number]
        if not isinstance(block, tuple):
            return block
        path, shape = block
        parts = (np.load(f"{path}.{name}.npy", allow_pickle=False) for name in ("data", "indices", "indptr"))
        return sp.csr_matrix(tuple(parts), shape=shape, copy=False)


@dataclass(frozen=True, eq=False)
class BlockDirectory:
    """A matrix M derived from a symmetric C and two vectors.

    M_ij = row_i · C_ij · column_j; with `logs` M_ij = max(0, C_ij − row_i − column_j) where C has an entry. The
    transpose uses the same blocks of C with the vectors swapped.

    Attributes:
        blocks: C.
        row: float32 (n,).
        column: float32 (n,).
        logs: Whether the vectors are subtracted instead of multiplied.
    """

    blocks: BlockedMatrix
    row: Floats
    column: Floats
    logs: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (n, n) of the matrix."""
        return self.blocks.edges[-1], self.blocks.edges[-1]

    @property
    def transposed(self) -> BlockDirectory:
        """The transpose."""
        return BlockDirectory(self.blocks, self.column, self.row, self.logs)

    def dot(self, dense: Floats, tools: TrainingContext, phase: str, low: float, high: float) -> Floats:
        """Multiply by a dense matrix on all threads; the product does not depend on the number of threads.

        Args:
            dense: float32 (n, w); changed during the product and restored, so that no copy is needed.
            tools: Threads and progress callback.
            phase: Phase of the progress.
            low: Fraction of the progress at the start.
            high: Fraction of the progress at the end.

        Returns:
            float32 (n, w).
        """
        product = np.empty((self.shape[0], dense.shape[1]), dtype=np.float32)

        def multiply_block(number: int) -> None:
            span = slice(*self.blocks.edges[number : number + 2])
            shift = (self.row[span], self.column) if self.logs else None
            _multiply(self.blocks[number], dense, product[span], shift, self.blocks.entries >= MANY)
            if not self.logs:
                product[span] *= self.row[span, None]

        if not self.logs:
            dense *= self.column[:, None]
        for _ in map_in_order(multiply_block, range(len(self.blocks)), tools, phase, low, high):
            pass
        if not self.logs:
            dense /= self.column[:, None]
        return product


def _multiply(
    block: sp.csr_matrix, dense: Floats, out: Floats, shift: tuple[Floats, Floats] | None, compiled: bool
) -> None:
    """Write block · dense to `out`, with the block's entries shifted as in `BlockDirectory` with `logs`."""
    if compiled:
        row, column = shift or (np.zeros(0, np.float32),) * 2
        out[:] = 0
        _kernel()((block.indptr, block.indices, block.data), dense, out, (shift is not None, row, column))
        return
    if shift is not None:
        rows = np.repeat(shift[0], np.diff(block.indptr))
        values = np.maximum(block.data - rows - shift[1][block.indices], 0)
        block = sp.csr_matrix((values, block.indices, block.indptr), shape=block.shape)
    out[:] = block @ dense


@cache
def _kernel() -> Callable[..., None]:
    """Return a compiled function that adds block · dense to `out`.

    The block's columns (ascending) are processed tile by tile, so that the rows of the dense factor are still in the
    processor's cache when other rows of the block need them.
    """
    from numba import njit

    @njit(nogil=True, fastmath=True)
    def add(block, dense, out, shift):  # type: ignore[no-untyped-def]
        indptr, indices, values = block
        shifted, row, column = shift
        position = indptr[:-1].copy()
        end = 0
        while end < dense.shape[0]:
            end = min(dense.shape[0], end + TILE)
            for i in range(len(position)):
                place, last = position[i], indptr[i + 1]
                while place < last and indices[place] < end:
                    j, entry = indices[place], values[place]
                    if shifted:
                        entry -= row[i] + column[j]
                    if not shifted or entry > 0:
                        for k in range(dense.shape[1]):
                            out[i, k] += entry * dense[j, k]
                    place += 1
                position[i] = place

    return add


def map_in_order(
    work: Callable[[Any], Any], parts: Sequence[Any], tools: TrainingContext, phase: str, low: float, high: float
) -> Iterator[Any]:
    """Apply a function to every part on as many threads as allowed.

    Args:
        work: Function of one part.
        parts: The parts.
        tools: Threads and progress callback.
        phase: Phase of the progress.
        low: Fraction of the progress at the start.
        high: Fraction of the progress at the end.

    Yields:
        The outputs in the order of the parts.
    """
    with ThreadPoolExecutor(max(1, tools.threads)) as pool:
        try:
            for number, output in enumerate(pool.map(work, parts), 1):
                yield output
                tools.progress(Progress(phase, low + (high - low) * number / len(parts)))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
