"""MTG-Jamendo's TSV files: track, artist, album, path, duration, then any number of tags such as genre---rock."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import SourceError
from tagviz.params import param
from tagviz.sources.build import build_corpus
from tagviz.sources.files import columns_of, read_text
from tagviz.sources.raw import Notes, Options, Origin, Pairs, Raw, SongInfo
from tagviz.types import Corpus, Progress, ProgressCallback, no_progress

FORMAT = "jamendo"
HEADER = ("TRACK_ID", "ARTIST_ID", "ALBUM_ID", "PATH", "DURATION", "TAGS")
FACETS = {"genre": "genre", "instrument": "instrument", "mood/theme": "mood"}


class JamendoOptions(Options):
    """Options of the MTG-Jamendo reader."""

    view: Literal["tracks", "albums"] = param(
        "tracks", "What a playlist is: a track with its tags, or an album of tracks with the tags of all.", first=True
    )


OPTIONS = JamendoOptions


def sniff(path: Path) -> float:
    """1 for a file (or a folder with one file) that begins with Jamendo's header; 0 for anything else."""
    file = _file(path)
    if file is None:
        return 0.0
    with file.open("rb") as opened:
        return float(opened.read(8) == b"TRACK_ID")


def read(
    path: Path, options: JamendoOptions, progress: ProgressCallback = no_progress, name: str | None = None
) -> Corpus:
    """A corpus of tagged tracks, or of albums. Tags keep the part after `---` where no two facets share it."""
    file = _file(path) or path
    notes = Notes()
    progress(Progress("Reading tracks", 0.0))
    tracks, rows, tags = _tracks(file, notes)
    facets, shortened = _short(tags)
    if options.view == "tracks":
        frame = pd.DataFrame({"id": tracks["id"], "group": tracks["artist"]})
        raw = Raw(frame, Pairs(rows, shortened), facets=facets, group_name="artist")
    else:
        raw = _albums(tracks, rows, shortened, facets)
    return build_corpus(raw, Origin(file, FORMAT, name), options, notes, progress)


def _file(path: Path) -> Path | None:
    if path.is_dir():
        files = sorted(path.glob("*.tsv"))
        return files[0] if len(files) == 1 else None
    return path if path.suffix.lower() == ".tsv" and path.is_file() else None


def _tracks(file: Path, notes: Notes) -> tuple[pd.DataFrame, NDArray[Any], NDArray[Any]]:
    """Tracks (`id`, `artist`, `album`), and which track row has which full tag."""
    lines = [line.split("\t") for line in read_text(file, notes).splitlines() if line.strip()]
    columns_of(file, lines[0], HEADER)
    short = next((number for number, line in enumerate(lines) if len(line) < len(HEADER) - 1), None)
    if short is not None:
        problem = f"{len(lines[short])} fields, expected at least {len(HEADER) - 1}"
        raise SourceError(
            f"{file.name!r} is cut off or wrong", f"line {short + 1:,}: {problem}", "fetch the file again"
        )
    body = lines[1:]
    frame = pd.DataFrame([line[:3] for line in body], columns=["id", "artist", "album"], dtype="str")
    tags = [line[len(HEADER) - 1 :] for line in body]
    pairs = Pairs.of_lists(
        np.fromiter(map(len, tags), np.int64, len(tags)), np.array([t for row in tags for t in row], object)
    )
    return frame, pairs.rows, pairs.values


def _short(tags: NDArray[Any]) -> tuple[dict[str, str], NDArray[Any]]:
    """Facets by tag, and the tags without their facet where that is unambiguous."""
    if not len(tags):
        return {}, tags
    codes, distinct = pd.factorize(tags)
    parts = pd.Series(distinct, dtype="str").str.partition("---")
    bare = parts[2].where(parts[1] != "", parts[0])
    names = bare.where(~bare.duplicated(keep=False), pd.Series(distinct, dtype="str")).to_numpy()
    facets = {n: FACETS.get(facet, facet) for n, facet, mark in zip(names, parts[0], parts[1], strict=True) if mark}
    return facets, names[codes]


def _albums(tracks: pd.DataFrame, rows: NDArray[Any], tags: NDArray[Any], facets: dict[str, str]) -> Raw:
    """Albums with their tracks as songs and the union of their tags; an album by several artists is the first's."""
    codes, albums = pd.factorize(tracks["album"])
    first = np.unique(codes, return_index=True)[1]
    union = pd.DataFrame({"row": codes[rows], "tag": tags}).drop_duplicates()
    info = SongInfo(
        tracks[["id", "artist", "album"]],
        artists=Pairs(np.arange(len(tracks), dtype=np.int64), tracks["artist"].to_numpy()),
    )
    return Raw(
        pd.DataFrame({"id": albums, "group": tracks["artist"].to_numpy()[first]}),
        Pairs(union["row"].to_numpy(np.int64), union["tag"].to_numpy()),
        Pairs(codes.astype(np.int64), tracks["id"].to_numpy()),
        info,
        facets,
        group_name="artist",
    )
