"""What people say that the songs of a corpus are, by its name: `home/songs_are/NAME.json`.

It is kept beside the versions, which never change, so that it stays for newer versions, and for shipped corpora.
"""

from __future__ import annotations

from pathlib import Path

from tagviz.store.files import read_object, write_json
from tagviz.store.records import checked_name


def songs_are(home: Path, name: str) -> str:
    """Return what was stored, or "" for nothing."""
    stored = read_object(_path(home, name))
    return str(stored["songs_are"]) if stored else ""


def say_songs_are(home: Path, name: str, songs_are: str) -> None:
    """Store what the songs of a corpus are.

    Raises:
        StoreError: If the disk may not be written.
    """
    write_json(_path(home, name), {"songs_are": songs_are})


def _path(home: Path, name: str) -> Path:
    return home / "songs_are" / f"{checked_name(name)}.json"
