"""The answer to a question: what to add, how strongly, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from tagviz.errors import TagvizError
from tagviz.types import Kind, Query, Ranking, Reason
from tagviz.ui import cached, plain, question, state, verdicts, widgets
from tagviz.ui.frame import Here

PARAMS = {Kind.TAG: "tag", Kind.SONG: "song"}
LEAST_SHARE = 0.05
"""A reason of less than this share is left out of the line."""


def show(here: Here, place: cached.Place, query: Query, kind: Kind, title: str, other: Ranking | None = None) -> None:
    """The answer of one model as a table; a row that is clicked says why, and its button adds the item to the question.

    other: another model's answer, to mark what both say.
    """
    name = f"{kind}s-{place.model}"
    try:
        ranking = cached.recommend(place, query, kind, question.taste())
    except TagvizError as error:
        widgets.problem(error)
        return
    if not ranking.keys:
        st.caption(f"No {kind} left to add.")
        return
    frame = pd.DataFrame({"label": ranking.labels, "score": strength(ranking)})
    if other is not None:
        frame["both"] = ["✓" if key in other.keys else "" for key in ranking.keys]
    frame["add"] = "＋"
    named, told = (105, 166) if kind is Kind.TAG else (250, 186)
    signs, buttons = verdicts.columns(name, verdicts.answered(place, query, ranking))
    frame = frame.assign(**signs)
    if ranking.reasons:  # last: where the window is narrow, they are cut and not the buttons
        frame["why"] = [because(reasons, 2 if kind is Kind.TAG else 3) for reasons in ranking.reasons]
    picked, shown = widgets.table(
        frame,
        name,
        title,
        columns={
            # where nothing brought anything, the name has the room of the reasons
            "label": st.column_config.TextColumn(kind.capitalize(), width=named + (0 if "why" in frame else told)),
            "score": widgets.bar(
                "Strength", 100, "How strongly this model suggests it: the first is 100", "%.0f", width=64
            ),
            "why": st.column_config.TextColumn(
                "Because of",
                width=told,
                help="Which of the asked items brought it, and how much; click a row for more",
            ),
            "both": st.column_config.TextColumn("Both", width=45, help="The other model suggests it too"),
            "add": st.column_config.ButtonColumn(
                "",
                width=34,
                help="Add it to the question",
                type="tertiary",
                key=f"add-{name}",
                on_click=_add,
                args=(name, ranking.keys, kind),
            ),
        }
        | buttons,
        alt=f"{kind.capitalize()}s to add, the best first",
        on_select="rerun",
        selection_mode="single-cell",
    )
    chosen = widgets.clicked(picked, shown)
    if chosen is not None:
        _why(here, place, query, ranking, chosen)


def strength(ranking: Ranking) -> NDArray[np.float64]:
    """Scores on a scale from 0 to 100: the first is 100, 0 is a score of 0, or the last one's where some lie below 0
    (models differ in what their scores mean; their ratios and order are kept)."""
    scores = np.asarray(ranking.scores, dtype=np.float64)
    floor = min(0.0, float(scores.min(initial=0.0)))
    span = float(scores.max(initial=0.0)) - floor
    return 100 * (scores - floor) / span if span > 0 else np.zeros(len(scores))


def because(reasons: tuple[Reason, ...], most: int = 3) -> str:
    """The asked items that brought an item, as one readable line; the playlists where no asked item is known.

    most: how many fit."""
    asked = [reason for reason in reasons if reason.via == "asked"] or [r for r in reasons if r.via == "playlist"]
    told = [reason for at, reason in enumerate(asked[:most]) if not at or reason.weight >= LEAST_SHARE]
    return ", ".join(f"{plain.one_line(reason.label or 'untitled', 40)} {reason.weight:.0%}" for reason in told)


def _why(here: Here, place: cached.Place, query: Query, ranking: Ranking, row: int) -> None:
    with st.container(border=True):
        with widgets.row():
            widgets.item_link(cached.item(*here.names, ranking.keys[row]), here)
            st.text(f"is suggestion {row + 1} of {len(ranking.keys)}.", width="content")
            verdicts.instead(place, query, ranking, row)
        reasons = ranking.reasons[row] if ranking.reasons else ()
        if not reasons:
            st.caption("This model cannot say why.")
        for via, words in (
            ("asked", "From what you asked"),
            ("playlist", "From playlists"),
            ("member", "What each part says"),
        ):
            part = [reason for reason in reasons if reason.via == via]
            if part:
                frame = pd.DataFrame(
                    {"label": [r.label or "untitled" for r in part], "share": [r.weight for r in part]}
                )
                st.dataframe(
                    frame,
                    hide_index=True,
                    column_config={
                        "label": st.column_config.TextColumn(words, width="medium"),
                        "share": widgets.bar("Share", max(1e-9, float(frame["share"].max())), format="percent"),
                    },
                )


def _add(table: str, keys: tuple[str, ...], kind: Kind) -> None:
    """Take the item of the clicked row into the question."""
    row = widgets.pressed(f"add-{table}", table)
    if row is not None and row < len(keys):
        state.add(PARAMS[kind], keys[row].partition(":")[2])
