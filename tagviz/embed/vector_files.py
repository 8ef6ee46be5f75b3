"""Vectors as files that other programs read, in which no two words become one."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd

from tagviz.types import Floats

_BLANK = re.compile(r"\s")
_LINE_ENDS = re.compile(r"[\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def distinct_words(keys: Sequence[str]) -> list[str]:
    """Keys without blanks, as word2vec's forms need them, all different.

    A blank becomes an underscore; where that would make two keys one ("hip hop" and "hip_hop"), those that hold blanks
    are written with %20 instead. Our own reader takes both back.
    """
    plain = [_BLANK.sub("_", key) for key in keys]
    counts = Counter(plain)
    own = set(keys)
    words = []
    for key, word in zip(keys, plain, strict=True):
        clashing = word != key and (counts[word] > 1 or word in own)
        if clashing or unquote(key) != key:  # what looks like an escape is escaped itself
            word = _BLANK.sub(lambda match: quote(match[0]), key.replace("%", "%25"))
        words.append(word)
    return words


def written(about: pd.DataFrame, vectors: Floats, form: str) -> bytes:
    """A file of vectors: projector (a zip), word2vec, word2vec-binary or npz.

    about: one row an item with `key`, `label` and any other columns. vectors: (n, d).
    """
    keys = about["key"].astype(str).tolist()
    if form == "npz":
        packed = io.BytesIO()
        np.savez_compressed(
            packed, keys=np.array(keys, dtype=str), vectors=vectors.astype(np.float32), allow_pickle=False
        )
        return packed.getvalue()
    if form == "projector":
        return _projector(about, vectors)
    head = f"{len(vectors)} {vectors.shape[1]}\n".encode()
    words = [word.encode("utf-8", "replace") for word in distinct_words(keys)]
    if form == "word2vec-binary":
        rows = np.ascontiguousarray(vectors, dtype="<f4")
        return head + b"".join(word + b" " + row.tobytes() + b"\n" for word, row in zip(words, rows, strict=True))
    return head + b"".join(word + b" " + _numbers(row, " ") + b"\n" for word, row in zip(words, vectors, strict=True))


def metadata_text(about: pd.DataFrame) -> str:
    """metadata.tsv as TensorBoard reads it: a header, tabs, line feeds, no quoting; signs that end lines are blanks."""
    lines = ["\t".join(map(str, about.columns))]
    lines += ["\t".join(_LINE_ENDS.sub(" ", str(cell)) for cell in row) for row in about.itertuples(index=False)]
    return "\n".join(lines) + "\n"


def _projector(about: pd.DataFrame, vectors: Floats) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("vectors.tsv", b"".join(_numbers(row, "\t") + b"\n" for row in vectors))
        files.writestr("metadata.tsv", metadata_text(about))
    return packed.getvalue()


def _numbers(row: Floats, mark: str) -> bytes:
    return mark.join(f"{value:.9g}" for value in row).encode()
