"""Which column of a table holds what: by its name (see `role_names`), then by what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import regex

from tagviz.errors import SourceError
from tagviz.sources.column_dates import has_times, looks_like_dates
from tagviz.sources.findings import Findings
from tagviz.sources.list_cells import is_bracketed, is_null
from tagviz.sources.role_names import (
    ALBUM_IDS,
    ARTIST_IDS,
    NAMES,
    NUMBERED,
    SINGULAR,
    concepts,
    plain,
    short,
    translated,
)

ROLES = (
    "id", "title", "tags", "songs", "song_name", "artist", "album", "date", "likes", "group", "weight", "score",
)  # fmt: skip
SEVERAL = ("tags",)
"""Roles that several columns may share."""

_LOOSE = ("song", "songs", "track", "tracks", "item", "uri")
_COPY = regex.compile(r" \(\d+\)$")
_PLURALS = ("songs", "tracks", "items", "songids", "trackids", "itemids")
_IDENT = regex.compile(
    r"\d+(?:\.0)?|spotify:\S+|https?://\S+|[0-9A-Za-z]{22}|[0-9a-f-]{32,40}|(?:TR|SO|AR)[A-Z0-9]{12,}|[A-Za-z]{1,8}[_-]?\d+"
)
YES = frozenset(("1", "1.0", "true", "t", "yes", "y", "x", "✓"))
"""What stands in the cells of a column that is a tag, for the rows that have it."""
_BINARY = YES | {"0", "0.0", "false", "f", "no", "n", ""}
_COUNTS = ("count", "counts", "n", "freq", "frequency", "votes")


@dataclass(frozen=True)
class Roles:
    """columns: by role, several only for tags. one_hot: columns that are tags themselves, with 0 or 1 in their cells.

    names_are_songs: the song is known by its name (and artist) as there is no id. songs_are: tracks, artists or albums.
    one_a_row: rows hold one song or one tag each, as song-level columns say.
    """

    columns: Mapping[str, tuple[str, ...]]
    one_hot: tuple[str, ...] = ()
    names_are_songs: bool = False
    songs_are: str = "tracks"
    one_a_row: bool = False

    def one(self, role: str) -> str:
        """The column of a role; "" for none."""
        return self.columns.get(role, ("",))[0]

    @property
    def all_columns(self) -> tuple[str, ...]:
        return (*(name for names in self.columns.values() for name in names), *self.one_hot)


def find_roles(name: str, table: Mapping[str, pd.Series], wanted: Mapping[str, str], findings: Findings) -> Roles:
    """What each column holds. wanted: by role a column, several joined by line breaks, or "-" for none.

    Raises SourceError where a wanted column is missing, or nothing says what the table holds.
    """
    have = list(table)
    chosen: dict[str, list[str]] = {}
    why: dict[str, str] = {}
    for role, columns in wanted.items():
        for column in columns.split("\n") if columns not in ("", "-") else ():
            real = column if column in table else column.strip()
            if real not in table:
                raise SourceError(
                    f"{name!r} has no column {column!r}",
                    f"its columns are: {', '.join(have) or 'none'}",
                    "name the right column",
                )
            chosen.setdefault(role, []).append(real)
            why[real] = "as asked"
    if not wanted.get("tags") and {"track.tags", "track.genre_top"} <= set(have):  # FMA's tracks.csv
        chosen["tags"] = ["track.genre_top", "track.tags"]
        why.update(dict.fromkeys(chosen["tags"], "by its name"))
    closed = {role for role, column in wanted.items() if column} | set(chosen)
    taken = {column for columns in chosen.values() for column in columns}
    free = [column for column in have if column not in taken]
    for role in NAMES:
        if role not in closed:
            named = _by_name(role, free, taken)
            if named:
                chosen[role] = named
                taken |= set(named)
                why.update(dict.fromkeys(named, "by its name"))
    roles = _by_content(table, chosen, why, closed, taken)
    if not set(roles.columns) & {"title", "tags", "songs", "song_name", "artist"} and not roles.one_hot:
        raise SourceError(
            f"No column of {name!r} is known to hold titles, tags or songs",
            f"its columns are: {', '.join(have) or 'none'}",
            "name them: tags=COLUMN, title=COLUMN, songs=COLUMN (--column tags=COLUMN)",
        )
    _report(table, roles, why, findings)
    return roles


def _by_name(role: str, free: Sequence[str], taken: set[str]) -> list[str]:
    """The columns whose name speaks for a role: the best one, or all of them for roles that may have several."""
    open_ones = [column for column in free if column not in taken]
    numbered = [column for column in open_ones if NUMBERED.fullmatch(column.strip())] if role == "tags" else []
    if len(numbered) > 1:
        return numbered
    named = [column for column in open_ones if translated(column) == role]
    named.sort(key=lambda column: role != "album" and "album" in concepts(column))  # the artist's genres come first
    forms = {column: (plain(column), short(column), plain(column.rsplit(".", 1)[-1])) for column in open_ones}
    for known in NAMES[role].split("|"):
        for at in range(3):
            matching = [column for column in open_ones if forms[column][at] == known and _fits_prefix(role, column)]
            if matching:
                first = _COPY.sub("", matching[0])
                copies = [column for column in open_ones if _COPY.sub("", column) == first]
                return named[:1] if named and known == "label" else copies if role in SEVERAL else matching[:1]
    return numbered or named[:1]


def _fits_prefix(role: str, column: str) -> bool:
    """Of a name with levels, such as album.title, the first must not speak of another thing."""
    head, dot, _ = column.rpartition(".")
    return not dot or role in ("album", "artist") or plain(head) not in ("album", "artist", "set")


def _by_content(
    table: Mapping[str, pd.Series], chosen: dict[str, list[str]], why: dict[str, str], closed: set[str], taken: set[str]
) -> Roles:
    """Roles that what stands in the columns speaks for, and those that it speaks against."""
    songs_are = "tracks"
    free = [column for column in table if column not in taken]
    songs = chosen.get("songs", [""])[0]
    if songs and "song_name" not in chosen and "song_name" not in closed and _is_a_name(songs, table, chosen, why):
        chosen["song_name"] = chosen.pop("songs")
        why[songs] = "by its name; its cells are names, not ids"
        other = _by_name("songs", free, taken)
        if other and "songs" not in closed:
            chosen["songs"] = other
            why[other[0]] = "by its name"
            taken |= set(other)
    if "songs" not in chosen and "songs" not in closed:
        uris = [
            column for column in free if _share(table[column], lambda text: text.startswith("spotify:track:")) > 0.5
        ]
        if uris:
            chosen["songs"] = uris[:1]
            why[uris[0]] = "its cells are Spotify tracks"
            taken.add(uris[0])
    if not chosen.keys() & {"songs", "song_name"} and "songs" not in closed:
        for kinds, noun in ((ARTIST_IDS, "artists"), (ALBUM_IDS, "albums")):
            ids = [column for column in free if plain(column) in kinds]
            if ids:
                chosen["songs"], songs_are = ids[:1], noun
                why[ids[0]] = f"by its name: its songs are {noun}"
                taken.add(ids[0])
                break
    if "songs" in chosen and plain(chosen["songs"][0]) in ARTIST_IDS + ALBUM_IDS:
        songs_are = "artists" if plain(chosen["songs"][0]) in ARTIST_IDS else "albums"
    noun = {"artists": "artist", "albums": "album"}.get(songs_are, "")
    if noun in chosen and "song_name" not in chosen and "songs" in chosen:
        chosen["song_name"] = chosen.pop(noun)
    _unmistake(table, chosen, why, closed)
    hot = _one_hot(table, chosen, why, closed)
    tracks = bool(chosen.keys() & {"songs", "song_name"})
    listened = "songs" not in closed and ("title" not in chosen or "weight" in chosen)
    if not tracks and listened and "artist" in chosen and chosen.keys() & {"id", "group"}:
        songs_are, chosen["songs"] = "artists", chosen.pop("artist")
        why[chosen["songs"][0]] = "by its name: its songs are artists"
    if not chosen.keys() & {"songs", "song_name"}:  # what describes a song has none to describe
        if "artist" in chosen and "group" not in chosen and "group" not in closed and "tags" in chosen:
            chosen["group"] = chosen["artist"]
            why[chosen["group"][0]] = "each row is tagged music of its own, kept together by artist"
        for role in ("artist", "album"):
            if why.get(chosen.get(role, [""])[0]) != "as asked":
                chosen.pop(role, None)
    listed = any(_has_lists(table[column].rename(column)) for column in chosen.get("songs", ()))
    one_a_row = bool(chosen.keys() & {"song_name"}) or (bool(chosen.get("songs")) and not listed)
    names_are_songs = "songs" not in chosen and "song_name" in chosen
    return Roles({role: tuple(columns) for role, columns in chosen.items()}, hot, names_are_songs, songs_are, one_a_row)


def _one_hot(
    table: Mapping[str, pd.Series], chosen: dict[str, list[str]], why: dict[str, str], closed: set[str]
) -> tuple[str, ...]:
    """Columns that are tags themselves, where most have 0 or 1 in their cells; a song in each row is then its id."""
    songs = chosen.get("songs", [""])[0]
    rows_are_songs = chosen.keys() == {"songs"} and "songs" not in closed and _unique(table[songs])
    if "tags" in chosen or "tags" in closed or (chosen.keys() & {"songs", "song_name"} and not rows_are_songs):
        return ()
    taken = {column for columns in chosen.values() for column in columns}
    binary = [column for column in table if column not in taken and _is_binary(table[column])]
    if len(binary) < 2 or len(binary) * 2 < len(table) - len(chosen):
        return ()
    if rows_are_songs:
        chosen["id"] = chosen.pop("songs")
        why[songs] = "each row is a tagged track of its own"
    why.update(dict.fromkeys(binary, "a tag: its cells are 0 or 1"))
    return tuple(binary)


def _unmistake(
    table: Mapping[str, pd.Series], chosen: dict[str, list[str]], why: dict[str, str], closed: set[str]
) -> None:
    """What a name alone gets wrong: a track's own id and title, a record label, a number called count or time."""
    tags, songs, title = (chosen.get(role, [""])[0] for role in ("tags", "songs", "title"))
    one_tag = plain(tags) in SINGULAR
    if plain(tags) in ("label", "labels") and chosen.keys() & {"song_name", "album"} and why[tags] == "by its name":
        del chosen["tags"]
        why[tags] = "a record label, not a tag"
    elif tags and songs and not {"id", "songs"} & closed and "id" not in chosen:
        own = _unique(table[songs]) and plain(songs) in ("trackid", "songid", "msdtrackid", "itemid")
        if own or (one_tag and not chosen.keys() & {"title", "group"} and not _has_lists(table[songs])):
            chosen["id"] = chosen.pop("songs")
            why[songs] = "each row is a tagged track of its own" if own else "each row is one tag of a track"
    if one_tag and "score" not in chosen and "score" not in closed:
        counts = [column for column in table if plain(column) in _COUNTS]
        chosen.update({"score": counts[:1]} if counts else {})
    if "score" in chosen and "tags" not in chosen:
        chosen.setdefault("weight", chosen["score"])
        del chosen["score"]
    names_songs = (
        "artist" in chosen and not chosen.keys() & {"tags", "songs", "song_name"} and "song_name" not in closed
    )
    if title and names_songs and why[title] == "by its name" and _is_song_title(table, chosen):
        chosen["song_name"] = chosen.pop("title")
        why[title] = "by its name, and there is an artist beside it"
    if "date" in chosen and why.get(chosen["date"][0]) != "as asked":
        numbers = pd.to_numeric(table[chosen["date"][0]], errors="coerce")
        if numbers.notna().any() and float(numbers.abs().max()) < 1000:
            del chosen["date"]  # such as seconds of play, not a date


