"""Cache of sentence vectors: encoding a text takes milliseconds, a look-up microseconds."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tagviz.store.files import set_aside
from tagviz.training import Encode
from tagviz.types import Floats

AT_ONCE = 500
"""Number of texts that one statement looks up."""
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class EncodingCache:
    """An `Encode` that stores its vectors for good.

    Attributes:
        path: SQLite file, shared by processes and models.
        model: Name of the model; vectors of different models do not mix.
        load: Returns the model itself; called only for a text that is not in the cache.
    """

    path: Path
    model: str
    load: Callable[[], Encode]

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of texts, float32 (texts, d).

        Where the file cannot be used (a full or read-only disk), the vectors are computed and not stored; a damaged
        file is made anew.
        """
        names = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] for text in texts]
        distinct = dict(zip(names, texts, strict=True))
        known = self._stored(list(distinct))
        new = {name: text for name, text in distinct.items() if name not in known}
        if new:
            read = dict(zip(new, self.load()(list(new.values())), strict=True))
            rows = [(self.model, name, vector.astype(np.float32).tobytes()) for name, vector in read.items()]
            with suppress(sqlite3.Error, OSError), closing(self._open()) as connection, connection:
                connection.executemany("INSERT OR IGNORE INTO encodings VALUES (?, ?, ?)", rows)
            known |= read
        return np.array([known[name] for name in names], dtype=np.float32)

    def missing(self, texts: Sequence[str]) -> int:
        """Return how many different texts have not been read yet."""
        names = {hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] for text in texts}
        return len(names) - len(self._stored(list(names)))

    def _stored(self, names: Sequence[bytes]) -> dict[bytes, Floats]:
        """Return the vectors that are in the file; none where it cannot be used."""
        try:
            with closing(self._open()) as connection:
                return self._known(connection, names)
        except (sqlite3.OperationalError, OSError):  # locked, full, read-only, not permitted
            return {}
        except (sqlite3.Error, ValueError):  # damaged: nothing is lost but time
            with suppress(OSError):
                set_aside(self.path)
            return {}

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_dir():
            set_aside(self.path)
        connection = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS)
        connection.execute("PRAGMA synchronous=OFF")  # a question does not wait for the disk: nothing is lost but time
        connection.execute(
            "CREATE TABLE IF NOT EXISTS encodings (model TEXT, text BLOB, vector BLOB, PRIMARY KEY (model, text)) "
            "WITHOUT ROWID"
        )
        return connection

    def _known(self, connection: sqlite3.Connection, names: Sequence[bytes]) -> dict[bytes, Floats]:
        vectors: dict[bytes, Floats] = {}
        for start in range(0, len(names), AT_ONCE):
            part = names[start : start + AT_ONCE]
            marks = ", ".join("?" * len(part))
            query = f"SELECT text, vector FROM encodings WHERE model = ? AND text IN ({marks})"  # noqa: S608 (marks only)
            vectors |= {
                text: np.frombuffer(blob, np.float32) for text, blob in connection.execute(query, (self.model, *part))
            }
        return vectors
