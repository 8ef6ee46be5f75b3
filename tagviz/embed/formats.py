"""Files of vectors in the forms that other programs write, read a piece at a time and checked before they are.

word2vec text and binary, GloVe text, TensorBoard projector pairs (vectors.tsv and metadata.tsv), `.npz` with `keys` and
`vectors`, Parquet. Nothing is ever unpickled: a gensim `.model` or a torch file could run code when it is loaded.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tagviz.errors import SourceError
from tagviz.types import Floats, Progress, ProgressCallback

LARGEST_BYTES = 4 * 2**30
"""Files beyond this are refused before they are read."""
LARGEST_DIMENSION = 10_000
PIECE, ROWS, LONGEST_WORD = 2**22, 20_000, 100_000
"""Bytes or lines that are read at a time, and bytes that no word is longer than."""
CONVERT = "where you trust it: gensim.models.Word2Vec.load(path).wv.save_word2vec_format('vectors.bin', binary=True)"
BLANKS = "where words hold blanks this format cannot say where they end: write them with _ or as word2vec text"
PICKLED = (".model", ".pkl", ".pickle", ".pt", ".pth", ".kv", ".joblib")
PICKLES = (b"\x80", b"(dp", b"ccopy_reg", b"cos\n", b"c__builtin__")
"""How pickles are called, and how they begin: protocol 2 and above, and what protocol 0 commonly starts with."""


def check_file(path: Path) -> None:
    """Refuses what is too large, empty or a pickle, before it is read."""
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
    if begin.startswith(PICKLES) or torch_file or path.suffix.lower() in PICKLED:
        raise SourceError(
            f"{path.name} is a pickled file", "loading one can run any code that its maker put in", CONVERT
        )


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
        if not 0 < dimension <= LARGEST_DIMENSION or count * dimension > path.stat().st_size:
            raise _cut(path, f"{count:,} lines of {dimension:,} numbers do not fit {path.stat().st_size:,} bytes")
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
        words: list[str] = []
        vectors = np.empty((count, dimension), dtype=np.float32)
        size, data, place = 4 * dimension, b"", 0
        for row in range(count):
            blank = data.find(b" ", place)
            while blank < 0 or blank + 1 + size > len(data):  # the next word is not here whole
                more = file.read(PIECE)
                if not more or (blank < 0 and len(data) - place > LONGEST_WORD):
                    raise _cut(path, f"the header says {count:,} words, the file ends in number {row + 1:,}")
                data, place = data[place:] + more, 0
                blank = data.find(b" ", place)
            words.append(data[place:blank].lstrip(b"\n").decode("utf-8", "replace"))
            vectors[row] = np.frombuffer(data, dtype="<f4", count=dimension, offset=blank + 1)
            place = blank + 1 + size
            if row % 5000 == 0:
                progress(Progress("Reading vectors", row / count))
    return words, vectors


def _projector(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats]:
    """A TSV of numbers, and beside it the words: `metadata.tsv`, or the same name with `vectors`, `tensors` or `tensor`
    → `metadata` (as TensorBoard and gensim's word2vec2tensor write them)."""
    import pandas as pd

    names = [re.sub("vectors|tensors|tensor", "metadata", path.name), "metadata.tsv"]
    beside = [path.with_name(name) for name in names]
    about = next((candidate for candidate in beside if candidate.is_file() and candidate != path), None)
    if about is None:
        raise SourceError(
            f"{path.name} has no metadata beside it",
            f"{beside[-1].name} was looked for",
            "put the file of words beside it",
        )
    if about.stat().st_size > LARGEST_BYTES:
        raise SourceError(f"{about.name} is too large", f"{about.stat().st_size:,} bytes", "load a smaller file")
    parts, done = [], 0
    try:
        with pd.read_csv(path, sep="\t", header=None, dtype=np.float32, chunksize=ROWS) as pieces:
            for piece in pieces:
                parts.append(piece.to_numpy())
                done += len(piece)
                progress(Progress("Reading vectors", None, f"{done:,} rows"))
    except (ValueError, pd.errors.ParserError) as error:
        raise _cut(path, str(error).splitlines()[0][:200]) from None
    lines = about.read_text("utf-8", "replace").splitlines()
    if len(lines) == done + 1:  # several columns come with a line of their names
        lines = lines[1:]
    return [line.split("\t")[0] for line in lines], np.vstack(parts)


def _npz(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats]:
    try:
        _check_npz(path)
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


def _check_npz(path: Path) -> None:
    """What the arrays' headers promise, before anything is unpacked: a small file can hold a huge array."""
    with zipfile.ZipFile(path) as packed:
        for name in ("keys.npy", "vectors.npy"):
            with packed.open(name) as member:
                version = np.lib.format.read_magic(member)
                read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                shape, _, dtype = read(member)
            _check_size(path, int(np.prod(shape, dtype=np.float64)) * dtype.itemsize)


def _check_size(path: Path, size: int) -> None:
    if size > LARGEST_BYTES:
        raise SourceError(
            f"{path.name} is too large", f"it unpacks to {size:,} bytes", f"load at most {LARGEST_BYTES:,}"
        )


def _parquet(path: Path, progress: ProgressCallback) -> tuple[list[str], Floats]:
    """A column of keys, and either one column of lists or a column a dimension."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = pq.read_metadata(path)
        _check_size(path, sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups)))
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
