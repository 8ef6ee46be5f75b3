"""How songs and tags sound, by numbers of the songs: what sounds alike, mean spectra, and what can be played."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import NotFoundError
from tagviz.feature_table import FeatureTable
from tagviz.features import audio, mel, similarity, spectrum, synthesis
from tagviz.features.similarity import Scale
from tagviz.features.spectrum import Spectrum
from tagviz.operations import features, items
from tagviz.operations.context import Context
from tagviz.store import sounds
from tagviz.types import Corpus, Floats, Kind, Vocab, split_key

TOGETHER = 200
"""Songs that are most often listed with one, of which those that sound least like it are shown."""
SECONDS = 4
"""Length of a tag's sound."""
NAMED = 3
"""Tags that are named with a document."""


@dataclass(frozen=True, eq=False)
class SoundNeighbours:
    """What sounds like a song, beside what is listed with it.

    The frames have the columns `key`, `label`, `similarity` (cosine) and `together`: the number of playlists with both,
    or, where the documents are tracks, of tags of both.

    Attributes:
        kind: SONG, or PLAYLIST where the documents are tracks.
        alike: Those that sound most alike.
        unlisted: Those that sound most alike of what is never listed together (or has no tag in common).
        unlike: Of what is most typically listed together, those that sound least alike, with a similarity below 0.
        songs: Number of songs that were compared.
    """

    kind: Kind
    alike: pd.DataFrame
    unlisted: pd.DataFrame
    unlike: pd.DataFrame
    songs: int


def scale_of(corpus: Corpus, table: FeatureTable) -> Scale:
    """Return mean and spread of each number over the songs of a corpus."""
    rows = features.places(corpus, table)[1]
    return Scale.of(table, rows[rows >= 0])


def neighbours(corpus: Corpus, table: FeatureTable, scale: Scale, key: str, n: int = 10) -> SoundNeighbours | None:
    """Return what sounds like a song; None where the table does not have it.

    Args:
        corpus: The corpus.
        table: Numbers of its songs.
        scale: `scale_of` both.
        key: A song, or a document where the documents are tracks.
        n: Songs of each list.
    """
    kind, rows = features.places(corpus, table)
    row = corpus.vocab(kind).row(split_key(key)[1], missing="skip") if split_key(key)[0] is kind else -1
    if row < 0 or rows[row] < 0:
        return None
    known = np.flatnonzero(rows >= 0)
    wanted = table.rows(rows[[row]])[0]
    alike = np.full(len(rows), -np.inf, dtype=np.float32)
    alike[known] = similarity.similarities(table, scale, rows[known], wanted)
    alike[row] = -np.inf
    together = _together(corpus, kind, row)
    order = np.argsort(-alike, kind="stable")
    order = order[np.isfinite(alike[order])]
    unlike = _typical(corpus, kind, together, row)
    unlike = unlike[np.isfinite(alike[unlike]) & (alike[unlike] < 0)]
    unlike = unlike[np.argsort(alike[unlike], kind="stable")]
    alone = order[(together[order] == 0) & (alike[order] > 0)]

    def frame(chosen: NDArray[np.integer]) -> pd.DataFrame:
        vocab, first = corpus.vocab(kind), chosen[:n]
        labels = [_label(corpus, kind, int(row)) for row in first]
        return pd.DataFrame(
            {
                "key": vocab.keys(first),
                "label": labels,
                "similarity": alike[first],
                "together": together[first],
            }
        )

    return SoundNeighbours(kind, frame(order), frame(alone), frame(unlike), len(known))


def _label(corpus: Corpus, kind: Kind, row: int) -> str:
    """The name of a song; the title or id of a document, with its tags."""
    vocab = corpus.vocab(kind)
    if kind is Kind.SONG:
        return vocab.label(row)
    tags = corpus.vocab(Kind.TAG).label_list(corpus.matrix(Kind.TAG)[[row]].indices[:NAMED])
    return " · ".join([vocab.label(row) or str(vocab.ids[row]), *tags])


def _together(corpus: Corpus, kind: Kind, row: int) -> NDArray[np.int64]:
    """Playlists that an item shares with each other item, or tags that a document shares with each other one."""
    if kind is Kind.SONG:
        holders = items.playlists_containing(corpus, kind, row)
        listed = corpus.matrix(kind)[holders].indices
        return np.bincount(listed, minlength=len(corpus.vocab(kind))).astype(np.int64)
    tags = corpus.matrix(Kind.TAG)
    own = np.zeros(tags.shape[1], dtype=np.int64)
    own[tags[[row]].indices] = 1
    return np.asarray((tags != 0) @ own, dtype=np.int64)


def _typical(corpus: Corpus, kind: Kind, together: NDArray[np.int64], row: int) -> NDArray[np.int64]:
    """Rows of the items that are most typically listed together with one: at least twice, more often than by chance."""
    if kind is Kind.SONG:
        expected = corpus.counts(kind) * (int(together[row]) / max(1, len(corpus)))
        lift = together / np.maximum(expected, 1e-9)
        weight = np.where((together > 1) & (lift > 1), together * np.log(np.maximum(lift, 1e-9)), 0.0)
    else:
        weight = together.astype(np.float64)
    weight[row] = 0.0
    order = np.argsort(-weight, kind="stable")[: TOGETHER if kind is Kind.SONG else len(weight)]
    return order[weight[order] > 0]


