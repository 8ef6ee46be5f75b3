"""The Spotify Million Playlist files: mpd.slice.{a-b}.json with titles, tracks, artists and albums; no tags."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.errors import SourceError
from tagviz.sources.build import build_corpus
from tagviz.sources.files import Records, column, list_column, read_json, wrong_type
from tagviz.sources.raw import Notes, Options, Origin, Pairs, Raw, SongInfo
from tagviz.types import Corpus, Progress, ProgressCallback, no_progress

FORMAT = "mpd"
OPTIONS = Options


def sniff(path: Path) -> float:
    """1 for slices by name, .9 for a JSON object with a list of playlists that have a pid; 0 otherwise."""
    files = _files(path)
    if not files:
        return 0.0
    if files[0].name.startswith("mpd.slice."):
        return 1.0
    if path.is_dir():
        return 0.95
    with files[0].open("rb") as opened:
        head = opened.read(2**22)
    return 0.9 if b'"playlists"' in head and b'"pid"' in head else 0.0


def read(path: Path, options: Options, progress: ProgressCallback = no_progress, name: str | None = None) -> Corpus:
    """A corpus of one slice, or of all slices in a folder; slices are read one after the other."""
    files = _files(path)
    if not files:
        raise SourceError(
            f"No slice in {path.name!r}", "expected files named mpd.slice.….json", "choose another folder"
        )
    notes = Notes()
    tracks = Tracks()
    frames: list[pd.DataFrame] = []
    lengths: list[np.ndarray[Any, Any]] = []
    songs: list[np.ndarray[Any, Any]] = []
    for number, file in enumerate(files):
        progress(Progress("Reading slices", 0.6 * number / len(files), file.name))
        records = _playlists(file)
        counts, listed = list_column(file, records, "tracks", (dict,), "a list of tracks")
        frames.append(_frame(file, records))
        lengths.append(counts)
        songs.append(tracks.rows(file, listed))
    frame = pd.concat(frames, ignore_index=True)
    undated = frame["date"].isna()
    notes.add("playlists without a name", int((frame["title"].fillna("") == "").sum()), "title left empty")
    beside = _challenge(path) if path.is_dir() else []
    notes.add(
        "challenge sets beside the slices", len(beside) if beside != files else 0, "not read: name the file", beside
    )
    notes.add("playlists without modified_at", int(undated.sum()), "date left unknown", frame["id"][undated])
    values = np.concatenate(songs)
    ids = np.array([*tracks.known, None], dtype=object)
    pairs = Pairs.of_lists(np.concatenate(lengths), ids[values])
    return build_corpus(
        Raw(frame, songs=pairs, info=tracks.info()), Origin(path, FORMAT, name), options, notes, progress
    )


class Tracks:
    """Every track once, in the order in which they come, with what is known of it."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.facts: list[tuple[str, str, str, str]] = []

    def rows(self, file: Path, listed: list[dict[str, Any]]) -> np.ndarray[Any, Any]:
        """The number of each track, −1 for one without track_uri."""
        found = np.empty(len(listed), dtype=np.int32)
        for place, track in enumerate(listed):
            uri = (track or {}).get("track_uri")
            if uri is None:
                found[place] = -1
                continue
            if not isinstance(uri, str):
                raise wrong_type(file, place + 1, "track_uri", "text", uri)
            row = self.known.setdefault(uri.removeprefix("spotify:track:"), len(self.known))
            if row == len(self.facts):
                self.facts.append(
                    tuple(str(track.get(f) or "") for f in ("track_name", "artist_name", "album_name", "artist_uri"))  # type: ignore[arg-type]
                )
            found[place] = row
        return found

    def info(self) -> SongInfo:
        frame = pd.DataFrame(self.facts, columns=["name", "artist", "album", "uri"], dtype="str")
        frame.insert(0, "id", list(self.known))
        artists = frame["uri"].str.removeprefix("spotify:artist:")
        named = np.flatnonzero(artists != "")
        names = dict(zip(artists.iloc[named], frame["artist"].iloc[named], strict=True))
        return SongInfo(
            frame.drop(columns="uri"), artists=Pairs(named, artists.iloc[named].to_numpy()), artist_names=names
        )


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        folder = path / "data" if (path / "data").is_dir() else path
        slices = sorted(
            folder.glob("mpd.slice.*.json"), key=lambda file: [int(n) for n in re.findall(r"\d+", file.name)]
        )
        return slices or _challenge(path)
    return [path] if path.suffix.lower() == ".json" and path.is_file() else []


def _challenge(folder: Path) -> list[Path]:
    return [file for file in (folder / "challenge_set.json", folder / "data" / "challenge_set.json") if file.is_file()]


def _playlists(file: Path) -> Records:
    content = read_json(file)
    rows = content.get("playlists") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise wrong_type(file, 1, "playlists", "a list", rows)
    wrong = next((i for i, row in enumerate(rows) if not isinstance(row, dict)), None)
    if wrong is not None:
        raise wrong_type(file, wrong + 1, "", "an object", rows[wrong])
    return Records(1, rows)


def _frame(file: Path, records: Records) -> pd.DataFrame:
    modified = pd.Series(column(file, records, "modified_at", (int,), "seconds since 1970"), dtype="float64")
    return pd.DataFrame(
        {
            "id": column(file, records, "pid", (int, str), "a number", required=True),
            "title": pd.Series(column(file, records, "name", (str,), "text"), dtype="object"),
            "date": pd.to_datetime(modified, unit="s", errors="coerce").astype("datetime64[s]"),
            "likes": pd.Series(column(file, records, "num_followers", (int,), "a number"), dtype="float64"),
        }
    )
