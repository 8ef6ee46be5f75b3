"""GEMSEC's Deezer files (HU_genres.json, …): an object of listener → the genres they love."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tagviz.errors import SourceError
from tagviz.sources.build import build_corpus
from tagviz.sources.files import read_json, wrong_type
from tagviz.sources.raw import Notes, Options, Origin, Pairs, Raw
from tagviz.types import Corpus, Progress, ProgressCallback, no_progress

FORMAT = "deezer"
OPTIONS = Options


def sniff(path: Path) -> float:
    """1 for files named …_genres.json, .6 for another JSON object whose first value is a list of text; 0 otherwise."""
    files = _files(path)
    if not files:
        return 0.0
    if files[0].name.endswith("_genres.json"):
        return 1.0
    with files[0].open("rb") as opened:
        head = opened.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    key, colon, value = head.partition(b":")
    return 0.6 if key.startswith(b"{") and colon and value.lstrip().startswith(b'["') else 0.0


def read(path: Path, options: Options, progress: ProgressCallback = no_progress, name: str | None = None) -> Corpus:
    """A corpus of listeners with the genres they love as tags; of several files (countries) in one folder all."""
    files = _files(path)
    if not files:
        raise SourceError(
            f"No Deezer file in {path.name!r}", "expected files named …_genres.json", "choose another folder"
        )
    notes = Notes()
    ids: list[str] = []
    rows: list[list[str]] = []
    for file in files:
        progress(Progress(f"Reading {file.name}"))
        prefix = f"{file.name.split('_')[0]}-" if len(files) > 1 else ""
        for number, (listener, genres) in enumerate(_listeners(file), 1):
            if not isinstance(genres, list) or not all(isinstance(genre, str) for genre in genres):
                raise wrong_type(file, number, listener, "a list of text", genres)
            ids.append(prefix + listener)
            rows.append(genres)
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    tags = Pairs.of_lists(lengths, np.array([genre for row in rows for genre in row], dtype=object))
    raw = Raw(pd.DataFrame({"id": ids, "group": ids}, dtype="str"), tags, group_name="listener")
    return build_corpus(raw, Origin(path, FORMAT, name), options, notes, progress)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*_genres.json"))
    return [path] if path.suffix.lower() == ".json" and path.is_file() else []


def _listeners(file: Path) -> list[tuple[str, object]]:
    content = read_json(file)
    if not isinstance(content, dict):
        raise wrong_type(file, 1, "", "an object of listener → genres", content)
    return list(content.items())
