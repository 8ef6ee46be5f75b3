"""A model that has learned from one view of a corpus answers for another: no decision has to wait for a training.

Both views are of the same playlists and differ in their tags only: what is one tag here may be several there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import scipy.sparse as sp

from tagviz.types import (
    Asked,
    Corpus,
    Embedding,
    Floats,
    Ints,
    Kind,
    Projection,
    Reason,
    Recommender,
    Vocab,
    frozen,
    split_key,
)


class Translated:
    """A recommender fitted on `theirs`, answering for `mine`. A merged tag is asked as the spelling that stands for it
    and scores as the best of its spellings."""

    def __init__(self, inner: Recommender, theirs: Corpus, mine: Corpus) -> None:
        self.inner = inner
        self.method = inner.method
        self.kinds = inner.kinds
        self._mine = mine.vocab(Kind.TAG)
        there = theirs.vocab(Kind.TAG)
        self._there = there.find(list(self._mine.ids))
        """Row over there of each tag here, −1 where it is unknown there."""
        self._place, self._unknown = np.maximum(self._there, 0), np.flatnonzero(self._there < 0)
        known = np.flatnonzero(self._there >= 0)
        shape = (len(self._mine), len(there))
        self._to = sp.csr_matrix((np.ones(len(known), dtype=np.float32), (known, self._there[known])), shape=shape)
        self._here = self._mine.find(list(there.ids))
        """Row here of each tag over there."""
        alone = np.bincount(self._here[self._here >= 0], minlength=len(self._mine)) == 1
        several = np.flatnonzero((self._here >= 0) & ~alone[np.maximum(self._here, 0)])
        self._spellings = several[np.argsort(self._here[several], kind="stable")]
        labels = self._mine.ids if self._mine.labels is None else self._mine.labels
        self._labels = {
            str(ident): str(label) for ident, label in zip(self._mine.ids, labels, strict=True) if ident != label
        }
        self._questions: WeakKeyDictionary[Asked, Asked] = WeakKeyDictionary()
        self._merged, self._begin = np.unique(self._here[self._spellings], return_index=True)

    @property
    def embedding(self) -> Embedding | None:
        """The space that the inner recommender has, with the tags of this view."""
        inner: Embedding | None = getattr(self.inner, "embedding", None)
        return None if inner is None else self._space

    @cached_property
    def _space(self) -> Embedding:
        return space(self.inner.embedding, self._mine)  # type: ignore[attr-defined]

    def score(self, asked: Asked, kind: Kind) -> Floats:
        scores = np.asarray(self.inner.score(self._asked(asked), kind), dtype=np.float32)
        if kind is not Kind.TAG:
            return scores
        result = np.take(scores, self._place, axis=1)
        if len(self._unknown):
            low = scores.min(axis=1, keepdims=True, initial=np.inf) if scores.shape[1] else np.zeros((len(scores), 1))
            result[:, self._unknown] = low
        if len(self._merged):
            result[:, self._merged] = np.maximum.reduceat(scores[:, self._spellings], self._begin, axis=1)
        return result

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        if kind is Kind.TAG:
            known = self._there[rows] >= 0
            told = iter(self.inner.explain(self._asked(asked), kind, self._there[rows][known]))
            reasons = tuple(next(told, ()) if fine else () for fine in known)
        else:
            reasons = self.inner.explain(self._asked(asked), kind, rows)
        return tuple(tuple(self._named(reason) for reason in row) for row in reasons)

    def state(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        return self.inner.state()

    def _named(self, reason: Reason) -> Reason:
        if not reason.key.startswith(f"{Kind.TAG}:"):
            return reason
        ident = split_key(reason.key)[1]
        own = self._mine.aliases.get(ident, ident)
        label = self._labels.get(own, own)
        return (
            reason if (own, label) == (ident, reason.label) else replace(reason, key=f"{Kind.TAG}:{own}", label=label)
        )

    def _asked(self, asked: Asked) -> Asked:
        """The question over there; the same one for its answer and its reasons, since members keep what they made of
        it."""
        found = self._questions.get(asked)
        if found is None:
            items, avoid, masked = (self._links(links) for links in (asked.items, asked.avoid, asked.masked))
            found = self._questions[asked] = replace(asked, items=items, avoid=avoid, masked=masked)
        return found

    def _links(self, links: Mapping[Kind, sp.csr_matrix]) -> dict[Kind, sp.csr_matrix]:
        if Kind.TAG not in links:
            return dict(links)
        tags = links[Kind.TAG]
        width = self._to.shape[1]
        there = sp.csr_matrix(tags @ self._to) if tags.nnz else sp.csr_matrix((tags.shape[0], width), dtype=np.float32)
        return {**links, Kind.TAG: there}


def same_tags(one: Corpus, other: Corpus) -> bool:
    """Whether two views have the same tags in the same rows, so that a model of one is a model of the other."""
    return one.vocab(Kind.TAG).ids.equals(other.vocab(Kind.TAG).ids)


def space(embedding: Embedding, tags: Vocab) -> Embedding:
    """The embedding with the tags of a view: a merged tag lies where the spelling that stands for it lies, or else its
    first other spelling. Tags that the embedding lacks stay out."""
    if Kind.TAG not in embedding.vocabs:
        return embedding
    theirs = embedding.vocabs[Kind.TAG]
    here = tags.find(list(theirs.ids))
    direct = theirs.ids.get_indexer(tags.ids)
    place = np.where(direct >= 0, direct, -1)
    for row in np.flatnonzero(here >= 0)[::-1]:
        if direct[here[row]] < 0:
            place[here[row]] = row
    kept = np.flatnonzero(place >= 0)
    block = embedding.blocks[Kind.TAG]
    rows = np.arange(len(embedding.vectors))
    order = np.concatenate([rows[: block.start], block.start + place[kept], rows[block.stop :]])
    labels = None if tags.labels is None else tags.labels[kept]
    own = Vocab(Kind.TAG, tags.ids[kept], labels, tags.aliases)
    return replace(
        embedding,
        vocabs={kind: own if kind is Kind.TAG else vocab for kind, vocab in embedding.vocabs.items()},
        vectors=frozen(embedding.vectors[order]),
        norms=frozen(embedding.norms[order]),
        outputs=None if embedding.outputs is None else frozen(embedding.outputs[order]),
    )


def on_map(projection: Projection, tags: Vocab) -> Projection:
    """A map of tags with one point for each tag of a view: that of the spelling that stands for it, or else the first
    other one."""
    theirs = projection.vocab
    if theirs.kind is not Kind.TAG or (theirs.ids.isin(tags.ids).all() and tags.labels is None and not tags.aliases):
        return projection
    here = tags.find(list(theirs.ids))
    direct = theirs.ids.isin(tags.ids)
    taken = set(here[direct].tolist())
    kept = []
    for row in range(len(theirs)):
        if direct[row] or (here[row] >= 0 and here[row] not in taken):
            kept.append(row)
            taken.add(int(here[row]))
    rows = np.array(kept, dtype=np.int64)
    point = np.full(len(tags) + 1, -1, dtype=np.int32)
    point[here[rows]] = np.arange(len(rows), dtype=np.int32)
    near = None
    if projection.near is not None:  # what is near a spelling that is gone, is near the tag that it went into
        others = projection.near[rows]
        near = frozen(np.where(others >= 0, point[here[np.maximum(others, 0)]], -1), np.int32)
    labels = None if tags.labels is None else tags.labels[here[rows]]
    return replace(
        projection,
        vocab=Vocab(Kind.TAG, tags.ids[here[rows]], labels, tags.aliases),
        xy=frozen(projection.xy[rows]),
        levels=tuple(frozen(level[rows]) for level in projection.levels),
        trust=frozen(projection.trust[rows]),
        near=near,
        fingerprint=f"{projection.fingerprint}-{len(rows)}-{hash_of(tags)}",
    )


def hash_of(tags: Vocab) -> str:
    """A short hash of what a person sees of a vocabulary."""
    import hashlib

    return hashlib.sha256("\x00".join(tags.label_list(np.arange(len(tags)))).encode("utf-8", "replace")).hexdigest()[:8]
