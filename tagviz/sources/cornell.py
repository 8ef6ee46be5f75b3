"""Cornell's playlists (yes_complete and the like): train.txt, song_hash.txt, tags.txt, tag_hash.txt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import regex

from tagviz.errors import SourceError
from tagviz.params import param
from tagviz.sources.archives import files_below
from tagviz.sources.encodings import read_decoded
from tagviz.sources.findings import Findings
from tagviz.sources.raw import Options, Pairs, Raw, SongInfo
from tagviz.types import ProgressCallback, no_progress

FORMAT = "cornell"
HEAD_LINES = 2
"""Lines of numbers and counts of the songs above the playlists."""
_FILES = ("train.txt", "test.txt")
_BESIDE = ("song_hash.txt", "tags.txt", "tag_hash.txt")


class CornellOptions(Options):
    """Options of the Cornell reader."""

    head: int = param(HEAD_LINES, "Lines above the playlists.", ge=0)


OPTIONS = CornellOptions


def sniff(path: Path) -> float:
    """.9 for a folder with train.txt and song_hash.txt, or the train.txt in it, .5 for it alone; 0 otherwise."""
    folder = path if path.is_dir() else path.parent
    lists = [folder / name for name in _FILES if (folder / name).is_file()]
    if not lists or (path.is_file() and path not in lists):
        return 0.0
    if (folder / "song_hash.txt").is_file():
        return 0.9
    with (path if path.is_file() else lists[0]).open("rb") as opened:
        return 0.5 if regex.fullmatch(rb"[\d\s]{20,}", opened.read(4096)) else 0.0


def load(path: Path, options: CornellOptions, findings: Findings, progress: ProgressCallback = no_progress) -> Raw:
    """Playlists without titles; the tags of their songs are theirs."""
    folder = path if path.is_dir() else path.parent
    files = (
        [folder / "train.txt" if (folder / "train.txt").is_file() else folder / "test.txt"] if path.is_dir() else [path]
    )
    names = _hash(folder / "song_hash.txt", options.encoding)
    tags = _song_tags(folder, options.encoding)
    text, encoding = read_decoded(files[0], options.encoding)
    findings.encoding, findings.encoding_why, findings.separator = encoding.name, encoding.why, " "
    rows: list[int] = []
    songs: list[str] = []
    count = 0
    for number, line in enumerate(text.split("\n"), 1):
        idents = line.split()
        if number <= options.head or not idents:
            continue
        if not all(regex.fullmatch(r"-?\d+", ident) for ident in idents):
            raise SourceError(
                f"{files[0].name!r} is no list of song numbers", f"line {number:,}: {line[:60]!r}", "mend that line"
            )
        rows += [count] * len(idents)
        songs += idents
        count += 1
    unknown = sorted({ident for ident in songs if ident not in names})
    findings.add("songs that song_hash.txt does not name", len(unknown), "kept, shown by their number", unknown)
    owners = np.array(rows, dtype=np.int64)
    tagged = [tags.get(ident, []) for ident in songs]
    lengths = np.fromiter(map(len, tagged), np.int64, len(tagged))
    values = np.array([tag for row in tagged for tag in row], dtype=object)
    known = {path.name for path in files} | set(_BESIDE)
    findings.skipped_files += (
        [file.name for file in files_below(folder) if file.name not in known] if path.is_dir() else []
    )
    findings.taken_for = "playlists of song numbers, a line each, with names and tags of the songs beside them"
    findings.say("the tags of a playlist are those of its songs")
    frame = pd.DataFrame({"id": [str(number) for number in range(count)], "title": ""})
    info = pd.DataFrame(
        {"id": list(names), **{k: [row[k] for row in names.values()] for k in ("name", "artist")}}, dtype="str"
    )
    named = np.flatnonzero(info["artist"] != "")
    artists = Pairs(named, info["artist"].to_numpy(object)[named])
    return Raw(
        frame,
        Pairs(np.repeat(owners, lengths), values),
        Pairs(owners, np.array(songs, dtype=object)),
        SongInfo(info, artists=artists),
    )


def _hash(file: Path, encoding: str) -> dict[str, dict[str, str]]:
    """Number → name and artist; columns are separated by tabs, the first also by a blank."""
    if not file.is_file():
        raise SourceError("There is no song_hash.txt beside it", str(file.parent.name), "put it into the same folder")
    text, _ = read_decoded(file, encoding)
    named: dict[str, dict[str, str]] = {}
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if len(cells) >= 2 and cells[0]:
            named[cells[0]] = {"name": cells[1], "artist": cells[2] if len(cells) > 2 else ""}
    return named


def _song_tags(folder: Path, encoding: str) -> dict[str, list[str]]:
    """Song number → its tags, from tags.txt (a line a song, # for none) and tag_hash.txt (number, name)."""
    if not (folder / "tags.txt").is_file() or not (folder / "tag_hash.txt").is_file():
        return {}
    hashed, _ = read_decoded(folder / "tag_hash.txt", encoding)
    names: dict[str, str] = {}
    for line in hashed.split("\n"):
        number, _, name = line.partition("," if "," in line else "\t")
        if name.strip():
            names[number.strip()] = name.strip()
    text, _ = read_decoded(folder / "tags.txt", encoding)
    lines = text.rstrip("\n").split("\n")
    return {
        str(number): [names.get(ident, ident) for ident in line.split() if ident != "#"]
        for number, line in enumerate(lines)
    }
