"""Files that a person asked for, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tagviz.errors import InvalidParameterError
from tagviz.store.files import store_errors


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file beside its place and renames it.

    Raises StoreError for what the operating system refuses, and InvalidParameterError where the place is a folder.
    """
    path = path.expanduser()
    if path.is_dir():
        raise InvalidParameterError(f"{path.name!r} is a folder", "a file is written", "name a file in it")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with store_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
