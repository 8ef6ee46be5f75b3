"""Layout of an embedding as a map: positions of all points, clusters with names, and trust."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.params import Params, param
from tagviz.projection.align import procrustes, remove_shared_drift, shared_rows
from tagviz.projection.cluster_labels import ClusterNaming, cluster_names
from tagviz.projection.clusters import clusters
from tagviz.projection.nearest import Nearest, nearest
from tagviz.projection.trust import trust
from tagviz.types import Embedding, Floats, Kind, Progress, ProgressCallback, Projection, no_progress, readonly

TRUST_NEIGHBOURS = 15
"""Number of neighbours that trust compares."""
HOVER_NEIGHBOURS = 5
"""Number of neighbours stored for each point."""
WARM_START_RATE = 0.25
"""Learning rate of a layout that starts from an old map (a fresh one: 1), so that it settles without jumps."""

LANDMARKS = 40_000
"""Number of points that are laid out first where there are more than twice as many; the others then join them."""

LANDMARK_EPOCHS = 0.15
"""Share of the epochs in which all points settle around the landmarks."""

SMALLEST_GRAPH = 5
"""Number of points below which a graph layout is meaningless: principal axes are used instead."""


class LayoutParams(Params):
    """Parameters of a layout.

    UMAP: McInnes, Healy & Melville 2018; densMAP: Narayan, Berger & Cho 2021.
    """

    method: Literal["umap", "densmap", "pca", "umap3"] = param(
        "umap",
        "umap keeps neighbours together, densmap also how dense they are, pca only the two widest directions; umap3 "
        "has three dimensions, to be turned",
        first=True,
    )
    neighbours: int = param(
        15, "neighbours each point holds on to; more shows the whole, fewer the detail", first=True, ge=2, le=200
    )
    min_dist: float = param(0.2, "how close points may come; larger spreads clumps out", first=True, ge=0.0, le=1.0)
    spread: float = param(1.0, "the scale of the whole; larger pulls clusters apart", ge=0.1, le=10.0)
    epochs: int = param(200, "rounds of optimisation; more is finer and takes proportionally longer", ge=1, le=2000)
    repulsion: float = param(1.0, "how strongly strangers are pushed apart", ge=0.0, le=10.0)
    even: float = param(
        0.7,
        "umap and umap3: how far the crowd in the middle is drawn out and the far islands in; 0 leaves all as it fell",
        ge=0.0,
        le=1.0,
    )
    density: float = param(2.0, "densmap only: how much the true densities count", ge=0.0, le=10.0)
    clusters: int = param(240, "clusters at the finest zoom level (at most one per six points)", ge=1, le=2000)
    seed: int = param(42, "same seed, same map", ge=0)

    @property
    def dimensions(self) -> int:
        """Number of dimensions of the map, 2 or 3."""
        return 3 if self.method == "umap3" else 2


def project(
    embedding: Embedding,
    kind: Kind,
    params: LayoutParams = LayoutParams(),
    progress: ProgressCallback = no_progress,
    start: Projection | None = None,
    naming: ClusterNaming = ClusterNaming(),
) -> Projection:
    """Lay out all items of a kind as a map. Deterministic for the same embedding, parameters and start.

    Args:
        embedding: Embedding with the items.
        kind: Kind of the items.
        params: Parameters of the layout.
        progress: Progress callback.
        start: Older map to start from, for instance of another model. The new map is aligned with it, so that
            shared items stay in place as far as their new neighbours allow.
        naming: Popularity and words from which clusters are named; its arrays have one row per item.

    Raises:
        NotFoundError: The embedding has no item of this kind.
        InvalidParameterError: An array of `naming` has another length.
    """
    if kind not in embedding.vocabs:
        known = ", ".join(embedding.vocabs) or "nothing"
        raise NotFoundError(
            f"This model has no {kind}s",
            f"it holds {known}; items on fewer playlists than its min_count are left out",
            "import more playlists, train with a smaller min_count, or choose another model",
        )
    vocab = embedding.vocabs[kind]
    vectors = embedding.of(kind)
    count = len(vocab)
    for name, length in naming.lengths().items():
        if length != count:
            raise InvalidParameterError(
                f"{name} has {length:,} entries", f"the map has {count:,} points", "give one per point"
            )
    near = nearest(vectors, max(TRUST_NEIGHBOURS, params.neighbours - 1), progress, params.seed)
    if start is not None and start.xy.shape[1] != params.dimensions:
        start = None  # a flat map and one in space have nowhere in common
    begin = _initial_positions(embedding, kind, near, start, params)
    xy = _positions(vectors, near, params, progress, begin, 1.0 if start is None else WARM_START_RATE)
    if params.method in ("umap", "umap3"):
        xy = _even_out_radii(xy, params.even)
    xy = _align_to_start(xy, embedding, kind, start) if start is not None else _orient(xy)
    progress(Progress("Naming clusters", None))
    levels = clusters(xy, params.clusters, params.seed)
    labels = cluster_names(levels, vectors, vocab.label_list(np.arange(count)), naming)
    progress(Progress("Measuring trust", None))
    per_point, measures = trust(vectors, xy, near, TRUST_NEIGHBOURS, params.seed)
    return Projection(
        vocab=vocab,
        xy=readonly(xy),
        levels=tuple(readonly(level) for level in levels),
        names=labels,
        trust=readonly(per_point),
        method=params.method,
        params=params.stored(),
        measures=measures,
        fingerprint=_fingerprint(embedding, kind, params, start),
        near=readonly(near.rows[:, :HOVER_NEIGHBOURS]),
    )


def _fingerprint(embedding: Embedding, kind: Kind, params: LayoutParams, start: Projection | None) -> str:
    inputs = [embedding.fingerprint, str(kind), params.stored(), start.fingerprint if start else ""]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]


def _positions(
    vectors: Floats, near: Nearest, params: LayoutParams, progress: ProgressCallback, begin: Floats, rate: float
) -> Floats:
    if params.method == "pca" or len(vectors) < SMALLEST_GRAPH:
        return _principal_axes(vectors, params.dimensions)
    if len(vectors) > 2 * LANDMARKS:
        return _landmark_layout(vectors, near, params, progress, begin, rate)
    return _graph_layout(vectors, near, params, progress, begin, rate)


def _principal_axes(vectors: Floats, dimensions: int) -> Floats:
    """Return coordinates on the principal axes with fixed signs, float32 (n, dimensions); missing axes are zero."""
    xy = np.zeros((len(vectors), dimensions), dtype=np.float32)
    if len(vectors) < 2:
        return xy
    mean = vectors.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov(vectors, rowvar=False).reshape(vectors.shape[1], -1))
    for column, axis in enumerate(axes[:, np.argsort(values)[::-1][:dimensions]].T):
        xy[:, column] = (vectors - mean) @ (axis * np.sign(axis[np.argmax(np.abs(axis))]))
    return xy


def _initial_positions(
    embedding: Embedding, kind: Kind, near: Nearest, start: Projection | None, params: LayoutParams
) -> Floats:
    """Return where the optimisation starts: principal axes, or the old map with new items among known neighbours."""
    vectors = embedding.of(kind)
    if start is None:
        return _principal_axes(vectors, params.dimensions)
    rows = shared_rows(embedding.vocabs[kind], start.vocab)
    known = rows >= 0
    xy = np.zeros((len(vectors), params.dimensions), dtype=np.float32)
    xy[known] = start.xy[rows[known]]
    return _place_among_neighbours(xy, known, near, params.seed)


def _landmark_layout(
    vectors: Floats, near: Nearest, params: LayoutParams, progress: ProgressCallback, begin: Floats, rate: float
) -> Floats:
    """Lay out a sample, place all other points among their neighbours, and let all settle in a short run."""
    sample = np.sort(np.random.default_rng(params.seed).permutation(len(vectors))[:LANDMARKS])
    among = nearest(vectors[sample], params.neighbours - 1, progress, params.seed)
    known = np.zeros(len(vectors), dtype=bool)
    known[sample] = True
    xy = np.zeros_like(begin)
    xy[sample] = _graph_layout(vectors[sample], among, params, progress, begin[sample], rate)
    xy = _place_among_neighbours(xy, known, near, params.seed)
    short = params.model_copy(update={"epochs": max(20, round(LANDMARK_EPOCHS * params.epochs))})
    return _graph_layout(vectors, near, short, progress, xy, WARM_START_RATE)


def _place_among_neighbours(xy: Floats, known: NDArray[np.bool_], near: Nearest, seed: int) -> Floats:
    """Place points without a position among their placed neighbours, in rounds; the remaining ones at random."""
    xy, known = xy.copy(), known.copy()
    spread = float(np.abs(xy[known]).max(initial=1.0))
    for _ in range(8):
        weight = np.where(known[near.rows], np.maximum(near.similarity, 1e-3), 0.0)
        total = weight.sum(axis=1)
        placeable = np.flatnonzero(~known & (total > 0))
        if not len(placeable):
            break
        share = weight[placeable] / total[placeable, None]
        xy[placeable] = (share[:, :, None] * xy[near.rows[placeable]]).sum(axis=1)
        known[placeable] = True
    isolated = np.flatnonzero(~known)
    xy[isolated] = np.random.default_rng(seed).uniform(-spread, spread, size=(len(isolated), xy.shape[1]))
    return xy


@cache
def _cache_compiled_umap() -> None:
    """Let numba cache what it compiles of UMAP on disk: eight seconds once per machine instead of once per process."""
    from numba.core.registry import CPUDispatcher
    from umap import layouts, umap_, utils

    for module in (utils, layouts, umap_):
        for compiled in vars(module).values():
            if isinstance(compiled, CPUDispatcher):
                with suppress(RuntimeError):  # no place may be written: it is compiled each time
                    compiled.enable_caching()


def _graph_layout(
    vectors: Floats, near: Nearest, params: LayoutParams, progress: ProgressCallback, begin: Floats, rate: float
) -> Floats:
    """Run UMAP's two steps with neighbours that are known already."""
    progress(Progress("Preparing UMAP", None, "compiles once per machine"))
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

    _cache_compiled_umap()
    k = min(params.neighbours - 1, near.k)
    itself = np.arange(len(vectors), dtype=np.int32)[:, None]
    rows = np.hstack([itself, near.rows[:, :k]])
    distances = np.hstack([np.zeros_like(itself, dtype=np.float32), np.maximum(0.0, 1.0 - near.similarity[:, :k])])
    random = np.random.RandomState(params.seed)
    dense = params.method == "densmap"
    graph, _, _, graph_distances = fuzzy_simplicial_set(
        vectors, k + 1, random, "cosine", knn_indices=rows, knn_dists=distances, return_dists=dense
    )
    a, b = find_ab_params(params.spread, params.min_dist)
    density = {
        "lambda": params.density,
        "frac": 0.3,
        "var_shift": 0.1,
        "n_neighbors": k + 1,
        "graph_dists": graph_distances,
    }
    noise = random.normal(scale=1e-4, size=begin.shape).astype(np.float32)
    xy, _ = simplicial_set_embedding(
        vectors,
        graph,
        n_components=params.dimensions,
        initial_alpha=rate,
        a=a,
        b=b,
        gamma=params.repulsion,
        negative_sample_rate=5,
        n_epochs=params.epochs,
        init=begin / max(1e-9, float(np.abs(begin).max())) + noise,
        random_state=random,
        metric="cosine",
        metric_kwds={},
        densmap=dense,
        densmap_kwds=density,
        output_dens=False,
        tqdm_kwds={
            "disable": False,
            "file": _EpochWriter(progress, params.epochs),
            "bar_format": "{n}",
            "mininterval": 0.5,
        },
    )
    return np.asarray(xy, dtype=np.float32)


