"""Diagnostics of an embedding before it recommends anything. Formulas: docs/metrics.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.types import Corpus, Embedding, Floats, Ints, Kind, split_key

STEEPEST = 100.0
"""Largest exponent that is tried when similarities are turned into probabilities."""


@dataclass(frozen=True, eq=False)
class Divergence:
    """How well an embedding explains which tags occur together.

    Attributes:
        overall: KL divergence in nats, weighted by how often each tag occurs with another.
        independent: The same for an embedding that knows only popularity.
        explained: 1 − overall / independent; 0 nothing, 1 everything.
        steepness: The fitted exponent.
        tags: Frame `key`, `label`, `count`, `divergence`, `independent`, `explained`, worst explained first.
    """

    overall: float
    independent: float
    explained: float
    steepness: float
    tags: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Hubness:
    """How unevenly items are neighbours of others.

    Attributes:
        k: Number of neighbours.
        skewness: Skewness of the k-occurrences; near 0 is even, above about 1 a few hubs are everybody's neighbours.
        never: Share of items that are nobody's neighbour.
        items: Frame `key`, `label`, `occurrences` (of how many items it is among the k nearest), greatest hubs first.
    """

    k: int
    skewness: float
    never: float
    items: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Stability:
    """How alike the neighbours in two embeddings are.

    Attributes:
        k: Number of neighbours.
        overlap: Mean share of common neighbours, 0 to 1.
        items: Frame `key`, `label`, `overlap`, least stable first.
    """

    k: int
    overlap: float
    items: pd.DataFrame


def playlists_against_items(embedding: Embedding, corpus: Corpus, kind: Kind = Kind.SONG) -> pd.DataFrame:
    """Compare each playlist's own vector with the mean vector of its items.

    A low cosine means that the playlist's vector does not match its content.

    Args:
        embedding: The embedding.
        corpus: Its corpus.
        kind: Kind of the items, songs or tags.

    Returns:
        Frame `key`, `title`, `items` (with a vector), `cosine`, worst first.

    Raises:
        NotReadyError: If the embedding has no vectors of playlists.
    """
    own_rows = embedding.rows_in(corpus.vocab(Kind.PLAYLIST))
    member, vectors = _members(embedding, corpus, kind)
    count = np.asarray(member.sum(axis=1)).ravel()
    rows = np.flatnonzero((own_rows >= 0) & (count > 0))
    if not len(rows):
        raise NotReadyError(
            "This model has no vectors of playlists",
            f"{len(own_rows):,} playlists were looked for",
            "train with playlist keys among the words",
        )
    means = np.asarray(member[rows] @ vectors)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    cosine = np.einsum("ij,ij->i", means, embedding.of(Kind.PLAYLIST)[own_rows[rows]])
    frame = pd.DataFrame(
        {
            "key": corpus.vocab(Kind.PLAYLIST).keys(rows),
            "title": corpus.playlists["title"].to_numpy()[rows],
            "items": count[rows].astype(int),
            "cosine": cosine,
        }
    )
    return frame.sort_values("cosine", kind="stable").reset_index(drop=True)


def cooccurrence_divergence(embedding: Embedding, corpus: Corpus, most: int = 1000) -> Divergence:
    """Return the KL divergence between co-occurrence and what the embedding implies.

    p(u | t) is how often tag u occurs where t does; q(u | t) ∝ n_u · exp(β · cos(t, u)), with one β ≥ 0 for all tags,
    fitted so that the divergence is least. The form is skip-gram's softmax (Mikolov et al. 2013) with the tags'
    frequencies as its base, so that an embedding without information (β = 0) gives independence.

    Args:
        embedding: The embedding.
        corpus: Its corpus.
        most: Number of tags, the most frequent ones; time grows with its square.

    Raises:
        NotReadyError: If fewer than three tags occur together.
    """
    from scipy.optimize import minimize_scalar

    counts = corpus.counts(Kind.TAG)
    where = embedding.rows_in(corpus.vocab(Kind.TAG))
    rows = np.flatnonzero((where >= 0) & (counts > 0))
    rows = rows[np.argsort(-counts[rows], kind="stable")][:most]
    tags = corpus.matrix(Kind.TAG)[:, rows]
    together = np.asarray((tags.T @ tags).todense(), dtype=np.float64)
    np.fill_diagonal(together, 0)
    kept = together.sum(axis=1) > 0
    if kept.sum() < 3:
        raise NotReadyError("Too few tags occur together", f"{int(kept.sum())} do", "choose a larger corpus")
    rows, together = rows[kept], together[np.ix_(kept, kept)]
    vectors = embedding.of(Kind.TAG)[where[rows]].astype(np.float64)
    cosine = vectors @ vectors.T
    base = np.log(together.sum(axis=0))[None, :]
    total = together.sum(axis=1)
    p = together / total[:, None]
    weight = total / total.sum()
    entropy = np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0).sum(axis=1)
    itself = np.eye(len(rows), dtype=bool)

    def divergence(steepness: float) -> NDArray[np.float64]:
        logits = np.where(itself, -np.inf, base + steepness * cosine)
        top = logits.max(axis=1, keepdims=True)
        normal = top[:, 0] + np.log(np.exp(logits - top).sum(axis=1))
        expected = (p * np.where(itself, 0.0, logits)).sum(axis=1)
        return np.asarray(entropy - expected + normal)

    fitted = minimize_scalar(lambda beta: float(weight @ divergence(beta)), bounds=(0, STEEPEST), method="bounded")
    of_space, of_chance = divergence(float(fitted.x)), divergence(0.0)
    overall, independent = float(weight @ of_space), float(weight @ of_chance)
    vocab = corpus.vocab(Kind.TAG)
    frame = pd.DataFrame(
        {
            "key": vocab.keys(rows),
            "label": vocab.label_list(rows),
            "count": counts[rows],
            "divergence": of_space,
            "independent": of_chance,
            "explained": 1 - of_space / np.maximum(of_chance, 1e-12),
        }
    ).sort_values("explained", kind="stable")
    explained = 1 - overall / max(independent, 1e-12)
    return Divergence(overall, independent, explained, float(fitted.x), frame.reset_index(drop=True))


def hubness(embedding: Embedding, kind: Kind = Kind.TAG, k: int = 10) -> Hubness:
    """Return the skewness of the k-occurrences (Radovanović, Nanopoulos & Ivanović 2010).

    Args:
        embedding: The embedding.
        kind: Kind of the items.
        k: Number of neighbours.
    """
    from scipy.stats import skew

    vectors, vocab = embedding.of(kind), embedding.vocabs[kind]
    near = nearest(vectors, k)
    occurrences = np.bincount(near.ravel(), minlength=len(vectors))
    order = np.lexsort((np.arange(len(vectors)), -occurrences))
    frame = pd.DataFrame(
        {"key": vocab.keys(order), "label": vocab.label_list(order), "occurrences": occurrences[order]}
    )
    even = bool((occurrences == occurrences[0]).all())
    return Hubness(near.shape[1], 0.0 if even else float(skew(occurrences)), float((occurrences == 0).mean()), frame)


def stability(a: Embedding, b: Embedding, kind: Kind = Kind.TAG, k: int = 10) -> Stability:
    """Return the share of common nearest neighbours of the items in both embeddings (Wendlandt et al. 2018).

    Train twice with different seeds to see how far a neighbourhood can be trusted.

    Args:
        a: The first embedding.
        b: The second embedding.
        kind: Kind of the items.
        k: Number of neighbours.
    """
    vocab = a.vocabs[kind]
    other = b.rows_in(vocab)
    rows = np.flatnonzero(other >= 0)
    left, right = nearest(a.of(kind)[rows], k), nearest(b.of(kind)[other[rows]], k)
    overlap = (left[:, :, None] == right[:, None, :]).any(axis=2).mean(axis=1)
    order = np.argsort(overlap, kind="stable")
    frame = pd.DataFrame(
        {"key": vocab.keys(rows[order]), "label": vocab.label_list(rows[order]), "overlap": overlap[order]}
    )
    return Stability(left.shape[1], float(overlap.mean()), frame)


def analogy(embedding: Embedding, a: str, b: str, c: str, n: int = 10) -> pd.DataFrame:
    """Complete the analogy "a is to b as c is to …": the items nearest to b − a + c (3CosAdd, Mikolov et al. 2013).

    Args:
        embedding: The embedding.
        a: Key, such as tag:jazz.
        b: Key.
        c: Key; its kind is the kind of the answers.
        n: Number of answers.

    Returns:
        Frame `key`, `label`, `score`, without a, b and c.

    Raises:
        NotFoundError: For a key without a vector.
    """
    kind, _ = split_key(c)
    wanted = _vector(embedding, b) - _vector(embedding, a) + _vector(embedding, c)
    wanted /= max(float(np.linalg.norm(wanted)), 1e-12)
    vocab = embedding.vocabs[kind]
    scores = embedding.of(kind) @ wanted
    for key in (a, b, c):
        if split_key(key)[0] is kind:
            scores[vocab.row(split_key(key)[1])] = -np.inf
    order = np.argsort(-scores, kind="stable")[:n]
    order = order[np.isfinite(scores[order])]
    return pd.DataFrame({"key": vocab.keys(order), "label": vocab.label_list(order), "score": scores[order]})


def odd_one_out(embedding: Embedding, keys: Sequence[str]) -> pd.DataFrame:
    """Order keys by how well they fit the others, the odd one first.

    Args:
        embedding: The embedding.
        keys: At least three different keys.

    Returns:
        Frame `key`, `fit` (mean cosine to the others).

    Raises:
        InvalidParameterError: For fewer than three keys.
        NotFoundError: For a key without a vector.
    """
    keys = list(dict.fromkeys(keys))
    if len(keys) < 3:
        raise InvalidParameterError(
            "Too few to find the odd one", f"{len(keys)} different keys given", "give at least three"
        )
    vectors = np.stack([_vector(embedding, key) for key in keys])
    fit = (vectors @ vectors.sum(axis=0) - 1) / (len(keys) - 1)
    frame = pd.DataFrame({"key": keys, "fit": fit})
    return frame.sort_values("fit", kind="stable").reset_index(drop=True)


def nearest(vectors: Floats, k: int) -> Ints:
    """Return the nearest other rows of unit vectors.

    Args:
        vectors: float (n, d).
        k: Number of neighbours.

    Returns:
        int32 (n, min(k, n − 1)), nearest first.

    Raises:
        NotReadyError: For fewer than two vectors.
    """
    from sklearn.neighbors import NearestNeighbors

    k = min(k, len(vectors) - 1)
    if k < 1:
        raise NotReadyError("Too few items to have neighbours", f"{len(vectors)} here", "choose another kind or model")
    # for unit vectors the order by distance is the order by cosine
    neighbours = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(vectors).kneighbors(return_distance=False)
    return np.asarray(neighbours, dtype=np.int32)


def _vector(embedding: Embedding, key: str) -> NDArray[np.float32]:
    return np.array(embedding.of(split_key(key)[0])[embedding.row(key)])


def _members(embedding: Embedding, corpus: Corpus, kind: Kind) -> tuple[sp.csr_matrix, NDArray[Any]]:
    """Return playlists × items that have a vector, and these vectors."""
    where = embedding.rows_in(corpus.vocab(kind))
    kept = np.flatnonzero(where >= 0)
    return sp.csr_matrix(corpus.matrix(kind)[:, kept]), embedding.of(kind)[where[kept]]
