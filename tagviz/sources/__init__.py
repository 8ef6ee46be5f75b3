"""Files → Corpus, one reader a format; `meta["notes"]` of a corpus says what was read, corrected, dropped, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tagviz.errors import BadParameter, SourceError
from tagviz.sources import deezer, jamendo, lastfm, melon, mpd, table
from tagviz.sources.files import exists
from tagviz.sources.raw import Options
from tagviz.types import Corpus, ProgressCallback, quiet

READERS: dict[str, ModuleType] = {module.FORMAT: module for module in (melon, lastfm, jamendo, deezer, mpd, table)}


def detect(path: str | Path) -> str:
    """The format of a file or folder. Raises SourceError when no reader recognises it."""
    place = exists(Path(path))
    marks = {name: module.sniff(place) for name, module in READERS.items()}
    best = max(marks, key=lambda name: marks[name])
    if marks[best] <= 0:
        raise SourceError(
            f"No reader recognises {place.name!r}",
            f"formats: {', '.join(READERS)}",
            "name the format, see docs/formats.md",
        )
    return best


def options_of(format: str) -> type[Options]:
    """The options class of a format."""
    return reader_of(format).OPTIONS


def reader_of(format: str) -> ModuleType:
    if format not in READERS:
        raise BadParameter(
            f"There is no format {format!r}", f"formats: auto, {', '.join(READERS)}", "choose one of these"
        )
    return READERS[format]


def read(
    path: str | Path,
    format: str = "auto",
    name: str | None = None,
    options: Mapping[str, Any] | None = None,
    progress: ProgressCallback = quiet,
) -> Corpus:
    """A corpus from a file or folder of any known format; `options` are the reader's own (see docs/formats.md)."""
    place = exists(Path(path).expanduser())
    module = reader_of(detect(place) if format == "auto" else format)
    return module.read(place, module.OPTIONS.parse(options), progress, name)
