"""The closed-form co-embedding against the formulas, computed densely."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.embed import blocked_matrix, spectral
from tagviz.embed.blocked_matrix import BlockDirectory
from tagviz.embed.items import items_of
from tagviz.embed.spectral import SpectralParams, cooccurrence, svd, train, weight_by_length
from tagviz.errors import Cancelled, InvalidParameterError
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Kind, Progress
from tests.corpora import checkerboard, make_corpus


def small() -> Corpus:
    return make_corpus([{"tags": ["a", "b"]}, {"tags": ["a", "b", "c"]}, {"tags": ["b", "c"]}, {"tags": ["c"]}])


def product(corpus: Corpus, params: SpectralParams) -> np.ndarray:
    """Raw E · Oᵀ, which is M itself where the rank is full."""
    space = train(corpus, params)
    assert space.outputs is not None
    return (space.vectors * space.norms[:, None]) @ space.outputs.T


def test_cooccurrence_counts_each_pair_by_the_lengths_of_its_playlists() -> None:
    blocks = np.vstack(
        [block.toarray() for block in cooccurrence(weight_by_length(items_of(small(), (Kind.TAG,), 1), 1.5))]
    )
    # playlists of 2 count (2−1)^−1.5 = 1, that of 3 counts 2^−1.5 = .35355, that of 1 nothing
    ab, ac, bc = 1 + 2**-1.5, 2**-1.5, 1 + 2**-1.5
    np.testing.assert_allclose(blocks, [[0, ab, ac], [ab, 0, bc], [ac, bc, 0]], rtol=1e-6)


def test_blocks_join_to_the_whole(board: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = weight_by_length(items_of(board, (Kind.TAG, Kind.SONG), 1), 1.5)
    whole = np.vstack([block.toarray() for block in cooccurrence(matrix)])
    monkeypatch.setattr(spectral, "BLOCK_PRODUCTS", 500)
    for most in (blocked_matrix.IN_MEMORY, 2000):  # all of them, a part of them
        monkeypatch.setattr(blocked_matrix, "IN_MEMORY", most)
        blocks = cooccurrence(matrix, TrainingContext(threads=2))
        assert len(blocks) > 3
        assert all(block.has_sorted_indices for block in blocks)
        np.testing.assert_allclose(np.vstack([block.toarray() for block in blocks]), whole, rtol=1e-6)


def test_rooted_reconstructs_the_formula() -> None:
    """Rank 2 of 3 is the best the truncation can do; compare with numpy's exact SVD of the same M."""
    counts = np.array([2, 3, 3])
    c = np.array([[0, 1 + 2**-1.5, 2**-1.5], [1 + 2**-1.5, 0, 1 + 2**-1.5], [2**-1.5, 1 + 2**-1.5, 0]])
    m = np.sqrt(c / (counts[:, None] ** 0.75 * counts[None, :] ** 0.25))
    u, s, vt = np.linalg.svd(m)
    expected = (u[:, :2] * s[:2]) @ vt[:2]
    reconstructed = product(
        small(), SpectralParams(variant="rooted", min_count=1, words=False, dimensions=2, power_iterations=3)
    )
    np.testing.assert_allclose(reconstructed, expected, atol=1e-5)


def test_ppmi_reconstructs_the_formula() -> None:
    c = np.array([[0, 1 + 2**-1.5, 2**-1.5], [1 + 2**-1.5, 0, 1 + 2**-1.5], [2**-1.5, 1 + 2**-1.5, 0]])
    mass = c.sum(axis=1)
    smooth = mass**0.5 / (mass**0.5).sum()
    with np.errstate(divide="ignore"):
        m = np.maximum(np.log(c / (mass[:, None] * smooth[None, :])), 0)
    u, s, vt = np.linalg.svd(m)
    expected = (u[:, :2] * s[:2]) @ vt[:2]
    reconstructed = product(
        small(), SpectralParams(variant="ppmi", min_count=1, words=False, dimensions=2, power_iterations=3)
    )
    np.testing.assert_allclose(reconstructed, expected, atol=1e-5)


