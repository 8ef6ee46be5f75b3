"""Items: what is near one, what occurs with it, and what there is to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.operations.models import Model
from tagviz.operations.recommend import recommend
from tagviz.query import parser
from tagviz.ranking import apply_rulings
from tagviz.score_ops import top
from tagviz.types import (
    Corpus,
    Embedding,
    Floats,
    Kind,
    Query,
    Ranking,
    Vocab,
    readonly,
    split_key,
)


@dataclass(frozen=True, eq=False)
class ItemPage:
    """All that a panel shows of one item.

    count: playlists that hold it. neighbours: the nearest items of its
    kind, none where the model does not know the kind. together: frame `key`, `label`, `count`
    (playlists with both), `lift` (how many times more than by chance) of tags; songs: the same of songs. playlists:
    frame `key`, `title`, `date`, `likes`. years: playlists that hold it per year (index).
    """

    key: str
    label: str
    facet: str
    count: int
    neighbours: Ranking
    together: pd.DataFrame
    songs: pd.DataFrame
    playlists: pd.DataFrame
    years: pd.Series


def neighbours(
    corpus: Corpus, model: Model, plus: Sequence[str], minus: Sequence[str] = (), kind: Kind | None = None, n: int = 20
) -> Ranking:
    """The n items of `kind` (default: that of the first key) nearest to the keys `plus`, away from the keys `minus`.

    In a model with a space: cosine to Σ plus − Σ minus of unit vectors ("rock + female − male", Mikolov et al. 2013).
    In one without: its recommendations for these items. Raises NotFoundError for keys that the corpus or the space
    lacks.
    """
    if not plus:
        raise InvalidParameterError("Nothing is asked", "at least one key such as tag:jazz is needed", "give a key")
    terms = [(*split_key(key), sign) for keys, sign in ((plus, 1.0), (minus, -1.0)) for key in keys]
    for kind_of, ident, _ in terms:
        _known(corpus, kind_of, ident)
    kind = kind or terms[0][0]
    if model.embedding is None:
        return _by_score(corpus, model, plus, minus, kind, n)
    space = model.embedding
    vector = np.sum([sign * _vector(space, kind_of, ident, model) for kind_of, ident, sign in terms], axis=0)
    vector /= max(float(np.linalg.norm(vector)), float(np.finfo(np.float32).tiny))
    if kind not in space.vocabs:
        raise InvalidParameterError(
            f"{model.ref} has no {kind}s", f"it holds {', '.join(space.vocabs)}", "choose another kind"
        )
    vocab = space.vocabs[kind]
    scores = space.of(kind) @ vector
    _keep_to(corpus, vocab, kind, [vocab.row(ident) for of, ident, sign in terms if of is kind and sign > 0], scores)
    scores[[vocab.row(ident) for kind_of, ident, _ in terms if kind_of is kind]] = -np.inf
    counts = corpus.counts(kind)[corpus.vocab(kind).find(list(vocab.ids))]
    rows = top(scores, counts, n)
    return Ranking(
        kind=kind,
        keys=tuple(vocab.keys(rows)),
        labels=tuple(vocab.label_list(rows)),
        scores=readonly(scores[rows]),
        method=model.info.method,
        model=model.ref,
    )


def _keep_to(corpus: Corpus, vocab: Vocab, kind: Kind, asked: list[int], scores: Floats) -> None:
    """What experts ruled, for scores of the items that a space holds."""
    if kind in corpus.rulings:
        whole = corpus.vocab(kind)
        rows = whole.find(list(vocab.ids))
        known = rows >= 0
        every = np.full((1, len(whole)), -np.inf, dtype=np.float32)
        every[0, rows[known]] = scores[known]
        items = np.zeros((1, len(whole)), dtype=np.float32)
        items[0, [row for row in rows[asked] if row >= 0]] = 1.0
        apply_rulings(corpus, {kind: sp.csr_matrix(items)}, kind, every)
        scores[known] = every[0, rows[known]]


def item_page(corpus: Corpus, model: Model, key: str, n: int = 12) -> ItemPage:
    """Neighbours, company, songs, example playlists and years of one item.

    Company is ordered by count · log(lift), which neither rare accidents nor mere hits lead ("local mutual
    information", Evert 2005). Raises NotFoundError for a key that is not here.
    """
    kind, ident = split_key(key)
    row = _known(corpus, kind, ident)
    holders = playlists_containing(corpus, kind, row)
    dates = corpus.playlists["date"].iloc[holders]
    return ItemPage(
        key=key,
        label=corpus.vocab(kind).label(row),
        facet=str(corpus.facets[row]) if kind is Kind.TAG else "",
        count=len(holders),
        neighbours=_beside(corpus, model, key, n),
        together=cooccurring_items(corpus, holders, Kind.TAG, n, without=row if kind is Kind.TAG else -1),
        songs=cooccurring_items(corpus, holders, Kind.SONG, n, without=row if kind is Kind.SONG else -1),
        playlists=_examples(corpus, holders, n),
        years=dates.dt.year.dropna().astype(int).value_counts().sort_index(),
    )


def _beside(corpus: Corpus, model: Model, key: str, n: int) -> Ranking:
    kind, _ = split_key(key)
    known = model.recommender.kinds if model.embedding is None else model.embedding.vocabs
    if kind in known:
        return neighbours(corpus, model, [key], n=n)
    return Ranking(kind, (), (), readonly(np.empty(0, np.float32)), model.info.method, model.ref)


def playlists_containing(corpus: Corpus, kind: Kind, row: int) -> NDArray[np.int64]:
    """Rows of the playlists that hold an item."""
    matrix = corpus.matrix(kind)
    return np.searchsorted(matrix.indptr, np.flatnonzero(matrix.indices == row), side="right").astype(np.int64) - 1


def cooccurring_items(
    corpus: Corpus, playlists: NDArray[np.int64], kind: Kind, n: int, without: int = -1
) -> pd.DataFrame:
    """The n items of `kind` most typical of some playlists: frame `key`, `label`, `count`, `lift`."""
    vocab = corpus.vocab(kind)
    both = np.bincount(corpus.matrix(kind)[playlists].indices, minlength=len(vocab)).astype(np.float64)
    expected = corpus.counts(kind) * (len(playlists) / max(1, len(corpus)))
    lift = np.divide(both, expected, out=np.zeros_like(both), where=expected > 0)
    weight = np.where(both > 0, both * np.log(np.maximum(lift, np.finfo(np.float64).tiny)), -np.inf)
    if without >= 0:
        weight[without] = -np.inf
    rows = top(weight.astype(np.float32), corpus.counts(kind), n)
    return pd.DataFrame(
        {
            "key": vocab.keys(rows),
            "label": vocab.label_list(rows),
            "count": both[rows].astype(np.int64),
            "lift": lift[rows].round(2),
        }
    )


def complete(corpus: Corpus, text: str, kinds: Sequence[Kind] = (Kind.TAG, Kind.SONG), n: int = 20) -> list[str]:
    """Search as you type: keys whose label begins with or holds the text."""
    return parser.complete(corpus, text, kinds, n)


def label(corpus: Corpus, key: str) -> str:
    """What a person reads for a key. Raises NotFoundError for one that is not here."""
    kind, ident = split_key(key)
    return corpus.vocab(kind).label(_known(corpus, kind, ident))


def _known(corpus: Corpus, kind: Kind, ident: str) -> int:
    """The row of an id; unknown: NotFoundError with the closest spellings."""
    row = corpus.vocab(kind).row(ident, missing="skip")
    if row < 0:
        near = parser.suggest(corpus, kind, ident, 3)
        hint = f"close to it: {', '.join(near)}" if near else f"{len(corpus.vocab(kind)):,} {kind}s are known"
        raise NotFoundError(
            f"There is no {kind} {ident!r} in {corpus.name!r}", hint, "use one of these or check the spelling"
        )
    return row


def _vector(space: Embedding, kind: Kind, ident: str, model: Model) -> Floats:
    row = space.vocabs[kind].row(ident, missing="skip") if kind in space.vocabs else -1
    if row < 0:
        raise NotFoundError(
            f"{kind}:{ident} has no vector in {model.ref}",
            f"it holds {', '.join(space.vocabs)} that are frequent enough",
            "choose another item, or a method such as neighbours that needs no vectors",
        )
    vector: Floats = space.of(kind)[row]
    return vector


def _by_score(corpus: Corpus, model: Model, plus: Sequence[str], minus: Sequence[str], kind: Kind, n: int) -> Ranking:
    for key in plus:
        if split_key(key)[0] not in (Kind.TAG, Kind.SONG):
            raise InvalidParameterError(
                f"{model.ref} cannot be asked for {key!r}", "without a space it knows tags and songs", "choose spectral"
            )
    tags = tuple(key for key in plus if split_key(key)[0] is Kind.TAG)
    songs = tuple(key for key in plus if split_key(key)[0] is Kind.SONG)
    return recommend(corpus, model, Query(tags=tags, songs=songs, avoid=tuple(minus), n=n), kind)


def _examples(corpus: Corpus, holders: NDArray[np.int64], n: int) -> pd.DataFrame:
    """The most liked playlists, the newest first among equals."""
    frame = corpus.playlists.iloc[holders].assign(key=corpus.vocab(Kind.PLAYLIST).keys(holders))
    chosen = frame.sort_values(["likes", "date"], ascending=False, kind="stable").head(n)
    return chosen[["key", "title", "date", "likes"]].reset_index(drop=True)
