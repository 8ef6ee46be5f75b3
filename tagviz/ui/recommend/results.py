"""The recommendations: what to add, how relevant it is, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from tagviz.errors import TagvizError
from tagviz.types import Kind, Query, Ranking, Reason
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, feedback_buttons, pills, tables
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, translated
from tagviz.ui.recommend import query_form

PARAMS = {Kind.TAG: "tag", Kind.SONG: "song"}
"""URL parameter of the query for an item of a kind."""
TITLES = {Kind.TAG: N_("Tags to add"), Kind.SONG: N_("Songs to add")}
ALTS = {Kind.TAG: N_("Recommended tags, the best first"), Kind.SONG: N_("Recommended songs, the best first")}
NOTHING = {Kind.TAG: N_("No more tags to recommend."), Kind.SONG: N_("No more songs to recommend.")}
LABEL_PX = {Kind.TAG: 105, Kind.SONG: 250}
"""Width of the column of names."""
REASON_PX = {Kind.TAG: 166, Kind.SONG: 186}
"""Width of the column of reasons."""
LEAST_SHARE = 0.05
"""Share below which a reason is left out of the line."""
REASON_TABLES = (
    ("asked", N_("From your query")),
    ("playlist", N_("From playlists")),
    ("member", N_("Score of each member model")),
)
"""Sources of reasons, each with the title of its table."""
IN_MEANING = "” in meaning"
"""End of a reason that is no name of an item (`recommenders/phrases.py`)."""


def show(
    here: PageContext, model_key: cache.ModelKey, query: Query, title: str, kind: Kind, other: Ranking | None
) -> None:
    """Show a model's recommendations as a table; a clicked row shows its reasons, a button adds it to the query.

    Args:
        here: Corpus and model of the page.
        model_key: The model.
        query: The query.
        title: Title of the table.
        kind: Tags or songs.
        other: Another model's ranking, to mark the items in common; None for none.
    """
    name = f"{kind}s-{model_key.model}"
    try:
        ranking = cache.recommend(model_key, query, kind, query_form.answer_options())
    except TagvizError as error:
        errors.show_error(error)
        return
    if not ranking.keys:
        st.caption(_(NOTHING[kind]))
        return
    suggestions = feedback_buttons.suggestions_of(model_key, query, ranking)
    cells, buttons = feedback_buttons.columns(name, suggestions)
    texts: dict[str, list[str]] = {}
    if ranking.reasons:  # last: in a narrow window they are cut, not the buttons
        texts = {"why": [reasons_text(reasons, 2 if kind is Kind.TAG else 3) for reasons in ranking.reasons]}
    frame = pd.DataFrame({**_columns(ranking, other), **cells, **texts})
    config = st.column_config
    picked, shown = tables.table(
        frame,
        name,
        title,
        columns={
            # without reasons the name gets their room
            "label": config.TextColumn(
                formatting.capitalize(_(formatting.KINDS[kind])),
                width=LABEL_PX[kind] + (0 if "why" in frame else REASON_PX[kind]),
            ),
            "score": tables.bar(_("Score"), 100, _("Relevance for this model: the first is 100"), "%.0f", width=64),
            "why": config.TextColumn(
                _("Because of"),
                width=REASON_PX[kind],
                help=_("The items of the query that led to it, with their shares; click a row for details"),
            ),
            "both": config.TextColumn(_("Both"), width=45, help=_("The other model recommends it too")),
            "add": config.ButtonColumn(
                "",
                width=feedback_buttons.BUTTON_PX,
                help=_("Add it to the query"),
                type="tertiary",
                key=f"add-{name}",
                on_click=_add,
                args=(name, ranking.keys, kind),
            ),
        }
        | buttons,
        alt=_(ALTS[kind]),
        on_select="rerun",
        selection_mode="single-cell",
    )
    row = tables.clicked(picked, shown)
    if row is not None:
        _reasons(here, suggestions, ranking, row)


def _columns(ranking: Ranking, other: Ranking | None) -> dict[str, Any]:
    columns: dict[str, Any] = {"label": ranking.labels, "score": relative_scores(ranking)}
    if other is not None:
        columns["both"] = ["✓" if key in other.keys else "" for key in ranking.keys]
    return {**columns, "add": ["＋"] * len(ranking.keys)}


def relative_scores(ranking: Ranking) -> NDArray[np.float64]:
    """Return the scores on a scale from 0 to 100.

    The first is 100; 0 is a score of 0, or the last one's where some are negative. Models differ in what their scores
    mean; ratios and order are kept.
    """
    scores = np.asarray(ranking.scores, dtype=np.float64)
    floor = min(0.0, float(scores.min(initial=0.0)))
    span = float(scores.max(initial=0.0)) - floor
    return 100 * (scores - floor) / span if span > 0 else np.zeros(len(scores))


def _named(reason: Reason) -> str:
    """Return the name of a reason; an item has its own, a likeness in meaning is said in the visitor's language."""
    return translated(reason.label) if reason.label.endswith(IN_MEANING) else reason.label or _("untitled")