def test_svd_of_blocks_agrees_with_numpy(board: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectral, "BLOCK_PRODUCTS", 500)
    blocks = cooccurrence(weight_by_length(items_of(board, (Kind.TAG, Kind.SONG), 1), 1.5))
    ones = np.ones(blocks.edges[-1], dtype=np.float32)
    _, s, _ = svd(BlockDirectory(blocks, ones, ones), 8, power_iterations=6)
    exact = np.linalg.svd(np.vstack([block.toarray() for block in blocks]), compute_uv=False)
    np.testing.assert_allclose(s, exact[:8], rtol=5e-3)


def test_the_same_whatever_the_threads(board: Corpus) -> None:
    one = train(board, SpectralParams(dimensions=8), TrainingContext(seed=1, threads=1))
    two = train(board, SpectralParams(dimensions=8), TrainingContext(seed=1, threads=2))
    np.testing.assert_array_equal(one.vectors, two.vectors)


def test_worlds_that_share_nothing_are_orthogonal(board: Corpus) -> None:
    space = train(board, SpectralParams(dimensions=2, words=False, power_iterations=4))
    tags = space.of(Kind.TAG)
    even = np.array([int(tag[1:]) % 2 == 0 for tag in space.vocabs[Kind.TAG].ids])
    assert np.abs(tags[even] @ tags[~even].T).max() < 1e-4
    assert (tags[even] @ tags[even].T).min() > 0.99


def test_it_can_be_stopped(board: Corpus) -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        train(board, SpectralParams(), TrainingContext(progress=stop))


def test_nothing_to_learn_from_says_so() -> None:
    with pytest.raises(InvalidParameterError, match="min_count"):
        train(make_corpus([{"tags": ["a"]}, {"tags": ["b"]}]), SpectralParams(min_count=1))
    with pytest.raises(InvalidParameterError, match="no kind"):
        train(small(), SpectralParams(tags=False, songs=False, words=False))


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="dimensions"):
        SpectralParams.parse({"dimension": 100})


@pytest.mark.parametrize("variant", ["rooted", "ppmi"])
def test_a_large_corpus_is_decomposed_in_place_and_from_files_to_the_same_space(
    variant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = SpectralParams.parse({"variant": variant, "dimensions": 4, "min_count": 1})
    small = train(checkerboard(half=24), params)
    monkeypatch.setattr(spectral, "TALL", 1)
    monkeypatch.setattr(spectral, "QR_ROWS", 5)
    monkeypatch.setattr(spectral, "BLOCK_PRODUCTS", 500)
    monkeypatch.setattr(blocked_matrix, "IN_MEMORY", 2000)
    monkeypatch.setattr(blocked_matrix, "MANY", 1)
    monkeypatch.setattr(blocked_matrix, "TILE", 7)
    blocked_matrix._kernel.cache_clear()
    large = train(checkerboard(half=24), params)
    blocked_matrix._kernel.cache_clear()
    assert small.outputs is not None
    assert large.outputs is not None
    wanted = (small.vectors * small.norms[:, None]) @ small.outputs.T
    np.testing.assert_allclose((large.vectors * large.norms[:, None]) @ large.outputs.T, wanted, atol=1e-4)


def test_columns_that_hang_together_still_give_an_orthonormal_basis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectral, "TALL", 1)
    rng = np.random.default_rng(0)
    full = rng.standard_normal((40, 3)).astype(np.float32)
    for matrix in (full, np.hstack([full, 0 * full])):
        q, r = spectral._qr(matrix.copy())
        np.testing.assert_allclose(q @ r, matrix, atol=1e-5)
        np.testing.assert_allclose(q.T @ q, np.eye(q.shape[1]), atol=1e-5)
