"""Validation questions from training playlists, as the Arena and the tags protocol ask them.

Fusion and re-ranker learn from these. Playlists are held out by group (listener, artist) where the corpus has groups,
since a random split would let a method look up the answer in the same person's other playlists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.recommenders.phrases import HALF_KNOWN, title_states
from tagviz.text import normal
from tagviz.types import Corpus, Floats, Kind, QueryBatch, Vocab

CASES = 16
"""Number of cases of a query: bit 1 songs are shown, bit 2 tags; plus 4 times how much of the title the corpus knows
(no title, all, half, nothing; see `phrases.title_states`)."""
HIDDEN_TITLES = 0.5
"""Share of the titled questions that are asked a second time with words hidden: half of these with all of their words
hidden, half with some."""
SHOWN = ((1, 0.25), (3, 0.23), (5, 0.12), (7, 0.12), (6, 0.12), (4, 0.12), (2, 0.04))
"""Probability of each case, mostly those of the Arena's val and test files, with and without titles.

Rare cases are more frequent than there, so that there is something to learn from.
"""
DEPTH = {Kind.SONG: 100, Kind.TAG: 10}
"""Number of judged recommendations, as in the Arena."""


@dataclass(frozen=True, eq=False)
class Questions:
    """Queries with hidden items.

    Attributes:
        asked: The queries (q).
        hidden: Per kind CSR (q, n_kind) of the hidden items.
        groups: str (q,) group of each query: the same for playlists of one listener or artist, unique where the
            corpus has no groups.
    """

    asked: QueryBatch
    hidden: Mapping[Kind, sp.csr_matrix]
    groups: NDArray[np.str_]


def cases_of(asked: QueryBatch, corpus: Corpus | None = None) -> NDArray[np.int64]:
    """Return int64 (q,) the case of each query, 0 … 15.

    What the title names does not count as shown: a title alone stays a title alone, however it is read.

    Args:
        asked: The queries (q).
        corpus: As in `title_states`.
    """
    songs, tags = (_asked_outright(asked, kind) for kind in (Kind.SONG, Kind.TAG))
    return np.asarray(songs + 2 * tags + 4 * title_states(asked, corpus), np.int64)


def _asked_outright(asked: QueryBatch, kind: Kind) -> NDArray[np.bool_]:
    """Return bool (q,): whether a query holds items of a kind beside those that its title names."""
    count = np.diff(asked.items[kind].indptr)
    return np.asarray(count > (np.diff(asked.named[kind].indptr) if kind in asked.named else 0))


def titles_hidden(cases: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return bool, True for cases of titles that are known in part or not at all.

    Args:
        cases: int64 cases as `cases_of` returns them.
    """
    return np.asarray(cases >= 4 * HALF_KNOWN)


def of_all_cases(weights: Floats) -> Floats:
    """Return weights per case as (CASES, members).

    Weights that were learned when there were 8 cases are used for all titles alike.

    Args:
        weights: float32 (8 or CASES, members).
    """
    return weights if len(weights) == CASES else np.concatenate([weights, *[weights[4:]] * 2])


