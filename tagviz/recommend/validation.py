"""Validation questions made from training playlists, as the Arena and the tags protocol would ask them.

Fusion and re-ranker learn from these: playlists are held out by group (listener, artist) where the corpus knows one,
since a random split would let a method look up the answer in the same person's other playlists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.text import normal
from tagviz.types import Asked, Corpus, Kind, Vocab

CASES = 8
"""Cases of a query: bit 1 songs are asked, bit 2 tags, bit 4 a title."""
SHOWN = ((1, 0.25), (3, 0.23), (5, 0.12), (7, 0.12), (6, 0.12), (4, 0.12), (2, 0.04))
"""How often each case is drawn: mostly what the Arena's val and test files look like, both without and with titles; the
rare cases more often than there, so that there is something to learn from."""
DEPTH = {Kind.SONG: 100, Kind.TAG: 10}
"""How many answers are judged, as in the Arena."""


@dataclass(frozen=True, eq=False)
class Questions:
    """Queries with their hidden items, CSR rows by kind, and the group of each (q,): equal for playlists of one
    listener or artist, a name of its own where the corpus knows none."""

    asked: Asked
    hidden: Mapping[Kind, sp.csr_matrix]
    groups: NDArray[np.str_]


def cases_of(asked: Asked) -> NDArray[np.int64]:
    """(q,): the case of each query, 0 … 7."""
    songs = np.diff(asked.items[Kind.SONG].indptr) > 0
    tags = np.diff(asked.items[Kind.TAG].indptr) > 0
    titled = np.array([bool(title) for title in asked.titles], dtype=bool)
    if Kind.WORD in asked.items:
        titled |= np.diff(asked.items[Kind.WORD].indptr) > 0
    return songs + 2 * tags + 4 * titled


def folds(corpus: Corpus, count: int, seed: int) -> NDArray[np.int64]:
    """A fold 0 … count−1 per playlist; playlists of one group share it."""
    rng = np.random.default_rng(seed)
    groups = corpus.playlists["group"].to_numpy()
    codes, names = pd.factorize(groups)
    if len(names) < 2 * count:
        return rng.permutation(len(corpus)) % count
    alone = groups == ""
    chosen = (rng.permutation(len(names)) % count)[codes]
    chosen[alone] = rng.permutation(int(alone.sum())) % count
    return np.asarray(chosen, dtype=np.int64)


def questions(corpus: Corpus, seed: int) -> Questions:
    """One question a playlist: some of its songs and tags and perhaps its title shown, the rest hidden.

    With songs: the cases of SHOWN, half of what is partly shown. With tags only: floor(n/2) of n ≥ 4 tags shown (at
    least 2 where none has 4). Playlists of which nothing can be asked or nothing is hidden are left out.
    """
    rng = np.random.default_rng(seed)
    songs, tags = corpus.matrix(Kind.SONG), corpus.matrix(Kind.TAG)
    if corpus.has(Kind.SONG):
        cases = rng.choice([case for case, _ in SHOWN], size=len(corpus), p=[share for _, share in SHOWN])
    else:
        least = 4 if (np.diff(tags.indptr) >= 4).any() else 2
        cases = np.where(np.diff(tags.indptr) >= least, 2, 0)
    shown_songs = _half(songs, rng, cases & 1 > 0)
    shown_tags = _half(tags, rng, cases & 2 > 0)
    hidden = {Kind.SONG: _without(songs, shown_songs), Kind.TAG: _without(tags, shown_tags)}
    titled = cases & 4 > 0
    titles = np.where(titled, corpus.playlists["title"].to_numpy(dtype=object), "")
    words = sp.csr_matrix(sp.diags(titled.astype(np.float32)) @ corpus.matrix(Kind.WORD))
    words.eliminate_zeros()
    asked = Asked(
        titles=tuple(map(str, titles)),
        items={Kind.SONG: shown_songs, Kind.TAG: shown_tags, Kind.WORD: words},
        masked={Kind.TAG: title_tags(titles, corpus.vocab(Kind.TAG))},
        dates=corpus.playlists["date"].to_numpy(),
    )
    left = sum(np.diff(matrix.indptr) for matrix in hidden.values())
    return select(Questions(asked, hidden, _groups(corpus)), np.flatnonzero((cases_of(asked) > 0) & (left > 0)))


def select(questions: Questions, rows: NDArray[np.intp]) -> Questions:
    """Some of the questions."""
    asked = questions.asked
    return Questions(
        Asked(
            titles=tuple(asked.titles[row] for row in rows),
            items={kind: sp.csr_matrix(matrix[rows]) for kind, matrix in asked.items.items()},
            masked={kind: sp.csr_matrix(matrix[rows]) for kind, matrix in asked.masked.items()},
            dates=None if asked.dates is None else asked.dates[rows],
        ),
        {kind: sp.csr_matrix(matrix[rows]) for kind, matrix in questions.hidden.items()},
        questions.groups[rows],
    )


def _groups(corpus: Corpus) -> NDArray[np.str_]:
    group = corpus.playlists["group"]
    return group.where(group != "", "\x00" + corpus.playlists["id"]).to_numpy(dtype=np.str_)


def title_tags(titles: NDArray[np.object_], tags: Vocab) -> sp.csr_matrix:
    """(q, tags): the tags that mean the same as the query's title, which must not be answered."""
    if not len(titles) or not len(tags):
        return sp.csr_matrix((len(titles), len(tags)), dtype=np.float32)
    tag_forms = pd.Series([normal(tag) for tag in tags.ids], dtype="str")
    forms = pd.DataFrame({"form": tag_forms, "tag": np.arange(len(tags))})
    asked_forms = pd.Series([normal(title) for title in titles], dtype="str")
    asked = pd.DataFrame({"form": asked_forms, "row": np.arange(len(titles))})
    same = asked[asked["form"] != ""].merge(forms, on="form")
    ones = np.ones(len(same), dtype=np.float32)
    return sp.csr_matrix((ones, (same["row"], same["tag"])), shape=(len(titles), len(tags)))


def _half(matrix: sp.csr_matrix, rng: np.random.Generator, rows: NDArray[np.bool_]) -> sp.csr_matrix:
    """A random floor(n/2) of the entries of each chosen row (1 where there is only one), nothing of the others."""
    counts = np.diff(matrix.indptr)
    owner = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((rng.random(matrix.nnz), owner))
    place = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], counts)
    wanted = np.where(rows, np.maximum(counts // 2, np.minimum(counts, 1)), 0)
    chosen = order[place < wanted[owner]]
    ones = np.ones(len(chosen), dtype=np.float32)
    return sp.csr_matrix((ones, (owner[chosen], matrix.indices[chosen])), shape=matrix.shape)


def _without(matrix: sp.csr_matrix, shown: sp.csr_matrix) -> sp.csr_matrix:
    rest = sp.csr_matrix(matrix - shown)
    rest.eliminate_zeros()
    return rest
