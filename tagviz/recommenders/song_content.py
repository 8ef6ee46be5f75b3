"""From numbers, artists, albums, genres, years and title words of songs to vectors of a co-embedding.

A song's artist, album, genre, year and words each stand for the mean vector of the other songs that have it, shrunken
towards 0 where there are few. Two ridge regressions predict from these means and from the numbers: one for songs whose
artist or album is known by another song, one for the rest, which never sees artists and albums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import NotFoundError
from tagviz.feature_table import FeatureTable
from tagviz.recommenders.scaling import Scaling
from tagviz.training import Arrays
from tagviz.types import Corpus, Embedding, Floats, Kind, Progress, ProgressCallback, Vocab, no_progress, readonly

SHRINKAGE = 2.0
"""Songs' worth of a zero vector in the mean of an artist, album, genre, year or word."""
PERSONAL = ("artist", "album")
"""What a new artist's songs do not share with others."""
FEWEST_TEACHERS = 50
"""Songs to learn from at least; where too few are in `min_plays` playlists, rarer ones teach too."""
RIDGE = 10.0
EXPECTED_PLAYS = 2.0
"""Playlists' worth of the expected vector in that of a song that is in few playlists."""
EXPECTED_LENGTH = 0.5
"""Length of expected outputs: those of teachers, in many playlists, are about twice as long as a new song's."""
BLOCK = 20_000
"""Songs that are predicted at once."""
_WORD = re.compile(r"\w+")
_NOWHERE = sp.csr_matrix((0, 0), dtype=np.float32)


def memberships(corpus: Corpus) -> dict[str, sp.csr_matrix]:
    """Return songs × artists, albums, genres, years and title words, where the corpus knows any."""
    songs = corpus.songs
    years = songs["date"].dt.year
    albums = (songs["artist"].astype(str) + "\x00" + songs["album"].astype(str)).where(songs["album"] != "")
    words = [list(dict.fromkeys(_WORD.findall(str(name).lower()))) for name in songs["name"]]
    if songs["name"].astype(str).tolist() == corpus.vocab(Kind.SONG).ids.tolist():
        words = [[] for _ in words]  # names that only repeat the ids say nothing
    matrices = {
        "artist": corpus.song_links.get(Kind.ARTIST, _NOWHERE),
        "album": _one_hot(albums),
        "genre": corpus.song_links.get(Kind.GENRE, _NOWHERE),
        "year": _one_hot(years),
        "word": _lists(words),
    }
    return {name: sp.csr_matrix(matrix, dtype=np.float32) for name, matrix in matrices.items() if matrix.nnz}


def _one_hot(values: pd.Series) -> sp.csr_matrix:
    codes, names = pd.factorize(values)
    return _pairs(np.flatnonzero(codes >= 0), codes[codes >= 0], len(values), len(names))


def _lists(words: Sequence[Sequence[str]]) -> sp.csr_matrix:
    codes, names = pd.factorize(pd.Series([word for row in words for word in row], dtype="str"))
    rows = np.repeat(np.arange(len(words)), [len(row) for row in words])
    return _pairs(rows, codes, len(words), len(names))


