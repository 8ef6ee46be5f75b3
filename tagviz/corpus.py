"""Kinds of items, vocabularies, and the corpus of playlists. Import these names from `tagviz.types`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, TypeVar, overload

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import NotFoundError

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
ScalarT = TypeVar("ScalarT", bound=np.generic)


class Kind(StrEnum):
    """Kinds of items that a key can name."""

    TAG = "tag"
    SONG = "song"
    WORD = "word"
    GENRE = "genre"
    ARTIST = "artist"
    PLAYLIST = "playlist"


def key_of(kind: Kind, ident: str) -> str:
    """Return the key of an item, such as `tag:jazz`.

    Args:
        kind: Kind of the item.
        ident: Identifier of the item.
    """
    return f"{kind}:{ident}"


def split_key(key: str) -> tuple[Kind, str]:
    """Split a key into kind and identifier: `tag:jazz` → (Kind.TAG, "jazz").

    Raises:
        NotFoundError: The part before the colon is not a kind.
    """
    head, colon, ident = key.partition(":")
    if not colon or head not in Kind.__members__.values():
        kinds = ", ".join(Kind)
        raise NotFoundError(
            f"{key!r} is no key", f"a key looks like tag:jazz; kinds are {kinds}", "put the kind before a colon"
        )
    return Kind(head), ident


@overload
def readonly(array: NDArray[Any], dtype: type[ScalarT]) -> NDArray[ScalarT]: ...
@overload
def readonly(array: NDArray[ScalarT], dtype: None = None) -> NDArray[ScalarT]: ...
def readonly(array: NDArray[Any], dtype: Any = None) -> NDArray[Any]:
    """Return the array contiguous and read-only, copied only where necessary.

    Args:
        array: Any array.
        dtype: Type to convert to; None keeps the type.
    """
    contiguous = np.ascontiguousarray(array, dtype=dtype)
    if contiguous.flags.writeable:
        contiguous = contiguous.view()
        contiguous.flags.writeable = False
    return contiguous


@dataclass(frozen=True, eq=False)
class Vocab:
    """Maps the keys of one kind to rows and back.

    Attributes:
        kind: Kind of the items.
        ids: Identifiers (the part of the key after the colon), one per row.
        labels: Text to show for each item; None: the identifiers.
        aliases: Other identifiers → identifier in `ids`, such as spellings that were merged into one tag. Look-ups
            accept both.
    """

    kind: Kind
    ids: pd.Index
    labels: pd.Index | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: Kind, ids: Sequence[str], labels: Sequence[str] | None = None) -> Vocab:
        """Build a vocabulary from lists.

        Args:
            kind: Kind of the items.
            ids: Distinct identifiers.
            labels: Text to show for each item; None: the identifiers.
        """
        return cls(
            kind, pd.Index(list(ids), dtype="str"), None if labels is None else pd.Index(list(labels), dtype="str")
        )

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.ids)

    def key(self, row: int) -> str:
        """Return the key of a row."""
        return key_of(self.kind, self.ids[row])

    def label(self, row: int) -> str:
        """Return the text to show for a row."""
        return str(self.ids[row] if self.labels is None else self.labels[row])

    def keys(self, rows: Sequence[int] | NDArray[Any]) -> list[str]:
        """Return the keys of several rows."""
        return [f"{self.kind}:{ident}" for ident in self.ids[np.asarray(rows, dtype=np.int64)]]

    def label_list(self, rows: Sequence[int] | NDArray[Any]) -> list[str]:
        """Return the texts to show for several rows."""
        index = self.ids if self.labels is None else self.labels
        return [str(label) for label in index[np.asarray(rows, dtype=np.int64)]]

    def find(self, ids: Sequence[str]) -> Ints:
        """Return the row of each identifier as int32, −1 where it is unknown (vectorised)."""
        try:
            wanted = pd.Index(list(ids), dtype="str")
        except UnicodeEncodeError:  # half a surrogate pair, which no text in UTF-8 holds: such an id is unknown
            encodable = [place for place, ident in enumerate(ids) if _is_utf8(ident)]
            rows = np.full(len(ids), -1, dtype=np.int32)
            rows[encodable] = self.find([ids[place] for place in encodable])
            return rows
        rows = self.ids.get_indexer(wanted).astype(np.int32)
        if self.aliases and (rows < 0).any():
            aliased = [place for place, row in enumerate(rows.tolist()) if row < 0 and ids[place] in self.aliases]
            if aliased:
                targets = pd.Index([self.aliases[ids[place]] for place in aliased], dtype="str")
                rows[aliased] = self.ids.get_indexer(targets)
        return rows

    def row(self, ident: str, missing: Literal["error", "skip"] = "error") -> int:
        """Return the row of one identifier.

        Args:
            ident: Identifier or alias.
            missing: Whether an unknown identifier raises ("error") or gives −1 ("skip").

        Raises:
            NotFoundError: The identifier is unknown and `missing` is "error".
        """
        row = self._row(ident)
        if row < 0 and ident in self.aliases:
            row = self._row(self.aliases[ident])
        if row < 0 and missing == "error":
            raise NotFoundError(
                f"{key_of(self.kind, ident)!r} is not here",
                f"{len(self):,} {self.kind}s are known",
                "check the spelling",
            )
        return row

    def _row(self, ident: str) -> int:
        try:
            return int(self.ids.get_loc(ident))  # type: ignore[arg-type]  # ids are unique: one row
        except (KeyError, UnicodeEncodeError):
            return -1


def _is_utf8(text: str) -> bool:
    """Return whether a string can be encoded as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class Rulings:
    """Expert decisions about the n items of one kind, applied to every ranking.

    Attributes:
        blocked: bool (n,), items that are never recommended.
        together: (n, n) symmetric CSR; where one item is in the query, the other is ranked first.
        apart: (n, n) symmetric CSR; where one item is in the query, the other is never recommended.
        broader: (n, n) CSR, 1 where the column's item is broader than the row's.
    """

    blocked: NDArray[np.bool_]
    together: sp.csr_matrix
    apart: sp.csr_matrix
    broader: sp.csr_matrix


