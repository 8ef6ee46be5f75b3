"""What readers hand to sources/build.py: options, notes, pairs, song information; and how text and dates are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz import text
from tagviz.params import Params, param

EXAMPLES = 5
"""Examples that a note gives."""


class Options(Params):
    """What every reader understands; a reader's own options extend it."""

    tokenizer: Literal["words", "sentencepiece"] = param(
        "words",
        "How titles are cut: words, or the pieces of a sentencepiece model trained on these titles.",
        first=True,
    )
    min_tags: int = param(0, "Playlists with fewer tags are left out.", first=True, ge=0)
    min_songs: int = param(0, "Playlists with fewer songs are left out.", ge=0)
    encoding: str = param("", "Encoding of text files, such as cp949; empty: found out.")
    merge_case: bool = param(
        False, "Tags that differ in case or composition only become one, as most playlists spell it."
    )
    songs_are: Literal["auto", "tracks", "artists", "albums"] = param("auto", "What the songs are; auto: found out.")
    max_files: int = param(20_000, "Files that a folder may hold.", ge=1)


class Notes:
    """What was corrected or dropped, and what was done about it: rows of `what`, `count`, `action`, `examples`."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, what: str, count: int, action: str, examples: Any = ()) -> None:
        """Notes `count` cases with the first few examples; nothing when there are none."""
        if count:
            shown = [text.clean(str(example))[:60] for example in list(examples[:EXAMPLES])]
            self.rows.append({"what": what, "count": int(count), "action": action, "examples": shown})


@dataclass(frozen=True)
class Origin:
    """Where a corpus was read from.

    Attributes:
        path: The file or folder.
        format: Name of the reader.
        name: Name of the corpus; None for the path's own.
    """

    path: Path
    format: str
    name: str | None = None


@dataclass(frozen=True)
class Pairs:
    """Row numbers and what stands in those rows, one entry a pair: int64 (n,) and n values (text or integers)."""

    rows: NDArray[np.int64]
    values: Any

    @classmethod
    def none(cls) -> Pairs:
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=object))

    @classmethod
    def of_lists(cls, lengths: NDArray[Any], values: Any) -> Pairs:
        """From the lengths of consecutive lists and all their entries."""
        return cls(np.repeat(np.arange(len(lengths), dtype=np.int64), lengths), values)


@dataclass(frozen=True)
class SongInfo:
    """Song metadata: `frame` with `id` and any of `name`, `artist`, `album`, `date`.

    Pairs of its rows with genres and artists; the names of genres and artists by id.
    """

    frame: pd.DataFrame
    genres: Pairs = field(default_factory=Pairs.none)
    artists: Pairs = field(default_factory=Pairs.none)
    genre_names: Mapping[str, str] = field(default_factory=dict)
    artist_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """What a reader found.

    playlists: frame with `id` and any of `title`, `date`, `likes`, `group`. facets: by tag.
    all_songs: whether songs that are described but in no playlist stay.
    """

    playlists: pd.DataFrame
    tags: Pairs = field(default_factory=Pairs.none)
    songs: Pairs = field(default_factory=Pairs.none)
    info: SongInfo | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    group_name: str = ""
    all_songs: bool = False


def dates(values: Any, notes: Notes, what: str, format: str = "ISO8601") -> pd.Series:
    """datetime64[s] of text dates; what is no date becomes unknown and is noted as `what`."""
    texts = pd.Series(values, dtype="str")
    parsed = pd.to_datetime(texts, format=format, errors="coerce", utc=True).dt.tz_localize(None)
    wrong = (texts.fillna("") != "") & parsed.isna()
    notes.add(what, int(wrong.sum()), "date left unknown", texts[wrong].unique())
    return parsed.astype("datetime64[s]")


def shown(values: pd.Series, what: str, notes: Notes) -> pd.Series:
    """Text as it may be shown, cut to LONGEST_TITLE characters; both are noted. Null becomes ""."""
    texts = values.astype("str").fillna("").tolist()
    limit = text.LONGEST_TITLE
    long = [value for value in texts if len(value) > limit]
    notes.add(f"{what} of more than {limit:,} characters", len(long), "cut", [value[:60] for value in long[:EXAMPLES]])
    if long:
        texts = [value[:limit] for value in texts]
    cleaned = list(map(text.clean, texts))
    changed = [new for new, old in zip(cleaned, texts, strict=True) if new is not old and new != old.strip()]
    notes.add(f"{what} with control characters or direction marks", len(changed), "taken out of the text", changed)
    return pd.Series(cleaned, index=values.index, dtype="str")


def as_ids(values: Any) -> pd.Index:
    """Ids as text: numbers in digits, without blanks or control characters."""
    index: pd.Index = pd.Index(values)
    if pd.api.types.is_integer_dtype(index.dtype):
        return index.astype("str")
    return pd.Index([text.clean(str(value)) for value in index], dtype="str")


def counted(rows: NDArray[Any], columns: NDArray[Any], shape: tuple[int, int]) -> sp.csr_matrix:
    """How often each pair occurs, as float32 CSR with sorted columns."""
    matrix = sp.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def used_columns(matrix: sp.csr_matrix, ids: pd.Index) -> tuple[sp.csr_matrix, pd.Index]:
    """The matrix without empty columns, and the ids of those that stay."""
    used = np.bincount(matrix.indices, minlength=len(ids)) > 0
    if used.all():
        return sp.csr_matrix(matrix), ids
    return sp.csr_matrix(matrix[:, np.flatnonzero(used)]), ids[used]
