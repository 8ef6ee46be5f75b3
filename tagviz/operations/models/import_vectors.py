"""Vectors that others made: looked at first, then kept as a model of the method `foreign`."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd

from tagviz.embed import imported
from tagviz.errors import InvalidParameterError, StoreError
from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.operations.registry import IMPORTED
from tagviz.sources.archives import opened
from tagviz.sources.files import exists
from tagviz.store.files import atomic_file, read_errors
from tagviz.store.workspace import ModelAnnotations, ModelInfo
from tagviz.types import Corpus, Embedding, Floats, Kind, ProgressCallback, no_progress, split_key

SAMPLES = 8
"""Tags of a preview; each with its five nearest."""
MATCHED = (Kind.TAG, Kind.SONG, Kind.ARTIST, Kind.GENRE, Kind.WORD)
"""Kinds of items that words may name, in the order in which they are shown."""
EXAMPLES = 20
"""Words that are named where many are missing or ambiguous."""


@dataclass(frozen=True, eq=False)
class VectorPreview:
    """A file of vectors as it would fit a corpus.

    samples: frame `tag`, `playlists`, `nearest` (five labels). sizes: items of the corpus by kind.
    """

    name: str
    found: imported.ImportedVectors
    embedding: Embedding
    match: imported.Match
    samples: pd.DataFrame
    sizes: Mapping[Kind, int]

    def described(self) -> dict[str, Any]:
        """As JSON: what is printed."""
        fit = self.match
        return {
            "file": self.name,
            "format": self.found.format,
            "words": len(self.found.words),
            "dimension": self.embedding.dimension,
            "why": fit.why,
            "matched": {str(kind): count for kind, count in fit.matched.items()},
            "kinds": self.by_kind(),
            "missing": len(fit.missing),
            "missing_examples": list(fit.missing[:EXAMPLES]),
            "tags_without_vector": len(fit.unreached),
            "tags_without_vector_examples": list(fit.unreached[:EXAMPLES]),
            "ambiguous": len(fit.ambiguous),
            "ambiguous_examples": [{"key": key, "words": list(words)} for key, words in fit.ambiguous[:EXAMPLES]],
            "notes": list(self.found.notes),
            "samples": self.samples.to_dict("records"),
        }

    def by_kind(self) -> list[dict[str, Any]]:
        """How well the words fit each kind of the corpus's items: `kind`, `matched`, `without_vector`, `ambiguous`."""
        ambiguous = Counter(split_key(key)[0] for key, _words in self.match.ambiguous)
        return [
            {
                "kind": str(kind),
                "matched": self.match.matched.get(kind, 0),
                "without_vector": size - self.match.matched.get(kind, 0),
                "ambiguous": ambiguous[kind],
            }
            for kind, size in self.sizes.items()
        ]


def preview(
    corpus: Corpus, path: Path, format: str = "auto", progress: ProgressCallback = no_progress, kind: Kind | None = None
) -> VectorPreview:
    """Reads a file (packed or not) and matches it to the corpus; keeps nothing. `kind`: what words without one name.

    Raises SourceError for what cannot be read safely (pickles among it), NotReadyError where no word is known here.
    """
    path = Path(path).expanduser()
    with opened(exists(path), playlists=False) as place:
        vectors = imported.read(place, format, progress)
    if kind is not None:
        vectors = imported.keyed(vectors, kind)
    embedding, match = imported.match(vectors, corpus)
    sizes = {kind: len(corpus.vocab(kind)) for kind in MATCHED if len(corpus.vocab(kind))}
    return VectorPreview(path.name, vectors, embedding, match, _samples(corpus, embedding), sizes)


