"""The reviewer's own verdicts: a list to take single ones back, downloads, and the deletion of all."""

from __future__ import annotations

import io
from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from tagviz.csv_guard import csv_bytes
from tagviz.operations import feedback
from tagviz.store.feedback import Answer, Verdict, frame_of
from tagviz.types import Kind, Query, key_of
from tagviz.ui import cache, formatting, model_names, url_state
from tagviz.ui.components import feedback_buttons, pills, tables, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _

TABLE = "own-verdicts"
ANSWERS = {Answer.RIGHT: N_("✓ right"), Answer.WRONG: N_("✗ wrong"), Answer.INSTEAD: N_("⇄ replaced")}


def show(here: PageContext) -> None:
    """Show the verdicts under the reviewer's name on this corpus."""
    name = feedback_buttons.reviewer()
    own = feedback.current_feedback(cache.context(), here.corpus.name, name)[::-1]
    if own:
        _list(here, own)
    else:
        st.subheader(_("Your verdicts"), anchor=False)
    text = _("Feedback by {name} on this corpus: {verdicts}.")
    st.caption(formatting.escape(text.format(verdicts=formatting.count(len(own), "verdict"), name=name), 200))
    with pills.row():
        files = (
            ("csv", "text/csv", _("Download as CSV")),
            ("parquet", "application/vnd.apache.parquet", _("Download as Parquet")),
        )
        for ending, mime, button in files:
            st.download_button(
                button,
                data=partial(_file, name, ending),
                file_name=f"tagviz-verdicts.{ending}",
                mime=mime,
                key=f"verdicts-{ending}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
        with st.popover(_("Delete my feedback"), icon=":material/delete:", type="tertiary"):
            st.text(_("This deletes all verdicts under this name, on every corpus."))
            st.button(_("Delete all"), "forget", on_click=_delete_all, args=(name,), type="primary")


def _list(here: PageContext, own: list[Verdict]) -> None:
    label = partial(feedback_buttons.item_label, *here.names)
    frame = pd.DataFrame(
        {
            "take_back": _("Take back"),
            "answer": [_(ANSWERS[one.answer]) for one in own],
            "item": [label(one.key) for one in own],
            "instead": [label(one.instead) if one.instead else "" for one in own],
            "query": [_question(here, one.query) for one in own],
            "model": [_model(here, one) for one in own],
            "when": pd.to_datetime([datetime.fromtimestamp(one.at) for one in own]),
        }
    )
    config = st.column_config
    tables.table(
        frame if any(one.instead for one in own) else frame.drop(columns="instead"),
        TABLE,
        _("Your verdicts"),
        columns={
            "take_back": config.ButtonColumn(
                "",
                width=90,
                key="take-back",
                type="tertiary",
                on_click=_take_back,
                args=(own,),
                help=_("The verdict no longer counts"),
            ),
            "answer": config.TextColumn(_("Answer"), width=85),
            "item": config.TextColumn(_("Item"), width=170),
            "instead": config.TextColumn(_("Replacement"), width=170),
            "query": config.TextColumn(_("Playlist"), width=300, help=_("Title, tags and songs of the question")),
            "model": config.TextColumn(_("Model"), width=130),
            "when": config.DatetimeColumn(_("When"), format=_("D MMM YYYY, HH:mm"), width=140),
        },
        alt=_("Your verdicts, the newest first"),
        height=400,
    )


def _question(here: PageContext, query: Query) -> str:
    """Return a query as one line: its title, its tags and the names of its songs."""
    songs = [feedback_buttons.item_label(*here.names, key_of(Kind.SONG, song)) for song in query.songs]
    return formatting.one_line(" · ".join(part for part in (query.title, *query.tags, *songs) if part), 200)


def _model(here: PageContext, verdict: Verdict) -> str:
    if verdict.versus:
        return _("hidden: blind comparison")
    return model_names.model_label(verdict.model, here.corpus.fingerprint)


@url_state.safe_callback
def _take_back(own: list[Verdict]) -> None:
    row = tables.pressed("take-back", TABLE)
    if row is not None and row < len(own):
        feedback_buttons.take_back(own[row])


@url_state.safe_callback
def _delete_all(name: str) -> None:
    context = cache.context()
    rows = feedback.feedback_store(context).history(reviewer=name)
    feedback.forget(context, name)
    verdicts = formatting.count(len(rows), "verdict")
    text = _("{verdicts} by {name} deleted").format(verdicts=verdicts, name=name)
    undo_bar.offer(text, partial(feedback.record_feedback, context, *rows))


def _file(reviewer: str, ending: str) -> bytes:
    table: pd.DataFrame = frame_of(feedback.feedback_store(cache.context()).history(reviewer=reviewer))
    if ending == "csv":
        return csv_bytes(table)
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()
