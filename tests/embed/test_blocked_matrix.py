"""Products of a matrix in blocks, checked against dense arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.embed import blocked_matrix
from tagviz.embed.blocked_matrix import BlockDirectory, BlockedMatrix, map_in_order
from tagviz.training import TrainingContext
from tagviz.types import Progress

SYMMETRIC = np.array([[0, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 0], [0, 1, 0, 0]], dtype=np.float32)
ROW = np.array([1, 2, 3, 4], dtype=np.float32)
COLUMN = np.array([0.5, 1, 0, 2], dtype=np.float32)


def in_blocks() -> BlockedMatrix:
    """SYMMETRIC in blocks of one, two and one rows."""
    blocks = BlockedMatrix()
    for start, stop in ((0, 1), (1, 3), (3, 4)):
        blocks.append(sp.csr_matrix(SYMMETRIC[start:stop]))
    return blocks


def test_blocks_are_read_back_from_memory_and_from_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked_matrix, "IN_MEMORY", 10)
    blocks = in_blocks()
    assert blocks.edges == [0, 1, 3, 4]
    assert len(blocks) == 3
    np.testing.assert_array_equal(np.vstack([block.toarray() for block in blocks]), SYMMETRIC)
    assert [block.shape[0] for block in blocks[1:]] == [2, 1]


@pytest.mark.parametrize("many", [10**9, 0])
@pytest.mark.parametrize("logs", [False, True])
def test_products_are_those_of_the_dense_matrix(logs: bool, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once by scipy and once by the compiled kernel."""
    monkeypatch.setattr(blocked_matrix, "MANY", many)
    matrix = BlockDirectory(in_blocks(), ROW, COLUMN, logs)
    whole = ROW[:, None] * SYMMETRIC * COLUMN
    if logs:
        whole = np.where(SYMMETRIC, np.maximum(SYMMETRIC - ROW[:, None] - COLUMN, 0), 0)
    dense = np.random.default_rng(0).random((4, 3), dtype=np.float32) + 1
    if not logs:
        matrix = BlockDirectory(matrix.blocks, ROW, COLUMN + 1)
        whole = ROW[:, None] * SYMMETRIC * (COLUMN + 1)
    before = dense.copy()
    np.testing.assert_allclose(matrix.dot(dense, TrainingContext(threads=2), "", 0, 1), whole @ before, rtol=1e-5)
    np.testing.assert_allclose(dense, before, rtol=1e-6)
    np.testing.assert_allclose(
        matrix.transposed.dot(dense, TrainingContext(), "", 0, 1), whole.T @ before, rtol=1e-5, atol=1e-6
    )


def test_parts_come_in_order_with_progress_between_the_bounds() -> None:
    steps: list[Progress] = []
    tools = TrainingContext(threads=2, progress=steps.append)
    assert list(map_in_order(lambda part: part * part, [1, 2, 3, 4], tools, "Squaring", 0.2, 0.6)) == [1, 4, 9, 16]
    assert [step.fraction for step in steps] == pytest.approx([0.3, 0.4, 0.5, 0.6])
