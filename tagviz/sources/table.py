"""A person's own table (CSV, Excel, Parquet, JSON): a row is a playlist, one of its tags or songs, or a listen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import SourceError
from tagviz.params import param
from tagviz.sources import grouping
from tagviz.sources.column_dates import parse_dates
from tagviz.sources.delimited import Table
from tagviz.sources.findings import Findings
from tagviz.sources.grouping import Sessions, text_of
from tagviz.sources.json_tables import ENTRIES
from tagviz.sources.raw import Options, Raw
from tagviz.sources.role_names import SINGULAR, plain
from tagviz.sources.roles import ROLES, Roles, find_roles, looks_like_history
from tagviz.sources.table_columns import check_idents, numbers_of, restore_columns, tag_pairs
from tagviz.sources.table_files import FileOptions, read_tables, sniff_file, table_files
from tagviz.sources.table_songs import songs_of_rows
from tagviz.types import Progress, ProgressCallback, no_progress

FORMAT = "table"
_TYPES = ("type", "typ", "tipo", "tur", "유형", "종류", "種類", "タイプ", "类型", "類型", "тип")
"""TuneMyMusic's column of types in its languages: Playlist, Favorite, Album, Artist."""


class TableOptions(Options):
    """Options of the table reader: which column holds what. An empty name looks for one, "-" means there is none."""

    title: str = param("", "Column of the playlist's title.", first=True)
    tags: str = param(
        "", "Column of the tags: a list, or one tag; several columns are separated by line breaks.", first=True
    )
    songs: str = param("", "Column of the songs' ids: a list, or one song.", first=True)
    id: str = param("", "Column of the playlist's id; where it repeats, its rows are joined.", first=True)
    date: str = param("", "Column of the playlist's date, such as 2019-08-31.")
    group: str = param("", "Column of the listener (or other group) that honest splits keep together.")
    likes: str = param("", "Column of the number of likes.")
    song_name: str = param("", "Column of the song's name, in tables with one song a row.")
    artist: str = param("", "Column of the song's artist, in tables with one song a row.")
    album: str = param("", "Column of the song's album, in tables with one song a row.")
    weight: str = param("", "Column of how often or how much, such as plays or a rating; see min_weight.")
    score: str = param("", "Column of the score of the row's one tag; see min_score.")
    separator: str = param(
        "", "What stands between the entries of a list in a text cell; empty: the one that the column uses."
    )
    delimiter: str = param("", "What stands between the columns of a CSV file; empty: found from its first lines.")
    rows: Literal["auto", "playlists", "pairs"] = param(
        "auto", "What a row is: a playlist, or one of its tags or songs; auto: pairs when ids repeat."
    )
    date_order: Literal["", "dmy", "mdy"] = param("", "Order of day and month in dates such as 1/2/2019.")
    sessions: str = param("", f"How listening becomes playlists: {grouping.RULES}; empty: found out, and said.")
    min_score: float = param(0.0, "Tags with a lower score are left out.")
    min_weight: float = param(0.0, "Rows with a lower weight are left out.")
    quotes: Literal["auto", "none"] = param("auto", "none: quotes are plain text.")
    ragged: Literal["", "cut", "join"] = param(
        "", "What lines with too many cells mean: cut leaves the rest out, join puts it into the last column."
    )
    header: str = param("", "Names of the columns of a file without a header line, separated by commas.")
    sheet: str = param("", "Sheet of an Excel workbook; empty: the first that holds a table.")


OPTIONS = TableOptions


def sniff(path: Path) -> float:
    """.3 for a file (or a folder of files) of a known suffix, .1 for JSON, .05 for other text; 0 otherwise."""
    files = table_files(path)
    return max((sniff_file(file, path.is_dir()) for file in files[:3]), default=0.0)


def load(path: Path, options: TableOptions, findings: Findings, progress: ProgressCallback = no_progress) -> Raw:
    """What a table, or a folder of alike tables, holds.

    Raises SourceError naming the file, the column and the columns that exist.
    """
    progress(Progress("Reading the table", 0.0))
    header = tuple(name.strip() for name in options.header.split(",")) if options.header else ()
    file_options = FileOptions(
        options.encoding, options.delimiter, options.quotes, options.ragged, header, options.sheet
    )
    wanted = {role: getattr(options, role) for role in ROLES}
    tables, stems = read_tables(path, file_options, wanted, findings)
    progress(Progress("Reading the table", 0.4))
    if ENTRIES in tables.columns and not any(wanted[role] for role in ("tags", "songs")):
        _ask_entries(tables, findings)
        wanted["tags"] = ENTRIES
    roles = find_roles(path.name, tables.columns, wanted, findings)
    if options.songs_are != "auto":
        roles = replace(roles, songs_are=options.songs_are)
    tables = restore_columns(tables, roles, findings)
    return _Rows(tables, roles, stems, options, findings).raw()


