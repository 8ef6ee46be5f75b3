"""Embedding → Projection: where every point lies, its clusters and their names, and how far to believe the map."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import BadParameter, UnknownTerm
from tagviz.params import Params, knob
from tagviz.project.align import registered, shared_rows, superposed
from tagviz.project.clusters import clusters
from tagviz.project.names import names
from tagviz.project.nearest import Nearest, nearest
from tagviz.project.trust import trust
from tagviz.types import Embedding, Floats, Kind, Progress, ProgressCallback, Projection, frozen, quiet

TRUST_NEIGHBOURS = 15
HOVER_NEIGHBOURS = 5
GENTLY = 0.25
"""Learning rate when a map starts from an old one (a fresh one: 1): it settles without jumping."""

LANDMARKS = 40_000
"""With more than twice as many points, so many are laid out first; the others join them and all settle together."""

SETTLING = 0.15
"""Share of the epochs in which all points settle around their landmarks."""

FEW = 5
"""Below so many points a graph layout means nothing: they are laid out by their principal axes."""


class LayoutParams(Params):
    """How a map is laid out. UMAP: McInnes, Healy & Melville 2018; densMAP: Narayan, Berger & Cho 2021."""

    method: Literal["umap", "densmap", "pca", "umap3"] = knob(
        "umap",
        "umap keeps neighbours together, densmap also how dense they are, pca only the two widest directions; umap3 "
        "has three dimensions, to be turned",
        first=True,
    )
    neighbours: int = knob(
        15, "neighbours each point holds on to; more shows the whole, fewer the detail", first=True, ge=2, le=200
    )
    min_dist: float = knob(0.2, "how close points may come; larger spreads clumps out", first=True, ge=0.0, le=1.0)
    spread: float = knob(1.0, "the scale of the whole; larger pulls clusters apart", ge=0.1, le=10.0)
    epochs: int = knob(200, "rounds of optimisation; more is finer and takes proportionally longer", ge=1, le=2000)
    repulsion: float = knob(1.0, "how strongly strangers are pushed apart", ge=0.0, le=10.0)
    even: float = knob(
        0.7,
        "umap and umap3: how far the crowd in the middle is drawn out and the far islands in; 0 leaves all as it fell",
        ge=0.0,
        le=1.0,
    )
    density: float = knob(2.0, "densmap only: how much the true densities count", ge=0.0, le=10.0)
    clusters: int = knob(240, "clusters at the finest zoom level (at most one per six points)", ge=1, le=2000)
    seed: int = knob(42, "same seed, same map", ge=0)

    @property
    def dimensions(self) -> int:
        return 3 if self.method == "umap3" else 2


def project(
    embedding: Embedding,
    kind: Kind,
    params: LayoutParams = LayoutParams(),
    progress: ProgressCallback = quiet,
    start: Projection | None = None,
    counts: NDArray[np.int64] | None = None,
    describe: sp.csr_matrix | None = None,
    describe_labels: Sequence[str] | None = None,
) -> Projection:
    """The map of all items of `kind`: deterministic for the same embedding, parameters and start.

    start: a map to begin from (of another model, say); the result is turned and scaled onto it, so that what both hold
        stays where it was as far as the new neighbours allow.
    counts: int64 (n,) popularity per item, by which clusters choose their names (default: all equal).
    describe, describe_labels: non-negative (n, m) matrix saying how much each item has to do with each of m words or
        tags, and their spellings: then clusters are named from these (songs by their tags, say) and not from the items.
    Raises UnknownTerm when the embedding holds nothing of this kind, BadParameter for arrays of another length.
    """
    if kind not in embedding.vocabs:
        known = ", ".join(embedding.vocabs) or "nothing"
        raise UnknownTerm(f"This embedding has no {kind}s", f"it holds {known}", "choose one of these for the map")
    vocab = embedding.vocabs[kind]
    vectors = embedding.of(kind)
    count = len(vocab)
    counts = np.ones(count, dtype=np.int64) if counts is None else counts
    for name, length in (("counts", len(counts)), ("describe", count if describe is None else describe.shape[0])):
        if length != count:
            raise BadParameter(f"{name} has {length:,} entries", f"the map has {count:,} points", "give one per point")
    near = nearest(vectors, max(TRUST_NEIGHBOURS, params.neighbours - 1), progress, params.seed)
    if start is not None and start.xy.shape[1] != params.dimensions:
        start = None  # a flat map and one in space have nowhere in common
    begin = _begin(embedding, kind, near, start, params)
    xy = _positions(vectors, near, params, progress, begin, 1.0 if start is None else GENTLY)
    if params.method in ("umap", "umap3"):
        xy = _evened(xy, params.even)
    xy = _onto(xy, embedding, kind, start) if start is not None else _upright(xy)
    progress(Progress("Naming clusters", None))
    levels = clusters(xy, params.clusters, params.seed)
    called = names(levels, vectors, vocab.label_list(np.arange(count)), counts, describe, describe_labels)
    progress(Progress("Measuring trust", None))
    kept, measures = trust(vectors, xy, near, TRUST_NEIGHBOURS, params.seed)
    return Projection(
        vocab=vocab,
        xy=frozen(xy),
        levels=tuple(frozen(level) for level in levels),
        names=called,
        trust=frozen(kept),
        method=params.method,
        params=params.model_dump(),
        measures=measures,
        fingerprint=_fingerprint(embedding, kind, params, start),
        near=frozen(near.rows[:, :HOVER_NEIGHBOURS]),
    )


def _fingerprint(embedding: Embedding, kind: Kind, params: LayoutParams, start: Projection | None) -> str:
    told = [embedding.fingerprint, str(kind), params.model_dump(), start.fingerprint if start else ""]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _positions(
    vectors: Floats, near: Nearest, params: LayoutParams, progress: ProgressCallback, begin: Floats, rate: float
) -> Floats:
    if params.method == "pca" or len(vectors) < FEW:
        return _axes(vectors, params.dimensions)
    if len(vectors) > 2 * LANDMARKS:
        return _by_landmarks(vectors, near, params, progress, begin, rate)
    return _graph_layout(vectors, near, params, progress, begin, rate)


def _axes(vectors: Floats, dimensions: int) -> Floats:
    """The principal axes, signs fixed so that two runs agree; float32 (n, dimensions) also where there are fewer."""
    xy = np.zeros((len(vectors), dimensions), dtype=np.float32)
    if len(vectors) < 2:
        return xy
    mean = vectors.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov(vectors, rowvar=False).reshape(vectors.shape[1], -1))
    for column, axis in enumerate(axes[:, np.argsort(values)[::-1][:dimensions]].T):
        xy[:, column] = (vectors - mean) @ (axis * np.sign(axis[np.argmax(np.abs(axis))]))
    return xy


def _begin(embedding: Embedding, kind: Kind, near: Nearest, start: Projection | None, params: LayoutParams) -> Floats:
    """Where the optimisation starts: the principal axes, or the old map with newcomers among their known neighbours."""
    vectors = embedding.of(kind)
    if start is None:
        return _axes(vectors, params.dimensions)
    rows = shared_rows(embedding.vocabs[kind], start.vocab)
    known = rows >= 0
    xy = np.zeros((len(vectors), params.dimensions), dtype=np.float32)
    xy[known] = start.xy[rows[known]]
    return _joining(xy, known, near, params.seed)


def _by_landmarks(
    vectors: Floats, near: Nearest, params: LayoutParams, progress: ProgressCallback, begin: Floats, rate: float
) -> Floats:
    """A sample is laid out in full, everyone else begins among its neighbours, and a short run settles all."""
    sample = np.sort(np.random.default_rng(params.seed).permutation(len(vectors))[:LANDMARKS])
    among = nearest(vectors[sample], params.neighbours - 1, progress, params.seed)
    known = np.zeros(len(vectors), dtype=bool)
    known[sample] = True
    xy = np.zeros_like(begin)
    xy[sample] = _graph_layout(vectors[sample], among, params, progress, begin[sample], rate)
    xy = _joining(xy, known, near, params.seed)
    short = params.model_copy(update={"epochs": max(20, round(SETTLING * params.epochs))})
    return _graph_layout(vectors, near, short, progress, xy, GENTLY)


def _joining(xy: Floats, known: NDArray[np.bool_], near: Nearest, seed: int) -> Floats:
    """Points without a place among those of their neighbours that have one, round after round; the rest anywhere."""
    xy, known = xy.copy(), known.copy()
    spread = float(np.abs(xy[known]).max(initial=1.0))
    for _ in range(8):
        weight = np.where(known[near.rows], np.maximum(near.similarity, 1e-3), 0.0)
        total = weight.sum(axis=1)
        joining = np.flatnonzero(~known & (total > 0))
        if not len(joining):
            break
        share = weight[joining] / total[joining, None]
        xy[joining] = (share[:, :, None] * xy[near.rows[joining]]).sum(axis=1)
        known[joining] = True
    lost = np.flatnonzero(~known)
    xy[lost] = np.random.default_rng(seed).uniform(-spread, spread, size=(len(lost), xy.shape[1]))
    return xy


@cache
def _keep_compiled() -> None:
    """Has numba keep what it compiles of UMAP, beside UMAP or in the cache of the user: eight seconds once a machine,
    not once a process."""
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
    """UMAP's two steps, from neighbours that are known already."""
    progress(Progress("Preparing UMAP", None, "compiles once per machine"))
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

    _keep_compiled()
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
        tqdm_kwds={"disable": False, "file": _Epochs(progress, params.epochs), "bar_format": "{n}", "mininterval": 0.5},
    )
    return np.asarray(xy, dtype=np.float32)


