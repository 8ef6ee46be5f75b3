"""The panel of two points of the map: why they are where they are, and the path from one to the other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tagviz.operations.maps.explore import ItemPath
from tagviz.projection.paths import Separation
from tagviz.ui import cache, formatting, pages, url_state
from tagviz.ui.components import pills, tables, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _

NEAR = 15
"""Rank up to which a point counts as near."""


def show(here: PageContext, path: ItemPath) -> None:
    """Show the panel; a click on a step of the path selects it."""
    start, target = path.labels[0], path.labels[-1]
    st.subheader(f"{formatting.escape(start, 40)} → {formatting.escape(target, 40)}", anchor=False)
    st.text(explanation(path.apart, start, target))
    if path.apart.shared:
        st.caption(_("Near both:"))
        with pills.row():
            for key in path.apart.shared[:8]:
                pills.item_link(cache.item(*here.names, key), here, stay=True)
    with pills.row():
        st.page_link(
            pages.RECOMMEND.path,
            label=_("Recommend for this path"),
            icon=pages.RECOMMEND.icon,
            query_params=url_state.link_params(tag=[key.partition(":")[2] for key in path.trip.keys]),
        )
        st.button(
            _("Clear path"),
            icon=":material/close:",
            type="tertiary",
            on_click=undo_bar.clear_params,
            args=(_("Path cleared"), "target"),
            shortcut="Esc",
            key="clear-path",
        )
    st.caption(_("Path through nearest neighbours:"))
    frame = pd.DataFrame({"label": path.labels, "similarity": [*path.trip.similarity, None]})
    tables.table(
        frame,
        "path",
        columns={
            "label": st.column_config.TextColumn(_("Step"), width=130),
            "similarity": tables.bar(
                _("To the next"), 1.0, _("Cosine similarity to the next step; 1 is equal"), "%.2f"
            ),
        },
        alt=_("Path from one to the other; click a step to select it"),
        on_select=lambda: _select_step(path.trip.keys),
        selection_mode="single-cell",
    )


def explanation(apart: Separation, start: str, target: str) -> str:
    """Return in words how near two points are in the embedding and on the map, and whether the map is right."""
    if apart.rank <= NEAR < apart.map_rank / 2:
        conclusion = _("They are similar, but the map had to separate them.")
    elif apart.map_rank <= NEAR < apart.rank / 2:
        conclusion = _("They are close on the map only because it has too little room; they are not similar.")
    else:
        conclusion = _("Here the map agrees with the embedding.")
    text = _(
        "In the embedding {target} is the {rank} nearest to {start} (cosine {similarity:z.2f}), on the map the "
        "{map_rank}; their distance on the map is {distance:.1f} times the usual one. {conclusion}"
    )
    return text.format(
        target=target,
        start=start,
        rank=ordinal(apart.rank),
        similarity=apart.similarity,
        map_rank=ordinal(apart.map_rank),
        distance=apart.map_distance,
        conclusion=conclusion,
    )


def ordinal(number: int) -> str:
    """Return an ordinal number: 1 → "1st", 12 → "12th", 1203 → "1,203rd"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number:,}{ending}"


def _select_step(keys: tuple[str, ...]) -> None:
    row = tables.selected("path")
    if row is not None and row < len(keys):
        url_state.set_params(item=keys[row], target="")