def merged(reasons: Sequence[Reason]) -> list[Reason]:
    """Return the reasons, each name once: what is said twice adds up, the strongest first.

    A tag and a title word of the same name are one reason, and so are a word and the longer name that it is part of:
    of “black metal”, the word “black” is no reason of its own.
    """
    names = {reason.label.casefold() for reason in reasons}
    kept: dict[tuple[str, str], Reason] = {}
    for reason in reasons:
        name = reason.label.casefold()
        if reason.key.startswith(f"{Kind.WORD}:"):
            name = next(
                (other for other in sorted(names) if other != name and name in re.split(r"[\W_]+", other)), name
            )
        same = kept.get((reason.via, name))
        whole = reason if same is None or len(reason.label) > len(same.label) else same
        kept[(reason.via, name)] = replace(whole, weight=reason.weight + (same.weight if same else 0.0))
    return sorted(kept.values(), key=lambda reason: -reason.weight)


def reasons_text(reasons: tuple[Reason, ...], most: int = 3) -> str:
    """Return the items of the query that led to a recommendation as one line; else the playlists.

    Args:
        reasons: The reasons, the strongest first.
        most: How many fit.
    """
    own = merged([r for r in reasons if r.via == "asked"]) or [r for r in reasons if r.via == "playlist"]
    listed = [reason for rank, reason in enumerate(own[:most]) if not rank or reason.weight >= LEAST_SHARE]
    labels = [formatting.one_line(_named(reason), 40) for reason in listed]
    return ", ".join(f"{label} {reason.weight:.0%}" for label, reason in zip(labels, listed, strict=True))


def _reasons(here: PageContext, suggestions: feedback_buttons.SuggestionList, ranking: Ranking, row: int) -> None:
    with st.container(border=True):
        with pills.row():
            pills.item_link(cache.item(*here.names, ranking.keys[row]), here)
            st.text(_("is result {rank} of {n}.").format(rank=row + 1, n=len(ranking.keys)), width="content")
            feedback_buttons.replacement_button(suggestions, row)
        reasons = ranking.reasons[row] if ranking.reasons else ()
        if not reasons:
            st.caption(_("This model gives no reasons."))
        for via, title in REASON_TABLES:
            part = [reason for reason in reasons if reason.via == via]
            part = merged(part) if via == "asked" else part
            if part:
                labels, shares = [_named(r) for r in part], [r.weight for r in part]
                st.dataframe(
                    pd.DataFrame({"label": labels, "share": shares}),
                    hide_index=True,
                    column_config={
                        "label": st.column_config.TextColumn(_(title), width="medium"),
                        "share": tables.bar(_("Share"), max(1e-9, max(shares)), number_format="percent"),
                    },
                )


def _add(table: str, keys: tuple[str, ...], kind: Kind) -> None:
    """Add the item of the clicked row to the query."""
    row = tables.pressed(f"add-{table}", table)
    if row is not None and row < len(keys):
        url_state.add_param(PARAMS[kind], keys[row].partition(":")[2])
