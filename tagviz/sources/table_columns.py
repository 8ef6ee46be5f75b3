"""Columns of a table by their roles: tags, numbers, and ids that a spreadsheet has spoiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import regex
from numpy.typing import NDArray

from tagviz.csv_guard import unguard
from tagviz.errors import SourceError
from tagviz.sources.delimited import Table
from tagviz.sources.findings import Findings
from tagviz.sources.list_cells import EXCEL_ERRORS, SEPARATORS, CellForm, Entry, choose_form, entries, is_null, unescape
from tagviz.sources.raw import Pairs
from tagviz.sources.role_names import SINGULAR, plain
from tagviz.sources.roles import YES, Roles

_PREFIXED = regex.compile(r"(?:tags?|genres?|labels?|is)[_.:/ -]+(?=\S)", regex.IGNORECASE)
_MANGLED = r"(?i)(?:^|[|;,\s\[])[+-]?\d(?:[.,]\d+)?E\+?\d{2,}(?:$|[|;,\s\]])"
"""A number as Excel writes it when it has 12 digits or more, alone or in a list."""
_EXCEL_DATE = regex.compile(
    r"\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2}"
)
_GROUPED = regex.compile(r"-?\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+")
_SHORT_DECIMAL = regex.compile(r"-?\d+,\d{1,2}(?!\d)|-?\d+,\d{4,}|-?0,\d+")


def check_idents(table: Table, roles: Roles, findings: Findings) -> None:
    """Refuses ids that Excel turned into 1.23457E+11: different ids have become one, and no reader can part them."""
    for role in ("id", "songs"):
        for name in roles.columns.get(role, ()):
            cells = table.columns[name]
            if str(cells.dtype) != "str":
                continue
            distinct = pd.Series(cells.dropna().unique(), dtype="str")
            mangled = distinct[distinct.str.contains(_MANGLED, regex=True)]
            if len(mangled):
                rows = np.flatnonzero(cells.isin(mangled).to_numpy())
                lines = table.lines[rows] if table.lines is not None else rows + 1
                raise SourceError(
                    f"Column {name!r} holds ids that Excel has turned into {mangled.iloc[0][:40]}",
                    f"{len(rows):,} cells, from line {int(lines[0]):,}: their last digits are lost, so that different"
                    " ids have become one",
                    "import the file that Excel was given, or format the column as text before the ids are put into it;"
                    f" to do without: --column {role}=-",
                )


def restore_columns(table: Table, roles: Roles, findings: Findings) -> Table:
    """Undo what other programs wrote into text cells; both are noted as changes.

    HTML entities become characters ("r&amp;b" → "r&b"), and the apostrophes that defuse formulas are removed.
    """
    columns = dict(table.columns)
    touched: dict[str, set[int]] = {}
    for name in roles.all_columns:
        cells = columns[name]
        if str(cells.dtype) != "str":
            continue
        for mark, restore, what in _RESTORED:
            starts = cells.str.contains(mark, regex=False) if mark == "&" else cells.str.startswith(mark)
            odd = starts.fillna(False).to_numpy(bool)
            if odd.any():
                restored = cells.to_numpy(object, copy=True)
                changed = np.array([restore(cell) for cell in restored[odd]], dtype=object)
                rows = np.flatnonzero(odd)[changed != restored[odd]]
                restored[odd] = changed
                touched.setdefault(what, set()).update(rows.tolist())
                cells = columns[name] = pd.Series(restored, dtype="str")
    for what, places in touched.items():
        rows = np.array(sorted(places), dtype=np.int64)
        findings.changed(what, table.lines[rows] if table.lines is not None else rows + 1)
    return Table(columns, table.lines, table.named)


def _unwrapped(text: str) -> str:
    match = regex.fullmatch(r'="([^"]*)"', text)
    return match[1] if match else text


_RESTORED: tuple[tuple[str, Callable[[str], str], str], ...] = (
    ('="', _unwrapped, 'ids written as ="…" for Excel read as text'),
    ("'", unguard, "apostrophes in front of formula signs taken off"),
    ("&", unescape, "HTML entities such as &amp; read as characters"),
)
"""What a cell holds, what gives back the text that was meant, and what is said of it."""


def numbers_of(cells: pd.Series, findings: Findings, whole: bool = False) -> pd.Series:
    """Numbers as people write them: 1.234,5 or 1,234.5; the decimal mark is decided for the column.

    whole: the column counts something, so that 1.234 is no fraction.
    """
    if pd.api.types.is_numeric_dtype(cells):
        return cells
    texts = cells.astype("str").str.strip()
    distinct = [text for text in texts.dropna().unique() if not is_null(text)]
    comma = any(_SHORT_DECIMAL.search(text) for text in distinct) and not any(
        regex.search(r",\d+\.", text) for text in distinct
    )
    pointed = [text for text in distinct if "." in text]
    comma = comma or (whole and bool(pointed) and all(map(_GROUPED.fullmatch, pointed)) and "," not in "".join(pointed))
    findings.decimal = "," if comma else "."
    table = {text: _plain_number(text, comma) for text in distinct}
    return texts.map(table).astype("float64").where(texts.notna(), np.nan) if table else pd.Series(np.nan, cells.index)


def _plain_number(text: str, comma: bool) -> float:
    bare = regex.sub(r"[\s\u00a0\u202f']", "", text)
    bare = bare.replace(".", "").replace(",", ".") if comma else bare.replace(",", "")
    try:
        return float(bare)
    except ValueError:
        return float("nan")


def cell_pairs(
    cells: pd.Series, form: CellForm, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[Entry]]:
    """Every entry of every cell: the row it belongs to and its place among the distinct entries, which come third.

    Equal cells are cut once. Rows of −1 are left out.
    """
    if str(cells.dtype) == "str" and (plain_pairs := _plain_pairs(cells, form, rows)) is not None:
        return plain_pairs
    try:
        codes, distinct = pd.factorize(cells)
        listed = [entries(cell, form) for cell in distinct]
    except TypeError:  # lists and objects have no hash
        codes, listed = np.arange(len(cells)), [entries(cell, form) for cell in cells]
    listed.append([])
    lengths = np.fromiter(map(len, listed), np.int64, len(listed))
    flat = [entry for row in listed for entry in row]
    starts = np.append(0, np.cumsum(lengths)[:-1])
    counts = np.where(rows >= 0, lengths[codes], 0)
    owner = np.repeat(rows, counts)
    first = np.repeat(np.append(0, np.cumsum(counts)[:-1]) if len(counts) else counts, counts)
    within = np.arange(len(owner)) - first
    return owner, np.repeat(starts[codes], counts) + within, flat


def _plain_pairs(
    cells: pd.Series, form: CellForm, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[Entry]] | None:
    """The same for text without brackets, cut and compared as whole columns: ten times faster than cell by cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if form.hashes or form.scored:
        return None
    column = pa.array(cells.to_numpy(object), pa.large_string(), from_pandas=True)
    if pc.any(pc.match_substring_regex(column, r"^\s*(?:[\[{(]|[\w.]+\(.*\)\s*$)")).as_py():  # see `is_bracketed`
        return None
    column = pc.fill_null(column, "")
    lists = pc.split_pattern(column, form.separator) if form.separator else None
    lengths = (
        pc.list_value_length(lists).to_numpy(zero_copy_only=False)
        if lists is not None
        else np.ones(len(cells), np.int64)
    )
    flat = pc.utf8_trim_whitespace(lists.flatten() if lists is not None else column)
    encoded = pc.dictionary_encode(flat)
    texts = encoded.dictionary.to_pylist()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    owner = np.repeat(rows, lengths.astype(np.int64))
    empty = np.array([is_null(text) for text in texts], dtype=bool)
    kept = (owner >= 0) & ~empty[codes] if len(texts) else np.zeros(0, dtype=bool)
    form.forms["text"] += 1
    return owner[kept], codes[kept], [Entry(text) for text in texts]


