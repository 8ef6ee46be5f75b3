"""A person's own table (CSV, TSV, Parquet, JSON Lines or JSON): a row is a playlist, or one of its tags or songs."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import BadParameter, SourceError
from tagviz.params import knob
from tagviz.sources.build import build_corpus
from tagviz.sources.files import columns_of, exists, json_records, read_columns, read_text, wrong_type
from tagviz.sources.raw import Notes, Options, Pairs, Raw, SongInfo, dates
from tagviz.types import Corpus, Progress, ProgressCallback, quiet

FORMAT = "table"
SUFFIXES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".json")

NAMES = {
    "id": ("id", "playlistid", "pid", "plylstid", "playlist"),
    "title": ("title", "playlisttitle", "playlistname", "plylsttitle", "name"),
    "tags": ("tags", "tag", "genres", "genre", "labels", "keywords"),
    "songs": ("songs", "songids", "songid", "song", "tracks", "trackids", "trackid", "track", "items"),
    "date": ("date", "updtdate", "updated", "updatedat", "modified", "modifiedat", "created", "createdat"),
    "group": ("group", "owner", "listener", "user", "userid", "username"),
    "likes": ("likes", "likecnt", "likecount", "followers", "numfollowers"),
    "song_name": ("songname", "trackname", "songtitle", "tracktitle"),
    "artist": ("artist", "artistname"),
    "album": ("album", "albumname"),
}
"""The column names by which a column is found, without case, blanks and underscores; the first that exists is taken."""


class TableOptions(Options):
    """Options of the table reader: which column holds what. An empty name looks for one, "-" means there is none."""

    title: str = knob("", "Column of the playlist's title.", first=True)
    tags: str = knob("", "Column of the tags: a list, or one tag.", first=True)
    songs: str = knob("", "Column of the songs' ids: a list, or one song.", first=True)
    id: str = knob("", "Column of the playlist's id; where it repeats, its rows are joined.", first=True)
    date: str = knob("", "Column of the playlist's date, such as 2019-08-31.")
    group: str = knob("", "Column of the listener (or other group) that honest splits keep together.")
    likes: str = knob("", "Column of the number of likes.")
    song_name: str = knob("", "Column of the song's name, in tables with one song a row.")
    artist: str = knob("", "Column of the song's artist, in tables with one song a row.")
    album: str = knob("", "Column of the song's album, in tables with one song a row.")
    separator: str = knob(
        "", "What stands between the entries of a list in a text cell; empty: | or ; (or , where ids do not repeat)."
    )
    delimiter: str = knob("", "What stands between the columns of a CSV file; empty: , or ; or | or tab is found.")
    rows: Literal["auto", "playlists", "pairs"] = knob(
        "auto", "What a row is: a playlist, or one of its tags or songs; auto: pairs when ids repeat."
    )


OPTIONS = TableOptions


def sniff(path: Path) -> float:
    """.3 for a file (or a folder with one file) of a known suffix, .1 for JSON; 0 otherwise."""
    file = _file(path)
    return 0.0 if file is None else 0.1 if file.suffix.lower() == ".json" else 0.3


def read(path: Path, options: TableOptions, progress: ProgressCallback = quiet, name: str | None = None) -> Corpus:
    """A corpus of a table. Raises SourceError naming the file, the column and the columns that exist."""
    file = _file(path)
    if file is None:
        detail = f"expected one file ending in {', '.join(SUFFIXES)}"
        raise SourceError(f"{exists(path).name!r} is no table", detail, "name the file itself")
    notes = Notes()
    progress(Progress("Reading the table", 0.0))
    table = _load(file, options, notes)
    chosen = _columns(file, list(table), options)
    return build_corpus(_raw(file, table, chosen, options, notes), file, FORMAT, options, notes, name, progress)


def _file(path: Path) -> Path | None:
    if path.is_dir():
        found = [file for file in sorted(path.iterdir()) if file.suffix.lower() in SUFFIXES]
        return found[0] if len(found) == 1 else None
    return path if path.suffix.lower() in SUFFIXES and path.is_file() else None


def _load(file: Path, options: TableOptions, notes: Notes) -> dict[str, list[Any]]:
    """The table as lists by column name."""
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        return _load_parquet(file)
    if suffix in (".jsonl", ".ndjson"):
        return _by_column(_json_lines(file, notes))
    if suffix == ".json":
        return _by_column([row for records in json_records(file) for row in records.rows])
    delimiter = options.delimiter or ("\t" if suffix == ".tsv" else _delimiter(file))
    if len(delimiter) != 1:
        raise BadParameter(f"Parameter 'delimiter' cannot be {delimiter!r}", "expected one character", "correct it")
    frame = read_columns(file, notes, sep=delimiter, quoted=True)
    return {str(column): frame[column].tolist() for column in frame.columns}


def _load_parquet(file: Path) -> dict[str, list[Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
    except (pa.ArrowInvalid, pa.ArrowIOError, OSError) as error:
        raise SourceError(f"{file.name!r} is no Parquet file", str(error)[:200], "fetch or write it again") from error
    return {str(column): table.column(place).to_pylist() for place, column in enumerate(table.column_names)}


def _json_lines(file: Path, notes: Notes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(read_text(file, notes).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            where = f"line {number:,}, byte {error.pos:,}: {error.msg}"
            raise SourceError(
                f"{file.name!r} is not valid JSON Lines", where, "mend that line or fetch the file again"
            ) from error
        if not isinstance(row, dict):
            raise wrong_type(file, number, "", "an object", row)
        rows.append(row)
    return rows


def _by_column(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row.get(name) for row in rows] for name in dict.fromkeys(key for row in rows for key in row)}


def _delimiter(file: Path) -> str:
    """The character among , ; | and tab that the header line has most of."""
    with file.open("rb") as opened:
        head = opened.readline(65536).decode("latin-1")
    return max(",;|\t", key=head.count)


def _columns(file: Path, have: Sequence[str], options: TableOptions) -> dict[str, str]:
    """Which column plays which part: as named in the options, else by its name."""
    plain = {"".join(name.split()).replace("_", "").replace("-", "").casefold(): name for name in reversed(have)}
    chosen: dict[str, str] = {}
    for part, names in NAMES.items():
        wanted = getattr(options, part)
        if wanted and wanted != "-":
            columns_of(file, have, [wanted])
            chosen[part] = wanted
        elif not wanted:
            found = next((plain[name] for name in names if name in plain and plain[name] not in chosen.values()), None)
            if found is not None:
                chosen[part] = found
    if not chosen.keys() & {"title", "tags", "songs"}:
        detail = f"its columns are: {', '.join(have) or 'none'}"
        raise SourceError(
            f"{file.name!r} has no column of titles, tags or songs",
            detail,
            "say which with tags=COLUMN, songs=COLUMN or title=COLUMN",
        )
    return chosen


def _raw(file: Path, table: dict[str, list[Any]], chosen: dict[str, str], options: TableOptions, notes: Notes) -> Raw:
    height = len(next(iter(table.values())))
    rows, first = _playlists(file, table, chosen, options, height, notes)
    frame = pd.DataFrame({"id": first["id"]})
    if "title" in chosen:
        frame["title"] = pd.Series([_text(value) for value in first["title"]], dtype="object")
    if "date" in chosen:
        texts = [_text(value) for value in first["date"]]
        frame["date"] = dates(texts, notes, "playlists without a valid date").to_numpy()
    if "group" in chosen:
        frame["group"] = pd.Series([_text(value) or "" for value in first["group"]], dtype="str")
    if "likes" in chosen:
        frame["likes"] = pd.Series(first["likes"], dtype="object").replace("", None)
    marks = (options.separator,) if options.separator else ("|", ";", ",") if len(frame) == height else ("|", ";")
    tags, songs = (
        _entries(file, table[chosen[part]], part, rows, marks) if part in chosen else Pairs.none()
        for part in ("tags", "songs")
    )
    return Raw(frame, tags, songs, _song_info(table, chosen, songs), group_name=chosen.get("group", ""))


def _playlists(
    file: Path, table: dict[str, list[Any]], chosen: dict[str, str], options: TableOptions, height: int, notes: Notes
) -> tuple[NDArray[np.int64], dict[str, list[Any]]]:
    """The playlist of each row (−1: none), and of each playlist its id and the first value that each column gives."""
    parts = [part for part in ("title", "date", "group", "likes") if part in chosen]
    if "id" not in chosen:
        if options.rows == "pairs":
            raise SourceError(
                f"{file.name!r} has no id column", "one row a pair needs the playlist's id", "name it with id=COLUMN"
            )
        return np.arange(height), {"id": list(range(height)), **{part: table[chosen[part]] for part in parts}}
    ids = pd.Series([_text(value) for value in table[chosen["id"]]], dtype="object")
    missing = (ids.isna() | ids.isin(["", "nan", "NaN", "null", "None"])).to_numpy()
    joined = options.rows == "pairs" or (options.rows == "auto" and ids[~missing].duplicated().any())
    if not joined:
        notes.add("rows without an id", int(missing.sum()), "their row number is their id", np.flatnonzero(missing) + 1)
        named = ids.where(~missing, pd.Series([f"row {number}" for number in range(1, height + 1)]))
        return np.arange(height), {"id": list(named), **{part: table[chosen[part]] for part in parts}}
    notes.add("rows without an id", int(missing.sum()), "dropped", np.flatnonzero(missing) + 1)
    rows, distinct = pd.factorize(ids.where(~missing))
    notes.add("rows that repeat a playlist's id", int((~missing).sum() - len(distinct)), "joined to one playlist")
    first: dict[str, list[Any]] = {"id": list(distinct)}
    for part in parts:
        given = pd.DataFrame({"row": rows, "value": pd.Series(table[chosen[part]], dtype="object").replace("", None)})
        given = given[(given["row"] >= 0) & given["value"].notna()]
        spread = given.astype({"value": "str"}).groupby("row")["value"].nunique()
        examples = [distinct[row] for row in spread.index[spread > 1][:5]]
        notes.add(f"playlists with several values of {chosen[part]!r}", int((spread > 1).sum()), "first kept", examples)
        first[part] = list(given.drop_duplicates("row").set_index("row")["value"].reindex(range(len(distinct))))
    return rows.astype(np.int64), first


def _entries(file: Path, cells: list[Any], part: str, rows: NDArray[np.int64], marks: Sequence[str]) -> Pairs:
    """All entries of a column of lists, or of text cells that hold one entry or several."""
    separator = _separator(cells, marks)
    lists: list[list[Any]] = []
    for number, cell in enumerate(cells, 1):
        if cell is None or cell == "" or (isinstance(cell, float) and np.isnan(cell)):
            lists.append([])
        elif isinstance(cell, list):
            lists.append(cell)
        elif isinstance(cell, str):
            lists.append(_listed(file, number, part, cell, separator))
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            lists.append([cell])
        else:
            raise wrong_type(file, number, part, "text, a number or a list", cell)
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    values: list[str | None] = []
    for number, row in enumerate(lists, 1):
        for entry in row:
            if isinstance(entry, dict | list | bool):
                raise wrong_type(file, number, part, "text or a number in the list", entry)
            values.append(None if entry is None else _text(entry))
    owner = np.repeat(rows, lengths)
    kept = owner >= 0
    return Pairs(owner[kept], np.array(values, dtype=object)[kept])


def _separator(cells: list[Any], marks: Sequence[str]) -> str:
    """The first of `marks` that occurs in a text cell that is no bracketed list; "" for none."""
    texts = [cell for cell in cells if isinstance(cell, str) and not cell.startswith("[")]
    return next((mark for mark in marks if any(mark in text for text in texts)), "")


def _listed(file: Path, number: int, part: str, cell: str, separator: str) -> list[Any]:
    stripped = cell.strip()
    if stripped.startswith("[") and stripped.endswith("]"):
        for parse in (orjson.loads, ast.literal_eval):
            try:
                found = parse(stripped)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
            if isinstance(found, list):
                return found
    entries = [entry.strip() for entry in stripped.split(separator)] if separator else [stripped]
    return [entry for entry in entries if entry]


def _text(value: Any) -> str | None:
    """A cell as text: 12.0 is "12", and a number that is none is null."""
    if value is None:
        return None
    if isinstance(value, float):
        return None if np.isnan(value) else str(int(value)) if value.is_integer() else str(value)
    return str(value)


def _song_info(table: dict[str, list[Any]], chosen: dict[str, str], songs: Pairs) -> SongInfo | None:
    """Names, artists and albums of songs, where every row holds one song."""
    parts = {"song_name": "name", "artist": "artist", "album": "album"}
    columns = {parts[part]: table[chosen[part]] for part in parts if part in chosen}
    if not columns or "songs" not in chosen:
        return None
    ids = [None if cell in (None, "") or isinstance(cell, list) else _text(cell) for cell in table[chosen["songs"]]]
    frame = pd.DataFrame({"id": ids, **{name: pd.Series(cells, dtype="str") for name, cells in columns.items()}})
    frame = frame[frame["id"].notna()].drop_duplicates("id", ignore_index=True)
    if not pd.Index(frame["id"]).isin(songs.values).all():
        return None
    artists = frame["artist"].fillna("") if "artist" in frame else pd.Series("", frame.index)
    named = np.flatnonzero(artists != "")
    return SongInfo(frame, artists=Pairs(named, artists.to_numpy()[named]))