class _EpochWriter:
    """Receives UMAP's progress bar: the only place where its work can be watched and stopped."""

    def __init__(self, progress: ProgressCallback, epochs: int) -> None:
        self.progress = progress
        self.epochs = epochs

    def write(self, text: str) -> None:
        """Report the epoch that the bar prints."""
        epoch = text.strip()
        if epoch.isdigit():
            self.progress(Progress("Laying out", int(epoch) / self.epochs, f"epoch {epoch} of {self.epochs}"))

    def flush(self) -> None:
        """Do nothing: there is no buffer."""


def _even_out_radii(xy: Floats, part: float) -> Floats:
    """Move distances from the centre towards those of an evenly filled disc or ball; directions and order stay.

    The radius changes smoothly and monotonically, so that neighbours remain neighbours (measured: trust within .002).
    """
    if len(xy) < SMALLEST_GRAPH:
        return xy
    centred = xy - np.median(xy, axis=0)
    radius = np.maximum(np.linalg.norm(centred, axis=1), 1e-9)
    shares = np.linspace(0, 1, 65)
    knots = np.quantile(radius, shares)
    goal = (1 - part) * knots / max(float(np.quantile(radius, 0.995)), 1e-9) + part * shares ** (1 / xy.shape[1])
    return np.asarray(centred * (np.interp(radius, knots, goal) / radius)[:, None], dtype=np.float32)


