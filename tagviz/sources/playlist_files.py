"""Playlists as players write them: M3U and M3U8, XSPF, iTunes' Library.xml. Files of a folder are read together."""

from __future__ import annotations

import plistlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.parsers.expat import ExpatError

import pandas as pd
import regex

from tagviz.errors import SourceError
from tagviz.sources.archives import files_below
from tagviz.sources.encodings import read_decoded
from tagviz.sources.files import read_bytes
from tagviz.sources.findings import Findings
from tagviz.sources.histories import Track, raw_of
from tagviz.sources.raw import Options, Raw
from tagviz.types import Progress, ProgressCallback, no_progress

FORMAT = "playlists"
OPTIONS = Options
SUFFIXES = (".m3u", ".m3u8", ".xspf", ".xml")
LARGEST_XML = 512 * 2**20
OWN_IDENT = "urn:tagviz:song:"
"""What stands before a song's id in the identifiers that tagviz writes."""
_EXTINF = regex.compile(r"#EXTINF:\s*-?[\d.]*(?:\s+[\w-]+=(?:\"[^\"]*\"|\S+?))*\s*,?", regex.IGNORECASE)
"""What stands before a track's name: its seconds, and attributes that may hold commas."""
_OWN = ("Distinguished Kind", "Master")
"""What iTunes sets on playlists that are not the person's own."""


@dataclass(frozen=True)
class Playlist:
    """A playlist as a file has it."""

    title: str
    tracks: tuple[Track, ...]
    ident: str = ""


def sniff(path: Path) -> float:
    """.8 for a playlist file by its suffix and beginning, or a folder that holds one; 0 otherwise."""
    files = _files(path)
    if path.is_dir():
        return 0.8 if any(file.suffix.lower() != ".xml" or _is_itunes(file) for file in files) else 0.0
    if not files:
        return 0.0
    return 0.8 if files[0].suffix.lower() != ".xml" or _is_itunes(files[0]) else 0.2


def load(path: Path, options: Options, findings: Findings, progress: ProgressCallback = no_progress) -> Raw:
    """The playlists of all files. Songs are known by name and artist, or by their place where there is no name."""
    files = _files(path)
    if path.is_dir():
        findings.skipped_files += [file.name for file in files_below(path) if file not in files]
    frames: list[dict[str, str]] = []
    rows: list[int] = []
    tracks: list[Track] = []
    for file in files:
        progress(Progress(f"Reading {file.name}"))
        listed = list(_read(file, options.encoding, findings))
        if not listed:
            findings.add("files without a playlist", 1, "nothing taken from them", [file.name])
        for number, playlist in enumerate(listed, 1):
            ident = playlist.ident or (file.name if len(listed) == 1 else f"{file.name} {number}")
            rows += [len(frames)] * len(playlist.tracks)
            tracks += playlist.tracks
            frames.append({"id": ident, "title": playlist.title or file.stem.replace("_", " ")})
    findings.taken_for = "playlists as players write them, " + ", ".join(
        sorted({file.suffix[1:].upper() for file in files})
    )
    findings.say("songs are known by name and artist, by their place where there is no name")
    for name, role in (
        ("playlist", "title"),
        ("title", "song_name"),
        ("creator", "artist"),
        ("album", "album"),
        ("location", "songs"),
    ):
        findings.column(name, role, "the format's own field")
    if not frames:
        raise SourceError(
            f"{path.name!r} holds no playlist", "the library has no playlist of its own", "export another"
        )
    return raw_of(pd.DataFrame(frames, columns=["id", "title"]), rows, tracks)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for file in files_below(path) if file.suffix.lower() in SUFFIXES]
    return [path] if path.is_file() and path.suffix.lower() in SUFFIXES else []


def _is_itunes(file: Path) -> bool:
    with file.open("rb") as opened:
        return b"<plist" in opened.read(2000)


def _read(file: Path, encoding: str, findings: Findings) -> Iterator[Playlist]:
    suffix = file.suffix.lower()
    if suffix == ".xspf":
        yield _xspf(file)
    elif suffix == ".xml":
        yield from _itunes(file, findings)
    else:
        yield _m3u(file, encoding, findings)


def _m3u(file: Path, encoding: str, findings: Findings) -> Playlist:
    """Lines of places, each behind #EXTINF:seconds,Artist - Title where the player knew it."""
    text, found = read_decoded(file, encoding)
    findings.encoding, findings.encoding_why = found.name, found.why
    title, about = "", ""
    tracks: list[Track] = []
    if "#EXT-X-" in text:
        raise SourceError(
            f"{file.name!r} is a stream for players (HLS)",
            "its entries are pieces of one recording",
            "choose another file",
        )
    for line in regex.split(r"\r\n|\r|\n", text):
        line = line.strip()
        if line.upper().startswith("#PLAYLIST:"):
            title = line.partition(":")[2].strip()
        elif line.upper().startswith("#EXTINF:"):
            about = _EXTINF.sub("", line).strip()
        elif line and not line.startswith("#"):
            tracks.append(_named(about, line))
            about = ""
    if not tracks and not text.lstrip().upper().startswith("#EXTM3U"):
        raise SourceError(f"{file.name!r} lists nothing", "no line that is not a remark", "export it again")
    return Playlist(title, tuple(tracks))


