"""Spectral embedding in closed form: truncated SVD of the normalised co-occurrence of items in playlists.

The same objective as skip-gram with negative sampling without iterative training (Levy & Goldberg, "Neural Word
Embedding as Implicit Matrix Factorization", 2014). Square roots as in Lebret & Collobert, "Word Emdeddings through
Hellinger PCA", 2014; randomised SVD: Halko, Martinsson & Tropp, "Finding structure with randomness", 2011.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np
import scipy.sparse as sp

from tagviz.embed.blocked_matrix import BlockDirectory, BlockedMatrix, map_in_order
from tagviz.embed.items import ItemParams, Items, embedding_of, items_of
from tagviz.params import param
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Embedding, Floats

BLOCK_PRODUCTS = 20_000_000
"""Scalar products in one block of the co-occurrence: bounds the memory to compute a block (about 0.3 GB)."""
TALL, QR_ROWS = 5_000, 20_000
"""TALL: number of rows from which a basis is made orthonormal in place. QR_ROWS: rows processed at once."""
OVERSAMPLE = 10
"""Directions computed beyond those kept, so that the last ones are accurate."""


class SpectralParams(ItemParams):
    """Parameters of the spectral embedding."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "answers": {"variant": "rooted"},
        "map": {"variant": "ppmi"},
    }
    about_presets: ClassVar[Mapping[str, str]] = {
        "answers": "for recommending: slightly better answers",
        "map": "for the map: neighbours that read best to a person",
    }
    variant: Literal["rooted", "ppmi"] = param(
        "ppmi", "ppmi: neighbours that read best to a person; rooted: slightly better answers", first=True
    )
    dimensions: int = param(
        300, "length of the vectors; larger: finer, slower, more memory", first=True, ge=2, le=2000, low=100, high=400
    )
    length_exponent: float = param(
        1.5,
        "how much less a pair counts in a long playlist; 0: all pairs count the same",
        ge=0,
        le=3,
        low=0.5,
        high=2.0,
    )
    item_exponent: float = param(
        0.75,
        "rooted: how much a query item's popularity is divided out; larger: rare items count more",
        ge=0,
        le=1,
        low=0.25,
        high=1.0,
    )
    context_exponent: float = param(
        0.25,
        "rooted: how much a recommended item's popularity is divided out; larger: less popular recommendations",
        ge=0,
        le=1,
        low=0.0,
        high=0.75,
    )
    smoothing: float = param(
        0.5,
        "ppmi: exponent of the context distribution; smaller: rare contexts count less",
        ge=0,
        le=1,
        low=0.25,
        high=1.0,
    )
    spectrum: float = param(
        0.5,
        "exponent of the singular values; larger: the vectors follow the strongest directions",
        ge=0,
        le=1,
        low=0.25,
        high=1.0,
    )
    power_iterations: int = param(1, "extra passes of the SVD; larger: closer to exact, slower", ge=0, le=10)


def train(corpus: Corpus, params: SpectralParams, tools: TrainingContext = TrainingContext()) -> Embedding:
    """Compute vectors E = U·Sᵖ and outputs O = V·Sᵖ of the normalised co-occurrence M ≈ U·S·Vᵀ of the items.

    With W = diag((len − 1)^(−length_exponent / 2))·X and C = WᵀW without its diagonal:

    - rooted: M_ij = √(C_ij / (n_i^item_exponent · n_j^context_exponent)), n = number of playlists of the item;
    - ppmi: M_ij = max(0, log(C_ij / (c_i · q_j))), c = row sums of C, q = c^smoothing / Σ c^smoothing.

    The same seed and corpus give the same vectors, whatever the number of threads.

    Args:
        corpus: Training playlists.
        params: Parameters.
        tools: Seed, threads, progress callback and compute backend.

    Raises:
        InvalidParameterError: No playlist contains two items.
    """
    items = items_of(corpus, params.kinds(), params.min_count)
    matrix = (_rooted_matrix if params.variant == "rooted" else _ppmi_matrix)(items, params, tools)
    rank = min(params.dimensions, items.matrix.shape[1] - 1)
    bases = _bases(matrix, rank, params.power_iterations, tools)
    del matrix  # the most of the memory by far, and what comes now needs some
    left, spectrum, right = _svd_from_bases(bases, rank)
    del bases
    scale = spectrum**params.spectrum
    left *= scale
    right *= scale
    return embedding_of(items.vocabs, left, right, "spectral", params.model_dump(), corpus)


