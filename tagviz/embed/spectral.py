"""The co-embedding in closed form: a truncated SVD of the normalised co-occurrence of items in playlists.

What skip-gram with negative sampling finds by walking, this computes at once (Levy & Goldberg, "Neural Word Embedding
as Implicit Matrix Factorization", 2014; Hellinger-style square roots: Lebret & Collobert, "Word Emdeddings through
Hellinger PCA", 2014; randomised SVD: Halko, Martinsson & Tropp, "Finding structure with randomness", 2011).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np
import scipy.sparse as sp

from tagviz.embed.items import ItemParams, Items, embedding_of, items_of
from tagviz.methods import Tools
from tagviz.params import knob
from tagviz.types import Corpus, Embedding, Floats, Progress

BLOCK_PRODUCTS = 20_000_000
"""Scalar products in one block of the co-occurrence: bounds what a block needs while it is made (about 0.3 GB)."""
TALL, QR_ROWS = 100_000, 20_000
"""From how many rows on a basis is made orthonormal in place, and how many of them at once."""
OVERSAMPLE = 10
"""Directions computed beyond those kept, so that the last ones are accurate."""


class SpectralParams(ItemParams):
    """Parameters of the closed-form co-embedding."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "answers": {"variant": "rooted"},
        "map": {"variant": "ppmi"},
    }
    variant: Literal["rooted", "ppmi"] = knob(
        "ppmi", "ppmi: neighbours that read best to a person; rooted: slightly better answers", first=True
    )
    dimensions: int = knob(
        300, "length of the vectors; larger: finer, slower, more memory", first=True, ge=2, le=2000, low=100, high=400
    )
    length_exponent: float = knob(
        1.5,
        "how much less a pair counts in a long playlist; 0: all pairs count the same",
        ge=0,
        le=3,
        low=0.5,
        high=2.0,
    )
    item_exponent: float = knob(
        0.75,
        "rooted: how much an asked item's popularity is divided out; larger: rarer items speak louder",
        ge=0,
        le=1,
        low=0.25,
        high=1.0,
    )
    context_exponent: float = knob(
        0.25,
        "rooted: how much an answered item's popularity is divided out; larger: less popular answers",
        ge=0,
        le=1,
        low=0.0,
        high=0.75,
    )
    smoothing: float = knob(
        0.5,
        "ppmi: exponent of the context distribution; smaller: rare contexts count less",
        ge=0,
        le=1,
        low=0.25,
        high=1.0,
    )
    spectrum: float = knob(
        0.5,
        "exponent of the singular values; larger: the vectors follow the strongest directions",
        ge=0,
        le=1,
        low=0.25,
        high=1.0,
    )
    power_iterations: int = knob(1, "extra passes of the SVD; larger: closer to exact, slower", ge=0, le=10)


def train(corpus: Corpus, params: SpectralParams, tools: Tools = Tools()) -> Embedding:
    """Vectors E = U·Sᵖ and outputs O = V·Sᵖ of the items' normalised co-occurrence M ≈ U·S·Vᵀ.

    With W = diag((len − 1)^(−length_exponent / 2))·X and C = WᵀW without its diagonal:
    rooted: M_ij = √(C_ij / (n_i^item_exponent · n_j^context_exponent)), n = playlists that hold the item;
    ppmi: M_ij = max(0, log(C_ij / (c_i · q_j))), c = row sums of C, q = c^smoothing / Σ c^smoothing.
    Same seed and corpus, same vectors, whatever the threads. Raises BadParameter when there is nothing to learn from.
    """
    items = items_of(corpus, params.kinds(), params.min_count)
    blocks = cooccurrence(weighted(items, params.length_exponent), tools)
    outer = None
    if params.variant == "rooted":
        outer = _rooted(blocks, items, params)
    else:
        _ppmi(blocks, params)
    rank = min(params.dimensions, items.matrix.shape[1] - 1)
    bases = _bases(blocks, rank, params.power_iterations, tools, outer)
    del blocks  # the most of the memory by far, and what comes now needs some
    left, spectrum, right = _within(bases, rank)
    scale = spectrum**params.spectrum
    return embedding_of(items.vocabs, left * scale, right * scale, "spectral", params.model_dump(), corpus)


