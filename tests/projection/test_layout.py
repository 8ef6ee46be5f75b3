"""Layouts are stochastic, so they are held to properties: what belongs together lies together, and two runs agree."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import Cancelled, InvalidParameterError, NotFoundError
from tagviz.projection.cluster_labels import ClusterNaming
from tagviz.projection.layout import LayoutParams, project
from tagviz.types import Kind, Progress
from tests.projection.embeddings import embedding_of, worlds

QUICK = LayoutParams(epochs=60)


@pytest.mark.parametrize("method", ["umap", "densmap", "pca", "umap3"])
def test_groups_stay_together_and_are_trusted(method):
    projection = project(worlds(), Kind.TAG, LayoutParams(epochs=60, method=method))
    assert projection.xy.shape == (120, 3 if method == "umap3" else 2)
    middles = projection.xy.reshape(4, 30, -1).mean(axis=1)
    nearest = np.argmin(((projection.xy[:, None] - middles[None]) ** 2).sum(axis=2), axis=1)
    assert np.mean(nearest == np.repeat(np.arange(4), 30)) > (0.75 if method == "pca" else 0.95)
    assert 0 <= projection.trust.min() <= projection.trust.max() <= 1
    assert projection.measures["trustworthiness"] > 0.8
    assert np.abs(projection.xy).max() < 1.5


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
    projection = project(embedding_of(random.normal(size=(count, 8)), [f"t{i}" for i in range(count)]), Kind.TAG, QUICK)
    assert projection.xy.shape == (count, 2)
    assert np.isfinite(projection.xy).all()
    assert projection.trust.shape == (count,)
    assert len(projection.levels) == len(projection.names) == min(count, 1)


def test_equal_vectors_do_not_break_it():
    projection = project(embedding_of(np.ones((40, 5)), [f"t{i}" for i in range(40)]), Kind.TAG, QUICK)
    assert np.isfinite(projection.xy).all()


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
    with pytest.raises(NotFoundError, match="it holds tag"):
        project(worlds(), Kind.SONG, QUICK)
    with pytest.raises(InvalidParameterError, match="counts has 3 entries"):
        project(worlds(), Kind.TAG, QUICK, naming=ClusterNaming(np.ones(3, dtype=np.int64)))
