"""Embeddings that others made: read with care, matched to a corpus, and told how well they fit.

Formats: word2vec text and binary, GloVe text, TensorBoard projector pairs (vectors.tsv and metadata.tsv), `.npz` with
`keys` and `vectors`, Parquet. Nothing is ever unpickled: a gensim `.model` or a torch file could run code when it is
loaded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tagviz.embed.items import embedding_of
from tagviz.errors import BadParameter, NotReady, SourceError
from tagviz.params import Params, knob
from tagviz.text import normal
from tagviz.types import Corpus, Embedding, Floats, Kind, Progress, ProgressCallback, Vocab, quiet, split_key

LARGEST_BYTES = 4 * 2**30
"""Files beyond this are refused before they are read."""
LARGEST_DIMENSION = 10_000
CONVERT = "where you trust it: gensim.models.Word2Vec.load(path).wv.save_word2vec_format('vectors.bin', binary=True)"
BLANKS = "where words hold blanks this format cannot say where they end: write them with _ or as word2vec text"
PICKLES = (b"\x80", b"(dp", b"ccopy_reg", b"cos\n", b"c__builtin__")
"""How pickles begin: protocol 2 and above, and what protocol 0 commonly starts with."""


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
    _check_file(path)
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


def detect(path: Path) -> str:
    """The format, from how the file begins. Raises SourceError when it is none that is known."""
    suffix = path.suffix.lower()
    if suffix in (".npz", ".parquet", ".tsv"):
        return {".npz": "npz", ".parquet": "parquet", ".tsv": "projector"}[suffix]
    with path.open("rb") as file:
        first, second = file.readline(100_000), file.read(4096)
    header = first.split()
    if len(header) == 2 and all(part.isdigit() for part in header):
        printable = second.split(b"\n", 1)[0].decode("utf-8", "replace")
        fields = printable.split(" ")[1:4]
        return "word2vec-text" if fields and all(map(_is_number, fields)) else "word2vec-binary"
    if len(header) > 2 and all(_is_number(part.decode("utf-8", "replace")) for part in header[-2:]):
        return "glove"
    raise SourceError(
        f"{path.name} is no file of vectors that is known here",
        f"formats: {', '.join(FORMATS)}",
        "name the format, or write the vectors as word2vec text",
    )


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


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise SourceError(f"There is no file {path.name!r}", str(path), "check the path")
    size = path.stat().st_size
    if not 0 < size <= LARGEST_BYTES:
        raise SourceError(
            f"{path.name} is {'empty' if not size else 'too large'}", f"{size:,} bytes", "load a smaller file"
        )
    with path.open("rb") as file:
        begin = file.read(16)
    torch_file = begin.startswith(b"PK") and path.suffix != ".npz"
    if begin.startswith(PICKLES) or torch_file or path.suffix.lower() in (".model", ".pkl", ".pickle", ".pt", ".kv"):
        raise SourceError(
            f"{path.name} is a pickled file", "loading one can run any code that its maker put in", CONVERT
        )


def _distinct(words: list[str], vectors: Floats, format: str) -> Foreign:
    first = {word: place for place, word in reversed(list(enumerate(words)))}
    if len(first) == len(words):
        return Foreign(tuple(words), vectors, format)
    kept = sorted(first.values())
    note = f"{len(words) - len(kept):,} words occurred more than once; the first vector of each was kept"
    return Foreign(tuple(words[place] for place in kept), vectors[kept], format, (note,))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _cut(path: Path, where: str) -> SourceError:
    return SourceError(f"{path.name} is cut off or damaged", where, "write or copy the file again")


def _header(path: Path, file: BinaryIO) -> tuple[int, int]:
    """Count and dimension from the first line, checked against the size of the file."""
    parts = file.readline(1000).split()
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        raise SourceError(
            f"{path.name} has no word2vec header", "the first line must be: words dimension", "name another format"
        )
    count, dimension = int(parts[0]), int(parts[1])
    if not 0 < dimension <= LARGEST_DIMENSION or count * dimension > path.stat().st_size:
        raise _cut(path, f"the header says {count:,} × {dimension:,}, the file has {path.stat().st_size:,} bytes")
    return count, dimension


def _word2vec_text(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats]:
    with path.open("rb") as file:
        count, dimension = _header(path, file)
        return _lines(path, file, count, dimension, 2, progress)


def _glove(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats]:
    with path.open("rb") as file:
        first = file.readline()
        dimension = next(
            (
                place
                for place, part in enumerate(reversed(first.split()))
                if not _is_number(part.decode("utf-8", "replace"))
            ),
            len(first.split()) - 1,
        )
        count = 1 + sum(1 for _ in file)
        file.seek(0)
        return _lines(path, file, count, dimension, 1, progress)


def _lines(
    path: Path, file: BinaryIO, count: int, dimension: int, start: int, progress: ProgressCallback
) -> tuple[list[str], Floats]:
    """`count` lines of a word and `dimension` numbers; the word itself may hold blanks."""
    words: list[str] = []
    vectors = np.empty((count, dimension), dtype=np.float32)
    for row in range(count):
        parts = file.readline().decode("utf-8", "replace").rstrip().rsplit(" ", dimension)
        try:
            vectors[row] = np.array(parts[1:], dtype=np.float32).reshape(dimension)
        except ValueError:
            raise _cut(path, f"line {row + start} should have a word and {dimension} numbers") from None
        words.append(parts[0])
        if row % 5000 == 0:
            progress(Progress("Reading vectors", row / count))
    return words, vectors


def _word2vec_binary(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats]:
    with path.open("rb") as file:
        count, dimension = _header(path, file)
        data = file.read()
    words: list[str] = []
    vectors = np.empty((count, dimension), dtype=np.float32)
    place, size = 0, 4 * dimension
    for row in range(count):
        blank = data.find(b" ", place)
        if blank < 0 or blank + 1 + size > len(data):
            raise _cut(path, f"the header says {count:,} words, the file ends in number {row + 1:,}")
        words.append(data[place:blank].lstrip(b"\n").decode("utf-8", "replace"))
        vectors[row] = np.frombuffer(data, dtype="<f4", count=dimension, offset=blank + 1)
        place = blank + 1 + size
    progress(Progress("Reading vectors", 1.0))
    return words, vectors


def _projector(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats]:
    """A TSV of numbers, and beside it the words: `metadata.tsv`, or the same name with vectors → metadata."""
    import pandas as pd

    beside = [
        path.with_name(path.name.replace("vectors", "metadata").replace("tensors", "metadata")),
        path.with_name("metadata.tsv"),
    ]
    about = next((candidate for candidate in beside if candidate.is_file() and candidate != path), None)
    if about is None:
        raise SourceError(
            f"{path.name} has no metadata beside it",
            f"{beside[-1].name} was looked for",
            "put the file of words beside it",
        )
    try:
        vectors = pd.read_csv(path, sep="\t", header=None, dtype=np.float32).to_numpy()
    except ValueError as error:
        raise _cut(path, str(error).splitlines()[0][:200]) from None
    lines = about.read_text("utf-8", "replace").splitlines()
    if len(lines) == len(vectors) + 1:  # several columns come with a line of their names
        lines = lines[1:]
    return [line.split("\t")[0] for line in lines], vectors


def _npz(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            keys, vectors = arrays["keys"], arrays["vectors"]
            if keys.dtype.kind not in "US" or vectors.dtype.kind not in "fiu":
                raise SourceError(
                    f"{path.name} holds other things", "`keys` must be text, `vectors` numbers", "write it with these"
                )
            return [str(key) for key in keys.astype(str)], np.asarray(vectors, dtype=np.float32)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise SourceError(
            f"{path.name} cannot be read without running code, or lacks an array",
            str(error).splitlines()[0][:200],
            "write it as np.savez(path, keys=np.array(words, dtype=str), vectors=vectors)",
        ) from None


def _parquet(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats]:
    """A column of keys, and either one column of lists or a column a dimension."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise _cut(path, str(error).splitlines()[0][:200]) from None
    frame = table.to_pandas()
    texts = [name for name in frame if frame[name].dtype.kind in "OTU" or str(frame[name].dtype) == "str"]
    words = next((name for name in ("key", "word", "token", "id") if name in frame), texts[0] if texts else None)
    if words is None:
        raise SourceError(
            f"{path.name} has no column of keys", f"columns: {', '.join(map(str, frame))[:200]}", "call it `key`"
        )
    rest: Any = frame.drop(columns=[words])
    try:
        values = np.vstack(rest["vector"].tolist()) if "vector" in rest else rest.select_dtypes("number").to_numpy()
        return frame[words].astype(str).tolist(), np.asarray(values, dtype=np.float32)
    except ValueError as error:
        raise _cut(path, str(error).splitlines()[0][:200]) from None


FORMATS: dict[str, Callable[[Path, ProgressCallback], tuple[list[str], Floats]]] = {
    "word2vec-text": _word2vec_text,
    "word2vec-binary": _word2vec_binary,
    "glove": _glove,
    "projector": _projector,
    "npz": _npz,
    "parquet": _parquet,
}
