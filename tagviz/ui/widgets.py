"""Pieces that look the same on every page: tags as pills, results as tables, figures, errors as boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from tagviz.errors import TagvizError
from tagviz.types import Kind
from tagviz.ui import cached, plain, state

if TYPE_CHECKING:
    from tagviz.ui.frame import Here

ICONS = {
    Kind.TAG: ":material/sell:",
    Kind.SONG: ":material/music_note:",
    Kind.WORD: ":material/title:",
    Kind.GENRE: ":material/category:",
    Kind.ARTIST: ":material/artist:",
    Kind.PLAYLIST: ":material/queue_music:",
}

SEARCH_FROM = 20
"""Tables of more rows than this get a search box."""

HEAD_PX, ROW_PX = 38, 35
ROWS_PX = 740
"""Height of a long table, which scrolls within."""

_FACET_COLORS = ("blue", "orange", "green", "violet", "red", "yellow")


@contextmanager
def forgiving() -> Iterator[None]:
    """Shows a TagvizError as a box (what, where, what to do); anything else is a mistake of ours and passes through."""
    try:
        yield
    except TagvizError as error:
        problem(error)


def problem(error: TagvizError, before: str = "") -> None:
    with st.container(border=True):
        st.markdown(f":material/info: **{before}{plain.escape(error.title, 300)}**")
        if error.detail:
            st.text(plain.one_line(error.detail, 1000))
        if error.remedy:
            st.text(f"What to do: {plain.one_line(error.remedy, 500)}")


def facet_color(facet: str, facets: Sequence[str]) -> str:
    """The colour name of a facet: the first six of the corpus's facets have their own, all else is grey."""
    place = facets.index(facet) if facet in facets else len(_FACET_COLORS)
    return _FACET_COLORS[place] if place < len(_FACET_COLORS) else "gray"


def pill_label(label: str, color: str = "gray", icon: str = "") -> str:
    return f":{color}-badge[{icon}{' ' if icon else ''}{plain.escape(label, 40)}]"


def item_link(item: cached.Item, here: Here, on_map: bool = False) -> None:
    """A tag, song or playlist as a pill that leads to its page; a tag has its facet's colour.

    on_map: the map is this page. (A link from a page to itself would leave the address as it is.)
    """
    kind = item.kind
    color = "blue" if kind is Kind.TAG else "gray"
    if item.facet:
        color = facet_color(item.facet, cached.facets(*here.names))
    label = pill_label(item.label, color, "" if kind is Kind.TAG else ICONS[kind])
    hover = f"{kind.capitalize()}, in {plain.count(item.count, 'playlist')}"
    if on_map:
        go = {"at": item.key}
        st.button(label, f"go-{item.key}", hover, state.put, kwargs=go, type="tertiary")
    else:
        st.page_link(state.MAP, label=label, help=hover, query_params=state.carried(at=item.key))


@contextmanager
def row() -> Iterator[None]:
    """Things side by side that wrap, such as pills."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        yield


def table(
    frame: pd.DataFrame,
    name: str,
    title: str = "",
    columns: Mapping[str, Any] | None = None,
    alt: str = "",
    height: int = ROWS_PX,
    **options: Any,
) -> tuple[Any, pd.DataFrame]:
    """A table under its title, with its CSV, and a search box when it is long. `name` is the file's name and the key.

    height: a table that would be taller, in pixels, scrolls within. Returns what is selected and the rows that are
    shown, each under its number in the whole frame.
    """
    shown = frame = frame.reset_index(drop=True)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", horizontal_alignment="distribute", wrap=False
    ):
        if title:
            st.subheader(plain.escape(title), anchor=False, width="content")
        if len(frame) > SEARCH_FROM:
            wanted = st.text_input(
                "Search this table",
                key=f"search-{name}",
                type="search",
                live="250ms",
                label_visibility="collapsed",
                placeholder=f"Search {len(frame):,} rows",
                width=190,
            )
            shown = matching(frame, wanted or "")
        csv_button(frame, name)
    st.session_state[f"shown-{name}"] = shown.index  # for the callbacks below
    picked = st.dataframe(
        shown,
        key=f"table-{name}",
        hide_index=True,
        column_config=columns,
        alt=alt or title or None,
        placeholder="",
        height="content" if HEAD_PX + ROW_PX * len(shown) <= height else height,
        **options,
    )
    return picked, shown


def clicked(picked: Any, shown: pd.DataFrame) -> int | None:
    """The row, counted in the whole frame, in which a cell is selected; None where nothing is."""
    cells = picked["selection"]["cells"] if picked else []
    return int(shown.index[cells[0][0]]) if cells and cells[0][0] < len(shown) else None


def pressed(button: str, table: str) -> int | None:
    """In a callback: the row, in the whole frame of the table of this name, whose button was pressed; None where it is
    gone."""
    return _whole(getattr(st.session_state.get(button), "row", None), table)


def selected(table: str) -> int | None:
    """In a callback: the row, in the whole frame of the table of this name, of the cell that is selected."""
    cells = st.session_state[f"table-{table}"]["selection"]["cells"]
    return _whole(cells[0][0] if cells else None, table)


def _whole(row: int | None, table: str) -> int | None:
    """A row as the browser counts, which sees what the search box has left."""
    shown = st.session_state.get(f"shown-{table}")
    if row is None or shown is None:
        return row
    return int(shown[row]) if row < len(shown) else None


def matching(frame: pd.DataFrame, wanted: str) -> pd.DataFrame:
    """The rows in which some text column holds what is wanted, whatever the case."""
    if not wanted.strip():
        return frame
    found = pd.Series(False, index=frame.index)
    for column in frame.select_dtypes(include=["object", "str"]):
        found |= frame[column].astype("str").str.contains(wanted.strip(), case=False, regex=False)
    return frame[found]


def csv_button(frame: pd.DataFrame, name: str) -> None:
    st.download_button(
        "CSV",
        data=lambda: frame.to_csv(index=False).encode("utf-8-sig"),
        file_name=f"tagviz-{name}.csv",
        mime="text/csv",
        key=f"csv-{name}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        help="Download the whole table as a CSV file",
    )


def bar(label: str, top: float, help: str = "", format: str = "%.3f", width: int = 115) -> Any:
    """A column whose numbers are bars up to `top`."""
    return st.column_config.ProgressColumn(
        label, min_value=0.0, max_value=top or 1.0, format=format, help=help or None, width=width
    )


def figure(fig: Any, name: str, alt: str, on_select: Any = "ignore", **options: Any) -> Any:
    """A Plotly figure in our own template; the camera button saves it in the format that the side bar says."""
    form = state.current("figures", "png", ("png", "svg"))
    return st.plotly_chart(
        fig,
        theme=None,
        key=f"figure-{name}",
        on_select=on_select,
        alt=alt,
        config={
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"format": form, "filename": f"tagviz-{name}", "scale": 2},
        },
        **options,
    )


def dark() -> bool:
    """Whether the person looks at the dark theme."""
    return st.context.theme.type == "dark"


def empty(sentence: str, page: str = "", label: str = "", icon: str = "") -> None:
    """An empty state: what is missing, and the link that mends it."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("xsmall")
        st.text(sentence, width="content")
        if page:
            st.page_link(page, label=label, icon=icon or None, query_params=state.carried())
        st.space("xsmall")
