"""Arrays, tables and JSON on disk: written whole or not at all, and read without running anything that a file says.

Large arrays are single `.npy` files that are opened memory-mapped; small or shipped ones are together in one compressed
`.npz`. Nothing is pickled, and `allow_pickle=False` holds for every read.
"""

from __future__ import annotations

import errno
import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

import numpy as np
import orjson
import pandas as pd
import scipy.sparse as sp

from tagviz.errors import StoreError
from tagviz.settings import settings
from tagviz.store import checksums
from tagviz.training import Arrays
from tagviz.types import Kind, Vocab, readonly

PACKED = "arrays.npz"
BYTES, SCALE = ":bytes", ":scale"
"""Suffixes of the two parts of a packed float32 matrix: its entries as −127 to 127, and per row the value of 127."""
DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What readers raise for a damaged file, besides errors of the operating system."""
REMAKE = "make it again (train, project or import), or remove it with `tagviz doctor --repair`"


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn errors of the operating system about `path` into a StoreError with a remedy."""
    try:
        yield
    except OSError as error:
        raise _store_error(path, error) from error


@contextmanager
def read_errors(path: Path) -> Iterator[None]:
    """Turn a missing, truncated or damaged artifact into a StoreError with a remedy."""
    try:
        yield
    except OSError as error:
        raise _store_error(path, error) from error
    except DAMAGE as error:
        raise damaged(path, str(error) or type(error).__name__) from error


def damaged(path: Path, why: str, remedy: str = REMAKE) -> StoreError:
    """Return the error for a stored file that is not as it was written.

    Args:
        path: The file.
        why: What is wrong with it.
        remedy: What helps.
    """
    return StoreError(f"{path.name} is damaged", f"{shown(path)}: {why}", remedy)


def shown(path: Path) -> str:
    """Return a path as messages name it: relative to the workspace, if it is in it."""
    home = settings().home
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else path.as_posix()


