"""Tables with a search box, a CSV download and clickable cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.csv_guard import csv_bytes
from tagviz.ui import formatting
from tagviz.ui.components import search_box
from tagviz.ui.components.search_box import Field
from tagviz.ui.i18n import _

DECIMALS = re.compile(r"%\+?\.(\d)f.*")
"""Formats of numbers with a fixed number of decimals."""
SEARCH_FROM = 20
"""Tables of more rows than this get a search box."""

EXPORTED_FROM = "exported-from"
"""Key of the session's state with the corpus, its version and the model that the page shows."""
HEAD_PX, ROW_PX = 38, 35
"""Heights of the head and of a row."""
ROWS_PX = 740
"""Greatest height of a table; longer ones scroll."""


def table(
    frame: pd.DataFrame,
    name: str,
    title: str = "",
    columns: Mapping[str, Any] | None = None,
    alt: str = "",
    **options: Any,
) -> tuple[Any, pd.DataFrame]:
    """Show a table under its title, with a CSV download, and a search box when it is long.

    Args:
        frame: The rows.
        name: Key of the table, and name of its CSV file.
        title: Title above it.
        columns: Column configurations by column.
        alt: What a screen reader says; the title if empty.
        options: More arguments of `st.dataframe`; `height` is the height in pixels above which the table scrolls.

    Returns:
        What is selected, and the rows that are shown, each under its number in the whole frame.
    """
    height = int(options.pop("height", ROWS_PX))
    shown = frame = frame.reset_index(drop=True)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", wrap=False):
        if title:
            st.subheader(formatting.escape(title), anchor=False, width="content")
        if len(frame) > SEARCH_FROM:
            field = Field(
                f"search-{name}",
                _("Search this table"),
                _("Search {n:,} rows").format(n=len(frame)),
                mode="filter",
                hide_label=True,
                width=190,
            )
            shown = matching(frame, search_box.show(field))
        csv_button(frame, name)
    st.session_state[f"shown-{name}"] = shown.index  # for the callbacks below
    picked = st.dataframe(
        without_negative_zero(shown, columns or {}),
        key=f"table-{name}",
        hide_index=True,
        column_config=columns,
        alt=alt or title or None,
        placeholder="",
        height="content" if HEAD_PX + ROW_PX * len(shown) <= height else height,
        **options,
    )
    return picked, shown


def without_negative_zero(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return the frame with its numbers rounded as their columns show them, so that no cell says "-0.00"."""
    rounded: dict[str, Any] = {}
    for name in map(str, frame.select_dtypes("float")):
        config: Any = columns.get(name)
        shown_as = config["type_config"].get("format") if isinstance(config, dict) else None
        digits = DECIMALS.fullmatch(shown_as or "")
        if digits:
            rounded[name] = frame[name].round(int(digits[1])) + 0.0
    return frame.assign(**rounded) if rounded else frame


def clicked(picked: Any, shown: pd.DataFrame) -> int | None:
    """Return the row of the selected cell, counted in the whole frame; None where no cell is selected.

    Args:
        picked: First result of `table`.
        shown: Second result of `table`.
    """
    cells = picked["selection"]["cells"] if picked else []
    return int(shown.index[cells[0][0]]) if cells and cells[0][0] < len(shown) else None


def pressed(button: str, table: str) -> int | None:
    """Return, in a callback, the row of the button that was pressed, counted in the whole frame; None if it is gone.

    Args:
        button: Key of the column of buttons.
        table: Name of the table.
    """
    return _row_in_frame(getattr(st.session_state.get(button), "row", None), table)


def selected(table: str) -> int | None:
    """Return, in a callback, the row of the selected cell, counted in the whole frame of the table of this name."""
    cells = st.session_state[f"table-{table}"]["selection"]["cells"]
    return _row_in_frame(cells[0][0] if cells else None, table)


def shown_rows(table: str, n: int) -> list[int]:
    """Return the rows that the table of this name shows, counted in the whole frame of `n` rows."""
    shown = st.session_state.get(f"shown-{table}")
    return [int(row) for row in (range(n) if shown is None else shown) if row < n]


def _row_in_frame(row: int | None, table: str) -> int | None:
    """Return the frame's row for a row as the browser counts, which sees only what matches the search box."""
    shown = st.session_state.get(f"shown-{table}")
    if row is None or shown is None:
        return row
    return int(shown[row]) if row < len(shown) else None


def matching(frame: pd.DataFrame, wanted: str) -> pd.DataFrame:
    """Return the rows in which a text column contains the wanted text, ignoring case."""
    if not wanted.strip():
        return frame
    hit = pd.Series(False, index=frame.index)
    for column in frame.select_dtypes(include=["object", "str"]):
        hit |= frame[column].astype("str").str.contains(wanted.strip(), case=False, regex=False)
    return frame[hit]


def csv_button(frame: pd.DataFrame, name: str) -> None:
    """Show the button that downloads the whole frame as a CSV file."""
    st.download_button(
        "CSV",
        data=lambda: csv_bytes(frame),
        file_name=f"{export_name(name)}.csv",
        mime="text/csv",
        key=f"csv-{name}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        help=_("Download the whole table as a CSV file"),
    )


def export_name(name: str) -> str:
    """Return the name of an exported file: what it holds, after the corpus with its version and the model."""
    stamp = re.sub(r"[^\w.-]+", "_", str(st.session_state.get(EXPORTED_FROM, ""))).strip("_")
    return f"tagviz-{stamp}-{name}" if stamp else f"tagviz-{name}"


def bar(label: str, top: float, tooltip: str = "", number_format: str = "%.3f", width: int = 115) -> Any:
    """Return the configuration of a column whose numbers are shown as bars.

    Args:
        label: The column's head.
        top: The number of a full bar.
        tooltip: What the head says on hover.
        number_format: As Streamlit's `format`.
        width: Width in pixels.
    """
    return st.column_config.ProgressColumn(
        label, min_value=0.0, max_value=top or 1.0, format=number_format, help=tooltip or None, width=width
    )
