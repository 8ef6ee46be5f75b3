"""What a sentence model said of a text, kept for good: reading takes milliseconds a text, looking up microseconds."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tagviz.errors import StoreError
from tagviz.methods import Encode
from tagviz.types import Floats

AT_ONCE = 500
"""Texts that one statement looks up."""
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Kept:
    """An Encode that remembers: `load` gives the model itself, and only when a text has not been read before.

    path: SQLite file, shared by processes and models. model: name under which the vectors are kept.
    """

    path: Path
    model: str
    load: Callable[[], Encode]

    def __call__(self, texts: Sequence[str]) -> Floats:
        names = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] for text in texts]
        distinct = dict(zip(names, texts, strict=True))
        try:
            with closing(self._open()) as connection:
                known = self._known(connection, list(distinct))
                new = {name: text for name, text in distinct.items() if name not in known}
                if new:
                    read = dict(zip(new, self.load()(list(new.values())), strict=True))
                    rows = [(self.model, name, vector.astype(np.float32).tobytes()) for name, vector in read.items()]
                    with connection:
                        connection.executemany("INSERT OR IGNORE INTO encodings VALUES (?, ?, ?)", rows)
                    known |= read
        except sqlite3.Error as error:
            raise StoreError(
                "What sentence models said cannot be kept",
                f"{self.path}: {error}",
                "check that the disk has room and may be written, or delete this file",
            ) from error
        return np.array([known[name] for name in names], dtype=np.float32)

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS encodings (model TEXT, text BLOB, vector BLOB, PRIMARY KEY (model, text)) "
            "WITHOUT ROWID"
        )
        return connection

    def _known(self, connection: sqlite3.Connection, names: Sequence[bytes]) -> dict[bytes, Floats]:
        found: dict[bytes, Floats] = {}
        for start in range(0, len(names), AT_ONCE):
            part = names[start : start + AT_ONCE]
            marks = ", ".join("?" * len(part))
            query = f"SELECT text, vector FROM encodings WHERE model = ? AND text IN ({marks})"  # noqa: S608 (marks only)
            found |= {
                text: np.frombuffer(blob, np.float32) for text, blob in connection.execute(query, (self.model, *part))
            }
        return found
