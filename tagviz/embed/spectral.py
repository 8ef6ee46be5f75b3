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
    normalise = _rooted(items, params) if params.variant == "rooted" else _ppmi(blocks, params)
    start = 0
    for block in blocks:
        normalise(block, start)
        start += block.shape[0]
    rank = min(params.dimensions, items.matrix.shape[1] - 1)
    left, spectrum, right = svd(blocks, rank, params.power_iterations, tools)
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


def svd(
    blocks: Sequence[sp.csr_matrix], rank: int, power_iterations: int, tools: Tools = Tools()
) -> tuple[Floats, Floats, Floats]:
    """Randomised SVD of row blocks: U (n, rank), S (rank,), V (m, rank), float32, signs fixed by U's largest entries.

    Larger `power_iterations`: more accurate for slowly falling spectra, two more passes each.
    """
    from sklearn.utils.extmath import svd_flip

    edges = np.concatenate([[0], np.cumsum([block.shape[0] for block in blocks])])
    passes = 2 * power_iterations + 2
    done = 0

    def forward(right: Floats) -> Floats:
        nonlocal done
        low, high = 0.2 + 0.8 * done / passes, 0.2 + 0.8 * (done + 1) / passes
        done += 1
        parts = _each(lambda block: np.asarray(block @ right), blocks, tools, "Decomposing", low, high)
        return np.vstack(parts)

    def backward(left: Floats) -> Floats:
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
    basis = _orthonormal(forward(rng.standard_normal((blocks[0].shape[1], width), dtype=np.float32)))
    for _ in range(power_iterations):
        basis = _orthonormal(forward(_orthonormal(backward(basis))))
    q, r = np.linalg.qr(backward(basis))
    v, s, ut = np.linalg.svd(r.T, full_matrices=False)
    left, right = svd_flip((basis @ v)[:, :rank], (ut @ q.T)[:rank])
    return np.ascontiguousarray(left), s[:rank], np.ascontiguousarray(right.T)


def _orthonormal(matrix: Floats) -> Floats:
    return np.linalg.qr(matrix)[0]


Normalise = Callable[[sp.csr_matrix, int], None]


def _rooted(items: Items, params: SpectralParams) -> Normalise:
    counts = np.maximum(items.counts, 1)
    of_row, of_column = counts**-params.item_exponent, counts**-params.context_exponent

    def normalise(block: sp.csr_matrix, start: int) -> None:
        block.data *= (
            np.repeat(of_row[start : start + block.shape[0]], np.diff(block.indptr)) * of_column[block.indices]
        )
        np.sqrt(block.data, out=block.data)

    return normalise


def _ppmi(blocks: Sequence[sp.csr_matrix], params: SpectralParams) -> Normalise:
    mass = np.concatenate([np.asarray(block.sum(axis=1)).ravel() for block in blocks]).astype(np.float64)
    seen = mass > 0
    smooth = np.where(seen, mass, 1.0) ** params.smoothing * seen
    log_row = np.log(np.where(seen, mass, 1.0)).astype(np.float32)
    log_column = np.log(np.where(seen, smooth / smooth.sum(), 1.0)).astype(np.float32)

    def normalise(block: sp.csr_matrix, start: int) -> None:
        rows = np.repeat(log_row[start : start + block.shape[0]], np.diff(block.indptr))
        block.data = np.maximum(np.log(block.data) - rows - log_column[block.indices], 0)
        block.eliminate_zeros()

    return normalise


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
