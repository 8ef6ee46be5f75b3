"""Files → Corpus, one reader a format; `meta["notes"]` of a corpus says what was read, corrected, dropped, and why.

A reader is a module with FORMAT, OPTIONS, `sniff(path)` and either `load(path, options, findings, progress)`, which
gives Raw, or `read(path, options, progress, name)`, which gives the Corpus itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tagviz.errors import InvalidParameterError, SourceError
from tagviz.sources import (
    cornell,
    deezer,
    jamendo,
    lastfm,
    listenbrainz,
    melon,
    mpd,
    msd,
    own_files,
    playlist_files,
    spotify,
    table,
)
from tagviz.sources.archives import opened
from tagviz.sources.build import build_corpus
from tagviz.sources.files import exists
from tagviz.sources.findings import Findings
from tagviz.sources.raw import Options, Origin
from tagviz.types import Corpus, ProgressCallback, no_progress

READERS: dict[str, ModuleType] = {
    module.FORMAT: module
    for module in (
        melon, lastfm, jamendo, deezer, mpd, spotify, listenbrainz, cornell, msd, playlist_files, own_files, table,
    )
}  # fmt: skip
_SONGS_ARE = {"lastfm": "artists"}


def detect(path: str | Path) -> str:
    """The format of a file or folder. Raises SourceError when no reader recognises it."""
    with opened(exists(Path(path))) as place:
        return recognised(place)


def recognised(place: Path) -> str:
    """The format of a file or folder that is unpacked already."""
    best, mark = _likeliest(place)
    if mark <= 0:
        raise _not_recognised(place)
    return best


def _likeliest(place: Path) -> tuple[str, float]:
    marks = {name: module.sniff(place) for name, module in READERS.items()}
    best = max(marks, key=lambda name: marks[name])
    return best, marks[best]


def _not_recognised(place: Path) -> SourceError:
    """What stands in a folder, or what a file looks like, and what can be done."""
    if place.is_file():
        with place.open("rb") as file:
            binary = b"\x00" in file.read(4096)
        looks = "it holds bytes that are no text" if binary else f"text with the ending {place.suffix or 'of none'!r}"
        if place.suffix.lower() in (".vec", ".safetensors", ".kv", ".model"):
            remedy = "vectors go on the Train page, or: load CORPUS FILE"
            return SourceError(f"No reader recognises {place.name!r}", f"{place.suffix} files hold vectors", remedy)
        return SourceError(
            f"No reader recognises {place.name!r}", looks,
            "export it as CSV, M3U8 or XSPF; if it is one of the kinds in docs/formats.md, name it with --format",
        )  # fmt: skip
    inside = sorted(place.iterdir())[:200]
    plain = [entry for entry in inside if not entry.name.startswith(".") and not entry.is_symlink()]
    readable = [entry.name for entry in plain if (entry.suffix or entry.is_dir()) and _likeliest(entry)[1] > 0]
    if readable:
        shown = ", ".join(readable[:8]) + (" …" if len(readable) > 8 else "")
        return SourceError(
            f"{place.name!r} holds several things that could be read",
            shown,
            "name one of them (unpack an archive first)",
        )
    return SourceError(
        f"No reader recognises {place.name!r}", f"in it: {', '.join(entry.name for entry in inside[:8]) or 'nothing'}",
        "name a file of a kind in docs/formats.md",
    )  # fmt: skip


def options_of(format: str) -> type[Options]:
    """The options class of a format."""
    options: type[Options] = reader_of(format).OPTIONS
    return options


def reader_of(format: str) -> ModuleType:
    if format not in READERS:
        raise InvalidParameterError(
            f"There is no format {format!r}", f"formats: auto, {', '.join(READERS)}", "choose one of these"
        )
    return READERS[format]


def read(
    path: str | Path,
    format: str = "auto",
    name: str | None = None,
    options: Mapping[str, Any] | None = None,
    progress: ProgressCallback = no_progress,
) -> Corpus:
    """A corpus from a file, folder or archive of any known format; `options` are the reader's own (docs/formats.md).

    Raises SourceError for what cannot be read, and its subclass UndecidedError where something must be answered first.
    """
    source = exists(Path(path).expanduser())
    with opened(source, most_files(options)) as place:
        module = reader_of(recognised(place) if format == "auto" else format)
        return read_with(module, Unpacked(place, source, name), module.OPTIONS.parse(options), Findings(), progress)


@dataclass(frozen=True)
class Unpacked:
    """What is read: `place` is what `source` was unpacked to, and `name` the corpus's, None for the source's own."""

    place: Path
    source: Path
    name: str | None = None


def read_with(
    module: ModuleType,
    unpacked: Unpacked,
    options: Options,
    findings: Findings,
    progress: ProgressCallback = no_progress,
) -> Corpus:
    """Read a corpus by one reader. Open questions raise UndecidedError."""
    place, source, name = unpacked.place, unpacked.source, unpacked.name
    named = name or source.name.split(".")[0] or source.stem
    if not hasattr(module, "load"):
        corpus: Corpus = module.read(place, options, progress, name or (source.stem if place != source else None))
        songs_are = options.songs_are if options.songs_are != "auto" else _SONGS_ARE.get(module.FORMAT, "tracks")
        return replace(corpus, meta={**corpus.meta, "songs_are": songs_are})
    raw = module.load(place, options, findings, progress)
    if not findings.limit:
        findings.settle(source.name)
    if options.songs_are != "auto":
        findings.songs_are = options.songs_are
    origin = Origin(source, module.FORMAT, named if place != source else name)
    return build_corpus(raw, origin, options, findings, progress)


def most_files(options: Mapping[str, Any] | None) -> int:
    """The option max_files, before it is known which reader parses the rest."""
    text = str((options or {}).get("max_files", ""))
    return int(text) if text.isdecimal() else Options().max_files
