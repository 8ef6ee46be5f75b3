"""Tags as some files write them, with their facet before a mark: `genre---rock`, `mood/theme---happy`.

The corpus keeps `rock` with the facet `genre`. Questions in the long form are read, and answered in the same form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tagviz.types import Corpus, Kind

MARK = "---"


@dataclass(frozen=True)
class Spelling:
    """How a file writes the tags of each facet: facet → what stands before the mark; empty: as the corpus does."""

    prefixes: Mapping[str, str]

    def written(self, corpus: Corpus) -> list[str]:
        """Every tag of the corpus as the file would write it."""
        ids = corpus.vocab(Kind.TAG).ids
        prefixes = (self.prefixes.get(str(facet)) for facet in corpus.facets)
        return [tag if prefix is None else f"{prefix}{MARK}{tag}" for tag, prefix in zip(ids, prefixes, strict=True)]


def read_short(corpus: Corpus, lists: Sequence[Iterable[str]]) -> tuple[list[list[str]], Spelling]:
    """The lists with tags as the corpus writes them, and how the file writes them.

    What the corpus knows as it stands, or does not know either way, stays.
    """
    vocab = corpus.vocab(Kind.TAG)
    distinct = list(dict.fromkeys(tag for row in lists for tag in row if MARK in tag))
    short = [tag.partition(MARK)[2] for tag in distinct]
    rows = vocab.find(short)
    mended = np.flatnonzero((vocab.find(distinct) < 0) & (rows >= 0))
    known = {distinct[place]: short[place] for place in mended}
    prefixes = {str(corpus.facets[rows[place]]): distinct[place].partition(MARK)[0] for place in mended}
    return [[known.get(tag, tag) for tag in row] for row in lists], Spelling(prefixes)
