"""The words tagviz is written in. All types are frozen and their arrays read-only; only numpy, scipy and pandas here.

A *key* is a namespaced string such as `tag:jazz`, `song:1234` or `word:여행`, so no number is ever taken for a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.corpus import Corpus as Corpus
from tagviz.corpus import Floats as Floats
from tagviz.corpus import Ints as Ints
from tagviz.corpus import Kind as Kind
from tagviz.corpus import Rulings as Rulings
from tagviz.corpus import Vocab as Vocab
from tagviz.corpus import frozen as frozen
from tagviz.corpus import key_of as key_of
from tagviz.corpus import split_key as split_key


@dataclass(frozen=True, eq=False)
class Embedding:
    """Vectors for items of several kinds, kept in one array, one block of rows per kind in the order of `vocabs`.

    vectors: unit float32 (n, d). norms: float32 (n,), the length each had before (raw vector = norm · vector).
    outputs: raw float32 (n, d) output ("context") vectors where the method has them.
    """

    vocabs: Mapping[Kind, Vocab]
    vectors: Floats
    norms: Floats
    outputs: Floats | None
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    @cached_property
    def blocks(self) -> dict[Kind, slice]:
        ends = np.cumsum([len(vocab) for vocab in self.vocabs.values()])
        return {
            kind: slice(int(end) - len(vocab), int(end))
            for (kind, vocab), end in zip(self.vocabs.items(), ends, strict=True)
        }

    def of(self, kind: Kind) -> Floats:
        """Unit vectors (n_kind, d) of one kind, a view; (0, d) where the embedding has none."""
        return self.vectors[self.blocks.get(kind, slice(0, 0))]

    def raw(self, kind: Kind) -> Floats:
        block = self.blocks.get(kind, slice(0, 0))
        return self.vectors[block] * self.norms[block, None]

    def rows_in(self, vocab: Vocab) -> Ints:
        """For each item of `vocab` its row within this embedding's block of that kind, −1 where it has no vector."""
        if vocab.kind not in self.vocabs:
            return np.full(len(vocab), -1, dtype=np.int32)
        return self.vocabs[vocab.kind].ids.get_indexer(vocab.ids).astype(np.int32)


@dataclass(frozen=True)
class Query:
    """What a person asks. Titles, tags and songs may each be absent; `avoid` holds keys to keep away from.

    date: ISO date of the playlist; when given, songs issued later can be left out.
    """

    title: str = ""
    tags: tuple[str, ...] = ()
    songs: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    n: int = 20
    date: str = ""


@dataclass(frozen=True)
class Reading:
    """How one typed term was read: the key it became ("" unknown), by which rule, and what else it may have meant."""

    typed: str
    kind: Kind
    key: str = ""
    how: str = ""
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Asked:
    """A batch of queries as CSR rows over songs, tags and title words (float32, q rows); one query is a batch of one.

    titles: the titles as typed. avoid: what to keep away from, masked: what must not be answered for another reason (a
    title that is itself a tag), both as CSR rows by kind; the asked items themselves are never answered either.
    readings: per query how each term was read. dates: datetime64[s] per query (NaT unknown).
    """

    titles: tuple[str, ...]
    items: Mapping[Kind, sp.csr_matrix]
    avoid: Mapping[Kind, sp.csr_matrix] = field(default_factory=dict)
    masked: Mapping[Kind, sp.csr_matrix] = field(default_factory=dict)
    readings: tuple[tuple[Reading, ...], ...] = ()
    dates: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.titles)

    def part(self, start: int, stop: int) -> Asked:
        """Queries start … stop−1 as a batch of their own; all of them: the batch itself."""
        if start == 0 and stop >= len(self):
            return self
        return Asked(
            titles=self.titles[start:stop],
            items={kind: sp.csr_matrix(matrix[start:stop]) for kind, matrix in self.items.items()},
            avoid={kind: sp.csr_matrix(matrix[start:stop]) for kind, matrix in self.avoid.items()},
            masked={kind: sp.csr_matrix(matrix[start:stop]) for kind, matrix in self.masked.items()},
            readings=self.readings[start:stop],
            dates=None if self.dates is None else self.dates[start:stop],
        )

    @property
    def unknown(self) -> tuple[tuple[str, ...], ...]:
        """Per query the typed terms that nothing here matches."""
        return tuple(tuple(reading.typed for reading in row if not reading.key) for row in self.readings)


@dataclass(frozen=True)
class Reason:
    """Part of why an item is recommended: an asked item, a playlist (`playlist:…`) or a member method (`member:…`).

    weight: its share of the item's score, so that the weights of one `via` add up to about 1.
    """

    key: str
    label: str
    weight: float
    via: Literal["asked", "playlist", "member"] = "asked"


@runtime_checkable
class Recommender(Protocol):
    """What every method is, once fitted."""

    method: str
    kinds: frozenset[Kind]

    def score(self, asked: Asked, kind: Kind) -> Floats:
        """(q, n_kind) float32, higher is better. A row of equal entries says that nothing asked is known here.

        Raises BadParameter for a kind outside `kinds`. Never changes `asked`; each row depends on its own query only.
        A writable result is the caller's: changing it changes no later answer.
        """
        ...

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """For a batch of one: per item in `rows` what brought it, largest first; empty where the method cannot say."""
        ...

    def state(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        """Named arrays and JSON parameters from which the method can be restored (with its corpus)."""
        ...


@dataclass(frozen=True, eq=False)
class Ranking:
    """The answer to one query: keys and scores in descending order, and why.

    fallback: nothing asked was known, so this is mere popularity. readings: how the typed terms were read.
    """

    kind: Kind
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    scores: Floats
    method: str
    model: str = ""
    fallback: bool = False
    readings: tuple[Reading, ...] = ()
    reasons: tuple[tuple[Reason, ...], ...] = ()


@dataclass(frozen=True, eq=False)
class Projection:
    """A map: `xy` float32 (n, 2), or (n, 3) in space, for the keys of `vocab`, clusters and their names by zoom level,
    trust per point.

    levels: from coarse to fine, an int32 (n,) cluster per point (−1 none). names: per level one name per cluster.
    trust: float32 (n,) in [0, 1]: share of each point's true neighbours that are its neighbours on the map.
    near: int32 (n, up to 5) rows of each point's nearest others in the original space (None: not kept).
    """

    vocab: Vocab
    xy: Floats
    levels: tuple[Ints, ...]
    names: tuple[tuple[str, ...], ...]
    trust: Floats
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    fingerprint: str = ""
    near: Ints | None = None


@dataclass(frozen=True)
class Progress:
    """How far long work is: what is being done, the fraction done (None: unknown), a note, numbers worth a curve.

    near: keys that a person watches → labels of what is nearest to them now, while a space forms.
    """

    phase: str
    fraction: float | None = None
    note: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)
    near: Mapping[str, Sequence[str]] = field(default_factory=dict)


ProgressCallback = Callable[[Progress], None]
"""Called by long work every second or so; raises Cancelled when the person wants it to stop."""


def quiet(progress: Progress) -> None:
    """A ProgressCallback that shows nothing."""
