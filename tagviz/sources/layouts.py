"""Files without a header line: the layouts that are known by what stands in their columns; any other is asked about."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import regex

from tagviz.errors import SourceError
from tagviz.sources.column_dates import has_times, looks_like_dates
from tagviz.sources.delimited import Table
from tagviz.sources.findings import Findings
from tagviz.sources.list_cells import is_null

_LAYOUTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("number number number time", ("user", "item", "rating", "timestamp"), "ratings as MovieLens writes them"),
    ("number number tag time", ("user", "item", "tag", "timestamp"), "tags as MovieLens writes them"),
    ("words text words time", ("artist", "album", "track", "date"), "Last.fm scrobbles"),
    ("words words time", ("artist", "track", "date"), "Last.fm scrobbles"),
    (
        "time words words text mbid mbid mbid",
        ("timestamp", "track", "artist", "album", "track_mbid", "artist_mbid", "album_mbid"),
        "Last.fm tracks as lastfm-tools writes them",
    ),
    (
        "words text words number number text time mbid",
        ("artist", "album", "track", "number", "seconds", "played", "timestamp", "mbid"),
        "the log of an Audioscrobbler player",
    ),
    (
        "listener time mbid text mbid text",
        ("user", "timestamp", "artist_mbid", "artist", "track_mbid", "track"),
        "Last.fm's 1K listeners",
    ),
    ("listener mbid text number", ("user", "artist_mbid", "artist", "plays"), "Last.fm's 360K listeners"),
    ("listener song number", ("user", "song_id", "plays"), "the taste profiles of Million Song listeners"),
)
"""What the columns hold, their names, and whose layout it is."""
_PATTERNS = (
    ("mbid", regex.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")),
    ("listener", regex.compile(r"user_?\d+|[0-9a-f]{40}")),
    ("song", regex.compile(r"(?:SO|TR)[A-Z0-9]{12,18}|spotify:track:\S+|[0-9A-Za-z]{22}")),
    ("number", regex.compile(r"-?\d+(?:\.\d+)?")),
)


def name_columns(file: Path, table: Table, findings: Findings) -> Table:
    """The table with the names of the layout that it has. Raises SourceError where it has none that is known."""
    kinds = [_kind(cells) for cells in table.columns.values()]
    for layout, names, title in _LAYOUTS:
        wanted = layout.split()
        if len(wanted) == len(kinds) and all(map(_fits, kinds, wanted)):
            findings.say(f"there is no header line: the columns are {', '.join(names)}, as in {title}")
            return Table(dict(zip(names, table.columns.values(), strict=True)), table.lines)
    example = ", ".join(str(cells.iloc[0])[:30] for cells in table.columns.values())
    raise SourceError(
        f"{file.name!r} has no header line",
        f"its first row is: {example}",
        f"name its {len(kinds)} columns in order, such as --set header=user,item,weight (names that mean nothing are"
        " not used)",
    )


def _kind(cells: pd.Series) -> str:
    texts = [str(value).strip() for value in cells.head(200) if not is_null(value)]
    if not texts:
        return "blank"
    for name, pattern in _PATTERNS:
        if all(pattern.fullmatch(text) for text in texts):
            return "time" if name == "number" and has_times(pd.Series(texts)) else name
    if has_times(pd.Series(texts)) or looks_like_dates(pd.Series(texts)):
        return "time"
    return "text"


def _fits(kind: str, wanted: str) -> bool:
    return (
        kind == wanted
        or (kind == "text" and wanted in ("words", "tag"))
        or (kind == "blank" and wanted in ("mbid", "text"))
        or (kind in ("number", "listener", "song") and wanted == "text")
    )
