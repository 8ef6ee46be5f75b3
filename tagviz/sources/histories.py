"""Listening of other services as playlists: what each listen needs, and the way from listens to raw playlists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tagviz.params import param
from tagviz.sources import grouping
from tagviz.sources.column_dates import parse_dates
from tagviz.sources.findings import Findings
from tagviz.sources.grouping import Sessions
from tagviz.sources.raw import Options, Pairs, Raw, SongInfo
from tagviz.sources.table_songs import bare_ident, name_ident


class HistoryOptions(Options):
    """Options of readers that know listening."""

    sessions: str = param(
        "", f"How listening becomes playlists: {grouping.RULES}; empty: gap for a history alone, off beside playlists.",
        first=True,
    )  # fmt: skip


@dataclass(frozen=True)
class Track:
    """A song in a playlist or a listen: its id ("" none), name, artists, album, and tags that come with it."""

    ident: str = ""
    name: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""
    tags: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The id, or name and artist where there is none; "" for nothing."""
        return bare_ident(self.ident) if self.ident else name_ident(self.name, ", ".join(self.artists))


@dataclass(frozen=True)
class Listen:
    """A song played at a time (as the file has it) by a listener."""

    track: Track
    time: str
    listener: str = ""


def raw_of(frame: pd.DataFrame, rows: Sequence[int], tracks: Sequence[Track], group_name: str = "") -> Raw:
    """Raw playlists: `tracks[i]` stands in the playlist of row `rows[i]`; tags of tracks become those of playlists."""
    keys = [track.key for track in tracks]
    first = {key: track for key, track in reversed(list(zip(keys, tracks, strict=True))) if key}
    info = pd.DataFrame(
        {
            "id": list(first),
            "name": [track.name for track in first.values()],
            "artist": [", ".join(track.artists) for track in first.values()],
            "album": [track.album for track in first.values()],
        },
        dtype="str",
    )
    lengths = np.fromiter((len(track.artists) for track in first.values()), np.int64, len(first))
    artists = np.array([name for track in first.values() for name in track.artists], dtype=object)
    owners = np.array(rows, dtype=np.int64)
    counts = np.fromiter((len(track.tags) for track in tracks), np.int64, len(tracks))
    tags = np.array([tag for track in tracks for tag in track.tags], dtype=object)
    songs = Pairs(owners, np.array([key or None for key in keys] + [None], dtype=object)[:-1])
    return Raw(
        frame, Pairs(np.repeat(owners, counts), tags), songs, SongInfo(info, artists=Pairs.of_lists(lengths, artists)),
        group_name=group_name,
    )  # fmt: skip


def playlists_of_listens(listens: Sequence[Listen], rule: Sessions, findings: Findings) -> Raw:
    """Listening as playlists by a rule. Without listeners all listening is one person's."""
    times = parse_dates(pd.Series([listen.time for listen in listens], dtype="str"), "the times", findings)
    who = pd.Series([listen.listener for listen in listens], dtype="str")
    several = bool((who != "").any())
    rows, frame = grouping.by_sessions(times, who if several else None, rule, findings)
    frame["title"] = ""
    kept = np.flatnonzero(rows >= 0).tolist()
    findings.taken_for = f"a listening history; {rule.described()}"
    if not several:
        frame = frame.drop(columns="group")
    owners, tracks = [int(rows[at]) for at in kept], [listens[at].track for at in kept]
    return raw_of(frame, owners, tracks, "listener" if several else "")
