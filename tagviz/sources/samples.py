"""Small copies of large files of the formats that are read whole, so that a preview takes no longer than a glance."""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path

import orjson

from tagviz.errors import SourceError
from tagviz.sources.files import json_records

SMALL = 16 * 2**20
"""Bytes up to which a file is looked at whole."""
_RECORDS = 2_000


def sample_of(format: str, place: Path, folder: Path, limit: int) -> tuple[Path, bool]:
    """A file or folder that begins like `place`, made in `folder`, and whether it is all of it."""
    files = [place] if place.is_file() else [file for file in place.iterdir() if file.is_file()]
    if format == "mpd" and place.is_dir():
        files = sorted([*place.glob("mpd.slice.*"), *place.glob("data/mpd.slice.*")])
        if len(files) > 1:
            shutil.copy(files[0], folder / files[0].name)
            return folder, False
        return place, True
    if sum(file.stat().st_size for file in files) <= SMALL or limit <= 0:
        return place, True
    if format == "melon":
        _first_records(place / "train.json" if place.is_dir() else place, folder / "train.json")
        return folder / "train.json", False
    if format == "jamendo":
        target = folder / files[0].name
        with files[0].open("rb") as source, target.open("wb") as copy:
            copy.writelines(islice(source, 50 * _RECORDS))
        return target, False
    return place, True


def _first_records(source: Path, target: Path) -> None:
    try:
        first = next(json_records(source)).rows[:_RECORDS]
    except StopIteration:
        raise SourceError(f"{source.name!r} holds no playlist", "its list is empty", "choose another file") from None
    target.write_bytes(orjson.dumps(first))
