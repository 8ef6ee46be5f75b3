"""A sound file as a question: its tags, what goes with it, and what sounds like it. The file is not kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tagviz.errors import NotFoundError, NotReadyError
from tagviz.feature_table import FeatureTable
from tagviz.features import audio, mel, similarity
from tagviz.operations import autotag, features, models
from tagviz.operations.context import Context
from tagviz.operations.registry import CONTENT
from tagviz.recommenders.content import ContentRecommender
from tagviz.store.workspace import ModelInfo
from tagviz.types import Corpus, Floats, Kind, key_of

_IDENT = "the sound file"


@dataclass(frozen=True)
class SoundAnswer:
    """What is known of a sound file.

    Attributes:
        tags: Tags with their scores, the best first.
        goes_with: Keys of songs that fit on a list with it, the best first; none where the documents are tracks.
        sounds_like: Keys of songs (or documents) with similar numbers, and the cosine similarity of these.
        spectrogram: float32 (48, frames): low bands first.
        seconds: How long the answer took.
        model: Id of the content model.
    """

    tags: Sequence[tuple[str, float]]
    goes_with: Sequence[str]
    sounds_like: Sequence[tuple[str, float]]
    spectrogram: Floats
    seconds: float
    model: str


def content_models(context: Context, corpus: Corpus) -> list[ModelInfo]:
    """Return the content models of a corpus that know numbers of sound, the newest first."""
    return [
        info
        for info in models.list_models(context, corpus.fingerprint)
        if info.method == CONTENT
        and not info.marks.archived
        and _knows_sound(context, str(info.params.get("digest", "")))
    ]


def answer(context: Context, corpus: Corpus, path: Path, n: int = 10) -> SoundAnswer:
    """Listen to a sound file and return what is known of it.

    Args:
        context: The workspace, and who acts.
        corpus: The corpus.
        path: WAV, FLAC, OGG, MP3 or AIFF; up to a minute from the middle is listened to.
        n: Tags and songs of each list.

    Raises:
        NotReadyError: No model of the corpus knows numbers of sound.
        SourceError: The file is no sound that can be read, shorter than a second, or silent.
    """
    began = time.perf_counter()
    known = content_models(context, corpus)
    if not known:
        raise NotReadyError(
            f"No model of {corpus.name!r} knows sound",
            "none was trained with numbers of its songs' sound",
            f"add spectrograms or audio files (tagviz features add {corpus.name} FOLDER), then train {CONTENT}",
        )
    spectrogram = audio.spectrogram_of(path)
    model, fitted, table = autotag.content_model(context, corpus, known[0].id)
    assert table is not None
    one = _as_table(mel.summarise(spectrogram), table)
    return SoundAnswer(
        tags=autotag.best_tags(corpus, model, fitted.tag_scores([_IDENT], one), n)[0],
        goes_with=_goes_with(fitted, one, n),
        sounds_like=_sounds_like(corpus, table, one, n),
        spectrogram=spectrogram,
        seconds=time.perf_counter() - began,
        model=model.info.id,
    )


def _knows_sound(context: Context, digest: str) -> bool:
    """Whether one of the tables holds numbers of spectrograms, all or some of them; not where a table is gone."""
    try:
        tables = [features.facts(context, fingerprint) for fingerprint in digest.split("+") if fingerprint]
    except NotFoundError:
        return False
    return any(is_of_sound(table) for table in tables)


def is_of_sound(facts: features.TableFacts) -> bool:
    """Return whether a table's numbers were computed from spectrograms, so that a file's can be compared with them."""
    return facts.source == mel.SOURCE and set(facts.columns) <= set(mel.columns())


def _as_table(numbers: Floats, table: FeatureTable) -> FeatureTable:
    """One song with the columns of a table; those that do not come from sound are missing."""
    values = pd.Series(numbers, index=list(mel.columns())).reindex(list(table.columns)).to_numpy(np.float32)
    return FeatureTable(pd.Index([_IDENT], dtype="str"), table.columns, values[None], table.source)


def _goes_with(fitted: ContentRecommender, one: FeatureTable, n: int) -> list[str]:
    if fitted.content is None:
        return []
    scores = fitted.content.song_scores(fitted.embedding, one)[0]
    vocab = fitted.embedding.vocabs[Kind.SONG]
    return [key_of(Kind.SONG, str(vocab.ids[row])) for row in np.argsort(-scores, kind="stable")[:n]]


def _sounds_like(corpus: Corpus, table: FeatureTable, one: FeatureTable, n: int) -> list[tuple[str, float]]:
    """The songs of the corpus whose standardised numbers have the highest cosine similarity."""
    kind = Kind.SONG if corpus.has(Kind.SONG) else Kind.PLAYLIST
    vocab = corpus.vocab(kind)
    rows = table.find(vocab.ids)
    known = np.flatnonzero(rows >= 0)
    scale = similarity.Scale.of(table, rows[known])
    alike = similarity.similarities(table, scale, rows[known], np.asarray(one.values[0], dtype=np.float32))
    best = np.argsort(-alike, kind="stable")[:n]
    return [(key_of(kind, str(vocab.ids[known[row]])), float(alike[row])) for row in best]