def weighted(items: Items, length_exponent: float) -> sp.csr_matrix:
    """W: each playlist's row divided by (len − 1)^(length_exponent / 2); playlists of one item drop out."""
    lengths = np.diff(items.matrix.indptr)
    weights = np.zeros(len(lengths), dtype=np.float32)
    several = lengths > 1
    weights[several] = (lengths[several] - 1.0) ** (-length_exponent / 2)
    matrix = items.matrix.copy()
    matrix.data *= np.repeat(weights, lengths)
    matrix.eliminate_zeros()
    return matrix


def cooccurrence(matrix: sp.csr_matrix, tools: Tools = Tools()) -> list[sp.csr_matrix]:
    """WᵀW without its diagonal, as blocks of consecutive rows, each small enough that making it needs bounded
    memory."""
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
    spans = list(pairwise(edges))

    def one(span: tuple[int, int]) -> sp.csr_matrix:
        return _without_diagonal(sp.csr_matrix(transposed[span[0] : span[1]] @ matrix), span[0])

    if tools.engine is not None:
        blocks = tools.engine.products(matrix, edges, tools.progress)
        return [_without_diagonal(block, start) for block, start in zip(blocks, edges, strict=False)]
    return _each(one, spans, tools, "Counting co-occurrences", 0.0, 0.2)


def _without_diagonal(block: sp.csr_matrix, start: int) -> sp.csr_matrix:
    rows = np.repeat(np.arange(start, start + block.shape[0]), np.diff(block.indptr))
    block.data[block.indices == rows] = 0
    block.eliminate_zeros()
    return block


Outer = tuple[Floats, Floats]
"""r and c (n,) of a matrix diag(r) · B · diag(c) whose blocks are those of a symmetric B."""


