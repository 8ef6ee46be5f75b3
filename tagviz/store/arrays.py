"""Arrays, tables and JSON on disk: written whole or not at all, read without ever running what a file says.

Large arrays are single `.npy` files that open memory-mapped; small or shipped ones go together into one compressed
`.npz`. Nothing here pickles, and `allow_pickle=False` holds for every read.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import scipy.sparse as sp

from tagviz.errors import StoreError
from tagviz.methods import Arrays
from tagviz.types import Kind, Vocab, frozen

PACKED = "arrays.npz"
HALF = ":half"
"""What a packed array's name ends in when it was float32 and is kept in half precision."""


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turns what the operating system says about `path` into a StoreError with a remedy."""
    try:
        yield
    except OSError as error:
        raise _explained(path, error) from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns an artifact that is missing, cut off or not what it should be into a StoreError with a remedy."""
    try:
        yield
    except OSError as error:
        raise _explained(path, error) from error
    except (ValueError, KeyError, EOFError) as error:
        raise StoreError(
            f"{path.name} is damaged",
            f"{path.parent}: {error}",
            "make it again (train, project or import), or delete it",
        ) from error


def _explained(path: Path, error: OSError) -> StoreError:
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            "The disk is full", str(path), "free some space or set TAGVIZ_HOME to a larger disk, then try again"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(
            f"{path} may not be used", reason, "give this user the right to it or set TAGVIZ_HOME elsewhere"
        )
    if error.errno == errno.ENOENT:
        return StoreError(f"{path} is gone", reason, "somebody may have deleted it; make it again")
    return StoreError(f"{path} cannot be read or written", reason, "check the disk, then try again")


def write_json(path: Path, value: Any) -> None:
    """Writes JSON beside `path`, flushes it, and renames it into place: readers see the old or the new file."""
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with temporary.open("wb") as file:
                file.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY))
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    with reading(path):
        return orjson.loads(path.read_bytes())


def write_arrays(folder: Path, arrays: Arrays, packed: bool = False) -> None:
    """Named arrays as `NAME.npy` each, or `packed`: together in one compressed file, matrices in half precision.

    Half precision is an error of at most 0.05 %, which no ranking notices, for half the bytes.
    """
    with storing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if packed:
            np.savez_compressed(folder / PACKED, allow_pickle=False, **dict(map(_halved, arrays.items())))
        else:
            for name, array in arrays.items():
                np.save(folder / f"{_safe(name)}.npy", array, allow_pickle=False)


def read_arrays(folder: Path) -> Arrays:
    """All arrays of a folder, read-only: `.npy` files memory-mapped, a packed file read whole."""
    with reading(folder):
        if (folder / PACKED).exists():
            with np.load(folder / PACKED, allow_pickle=False) as packed:
                return {name.removesuffix(HALF): frozen(_whole(name, packed[name])) for name in packed.files}
        return {path.stem: _mapped(path) for path in sorted(folder.glob("*.npy"))}


def _halved(item: tuple[str, np.ndarray[Any, Any]]) -> tuple[str, np.ndarray[Any, Any]]:
    name, array = item
    return (name + HALF, array.astype(np.float16)) if array.dtype == np.float32 and array.ndim > 1 else item


def _whole(name: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return array.astype(np.float32) if name.endswith(HALF) else array


def _mapped(path: Path) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)


def _safe(name: str) -> str:
    if not name or name.startswith(".") or "/" in name or "\\" in name or "\x00" in name:
        raise StoreError(
            f"An array cannot be called {name!r}", "names are plain file names", "report this method to its author"
        )
    return name


def write_table(path: Path, frame: pd.DataFrame) -> None:
    with storing(path):
        frame.to_parquet(path, index=False, compression="zstd")


def read_table(path: Path) -> pd.DataFrame:
    """A Parquet file with text as `str` and times in seconds, as the corpus types want them."""
    with reading(path):
        frame = pd.read_parquet(path)
    for column in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[column].dtype):
            frame[column] = frame[column].astype("datetime64[s]")
    return frame


def write_vocabs(folder: Path, vocabs: Mapping[Kind, Vocab]) -> None:
    """One table a kind, `vocab.KIND.parquet`: ids and, where they differ from the ids, labels."""
    for kind, vocab in vocabs.items():
        columns = {"id": vocab.ids} if vocab.labels is None else {"id": vocab.ids, "label": vocab.labels}
        write_table(folder / f"vocab.{kind}.parquet", pd.DataFrame(columns))


def read_vocabs(folder: Path, kinds: list[Kind]) -> dict[Kind, Vocab]:
    """The tables of `write_vocabs`, in the order of `kinds` (the order of an embedding's blocks)."""
    return {kind: _vocab(kind, read_table(folder / f"vocab.{kind}.parquet")) for kind in kinds}


def _vocab(kind: Kind, frame: pd.DataFrame) -> Vocab:
    labels = pd.Index(frame["label"], dtype="str", name=None) if "label" in frame else None
    return Vocab(kind, pd.Index(frame["id"], dtype="str", name=None), labels)


def binary_parts(name: str, matrix: sp.csr_matrix) -> Arrays:
    """A binary CSR matrix without its ones: `NAME.indptr`, `NAME.indices`, `NAME.shape`."""
    return {
        f"{name}.indptr": matrix.indptr.astype(np.int64),
        f"{name}.indices": matrix.indices.astype(np.int32),
        f"{name}.shape": np.array(matrix.shape, dtype=np.int64),
    }


def binary_matrix(name: str, arrays: Arrays) -> sp.csr_matrix:
    """Undoes `binary_parts`: a float32 CSR matrix whose entries are ones."""
    indices, indptr = arrays[f"{name}.indices"], arrays[f"{name}.indptr"]
    shape = tuple(int(size) for size in arrays[f"{name}.shape"])
    width = np.int32 if indptr[-1] <= np.iinfo(np.int32).max else np.int64
    parts = (np.ones(len(indices), dtype=np.float32), indices, indptr.astype(width))
    return sp.csr_matrix(parts, shape=shape, copy=False)


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