def _pairs(rows: NDArray[Any], columns: NDArray[Any], height: int, width: int) -> sp.csr_matrix:
    values = np.ones(len(rows), dtype=np.float32)
    return sp.csr_matrix((values, (rows, columns)), shape=(height, width), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class GroupMeans:
    """Sums of the teachers' vectors by artist, album, genre, year or word.

    Attributes:
        sums: float32 (groups, k).
        counts: float32 (groups,), teachers of each group.
    """

    sums: Floats
    counts: Floats

    def of(self, members: sp.csr_matrix, own: Floats | None = None) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the shrunken mean of each song's groups, and whether any teacher is in them.

        Args:
            members: Songs × groups.
            own: float32 (songs, k), the songs' own vectors where they are teachers: they are left out of the means.
        """
        lone = 0.0 if own is None else 1.0
        weight = members.copy()
        others = self.counts[members.indices] - lone
        weight.data = (1 / (others + SHRINKAGE)).astype(np.float32)
        sizes = np.maximum(np.diff(members.indptr), 1)[:, None]
        sums = np.asarray(weight @ self.sums)
        if own is not None:
            sums -= np.asarray(weight.sum(axis=1)).reshape(-1, 1) * own
        present = members.copy()
        present.data = (others > 0).astype(np.float32)
        return (sums / sizes).astype(np.float32), np.asarray(present.sum(axis=1)).ravel() > 0


@dataclass(frozen=True, eq=False)
class SongContent:
    """The fitted regressions.

    Attributes:
        means: Sums by name of the group.
        known: float32 (p, k), coefficients for songs with a known artist or album.
        unknown: float32 (p', k), coefficients for the others.
        scaling: How numbers are scaled, None where there are none.
        min_plays: Playlists from which on a song keeps its own vector.
    """

    means: Mapping[str, GroupMeans]
    known: Floats
    unknown: Floats
    scaling: Scaling | None
    min_plays: int

    @classmethod
    def fit(
        cls,
        corpus: Corpus,
        base: Embedding,
        table: FeatureTable | None,
        min_plays: int,
        progress: ProgressCallback = no_progress,
    ) -> SongContent:
        """Fit the regressions on the songs in many playlists.

        Args:
            corpus: Training playlists.
            base: Vectors and outputs of tags, songs and words.
            table: Numbers of songs, or None.
            min_plays: Playlists from which on a song teaches, unless there are too few such songs.
            progress: Progress callback.
        """
        progress(Progress("Learning vectors from content", None))
        counts, rows = corpus.counts(Kind.SONG), base.rows_in(corpus.vocab(Kind.SONG))
        floor = min_plays
        while floor > 1 and int(((counts >= floor) & (rows >= 0)).sum()) < FEWEST_TEACHERS:
            floor -= 1
        teachers = np.flatnonzero((counts >= floor) & (rows >= 0))
        targets = song_vectors(base)[rows[teachers]]
        groups = memberships(corpus)
        means = {
            name: GroupMeans(
                np.asarray(matrix[teachers].T @ targets, dtype=np.float32),
                np.asarray(matrix[teachers].sum(axis=0), dtype=np.float32).ravel(),
            )
            for name, matrix in groups.items()
        }
        place = _rows_in(table, corpus)
        scaling = None
        if table is not None and (place[teachers] >= 0).any():
            scaling = Scaling.fit(table.rows(place[teachers][place[teachers] >= 0]))
        empty = np.zeros((0, targets.shape[1]), dtype=np.float32)
        own = cls(means, empty, empty, scaling, min_plays)
        part = {name: sp.csr_matrix(matrix[teachers]) for name, matrix in groups.items()}
        numbers = own.numbers(table, place[teachers])
        inputs, known = own.inputs(part, numbers, targets)
        without, _ = own.inputs(part, numbers, targets, personal=False)
        return cls(means, _ridge(inputs[known], targets[known]), _ridge(without, targets), scaling, min_plays)

    def numbers(self, table: FeatureTable | None, rows: NDArray[Any]) -> Floats:
        """Return the scaled numbers of songs by their rows in the table, 0 where there are none, and a flag."""
        if self.scaling is None or table is None:
            return np.zeros((len(rows), 0 if self.scaling is None else len(self.scaling.mean) + 1), dtype=np.float32)
        out = np.zeros((len(rows), len(self.scaling.mean) + 1), dtype=np.float32)
        has = rows >= 0
        if has.any():
            out[has, :-1] = self.scaling.apply(table.rows(rows[has]), "ranks")
            out[has, -1] = 1
        return out

    def inputs(
        self,
        groups: Mapping[str, sp.csr_matrix],
        numbers: Floats,
        own: Floats | None = None,
        personal: bool = True,
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Return float32 (songs, p), what the regressions see, and whether artist or album are known.

        Args:
            groups: Songs × groups by name.
            numbers: Scaled numbers, as from `numbers`.
            own: The songs' own vectors where they are teachers.
            personal: Whether artists and albums are seen.
        """
        parts, known = [numbers, np.ones((len(numbers), 1), dtype=np.float32)], np.zeros(len(numbers), dtype=bool)
        for name, means in self.means.items():
            if personal or name not in PERSONAL:
                mean, there = means.of(groups[name], own)
                parts.append(mean)
                known |= there if name in PERSONAL else False
        return np.hstack(parts), known

    def expected(self, groups: Mapping[str, sp.csr_matrix], numbers: Floats) -> Floats:
        """Return float32 (songs, k), the vectors that are expected of songs; zeros where nothing is known of one."""
        inputs, known = self.inputs(groups, numbers)
        out = np.zeros((len(numbers), self.unknown.shape[1]), dtype=np.float32)
        if known.any():
            out[known] = inputs[known] @ self.known
        if not known.all():
            out[~known] = self.inputs(groups, numbers, personal=False)[0][~known] @ self.unknown
        something = known | (numbers[:, -1] > 0 if numbers.shape[1] else False)
        for name, means in self.means.items():
            something |= means.of(groups[name])[1]
        out[~something] = 0
        return out

    def complete(self, corpus: Corpus, base: Embedding, table: FeatureTable | None) -> Embedding:
        """Return the base embedding with a vector for every song of which anything is known.

        A song in n playlists keeps its own vector by the share n / (n + EXPECTED_PLAYS), and whole from `min_plays`
        playlists on; the rest is what is expected.
        """
        songs = corpus.vocab(Kind.SONG)
        rows, counts = base.rows_in(songs), corpus.counts(Kind.SONG)
        share = np.where(counts >= self.min_plays, 1, counts / (counts + EXPECTED_PLAYS))
        share = np.where(rows >= 0, share, 0).astype(np.float32)[:, None]
        own, mixed = song_vectors(base), np.zeros((len(songs), self.unknown.shape[1]), dtype=np.float32)
        for block, vectors in self._blocks(corpus, table):
            places = rows[block]
            mixed[block] = np.where(places[:, None] >= 0, own[np.maximum(places, 0)], 0) * share[block]
            vectors[:, base.dimension :] *= EXPECTED_LENGTH
            mixed[block] += vectors * (1 - share[block])
        kept = np.flatnonzero(mixed.any(axis=1))
        return _with_songs(base, songs, kept, mixed[kept])

    def _blocks(self, corpus: Corpus, table: FeatureTable | None) -> Iterator[tuple[slice, Floats]]:
        groups, place = memberships(corpus), _rows_in(table, corpus)
        for start in range(0, len(place), BLOCK):
            block = slice(start, min(start + BLOCK, len(place)))
            part = {name: sp.csr_matrix(matrix[block]) for name, matrix in groups.items()}
            yield block, self.expected(part, self.numbers(table, place[block]))

    def tag_scores(
        self, corpus: Corpus, embedding: Embedding, ids: Sequence[str], table: FeatureTable | None
    ) -> Floats:
        """Return float32 (m, tags) scores of all tags for songs; the lowest for tags without a vector.

        Raises:
            NotFoundError: Nothing is known of a song: it is in no playlist and has no numbers.
        """
        in_space = embedding.vocabs[Kind.SONG].ids.get_indexer(pd.Index(list(ids), dtype="str"))
        place = np.full(len(ids), -1) if table is None or self.scaling is None else table.find(list(ids))
        unknown = (in_space < 0) & (place < 0)
        if unknown.any():
            raise NotFoundError(
                f"Nothing is known of {ids[int(np.flatnonzero(unknown)[0])]!r}",
                "it is in no playlist and has no numbers",
                "name other songs, or add a table of numbers: tagviz features add NAME FILE",
            )
        vectors = np.zeros((len(ids), 2 * embedding.dimension), dtype=np.float32)
        own = song_vectors(embedding)
        vectors[in_space >= 0] = own[in_space[in_space >= 0]]
        alone = np.flatnonzero(in_space < 0)
        if len(alone):
            vectors[alone] = self.from_numbers(table, place[alone])
        scores = _scores(embedding, vectors, Kind.TAG)
        spread = np.full((len(ids), len(corpus.vocab(Kind.TAG))), scores.min(initial=0), dtype=np.float32)
        spread[:, corpus.vocab(Kind.TAG).find(list(embedding.vocabs[Kind.TAG].ids))] = scores
        return spread

    def from_numbers(self, table: FeatureTable | None, rows: NDArray[Any]) -> Floats:
        """Return float32 (rows, 2 d), the vectors that are expected of songs of which only numbers are known."""
        nothing = {name: sp.csr_matrix((len(rows), len(means.counts))) for name, means in self.means.items()}
        return self.expected(nothing, self.numbers(table, rows))

    def song_scores(self, embedding: Embedding, table: FeatureTable) -> Floats:
        """Score the songs of the embedding, float32 (m, songs), for m songs of which only numbers are known."""
        return _scores(embedding, self.from_numbers(table, np.arange(len(table))), Kind.SONG)

    def placed(self, embedding: Embedding, ids: Sequence[str], table: FeatureTable | None) -> list[str]:
        """Return those of the songs of which anything is known: a vector, or numbers."""
        known = set(embedding.vocabs[Kind.SONG].ids)
        if table is not None and self.scaling is not None:
            known |= set(table.ids)
        return [ident for ident in ids if ident in known]

    def state(self) -> Arrays:
        """Return the arrays from which `restore` builds the regressions again."""
        arrays: Arrays = {"content.known": self.known, "content.unknown": self.unknown}
        arrays["content.min_plays"] = np.array([self.min_plays])
        for name, means in self.means.items():
            arrays |= {f"content.sums.{name}": means.sums, f"content.counts.{name}": means.counts}
        if self.scaling is not None:
            arrays |= {f"content.scaling.{name}": array for name, array in self.scaling.state().items()}
        return arrays

    @classmethod
    def restore(cls, arrays: Arrays) -> SongContent:
        """Build the regressions from the arrays of `state`."""
        names = [name for name in ("artist", "album", "genre", "year", "word") if f"content.sums.{name}" in arrays]
        scaled = "content.scaling.grid" in arrays
        return cls(
            means={
                name: GroupMeans(
                    np.asarray(arrays[f"content.sums.{name}"]), np.asarray(arrays[f"content.counts.{name}"])
                )
                for name in names
            },
            known=np.asarray(arrays["content.known"]),
            unknown=np.asarray(arrays["content.unknown"]),
            scaling=Scaling.restore({name: arrays[f"content.scaling.{name}"] for name in Scaling.NAMES})
            if scaled
            else None,
            min_plays=int(arrays["content.min_plays"][0]),
        )


def song_vectors(embedding: Embedding) -> Floats:
    """Return float32 (songs, 2 d): raw vector and output vector of each song beside each other."""
    block = embedding.blocks.get(Kind.SONG, slice(0, 0))
    assert embedding.outputs is not None
    return np.hstack([embedding.raw(Kind.SONG), embedding.outputs[block]])


def _scores(embedding: Embedding, vectors: Floats, kind: Kind) -> Floats:
    """Scores of all items of a kind for songs with these raw and output vectors."""
    width = embedding.dimension
    assert embedding.outputs is not None
    outputs = embedding.outputs[embedding.blocks[kind]]
    return np.asarray(vectors[:, :width] @ outputs.T + vectors[:, width:] @ embedding.raw(kind).T, dtype=np.float32)


def _rows_in(table: FeatureTable | None, corpus: Corpus) -> NDArray[Any]:
    songs = corpus.vocab(Kind.SONG)
    return np.full(len(songs), -1, dtype=np.int32) if table is None else table.find(songs.ids)


def _ridge(inputs: Floats, targets: Floats) -> Floats:
    """Return float32 (p, k), coefficients; the penalty is RIDGE times the mean square of the inputs."""
    gram = (inputs.T @ inputs).astype(np.float64)
    penalty = RIDGE * max(float(np.trace(gram)) / max(gram.size, 1), 1e-6)
    gram[np.diag_indices_from(gram)] += penalty
    return np.linalg.solve(gram, (inputs.T @ targets).astype(np.float64)).astype(np.float32)


def _with_songs(base: Embedding, songs: Vocab, kept: NDArray[Any], vectors: Floats) -> Embedding:
    """Return the embedding with other songs: rows `kept` of the vocabulary and their vectors and outputs."""
    width, block = base.dimension, base.blocks[Kind.SONG]
    raw, norms = vectors[:, :width], np.linalg.norm(vectors[:, :width], axis=1).astype(np.float32)
    unit = np.divide(raw, norms[:, None], out=np.zeros_like(raw), where=norms[:, None] > 0)
    assert base.outputs is not None

    def around(old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
        return readonly(np.concatenate([old[: block.start], new, old[block.stop :]]), np.float32)

    labels = None if songs.labels is None else songs.labels[kept]
    own = Vocab(Kind.SONG, songs.ids[kept], labels, songs.aliases)
    return Embedding(
        vocabs={kind: own if kind is Kind.SONG else vocab for kind, vocab in base.vocabs.items()},
        vectors=around(base.vectors, unit),
        norms=around(base.norms, norms),
        outputs=around(base.outputs, vectors[:, width:]),
        method="content",
        params=base.params,
        fingerprint=base.fingerprint,
    )
