"""What lies on a map, packed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tagviz.errors import BadParameter
from tagviz.project import pack
from tagviz.types import Floats, Ints, Kind, Projection, Vocab, split_key
from tagviz.ui.map_component.files import MapFiles


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Points that the browser can fetch. Rows count through the projections in the order given; keys name them.

    points, texts, names: addresses of the files. xy: float32 (n, 2), or (n, 3) for a map in space. order: rows in the
    order of the files. first: the first projection.
    """

    files: MapFiles
    points: str
    texts: str
    names: str
    xy: Floats
    order: NDArray[np.int64]
    vocabs: tuple[Vocab, ...]
    first: Projection
    starts: tuple[int, ...] = field(default=(0,))

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(vocab.kind for vocab in self.vocabs)

    def __len__(self) -> int:
        return len(self.xy)

    def row(self, key: str) -> int:
        """Row of a key, −1 where it is not on this map."""
        kind, ident = split_key(key)
        for start, vocab in zip(self.starts, self.vocabs, strict=True):
            if vocab.kind == kind:
                found = vocab.row(ident, missing="skip")
                return start + found if found >= 0 else -1
        return -1

    def rows(self, keys: Iterable[str]) -> list[int]:
        """Rows of the keys that are on this map."""
        return [row for row in map(self.row, keys) if row >= 0]

    def key(self, row: int) -> str:
        place = int(np.searchsorted(self.starts, row, side="right")) - 1
        return self.vocabs[place].key(row - self.starts[place])

    def inside(
        self,
        polygon: tuple[tuple[float, float], ...],
        shown: NDArray[np.bool_] | None = None,
        turn: tuple[float, float] = (0.0, 0.0),
    ) -> list[str]:
        """Keys of the points within a closed line (and shown), the most frequent first. turn: of a map in space."""
        rows = _inside(self, polygon, turn)
        if shown is not None:
            rows = rows[shown[rows]]
        return [self.key(int(row)) for row in rows]


@lru_cache(maxsize=32)
def _inside(
    points: MapPoints, polygon: tuple[tuple[float, float], ...], turn: tuple[float, float]
) -> NDArray[np.int64]:
    xy = points.xy if points.xy.shape[1] == 2 else pack.turned(points.xy, *turn)
    rows = pack.inside(polygon, xy)
    place = np.empty(len(points), dtype=np.int64)
    place[points.order] = np.arange(len(points))
    return rows[np.argsort(place[rows])]


def publish(files: MapFiles, projections: Sequence[Projection], counts: Sequence[NDArray[np.int64]]) -> MapPoints:
    """Packs projections of different kinds, all in the space of the first, which also names the regions.

    counts: per projection how often each of its items occurs (the size of the points). 0.1 s for 30k points, 2 s for
    650k: keep the result under the projections' fingerprints (`st.cache_resource`).
    """
    for projection, count in zip(projections, counts, strict=True):
        if len(count) != len(projection.vocab):
            detail = f"{len(count):,} counts for {len(projection.vocab):,} {projection.vocab.kind}s"
            raise BadParameter("Counts and points differ", detail, "give one count per point")
    sizes = [len(projection.vocab) for projection in projections]
    starts = tuple(int(start) for start in np.cumsum([0, *sizes[:-1]]))
    xy = np.concatenate([projection.xy for projection in projections])
    everything = np.concatenate(list(counts))
    order = pack.order_of(everything)
    every = list(Kind)  # the place in Kind is the shape, whatever else is on the map
    kinds = np.repeat(np.array([every.index(p.vocab.kind) for p in projections], dtype=np.uint8), sizes)
    trust = np.concatenate([projection.trust for projection in projections])
    labels = [
        label for projection in projections for label in projection.vocab.label_list(np.arange(len(projection.vocab)))
    ]
    return MapPoints(
        files=files,
        points=files.put(pack.points(xy, everything, trust, kinds, order)),
        texts=files.put(pack.texts(labels, _near(projections, starts), order)),
        names=files.put(pack.region_names(projections[0], counts[0]), "json"),
        xy=xy,
        order=order,
        vocabs=tuple(projection.vocab for projection in projections),
        first=projections[0],
        starts=starts,
    )


def _near(projections: Sequence[Projection], starts: Sequence[int]) -> Ints:
    blocks = []
    for projection, start in zip(projections, starts, strict=True):
        block = np.full((len(projection.vocab), pack.NEAREST), -1, dtype=np.int32)
        if projection.near is not None:
            kept = projection.near[:, : pack.NEAREST]
            block[:, : kept.shape[1]] = kept + start
        blocks.append(block)
    return np.concatenate(blocks)
