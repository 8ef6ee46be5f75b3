"""Tables of tags, songs or artists whose rows lead to the Item page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.ui import pages, url_state
from tagviz.ui.components import tables
from tagviz.ui.i18n import _


def table(
    frame: pd.DataFrame,
    keys: Sequence[str],
    name: str,
    title: str = "",
    columns: Mapping[str, Any] | None = None,
    **options: Any,
) -> None:
    """Show a table; a click on a row opens the page of its item.

    Args:
        frame: The rows.
        keys: The key of each row's item; "" for a row without one.
        name: Key of the table.
        title: Title above it.
        columns: Column configurations by column.
        options: More arguments of `tables.table`.
    """
    alt = _("{title}; click a row to open the page of its item").format(title=title or name)
    picked, shown = tables.table(
        frame, name, title, columns, alt, on_select="rerun", selection_mode="single-cell", **options
    )
    row = tables.clicked(picked, shown)
    if row is not None and row < len(keys) and keys[row]:
        st.switch_page(pages.ITEM.path, query_params=url_state.link_params(item=keys[row]))