def keep(
    context: Context, corpus: Corpus, seen: VectorPreview, title: str = "", progress: ProgressCallback = no_progress
) -> ModelInfo:
    """Keeps the vectors as a model; the same ones again give the same model.

    All words of the file are kept, so that the model can be made again for a newer version of the corpus, and judged.
    """
    digest = _keep(context, seen.found)
    info = models.train(
        context,
        corpus,
        IMPORTED.name,
        {"file": seen.name, "digest": digest},
        progress=progress,
        options=models.TrainOptions(seed=0),
    )
    if title and title != info.marks.title:
        return models.annotate(
            context, info, ModelAnnotations(title, info.marks.note, info.marks.pinned, info.marks.archived)
        )
    return info


def stored_vectors(context: Context, corpus: Corpus, values: Mapping[str, Any]) -> Embedding:
    """Vectors that were accepted before, matched to a corpus."""
    digest = str(values["digest"])
    if not digest.isalnum():
        raise InvalidParameterError(
            f"{digest[:40]!r} names no vectors", "they go by letters and digits", "load the file again"
        )
    path = _place(context, digest)
    with _foreign_errors(path), np.load(path, allow_pickle=False) as arrays:
        words = tuple(orjson.loads(arrays["words"].tobytes()))
        vectors = imported.ImportedVectors(words, arrays["vectors"], str(values.get("file", "")))
    return imported.match(vectors, corpus)[0]


def _keep(context: Context, found: imported.ImportedVectors) -> str:
    """Writes words and vectors under the hash of both, whole or not at all."""
    words = orjson.dumps(found.words)
    digest = _digest(words, found.vectors)
    path = _place(context, digest)
    if not _is_whole(path):
        with atomic_file(path) as file:
            np.savez(file, allow_pickle=False, words=np.frombuffer(words, np.uint8), vectors=found.vectors)
    return digest


def _digest(words: bytes, vectors: Floats) -> str:
    return hashlib.sha256(words + np.ascontiguousarray(vectors).tobytes()).hexdigest()[:16]


def check_stored(path: Path) -> None:
    """Make sure that a file of words and vectors holds what its name, their hash, says.

    Raises:
        StoreError: It cannot be read, or holds something else.
    """
    with read_errors(path), np.load(path, allow_pickle=False) as arrays:
        if _digest(arrays["words"].tobytes(), arrays["vectors"]) != path.stem:
            raise StoreError(f"{path.name} is damaged", "its words and vectors are not those that it was written with")


@contextmanager
def _foreign_errors(path: Path) -> Iterator[None]:
    try:
        with read_errors(path):
            yield
    except StoreError as error:
        raise StoreError(
            error.title, error.detail, "load the file of these vectors again with `tagviz load`"
        ) from error


def _is_whole(path: Path) -> bool:
    """Whether vectors can be read from a file; the format has a checksum of its own."""
    try:
        with read_errors(path), np.load(path, allow_pickle=False) as arrays:
            return bool(len(arrays["words"]) and len(arrays["vectors"]))
    except StoreError:
        return False


def _place(context: Context, digest: str) -> Path:
    return context.workspace.home / "foreign" / f"{digest}.npz"


def _samples(corpus: Corpus, embedding: Embedding, near: int = 5) -> pd.DataFrame:
    """The most frequent tags (or songs, where there are none) that have a vector, and what is nearest to each."""
    kind = next((kind for kind in (Kind.TAG, Kind.SONG, *embedding.vocabs) if kind in embedding.vocabs), Kind.TAG)
    if kind not in embedding.vocabs:
        return pd.DataFrame({"tag": [], "playlists": [], "nearest": []})
    vocab, unit = embedding.vocabs[kind], embedding.of(kind)
    counts = corpus.counts(kind)[corpus.vocab(kind).find(list(vocab.ids))]
    chosen = np.argsort(-counts, kind="stable")[:SAMPLES]
    likeness = unit[chosen] @ unit.T
    likeness[np.arange(len(chosen)), chosen] = -np.inf
    order = np.argsort(-likeness, axis=1, kind="stable")[:, : min(near, len(vocab) - 1)]
    return pd.DataFrame(
        {
            str(kind): vocab.label_list(chosen),
            "playlists": counts[chosen],
            "nearest": [", ".join(vocab.label_list(row)) for row in order],
        }
    )
