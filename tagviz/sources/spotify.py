"""Spotify's own data export: Playlist1.json …, and the streaming history in its two forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pandas as pd

from tagviz.errors import SourceError
from tagviz.sources.archives import files_below
from tagviz.sources.files import read_json, wrong_type
from tagviz.sources.findings import Findings
from tagviz.sources.grouping import Sessions
from tagviz.sources.histories import HistoryOptions, Listen, Track, playlists_of_listens, raw_of
from tagviz.sources.raw import Raw, dates
from tagviz.types import Progress, ProgressCallback, no_progress

FORMAT = "spotify"
OPTIONS = HistoryOptions
_PLAYLISTS, _PLAIN, _EXTENDED, _LIBRARY = "playlists", "history", "extended history", "library"
LIKED = "Liked Songs"
"""The title of the songs in YourLibrary.json, as Spotify calls them."""
_EXTENDED_FIELDS = (
    "master_metadata_track_name", "master_metadata_album_artist_name", "master_metadata_album_album_name",
    "spotify_track_uri", "username",
)  # fmt: skip
SHORTEST_PLAY = 30_000
"""Milliseconds; what was played for less was skipped."""


def sniff(path: Path) -> float:
    """.95 for a file of Spotify's export, or a folder that holds one; 0 otherwise."""
    return 0.95 if any(_kind(file) for file in _files(path)[:50]) else 0.0


def load(path: Path, options: HistoryOptions, findings: Findings, progress: ProgressCallback = no_progress) -> Raw:
    """The playlists of an export. Its history is read where it is alone, or where `sessions` asks for it.

    YourLibrary.json is read where it is alone: its songs are one playlist.
    """
    kinds = {file: _kind(file) for file in _files(path)}
    playlists = [file for file, kind in kinds.items() if kind == _PLAYLISTS]
    history = [file for file, kind in kinds.items() if kind in (_PLAIN, _EXTENDED)]
    library = [file for file, kind in kinds.items() if kind == _LIBRARY]
    extended = [file for file in history if kinds[file] == _EXTENDED]
    if path.is_dir():
        known = {*playlists, *history}
        findings.offers += [
            f"{file.name} holds the liked songs; name it alone to read them" for file in library if known
        ]
        findings.skipped_files += [file.name for file in files_below(path) if file not in known]
    if extended and len(extended) < len(history):
        findings.say("the extended history is read, the short one beside it is part of it")
        history = extended
    rule = Sessions.parse(options.sessions or ("off" if playlists else "gap"))
    findings.encoding, findings.encoding_why = "utf-8", "JSON"
    if rule.rule != "off" and history:
        if playlists:
            findings.skipped_files += [file.name for file in playlists]
            findings.say("the history is read instead of the playlists, as asked")
        listens = [listen for file in history for listen in _listens(file, kinds[file] == _EXTENDED, findings)]
        names = [field for field in _EXTENDED_FIELDS if field] if extended else ["trackName", "artistName"]
        _report(findings, "ts" if extended else "endTime", names)
        return playlists_of_listens(listens, rule, findings)
    if history:
        findings.sessions = "off"
        findings.offers.append(
            f"{len(history)} file{'s' if len(history) > 1 else ''} of listening history beside the playlists not read;"
            " to read them instead: --sessions gap"
        )
        findings.skipped_files += [file.name for file in history]
    if not playlists and library and not history:
        return _playlists(library, findings, progress)
    if not playlists:
        raise SourceError(f"{path.name!r} holds listening only", "sessions=off leaves it out", "use --sessions gap")
    return _playlists(playlists, findings, progress)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for file in files_below(path) if file.suffix.lower() == ".json"]
    return [path] if path.suffix.lower() == ".json" and path.is_file() else []


def _kind(file: Path) -> str:
    with file.open("rb") as opened:
        head = opened.read(65_536)
    if b'"playlists"' in head[:200] and (b'"trackName"' in head or b'"items"' in head) and b'"pid"' not in head:
        return _PLAYLISTS
    if b'"master_metadata_track_name"' in head or (b'"ms_played"' in head and b'"ts"' in head):
        return _EXTENDED
    if b'"msPlayed"' in head and b'"endTime"' in head:
        return _PLAIN
    liked = head.lstrip().startswith(b"{") and b'"tracks"' in head[:200] and b'"track"' in head and b'"artist"' in head
    return _LIBRARY if liked and file.name.casefold().startswith("yourlibrary") else ""


