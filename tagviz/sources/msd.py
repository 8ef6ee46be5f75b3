"""The Million Song Dataset's Last.fm files: one JSON a track in nested folders, with tags and their scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.params import param
from tagviz.sources.archives import files_below
from tagviz.sources.files import read_json, wrong_type
from tagviz.sources.findings import Findings
from tagviz.sources.list_cells import CellForm, entries
from tagviz.sources.raw import Options, Pairs, Raw
from tagviz.types import Progress, ProgressCallback, no_progress

FORMAT = "msd"


class MsdOptions(Options):
    """Options of the reader of Last.fm's Million Song files."""

    min_score: float = param(0.0, "Tags with a lower score (0 … 100) are left out.", first=True)


OPTIONS = MsdOptions


def sniff(path: Path) -> float:
    """.9 for a folder whose first JSON file is a track with similars and tags, or such a file; 0 otherwise."""
    first = next(iter(_files(path)), None)
    if first is None:
        return 0.0
    with first.open("rb") as opened:
        head = opened.read(2**20)
    keys = (b'"track_id"', b'"tags"', b'"similars"')
    return 0.9 if head.lstrip().startswith(b"{") and all(key in head for key in keys) else 0.0


def load(path: Path, options: MsdOptions, findings: Findings, progress: ProgressCallback = no_progress) -> Raw:
    """Every track is a document: title, tags, and its artist as the group."""
    files = _files(path)
    if findings.limit and len(files) > 2000:
        findings.total_rows, findings.complete, files = len(files), False, files[:2000]
    if path.is_dir():
        findings.skipped_files += [file.name for file in files_below(path) if file.suffix.lower() != ".json"]
    rows: list[dict[str, Any]] = []
    owners: list[int] = []
    tags: list[str] = []
    weak = 0
    form = CellForm()
    for number, file in enumerate(files):
        if number % 1000 == 0:
            progress(Progress("Reading tracks", number / len(files)))
        content = read_json(file)
        if not isinstance(content, dict) or "track_id" not in content:
            raise wrong_type(file, 1, "track_id", "an object with a track's id", content)
        listed = entries(content.get("tags") or [], form)
        strong = [entry.text for entry in listed if entry.score is None or entry.score >= options.min_score]
        weak += len(listed) - len(strong)
        owners += [len(rows)] * len(strong)
        tags += strong
        rows.append(
            {"id": content["track_id"], "title": content.get("title") or "", "group": content.get("artist") or ""}
        )
    findings.add(f"tags with a score below {options.min_score:g}", weak, "left out, as asked")
    findings.taken_for = "tracks with their tags, one file each: a track is a document"
    findings.encoding, findings.encoding_why = "utf-8", "JSON"
    for name, role in (
        ("track_id", "id"),
        ("title", "title"),
        ("artist", "group"),
        ("tags", "tags"),
        ("similars", ""),
        ("timestamp", ""),
    ):
        findings.column(name, role, "Last.fm's own field")
    frame = pd.DataFrame(rows, columns=["id", "title", "group"])
    return Raw(
        frame, Pairs(np.array(owners, dtype=np.int64), np.array([*tags, None], dtype=object)[:-1]), group_name="artist"
    )


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for file in files_below(path) if file.suffix.lower() == ".json"]
    return [path] if path.is_file() and path.suffix.lower() == ".json" else []
