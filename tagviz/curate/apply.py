"""A corpus seen through a layer: merged tags are one tag, and rankings keep to what was ruled. The corpus stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.curate.layer import Layer
from tagviz.types import Corpus, Kind, Rulings, Vocab, frozen

MARK = "+"
"""Between the fingerprint of a corpus as it came and the digest of the layer over it."""


def curated(corpus: Corpus, layer: Layer) -> Corpus:
    """The corpus through the layer: merged tags are one vocabulary entry whose other spellings are its aliases, renamed
    tags have labels, facets are as decided, and `rulings` says what rankings keep to.

    Playlists, songs and rows stay as they are. The fingerprint is the corpus's own, `+`, and the layer's digest. What
    is said of tags that this corpus does not have, has no effect (see `unknown`).
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


def fingerprint(raw: str, layer: Layer) -> str:
    """The fingerprint of a corpus seen through a layer."""
    return f"{raw}{MARK}{layer.digest}" if len(layer) else raw


def raw_part(fingerprint: str) -> str:
    """The fingerprint of the corpus as it came."""
    return fingerprint.partition(MARK)[0]


def unknown(corpus: Corpus, layer: Layer) -> list[str]:
    """Tags that decisions name and the corpus, as it came, does not have."""
    named = dict.fromkeys(tag for one in layer for tag in one.tags)
    named |= dict.fromkeys(one.target for one in layer if one.act in ("merge", "broader"))
    rows = corpus.vocab(Kind.TAG).find(list(named))
    return [tag for tag, row in zip(named, rows, strict=True) if row < 0]


def _targets(corpus: Corpus, layer: Layer) -> NDArray[np.int64]:
    """For every tag the row of the tag that it is merged into, its own row where it is not. Where the corpus does not
    have the target, the most common of its spellings stands for it."""
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


def _labels(vocab: Vocab, kept: NDArray[np.int64], layer: Layer) -> pd.Index | None:
    renamed = layer.effect.labels
    if not renamed and vocab.labels is None:
        return None
    labels = vocab.label_list(kept)
    return pd.Index(
        [renamed.get(str(ident), label) for ident, label in zip(vocab.ids[kept], labels, strict=True)], dtype="str"
    )


def _rulings(vocab: Vocab, layer: Layer) -> Rulings:
    effect = layer.effect
    blocked = np.zeros(len(vocab), dtype=bool)
    rows = vocab.find(list(effect.blocked))
    blocked[rows[rows >= 0]] = True
    return Rulings(
        blocked=frozen(blocked),
        together=_pairs(vocab, effect.together),
        apart=_pairs(vocab, effect.apart),
        broader=_pairs(vocab, effect.broader),
    )


def _pairs(vocab: Vocab, pairs: Iterable[tuple[str, str]]) -> sp.csr_matrix:
    pairs = list(pairs)
    first, second = (vocab.find([pair[place] for pair in pairs]) for place in (0, 1))
    known = (first >= 0) & (second >= 0) & (first != second)
    shape = (len(vocab), len(vocab))
    made = sp.csr_matrix((np.ones(int(known.sum()), dtype=np.float32), (first[known], second[known])), shape=shape)
    made.data = np.ones_like(made.data)
    return made
