"""What an embedding is trained on: one joint matrix of playlists × items of the chosen kinds, and the way back to an
Embedding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.errors import BadParameter
from tagviz.params import Params, knob
from tagviz.types import Corpus, Embedding, Floats, Kind, Vocab, frozen


class ItemParams(Params):
    """Which kinds of items share the space, and how often an item must occur to get a vector."""

    tags: bool = knob(True, "tags get vectors")
    songs: bool = knob(True, "songs get vectors")
    words: bool = knob(True, "the words of titles get vectors")
    genres: bool = knob(False, "main and detail genres of a playlist's songs get vectors")
    artists: bool = knob(False, "artists of a playlist's songs get vectors")
    min_count: int = knob(
        2, "items in fewer playlists get no vector; larger: fewer, surer vectors and faster training", first=True, ge=1
    )

    def kinds(self) -> tuple[Kind, ...]:
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
    """The items that get vectors, by kind, and `matrix`: playlists × items, binary float32 CSR, columns in the order
    of `vocabs`."""

    vocabs: Mapping[Kind, Vocab]
    matrix: sp.csr_matrix

    @property
    def counts(self) -> Floats:
        """In how many playlists each item is."""
        return np.bincount(self.matrix.indices, minlength=self.matrix.shape[1]).astype(np.float32)


def items_of(corpus: Corpus, kinds: tuple[Kind, ...], min_count: int) -> Items:
    """Items of `kinds` in at least `min_count` playlists (playlist keys, which occur once, are exempt).

    Raises BadParameter when no playlist holds two of them, so that there is nothing to learn from.
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
        raise BadParameter(
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
    """The Embedding of raw vectors (n, d); a zero vector stays zero."""
    norms = np.linalg.norm(raw, axis=1)
    unit = np.divide(raw, norms[:, None], out=np.zeros_like(raw), where=norms[:, None] > 0)
    return Embedding(
        vocabs=dict(vocabs),
        vectors=frozen(unit, np.float32),
        norms=frozen(norms, np.float32),
        outputs=None if outputs is None else frozen(outputs, np.float32),
        method=method,
        params=dict(params),
        fingerprint=corpus.fingerprint,
    )