def _orient(xy: Floats) -> Floats:
    """Centre the points and rotate them to their principal axes, the longest horizontal.

    Scaled so that all but a thousandth of the points at each end lie within [−1, 1].
    """
    if len(xy) < 2:
        return np.zeros_like(xy)
    centred = xy - np.median(xy, axis=0)
    spread, axes = np.linalg.eigh(np.cov(centred, rowvar=False))
    axes = axes[:, np.argsort(spread)[::-1]]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    rotated = centred @ axes
    low, high = np.quantile(rotated, [0.001, 0.999], axis=0)
    half = float((high - low).max()) / 2 or 1.0
    return np.asarray((rotated - (low + high) / 2) / half, dtype=np.float32)


def _align_to_start(xy: Floats, embedding: Embedding, kind: Kind, start: Projection) -> Floats:
    """Align with the old map where the two share at least three points, neighbourhood by neighbourhood.

    UMAP does not keep the distance of unrelated groups: it stretches every start to a square, repulsion drives
    strangers apart, and `_even_out_radii` changes radii. A move that many neighbours share is such drift and is undone.
    """
    rows = shared_rows(embedding.vocabs[kind], start.vocab)
    known = np.flatnonzero(rows >= 0)
    if len(known) < 3:
        return _orient(xy)
    target = start.xy[rows[known]]
    xy = procrustes(xy, xy[known], target)
    return remove_shared_drift(xy, xy[known], target)
