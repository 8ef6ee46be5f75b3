"""A table of numbers per song: what sound, or any other source but playlists, says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.types import Ints


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Numbers per song, in any order of songs and independent of a corpus.

    Attributes:
        ids: Distinct ids of the songs.
        columns: Names of the numbers.
        values: (n, d) float16 or float32, one row per song; NaN where a number is missing.
        source: What the numbers were computed from: "table" or "mel48".
        about: Further facts to show, such as the name of the file.
        stored_fingerprint: Fingerprint read from disk; "": computed from the content.
    """

    ids: pd.Index
    columns: tuple[str, ...]
    values: NDArray[Any]
    source: str = "table"
    about: Mapping[str, Any] = field(default_factory=dict)
    stored_fingerprint: str = ""

    def __len__(self) -> int:
        """Return the number of songs."""
        return len(self.ids)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of ids, columns and numbers (16 hex digits)."""
        if self.stored_fingerprint:
            return self.stored_fingerprint
        digest = hashlib.sha256()
        for names in (self.ids, self.columns, [self.source]):
            digest.update("\x00".join(map(str, names)).encode("utf-8", "surrogatepass") + b"\x01")
        digest.update(np.ascontiguousarray(self.values).tobytes() + str(self.values.dtype).encode())
        return digest.hexdigest()[:16]

    def find(self, ids: Sequence[str] | pd.Index) -> Ints:
        """Return the row of each id as int32, −1 where the table lacks it."""
        return self.ids.get_indexer(pd.Index(list(ids), dtype="str")).astype(np.int32)

    def rows(self, places: NDArray[Any]) -> NDArray[np.float32]:
        """Return the numbers of some rows as float32; only these rows are read from a memory-mapped table."""
        return np.asarray(self.values[places], dtype=np.float32)
