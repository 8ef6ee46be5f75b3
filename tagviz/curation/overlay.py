"""A corpus seen through an overlay: merged tags are one tag, and rankings follow the decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.curation.decisions import Overlay
from tagviz.types import Corpus, Kind, Rulings, Vocab, readonly

MARK = "+"
"""Separates the fingerprint of the original corpus from the digest of its overlay."""


def curated(corpus: Corpus, layer: Overlay) -> Corpus:
    """Return the corpus as seen through an overlay.

    Merged tags are one vocabulary entry whose other spellings are its aliases, renamed tags have labels, facets are as
    decided, and `rulings` are what rankings follow. Playlists, songs and rows stay as they are. Decisions about tags
    that this corpus does not have have no effect (see `unknown`).

    Args:
        corpus: The original corpus.
        layer: The overlay.

    Returns:
        The corpus; its fingerprint is the original one, `+`, and the overlay's digest.
    """
    if not len(layer):
        return corpus
    effect = layer.effect
    vocab = corpus.vocab(Kind.TAG)
    target = _targets(corpus, layer)
    kept = np.unique(target)
    ids = pd.Index(vocab.ids[kept], dtype="str")
    merged = np.flatnonzero(target != np.arange(len(target)))
    aliases = dict(zip(map(str, vocab.ids[merged]), map(str, vocab.ids[target[merged]]), strict=True))
    own = Vocab(Kind.TAG, ids, _labels(vocab, kept, layer), aliases)
    links = dict(corpus.links)
    if len(merged):
        ones = np.ones(len(vocab), dtype=np.float32)
        merge = sp.csr_matrix((ones, (np.arange(len(vocab)), np.searchsorted(kept, target))), (len(vocab), len(kept)))
        tags = sp.csr_matrix(links[Kind.TAG] @ merge)
        tags.sort_indices()
        tags.data = np.ones_like(tags.data)
        links[Kind.TAG] = tags
    facets = np.array(corpus.facets[kept], dtype=object)
    rows = own.find(list(effect.facets))
    facets[rows[rows >= 0]] = np.array(list(effect.facets.values()), dtype=object)[rows >= 0]
    return replace(
        corpus,
        vocabs={**corpus.vocabs, Kind.TAG: own},
        links=links,
        facets=facets,
        stored_fingerprint=fingerprint(corpus.fingerprint, layer),
        rulings={Kind.TAG: _rulings(own, layer)},
    )


def fingerprint(raw: str, layer: Overlay) -> str:
    """Return the fingerprint of a corpus seen through an overlay."""
    return f"{raw}{MARK}{layer.digest}" if len(layer) else raw


def raw_part(fingerprint: str) -> str:
    """Return the fingerprint of the original corpus."""
    return fingerprint.partition(MARK)[0]


def unknown(corpus: Corpus, layer: Overlay) -> list[str]:
    """Return the tags that decisions name and the original corpus does not have."""
    named = dict.fromkeys(tag for one in layer for tag in one.tags)
    named |= dict.fromkeys(one.target for one in layer if one.act in ("merge", "broader"))
    rows = corpus.vocab(Kind.TAG).find(list(named))
    return [tag for tag, row in zip(named, rows, strict=True) if row < 0]


def _targets(corpus: Corpus, layer: Overlay) -> NDArray[np.int64]:
    """Return, for every tag, the row of the tag that it is merged into, or its own row.

    Where the corpus does not have the target, its most common spelling takes its place.
    """
    vocab, merged = corpus.vocab(Kind.TAG), layer.effect.merged
    target = np.arange(len(vocab))
    rows = vocab.find(list(merged)).astype(np.int64)
    heads = list(merged.values())
    known = vocab.find(heads).astype(np.int64)
    counts = corpus.counts(Kind.TAG)
    stand_in: dict[str, int] = {}
    for row, head, place in zip(rows, heads, known, strict=True):
        if row >= 0 and place < 0 and (head not in stand_in or counts[row] > counts[stand_in[head]]):
            stand_in[head] = int(row)
    for row, head, place in zip(rows, heads, known, strict=True):
        if row >= 0:
            target[row] = place if place >= 0 else stand_in[head]
    return target


def _labels(vocab: Vocab, kept: NDArray[np.int64], layer: Overlay) -> pd.Index | None:
    renamed = layer.effect.labels
    if not renamed and vocab.labels is None:
        return None
    labels = vocab.label_list(kept)
    return pd.Index(
        [renamed.get(str(ident), label) for ident, label in zip(vocab.ids[kept], labels, strict=True)], dtype="str"
    )


def _rulings(vocab: Vocab, layer: Overlay) -> Rulings:
    effect = layer.effect
    blocked = np.zeros(len(vocab), dtype=bool)
    rows = vocab.find(list(effect.blocked))
    blocked[rows[rows >= 0]] = True
    return Rulings(
        blocked=readonly(blocked),
        together=_pairs(vocab, effect.together),
        apart=_pairs(vocab, effect.apart),
        broader=_pairs(vocab, effect.broader),
    )


def _pairs(vocab: Vocab, pairs: Iterable[tuple[str, str]]) -> sp.csr_matrix:
    pairs = list(pairs)
    first, second = (vocab.find([pair[place] for pair in pairs]) for place in (0, 1))
    known = (first >= 0) & (second >= 0) & (first != second)
    shape = (len(vocab), len(vocab))
    matrix = sp.csr_matrix((np.ones(int(known.sum()), dtype=np.float32), (first[known], second[known])), shape=shape)
    matrix.data = np.ones_like(matrix.data)
    return matrix