def spectrum_of_all(corpus: Corpus, table: FeatureTable) -> Spectrum | None:
    """Return the mean spectrum of the corpus's songs; None where the table does not tell spectra."""
    if not spectrum.has_spectrum(table.columns):
        return None
    rows = features.places(corpus, table)[1]
    return spectrum.of_songs(table, rows[rows >= 0])


def spectrum_of(corpus: Corpus, table: FeatureTable, key: str) -> Spectrum | None:
    """Return the mean spectrum of a song, of an artist's songs, or of those on playlists with a tag, weighted by count.

    None where the table does not tell spectra, or has none of the songs.

    Raises:
        NotFoundError: The corpus does not contain the item.
    """
    if not spectrum.has_spectrum(table.columns):
        return None
    kind, ident = split_key(key)
    row = corpus.vocab(kind).row(ident)
    own, rows = features.places(corpus, table)
    if kind is own:
        one = spectrum.of_song(table, int(rows[row])) if rows[row] >= 0 else None
        return one if one is not None and np.isfinite(one.mean).all() else None
    counts = song_counts(corpus, own, kind, row)
    chosen = np.flatnonzero((counts > 0) & (rows >= 0))
    return spectrum.of_songs(table, rows[chosen], counts[chosen].astype(np.float64))


def song_counts(corpus: Corpus, own: Kind, kind: Kind, row: int) -> NDArray[np.int64]:
    """Return how much each song counts for an item.

    On how many playlists with the item it is; 1 for an artist's or genre's own songs, and, where documents are tracks,
    for those with the item.

    Args:
        corpus: The corpus.
        own: SONG, or PLAYLIST where the documents are tracks.
        kind: Kind of the item.
        row: Its row.
    """
    if own is Kind.SONG and kind in corpus.song_links:
        links = corpus.song_links[kind]
        listed = np.searchsorted(links.indptr, np.flatnonzero(links.indices == row), side="right") - 1
    else:
        holders = items.playlists_containing(corpus, kind, row)
        listed = corpus.matrix(own)[holders].indices if own is Kind.SONG else holders
    return np.bincount(listed, minlength=len(corpus.vocab(own))).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Recording:
    """A sound of a song that can be played.

    Attributes:
        content: The file, Ogg.
        spectrogram: float32 (48, frames): low bands first.
    """

    content: bytes
    spectrogram: Floats


def recording(context: Context, fingerprint: str, key: str) -> Recording | None:
    """Return the sound of a song that is stored beside a feature table; None where there is none.

    Args:
        context: The workspace, and who acts.
        fingerprint: Fingerprint of the table.
        key: Key of the song.

    Raises:
        SourceError: The file cannot be read.
    """
    path = sounds.find_sound(context.workspace, fingerprint, split_key(key)[1])
    return None if path is None else Recording(path.read_bytes(), audio.spectrogram_of(path))


def played(mean: Spectrum, seconds: float = SECONDS, seed: int = 0) -> bytes:
    """Return a WAV file of sound that has a mean spectrum throughout: its colour, without melody, words or beat.

    Args:
        mean: The spectrum.
        seconds: Length.
        seed: Seed of the phases.
    """
    frames = round(seconds * mel.FRAMES_PER_SECOND)
    return synthesis.wav_bytes(synthesis.sound_of(np.repeat(mean.mean[:, None], frames, axis=1), seed))


def numbers_of(corpus: Corpus, table: FeatureTable, column: str, vocab: Vocab) -> Floats:
    """Return float32 (items,), a number of each item: of songs their own, of all others the mean of theirs.

    The mean over the songs on a tag's playlists is weighted by how many of these playlists each song is on; an artist's
    and a genre's is that of their own songs. NaN where nothing is known.

    Args:
        corpus: The corpus.
        table: Numbers of its songs.
        column: Name of the number.
        vocab: The items.

    Raises:
        NotFoundError: The table has no such number.
    """
    if column not in table.columns:
        raise NotFoundError(f"There is no number {column!r}", f"there are {', '.join(table.columns[:5])}, …", "")
    own, rows = features.places(corpus, table)
    numbers = np.full(len(rows), np.nan, dtype=np.float64)
    numbers[rows >= 0] = np.asarray(table.values[:, table.columns.index(column)], dtype=np.float64)[rows[rows >= 0]]
    numbers[~np.isfinite(numbers)] = np.nan
    kind = vocab.kind
    if kind is not own:
        known = np.isfinite(numbers)
        sums, counts = np.where(known, numbers, 0.0), known.astype(np.float64)
        own_songs = own is Kind.SONG and kind in corpus.song_links
        steps = [corpus.song_links[kind].T] if own_songs else []
        if not own_songs:
            steps += [corpus.matrix(Kind.SONG)] if own is Kind.SONG else []
            steps += [corpus.matrix(kind).T] if kind is not Kind.PLAYLIST else []
        for step in steps:
            sums, counts = step @ sums, step @ counts
        numbers = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    places = corpus.vocab(kind).find(list(vocab.ids))
    return np.where(places >= 0, numbers[np.maximum(places, 0)], np.nan).astype(np.float32)
