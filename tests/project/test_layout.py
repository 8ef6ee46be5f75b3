"""Layouts are stochastic, so they are held to properties: what belongs together lies together, and two runs agree."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import BadParameter, Cancelled, UnknownTerm
from tagviz.project.layout import LayoutParams, project
from tagviz.types import Embedding, Kind, Progress, Vocab

QUICK = LayoutParams(epochs=60)


def worlds(groups: int = 4, size: int = 30, dimension: int = 12, seed: int = 0) -> Embedding:
    """Tags in `groups` tight bundles of directions; tag `g-i` is the i-th of bundle g."""
    random = np.random.default_rng(seed)
    middles = np.eye(groups, dimension)
    vectors = np.repeat(middles, size, axis=0) + random.normal(scale=0.15, size=(groups * size, dimension))
    return embedding_of(vectors, [f"{group}-{item}" for group in range(groups) for item in range(size)])


def embedding_of(vectors: np.ndarray, ids: list[str]) -> Embedding:
    vectors = vectors.astype(np.float32)
    norms = np.linalg.norm(vectors, axis=1)
    unit = vectors / np.maximum(norms, 1e-9)[:, None]
    return Embedding({Kind.TAG: Vocab.of(Kind.TAG, ids)}, unit, norms, None, "test", fingerprint="test")


@pytest.mark.parametrize("method", ["umap", "densmap", "pca", "umap3"])
def test_bundles_lie_together_and_are_believed(method):
    found = project(worlds(), Kind.TAG, LayoutParams(epochs=60, method=method))
    assert found.xy.shape == (120, 3 if method == "umap3" else 2)
    middles = found.xy.reshape(4, 30, -1).mean(axis=1)
    nearest = np.argmin(((found.xy[:, None] - middles[None]) ** 2).sum(axis=2), axis=1)
    assert np.mean(nearest == np.repeat(np.arange(4), 30)) > (0.75 if method == "pca" else 0.95)
    assert 0 <= found.trust.min() <= found.trust.max() <= 1
    assert found.measures["trustworthiness"] > 0.8
    assert np.abs(found.xy).max() < 1.5


def test_same_seed_same_map_and_another_seed_another():
    first, again = project(worlds(), Kind.TAG, QUICK), project(worlds(), Kind.TAG, QUICK)
    other = project(worlds(), Kind.TAG, LayoutParams(epochs=60, seed=7))
    np.testing.assert_array_equal(first.xy, again.xy)
    assert first.names == again.names
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert not np.allclose(first.xy, other.xy)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 6, 14, 16])
def test_few_points(count):
    random = np.random.default_rng(1)
    found = project(embedding_of(random.normal(size=(count, 8)), [f"t{i}" for i in range(count)]), Kind.TAG, QUICK)
    assert found.xy.shape == (count, 2)
    assert np.isfinite(found.xy).all()
    assert found.trust.shape == (count,)
    assert len(found.levels) == len(found.names) == min(count, 1)


def test_equal_vectors_do_not_break_it():
    found = project(embedding_of(np.ones((40, 5)), [f"t{i}" for i in range(40)]), Kind.TAG, QUICK)
    assert np.isfinite(found.xy).all()


def test_a_start_keeps_the_map_where_it_was():
    """The same bundles with other noise: each keeps its place, whatever the last bits make of the layout.

    Bundles lie 0.5 and more apart; without `align.registered` they move by 0.2 on average, by 0.4 at most."""
    before = project(worlds(), Kind.TAG, QUICK)
    started = project(worlds(seed=5), Kind.TAG, QUICK, start=before)
    old, kept = (layout.xy.reshape(4, 30, 2).mean(axis=1) for layout in (before, started))
    assert np.sqrt(((kept - old) ** 2).sum(axis=1)).max() < 0.06
    assert started.measures["trustworthiness"] > 0.95


def test_a_flat_map_is_no_start_for_one_in_space():
    flat = project(worlds(), Kind.TAG, QUICK)
    space = LayoutParams(epochs=60, method="umap3")
    np.testing.assert_array_equal(
        project(worlds(), Kind.TAG, space, start=flat).xy, project(worlds(), Kind.TAG, space).xy
    )


def test_newcomers_join_their_neighbours():
    whole = worlds()
    keep = np.r_[0:25, 30:120]
    part = embedding_of(whole.vectors[keep], list(whole.vocabs[Kind.TAG].ids[keep]))
    after = project(whole, Kind.TAG, QUICK, start=project(part, Kind.TAG, QUICK))
    middles = after.xy.reshape(4, 30, 2).mean(axis=1)
    for newcomer in after.xy[25:30]:
        assert np.argmin(((newcomer - middles) ** 2).sum(axis=1)) == 0


def test_progress_tells_the_epochs_and_can_stop():
    seen: list[Progress] = []
    project(worlds(), Kind.TAG, QUICK, seen.append)
    assert any(step.phase == "Laying out" and step.fraction is not None for step in seen)

    def stop(step: Progress) -> None:
        if step.phase == "Laying out":
            raise Cancelled

    with pytest.raises(Cancelled):
        project(worlds(), Kind.TAG, QUICK, stop)


def test_errors_name_the_remedy():
    with pytest.raises(UnknownTerm, match="it holds tag"):
        project(worlds(), Kind.SONG, QUICK)
    with pytest.raises(BadParameter, match="counts has 3 entries"):
        project(worlds(), Kind.TAG, QUICK, counts=np.ones(3, dtype=np.int64))
