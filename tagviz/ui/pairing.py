"""Two points of the map: why they lie where they do, and the way from one to the other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tagviz.operations.exploring import Way
from tagviz.project.trip import Apart
from tagviz.ui import cached, plain, state, widgets
from tagviz.ui.frame import Here


def pair(here: Here, found: Way) -> None:
    """The panel of two points. Every stop of the way leads on."""
    start, goal = found.labels[0], found.labels[-1]
    st.subheader(f"{plain.escape(start, 40)} → {plain.escape(goal, 40)}", anchor=False)
    st.text(reading(found.apart, start, goal))
    if found.apart.shared:
        st.caption("Near both:")
        with widgets.row():
            for key in found.apart.shared[:8]:
                widgets.item_link(cached.item(*here.names, key), here, on_map=True)
    frame = pd.DataFrame(
        {"key": found.trip.keys, "label": found.labels, "nearness": [*found.trip.similarity, None]},
    )
    with widgets.row():
        st.page_link(
            state.RECOMMEND,
            label="A playlist along the way",
            icon=":material/queue_music:",
            query_params=state.carried(tag=[key.partition(":")[2] for key in found.trip.keys]),
        )
        st.button(
            "Let go", icon=":material/close:", type="tertiary", on_click=state.put, kwargs={"to": ""}, key="unpair"
        )
    st.caption("The way through neighbours:")
    widgets.table(
        frame[["label", "nearness"]],
        "trip",
        columns={
            "label": st.column_config.TextColumn("Stop", width=130),
            "nearness": widgets.bar("To the next", 1.0, "Cosine to the next stop: 1 is the same direction", "%.2f"),
        },
        alt="The way from one to the other: click a stop to go there",
        on_select=lambda: _go(found.trip.keys),
        selection_mode="single-cell",
    )


def reading(apart: Apart, start: str, goal: str) -> str:
    """What the numbers say, in plain words."""
    far = f"{apart.map_distance:.1f} times as far apart on the map as two points usually are"
    space = f"In the full space {goal} is the {ordinal(apart.rank)} nearest to {start}"
    here = f"on the map the {ordinal(apart.map_rank)}"
    if apart.rank <= 15 < apart.map_rank / 2:
        verdict = "They belong together: the flat map had to tear them apart."
    elif apart.map_rank <= 15 < apart.rank / 2:
        verdict = "They only look close: the flat map ran out of room."
    else:
        verdict = "Here the map tells the truth."
    return f"{space} (cosine {apart.similarity:.2f}), {here}; they are {far}. {verdict}"


def ordinal(number: int) -> str:
    """1 → "1st", 12 → "12th", 1203 → "1,203rd"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number:,}{ending}"


def _go(keys: tuple[str, ...]) -> None:
    row = widgets.selected("trip")
    if row is not None and row < len(keys):
        state.put(at=keys[row], to="")