def tag_pairs(
    table: Table, roles: Roles, rows: NDArray[np.int64], told: tuple[str, float], joined: bool, findings: Findings
) -> Pairs:
    """The tags of all playlists, from one column, several, or columns that are tags themselves."""
    separator, min_score = told
    rows = _strong_rows(table, roles, rows, min_score, findings)
    parts: list[Pairs] = []
    named = roles.columns.get("tags", ())
    for name in named:
        cells = table.columns[name]
        marks: Sequence[str] = SEPARATORS
        if joined and plain(name) in SINGULAR:
            marks = ("|", ";", "\n")  # one tag a row: a comma is part of it
        form = choose_form(_some(cells), repr(name), findings, separator, marks)
        owner, places, flat = cell_pairs(cells, form, rows)
        findings.tag_form = f"{form.described()} in {name!r}" if len(named) == 1 else f"columns {', '.join(named[:5])}"
        findings.add(f"entries of {name!r} that are neither text nor number", form.skipped, "left out")
        findings.add(f"lists in {name!r} that numpy has shortened with ...", form.shortened, "read without the rest")
        if form.hashes:
            findings.say(f"# in front of the tags in {name!r} is taken off")
        parts.append(_scored(owner, places, flat, name, min_score, findings))
    if roles.one_hot:
        findings.tag_form = f"{len(roles.one_hot)} columns with 0 or 1"
        prefixed = all(map(_PREFIXED.match, roles.one_hot))
        for name in roles.one_hot:
            yes = table.columns[name].map(lambda cell: str(cell).strip().casefold() in YES).to_numpy(bool)
            owner = rows[yes & (rows >= 0)]
            tag = _PREFIXED.sub("", name) if prefixed else name
            parts.append(Pairs(owner, np.full(len(owner), tag, dtype=object)))
    if not parts:
        return Pairs.none()
    return Pairs(np.concatenate([part.rows for part in parts]), np.concatenate([part.values for part in parts]))


