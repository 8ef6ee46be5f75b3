"""The items of one kind that occur in a report, with the facts that are needed without the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.evaluation.split import Questions
from tagviz.types import Corpus, Floats, Ints, Kind, Vocab, readonly

BANDS = ("head", "middle", "tail")


@dataclass(frozen=True, eq=False)
class Items:
    """The items of one kind that occur in a report.

    Attributes:
        vocab: Ids and labels.
        counts: Number of training playlists with each item, int32 (n,).
        band: 0 head, 1 middle, 2 tail, int8 (n,): the most frequent items that make up a third of all uses, the next
            third, and the rest.
        catalogue: Number of items of the kind that could be recommended (those that occur in training).
        facets: Facet of each tag, (n,).
        vectors: Unit vectors by which similarity is measured, float16 (n, d), or (n, 0).
        genres: Items × `genre_names`, songs only.
        genre_names: Names of the genres.
    """

    vocab: Vocab
    counts: Ints
    band: NDArray[np.int8]
    catalogue: int
    facets: NDArray[Any]
    vectors: NDArray[np.float16]
    genres: sp.csr_matrix
    genre_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.vocab)


def used_items(
    train: Corpus, kind: Kind, questions: Questions, answers: Sequence[Ints], tag_vectors: Floats | None
) -> tuple[Items, Ints]:
    """Collect the items of a kind that occur in the questions or answers.

    Args:
        train: The training side.
        kind: The kind.
        questions: The questions.
        answers: Recommended items as columns of the corpus, −1 for none, one array per model.
        tag_vectors: Unit vectors of the corpus's tags, float (tags, d); None: from co-occurrence in training.

    Returns:
        The items, and for each column of the corpus its row among them or −1, int32.
    """
    vocab, counts = train.vocab(kind), train.counts(kind)
    occurs = np.zeros(len(vocab), dtype=bool)
    for matrices in (questions.shown, questions.hidden):
        if kind in matrices:
            occurs[matrices[kind].indices] = True
    for rows in answers:
        occurs[rows[rows >= 0]] = True
    used = np.flatnonzero(occurs)
    column = np.full(len(vocab), -1, dtype=np.int32)
    column[used] = np.arange(len(used))
    labels = vocab.label_list(used)
    facets = np.full(len(used), "", dtype=object)
    vectors = np.zeros((len(used), 0), dtype=np.float16)
    genres = sp.csr_matrix((len(used), 0), dtype=np.float32)
    genre_names: tuple[str, ...] = ()
    if kind is Kind.SONG:
        artists = train.songs["artist"].to_numpy(dtype=object)[used]
        labels = [f"{label} – {artist}" if artist else label for label, artist in zip(labels, artists, strict=True)]
        if Kind.GENRE in train.song_links:
            genres = sp.csr_matrix(train.song_links[Kind.GENRE][used])
            genre_names = tuple(train.vocab(Kind.GENRE).label_list(np.arange(len(train.vocab(Kind.GENRE)))))
    else:
        facets = np.asarray(train.facets, dtype=object)[used]
        vectors = (_tag_vectors(train) if tag_vectors is None else tag_vectors)[used].astype(np.float16)
    items = Items(
        vocab=Vocab.of(kind, vocab.ids[used].tolist(), labels),
        counts=readonly(counts[used], np.int32),
        band=readonly(_bands(counts)[used]),
        catalogue=int((counts > 0).sum()),
        facets=facets,
        vectors=readonly(vectors),
        genres=genres,
        genre_names=genre_names,
    )
    return items, column


def _bands(counts: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return 0, 1, 2 for the items, most frequent first, that make up the first, second and last third of all uses."""
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    band = np.empty(len(counts), dtype=np.int8)
    band[order] = np.minimum(2, 3 * before // max(1, int(counts.sum())))
    band[counts == 0] = 2
    return band


def _tag_vectors(train: Corpus, dimensions: int = 32) -> Floats:
    """Return unit tag vectors from training: truncated SVD of the idf-weighted playlists × tags matrix."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    matrix = train.matrix(Kind.TAG)
    size = min(dimensions, min(matrix.shape) - 1)
    if size < 1 or matrix.nnz == 0:
        return np.zeros((matrix.shape[1], 0), dtype=np.float32)
    weighted = TfidfTransformer(sublinear_tf=False).fit_transform(matrix)
    vectors = TruncatedSVD(size, random_state=0).fit_transform(weighted.T.tocsr())
    return np.asarray(normalize(vectors), dtype=np.float32)


def remap_columns(matrix: sp.csr_matrix, column: Ints, width: int) -> sp.csr_matrix:
    """Move each column c of a matrix to `column[c]`, in a matrix of `width` columns."""
    moved = sp.csr_matrix((matrix.data, column[matrix.indices], matrix.indptr), shape=(matrix.shape[0], width))
    moved.sort_indices()
    return moved