class _Epochs:
    """What UMAP's progress bar writes its epochs into: the only place where its work can be watched and stopped."""

    def __init__(self, progress: ProgressCallback, epochs: int) -> None:
        self.progress = progress
        self.epochs = epochs

    def write(self, text: str) -> None:
        epoch = text.strip()
        if epoch.isdigit():
            self.progress(Progress("Laying out", int(epoch) / self.epochs, f"epoch {epoch} of {self.epochs}"))

    def flush(self) -> None:
        """Nothing is buffered."""


def _evened(xy: Floats, part: float) -> Floats:
    """Distances from the middle drawn towards those of an evenly filled disc or ball; directions and their order stay.

    A smooth, monotone change of the radius only, so that neighbours remain neighbours (measured: trust within .002).
    """
    if len(xy) < FEW:
        return xy
    centred = xy - np.median(xy, axis=0)
    radius = np.maximum(np.linalg.norm(centred, axis=1), 1e-9)
    shares = np.linspace(0, 1, 65)
    knots = np.quantile(radius, shares)
    goal = (1 - part) * knots / max(float(np.quantile(radius, 0.995)), 1e-9) + part * shares ** (1 / xy.shape[1])
    return (centred * (np.interp(radius, knots, goal) / radius)[:, None]).astype(np.float32)