def _strong_rows(
    table: Table, roles: Roles, rows: NDArray[np.int64], min_score: float, findings: Findings
) -> NDArray[np.int64]:
    """Rows whose one tag has a score below the threshold belong to no playlist."""
    name = roles.one("score")
    if not name:
        return rows
    scores = numbers_of(table.columns[name], findings).to_numpy(np.float64)
    _say_scores(name, scores, findings)
    weak = scores < min_score
    findings.add(f"tags with a score below {min_score:g}", int((weak & (rows >= 0)).sum()), "left out, as asked")
    return np.where(weak, -1, rows)


def _say_scores(name: str, scores: NDArray[np.float64], findings: Findings) -> None:
    known = scores[~np.isnan(scores)]
    if len(known):
        findings.say(
            f"tags have scores in {name!r}, {known.min():g} … {known.max():g}; --set min_score=… leaves weak ones out"
        )


def _some(cells: pd.Series) -> list[Any]:
    """Distinct cells by which a column's form is chosen."""
    if str(cells.dtype) == "str":
        return list(cells.dropna().unique()[:5000])
    return cells.head(5000).tolist()


def _scored(
    owner: NDArray[np.int64],
    places: NDArray[np.int64],
    flat: list[Entry],
    name: str,
    min_score: float,
    findings: Findings,
) -> Pairs:
    """Tags without those whose score is below the threshold, and without what a spreadsheet has spoiled."""
    texts = np.array([entry.name or entry.text for entry in flat] + [None], dtype=object)[:-1]
    scores = np.array([np.nan if entry.score is None else entry.score for entry in flat], dtype=np.float64)
    keep = np.ones(len(flat), dtype=bool)
    _say_scores(name, scores, findings)
    weak = scores < min_score
    keep &= ~weak
    findings.add(
        f"tags with a score below {min_score:g}", int(weak[places].sum()) if len(places) else 0, "left out, as asked"
    )
    spoiled = np.array([text in EXCEL_ERRORS for text in texts], dtype=bool)
    findings.add(
        "tags that are Excel's error signs", int(spoiled[places].sum()) if len(places) else 0, "dropped", texts[spoiled]
    )
    dated = [text for text in texts if isinstance(text, str) and _EXCEL_DATE.fullmatch(text)]
    findings.add("tags that look like dates that Excel made of them", len(dated), "kept", dated)
    keep &= ~spoiled
    chosen = keep[places] if len(places) else np.zeros(0, dtype=bool)
    return Pairs(owner[chosen], texts[places[chosen]])