def _ask_entries(table: Table, findings: Findings) -> None:
    """Lists by id without a name: text is tags, as it always was; numbers could be either."""
    if any(isinstance(value, int | float) for row in table.columns[ENTRIES].head(50) for value in row or ()):
        findings.ask(
            "entries", "the file gives each id a list of numbers: are these tags or songs?",
            {role: (role, ENTRIES) for role in ("tags", "songs")},
            f"add --column songs={ENTRIES} or --column tags={ENTRIES}",
        )  # fmt: skip


@dataclass(frozen=True)
class _Rows:
    """A table whose columns have their roles, on its way to playlists. stems: by row the file it stands in."""

    table: Table
    roles: Roles
    stems: pd.Series
    options: TableOptions
    findings: Findings

    def raw(self) -> Raw:
        roles, findings = self.roles, self.findings
        check_idents(self.table, roles, findings)
        rows, frame, joined = self._playlists()
        self._check_playlists(frame, joined)
        rows = self._heavy_enough(rows)
        songs, info = songs_of_rows(self.table, roles, rows, self.options.separator, joined, findings)
        tags = tag_pairs(self.table, roles, rows, self._tag_options(), joined, findings)
        findings.songs_are = roles.songs_are
        group = roles.one("group")
        findings.taken_for = findings.taken_for or (
            "rows of one playlist each" if not joined else "several rows a playlist"
        )
        return Raw(frame, tags, songs, info, group_name=group if "group" in frame else "")

    def _check_playlists(self, frame: pd.DataFrame, joined: bool) -> None:
        """A table in which each row describes one song holds no playlists."""
        roles = self.roles
        described = roles.one("song_name") and not set(roles.columns) & {"title", "tags", "group"} and not roles.one_hot
        if described and not joined and len(frame) > 1:
            raise SourceError(
                "The table describes songs and holds no playlists",
                f"each of {len(frame):,} rows has an id of its own ({roles.one('id')!r}) and one song",
                "name the playlists' file; or make all of it one playlist with --column id=-",
            )

    def _tag_options(self) -> tuple[str, float]:
        return self.options.separator, self.options.min_score

    def _playlists(self) -> tuple[NDArray[np.int64], pd.DataFrame, bool]:
        """For each row its playlist (−1: none), the playlists, and whether several rows make one."""
        columns, roles, findings = self.table.columns, self.roles, self.findings
        history = looks_like_history(columns, roles)
        if self.options.sessions not in ("", "off") or history:
            return (*self._sessions(), True)
        names = self._names(roles.one("title")) if roles.one("title") else None
        keys, what, titled = self._keys(names)
        cells: dict[str, tuple[str, pd.Series]] = {}
        for role in ("title", "date", "group", "likes"):
            if name := roles.one(role):
                titles = names if role == "title" else None
                cells[role] = (name, titles if titles is not None else self._cells(role, name))
        if titled is not None:
            cells["title"] = titled
        if not keys:
            height = self.table.height
            ids = pd.Series([str(n) for n in range(height)], dtype="str")
            return np.arange(height), self._frame(ids, {role: cell for role, (_, cell) in cells.items()}), False
        missing = keys[0].isna()
        if len(keys) == 1 and what == "an id" and not self._repeats(keys[0]):
            findings.add(
                "rows without an id", int(missing.sum()), "their row number is their id", np.flatnonzero(missing) + 1
            )
            named = keys[0].where(
                ~missing, pd.Series([f"row {n}" for n in range(1, self.table.height + 1)], dtype="str")
            )
            return np.arange(self.table.height), self._frame(named, {r: c for r, (_, c) in cells.items()}), False
        if what == "an id" and self.options.rows == "auto":
            self._check_files(keys[0])
        rows, ids_list = grouping.joined(keys, findings, what)
        firsts = grouping.first_values(rows, len(ids_list), cells, ids_list, findings)
        return rows, self._frame(pd.Series(ids_list, dtype="str"), firsts), True

    def _check_files(self, ids: pd.Series) -> None:
        """One id in several files: the same playlists twice, or parts of one? Only a person knows."""
        both = pd.DataFrame({"id": ids.to_numpy(), "file": self.stems.to_numpy()}).dropna().drop_duplicates()
        again = both["id"][both["id"].duplicated()]
        if len(again):
            files = both["file"].unique()[:6]
            raise SourceError(
                "Several files hold the same playlists' ids",
                f"{len(again):,} ids, such as {again.iloc[0]!r}, in {', '.join(files)}",
                "name one file, or add --set rows=pairs where they are parts of the same playlists",
            )

    def _repeats(self, ids: pd.Series) -> bool:
        if self.options.rows != "auto":
            return self.options.rows == "pairs"
        return bool(ids.dropna().duplicated().any())

    def _keys(self, names: pd.Series | None) -> tuple[list[pd.Series], str, tuple[str, pd.Series] | None]:
        """The columns that say which playlist a row belongs to, what they are called, and a title they give.

        names: the playlists' names by row, where a column has them.
        """
        columns, roles, findings = self.table.columns, self.roles, self.findings
        ident, title, group = (roles.one(role) for role in ("id", "title", "group"))
        if ident:
            ids = text_of(columns[ident])
            named = not title and not ids.dropna().head(500).str.fullmatch(r"[\d.]+|\S*[:/]\S*|[0-9A-Za-z]{22}").any()
            named = named and grouping_name(ident)
            if named and group and roles.one_a_row:
                findings.say(f"a playlist is known by {group!r} and {ident!r} together")
                return [text_of(columns[group]), ids], "an id", (ident, ids)
            return [ids], "an id", (ident, ids) if named else None
        if self.options.rows == "pairs":
            raise SourceError(
                f"{roles.all_columns[0]!r} has no id column beside it",
                "one row a pair needs the playlist's id",
                "name it with id=COLUMN",
            )
        if not roles.one_a_row:
            return [], "", None
        if names is not None:
            if group:
                findings.say(f"a playlist is known by {group!r} and {title!r} together")
                return [text_of(columns[group]), names], "a listener and a name", None
            if names.dropna().duplicated().any():
                findings.say(f"rows with the same {title!r} are one playlist")
                return [names], "a name", None
            return [], "", None
        if group:
            findings.say(f"all rows with the same {group!r} are one playlist (a listener is a playlist)")
            return [text_of(columns[group])], "a listener", None
        name, artist = roles.one("song_name"), roles.one("artist")
        if name and plain(roles.one("tags")) in SINGULAR:
            findings.say("rows with the same song are one document: each row is one of its tags")
            songs = [text_of(columns[column]) for column in (artist, name) if column]
            return songs, "a song", (name, songs[-1])
        findings.taken_for = "one playlist a file, named after the file"
        return [self.stems], "a file", ("file", self.stems.str.replace("_", " ").str.strip())

    def _names(self, title: str) -> pd.Series:
        """The playlists' names by row. Songs without one, such as favourites, go by what a column of types says."""
        columns, findings = self.table.columns, self.findings
        names = text_of(columns[title])
        kinds = next((text_of(cells) for name, cells in columns.items() if plain(name) in _TYPES), None)
        song = self.roles.one("song_name")
        if kinds is None or not song:
            return names
        loose = names.isna() & text_of(columns[song]).notna() & kinds.notna()
        findings.add("songs without a playlist", int(loose.sum()), "put into playlists named after their type")
        return names.where(~loose, kinds)

    def _sessions(self) -> tuple[NDArray[np.int64], pd.DataFrame]:
        roles, findings = self.roles, self.findings
        date, group = roles.one("date"), roles.one("group")
        interactions = bool(group) and bool(roles.one("weight") or roles.one("tags"))
        rule = Sessions.parse(self.options.sessions or ("listener" if interactions or not date else "gap"))
        listeners = text_of(self.table.columns[group]) if group else None
        if rule.rule != "listener" and not date:
            raise SourceError(
                "There is no column of times",
                f"sessions={rule.rule} needs one",
                "name it with date=COLUMN, or sessions=listener",
            )
        times = self._dates(date) if date else pd.Series(np.full(self.table.height, np.datetime64("NaT", "s")))
        findings.taken_for = f"a listening history; {rule.described()}"
        rows, frame = grouping.by_sessions(times, listeners, rule, findings)
        frame["title"] = ""
        return rows, frame if group else frame.drop(columns="group")

    def _dates(self, name: str) -> pd.Series:
        return parse_dates(self.table.columns[name], repr(name), self.findings, self.options.date_order)

    def _cells(self, role: str, name: str) -> pd.Series:
        return self._dates(name).reset_index(drop=True) if role == "date" else text_of(self.table.columns[name])

    def _frame(self, ids: pd.Series, cells: Mapping[str, pd.Series]) -> pd.DataFrame:
        frame: dict[str, Any] = {"id": ids.reset_index(drop=True)}
        for role, column in cells.items():
            column = column.reset_index(drop=True)
            frame[role] = numbers_of(column, self.findings, whole=True) if role == "likes" else column
        return pd.DataFrame(frame)

    def _heavy_enough(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows whose weight is below the threshold belong to no playlist."""
        name = self.roles.one("weight")
        if not name or not self.options.min_weight:
            return rows
        weights = numbers_of(text_of(self.table.columns[name]), self.findings).fillna(0).to_numpy()
        light = weights < self.options.min_weight
        self.findings.add(f"rows with {name} below {self.options.min_weight:g}", int(light.sum()), "left out, as asked")
        return np.where(light, -1, rows)


def grouping_name(column: str) -> bool:
    """Whether a column called playlist or the like may hold names as well as ids."""
    return plain(column) == "playlist"
