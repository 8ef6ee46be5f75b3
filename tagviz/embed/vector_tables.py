"""Vectors in tables: TensorBoard's pairs and Parquet. Word i keeps vector i, or the file is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tagviz.embed.vector_records import HEADINGS, KEYS, NO_VECTOR, NUMBERINGS, list_of_numbers, stacked
from tagviz.embed.vector_text import cut_off, lines_of, number_of
from tagviz.errors import SourceError
from tagviz.types import Floats, Progress, ProgressCallback

CheckSize = Callable[[Path, int], None]
_PLACE = re.compile(
    r"(?:^|[_ .-])(?:x|y|z|xy|coords?|coordinates|position|pos)$|umap|t-?sne|neighbou?rs|nearest", re.IGNORECASE
)
"""Names of places on a map and of lists of neighbours, which are no vectors."""


def metadata_of(path: Path) -> Path | None:
    """The file of words of a TSV of vectors, as TensorBoard and gensim's word2vec2tensor call it."""
    names = [re.sub("vectors|tensors|tensor", "metadata", path.name), "metadata.tsv"]
    return next((place for name in names if (place := path.with_name(name)).is_file() and place != path), None)


def read_projector(
    path: Path, progress: ProgressCallback, check_size: CheckSize
) -> tuple[list[str], Floats, tuple[str, ...]]:
    """A TSV of numbers and its words."""
    about = metadata_of(path)
    if about is None:
        raise SourceError(
            f"{path.name} has no metadata beside it", "metadata.tsv was looked for", "put the file of words beside it"
        )
    check_size(about, about.stat().st_size)
    vectors, notes = _matrix(path, progress)
    words, more = _labels(about, len(vectors))
    kept = [row for row, word in enumerate(words) if word]
    if len(kept) < len(words):
        more = (*more, f"{len(words) - len(kept):,} vectors without a word are left out")
    return [words[row] for row in kept], vectors[kept], (*notes, *more)


def _matrix(path: Path, progress: ProgressCallback) -> tuple[Floats, tuple[str, ...]]:
    rows: list[np.ndarray[Any, Any]] = []
    notes: tuple[str, ...] = ()
    comma = False
    for number, line in enumerate(lines_of(path), 1):
        if not line.strip():
            continue
        cells = line.rstrip("\t").split("\t")
        if not rows and all(number_of(cell) is None for cell in cells):
            if all(number_of(cell, True) is not None for cell in cells):
                comma, notes = True, ("numbers are written with a decimal comma",)
            elif number == 1:
                notes = ("the vectors have a header line, which is left out",)
                continue
        try:
            row = np.array([cell.replace(",", ".") for cell in cells] if comma else cells, dtype=np.float32)
        except ValueError:
            raise cut_off(path, f"line {number:,}: not all of its cells are numbers") from None
        if rows and len(row) != len(rows[0]):
            raise cut_off(path, f"line {number:,} has {len(row)} numbers, those above {len(rows[0])}")
        rows.append(row)
        if number % 20_000 == 0:
            progress(Progress("Reading vectors", None, f"{number:,} rows"))
    if not rows:
        raise cut_off(path, "there is no line of numbers")
    return np.vstack(rows), notes


def _labels(about: Path, count: int) -> tuple[list[str], tuple[str, ...]]:
    """One word a vector. Only a line feed ends a line; blank lines are no labels, unless the lines fit with them."""
    lines = list(lines_of(about))
    while lines and not lines[-1].strip():
        lines.pop()
    filled = [line for line in lines if line.strip()]
    notes: tuple[str, ...] = ()
    headed = bool(filled) and ("\t" in filled[0] or filled[0].strip().casefold() in (*HEADINGS, *NUMBERINGS))
    even_with_blanks = len(lines) == count or (len(lines) == count + 1 and headed)
    even_without = len(filled) == count or (len(filled) == count + 1 and headed)
    if len(filled) < len(lines) and even_without:
        if even_with_blanks and len(lines) != count:
            raise SourceError(
                f"{about.name} can be read in two ways",
                "its first line may be a header, and there are blank lines",
                "take the blank lines out",
            )
        lines, notes = (lines, ()) if even_with_blanks else (filled, ("blank lines between the words are left out",))
    rows = [[_unquoted(cell) for cell in line.split("\t")] for line in lines]
    header = rows[0] if rows else []
    named = [cell.strip().casefold() for cell in header]
    is_header = len(rows) == count + 1 and (len(header) > 1 or named[0] in (*HEADINGS, *NUMBERINGS))
    if is_header:
        rows = rows[1:]
    if len(rows) != count:
        raise SourceError(
            f"{about.name} and the vectors do not belong together",
            f"{len(rows):,} words, {count:,} vectors",
            f"take the header {header[0][:40]!r} out, if it is one"
            if len(rows) == count + 1
            else "write both again: a word a line, in the order of the vectors",
        )
    column = next((named.index(name) for name in ("key", *HEADINGS) if is_header and name in named), None)
    if column is None:
        column = _text_column(rows)
    if any('"' in line for line in lines) and any(
        cell != raw
        for line, row in zip(lines[-count:], rows, strict=True)
        for cell, raw in zip(row, line.split("\t"), strict=True)
    ):
        notes = (*notes, "quotes around words are taken off")
    return [row[column].strip(" ") if column < len(row) else "" for row in rows], notes


