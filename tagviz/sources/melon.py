"""The Melon / Kakao Arena files: train.json, val.json, test.json, song_meta.json, genre_gn_all.json."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from tagviz.errors import SourceError
from tagviz.params import knob
from tagviz.sources.build import build_corpus
from tagviz.sources.files import Records, column, exists, json_records, list_column, read_json, wrong_type
from tagviz.sources.raw import Notes, Options, Pairs, Raw, SongInfo, dates
from tagviz.types import Corpus, Progress, ProgressCallback, quiet

FORMAT = "melon"


class MelonOptions(Options):
    """Options of the Melon reader."""

    playlists: Literal["train", "train+val", "train+val+test"] = knob(
        "train", "Which playlists are read; val and test hide part of what they held, so they count as questions."
    )
    songs: Literal["used", "all"] = knob("used", "Songs that are kept: those in playlists, or all that have metadata.")


OPTIONS = MelonOptions


def sniff(path: Path) -> float:
    """1 for a folder with train.json or a list of objects that have plylst_title; 0 for anything else."""
    file = path / "train.json" if path.is_dir() else path
    if file.suffix.lower() != ".json" or not file.is_file():
        return 0.0
    with file.open("rb") as opened:
        head = opened.read(2**22)
    return 1.0 if b'"plylst_title"' in head else 0.0


def read(path: Path, options: MelonOptions, progress: ProgressCallback = quiet, name: str | None = None) -> Corpus:
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
    return build_corpus(raw, path, FORMAT, options, notes, name, progress)


def _ids(path: Path, records: Records) -> list[Any]:
    """`id`, or `_id` where that is what a document says."""
    found = [row.get("id", row.get("_id")) for row in records.rows]
    if not set(map(type, found)) <= {int, str}:
        number, value = next((i, v) for i, v in enumerate(found) if type(v) not in (int, str))
        raise wrong_type(path, records.first + number, "id", "a number or text", value)
    return found


def _playlists(files: Iterable[Path], notes: Notes) -> tuple[pd.DataFrame, Pairs, Pairs]:
    columns: dict[str, list[Any]] = {"id": [], "title": [], "likes": [], "date": []}
    lengths: dict[str, list[Any]] = {"tags": [], "songs": []}
    values: dict[str, list[Any]] = {"tags": [], "songs": []}
    for path in files:
        for records in json_records(path):
            columns["id"] += _ids(path, records)
            columns["title"] += column(path, records, "plylst_title", (str,), "text")
            columns["likes"] += column(path, records, "like_cnt", (int, float), "a number")
            columns["date"] += column(path, records, "updt_date", (str,), "text")
            for field, types, expected in (("tags", (str,), "a list of text"), ("songs", (int, str), "a list of ids")):
                counts, entries = list_column(path, records, field, types, expected)
                lengths[field].append(counts)
                values[field].append(_array(entries))
    if not columns["id"]:
        raise SourceError("There is no playlist in it", "the list of playlists is empty", "choose another file")
    frame = pd.DataFrame(
        {"id": columns["id"], "title": pd.Series(columns["title"], dtype="object"), "likes": columns["likes"]}
    )
    frame["date"] = dates(columns["date"], notes, "playlists without a valid date")
    tags, songs = (Pairs.of_lists(np.concatenate(lengths[f]), _joined(values[f])) for f in ("tags", "songs"))
    return frame, tags, songs


def _array(entries: list[Any]) -> np.ndarray[Any, Any]:
    kinds = set(map(type, entries))
    return np.array(entries, dtype=np.int64 if kinds == {int} else object)


def _joined(parts: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    full = [part for part in parts if len(part)]
    return np.concatenate(full) if full else np.empty(0, dtype=object)


def _owners(path: Path, ids: pd.Series) -> pd.Series:
    owners = read_json(path)
    if not isinstance(owners, dict):
        raise wrong_type(path, 1, "", "an object of playlist id → listener", owners)
    return ids.astype("str").map({key: str(value) for key, value in owners.items()}).fillna("")


def _song_info(folder: Path, notes: Notes) -> SongInfo:
    path = folder / "song_meta.json"
    parts: list[pd.DataFrame] = []
    genre_rows: list[Any] = []
    genre_values: list[Any] = []
    artist_rows: list[Any] = []
    artist_values: list[Any] = []
    artist_names: dict[str, str] = {}
    start = 0
    for records in json_records(path):
        ids = _ids(path, records)
        names = column(path, records, "artist_name_basket", (list,), "a list of text")
        frame = pd.DataFrame(
            {
                "id": ids,
                "name": pd.Series(column(path, records, "song_name", (str,), "text"), dtype="str"),
                "artist": pd.Series([", ".join(str(n) for n in row or [] if n) for row in names], dtype="str"),
                "album": pd.Series(column(path, records, "album_name", (str,), "text"), dtype="str"),
                "date": pd.Series(column(path, records, "issue_date", (str,), "text"), dtype="str"),
            }
        )
        rows = np.arange(start, start + len(ids))
        for field in ("song_gn_gnr_basket", "song_gn_dtl_gnr_basket"):
            counts, codes = list_column(path, records, field, (str,), "a list of genre codes")
            genre_rows.append(np.repeat(rows, counts))
            genre_values.append(_array(codes))
        counts, artists = list_column(path, records, "artist_id_basket", (int, str), "a list of artist ids")
        artist_rows.append(np.repeat(rows, counts))
        artist_values.append(_array(artists))
        for idents, called in zip((row.get("artist_id_basket") or [] for row in records.rows), names, strict=True):
            if called and len(idents) == len(called):
                artist_names.update((str(i), n) for i, n in zip(idents, called, strict=True) if n)
        parts.append(frame)
        start += len(ids)
    frame = pd.concat(parts, ignore_index=True)
    frame["date"] = _issue_dates(frame["date"], notes)
    genres = folder / "genre_gn_all.json"
    return SongInfo(
        frame,
        Pairs(np.concatenate(genre_rows), _joined(genre_values)),
        Pairs(np.concatenate(artist_rows), _joined(artist_values)),
        {str(code): str(label) for code, label in read_json(genres).items()} if genres.is_file() else {},
        artist_names,
    )


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