def weight_by_length(items: Items, length_exponent: float) -> sp.csr_matrix:
    """Return W: each playlist's row divided by (len − 1)^(length_exponent / 2), without playlists of one item.

    Args:
        items: The items.
        length_exponent: Exponent on the length; 0 weights all playlists the same.
    """
    lengths = np.diff(items.matrix.indptr)
    weights = np.zeros(len(lengths), dtype=np.float32)
    several = lengths > 1
    weights[several] = (lengths[several] - 1.0) ** (-length_exponent / 2)
    matrix = items.matrix.copy()
    matrix.data *= np.repeat(weights, lengths)
    matrix.eliminate_zeros()
    return matrix


def cooccurrence(
    matrix: sp.csr_matrix,
    tools: TrainingContext = TrainingContext(),
    transform: Callable[[Floats], Floats] = lambda counts: counts,
) -> BlockedMatrix:
    """Return WᵀW without its diagonal, in blocks of consecutive rows that each need bounded memory.

    Args:
        matrix: W as CSR (playlists × items).
        tools: Threads, progress callback and compute backend.
        transform: Applied to the entries of each block, such as a square root.
    """
    transposed = sp.csr_matrix(matrix.T)
    per_entry = np.diff(matrix.indptr)[transposed.indices]
    cost = np.concatenate(
        [
            [0],
            np.cumsum(
                np.add.reduceat(np.append(per_entry, 0), transposed.indptr[:-1]) * (np.diff(transposed.indptr) > 0)
            ),
        ]
    )
    edges = [0]
    while edges[-1] < transposed.shape[0]:
        end = int(np.searchsorted(cost, cost[edges[-1]] + BLOCK_PRODUCTS, side="right")) - 1
        edges.append(min(max(end, edges[-1] + 1), transposed.shape[0]))

    def finish(block: sp.csr_matrix, start: int) -> sp.csr_matrix:
        rows = np.repeat(np.arange(start, start + block.shape[0]), np.diff(block.indptr))
        block.data[block.indices == rows] = 0
        block.eliminate_zeros()
        block.data = transform(block.data)
        # to columns and back is quicker than sorting
        return block if block.has_sorted_indices else sp.csr_matrix(block.tocsc())

    def count_block(span: tuple[int, int]) -> sp.csr_matrix:
        return finish(sp.csr_matrix(transposed[span[0] : span[1]] @ matrix), span[0])

    blocks = BlockedMatrix()
    if tools.engine is not None:
        for block, start in zip(tools.engine.products(matrix, edges, tools.progress), edges, strict=False):
            blocks.append(finish(block, start))
    else:
        for block in map_in_order(count_block, list(pairwise(edges)), tools, "Counting co-occurrences", 0.0, 0.2):
            blocks.append(block)
    return blocks


def svd(
    matrix: BlockDirectory, rank: int, power_iterations: int, tools: TrainingContext = TrainingContext()
) -> tuple[Floats, Floats, Floats]:
    """Compute a randomised SVD; the largest entry of each column of U is positive.

    Args:
        matrix: The matrix (n, n).
        rank: Number of singular values.
        power_iterations: Extra iterations of two passes each; more is closer to exact for slowly falling spectra.
        tools: Seed, threads and progress callback.

    Returns:
        U (n, rank), S (rank,) and V (n, rank), float32.
    """
    return _svd_from_bases(_bases(matrix, rank, power_iterations, tools), rank)


def _svd_from_bases(bases: tuple[Floats, Floats, Floats], rank: int) -> tuple[Floats, Floats, Floats]:
    """Return the SVD of a matrix A ≈ Q·(Q'·R)ᵀ from Q, Q' and R."""
    basis, q, r = bases
    v, s, ut = np.linalg.svd(r.T, full_matrices=False)
    left, right = basis @ v[:, :rank], q @ ut[:rank].T
    signs = np.where(left.max(axis=0) >= -left.min(axis=0), np.float32(1), np.float32(-1))
    left *= signs
    right *= signs
    return left, s[:rank], right


