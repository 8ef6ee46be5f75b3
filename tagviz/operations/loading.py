"""Vectors that others made: looked at first, then kept as a model of the method `foreign`."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd

from tagviz.embed import foreign
from tagviz.errors import BadParameter
from tagviz.operations import models
from tagviz.operations.methods import FOREIGN
from tagviz.store.arrays import reading, storing
from tagviz.store.workspace import Marks, ModelInfo, Workspace
from tagviz.types import Corpus, Embedding, Kind, ProgressCallback, quiet

SAMPLES = 8
"""Tags of a preview; each with its five nearest."""
EXAMPLES = 20
"""Words that are named where many are missing or ambiguous."""


@dataclass(frozen=True, eq=False)
class Preview:
    """A file of vectors as it would fit a corpus. samples: frame `tag`, `playlists`, `nearest` (five labels)."""

    name: str
    found: foreign.Foreign
    embedding: Embedding
    match: foreign.Match
    samples: pd.DataFrame

    def described(self) -> dict[str, Any]:
        """As JSON: what is printed."""
        fit = self.match
        return {
            "file": self.name,
            "format": self.found.format,
            "words": len(self.found.words),
            "dimension": self.embedding.dimension,
            "matched": {str(kind): count for kind, count in fit.matched.items()},
            "missing": len(fit.missing),
            "missing_examples": list(fit.missing[:EXAMPLES]),
            "tags_without_vector": len(fit.unreached),
            "tags_without_vector_examples": list(fit.unreached[:EXAMPLES]),
            "ambiguous": len(fit.ambiguous),
            "ambiguous_examples": [{"key": key, "words": list(words)} for key, words in fit.ambiguous[:EXAMPLES]],
            "notes": list(self.found.notes),
            "samples": self.samples.to_dict("records"),
        }


def preview(corpus: Corpus, path: Path, format: str = "auto", progress: ProgressCallback = quiet) -> Preview:
    """Reads a file and matches it to the corpus; keeps nothing.

    Raises SourceError for what cannot be read safely (pickles among it), NotReady where no word is known here.
    """
    path = Path(path).expanduser()
    found = foreign.read(path, format, progress)
    embedding, match = foreign.match(found, corpus)
    return Preview(path.name, found, embedding, match, _samples(corpus, embedding))


def accept(
    ws: Workspace, corpus: Corpus, seen: Preview, title: str = "", progress: ProgressCallback = quiet
) -> ModelInfo:
    """Keeps the vectors as a model; the same ones again give the same model.

    All words of the file are kept, so that the model can be made again for a newer version of the corpus, and judged.
    """
    digest = _keep(ws, seen.found)
    info = models.train(ws, corpus, FOREIGN.name, {"file": seen.name, "digest": digest}, 0, progress=progress)
    if title and title != info.marks.title:
        return models.mark(ws, info, Marks(title, info.marks.note, info.marks.pinned, info.marks.archived))
    return info


def fitted(ws: Workspace, corpus: Corpus, values: Mapping[str, Any]) -> Embedding:
    """Vectors that were accepted before, matched to a corpus."""
    digest = str(values["digest"])
    if not digest.isalnum():
        raise BadParameter(f"{digest[:40]!r} names no vectors", "they go by letters and digits", "load the file again")
    path = _place(ws, digest)
    with reading(path), np.load(path, allow_pickle=False) as arrays:
        words = tuple(orjson.loads(arrays["words"].tobytes()))
        found = foreign.Foreign(words, arrays["vectors"], str(values.get("file", "")))
    return foreign.match(found, corpus)[0]


def _keep(ws: Workspace, found: foreign.Foreign) -> str:
    """Writes words and vectors under the hash of both, whole or not at all."""
    words = orjson.dumps(found.words)
    digest = hashlib.sha256(words + np.ascontiguousarray(found.vectors).tobytes()).hexdigest()[:16]
    path = _place(ws, digest)
    if not path.is_file():
        with storing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{digest}.{secrets.token_hex(4)}.npz")
            try:
                with temporary.open("wb") as file:
                    np.savez(file, allow_pickle=False, words=np.frombuffer(words, np.uint8), vectors=found.vectors)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)
    return digest


def _place(ws: Workspace, digest: str) -> Path:
    return ws.home / "foreign" / f"{digest}.npz"


def _samples(corpus: Corpus, embedding: Embedding, near: int = 5) -> pd.DataFrame:
    """The most frequent tags that have a vector, and what is nearest to each among the tags."""
    if Kind.TAG not in embedding.vocabs:
        return pd.DataFrame({"tag": [], "playlists": [], "nearest": []})
    vocab, unit = embedding.vocabs[Kind.TAG], embedding.of(Kind.TAG)
    counts = corpus.counts(Kind.TAG)[corpus.vocab(Kind.TAG).find(list(vocab.ids))]
    chosen = np.argsort(-counts, kind="stable")[:SAMPLES]
    likeness = unit[chosen] @ unit.T
    likeness[np.arange(len(chosen)), chosen] = -np.inf
    order = np.argsort(-likeness, axis=1, kind="stable")[:, : min(near, len(vocab) - 1)]
    return pd.DataFrame(
        {
            "tag": vocab.label_list(chosen),
            "playlists": counts[chosen],
            "nearest": [", ".join(vocab.label_list(row)) for row in order],
        }
    )
