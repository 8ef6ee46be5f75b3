"""Embeddings that others made: read with care, matched to a corpus, and told how well they fit.

The files themselves are read in `formats`. Nothing is ever unpickled.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tagviz.embed.formats import BLANKS, FORMATS, check_file, detect
from tagviz.embed.items import embedding_of
from tagviz.errors import BadParameter, NotReady, SourceError
from tagviz.params import Params, knob
from tagviz.text import normal
from tagviz.types import Corpus, Embedding, Floats, Kind, ProgressCallback, Vocab, quiet, split_key


class ForeignParams(Params):
    """Which vectors a model of this kind stands for."""

    file: str = knob("", "name of the file that they came from")
    digest: str = knob("", "hash of its words and vectors")


@dataclass(frozen=True, eq=False)
class Foreign:
    """Words and their raw vectors float32 (n, d) as a file has them, its format, and what was noticed in it."""

    words: tuple[str, ...]
    vectors: Floats
    format: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """How a foreign vocabulary fits a corpus.

    matched: items of the corpus that get a vector, by kind. missing: foreign words that name nothing here. unreached:
    the corpus's tags without a vector, most frequent first. ambiguous: items that several foreign words could name,
    with these words; the one spelled alike won, or else the first.
    """

    matched: dict[Kind, int]
    missing: tuple[str, ...]
    unreached: tuple[str, ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...]


def load(path: Path, corpus: Corpus, format: str = "auto", progress: ProgressCallback = quiet) -> Embedding:
    """The vectors of a file for the items of `corpus`; see `read` and `match`."""
    return match(read(path, format, progress), corpus)[0]


def read(path: Path, format: str = "auto", progress: ProgressCallback = quiet) -> Foreign:
    """Reads and checks a file of vectors. `format` is one of FORMATS or `auto`.

    Of a word that occurs twice the first is kept, and a note says so. Raises SourceError naming the place for a file
    that is too large, cut off, pickled, of uneven dimension, empty, or that holds what is not a finite number.
    """
    path = Path(path)
    check_file(path)
    format = detect(path) if format == "auto" else format
    if format not in FORMATS:
        raise BadParameter(
            f"There is no format {format!r}", f"formats: auto, {', '.join(FORMATS)}", "choose one of these"
        )
    words, vectors = FORMATS[format](path, progress)
    if not words or vectors.ndim != 2 or len(words) != len(vectors) or not vectors.shape[1]:
        raise SourceError(
            f"{path.name} does not give one vector a word",
            f"{len(words):,} words, vectors of shape {vectors.shape}",
            "check that words and vectors belong together",
        )
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(broken):
        raise SourceError(
            f"{path.name} holds what is no finite number",
            f"{len(broken):,} vectors, the first that of {words[broken[0]][:60]!r}",
            BLANKS if format == "word2vec-binary" else "remove these words or write the file again",
        )
    return _distinct(words, vectors, format)


def match(foreign: Foreign, corpus: Corpus) -> tuple[Embedding, Match]:
    """Foreign words → items of the corpus: by key (`tag:jazz`), by spelling, with `_` for blanks, then by normal form.

    A word that is a tag as well as a title word gives both its vector. Raises NotReady when nothing matches.
    """
    forms: dict[tuple[Kind, str], list[int]] = {}
    used = np.zeros(len(foreign.words), dtype=bool)
    vocabs: dict[Kind, Vocab] = {}
    blocks: list[Floats] = []
    ambiguous: list[tuple[str, tuple[str, ...]]] = []
    kinds = [kind for kind in (Kind.TAG, Kind.SONG, Kind.WORD, Kind.GENRE, Kind.ARTIST) if len(corpus.vocab(kind))]
    for place, word in enumerate(foreign.words):
        for kind, spelling in _spellings(word, kinds):
            for form in dict.fromkeys((spelling, spelling.replace("_", " "), normal(spelling.replace("_", " ")))):
                if form:
                    forms.setdefault((kind, form), []).append(place)
    for kind in kinds:
        vocab = corpus.vocab(kind)
        found: dict[int, int] = {}
        for row, ident in enumerate(vocab.ids):
            places = forms.get((kind, ident)) or (forms.get((kind, normal(ident))) if kind is not Kind.SONG else None)
            if places:
                distinct = list(dict.fromkeys(places))
                exact = next(
                    (place for place in distinct if foreign.words[place] in (ident, vocab.key(row))), distinct[0]
                )
                found[row] = exact
                used[distinct] = True
                if len(distinct) > 1:
                    ambiguous.append((vocab.key(row), tuple(foreign.words[place] for place in distinct)))
        if found:
            rows = np.fromiter(found, dtype=np.int64)
            labels = None if vocab.labels is None else vocab.labels[rows]
            vocabs[kind] = Vocab(kind, vocab.ids[rows], labels)
            blocks.append(foreign.vectors[np.fromiter(found.values(), dtype=np.int64)])
    if not vocabs:
        raise NotReady(
            "None of these words is in the corpus",
            f"{len(foreign.words):,} words such as {foreign.words[0][:60]!r}; {corpus.name!r} has others",
            "load vectors made from this corpus or in its language",
        )
    embedding = embedding_of(vocabs, np.vstack(blocks), None, "foreign", {"format": foreign.format}, corpus)
    missing = tuple(foreign.words[place] for place in np.flatnonzero(~used))
    return embedding, Match(
        {k: len(v) for k, v in vocabs.items()}, missing, _unreached(corpus, vocabs), tuple(ambiguous)
    )


def write_npz(path: Path, embedding: Embedding) -> None:
    """Keys and raw vectors as an `.npz` that `read` takes back."""
    keys = [key for vocab in embedding.vocabs.values() for key in vocab.keys(np.arange(len(vocab)))]
    np.savez_compressed(
        path, keys=np.array(keys), vectors=embedding.vectors * embedding.norms[:, None], allow_pickle=False
    )


def _spellings(word: str, kinds: list[Kind]) -> list[tuple[Kind, str]]:
    head, colon, _ = word.partition(":")
    if colon and head in Kind.__members__.values():
        return [split_key(word)]
    # a bare number is never taken for a song: it could be anything
    return [(kind, word) for kind in kinds if kind is not Kind.SONG]


def _unreached(corpus: Corpus, vocabs: dict[Kind, Vocab]) -> tuple[str, ...]:
    counts = corpus.counts(Kind.TAG)
    ids = corpus.vocab(Kind.TAG).ids
    reached = ids.isin(vocabs[Kind.TAG].ids) if Kind.TAG in vocabs else np.zeros(len(ids), dtype=bool)
    return tuple(str(ids[row]) for row in np.argsort(-counts, kind="stable") if not reached[row])


def _distinct(words: list[str], vectors: Floats, format: str) -> Foreign:
    first = {word: place for place, word in reversed(list(enumerate(words)))}
    if len(first) == len(words):
        return Foreign(tuple(words), vectors, format)
    kept = sorted(first.values())
    note = f"{len(words) - len(kept):,} words occurred more than once; the first vector of each was kept"
    return Foreign(tuple(words[place] for place in kept), vectors[kept], format, (note,))
