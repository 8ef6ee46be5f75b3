"""Embeddings that others made: read with care, matched to a corpus, and told how well they fit.

The files themselves are read in `formats`. Nothing is ever unpickled.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from tagviz.embed.foreign_keys import as_key, bare_kinds, spellings
from tagviz.embed.items import embedding_of
from tagviz.embed.vector_formats import BLANKS, FORMATS, check_file, detect, vectors_in
from tagviz.errors import InvalidParameterError, NotReadyError, SourceError
from tagviz.params import Params, param
from tagviz.text import normal
from tagviz.types import Corpus, Embedding, Floats, Kind, ProgressCallback, Vocab, no_progress


class ForeignParams(Params):
    """Which vectors a model of this kind stands for."""

    file: str = param("", "name of the file that they came from")
    digest: str = param("", "hash of its words and vectors")


@dataclass(frozen=True, eq=False)
class ImportedVectors:
    """Words and their raw vectors float32 (n, d) as a file has them, its format, and what was noticed in it."""

    words: tuple[str, ...]
    vectors: Floats
    format: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """How a foreign vocabulary fits a corpus.

    matched: items of the corpus that get a vector, by kind. missing: foreign words that name nothing here. unreached:
    the corpus's tags (or songs, where the words are songs) without a vector, most frequent first. ambiguous: items that
    several foreign words could name, with these words; the one spelled alike won, or else the first. why: by what rule
    words without a kind were given to kinds.
    """

    matched: dict[Kind, int]
    missing: tuple[str, ...]
    unreached: tuple[str, ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...]
    why: str = ""


def load(path: Path, corpus: Corpus, format: str = "auto", progress: ProgressCallback = no_progress) -> Embedding:
    """The vectors of a file for the items of `corpus`; see `read` and `match`."""
    return match(read(path, format, progress), corpus)[0]


def read(path: Path, format: str = "auto", progress: ProgressCallback = no_progress) -> ImportedVectors:
    """Reads and checks a file of vectors. `format` is one of FORMATS or `auto`.

    Of a word that occurs twice the first is kept, and a note says so. Raises SourceError naming the place for a file
    that is too large, cut off, pickled, of uneven dimension, empty, or that holds what is not a finite number.
    """
    path = vectors_in(Path(path))
    check_file(path)
    format = detect(path) if format == "auto" else format
    if format not in FORMATS:
        raise InvalidParameterError(
            f"There is no format {format!r}", f"formats: auto, {', '.join(FORMATS)}", "choose one of these"
        )
    words, vectors, notes = FORMATS[format](path, progress)
    if not words or vectors.ndim != 2 or len(words) != len(vectors) or not vectors.shape[1]:
        raise SourceError(
            f"{path.name} does not give one vector a word",
            f"{len(words):,} words, vectors of shape {vectors.shape}",
            "check that words and vectors belong together",
        )
    notes = (*notes, *_check_text(path, words))
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(broken):
        raise SourceError(
            f"{path.name} holds what is no finite number",
            f"{len(broken):,} vectors, the first that of {words[broken[0]][:60]!r}",
            BLANKS if format == "word2vec-binary" else "remove these words or write the file again",
        )
    return _distinct(words, vectors, format, notes)


def _check_text(path: Path, words: list[str]) -> tuple[str, ...]:
    """Refuses words that were written in another encoding than UTF-8; a few damaged ones are noted."""
    damaged = [word for word in words if "\ufffd" in word]
    if 2 * len(damaged) > sum(not word.isascii() for word in words):
        raise SourceError(
            f"{path.name} is not written in UTF-8",
            f"{len(damaged):,} words have letters that cannot be read, such as {damaged[0][:40]!r}",
            "write the words again in UTF-8",
        )
    return (f"{len(damaged):,} words hold bytes that are no UTF-8",) if damaged else ()


def keyed(foreign: ImportedVectors, kind: Kind) -> ImportedVectors:
    """The same vectors with every word that names no kind as a key of `kind`; a song's address becomes its id."""
    words = [as_key(word, kind) for word in foreign.words]
    return _distinct(
        words, foreign.vectors, foreign.format, (*foreign.notes, f"words without a kind are taken for {kind}s")
    )


