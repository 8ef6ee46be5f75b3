"""The HetRec 2011 Last.fm files: user_taggedartists.dat, tags.dat (Latin-1), artists.dat."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from tagviz.params import param
from tagviz.sources.build import build_corpus
from tagviz.sources.files import exists, numbers, read_columns
from tagviz.sources.raw import Notes, Options, Origin, Pairs, Raw, SongInfo
from tagviz.types import Corpus, Progress, ProgressCallback, no_progress

FORMAT = "lastfm"
ASSIGNMENTS, TAGS, ARTISTS = "user_taggedartists.dat", "tags.dat", "artists.dat"

FOUNDED = 2002
"""Assignments dated before Last.fm existed are taken as undated."""


class LastfmOptions(Options):
    """Options of the Last.fm reader."""

    view: Literal["lists", "artists"] = param(
        "lists",
        "What a playlist is: the artists to which a listener gave one tag, or an artist with its tags.",
        first=True,
    )
    min_artists: int = param(
        5, "view=lists: artists that a list needs; more gives fewer, longer lists.", ge=1, first=True
    )
    tag_artists: int = param(
        2, "view=lists: artists of the list that need one of the listener's other tags for it to count.", ge=1
    )
    most_tags: int = param(
        10, "view=lists: other tags that a list gets at most, those on most of its artists first.", ge=1
    )
    songs: Literal["used", "all"] = param("used", "Artists that are kept: those in lists, or all in artists.dat.")


OPTIONS = LastfmOptions


def sniff(path: Path) -> float:
    """1 for the folder (or the assignments file) of the HetRec data; 0 for anything else."""
    folder = path if path.is_dir() else path.parent
    named = path.is_dir() or path.name in (ASSIGNMENTS, TAGS, ARTISTS)
    return float(named and (folder / ASSIGNMENTS).is_file())


def read(
    path: Path, options: LastfmOptions, progress: ProgressCallback = no_progress, name: str | None = None
) -> Corpus:
    """A corpus of listeners' lists, or of tagged artists."""
    folder = path if path.is_dir() else path.parent
    notes = Notes()
    progress(Progress("Reading assignments", 0.0))
    assignments = _assignments(folder, notes)
    artists = _artists(folder, notes)
    progress(Progress("Making lists", 0.3))
    raw = (
        _lists(assignments, artists, options, notes)
        if options.view == "lists"
        else _tagged_artists(assignments, artists, notes)
    )
    return build_corpus(raw, Origin(folder, FORMAT, name), options, notes, progress)


def _assignments(folder: Path, notes: Notes) -> pd.DataFrame:
    """One row an assignment: numbers `user`, `artist`, `tag`; `spelling`; `month` counted from year 0 (−1 unknown)."""
    path = folder / ASSIGNMENTS
    names = ["userID", "artistID", "tagID", "month", "year"]
    table = read_columns(path, notes, names)
    user, artist, tag, month, year = (numbers(path, table, column) for column in names)
    odd = (year < FOUNDED) | (month < 1) | (month > 12)
    notes.add(f"assignments dated before {FOUNDED}", int(odd.sum()), "taken as undated", sorted(set(year[odd])))
    frame = pd.DataFrame(
        {"user": user, "artist": artist, "tag": tag, "month": np.where(odd, -1, 12 * year + month - 1)}
    )
    again = frame.duplicated(["user", "artist", "tag"])
    notes.add("assignments that occur twice", int(again.sum()), "counted once")
    frame = frame[~again]
    spelled = read_columns(exists(folder / TAGS), notes, ["tagID", "tagValue"])
    spelling = pd.Series(spelled["tagValue"].to_numpy(), index=numbers(folder / TAGS, spelled, "tagID"))
    frame["spelling"] = frame["tag"].map(spelling[~spelling.index.duplicated()])
    nameless = frame["spelling"].isna()
    notes.add(
        "assignments of tags that are not in tags.dat", int(nameless.sum()), "dropped", frame["tag"][nameless].unique()
    )
    return frame[~nameless]


