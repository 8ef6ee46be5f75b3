"""Vectors as arrays: npz under any names, npy and safetensors with a list of words. Nothing is unpickled."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import orjson

from tagviz.embed.vector_text import lines_of
from tagviz.errors import SourceError
from tagviz.types import Floats, ProgressCallback

CheckSize = Callable[[Path, int], None]
_LISTS = (".txt", ".words.txt", ".vocab.txt", ".json", ".words.json", ".tsv", ".csv", ".words", ".vocab")
_LIST_NAMES = ("words", "vocab", "vocabulary", "keys", "labels", "tokens", "index", "ids", "item2id", "metadata")
_NUMBER_LISTS = (*_LIST_NAMES, "id", "items", "item_ids", "song_ids", "track_ids", "songs", "tracks")
"""Names of arrays of whole numbers that are the ids of what the vectors stand for."""
_OTHER_LISTS = (".txt", ".json", ".tsv", ".csv", ".vocab")
_MOST_LISTS, _LARGEST_LIST = 20, 64 * 2**20
NPZ_DAMAGE = (
    ValueError, KeyError, TypeError, EOFError, OSError, NotImplementedError, RuntimeError, OverflowError, MemoryError,
    SyntaxError, TokenError, struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip
"""What numpy and zipfile raise where an npz is damaged."""
_WRITE_NPZ = "write it as np.savez(path, keys=np.array(words, dtype=str), vectors=vectors)"


def read_npz(path: Path, progress: ProgressCallback, check_size: CheckSize) -> tuple[list[str], Floats]:
    """The one array of text and the one matrix of a file, whatever their names; or a vector an array, by its name."""
    try:
        shapes = shapes_of(path, check_size)
        with np.load(path, allow_pickle=False) as arrays:
            texts = [name for name, (shape, kind) in shapes.items() if len(shape) == 1 and kind in "US"]
            matrices = [name for name, (shape, kind) in shapes.items() if len(shape) == 2 and kind in "fiu"]
            rows = [name for name, (shape, kind) in shapes.items() if len(shape) == 1 and kind in "fiu"]
            if not matrices and not texts and len(rows) > 1 and len({shapes[name][0] for name in rows}) == 1:
                return rows, np.vstack([np.asarray(arrays[name], dtype=np.float32) for name in rows])
            if "keys" in texts and "vectors" in matrices:
                texts, matrices = ["keys"], ["vectors"]
            fitting = [(t, m) for t in texts for m in matrices if shapes[t][0][0] == shapes[m][0][0]]
            if len(fitting) > 1:
                shown = ", ".join(f"{name} {shapes[name][0]}" for name in (*texts, *matrices))
                raise SourceError(
                    f"{path.name} holds several arrays that could be meant", shown, "call them keys and vectors"
                )
            if fitting:
                words, vectors = (arrays[name] for name in fitting[0])
                return _decoded(words), np.asarray(vectors, dtype=np.float32)
            numbers = [name for name in rows if shapes[name][1] in "iu" and name.casefold() in _NUMBER_LISTS]
            if (
                len(matrices) == 1
                and not texts
                and len(numbers) == 1
                and shapes[numbers[0]][0][0] == shapes[matrices[0]][0][0]
            ):
                return _decoded(arrays[numbers[0]]), np.asarray(arrays[matrices[0]], dtype=np.float32)
            if len(matrices) == 1 and not texts:
                vectors = np.asarray(arrays[matrices[0]], dtype=np.float32)
                return words_beside(path, len(vectors)), vectors
    except SourceError:
        raise
    except NPZ_DAMAGE as error:
        detail = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise SourceError(
            f"{path.name} cannot be read without running code, or lacks an array", detail, _WRITE_NPZ
        ) from None
    shown = ", ".join(f"{name} {shape}" for name, (shape, _) in shapes.items()) or "none"
    raise SourceError(
        f"{path.name} holds other things",
        f"expected words as text and one matrix, its arrays: {shown[:200]}",
        _WRITE_NPZ,
    )


def shapes_of(path: Path, check_size: CheckSize) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape and kind of each array, from the headers, before it is unpacked: a small file can hold a huge array."""
    shapes: dict[str, tuple[tuple[int, ...], str]] = {}
    with zipfile.ZipFile(path) as packed:
        for member in packed.infolist():
            if not member.filename.endswith(".npy"):
                continue
            with packed.open(member) as file:
                shape, dtype = _npy_header(file)
            if dtype.hasobject:
                raise SourceError(
                    f"{path.name} cannot be read without running code",
                    f"{member.filename[:60]!r} holds Python objects",
                    _WRITE_NPZ,
                )
            check_size(path, int(np.prod(shape, dtype=np.float64)) * dtype.itemsize)
            shapes[member.filename.removesuffix(".npy")] = shape, dtype.kind
    return shapes