def match(foreign: ImportedVectors, corpus: Corpus) -> tuple[Embedding, Match]:
    """Foreign words → items of the corpus: by key (`tag:jazz`), by spelling, with `_` for blanks, then by normal form.

    A word that is a tag as well as a title word gives both its vector. Words that are a song's bare id or address go to
    songs where most of them are such (see `foreign_keys`, and `keyed` where it is known what they are). Raises
    NotReadyError
    when nothing matches, and InvalidParameterError where it is in doubt what the words are.
    """
    bare, why = bare_kinds(foreign.words, corpus)
    forms: dict[tuple[Kind, str], list[tuple[int, int]]] = {}
    used = np.zeros(len(foreign.words), dtype=bool)
    vocabs: dict[Kind, Vocab] = {}
    blocks: list[Floats] = []
    ambiguous: list[tuple[str, tuple[str, ...]]] = []
    kinds = [kind for kind in (Kind.TAG, Kind.SONG, Kind.WORD, Kind.GENRE, Kind.ARTIST) if len(corpus.vocab(kind))]
    for place, word in enumerate(foreign.words):
        for kind, spelling in spellings(word, bare):
            for rank, form in enumerate(dict.fromkeys(_forms(spelling))):
                if form:
                    forms.setdefault((kind, form), []).append((rank, place))
    for kind in kinds:
        vocab = corpus.vocab(kind)
        rows_by_key: dict[int, int] = {}
        for row, ident in enumerate(vocab.ids):
            ranked = sorted(forms.get((kind, ident), ()))
            if not ranked and kind is not Kind.SONG:
                ranked = [(0, place) for _, place in forms.get((kind, normal(ident)), ())]
            if ranked:
                distinct = list(dict.fromkeys(place for _, place in ranked))
                exact = next(
                    (
                        at
                        for at in distinct
                        if foreign.words[at] in (ident, vocab.key(row)) and "%" not in foreign.words[at]
                    ),
                    distinct[0],
                )
                rows_by_key[row] = exact
                used[distinct] = True
                if len(distinct) > 1:
                    ambiguous.append((vocab.key(row), tuple(foreign.words[place] for place in distinct)))
        if rows_by_key:
            rows = np.fromiter(rows_by_key, dtype=np.int64)
            labels = None if vocab.labels is None else vocab.labels[rows]
            vocabs[kind] = Vocab(kind, vocab.ids[rows], labels)
            blocks.append(foreign.vectors[np.fromiter(rows_by_key.values(), dtype=np.int64)])
    if not vocabs:
        raise NotReadyError(
            "None of these words is in the corpus",
            f"{len(foreign.words):,} words such as {foreign.words[0][:60]!r}; {corpus.name!r} has others",
            "load vectors made from this corpus or in its language, or say what its words are with --kind song",
        )
    embedding = embedding_of(vocabs, np.vstack(blocks), None, "foreign", {"format": foreign.format}, corpus)
    missing = tuple(foreign.words[place] for place in np.flatnonzero(~used))
    unreached = _unreached(corpus, vocabs, Kind.SONG if bare == (Kind.SONG,) else Kind.TAG)
    matched = {kind: len(vocab) for kind, vocab in vocabs.items()}
    return embedding, Match(matched, missing, unreached, tuple(ambiguous), why)


def _forms(spelling: str) -> tuple[str, ...]:
    """What a word may have been written for, the likeliest first: with %20 read, itself, with _ for blanks, folded."""
    blanks = spelling.replace("_", " ")
    return unquote(spelling) if "%" in spelling else spelling, spelling, blanks, normal(blanks)


def write_npz(path: Path, embedding: Embedding) -> None:
    """Keys and raw vectors as an `.npz` that `read` takes back."""
    keys = [key for vocab in embedding.vocabs.values() for key in vocab.keys(np.arange(len(vocab)))]
    np.savez_compressed(
        path, keys=np.array(keys), vectors=embedding.vectors * embedding.norms[:, None], allow_pickle=False
    )


def _unreached(corpus: Corpus, vocabs: dict[Kind, Vocab], kind: Kind) -> tuple[str, ...]:
    counts = corpus.counts(kind)
    ids = corpus.vocab(kind).ids
    reached = ids.isin(vocabs[kind].ids) if kind in vocabs else np.zeros(len(ids), dtype=bool)
    return tuple(str(ids[row]) for row in np.argsort(-counts, kind="stable") if not reached[row])


def _distinct(words: list[str], vectors: Floats, format: str, notes: tuple[str, ...] = ()) -> ImportedVectors:
    first = {word: place for place, word in reversed(list(enumerate(words)))}
    if len(first) == len(words):
        return ImportedVectors(tuple(words), vectors, format, notes)
    kept = sorted(first.values())
    note = f"{len(words) - len(kept):,} words occurred more than once; the first vector of each was kept"
    return ImportedVectors(tuple(words[place] for place in kept), vectors[kept], format, (note, *notes))
