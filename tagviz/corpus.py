"""What is recommended from: kinds of things, vocabularies of them, and the corpus of playlists. Part of `tagviz.types`,
from which everything here is imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

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
            lost = [at for at, row in enumerate(rows.tolist()) if row < 0 and ids[at] in self.aliases]
            if lost:
                rows[lost] = self.ids.get_indexer(pd.Index([self.aliases[ids[at]] for at in lost], dtype="str"))
        return rows

    def row(self, ident: str, missing: Literal["error", "skip"] = "error") -> int:
        """Row of one id; unknown: UnknownTerm, or −1 with `missing="skip"`."""
        found = self._row(ident)
        if found < 0 and ident in self.aliases:
            found = self._row(self.aliases[ident])
        if found < 0 and missing == "error":
            raise UnknownTerm(
                f"{key_of(self.kind, ident)!r} is not here",
                f"{len(self):,} {self.kind}s are known",
                "check the spelling",
            )
        return found

    def _row(self, ident: str) -> int:
        try:
            return int(self.ids.get_loc(ident))  # type: ignore[arg-type]  # ids are unique: one row
        except KeyError:
            return -1


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
