"""Answers of a model for another view of its corpus, so that no decision has to wait for a training.

Both views have the same playlists and differ in their tags only: one tag of one view may be several of the other.
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
    Corpus,
    Embedding,
    Floats,
    Ints,
    Kind,
    Projection,
    QueryBatch,
    Reason,
    Recommender,
    Vocab,
    readonly,
    split_key,
)


class TranslatedRecommender:
    """A recommender fitted on one view, answering for another.

    A merged tag is asked for as the spelling that stands for it, and scores as the best of its spellings.

    Attributes:
        inner: The fitted recommender.
        method: Its method.
        kinds: The kinds that it can recommend.
    """

    def __init__(self, inner: Recommender, theirs: Corpus, mine: Corpus) -> None:
        """Match the tags of both views.

        Args:
            inner: The fitted recommender.
            theirs: The view that it was fitted on.
            mine: The view that it answers for.
        """
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
        self._questions: WeakKeyDictionary[QueryBatch, QueryBatch] = WeakKeyDictionary()
        self._merged, self._begin = np.unique(self._here[self._spellings], return_index=True)

    @property
    def embedding(self) -> Embedding | None:
        """The inner recommender's embedding with the tags of this view; None where it has none."""
        inner: Embedding | None = getattr(self.inner, "embedding", None)
        return None if inner is None else self._space

    @cached_property
    def _space(self) -> Embedding:
        return translate_embedding(self.inner.embedding, self._mine)  # type: ignore[attr-defined]

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Score every item of a kind, float32 (queries, items of this view)."""
        scores = np.asarray(self.inner.score(self._translate_query(asked), kind), dtype=np.float32)
        return self.translate_scores(scores) if kind is Kind.TAG else scores

    def translate_scores(self, scores: Floats) -> Floats:
        """Return scores (m, tags) of the inner recommender's tags as scores of the tags of this view."""
        translated = np.take(scores, self._place, axis=1)
        if len(self._unknown):
            low = scores.min(axis=1, keepdims=True, initial=np.inf) if scores.shape[1] else np.zeros((len(scores), 1))
            translated[:, self._unknown] = low
        if len(self._merged):
            translated[:, self._merged] = np.maximum.reduceat(scores[:, self._spellings], self._begin, axis=1)
        return translated

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return the inner recommender's reasons with the tags of this view."""
        if kind is Kind.TAG:
            known = self._there[rows] >= 0
            explained = iter(self.inner.explain(self._translate_query(asked), kind, self._there[rows][known]))
            reasons = tuple(next(explained, ()) if fine else () for fine in known)
        else:
            reasons = self.inner.explain(self._translate_query(asked), kind, rows)
        return tuple(tuple(self._translate_reason(reason) for reason in row) for row in reasons)

    def state(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        """Return the inner recommender's state."""
        return self.inner.state()

    def _translate_reason(self, reason: Reason) -> Reason:
        if not reason.key.startswith(f"{Kind.TAG}:"):
            return reason
        ident = split_key(reason.key)[1]
        own = self._mine.aliases.get(ident, ident)
        label = self._labels.get(own, own)
        return (
            reason if (own, label) == (ident, reason.label) else replace(reason, key=f"{Kind.TAG}:{own}", label=label)
        )

    def _translate_query(self, asked: QueryBatch) -> QueryBatch:
        """Return the query in the tags of the other view.

        It is the same object for the scores and the reasons, because ensemble members cache what they derive from it.
        """
        translated = self._questions.get(asked)
        if translated is None:
            groups = (asked.items, asked.avoid, asked.masked, asked.named)
            items, avoid, masked, named = (self._translate_links(links) for links in groups)
            translated = self._questions[asked] = replace(asked, items=items, avoid=avoid, masked=masked, named=named)
        return translated

    def _translate_links(self, links: Mapping[Kind, sp.csr_matrix]) -> dict[Kind, sp.csr_matrix]:
        if Kind.TAG not in links:
            return dict(links)
        tags = links[Kind.TAG]
        width = self._to.shape[1]
        there = sp.csr_matrix(tags @ self._to) if tags.nnz else sp.csr_matrix((tags.shape[0], width), dtype=np.float32)
        return {**links, Kind.TAG: there}


def same_tags(one: Corpus, other: Corpus) -> bool:
    """Return whether two views have the same tags in the same rows, so that a model of one is a model of the other."""
    return one.vocab(Kind.TAG).ids.equals(other.vocab(Kind.TAG).ids)


def translate_embedding(embedding: Embedding, tags: Vocab) -> Embedding:
    """Return an embedding with the tags of a view.

    A merged tag has the vector of the spelling that stands for it, or else of its first other spelling. Tags that the
    embedding lacks are left out.

    Args:
        embedding: The embedding.
        tags: Tags of the view.
    """
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
        vectors=readonly(embedding.vectors[order]),
        norms=readonly(embedding.norms[order]),
        outputs=None if embedding.outputs is None else readonly(embedding.outputs[order]),
    )


def translate_projection(projection: Projection, tags: Vocab) -> Projection:
    """Return a map of tags with one point per tag of a view.

    A merged tag has the point of the spelling that stands for it, or else of the first other one.

    Args:
        projection: The map.
        tags: Tags of the view.
    """
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
        near = readonly(np.where(others >= 0, point[here[np.maximum(others, 0)]], -1), np.int32)
    labels = None if tags.labels is None else tags.labels[here[rows]]
    return replace(
        projection,
        vocab=Vocab(Kind.TAG, tags.ids[here[rows]], labels, tags.aliases),
        xy=readonly(projection.xy[rows]),
        levels=tuple(readonly(level[rows]) for level in projection.levels),
        trust=readonly(projection.trust[rows]),
        near=near,
        fingerprint=f"{projection.fingerprint}-{len(rows)}-{hash_of(tags)}",
    )


def hash_of(tags: Vocab) -> str:
    """Return a short hash of a vocabulary's labels."""
    import hashlib

    return hashlib.sha256("\x00".join(tags.label_list(np.arange(len(tags)))).encode("utf-8", "replace")).hexdigest()[:8]