def folds(corpus: Corpus, count: int, seed: int) -> NDArray[np.int64]:
    """Assign a fold to each playlist; playlists of one group share it.

    Args:
        corpus: The playlists.
        count: Number of folds.
        seed: Seed of the random numbers.

    Returns:
        int64 (playlists,), 0 … count − 1.
    """
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
    """Make one question per playlist: some songs and tags and perhaps the title are shown, the rest is hidden.

    With songs: the cases of SHOWN, half of what is partly shown. With tags only: floor(n/2) of n ≥ 4 tags are shown (at
    least 2 where none has 4). Playlists without anything to show or to hide are left out.

    Args:
        corpus: The playlists.
        seed: Seed of the random numbers.
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
    asked = QueryBatch(
        titles=tuple(map(str, titles)),
        items={Kind.SONG: shown_songs, Kind.TAG: shown_tags, Kind.WORD: words},
        masked={Kind.TAG: title_tags(titles, corpus.vocab(Kind.TAG))},
        dates=corpus.playlists["date"].to_numpy(),
    )
    left = sum(np.diff(matrix.indptr) for matrix in hidden.values())
    return select(Questions(asked, hidden, _groups(corpus)), np.flatnonzero((cases_of(asked) > 0) & (left > 0)))


def select(questions: Questions, rows: NDArray[np.intp]) -> Questions:
    """Return some of the questions.

    Args:
        questions: The questions.
        rows: Rows to keep.
    """
    asked = questions.asked
    return Questions(
        QueryBatch(
            titles=tuple(asked.titles[row] for row in rows),
            items={kind: sp.csr_matrix(matrix[rows]) for kind, matrix in asked.items.items()},
            masked={kind: sp.csr_matrix(matrix[rows]) for kind, matrix in asked.masked.items()},
            dates=None if asked.dates is None else asked.dates[rows],
            phrases=tuple(asked.phrases[row] for row in rows) if asked.phrases else (),
            named={kind: sp.csr_matrix(matrix[rows]) for kind, matrix in asked.named.items()},
        ),
        {kind: sp.csr_matrix(matrix[rows]) for kind, matrix in questions.hidden.items()},
        questions.groups[rows],
    )


def with_hidden_titles(questions: Questions, members: Corpus, seed: int) -> Questions:
    """Return the questions, and some of the titled ones a second time as if the corpus did not know their titles.

    The copies have none of their title's words, or half of them where there are several. The text itself stays for
    sentence models.

    Args:
        questions: Questions as drawn; their titles are not resolved.
        members: Corpus that the members were fitted on; words that none of its titles has are removed from all
            questions.
        seed: Seed of the random numbers.
    """
    asked = questions.asked
    known = members.counts(Kind.WORD) > 0
    words = sp.csr_matrix(asked.items[Kind.WORD] @ sp.diags(known.astype(np.float32)))
    words.eliminate_zeros()
    items = {**asked.items, Kind.WORD: words}
    rng = np.random.default_rng(seed)
    titled = np.flatnonzero([bool(title.strip()) for title in asked.titles])
    again = np.sort(rng.choice(titled, int(HIDDEN_TITLES * len(titled)), replace=False))
    rows = np.concatenate([np.arange(len(asked)), again])
    kept = sp.vstack([words, _half(sp.csr_matrix(words[again]), rng, _several(words, again, rng))], format="csr")
    texts = tuple(asked.titles[row] for row in again)
    whole = select(Questions(replace(asked, items=items), questions.hidden, questions.groups), rows)
    hidden_text = replace(
        whole.asked,
        titles=(*asked.titles, *[""] * len(again)),
        items={**whole.asked.items, Kind.WORD: sp.csr_matrix(kept)},
        phrases=(
            *["" if some else title for title, some in zip(asked.titles, np.diff(words.indptr), strict=True)],
            *texts,
        ),
    )
    return replace(whole, asked=hidden_text)


def _several(words: sp.csr_matrix, rows: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which of these rows keep half of their words: every second one of those with several."""
    return np.asarray((np.diff(words.indptr)[rows] > 1) & (rng.random(len(rows)) < 0.5))


def _groups(corpus: Corpus) -> NDArray[np.str_]:
    group = corpus.playlists["group"]
    return group.where(group != "", "\x00" + corpus.playlists["id"]).to_numpy(dtype=np.str_)


def title_tags(titles: NDArray[np.object_], tags: Vocab) -> sp.csr_matrix:
    """Return CSR (q, tags): the tags that mean the same as the query's title and must not be recommended.

    Args:
        titles: (q,) titles.
        tags: Vocabulary of the tags.
    """
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
    """Return a random floor(n/2) of the entries of each chosen row (1 where there is only one), none of the others."""
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