def _unquoted(cell: str) -> str:
    if len(cell) > 2 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', ""):
        return cell[1:-1].replace('""', '"')
    return cell


def _text_column(rows: list[list[str]]) -> int:
    """The first column that holds anything but numbers."""
    for column in range(min(map(len, rows), default=1)):
        if any(number_of(row[column]) is None for row in rows):
            return column
    return 0


def read_parquet(
    path: Path, progress: ProgressCallback, check_size: CheckSize
) -> tuple[list[str], Floats, tuple[str, ...]]:
    """A column of words, and either the one column of lists of numbers under any name, or a column a dimension."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = pq.read_metadata(path)
        check_size(path, sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups)))
        schema = pq.read_schema(path)
        table = pq.ParquetFile(path).read()
    except SourceError:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, UnicodeDecodeError, OverflowError) as error:
        detail = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise cut_off(path, detail) from None
    kinds = {_name(field.name): field.type for field in schema}
    if len(kinds) < len(schema):
        raise SourceError(f"{path.name} has two columns of one name", ", ".join(list(kinds)[:8]), "write it again")
    columns = dict(zip(kinds, table.columns, strict=True))
    lists = [name for name, kind in kinds.items() if _is_list(kind) and not _PLACE.search(name)]
    texts = [name for name, kind in kinds.items() if _is_text(kind)]
    words = next((name for key in KEYS for name in texts if name.casefold() == key), texts[0] if texts else "")
    if not words:
        words = next(
            (
                name
                for name, kind in kinds.items()
                if pa.types.is_integer(kind) and name.casefold() in ("id", "key", "item", "song_id", "track_id")
            ),
            "",
        )
    if not words:
        raise SourceError(f"{path.name} has no column of words", f"columns: {', '.join(kinds)[:200]}", "call it `key`")
    if "vector" in lists:
        lists = ["vector"]
    if len(lists) > 1:
        raise SourceError(
            f"{path.name} has several columns of lists", ", ".join(lists)[:200], "call the one that is meant `vector`"
        )
    try:
        labels = ["" if word is None else str(word) for word in columns[words].to_pylist()]
        if lists:
            return labels, stacked(path, columns[lists[0]].to_pylist()), (f"the vectors are in column {lists[0]!r}",)
        dimensions = [
            name
            for name, kind in kinds.items()
            if _is_number_type(kind) and name != words and name.casefold() not in NO_VECTOR and not _PLACE.search(name)
        ]
        written = [name for name in texts if name != words and _all_lists(columns[name].slice(0, 50).to_pylist())]
        if len(written) == 1:
            cells = columns[written[0]].to_pylist()
            rows = [list_of_numbers(path, number, cell or "") for number, cell in enumerate(cells, 1)]
            return labels, stacked(path, rows), (f"the vectors are text in column {written[0]!r}",)
        if len(dimensions) < 2:
            raise SourceError(
                f"{path.name} holds no vectors",
                f"columns: {', '.join(kinds)[:200]}",
                "write a column of lists of numbers",
            )
        matrix = np.column_stack([columns[name].to_numpy() for name in dimensions])
        return labels, np.asarray(matrix, dtype=np.float32), (f"each of {len(dimensions):,} columns is a dimension",)
    except (ValueError, TypeError, UnicodeDecodeError, pa.ArrowException, OverflowError) as error:
        if isinstance(error, SourceError):
            raise
        raise cut_off(path, str(error).splitlines()[0][:200] if str(error) else type(error).__name__) from None


def _all_lists(cells: list[Any]) -> bool:
    return bool(cells) and all(isinstance(cell, str) and cell.strip().startswith("[") for cell in cells)


def _name(name: Any) -> str:
    return str(name).encode("utf-8", "replace").decode()


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_list(kind: Any) -> bool:
    import pyarrow as pa

    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return listed and _is_number_type(kind.value_type)


def _is_number_type(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))
