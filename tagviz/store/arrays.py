"""Arrays, tables and JSON on disk: written whole or not at all, read without ever running what a file says.

Large arrays are single `.npy` files that open memory-mapped; small or shipped ones go together into one compressed
`.npz`. Nothing here pickles, and `allow_pickle=False` holds for every read.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import orjson
import pandas as pd
import scipy.sparse as sp

from tagviz.errors import StoreError
from tagviz.methods import Arrays
from tagviz.types import Kind, Vocab, frozen

PACKED = "arrays.npz"
BYTES, SCALE = ":bytes", ":scale"
"""What a packed float32 matrix's two parts end in: its entries as −127 … 127, and what 127 stands for in each row."""


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
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "requested and" in reason:  # numpy says no errno
        return StoreError(
            "The disk is full, or files may not grow so large",
            f"{path}: {reason}",
            "free some space, raise the limit, or set TAGVIZ_HOME to a larger disk, then try again",
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


def read_json_if_there(path: Path) -> Any:
    """The JSON of a file, or None where there is none: another process may have taken it away a moment ago."""
    with reading(path), suppress(FileNotFoundError):
        return orjson.loads(path.read_bytes())
    return None


def write_arrays(folder: Path, arrays: Arrays, packed: bool = False) -> None:
    """Named arrays as `NAME.npy` each, or `packed`: together in one compressed file, matrices in a byte an entry.

    A byte keeps an entry to 0.4 % of its row's largest, which hardly a ranking notices, for a quarter of the size.
    """
    with storing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if packed:
            np.savez_compressed(folder / PACKED, allow_pickle=False, **_squeezed(arrays))
        else:
            for name, array in arrays.items():
                np.save(folder / f"{quote(name, safe='')}.npy", array, allow_pickle=False)


def read_arrays(folder: Path) -> Arrays:
    """All arrays of a folder, read-only: `.npy` files memory-mapped, a packed file read whole."""
    with reading(folder):
        if (folder / PACKED).exists():
            with np.load(folder / PACKED, allow_pickle=False) as packed:
                return _restored(packed)
        return {unquote(path.stem): _mapped(path) for path in sorted(folder.glob("*.npy"))}


def _squeezed(arrays: Arrays) -> Arrays:
    """Every float32 matrix as bytes with a scale per row."""
    result: Arrays = {}
    for name, array in arrays.items():
        if array.dtype == np.float32 and array.ndim == 2 and array.shape[1]:
            scale = np.maximum(np.abs(array).max(axis=1), np.finfo(np.float32).tiny)[:, None]
            result[name + SCALE] = scale
            result[name + BYTES] = np.rint(array / scale * 127).astype(np.int8)
        else:
            result[name] = array
    return result


def _restored(packed: Mapping[str, np.ndarray[Any, Any]]) -> Arrays:
    result: Arrays = {}
    for name in packed:
        if name.endswith(BYTES):
            plain = name.removesuffix(BYTES)
            result[plain] = frozen(packed[name] * (packed[plain + SCALE] / np.float32(127)), np.float32)
        elif not name.endswith(SCALE):
            result[name] = frozen(packed[name])
    return result


def _mapped(path: Path) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)


def write_table(path: Path, frame: pd.DataFrame) -> None:
    with storing(path):
        frame.to_parquet(path, index=False, compression="zstd")


def read_table(path: Path) -> pd.DataFrame:
    """A Parquet file with text as `str` and times in seconds, as the corpus types want them. Each column is one piece:
    of several, pandas would join them anew whenever a few rows are looked up."""
    from pyarrow import parquet

    with reading(path):
        frame: pd.DataFrame = parquet.read_table(path).combine_chunks().to_pandas()
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
    """Bytes of all files under a folder; what another process takes away meanwhile counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(parent) / name).stat().st_size
    return total