def _is_song_title(table: Mapping[str, pd.Series], chosen: dict[str, list[str]]) -> bool:
    """Whether a column called title or name changes from song to song, and is not that of the playlist."""
    title = chosen["title"][0]
    if translated(title) == "title" or plain(title).startswith(("playlist", "plylst")):
        return False
    if "id" not in chosen:
        return True
    pairs = pd.DataFrame({"id": table[chosen["id"][0]].astype("str"), "title": table[title].astype("str")})
    return bool(pairs["id"].nunique() < len(pairs.drop_duplicates()))


def _unique(column: pd.Series) -> bool:
    """Whether every row has a value of its own."""
    scalar = bool(column.notna().all()) and not any(isinstance(value, list | dict) for value in column.head(500))
    return scalar and not column.astype("str").duplicated().any()


def _is_a_name(column: str, table: Mapping[str, pd.Series], chosen: dict[str, list[str]], why: dict[str, str]) -> bool:
    """Whether a column called track or song holds names: there is an artist beside it, and its cells are no ids."""
    loose = plain(column) in _LOOSE or translated(column) == "songs"
    if why.get(column) == "as asked" or not loose or _has_lists(table[column]):
        return False
    ids = _share(table[column], lambda text: bool(_IDENT.fullmatch(text)))
    return "artist" in chosen and ids < 0.5


