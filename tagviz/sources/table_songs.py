"""The songs of a table: ids in one column or lists of them, or known by name and artist, with what is known of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import regex
from numpy.typing import NDArray

from tagviz.sources.delimited import Table
from tagviz.sources.findings import Findings
from tagviz.sources.grouping import text_of
from tagviz.sources.list_cells import Entry, choose_form, unescape
from tagviz.sources.raw import Pairs, SongInfo
from tagviz.sources.role_names import plain
from tagviz.sources.roles import Roles
from tagviz.sources.table_columns import cell_pairs
from tagviz.text import DASH

_PREFIX = regex.compile(
    r"spotify:(?:track|artist|album):|https?://open\.spotify\.com/(?:intl-\w+/)?(?:track|artist|album)/"
)
_PLURAL_ARTIST = regex.compile(
    r"artists?\b.*\(s\)|.*\(s\).*artist|.*\(n\)|artists|artist names|kunstlernamen|nom\(s\)", regex.IGNORECASE
)


def bare_ident(ident: str) -> str:
    """A song's id without the scheme around it: spotify:track:X and its web address are X."""
    if match := _PREFIX.match(ident):
        return ident[match.end() :].split("?")[0]
    return ident


def name_ident(name: str, artist: str) -> str:
    """The id of a song that is known by its name and artist only."""
    return f"{name}{DASH}{artist}" if name and artist else name or artist


def songs_of_rows(
    table: Table, roles: Roles, rows: NDArray[np.int64], separator: str, joined: bool, findings: Findings
) -> tuple[Pairs, SongInfo | None]:
    """The songs of all playlists, and what the table says of them."""
    column = roles.one("songs")
    if not column and not roles.names_are_songs:
        return Pairs.none(), None
    if not roles.one_a_row:
        return _listed(table, column, rows, separator, findings)
    frame = _described(table, roles)
    findings_missing = frame["id"].isna() & (rows >= 0)
    findings.add("rows without a song", int(findings_missing.sum()), "no song taken from them")
    if roles.names_are_songs:
        by = "name and artist" if roles.one("artist") else "name"
        findings.say(f"songs have no id here: they are known by {by}")
    kept = (frame["id"].notna() & (rows >= 0)).to_numpy()
    pairs = Pairs(rows[kept], frame["id"].to_numpy(object)[kept])
    if not set(roles.columns) & {"song_name", "artist", "album"}:
        return pairs, None
    known = frame[kept].drop_duplicates("id", ignore_index=True)
    return pairs, _info(known, roles, table)


def _described(table: Table, roles: Roles) -> pd.DataFrame:
    """By row the song's `id`, `name`, `artist` and `album`; the id is null where a row holds no song."""
    height = table.height
    cells: dict[str, pd.Series] = {}
    for role, name in (("song_name", "name"), ("artist", "artist"), ("album", "album")):
        column = roles.one(role)
        cells[name] = _unescaped(text_of(table.columns[column])) if column else pd.Series([None] * height, dtype="str")
    by_name = _names(cells["name"], cells["artist"])
    column = roles.one("songs")
    if column:
        idents = text_of(table.columns[column])
        distinct = pd.Series(idents.dropna().unique(), dtype="str")
        odd = distinct[distinct.str.contains("spotify", regex=False)]
        if len(odd):
            idents = idents.replace({ident: bare_ident(ident) for ident in odd})
        idents = idents.where(idents.notna(), by_name)
    else:
        idents = by_name
    return pd.DataFrame(
        {"id": idents.reset_index(drop=True), **{k: v.reset_index(drop=True) for k, v in cells.items()}}
    )


def _unescaped(cells: pd.Series) -> pd.Series:
    odd = [text for text in cells.dropna().unique() if "&" in text]
    return cells.replace({text: unescape(text) for text in odd}) if odd else cells


def _names(names: pd.Series, artists: pd.Series) -> pd.Series:
    """Ids of names and artists; null where there is no name."""
    both = names.str.cat(artists, sep=DASH)
    return both.where(artists.notna(), names)


def _info(known: pd.DataFrame, roles: Roles, table: Table) -> SongInfo:
    column = roles.one("artist")
    several = bool(column) and (bool(_PLURAL_ARTIST.search(column)) or plain(column) in ("artists", "artistnames"))
    lists = [split_artists(cell) if several else [cell] if cell else [] for cell in known["artist"].fillna("")]
    frame = known.copy()
    frame["artist"] = pd.Series([", ".join(names) for names in lists], dtype="str")
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    return SongInfo(
        frame, artists=Pairs.of_lists(lengths, np.array([n for names in lists for n in names], dtype=object))
    )


def split_artists(cell: str) -> list[str]:
    """Several artists of one cell, between ; or commas; a comma behind a backslash belongs to the name."""
    mark = r";" if ";" in cell else r"(?<!\\),"
    return [name.replace("\\,", ",").strip() for name in regex.split(mark, cell) if name.strip()]


def _listed(
    table: Table, column: str, rows: NDArray[np.int64], separator: str, findings: Findings
) -> tuple[Pairs, SongInfo | None]:
    cells = table.columns[column]
    some = list(cells.dropna().unique()[:5000]) if str(cells.dtype) == "str" else cells.head(5000).tolist()
    form = choose_form(some, repr(column), findings, separator)
    owner, places, flat = cell_pairs(cells, form, rows)
    idents = np.array([bare_ident(entry.text) for entry in flat] + [None], dtype=object)[:-1]
    pairs = Pairs(owner, idents[places])
    if not any(entry.name or entry.artists for entry in flat):
        return pairs, None
    return pairs, _info_of_entries(flat, idents)


def _info_of_entries(flat: Sequence[Entry], idents: NDArray[np.object_]) -> SongInfo:
    first = {ident: entry for ident, entry in reversed(list(zip(idents.tolist(), flat, strict=True)))}
    frame = pd.DataFrame(
        {
            "id": list(first),
            "name": [entry.name for entry in first.values()],
            "artist": [", ".join(entry.artists) for entry in first.values()],
            "album": [entry.album for entry in first.values()],
        },
        dtype="str",
    )
    lengths = np.fromiter((len(entry.artists) for entry in first.values()), np.int64, len(first))
    names = np.array([name for entry in first.values() for name in entry.artists], dtype=object)
    return SongInfo(frame, artists=Pairs.of_lists(lengths, names))
