"""Whether anything in an SQLite database has changed, asked in microseconds; if not, nothing need be read again.

`PRAGMA data_version` changes on a connection whenever another one, of this process or any other, has committed. One
connection of each database asks nothing else.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from tagviz.store.database import sqlite_file

if TYPE_CHECKING:
    from sqlalchemy import Engine

_watching: WeakKeyDictionary[Engine, Any] = WeakKeyDictionary()
"""The asking connection of each engine: a file that was replaced has a new engine."""
_lock = threading.Lock()


def changes(engine: Engine) -> int | None:
    """Return a number that differs from the one before where anything was committed meanwhile.

    Args:
        engine: The database.

    Returns:
        None where that cannot be said: the database is no SQLite file, or cannot be read now.
    """
    import sqlite3

    file = sqlite_file(str(engine.url))
    if file is None:
        return None
    with _lock, suppress(sqlite3.Error):
        connection = _watching.get(engine)
        if connection is None:
            if not file.is_file():
                return None
            connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", timeout=0, check_same_thread=False, uri=True)
            _watching[engine] = connection
        return int(connection.execute("PRAGMA data_version").fetchone()[0])
    return None