@dataclass(frozen=True, eq=False)
class Corpus:
    """Playlists × songs, × tags and × title words, with metadata of the songs.

    Attributes:
        name: Name of the corpus.
        playlists: Frame with one row per playlist: `id` (str), `title` (str, may be empty), `date` (datetime64[s],
            NaT unknown), `likes` (int32), `group` (str: the listener or artist whose playlists a split must keep
            together; "" unknown).
        songs: Frame with one row per song of `vocabs[SONG]`: `name`, `artist` (text to show), `album`, `date`
            (datetime64[s]).
        vocabs: Vocabularies of TAG, SONG, WORD, GENRE and ARTIST; each may be empty.
        links: Playlists × TAG, SONG and WORD as binary float32 CSR.
        song_links: Songs × GENRE and ARTIST as binary float32 CSR.
        facets: One str per tag, such as genre, mood or era ("" unknown).
        group_name: What `group` holds: "listener", "artist" or "" (nothing).
        tokenizer: `words` or `sentencepiece`.
        tokenizer_model: Bytes of the trained sentencepiece model.
        meta: JSON: source, format, options, import notes, `synthetic` …
        stored_fingerprint: Fingerprint read from disk; "": computed from the content.
        rulings: Expert decisions by kind; empty in a corpus as imported.
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
        """Return the number of playlists."""
        return len(self.playlists)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the content (16 hex digits): equal content has equal fingerprints, whatever the name."""
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
        """Return the vocabulary of a kind; for PLAYLIST the ids and titles of the playlists."""
        if kind is Kind.PLAYLIST:
            return self._playlist_vocab
        return self.vocabs[kind]

    @cached_property
    def _playlist_vocab(self) -> Vocab:
        return Vocab(
            Kind.PLAYLIST, pd.Index(self.playlists["id"], dtype="str"), pd.Index(self.playlists["title"], dtype="str")
        )

    def matrix(self, kind: Kind) -> sp.csr_matrix:
        """Return playlists × `kind` as float32 CSR.

        Binary, except for GENRE and ARTIST: there the number of the playlist's songs that have it.
        """
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
        """Return the number of playlists that contain each item of `kind`, int64 (n_kind,)."""
        if kind not in self._counts:
            self._counts[kind] = readonly(
                np.bincount(self.matrix(kind).indices, minlength=len(self.vocab(kind))), np.int64
            )
        return self._counts[kind]

    @cached_property
    def _counts(self) -> dict[Kind, NDArray[np.int64]]:
        return {}

    def has(self, kind: Kind) -> bool:
        """Return whether any playlist contains an item of this kind."""
        return len(self.vocab(kind)) > 0 and self.matrix(kind).nnz > 0

    def select(self, rows: NDArray[Any], name: str | None = None) -> Corpus:
        """Return a corpus of some of the playlists.

        Vocabularies and song metadata stay, so that columns keep their meaning.

        Args:
            rows: Rows of the playlists to keep.
            name: Name of the new corpus; None: that of this one.
        """
        rows = np.asarray(rows)
        return replace(
            self,
            name=name or self.name,
            playlists=self.playlists.iloc[rows].reset_index(drop=True),
            links={kind: sp.csr_matrix(matrix[rows]) for kind, matrix in self.links.items()},
            stored_fingerprint="",
        )
