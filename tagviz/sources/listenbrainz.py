"""ListenBrainz exports: JSON Lines of listens, one file or the folders of a whole export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tagviz.errors import SourceError
from tagviz.sources.archives import files_below
from tagviz.sources.files import read_json
from tagviz.sources.findings import Findings
from tagviz.sources.grouping import Sessions
from tagviz.sources.histories import HistoryOptions, Listen, Track, playlists_of_listens
from tagviz.sources.json_tables import json_lines
from tagviz.sources.raw import Raw
from tagviz.types import Progress, ProgressCallback, no_progress

FORMAT = "listenbrainz"
OPTIONS = HistoryOptions
MOST_LISTENS = 20_000_000


def sniff(path: Path) -> float:
    """.95 for JSON with listened_at and track_metadata, or a folder that holds such a file; 0 otherwise."""
    return 0.95 if any(_is_listens(file) for file in _files(path)[:50]) else 0.0


def load(path: Path, options: HistoryOptions, findings: Findings, progress: ProgressCallback = no_progress) -> Raw:
    """Listening as playlists by `sessions` (default: a pause of 30 minutes ends one)."""
    rule = Sessions.parse(options.sessions or "gap")
    if rule.rule == "off":
        raise SourceError(f"{path.name!r} holds listening only", "sessions=off leaves it out", "use --sessions gap")
    files = [file for file in _files(path) if _is_listens(file)]
    if path.is_dir():
        findings.skipped_files += [file.name for file in files_below(path) if file not in files]
    listens: list[Listen] = []
    nameless = 0
    for file in files:
        progress(Progress(f"Reading {file.name}"))
        for row in _rows(file, options.encoding, findings):
            listen = _listen(row)
            if listen is None:
                nameless += 1
            else:
                listens.append(listen)
            if findings.limit and len(listens) >= 20_000:
                findings.complete = False
                break
    findings.add("listens without a name", nameless, "left out")
    for name, role in (("listened_at", "date"), ("user_name", "group"), ("recording_mbid", "songs"),
                       ("track_name", "song_name"),
                       ("artist_name", "artist"), ("release_name", "album"), ("tags", "tags")):  # fmt: skip
        findings.column(name, role, "ListenBrainz' own field")
    return playlists_of_listens(listens, rule, findings)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for file in files_below(path) if file.suffix.lower() in (".jsonl", ".json", ".listens")]
    return [path] if path.is_file() and path.suffix.lower() in (".jsonl", ".ndjson", ".json", ".listens") else []


def _is_listens(file: Path) -> bool:
    with file.open("rb") as opened:
        head = opened.read(65_536)
    return b'"listened_at"' in head and b'"track_metadata"' in head


def _rows(file: Path, encoding: str, findings: Findings) -> Any:
    with file.open("rb") as opened:
        first = opened.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first != b"[":
        rows = (row for _, row in json_lines(file, encoding, findings))
        return (listen for row in rows for listen in _object(row, "payload").get("listens") or [row])
    return [row for row in read_json(file) if isinstance(row, dict)]


def _object(row: dict[str, Any], name: str) -> dict[str, Any]:
    inner = row.get(name)
    return inner if isinstance(inner, dict) else {}


def _listen(row: dict[str, Any]) -> Listen | None:
    about = row.get("track_metadata")
    if not isinstance(about, dict):
        return None
    mapping, extra = _object(about, "mbid_mapping"), _object(about, "additional_info")
    name, artist = about.get("track_name") or "", about.get("artist_name") or ""
    if not name and not mapping:
        return None
    listed = extra.get("tags")
    tags = listed if isinstance(listed, list) else []
    ident = mapping.get("recording_mbid") or extra.get("recording_mbid") or ""
    track = Track(
        str(ident), str(name), (str(artist),) if artist else (), str(about.get("release_name") or ""),
        tuple(str(tag) for tag in tags if isinstance(tag, str)),
    )  # fmt: skip
    return Listen(track, str(row.get("listened_at") or row.get("timestamp") or ""), str(row.get("user_name") or ""))
