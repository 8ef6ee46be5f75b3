"""Training data of an embedding: one joint matrix of playlists × items of the chosen kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.errors import InvalidParameterError
from tagviz.params import Params, param
from tagviz.types import Corpus, Embedding, Floats, Kind, Vocab, readonly


class ItemParams(Params):
    """Which kinds of items get vectors, and how often an item must occur."""

    tags: bool = param(True, "tags get vectors")
    songs: bool = param(True, "songs get vectors")
    words: bool = param(True, "the words of titles get vectors")
    genres: bool = param(False, "main and detail genres of a playlist's songs get vectors")
    artists: bool = param(False, "artists of a playlist's songs get vectors")
    min_count: int = param(
        2, "items in fewer playlists get no vector; larger: fewer, surer vectors and faster training", first=True, ge=1
    )

    def kinds(self) -> tuple[Kind, ...]:
        """Return the chosen kinds."""
        chosen = {
            Kind.TAG: self.tags,
            Kind.SONG: self.songs,
            Kind.WORD: self.words,
            Kind.GENRE: self.genres,
            Kind.ARTIST: self.artists,
        }
        return tuple(kind for kind, wanted in chosen.items() if wanted)


@dataclass(frozen=True, eq=False)
class Items:
    """The items that get vectors.

    Attributes:
        vocabs: Vocabulary of each kind.
        matrix: Binary float32 CSR playlists × items, columns in the order of `vocabs`.
    """

    vocabs: Mapping[Kind, Vocab]
    matrix: sp.csr_matrix

    @property
    def counts(self) -> Floats:
        """Number of playlists of each item, float32 (n,)."""
        return np.bincount(self.matrix.indices, minlength=self.matrix.shape[1]).astype(np.float32)


def items_of(corpus: Corpus, kinds: tuple[Kind, ...], min_count: int) -> Items:
    """Collect the items of some kinds in at least `min_count` playlists (playlist keys, which occur once, are exempt).

    Args:
        corpus: Training playlists.
        kinds: Kinds of items.
        min_count: Smallest number of playlists of an item.

    Raises:
        InvalidParameterError: No playlist contains two of the items, so that there is nothing to train on.
    """
    vocabs: dict[Kind, Vocab] = {}
    blocks: list[sp.csr_matrix] = []
    for kind in kinds:
        if not corpus.has(kind):
            continue
        vocab, matrix = corpus.vocab(kind), corpus.matrix(kind)
        floor = 1 if kind is Kind.PLAYLIST else min_count
        rows = np.flatnonzero(corpus.counts(kind) >= floor)
        if len(rows):
            labels = None if vocab.labels is None else vocab.labels[rows]
            vocabs[kind] = Vocab(kind, vocab.ids[rows], labels)
            blocks.append(matrix if len(rows) == len(vocab) else sp.csr_matrix(matrix[:, rows]))
    joint = (
        sp.csr_matrix(sp.hstack(blocks, format="csr", dtype=np.float32)) if blocks else sp.csr_matrix((len(corpus), 0))
    )
    if joint.nnz == 0 or np.diff(joint.indptr).max() < 2:
        named = ", ".join(f"{kind}s" for kind in kinds) or "no kind"
        raise InvalidParameterError(
            "There is nothing to learn from",
            f"no playlist of {corpus.name!r} holds two items among {named} that are in at least {min_count} playlists",
            "lower min_count or switch on more kinds",
        )
    joint.data[:] = 1
    return Items(vocabs, joint)


def embedding_of(
    vocabs: Mapping[Kind, Vocab],
    raw: Floats,
    outputs: Floats | None,
    method: str,
    params: Mapping[str, Any],
    corpus: Corpus,
) -> Embedding:
    """Build an Embedding from raw vectors; zero vectors stay zero.

    Args:
        vocabs: Vocabulary of each kind, in the order of the rows.
        raw: float32 (n, d) raw vectors.
        outputs: float32 (n, d) raw output vectors, or None.
        method: Id of the method.
        params: Parameters of the training.
        corpus: Training playlists.
    """
    norms = np.linalg.norm(raw, axis=1)
    unit = np.divide(raw, norms[:, None], out=np.zeros_like(raw), where=norms[:, None] > 0)
    return Embedding(
        vocabs=dict(vocabs),
        vectors=readonly(unit, np.float32),
        norms=readonly(norms, np.float32),
        outputs=None if outputs is None else readonly(outputs, np.float32),
        method=method,
        params=dict(params),
        fingerprint=corpus.fingerprint,
    )