def _store_error(path: Path, error: OSError) -> StoreError:
    reason = error.strerror or str(error)
    place = shown(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "requested and" in reason:  # numpy says no errno
        return StoreError(
            "The disk is full, or files may not grow so large",
            f"{place}: {reason}",
            "free some space, raise the limit, or set TAGVIZ_HOME to a larger disk, then try again",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(
            f"{place} may not be used", reason, "give this user the right to it or set TAGVIZ_HOME elsewhere"
        )
    if error.errno == errno.ENOENT:
        return StoreError(f"{place} is gone", reason, "somebody may have deleted it; make it again")
    return StoreError(f"{place} cannot be read or written", reason, "check the disk, then try again")


def set_aside(path: Path) -> Path:
    """Rename a damaged file or folder, so that another can take its place; nothing is deleted. Return its new name."""
    aside = path.with_name(f"{path.name}.aside-{secrets.token_hex(4)}")
    os.rename(path, aside)
    return aside


@contextmanager
def atomic_file(path: Path, durable: bool = True) -> Iterator[BinaryIO]:
    """Write a file so that readers see the old one or the whole new one.

    The content goes into a temporary file in the same folder, which is renamed when the block ends without an error.

    Args:
        path: The file; its folder is created.
        durable: Wait until the content is on the disk. False for files that can be computed again.

    Yields:
        The temporary file, open for writing bytes.

    Raises:
        StoreError: If the disk is full or may not be written.
    """
    with store_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with temporary.open("wb") as file:
                yield file
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            if path.is_dir():  # an accident; no file can take its place
                set_aside(path)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Write JSON with `atomic_file`, an object with its checksum; NumPy arrays and numbers are allowed."""
    document = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
    with atomic_file(path) as file:
        file.write(checksums.seal(document) if isinstance(content, dict) else document)


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        StoreError: If the file is missing or damaged.
    """
    with read_errors(path):
        return orjson.loads(checksums.unseal(path.read_bytes()))


def read_object(path: Path) -> dict[str, Any] | None:
    """Return the JSON object of a file, or None where there is no file: another process may have removed it just now.

    Raises:
        StoreError: If the file is damaged.
    """
    with read_errors(path), suppress(FileNotFoundError):
        content = orjson.loads(checksums.unseal(path.read_bytes()))
        if not isinstance(content, dict):
            raise TypeError(f"it holds a {type(content).__name__} instead of an object")
        return content
    return None


def write_arrays(folder: Path, arrays: Arrays, packed: bool = False) -> None:
    """Write named arrays.

    Args:
        folder: Folder, which is created.
        arrays: Arrays by name.
        packed: One compressed file with float32 matrices in one byte per entry, instead of one `NAME.npy` each. A byte
            keeps an entry to 0.4 % of its row's largest, which changes hardly any ranking, for a quarter of the size.
    """
    with store_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if packed:
            np.savez_compressed(folder / PACKED, allow_pickle=False, **_quantize(arrays))
        else:
            for name, array in arrays.items():
                np.save(folder / f"{quote(name, safe='')}.npy", array, allow_pickle=False)


def read_arrays(folder: Path) -> Arrays:
    """Read all arrays of a folder, read-only: `.npy` files memory-mapped, a packed file whole.

    Raises:
        StoreError: If a file is missing or damaged.
    """
    with read_errors(folder):
        if (folder / PACKED).exists():
            with np.load(folder / PACKED, allow_pickle=False) as packed:
                return _dequantize(packed)
        return {unquote(path.stem): _open_mapped(path) for path in sorted(folder.glob("*.npy"))}


def _quantize(arrays: Arrays) -> Arrays:
    """Return float32 matrices as bytes with a scale per row, other arrays as they are."""
    parts: Arrays = {}
    for name, array in arrays.items():
        if array.dtype == np.float32 and array.ndim == 2 and array.shape[1]:
            scale = np.maximum(np.abs(array).max(axis=1), np.finfo(np.float32).tiny)[:, None]
            parts[name + SCALE] = scale
            parts[name + BYTES] = np.rint(array / scale * 127).astype(np.int8)
        else:
            parts[name] = array
    return parts


def _dequantize(packed: Mapping[str, np.ndarray[Any, Any]]) -> Arrays:
    arrays: Arrays = {}
    for name in packed:
        if name.endswith(BYTES):
            plain = name.removesuffix(BYTES)
            arrays[plain] = readonly(packed[name] * (packed[plain + SCALE] / np.float32(127)), np.float32)
        elif not name.endswith(SCALE):
            arrays[name] = readonly(packed[name])
    return arrays


def _open_mapped(path: Path) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as Parquet."""
    with store_errors(path):
        frame.to_parquet(path, index=False, compression="zstd")


def read_table(path: Path) -> pd.DataFrame:
    """Read a Parquet file with text as `str` and times in seconds, as the corpus types need them.

    Each column is one piece: pandas would join several pieces anew for every look-up of a few rows.

    Raises:
        StoreError: If the file is missing or damaged.
    """
    from pyarrow import parquet

    with read_errors(path):
        frame: pd.DataFrame = parquet.read_table(path).combine_chunks().to_pandas()
    for column in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[column].dtype):
            frame[column] = frame[column].astype("datetime64[s]")
    return frame


def write_vocabs(folder: Path, vocabs: Mapping[Kind, Vocab]) -> None:
    """Write one table per kind, `vocab.KIND.parquet`: ids and, where they differ, labels."""
    for kind, vocab in vocabs.items():
        columns = {"id": vocab.ids} if vocab.labels is None else {"id": vocab.ids, "label": vocab.labels}
        write_table(folder / f"vocab.{kind}.parquet", pd.DataFrame(columns))


def read_vocabs(folder: Path, kinds: list[Kind]) -> dict[Kind, Vocab]:
    """Read what `write_vocabs` wrote, in the order of `kinds` (the order of an embedding's blocks)."""
    return {kind: _vocab(kind, read_table(folder / f"vocab.{kind}.parquet")) for kind in kinds}


def _vocab(kind: Kind, frame: pd.DataFrame) -> Vocab:
    labels = pd.Index(frame["label"], dtype="str", name=None) if "label" in frame else None
    return Vocab(kind, pd.Index(frame["id"], dtype="str", name=None), labels)


def binary_parts(name: str, matrix: sp.csr_matrix) -> Arrays:
    """Return a binary CSR matrix without its ones: `NAME.indptr`, `NAME.indices`, `NAME.shape`."""
    return {
        f"{name}.indptr": matrix.indptr.astype(np.int64),
        f"{name}.indices": matrix.indices.astype(np.int32),
        f"{name}.shape": np.array(matrix.shape, dtype=np.int64),
    }


def binary_matrix(name: str, arrays: Arrays) -> sp.csr_matrix:
    """Build the float32 CSR matrix of ones back from `binary_parts`."""
    indices, indptr = arrays[f"{name}.indices"], arrays[f"{name}.indptr"]
    shape = tuple(int(size) for size in arrays[f"{name}.shape"])
    width = np.int32 if indptr[-1] <= np.iinfo(np.int32).max else np.int64
    parts = (np.ones(len(indices), dtype=np.float32), indices, indptr.astype(width))
    return sp.csr_matrix(parts, shape=shape, copy=False)


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder; files that another process removes meanwhile count nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(parent) / name).stat().st_size
    return total