def svd(
    blocks: Sequence[sp.csr_matrix],
    rank: int,
    power_iterations: int,
    tools: Tools = Tools(),
    outer: Outer | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Randomised SVD of row blocks: U (n, rank), S (rank,), V (m, rank), float32, signs fixed by U's largest entries.

    Larger `power_iterations`: more accurate for slowly falling spectra, two more passes each. outer: the blocks are
    those of a symmetric matrix between these two diagonals; then no pass has to go through them crosswise.
    """
    return _within(_bases(blocks, rank, power_iterations, tools, outer), rank)


def _within(bases: tuple[Floats, Floats, Floats], rank: int) -> tuple[Floats, Floats, Floats]:
    """The SVD of a matrix A ≈ Q·(Q'·R)ᵀ from Q, Q' and R."""
    from sklearn.utils.extmath import svd_flip

    basis, q, r = bases
    v, s, ut = np.linalg.svd(r.T, full_matrices=False)
    left, right = svd_flip((basis @ v)[:, :rank], (ut @ q.T)[:rank])
    return np.ascontiguousarray(left), s[:rank], np.ascontiguousarray(right.T)


def _bases(
    blocks: Sequence[sp.csr_matrix], rank: int, power_iterations: int, tools: Tools, outer: Outer | None
) -> tuple[Floats, Floats, Floats]:
    """Q (n, w) that spans what the matrix A makes of a random draft, and Q', R with Q'·R = Aᵀ·Q."""
    edges = np.concatenate([[0], np.cumsum([block.shape[0] for block in blocks])])
    passes = 2 * power_iterations + 2
    done = 0

    def along(dense: Floats, before: Floats | None, after: Floats | None) -> Floats:
        """diag(after) · blocks · diag(before) · dense, on all threads; no copy of `dense`, which is as it was."""
        nonlocal done
        low, high = 0.2 + 0.8 * done / passes, 0.2 + 0.8 * (done + 1) / passes
        done += 1
        result = np.empty((int(edges[-1]), dense.shape[1]), dtype=np.float32)

        def one(number: int) -> None:
            span = slice(edges[number], edges[number + 1])
            result[span] = blocks[number] @ dense
            if after is not None:
                result[span] *= after[span, None]

        if before is not None:
            dense *= before[:, None]
        _each(one, range(len(blocks)), tools, "Decomposing", low, high)
        if before is not None:
            dense /= before[:, None]
        return result

    def forward(right: Floats) -> Floats:
        return along(right, None, None) if outer is None else along(right, outer[1], outer[0])

    def backward(left: Floats) -> Floats:
        if outer is not None:
            return along(left, outer[0], outer[1])
        nonlocal done
        low, high = 0.2 + 0.8 * done / passes, 0.2 + 0.8 * (done + 1) / passes
        done += 1
        total = np.zeros((blocks[0].shape[1], left.shape[1]), dtype=np.float32)
        for number, block in enumerate(blocks):
            total += block.T @ left[edges[number] : edges[number + 1]]
            tools.progress(Progress("Decomposing", low + (high - low) * (number + 1) / len(blocks)))
        return total

    width = min(rank + OVERSAMPLE, int(edges[-1]), blocks[0].shape[1])
    rng = np.random.default_rng(tools.seed)
    basis, _ = _qr(forward(rng.standard_normal((blocks[0].shape[1], width), dtype=np.float32)))
    for _ in range(power_iterations):
        across, _ = _qr(backward(basis))
        basis, _ = _qr(forward(across))
        del across
    return basis, *_qr(backward(basis))


def _qr(matrix: Floats) -> tuple[Floats, Floats]:
    """Q and R; of a tall matrix through the Cholesky factor of its Gram matrix, twice, in place and without copies
    (Yamamoto et al. 2015, "Roundoff error analysis of the CholeskyQR2 algorithm")."""
    from scipy.linalg import cholesky, solve_triangular

    if len(matrix) < TALL:
        q, r = np.linalg.qr(matrix)
        return q, r
    whole = np.eye(matrix.shape[1])
    spans = [slice(start, start + QR_ROWS) for start in range(0, len(matrix), QR_ROWS)]
    for _ in range(2):
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


def _rooted(blocks: Sequence[sp.csr_matrix], items: Items, params: SpectralParams) -> Outer:
    """Takes the root of the co-occurrences; what they are divided by stays outside, so that they stay symmetric."""
    for block in blocks:
        np.sqrt(block.data, out=block.data)
    counts = np.maximum(items.counts, 1).astype(np.float64)
    of_row, of_column = (counts ** (-exponent / 2) for exponent in (params.item_exponent, params.context_exponent))
    return of_row.astype(np.float32), of_column.astype(np.float32)


def _ppmi(blocks: Sequence[sp.csr_matrix], params: SpectralParams) -> None:
    mass = np.concatenate([np.asarray(block.sum(axis=1)).ravel() for block in blocks]).astype(np.float64)
    seen = mass > 0
    smooth = np.where(seen, mass, 1.0) ** params.smoothing * seen
    log_row = np.log(np.where(seen, mass, 1.0)).astype(np.float32)
    log_column = np.log(np.where(seen, smooth / smooth.sum(), 1.0)).astype(np.float32)

    start = 0
    for block in blocks:
        rows = np.repeat(log_row[start : start + block.shape[0]], np.diff(block.indptr))
        block.data = np.maximum(np.log(block.data) - rows - log_column[block.indices], 0)
        block.eliminate_zeros()
        start += block.shape[0]


def _each(
    work: Callable[[Any], Any], parts: Sequence[Any], tools: Tools, phase: str, low: float, high: float
) -> list[Any]:
    """`work` on every part, on as many threads as allowed, in order, with progress from `low` to `high`."""
    results: list[Any] = []
    with ThreadPoolExecutor(max(1, tools.threads)) as pool:
        try:
            for result in pool.map(work, parts):
                results.append(result)
                tools.progress(Progress(phase, low + (high - low) * len(results) / len(parts)))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return results