def _upright(xy: Floats) -> Floats:
    """Centred and scaled so that all but a thousandth of the points lie within [−1, 1], the longer side across."""
    if len(xy) < 2:
        return np.zeros_like(xy)
    centred = xy - np.median(xy, axis=0)
    spread, axes = np.linalg.eigh(np.cov(centred, rowvar=False))
    axes = axes[:, np.argsort(spread)[::-1]]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    turned = centred @ axes
    low, high = np.quantile(turned, [0.001, 0.999], axis=0)
    half = float((high - low).max()) / 2 or 1.0
    return ((turned - (low + high) / 2) / half).astype(np.float32)


def _onto(xy: Floats, embedding: Embedding, kind: Kind, start: Projection) -> Floats:
    """Laid over the old map where the two share at least three points, neighbourhood by neighbourhood.

    Nothing holds groups that have little to do with one another at their distance: UMAP stretches every start to a
    square, its strangers push one another apart, `_evened` pulls inwards and outwards. What many neighbours moved alike
    is that drift, and is taken back.
    """
    rows = shared_rows(embedding.vocabs[kind], start.vocab)
    known = np.flatnonzero(rows >= 0)
    if len(known) < 3:
        return _upright(xy)
    there = start.xy[rows[known]]
    xy = superposed(xy, xy[known], there)
    return registered(xy, xy[known], there)