def _bases(
    matrix: BlockDirectory, rank: int, power_iterations: int, tools: TrainingContext
) -> tuple[Floats, Floats, Floats]:
    """Return Q (n, w), which spans the range of A on random vectors, and Q', R with Q'·R = Aᵀ·Q."""
    passes = 2 * power_iterations + 2
    width = min(rank + OVERSAMPLE, matrix.shape[0])
    basis = np.random.default_rng(tools.seed).standard_normal((matrix.shape[1], width), dtype=np.float32)

    def multiply(number: int) -> Floats:
        """The product with A, or with Aᵀ every other time."""
        low, high = (0.2 + 0.8 * done / passes for done in (number, number + 1))
        return (matrix.transposed if number % 2 else matrix).dot(basis, tools, "Decomposing", low, high)

    for number in range(passes - 1):
        # on the way it is enough that the columns stay apart
        basis, _ = _qr(multiply(number), rounds=2 if number == passes - 2 else 1)
    return basis, *_qr(multiply(passes - 1))


def _qr(matrix: Floats, rounds: int = 2) -> tuple[Floats, Floats]:
    """Return Q and R; for a tall matrix by CholeskyQR2, in place and without copies; one round is nearly orthonormal.

    Source: Yamamoto et al. 2015, "Roundoff error analysis of the CholeskyQR2 algorithm".
    """
    from scipy.linalg import cholesky, solve_triangular

    if len(matrix) < TALL:
        q, r = np.linalg.qr(matrix)
        return q, r
    whole = np.eye(matrix.shape[1])
    spans = [slice(start, start + QR_ROWS) for start in range(0, len(matrix), QR_ROWS)]
    for _ in range(rounds):
        gram = np.zeros_like(whole)
        for span in spans:
            wide = matrix[span].astype(np.float64)
            gram += wide.T @ wide
        try:
            upper = cholesky(gram)
        except np.linalg.LinAlgError:  # columns that hang together: rare, and slower
            q, r = np.linalg.qr(matrix)
            return q, np.asarray(r @ whole, dtype=np.float32)
        for span in spans:
            matrix[span] = solve_triangular(upper, matrix[span].T, trans="T", check_finite=False).T
        whole = upper @ whole
    return matrix, whole.astype(np.float32)


def _rooted_matrix(items: Items, params: SpectralParams, tools: TrainingContext) -> BlockDirectory:
    """Return M of `rooted`; the divisors stay outside the roots of the co-occurrences, so that these stay symmetric."""
    blocks = cooccurrence(weight_by_length(items, params.length_exponent), tools, np.sqrt)
    counts = np.maximum(items.counts, 1).astype(np.float64)
    of_row, of_column = (counts ** (-exponent / 2) for exponent in (params.item_exponent, params.context_exponent))
    return BlockDirectory(blocks, of_row.astype(np.float32), of_column.astype(np.float32))


def _ppmi_matrix(items: Items, params: SpectralParams, tools: TrainingContext) -> BlockDirectory:
    """Return M of `ppmi`; the subtrahends stay outside the logarithms, so that these stay symmetric."""
    matrix = weight_by_length(items, params.length_exponent)
    wide = matrix.astype(np.float64)
    # C·1 = Wᵀ·(W·1) without the diagonal
    mass = wide.T @ np.asarray(wide.sum(axis=1)).ravel() - np.asarray(wide.power(2).sum(axis=0)).ravel()
    occurs = np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0
    smooth = np.where(occurs, mass, 1.0) ** params.smoothing * occurs
    log_row = np.log(np.where(occurs, mass, 1.0)).astype(np.float32)
    log_column = np.log(np.where(occurs, smooth / smooth.sum(), 1.0)).astype(np.float32)
    return BlockDirectory(cooccurrence(matrix, tools, np.log), log_row, log_column, logs=True)
