"""Verdicts as examples of the next training: right items become a playlist, wrong items hard negatives.

A question with a right item is one more playlist: the items of the question and those found right. Every method learns
from it as from any other playlist. Items found wrong are negatives where a method can use them: the re-ranker of `best`
learns to rank the right ones above them, and learns nothing about items without a verdict (see
`recommenders/fusion.validate`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pandas as pd
import scipy.sparse as sp

from tagviz.feedback.adjustment import KINDS, FeedbackMatrix, select_queries
from tagviz.training import Arrays, FeedbackExamples
from tagviz.types import Corpus, Kind

LEAST = 0.25
"""Smallest difference between the weights of the reviewers who say right and of those who say wrong. A new reviewer
weighs one half, one who answers at random nothing.
"""
PREFIX = "lessons"


def examples_from(corpus: Corpus, votes: Mapping[Kind, FeedbackMatrix]) -> FeedbackExamples | None:
    """Collect the training examples of verdicts.

    Args:
        corpus: The corpus whose items the verdicts are about.
        votes: Verdicts by kind of the items, over the same questions.

    Returns:
        The examples; None where nothing was clearly found right.
    """
    batches = [of.asked for of in votes.values() if len(of)]
    if not batches:
        return None
    asked = batches[0]
    right, wrong = {}, {}
    for kind in (Kind.TAG, Kind.SONG):
        shape = (len(asked), len(corpus.vocab(kind)))
        balance = sp.csr_matrix(shape, dtype=np.float32)
        if kind in votes:
            of = votes[kind]
            balance = sp.csr_matrix((of.sign * of.weight, (of.question, of.item)), shape=shape, dtype=np.float32)
        right[kind] = _new_items(balance >= LEAST, asked.items.get(kind))
        wrong[kind] = _new_items(balance <= -LEAST, asked.items.get(kind))
    rows = np.flatnonzero(sum(np.diff(matrix.indptr) for matrix in right.values()))
    if not len(rows):
        return None
    right, wrong = ({kind: sp.csr_matrix(of[rows]) for kind, of in side.items()} for side in (right, wrong))
    return FeedbackExamples(select_queries(asked, rows), right, wrong)


def arrays(lessons: FeedbackExamples) -> Arrays:
    """Return the arrays that a model stores to restore its examples: the playlists that they add.

    Args:
        lessons: The examples.
    """
    parts: Arrays = {f"{PREFIX}/titles": np.frombuffer(orjson.dumps(lessons.asked.titles), dtype=np.uint8)}
    for kind in KINDS:
        links = lessons.asked.items.get(kind)
        for part in (links, lessons.right.get(kind)):
            if part is not None and part is not links:
                links = part if links is None else links + part
        if links is not None:
            links = sp.csr_matrix(links)
            links.sort_indices()
            parts[f"{PREFIX}/{kind}/indptr"] = links.indptr.astype(np.int32)
            parts[f"{PREFIX}/{kind}/indices"] = links.indices.astype(np.int32)
    return parts


def digest(kept: Arrays, lessons: FeedbackExamples) -> str:
    """Return a hash of the examples, eight hex digits.

    Args:
        kept: The arrays as from `arrays`.
        lessons: The examples.
    """
    digested = hashlib.sha256()
    for name in sorted(kept):
        digested.update(name.encode() + kept[name].tobytes())
    for kind in sorted(lessons.wrong):
        digested.update(lessons.wrong[kind].indptr.tobytes() + lessons.wrong[kind].indices.tobytes())
    return digested.hexdigest()[:8]


def augment_corpus(corpus: Corpus, kept: Mapping[str, np.ndarray[Any, Any]]) -> Corpus:
    """Return the corpus with the examples' playlists after its own.

    Name, fingerprint and vocabularies stay as they are.

    Args:
        corpus: The corpus.
        kept: The arrays as from `arrays`.
    """
    titles = orjson.loads(kept[f"{PREFIX}/titles"].tobytes())
    count = len(titles)
    links = {}
    for kind, own in corpus.links.items():
        more = sp.csr_matrix((count, own.shape[1]), dtype=own.dtype)
        if f"{PREFIX}/{kind}/indptr" in kept:
            indptr, indices = kept[f"{PREFIX}/{kind}/indptr"], kept[f"{PREFIX}/{kind}/indices"]
            more = sp.csr_matrix((np.ones(len(indices), dtype=own.dtype), indices, indptr), shape=more.shape)
        links[kind] = sp.vstack([own, more], format="csr", dtype=own.dtype)
    rows = pd.DataFrame(
        {
            "id": [f"verdicts-{number}" for number in range(count)],
            "title": titles,
            "date": np.full(count, np.datetime64("NaT"), dtype="datetime64[s]"),
            "likes": np.zeros(count, dtype=np.int32),
            "group": "",
        }
    )[list(corpus.playlists.columns)].astype(corpus.playlists.dtypes)
    playlists = pd.concat([corpus.playlists, rows], ignore_index=True)
    return replace(corpus, playlists=playlists, links=links, stored_fingerprint=corpus.fingerprint)


def _new_items(condition: Any, held: sp.csr_matrix | None) -> sp.csr_matrix:
    """Return ones where a condition holds and the question does not contain the item itself."""
    ones = sp.csr_matrix(condition, dtype=np.float32)
    if held is not None:
        ones = sp.csr_matrix(ones - ones.multiply(held > 0))
    ones.eliminate_zeros()
    ones.sort_indices()
    return ones