def _npy_header(file: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of an array, from its header. Raises ValueError where there is none."""
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
    except (SyntaxError, TokenError, TypeError, EOFError, RecursionError, MemoryError, OverflowError) as error:
        raise ValueError(f"its header cannot be read: {str(error)[:100]}") from error
    if any(size < 0 for size in shape):
        raise ValueError(f"its header says {tuple(shape)}")
    return tuple(shape), dtype


def _decoded(words: Any) -> list[str]:
    if words.dtype.kind == "S":
        return [word.decode("utf-8", "replace") for word in words.tolist()]
    return [str(word) for word in words.tolist()]


def read_npy(path: Path, progress: ProgressCallback, check_size: CheckSize) -> tuple[list[str], Floats]:
    """A matrix; its words stand in a list beside it."""
    try:
        with path.open("rb") as file:
            shape, dtype = _npy_header(file)
        check_size(path, int(np.prod(shape, dtype=np.float64)) * dtype.itemsize)
        if dtype.hasobject:
            raise SourceError(f"{path.name} cannot be read without running code", "it holds Python objects", _WRITE_NPZ)
        matrix = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError, SyntaxError, TypeError, OverflowError) as error:
        raise SourceError(
            f"{path.name} cannot be read as an array", str(error)[:200], "write it again with np.save"
        ) from None
    if matrix.ndim != 2 or matrix.dtype.kind not in "fiu":
        raise SourceError(f"{path.name} is no matrix of numbers", f"shape {matrix.shape}, {matrix.dtype}", _WRITE_NPZ)
    return words_beside(path, len(matrix)), np.asarray(matrix, dtype=np.float32)


def read_safetensors(path: Path, progress: ProgressCallback, check_size: CheckSize) -> tuple[list[str], Floats]:
    """The one matrix of a file; its words stand in its metadata or in a list beside it."""
    try:
        header = _tensor_header(path)
        tensors = {name: about for name, about in header.items() if name != "__metadata__"}
        matrices = [name for name, about in tensors.items() if len(about["shape"]) == 2]
        if not matrices and len(tensors) > 1 and len({tuple(about["shape"]) for about in tensors.values()}) == 1:
            return _vector_a_tensor(path, list(tensors), check_size)
        if len(matrices) != 1:
            shown = ", ".join(f"{name} {about['shape']}" for name, about in tensors.items()) or "none"
            raise SourceError(
                f"{path.name} holds no one matrix", f"its tensors: {shown[:200]}", "write the vectors alone"
            )
        name = matrices[0]
        check_size(path, int(np.prod(tensors[name]["shape"], dtype=np.float64)) * 4)
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(path), framework="numpy") as opened:
                matrix = opened.get_tensor(name)
        except SafetensorError as error:
            raise ValueError(str(error)) from error
    except (ValueError, KeyError, TypeError, OSError, OverflowError, AttributeError, RecursionError) as error:
        raise SourceError(
            f"{path.name} cannot be read as safetensors",
            str(error)[:200] or "its header is wrong",
            "write it again as float32",
        ) from None
    listed = header.get("__metadata__") or {}
    for key in _LIST_NAMES:
        if isinstance(listed.get(key), str):
            words = _json_words(listed[key].encode())
            if len(words) == len(matrix):
                return words, np.asarray(matrix, dtype=np.float32)
    return words_beside(path, len(matrix)), np.asarray(matrix, dtype=np.float32)


def _vector_a_tensor(path: Path, names: list[str], check_size: CheckSize) -> tuple[list[str], Floats]:
    """Words and vectors of a file in which each word is the name of its own vector."""
    from safetensors import SafetensorError, safe_open

    check_size(path, path.stat().st_size)
    try:
        with safe_open(str(path), framework="numpy") as opened:
            return names, np.vstack([np.asarray(opened.get_tensor(name), dtype=np.float32) for name in names])
    except SafetensorError as error:
        raise ValueError(str(error)) from error


def _tensor_header(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > min(100_000_000, path.stat().st_size):
            raise ValueError("its header is longer than the file")
        header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise ValueError("its header is no object")
    return header


def words_beside(path: Path, count: int) -> list[str]:
    """The list of words that belongs to a matrix.

    A file of the same name with another ending, words.txt and the like, or the only list in the folder with as many
    words as there are vectors.

    Raises SourceError where there is none, or none with one word a vector.
    """
    array = _npy_words(path, count)
    if array is not None:
        return array
    names = [path.with_suffix(suffix) for suffix in _LISTS]
    names += [path.with_name(f"{name}{suffix}") for name in _LIST_NAMES for suffix in (".txt", ".json", ".tsv", ".csv")]
    seen: list[str] = []
    for place in names:
        if place.is_file() and place != path and place.stat().st_size < 2**31:
            words = _listed(place, count)
            if len(words) == count:
                return words
            if words:
                seen.append(f"{place.name} has {len(words):,}")
    others = [place for place in sorted(path.parent.iterdir()) if place.suffix in _OTHER_LISTS and place not in names]
    if len(others) <= _MOST_LISTS:
        fitting = [
            words
            for place in others
            if place.stat().st_size < _LARGEST_LIST and len(words := _listed(place, count)) == count
        ]
        if len(fitting) == 1:
            return fitting[0]
    raise SourceError(
        f"{path.name} has {count:,} vectors and no list of words",
        "; ".join(seen[:5]) or f"{path.stem}.txt (a word a line) was looked for",
        f"put the words beside it as {path.stem}.txt, in the order of the vectors",
    )


def _npy_words(path: Path, count: int) -> list[str] | None:
    """Words in an array of text beside a matrix, such as words.npy; None where there is none."""
    for name in _LIST_NAMES:
        for place in (path.with_name(f"{name}.npy"), path.with_name(f"{path.stem}_{name}.npy")):
            if place == path or not place.is_file() or place.stat().st_size > _LARGEST_LIST:
                continue
            try:
                with place.open("rb") as file:
                    shape, dtype = _npy_header(file)
                if dtype.hasobject:
                    raise SourceError(
                        f"{place.name} cannot be read without running code", "it holds Python objects", _WRITE_NPZ
                    )
                if shape == (count,) and dtype.kind in "USiu":
                    return _decoded(np.load(place, allow_pickle=False))
            except (ValueError, OSError) as error:
                raise SourceError(
                    f"{place.name} cannot be read as an array", str(error)[:200], "write it again with np.save"
                ) from error
    return None


def _listed(place: Path, count: int) -> list[str]:
    """Words of a list: a JSON list, an object of word → row, or a word a line (first column), with a header or not."""
    if place.suffix == ".json":
        return _json_words(place.read_bytes())
    mark = {".tsv": "\t", ".csv": ","}.get(place.suffix, "\t")
    lines = list(lines_of(place))
    while lines and not lines[-1].strip():
        lines.pop()
    words = [line.split(mark)[0].strip() for line in lines]
    return (
        words[1:]
        if len(words) == count + 1
        and words[0].casefold() in (*_LIST_NAMES, "word", "tag", "key", "label", "id", "name")
        else words
    )


def _json_words(content: bytes) -> list[str]:
    try:
        listed = orjson.loads(content)
    except orjson.JSONDecodeError:
        return []
    if isinstance(listed, dict) and all(isinstance(row, int) for row in listed.values()):
        if sorted(listed.values()) == list(range(len(listed))):
            return [str(word) for word, _ in sorted(listed.items(), key=lambda pair: pair[1])]
        return []
    return [str(word) for word in listed] if isinstance(listed, list) else []
