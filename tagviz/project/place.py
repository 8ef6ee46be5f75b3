"""Guests on a map: items of another kind, or a free phrase, placed among those that the map already shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tagviz.errors import UnknownTerm
from tagviz.types import Embedding, Floats, Ints, Kind, Progress, ProgressCallback, Projection, frozen, quiet

HOSTS = 6
SHARPNESS = 8.0
"""Hosts count by similarity to this power: higher draws a guest to its very nearest."""

BLOCK_BYTES = 64 * 2**20


def place(embedding: Embedding, kind: Kind, onto: Projection, progress: ProgressCallback = quiet) -> Projection:
    """All items of `kind` on the map of another kind: each in the middle of the HOSTS it is nearest to in the space.

    The map itself does not move. `near` are hosts and not kept; trust is unknown (NaN); regions are the hosts'. Raises
    UnknownTerm when the embedding lacks either kind.
    """
    hosts, rows = _hosts(embedding, onto)
    if kind not in embedding.vocabs:
        raise UnknownTerm(
            f"This embedding has no {kind}s", f"it holds {', '.join(embedding.vocabs)}", "choose one of these"
        )
    vectors = embedding.of(kind)
    xy = np.zeros((len(vectors), onto.xy.shape[1]), dtype=np.float32)
    first = np.zeros(len(vectors), dtype=np.int64)
    step = max(1, BLOCK_BYTES // (4 * max(1, len(hosts))))
    for start in range(0, len(vectors), step):
        part = slice(start, start + step)
        xy[part], nearest = _among(vectors[part] @ hosts.T, onto.xy[rows])
        first[part] = rows[nearest[:, 0]]
        progress(Progress(f"Placing {kind}s", min(1.0, (start + step) / len(vectors))))
    levels = tuple(frozen(level[first]) for level in onto.levels)
    return Projection(
        vocab=embedding.vocabs[kind],
        xy=frozen(xy),
        levels=levels,
        names=onto.names,
        trust=frozen(np.full(len(vectors), np.nan, dtype=np.float32)),
        method="placed",
        params={"hosts": HOSTS, "onto": onto.fingerprint},
        fingerprint=f"{onto.fingerprint}-{kind}",
    )


@dataclass(frozen=True)
class Spot:
    """Where a vector lies on a map (x, y, and z where the map has one), and what lies around it in the space: keys and
    similarities, nearest first."""

    at: tuple[float, ...]
    near: tuple[tuple[str, float], ...]


def spot(vector: Floats, embedding: Embedding, onto: Projection) -> Spot:
    """Where a free vector of the embedding's space (a phrase encoded by the sentence model) lands on the map."""
    hosts, rows = _hosts(embedding, onto)
    unit = np.asarray(vector, dtype=np.float32) / max(float(np.linalg.norm(vector)), 1e-9)
    scores = (hosts @ unit)[None, :]
    xy, nearest = _among(scores, onto.xy[rows])
    near = tuple((onto.vocab.key(int(rows[host])), float(scores[0, host])) for host in nearest[0])
    return Spot(tuple(xy[0].tolist()), near)


def among(scores: Floats, onto: Projection) -> Spot:
    """Where something lands whose likeness to every point of the map is given, float32 (n,); −inf is no host."""
    xy, nearest = _among(scores[None, :], onto.xy)
    near = tuple((onto.vocab.key(int(row)), float(scores[row])) for row in nearest[0])
    return Spot(tuple(xy[0].tolist()), near)


def _hosts(embedding: Embedding, onto: Projection) -> tuple[Floats, Ints]:
    """Vectors of the map's points that the embedding knows, and their rows on the map."""
    kind = onto.vocab.kind
    within = embedding.rows_in(onto.vocab) if kind in embedding.vocabs else np.empty(0, dtype=np.int32)
    rows = np.flatnonzero(within >= 0).astype(np.int32)
    if not len(rows):
        raise UnknownTerm(
            f"This embedding knows none of the map's {kind}s", "its hosts are missing", "use the map's model"
        )
    return embedding.of(kind)[within[rows]], rows


def _among(scores: Floats, xy: Floats) -> tuple[Floats, Ints]:
    k = min(HOSTS, scores.shape[1])
    best = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    values = np.take_along_axis(scores, best, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    best, values = np.take_along_axis(best, order, axis=1), np.take_along_axis(values, order, axis=1)
    weight = np.maximum(values, 1e-3) ** SHARPNESS
    return (weight[:, :, None] * xy[best]).sum(axis=1) / weight.sum(axis=1, keepdims=True), best.astype(np.int32)