def _report(findings: Findings, date: str, names: list[str]) -> None:
    findings.column(date, "date", "Spotify's own field")
    for name, role in zip(names, ("song_name", "artist", "album", "songs", "group"), strict=False):
        findings.column(name, role, "Spotify's own field")


def _playlists(files: list[Path], findings: Findings, progress: ProgressCallback) -> Raw:
    frames: list[dict[str, Any]] = []
    rows: list[int] = []
    tracks: list[Track] = []
    others = 0
    for file in files:
        progress(Progress(f"Reading {file.name}"))
        content = read_json(file)
        listed = content.get("playlists", _liked(content)) if isinstance(content, dict) else None
        if not isinstance(listed, list):
            raise wrong_type(file, 1, "playlists", "a list", listed)
        for number, playlist in enumerate(listed, 1):
            if not isinstance(playlist, dict):
                raise wrong_type(file, number, "", "an object", playlist)
            items = playlist.get("items") or playlist.get("tracks") or []
            if not isinstance(items, list):
                raise wrong_type(file, number, "items", "a list", items)
            row = len(frames)
            frames.append(
                {"id": f"{file.stem}-{number}" if len(files) > 1 else str(number), "title": playlist.get("name"),
                 "date": str(playlist.get("lastModifiedDate") or ""), "likes": playlist.get("numberOfFollowers") or 0}
            )  # fmt: skip
            for item in items:
                track = _track(item)
                if track is None or not track.key:
                    others += 1
                    continue
                rows.append(row)
                tracks.append(track)
    findings.add("episodes, and files without a name", others, "left out")
    frame = pd.DataFrame(frames, columns=["id", "title", "date", "likes"])
    frame["date"] = dates(frame["date"], findings, "playlists without a valid date")
    findings.taken_for = "the playlists of Spotify's data export"
    for name, role in (("name", "title"), ("lastModifiedDate", "date"), ("numberOfFollowers", "likes"),
                       ("trackUri", "songs"), ("trackName", "song_name"),
                       ("artistName", "artist"), ("albumName", "album")):  # fmt: skip
        findings.column(name, role, "Spotify's own field")
    return raw_of(frame, rows, tracks)


def _liked(library: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The songs of YourLibrary.json as one playlist."""
    return [{"name": LIKED, "items": library["tracks"]}] if isinstance(library.get("tracks"), list) else None


def _track(item: Any) -> Track | None:
    """A song of a playlist: Spotify's own, or a file of the person's; older exports have no object around it."""
    if not isinstance(item, dict):
        return None
    inner = item.get("track")
    about = inner if isinstance(inner, dict) else item
    local = item.get("localTrack")
    place = str(local.get("uri") or "") if isinstance(local, dict) else ""
    if place.startswith("spotify:local:"):
        artist, album, name = [unquote_plus(part) for part in (*place.split(":")[2:5], "", "", "")[:3]]
        return Track("", name, (artist,) if artist else (), album)
    name = str(about.get("trackName") or (inner if isinstance(inner, str) else ""))
    artist = str(about.get("artistName") or about.get("artist") or "")
    return Track(
        str(about.get("trackUri") or about.get("uri") or ""), name,
        (artist,) if artist else (), str(about.get("albumName") or about.get("album") or ""),
    )  # fmt: skip


def _listens(file: Path, extended: bool, findings: Findings) -> list[Listen]:
    content = read_json(file)
    if not isinstance(content, list):
        raise wrong_type(file, 1, "", "a list of listens", content)
    listens: list[Listen] = []
    skipped = other = 0
    for number, row in enumerate(content, 1):
        if not isinstance(row, dict):
            raise wrong_type(file, number, "", "an object", row)
        if extended:
            name, artist = row.get("master_metadata_track_name"), row.get("master_metadata_album_artist_name")
            album, uri = row.get("master_metadata_album_album_name"), row.get("spotify_track_uri")
            played, time, listener = row.get("ms_played"), row.get("ts"), row.get("username")
        else:
            name, artist, album, uri = row.get("trackName"), row.get("artistName"), "", ""
            played, time, listener = row.get("msPlayed"), row.get("endTime"), ""
        if not name and not uri:
            other += 1
        elif isinstance(played, int | float) and played < SHORTEST_PLAY:
            skipped += 1
        else:
            track = Track(str(uri or ""), str(name or ""), (str(artist),) if artist else (), str(album or ""))
            listens.append(Listen(track, str(time or ""), str(listener or "")))
    findings.add("plays of less than 30 seconds", skipped, "left out as skipped")
    findings.add("plays of podcasts and of what has no name", other, "left out")
    return listens