def _named(about: str, place: str) -> Track:
    """A track by what stands before its place, or by the place itself."""
    if place.startswith(("spotify:track:", "https://open.spotify.com/track/")):
        artist, dash, name = about.partition(" - ")
        return Track(place, name if dash else about, (artist,) if dash else ())
    if place.startswith(OWN_IDENT):
        artist, dash, name = about.partition(" - ")
        return Track(unquote(place.removeprefix(OWN_IDENT)), name if dash else about, (artist,) if dash else ())
    artist, dash, name = about.partition(" - ")
    if dash and artist.strip() and name.strip():
        return Track("", name.strip(), (artist.strip(),))
    if about:
        return Track("", about)
    return Track(place, _stem(place))


def _stem(place: str) -> str:
    """The name of a file by its place, without the ending."""
    return re.sub(r"\.\w{2,4}$", "", unquote(regex.split(r"[\\/]", place)[-1]))


def _xspf(file: Path) -> Playlist:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    content = read_bytes(file)
    if len(content) > LARGEST_XML:
        raise SourceError(f"{file.name!r} is too large", f"{len(content):,} bytes", "split it")
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise SourceError(
            f"{file.name!r} declares entities",
            "a playlist needs none, and they can fill the memory",
            "do not trust this file",
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise SourceError(f"{file.name!r} is no valid XML", str(error)[:200], "export it again") from error
    if _bare(root.tag) != "playlist":
        raise SourceError(
            f"{file.name!r} is no XSPF playlist", f"its root is <{_bare(root.tag)[:40]}>", "export it again"
        )
    tracks = []
    for track in root.iter():
        if _bare(track.tag) != "track":
            continue
        fields = {_bare(child.tag): (child.text or "").strip() for child in track}
        place = fields.get("identifier") or fields.get("location", "")
        name, artist = fields.get("title", ""), fields.get("creator", "")
        known = place.startswith(("spotify:", "https://open.spotify.com", OWN_IDENT))
        ident = unquote(place.removeprefix(OWN_IDENT)) if known or not name else ""
        shown = name or fields.get("annotation") or _stem(place)
        tracks.append(Track(ident, shown, (artist,) if artist else (), fields.get("album", "")))
    title = next((child.text or "" for child in root if _bare(child.tag) == "title"), "")
    return Playlist(title.strip(), tuple(tracks))


def _bare(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _itunes(file: Path, findings: Findings) -> Iterator[Playlist]:
    """The person's own playlists of a library; plistlib refuses entities itself."""
    content = read_bytes(file)
    if len(content) > LARGEST_XML:
        raise SourceError(f"{file.name!r} is too large", f"{len(content):,} bytes", "export single playlists")
    if not _is_itunes(file):
        raise SourceError(
            f"{file.name!r} is an XML file of another kind", "known: iTunes' Library.xml, XSPF", "export it as one"
        )
    try:
        library = plistlib.loads(content, fmt=plistlib.FMT_XML)
    except (
        plistlib.InvalidFileException,
        ExpatError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OverflowError,
    ) as error:
        raise SourceError(
            f"{file.name!r} is no iTunes library that can be read", str(error)[:200], "export it again"
        ) from error
    if not isinstance(library, dict) or not isinstance(library.get("Playlists"), list):
        raise SourceError(f"{file.name!r} is no iTunes library", "it has no list of playlists", "export the library")
    listed = library.get("Tracks")
    known: dict[str, Any] = listed if isinstance(listed, dict) else {}
    own = 0
    for number, playlist in enumerate(library["Playlists"], 1):
        if not isinstance(playlist, dict):
            continue
        if any(playlist.get(mark) for mark in _OWN) or playlist.get("Folder"):
            own += 1
            continue
        items = playlist.get("Playlist Items") or []
        idents = [str(item.get("Track ID")) for item in items if isinstance(item, dict)]
        tracks = tuple(_itunes_track(known[ident]) for ident in idents if isinstance(known.get(ident), dict))
        yield Playlist(str(playlist.get("Name") or ""), tracks, str(playlist.get("Playlist Persistent ID") or number))
    findings.add("playlists that iTunes made itself, such as Library and Music", own, "left out")


def _itunes_track(about: dict[str, Any]) -> Track:
    artist = str(about.get("Artist") or "")
    genre = str(about.get("Genre") or "")
    name = str(about.get("Name") or "")
    ident = "" if name else str(about.get("Location") or about.get("Persistent ID") or "")
    return Track(ident, name, (artist,) if artist else (), str(about.get("Album") or ""), (genre,) if genre else ())
