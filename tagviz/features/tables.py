"""A table of numbers per song (CSV, Excel, Parquet, JSON, npz) → FeatureTable, with what was kept, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.embed.vector_arrays import NPZ_DAMAGE, shapes_of
from tagviz.embed.vector_formats import check_size
from tagviz.errors import SourceError
from tagviz.feature_table import FeatureTable
from tagviz.sources.archives import opened
from tagviz.sources.files import exists
from tagviz.sources.findings import Findings
from tagviz.sources.role_names import known_name, plain
from tagviz.sources.table_files import FileOptions, read_tables, table_files

LARGEST_MISSING = 0.5
"""A column with a larger share of cells that are no numbers is dropped."""
LONGEST_ID = 1000
_ID_ROLES = ("songs", "id", "song_name")
_ROW_NUMBERS = ("", "index", "idx", "row", "unnamed0", "column1")


@dataclass(frozen=True)
class ColumnUse:
    """What a column of the file is taken for.

    Attributes:
        name: Its name.
        role: "id", "number", or "" where it is dropped.
        why: The reason.
        examples: Its first cells.
    """

    name: str
    role: str
    why: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FeatureFile:
    """A file of features as it was read.

    Attributes:
        table: Its songs and numbers.
        columns: What each column was taken for.
        notes: What was corrected or dropped: rows of `what`, `count`, `action`, `examples`.
    """

    table: FeatureTable
    columns: tuple[ColumnUse, ...]
    notes: tuple[Mapping[str, Any], ...]

    def described(self) -> dict[str, Any]:
        """Return what is printed, as JSON."""
        return {
            "songs": len(self.table),
            "numbers": len(self.table.columns),
            "fingerprint": self.table.fingerprint,
            "columns": [
                {"name": each.name, "role": each.role, "why": each.why, "examples": list(each.examples)}
                for each in self.columns
            ],
            "notes": [dict(note) for note in self.notes],
        }


def read_features(path: Path, id_column: str = "") -> FeatureFile:
    """Read a table with one row per song: one column of ids, the others numbers.

    Args:
        path: CSV (any separator and encoding that `tagviz import` reads), Excel, Parquet, JSON or npz, packed or not.
        id_column: Column of the songs' ids; "": found by its name, or as the only column of distinct texts.

    Raises:
        SourceError: The file cannot be read, has no column of ids or none of numbers.
    """
    path = Path(path).expanduser()
    with opened(exists(path), playlists=False) as place:
        findings = Findings()
        if place.suffix.lower() == ".npz":
            columns = _npz(place)
        else:
            if not table_files(place):
                raise SourceError(
                    f"{path.name!r} is no table of numbers", "expected CSV, Excel, Parquet, JSON or npz", "convert it"
                )
            columns = dict(read_tables(place, FileOptions(), {}, findings)[0].columns)
    if not columns or not len(next(iter(columns.values()))):
        raise SourceError(f"{path.name!r} has no rows", "one row per song was expected", "check the file")
    name = _id_column(path, columns, id_column)
    return _built(path, columns, name, findings)


def _built(path: Path, columns: dict[str, pd.Series], name: str, findings: Findings) -> FeatureFile:
    ids = _texts(columns[name])
    uses = [ColumnUse(name, "id", "ids of the songs", _examples(columns[name]))]
    kept: list[str] = []
    numbers: list[NDArray[np.float32]] = []
    bad_cells: list[str] = []
    bad_count = 0
    for column, cells in columns.items():
        if column == name:
            continue
        values, filled = _numbers(cells)
        reason = _dropped(column, values, filled)
        uses.append(ColumnUse(column, "" if reason else "number", reason or "numbers", _examples(cells)))
        if not reason:
            kept.append(column)
            numbers.append(values)
            missing = int((~np.isfinite(values)).sum())
            bad_count += missing
            bad_cells += [f"{column}: {missing:,}"] if missing else []
    if not kept:
        raise SourceError(
            f"{path.name!r} has no column of numbers",
            "; ".join(f"{use.name}: {use.why}" for use in uses[:6]),
            "one column per number was expected",
        )
    matrix = np.stack(numbers, axis=1)
    findings.add("cells that are no finite number", bad_count, "take the column's median", bad_cells)
    rows = _usable_rows(ids, matrix, findings)
    if not len(rows):
        raise SourceError(f"No row of {path.name!r} has an id and a number", "", "check the file")
    table = FeatureTable(
        pd.Index(ids[rows], dtype="str"), tuple(kept), np.ascontiguousarray(matrix[rows]), "table", {"file": path.name}
    )
    return FeatureFile(table, tuple(uses), tuple(findings.rows))


def _usable_rows(ids: NDArray[Any], matrix: NDArray[np.float32], findings: Findings) -> NDArray[np.int64]:
    """Rows with an id of their own and at least one number; what is left out is noted."""
    named = np.array([0 < len(ident) <= LONGEST_ID for ident in ids], dtype=bool)
    nameless = np.flatnonzero(~named) + 1
    findings.add("rows without an id", len(nameless), "left out", nameless.tolist())
    empty = named & ~np.isfinite(matrix).any(axis=1)
    findings.add("rows without any number", int(empty.sum()), "left out", ids[empty].tolist())
    rows = np.flatnonzero(named & ~empty)
    again = pd.Series(ids[rows]).duplicated().to_numpy()
    if again.any():
        first = dict(zip(reversed(ids[rows].tolist()), reversed(rows.tolist()), strict=True))
        same = np.array([np.array_equal(matrix[first[ids[row]]], matrix[row], equal_nan=True) for row in rows[again]])
        findings.add("rows that repeat a song", int(same.sum()), "left out", ids[rows[again][same]].tolist())
        other = rows[again][~same]
        findings.add(
            "rows with other numbers for a song", len(other), "left out, the first counts", ids[other].tolist()
        )
    return np.asarray(rows[~again], dtype=np.int64)


def _id_column(path: Path, columns: Mapping[str, pd.Series], wanted: str) -> str:
    shown = ", ".join(list(columns)[:8])
    if wanted:
        if wanted not in columns:
            raise SourceError(f"{path.name!r} has no column {wanted!r}", f"its columns: {shown} …", "name one of them")
        return wanted
    for role in _ID_ROLES:
        named = [name for name in columns if known_name(name) == role]
        if named:
            return named[0]
    texts = [name for name, cells in columns.items() if _numbers(cells)[1] < LARGEST_MISSING and cells.is_unique]
    if len(texts) != 1:
        raise SourceError(
            f"Which column of {path.name!r} holds the songs' ids cannot be told",
            f"columns of distinct texts: {', '.join(texts) or 'none'}",
            "add --id NAME",
        )
    return texts[0]


def _texts(cells: pd.Series) -> NDArray[Any]:
    """Ids as text: whole numbers in digits, no blanks around them."""
    texts = []
    for cell in cells.tolist():
        if cell is None or (isinstance(cell, float) and np.isnan(cell)):
            texts.append("")
        elif isinstance(cell, float) and cell.is_integer():
            texts.append(str(int(cell)))
        else:
            texts.append(str(cell).strip())
    return np.array(texts, dtype=object)


def _numbers(cells: pd.Series) -> tuple[NDArray[np.float32], float]:
    """The cells as float32, NaN where one is no finite number, and the share that is one."""
    values = pd.to_numeric(cells, errors="coerce")
    if pd.api.types.is_string_dtype(cells) and values.isna().mean() > LARGEST_MISSING:
        values = pd.to_numeric(cells.str.replace(",", ".", regex=False), errors="coerce")
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(over="ignore"):  # a number beyond float32 is treated as missing
        array = numbers.astype(np.float32)
    array[~np.isfinite(array)] = np.nan
    return array, float(np.isfinite(array).mean())


def _dropped(name: str, values: NDArray[np.float32], filled: float) -> str:
    """Why a column is dropped; "" where it is kept."""
    if filled < 1 - LARGEST_MISSING:
        return f"only {filled:.0%} of its cells are numbers" if filled else "text, or empty"
    known = values[np.isfinite(values)]
    if plain(name) in _ROW_NUMBERS and np.array_equal(values - values[0], np.arange(len(values))):
        return "row numbers"
    if len(values) > 1 and known.min() == known.max():
        return "the same number in all rows"
    return ""


def _examples(cells: pd.Series) -> tuple[str, ...]:
    return tuple(str(cell)[:40] for cell in cells.iloc[:3].tolist())


def _npz(path: Path) -> dict[str, pd.Series]:
    """Columns of an npz: one array of ids (n,), one of numbers (n, d), and names of the columns where there are any."""
    try:
        shapes_of(path, check_size)
        with np.load(path, allow_pickle=False) as packed:
            arrays = {name: packed[name] for name in packed.files}
            arrays = {name: array for name, array in arrays.items() if isinstance(array, np.ndarray)}
    except (SourceError, *NPZ_DAMAGE) as error:
        detail = error.detail if isinstance(error, SourceError) else str(error)[:200]
        raise SourceError(f"{path.name!r} is no npz that can be read safely", detail, "save it anew") from error
    matrices = [name for name, array in arrays.items() if array.ndim == 2 and array.dtype.kind in "fiu"]
    if len(matrices) != 1:
        raise SourceError(
            f"{path.name!r} holds {len(matrices)} matrices of numbers",
            f"its arrays: {', '.join(f'{name} {array.shape}' for name, array in arrays.items())[:200]}",
            "save one of shape (songs, numbers), and the ids beside it",
        )
    matrix = arrays[matrices[0]]
    lists = {name: array for name, array in arrays.items() if array.ndim == 1}
    named = [name for name, array in lists.items() if len(array) == len(matrix) and name != "columns"]
    if len(named) != 1:
        raise SourceError(
            f"{path.name!r} does not say whose numbers these are",
            f"{len(named)} lists of {len(matrix):,} ids",
            "save one list `ids` of that length",
        )
    titles = lists.get("columns", np.array([f"f{at}" for at in range(matrix.shape[1])]))
    if len(titles) != matrix.shape[1]:
        raise SourceError(
            f"{path.name!r} names {len(titles):,} columns of {matrix.shape[1]:,}", "", "name each, or none"
        )
    ids = pd.Series([str(ident) for ident in lists[named[0]].tolist()], dtype="str")
    return {"id": ids} | {str(title): pd.Series(matrix[:, at]) for at, title in enumerate(titles.tolist())}