def _artists(folder: Path, notes: Notes) -> pd.DataFrame:
    table = read_columns(exists(folder / ARTISTS), notes, ["id", "name"])
    return pd.DataFrame({"id": numbers(folder / ARTISTS, table, "id"), "name": table["name"], "artist": table["name"]})


def _lists(given: pd.DataFrame, artists: pd.DataFrame, options: LastfmOptions, notes: Notes) -> Raw:
    """One playlist per (listener, tag) with enough artists.

    Title = the tag, songs = the artists, tags = the listener's other tags on them, date = the month of the last
    assignment.
    """
    by_list = given.groupby(["user", "tag"], sort=True)
    size = by_list["artist"].transform("size")
    few = by_list.ngroups - given[size >= options.min_artists].groupby(["user", "tag"]).ngroups
    notes.add(f"listener's tags on fewer than {options.min_artists} artists", few, "make no list")
    kept = given[size >= options.min_artists]
    lists = kept.groupby(["user", "tag"], as_index=False).agg(title=("spelling", "first"), month=("month", "max"))
    kept = kept.merge(lists[["user", "tag"]].reset_index(names="list"), on=["user", "tag"])
    beside = kept[["list", "user", "artist", "tag"]].merge(given, on=["user", "artist"], suffixes=("", "_other"))
    beside = beside[beside["tag"] != beside["tag_other"]]
    counts = beside.groupby(["list", "tag_other", "spelling"], as_index=False).size()
    counts = counts[counts["size"] >= options.tag_artists].sort_values(
        ["list", "size", "tag_other"], ascending=[True, False, True]
    )
    chosen = counts[counts.groupby("list").cumcount() < options.most_tags]
    notes.add(
        "other tags of the listener on a list's artists",
        beside.groupby(["list", "tag_other"]).ngroups - len(chosen),
        f"left out: on fewer than {options.tag_artists} of them, or past the first {options.most_tags}",
    )
    frame = pd.DataFrame(
        {
            "id": lists["user"].astype("str") + "-" + lists["tag"].astype("str"),
            "title": lists["title"],
            "date": _months(lists["month"]),
            "group": lists["user"].astype("str"),
        }
    )
    return Raw(
        frame,
        Pairs(chosen["list"].to_numpy(np.int64), chosen["spelling"].to_numpy()),
        Pairs(kept["list"].to_numpy(np.int64), kept["artist"].to_numpy()),
        SongInfo(artists),
        group_name="listener",
        all_songs=options.songs == "all",
    )


def _tagged_artists(given: pd.DataFrame, artists: pd.DataFrame, notes: Notes) -> Raw:
    """Every tagged artist is a document: title = its name, tags = what any listener called it."""
    codes, ids = pd.factorize(given["artist"], sort=True)
    titles = pd.Series(ids).map(artists.drop_duplicates("id").set_index("id")["name"])
    unknown = titles.isna()
    notes.add("artists that are not in artists.dat", int(unknown.sum()), "kept without a name", ids[unknown])
    pairs = pd.DataFrame({"row": codes, "tag": given["spelling"].to_numpy()}).drop_duplicates()
    frame = pd.DataFrame(
        {
            "id": ids,
            "title": titles.fillna(""),
            "date": _months(given.groupby("artist")["month"].max().loc[ids]),
            "group": ids,
        }
    )
    return Raw(frame, Pairs(pairs["row"].to_numpy(np.int64), pairs["tag"].to_numpy()), group_name="artist")


def _months(months: pd.Series) -> pd.Series:
    """Months counted from year 0 as dates of their first day, −1 as unknown."""
    since_1970 = months.to_numpy(np.int64) - 12 * 1970
    month_starts = np.where(
        months >= 0, since_1970.astype("datetime64[M]").astype("datetime64[s]"), np.datetime64("NaT", "s")
    )
    return pd.Series(month_starts)
