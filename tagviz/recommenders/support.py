"""How many listeners stand behind a tag, and which parts of a title say too little to be asked."""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary, WeakSet

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.types import Corpus, Kind, QueryBatch

FEWEST_LISTENERS = 5
"""Listeners below which a tag named by a title says less than the title's meaning; the reader of titles leaves such
tags among the phrases, too (`query.interpretation.WEAK`)."""

_counted: WeakKeyDictionary[Corpus, NDArray[np.int64]] = WeakKeyDictionary()
_supported: WeakKeyDictionary[QueryBatch, WeakKeyDictionary[Corpus, QueryBatch]] = WeakKeyDictionary()
_reduced: WeakKeyDictionary[QueryBatch, WeakSet[Corpus]] = WeakKeyDictionary()
"""What `supported` returned: nothing is left to take out, and its matrices and scores are known under this batch."""


def listeners(corpus: Corpus) -> NDArray[np.int64]:
    """By how many listeners (`group`) each tag is used, as a tag or as a title.

    Args:
        corpus: A playlist without a known listener counts as one of its own.

    Returns:
        int64 (tags,), kept as long as the corpus.
    """
    if corpus not in _counted:
        held = corpus.matrix(Kind.TAG).tocoo()
        titled = corpus.vocab(Kind.TAG).find(list(corpus.playlists["title"]))
        owners = _owners(corpus)[np.concatenate([held.row, np.flatnonzero(titled >= 0)])]
        width = max(1, held.shape[1])
        pairs = np.unique(owners * width + np.concatenate([held.col, titled[titled >= 0]]).astype(np.int64))
        _counted[corpus] = np.bincount(pairs % width, minlength=held.shape[1]).astype(np.int64)
    return _counted[corpus]


def _owners(corpus: Corpus) -> NDArray[np.int64]:
    """(playlists,): a number per listener, and one of its own per playlist of nobody."""
    groups = corpus.playlists["group"].to_numpy(dtype=object)
    codes, names = pd.factorize(groups)
    owners = codes.astype(np.int64)
    alone = groups == ""
    owners[alone] = len(names) + np.arange(int(alone.sum()))
    return owners


def supported(asked: QueryBatch, corpus: Corpus) -> QueryBatch:
    """The queries without what says little of a title whose meaning is read as well.

    Only titles that were resolved and of which a phrase is left lose something: their words, since the phrase and the
    names cover them ("angry and loud" is not the playlist that says "loud"), and the tags that they name but fewer than
    FEWEST_LISTENERS use. What is asked outright stays. On validation phrases .81 instead of .80 are understood.

    Returns:
        The batch itself where nothing is to be taken out; kept as long as the batch.
    """
    if not any(asked.phrases) or corpus in _reduced.get(asked, ()):
        return asked
    by_corpus = _supported.setdefault(asked, WeakKeyDictionary())
    if corpus not in by_corpus:
        reduced = _without_rare(asked, corpus)
        _reduced.setdefault(reduced, WeakSet()).add(corpus)
        by_corpus[corpus] = reduced
    return by_corpus[corpus]


def _without_rare(asked: QueryBatch, corpus: Corpus) -> QueryBatch:
    phrased = np.array([bool(phrase) for phrase in asked.phrases], dtype=bool)
    items, named = dict(asked.items), dict(asked.named)
    every = np.ones(len(corpus.vocab(Kind.WORD)), dtype=bool)
    items[Kind.WORD] = _minus(items[Kind.WORD], _entries(items[Kind.WORD], phrased, every))
    if Kind.TAG in named:
        rare = _entries(named[Kind.TAG], phrased, listeners(corpus) < FEWEST_LISTENERS)
        items[Kind.TAG], named[Kind.TAG] = _minus(items[Kind.TAG], rare), _minus(named[Kind.TAG], rare)
    return replace(asked, items=items, named=named)


def _entries(matrix: sp.csr_matrix, rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> sp.csr_matrix:
    """The pattern of some rows' entries in some columns, as ones."""
    owner = np.repeat(rows, np.diff(matrix.indptr))
    values = (owner & columns[matrix.indices]).astype(np.float32)
    lighter = sp.csr_matrix((values, matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape)
    lighter.eliminate_zeros()
    return lighter


def _minus(matrix: sp.csr_matrix, pattern: sp.csr_matrix) -> sp.csr_matrix:
    left = sp.csr_matrix(matrix - matrix.multiply(pattern))
    left.eliminate_zeros()
    return left
