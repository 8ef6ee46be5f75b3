"""The Melon / Kakao Arena files: train.json, val.json, test.json, song_meta.json, genre_gn_all.json."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import SourceError
from tagviz.params import param
from tagviz.sources.build import build_corpus
from tagviz.sources.files import Records, column, exists, json_records, list_column, read_json, wrong_type
from tagviz.sources.raw import Notes, Options, Origin, Pairs, Raw, SongInfo, dates
from tagviz.types import Corpus, Progress, ProgressCallback, no_progress

FORMAT = "melon"


class MelonOptions(Options):
    """Options of the Melon reader."""

    playlists: Literal["train", "train+val", "train+val+test"] = param(
        "train", "Which playlists are read; val and test hide part of what they held, so they count as questions."
    )
    songs: Literal["used", "all"] = param("used", "Songs that are kept: those in playlists, or all that have metadata.")


OPTIONS = MelonOptions


def sniff(path: Path) -> float:
    """1 for a folder with train.json, or a list, of objects that have plylst_title; 0 for anything else."""
    file = path / "train.json" if path.is_dir() else path
    if file.suffix.lower() != ".json" or not file.is_file():
        return 0.0
    with file.open("rb") as opened:
        head = opened.read(2**22)
    listed = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
    return 1.0 if listed and b'"plylst_title"' in head else 0.0


def read(
    path: Path, options: MelonOptions, progress: ProgressCallback = no_progress, name: str | None = None
) -> Corpus:
    """A corpus from a folder of Melon files, or from one file of playlists without metadata."""
    exists(path)
    notes = Notes()
    folder = path if path.is_dir() else path.parent
    files = [folder / f"{part}.json" for part in options.playlists.split("+")] if path.is_dir() else [path]
    progress(Progress("Reading playlists", 0.0))
    frame, tags, songs = _playlists(files, notes)
    group_name = ""
    if (folder / "owners.json").is_file():
        frame["group"] = _owners(folder / "owners.json", frame["id"])
        group_name = "listener"
    info = None
    if path.is_dir() and (folder / "song_meta.json").is_file():
        progress(Progress("Reading song metadata", 0.3))
        info = _song_info(folder, notes)
    raw = Raw(frame, tags, songs, info, group_name=group_name, all_songs=options.songs == "all")
    return build_corpus(raw, Origin(path, FORMAT, name), options, notes, progress)


def _ids(path: Path, records: Records) -> list[Any]:
    """`id`, or `_id` where that is what a document says."""
    ids = [row.get("id", row.get("_id")) for row in records.rows]
    if not set(map(type, ids)) <= {int, str}:
        number, value = next((i, v) for i, v in enumerate(ids) if type(v) not in (int, str))
        raise wrong_type(path, records.first + number, "id", "a number or text", value)
    return ids


class Baskets:
    """A field of lists, gathered block by block into one array of entries and the rows they stand in."""

    def __init__(self, field: str, types: tuple[type, ...], expected: str) -> None:
        self.field, self.types, self.expected = field, types, expected
        self.lengths: list[NDArray[Any]] = []
        self.values: list[NDArray[Any]] = []

    def add(self, path: Path, records: Records) -> tuple[NDArray[Any], list[Any]]:
        """Adds a block; gives its lengths and entries."""
        lengths, values = list_column(path, records, self.field, self.types, self.expected)
        self.lengths.append(lengths)
        self.values.append(np.array(values, dtype=np.int64 if set(map(type, values)) == {int} else object))
        return lengths, values

    def pairs(self) -> Pairs:
        full = [part for part in self.values if len(part)]
        return Pairs.of_lists(np.concatenate(self.lengths), np.concatenate(full) if full else np.empty(0, dtype=object))


def _playlists(files: Iterable[Path], notes: Notes) -> tuple[pd.DataFrame, Pairs, Pairs]:
    columns: dict[str, list[Any]] = {"id": [], "title": [], "likes": [], "date": []}
    tags, songs = Baskets("tags", (str,), "a list of text"), Baskets("songs", (int, str), "a list of ids")
    for path in files:
        for records in json_records(path):
            columns["id"] += _ids(path, records)
            columns["title"] += column(path, records, "plylst_title", (str,), "text")
            columns["likes"] += column(path, records, "like_cnt", (int, float), "a number")
            columns["date"] += column(path, records, "updt_date", (str,), "text")
            tags.add(path, records)
            songs.add(path, records)
    if not columns["id"]:
        raise SourceError("There is no playlist in it", "the list of playlists is empty", "choose another file")
    when = dates(columns.pop("date"), notes, "playlists without a valid date")
    frame = pd.DataFrame({name: pd.Series(values, dtype="object") for name, values in columns.items()})
    frame["date"] = when
    return frame, tags.pairs(), songs.pairs()


def _owners(path: Path, ids: pd.Series) -> pd.Series:
    owners = read_json(path)
    if not isinstance(owners, dict):
        raise wrong_type(path, 1, "", "an object of playlist id → listener", owners)
    return pd.Series([str(owners.get(ident, "")) for ident in ids.astype("str")], ids.index, dtype="str")


def _song_info(folder: Path, notes: Notes) -> SongInfo:
    path = folder / "song_meta.json"
    main = Baskets("song_gn_gnr_basket", (str,), "a list of genre codes")
    detail = Baskets("song_gn_dtl_gnr_basket", (str,), "a list of genre codes")
    artists = Baskets("artist_id_basket", (int, str), "a list of artist ids")
    names = Baskets("artist_name_basket", (str,), "a list of text")
    parts: list[pd.DataFrame] = []
    artist_names: dict[str, str] = {}
    unnamed = 0
    for records in json_records(path):
        main.add(path, records)
        detail.add(path, records)
        counts, ids = artists.add(path, records)
        name_counts, called = names.add(path, records)
        same = counts == name_counts
        unnamed += int((~same).sum())
        pairs = zip(compress(ids, np.repeat(same, counts)), compress(called, np.repeat(same, name_counts)), strict=True)
        artist_names.update({str(ident): name for ident, name in pairs if name})
        texts = {"name": "song_name", "album": "album_name", "date": "issue_date"}
        frame = pd.DataFrame(
            {n: pd.Series(column(path, records, f, (str,), "text"), dtype="str") for n, f in texts.items()}
        )
        frame["artist"] = pd.Series([_listed(row.get("artist_name_basket")) for row in records.rows], dtype="str")
        frame.insert(0, "id", _ids(path, records))
        parts.append(frame)
    if not parts:
        raise SourceError("'song_meta.json' describes no song", "its list is empty", "fetch it again or leave it out")
    notes.add("songs with more artist ids than names, or fewer", unnamed, "these artists are not named by them")
    frame = pd.concat(parts, ignore_index=True)
    frame["date"] = _issue_dates(frame["date"], notes)
    both, details = main.pairs(), detail.pairs()
    genres = Pairs(np.concatenate([both.rows, details.rows]), np.concatenate([both.values, details.values]))
    return SongInfo(frame, genres, artists.pairs(), _genre_names(folder / "genre_gn_all.json"), artist_names)


def _listed(names: list[str | None] | None) -> str:
    return ", ".join(name for name in names or [] if name)


def _genre_names(path: Path) -> dict[str, str]:
    content = read_json(path) if path.is_file() else {}
    if not isinstance(content, dict):
        raise wrong_type(path, 1, "", "an object of code → name", content)
    return {code: str(name) for code, name in content.items()}


def _issue_dates(values: pd.Series, notes: Notes) -> pd.Series:
    """Dates as 20140512; month or day 00 become 01, and year 0000 is unknown."""
    unknown = values.isna() | (values == "") | values.str.startswith("0000").fillna(False)
    notes.add(
        "songs without an issue date (such as 00000000)",
        int(unknown.sum()),
        "date left unknown",
        values[unknown].dropna().unique(),
    )
    partly = values.str.fullmatch(r"\d{4}(00\d\d|\d\d00)").fillna(False) & ~unknown
    notes.add(
        "issue dates without month or day",
        int(partly.sum()),
        "taken as the first of the year or month",
        values[partly].unique(),
    )
    mended = values.where(
        ~partly, values.str.replace(r"^(\d{4})00", r"\g<1>01", regex=True).str.replace(r"00$", "01", regex=True)
    )
    return dates(mended.where(~unknown), notes, "songs without a valid date", "%Y%m%d")
