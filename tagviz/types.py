"""The words tagviz is written in. All types are frozen and their arrays read-only; only numpy, scipy and pandas here.

A *key* is a namespaced string such as `tag:jazz`, `song:1234` or `word:여행`, so no number is ever taken for a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import UnknownTerm

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


class Kind(StrEnum):
    """What a key can stand for."""

    TAG = "tag"
    SONG = "song"
    WORD = "word"
    GENRE = "genre"
    ARTIST = "artist"
    PLAYLIST = "playlist"


def key_of(kind: Kind, ident: str) -> str:
    return f"{kind}:{ident}"


def split_key(key: str) -> tuple[Kind, str]:
    """`tag:jazz` → (Kind.TAG, "jazz"). Raises UnknownTerm when the part before the colon is no kind."""
    head, colon, ident = key.partition(":")
    if not colon or head not in Kind.__members__.values():
        kinds = ", ".join(Kind)
        raise UnknownTerm(
            f"{key!r} is no key", f"a key looks like tag:jazz; kinds are {kinds}", "put the kind before a colon"
        )
    return Kind(head), ident


def frozen(array: np.ndarray[Any, Any], dtype: Any = None) -> Any:
    """The array, contiguous, of `dtype`, and read-only (copied only where it must be)."""
    result = np.ascontiguousarray(array, dtype=dtype)
    if result.flags.writeable:
        result = result.view()
        result.flags.writeable = False
    return result


@dataclass(frozen=True, eq=False)
class Vocab:
    """Keys of one kind ↔ rows. `ids`: spellings after the colon; `labels`: what a person reads (default: the ids).

    aliases: other ids that mean one of `ids`, such as spellings that were merged into it: they are found like it.
    """

    kind: Kind
    ids: pd.Index
    labels: pd.Index | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: Kind, ids: Sequence[str], labels: Sequence[str] | None = None) -> Vocab:
        return cls(
            kind, pd.Index(list(ids), dtype="str"), None if labels is None else pd.Index(list(labels), dtype="str")
        )

    def __len__(self) -> int:
        return len(self.ids)

    def key(self, row: int) -> str:
        return key_of(self.kind, self.ids[row])

    def label(self, row: int) -> str:
        return str(self.ids[row] if self.labels is None else self.labels[row])

    def keys(self, rows: Sequence[int] | NDArray[Any]) -> list[str]:
        return [f"{self.kind}:{ident}" for ident in self.ids[np.asarray(rows, dtype=np.int64)]]

    def label_list(self, rows: Sequence[int] | NDArray[Any]) -> list[str]:
        index = self.ids if self.labels is None else self.labels
        return [str(label) for label in index[np.asarray(rows, dtype=np.int64)]]

    def find(self, ids: Sequence[str]) -> Ints:
        """Row of each id, −1 where it is unknown; vectorised."""
        rows = self.ids.get_indexer(pd.Index(list(ids), dtype="str")).astype(np.int32)
        if self.aliases and (rows < 0).any():
            lost = np.flatnonzero(rows < 0)
            meant = [self.aliases.get(name, name) for name, row in zip(ids, rows, strict=True) if row < 0]
            rows[lost] = self.ids.get_indexer(pd.Index(meant, dtype="str"))
        return rows

    def row(self, ident: str, missing: Literal["error", "skip"] = "error") -> int:
        """Row of one id; unknown: UnknownTerm, or −1 with `missing="skip"`."""
        found = int(self.find([ident])[0])
        if found < 0 and missing == "error":
            raise UnknownTerm(
                f"{key_of(self.kind, ident)!r} is not here",
                f"{len(self):,} {self.kind}s are known",
                "check the spelling",
            )
        return found


@dataclass(frozen=True, eq=False)
class Rulings:
    """What experts have ruled on the n items of one kind, for every ranking to keep to.

    blocked: bool (n,), never answered. together, apart: (n, n) CSR, symmetric: with one asked, the other comes first,
    or never. broader: (n, n) CSR, a one where the column's item is broader than the row's.
    """

    blocked: NDArray[np.bool_]
    together: sp.csr_matrix
    apart: sp.csr_matrix
    broader: sp.csr_matrix


@dataclass(frozen=True, eq=False)
class Corpus:
    """Playlists × songs, × tags, × title words, and what is known of the songs.

    playlists: frame, one row a playlist: `id` (str), `title` (str, may be empty), `date` (datetime64[s], NaT unknown),
        `likes` (int32), `group` (str, "" unknown: the listener or artist that it must not be split from).
    songs: frame, one row a song of `vocabs[SONG]`: `name`, `artist` (display text), `album`, `date` (datetime64[s]).
    vocabs: TAG, SONG, WORD, GENRE and ARTIST, each possibly empty.
    links: playlists × kind as binary float32 CSR for TAG, SONG and WORD.
    song_links: songs × kind as binary float32 CSR for GENRE and ARTIST.
    facets: one str per tag ("" unknown), such as genre, mood, era.
    group_name: what `group` is ("listener", "artist", "" none).
    tokenizer: `words` or `sentencepiece`; then `tokenizer_model` holds the trained model's bytes.
    meta: plain JSON: source, format, options, import notes, `synthetic` …
    rulings: what experts have ruled, by kind; none in a corpus as it came.
    """

    name: str
    playlists: pd.DataFrame
    songs: pd.DataFrame
    vocabs: Mapping[Kind, Vocab]
    links: Mapping[Kind, sp.csr_matrix]
    song_links: Mapping[Kind, sp.csr_matrix]
    facets: NDArray[Any]
    group_name: str = ""
    tokenizer: str = "words"
    tokenizer_model: bytes = b""
    meta: Mapping[str, Any] = field(default_factory=dict)
    stored_fingerprint: str = ""
    rulings: Mapping[Kind, Rulings] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.playlists)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the content (16 hex digits): equal content, equal fingerprint, whatever the name."""
        if self.stored_fingerprint:
            return self.stored_fingerprint
        digest = hashlib.sha256()
        for kind in sorted(self.vocabs):
            digest.update(kind.encode())
            digest.update("\x00".join(self.vocabs[kind].ids).encode("utf-8", "surrogatepass"))
        for matrices in (self.links, self.song_links):
            for kind in sorted(matrices):
                matrix = matrices[kind]
                digest.update(np.asarray(matrix.indptr, dtype=np.int64).tobytes())
                digest.update(np.asarray(matrix.indices, dtype=np.int64).tobytes())
        for frame in (self.playlists, self.songs):
            digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
        digest.update("\x00".join(map(str, self.facets)).encode("utf-8", "surrogatepass"))
        digest.update(self.tokenizer.encode() + self.tokenizer_model)
        return digest.hexdigest()[:16]

    def vocab(self, kind: Kind) -> Vocab:
        if kind is Kind.PLAYLIST:
            return self._playlist_vocab
        return self.vocabs[kind]

    @cached_property
    def _playlist_vocab(self) -> Vocab:
        return Vocab(
            Kind.PLAYLIST, pd.Index(self.playlists["id"], dtype="str"), pd.Index(self.playlists["title"], dtype="str")
        )

    def matrix(self, kind: Kind) -> sp.csr_matrix:
        """Playlists × `kind`, float32 CSR. Binary; for GENRE and ARTIST how many of the playlist's songs have it."""
        if kind in self.links:
            return self.links[kind]
        if kind in self.song_links:
            return self._derived[kind]
        return self._identity

    @cached_property
    def _derived(self) -> dict[Kind, sp.csr_matrix]:
        songs = self.links[Kind.SONG]
        return {kind: sp.csr_matrix(songs @ matrix) for kind, matrix in self.song_links.items()}

    @cached_property
    def _identity(self) -> sp.csr_matrix:
        return sp.csr_matrix(sp.identity(len(self), dtype=np.float32, format="csr"))

    def counts(self, kind: Kind) -> NDArray[np.int64]:
        """In how many playlists each item of `kind` occurs."""
        if kind not in self._counts:
            self._counts[kind] = frozen(
                np.bincount(self.matrix(kind).indices, minlength=len(self.vocab(kind))), np.int64
            )
        return self._counts[kind]

    @cached_property
    def _counts(self) -> dict[Kind, NDArray[np.int64]]:
        return {}

    def has(self, kind: Kind) -> bool:
        """Whether the corpus knows anything of this kind."""
        return len(self.vocab(kind)) > 0 and self.matrix(kind).nnz > 0

    def select(self, rows: NDArray[Any], name: str | None = None) -> Corpus:
        """The corpus of some playlists only; vocabularies and song metadata stay, so columns keep their meaning."""
        rows = np.asarray(rows)
        return replace(
            self,
            name=name or self.name,
            playlists=self.playlists.iloc[rows].reset_index(drop=True),
            links={kind: sp.csr_matrix(matrix[rows]) for kind, matrix in self.links.items()},
            stored_fingerprint="",
        )


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
        """Queries start … stop−1 as a batch of their own."""
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
    """A map: `xy` float32 (n, 2) for the keys of `vocab`, clusters and their names by zoom level, trust per point.

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
