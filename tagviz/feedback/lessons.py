"""Verdicts as lessons of the next training: what was right becomes a playlist, what was wrong a hard negative.

A question with a confirmed item is one more playlist: what was asked, and what was found right. Every method learns
from it as from any other. Items found wrong for it are negatives where a method can use them: the re-ranker of `best`
orders the right ones above them, and hears nothing of what nobody judged (see `recommend/fusion.validate`).
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

from tagviz.feedback.heeding import KINDS, Votes, taken
from tagviz.methods import Arrays, Lessons
from tagviz.types import Corpus, Kind

LEAST = 0.25
"""By how much the weights of those who say right must exceed those who say wrong, or the other way round. A reviewer
whom nobody knows yet weighs a half, one who guesses nothing."""
PREFIX = "lessons"


def learned(corpus: Corpus, votes: Mapping[Kind, Votes]) -> Lessons | None:
    """What there is to learn from votes on items of a corpus; None where nothing was surely found right."""
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
        right[kind] = _where(balance >= LEAST, asked.items.get(kind))
        wrong[kind] = _where(balance <= -LEAST, asked.items.get(kind))
    rows = np.flatnonzero(sum(np.diff(matrix.indptr) for matrix in right.values()))
    if not len(rows):
        return None
    right, wrong = ({kind: sp.csr_matrix(of[rows]) for kind, of in told.items()} for told in (right, wrong))
    return Lessons(taken(asked, rows), right, wrong)


def arrays(lessons: Lessons) -> Arrays:
    """What a model keeps of its lessons: the playlists that they add, by which it is restored."""
    found: Arrays = {f"{PREFIX}/titles": np.frombuffer(orjson.dumps(lessons.asked.titles), dtype=np.uint8)}
    for kind in KINDS:
        links = lessons.asked.items.get(kind)
        for part in (links, lessons.right.get(kind)):
            if part is not None and part is not links:
                links = part if links is None else links + part
        if links is not None:
            links = sp.csr_matrix(links)
            links.sort_indices()
            found[f"{PREFIX}/{kind}/indptr"] = links.indptr.astype(np.int32)
            found[f"{PREFIX}/{kind}/indices"] = links.indices.astype(np.int32)
    return found


def digest(kept: Arrays, lessons: Lessons) -> str:
    """Eight hex digits of what is learned."""
    told = hashlib.sha256()
    for name in sorted(kept):
        told.update(name.encode() + kept[name].tobytes())
    for kind in sorted(lessons.wrong):
        told.update(lessons.wrong[kind].indptr.tobytes() + lessons.wrong[kind].indices.tobytes())
    return told.hexdigest()[:8]


def taught(corpus: Corpus, kept: Mapping[str, np.ndarray[Any, Any]]) -> Corpus:
    """The corpus with the playlists of lessons (see `arrays`) behind its own; name, fingerprint, vocabularies stay."""
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


def _where(found: Any, held: sp.csr_matrix | None) -> sp.csr_matrix:
    """Ones where something holds and the question does not hold the item itself."""
    ones = sp.csr_matrix(found, dtype=np.float32)
    if held is not None:
        ones = sp.csr_matrix(ones - ones.multiply(held > 0))
    ones.eliminate_zeros()
    ones.sort_indices()
    return ones