def _share(column: pd.Series, test: object) -> float:
    """The share of a column's first values for which a test holds."""
    cells = [
        str(value).strip()
        for value in column.head(500).tolist()
        if isinstance(value, str | int | float) and not is_null(value)
    ]
    return sum(bool(test(cell)) for cell in cells) / len(cells) if cells else 0.0  # type: ignore[operator]


def _has_lists(column: pd.Series) -> bool:
    """Whether cells hold several songs: real lists, lists in brackets, or ids between separators."""
    cells = [value for value in column.head(500).tolist() if not isinstance(value, str) or not is_null(value)]
    if any(isinstance(cell, list | dict | tuple) for cell in cells):
        return True
    texts = [cell for cell in cells if isinstance(cell, str)]
    if any(is_bracketed(text) for text in texts):
        return True
    if len(texts) > 1 and sum("|" in text for text in texts) >= 0.5 * len(texts):
        return True  # a bar is seldom in a name, and never in every second one
    pieces = [regex.split(r"[|;,\n]", text) for text in texts]
    several = [parts for parts in pieces if len(parts) > 1]
    if plain(str(column.name or "")) in _PLURALS and len(several) >= 0.2 * len(texts):
        return bool(several)
    return any(all(_IDENT.fullmatch(part.strip()) for part in parts if part.strip()) for parts in several)


def _is_binary(column: pd.Series) -> bool:
    some = column.head(5000).dropna().tolist()
    if any(isinstance(value, list | dict | tuple) for value in some):
        return False
    cells = {str(value).strip().casefold() for value in some}
    return bool(cells) and cells <= _BINARY and cells != {""}


def looks_like_history(table: Mapping[str, pd.Series], roles: Roles) -> bool:
    """Whether rows are single listens: a song and a time of day, and nothing that says which playlist."""
    date = roles.one("date")
    if not date or roles.one("id") or roles.one("title") or not roles.one_a_row:
        return False
    return has_times(table[date]) or (looks_like_dates(table[date]) and not roles.one("group"))


def _report(table: Mapping[str, pd.Series], roles: Roles, why: Mapping[str, str], findings: Findings) -> None:
    by_column = {column: role for role, columns in roles.columns.items() for column in columns}
    by_column.update(dict.fromkeys(roles.one_hot, "tags"))
    known = {column.name for column in findings.columns}
    for column, cells in table.items():
        if column not in known:
            examples = [value for value in cells.head(50).tolist() if not is_null(value)] if len(cells) else []
            findings.column(column, by_column.get(column, ""), why.get(column, "its name says nothing"), examples)
