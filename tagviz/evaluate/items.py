"""The items of one kind that occur in a report, and what must be known of them once the corpus is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.evaluate.split import Questions
from tagviz.types import Corpus, Floats, Ints, Kind, Vocab, frozen

BANDS = ("head", "middle", "tail")


@dataclass(frozen=True, eq=False)
class Items:
    """The items of one kind that occur in a report.

    counts: in how many training playlists each occurs. band: 0 head, 1 middle, 2 tail: the most frequent items that
    make up a third of all uses, the next third, the rest. catalogue: how many items of the kind could be recommended
    (occur in training).
    vectors: unit float16 (n, d) by which similarity is measured, or (n, 0). genres: items × `genre_names`, songs only.
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
        return len(self.vocab)


def used_items(
    train: Corpus, kind: Kind, questions: Questions, answers: Sequence[Ints], tag_vectors: Floats | None
) -> tuple[Items, Ints]:
    """The items of a kind that occur in the questions or answers, and for each column of the corpus its row among
    them or −1."""
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
        counts=frozen(counts[used], np.int32),
        band=frozen(_bands(counts)[used]),
        catalogue=int((counts > 0).sum()),
        facets=facets,
        vectors=frozen(vectors),
        genres=genres,
        genre_names=genre_names,
    )
    return items, column


def _bands(counts: NDArray[np.int64]) -> NDArray[np.int8]:
    """0, 1, 2 for the items, most frequent first, whose uses make up the first, second and last third of all uses."""
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    band = np.empty(len(counts), dtype=np.int8)
    band[order] = np.minimum(2, 3 * before // max(1, int(counts.sum())))
    band[counts == 0] = 2
    return band


def _tag_vectors(train: Corpus, dimensions: int = 32) -> Floats:
    """Unit tag vectors from the training playlists alone: truncated SVD of the idf-weighted playlists × tags matrix."""
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


def moved(matrix: sp.csr_matrix, column: Ints, width: int) -> sp.csr_matrix:
    """The matrix with each column c at `column[c]`, in a matrix of `width` columns."""
    moved = sp.csr_matrix((matrix.data, column[matrix.indices], matrix.indptr), shape=(matrix.shape[0], width))
    moved.sort_indices()
    return moved
