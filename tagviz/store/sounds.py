"""Sound files of songs, beside the feature table that was computed of them: `sounds/FINGERPRINT/SONG.ogg`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from tagviz.store import files
from tagviz.store.records import checked_name
from tagviz.store.workspace import Workspace

SUFFIX = ".ogg"
LONGEST = 200
"""Characters of a file's name."""


def find_sound(workspace: Workspace, fingerprint: str, song: str) -> Path | None:
    """Return the sound file of a song; None where there is none.

    Args:
        workspace: The workspace; the shipped base is looked through, too.
        fingerprint: Fingerprint of the feature table.
        song: Id of the song.
    """
    name = _name(song)
    roots = [root for root in (workspace.home, workspace.base) if root is not None]
    places = [root / "sounds" / checked_name(fingerprint) / name for root in roots] if len(name) <= LONGEST else []
    return next((place for place in places if place.is_file()), None)


def write_sound(workspace: Workspace, fingerprint: str, song: str, content: bytes) -> None:
    """Write the sound file of a song, in Ogg."""
    with files.atomic_file(workspace.home / "sounds" / checked_name(fingerprint) / _name(song)) as file:
        file.write(content)


def _name(song: str) -> str:
    return quote(song, safe="") + SUFFIX
