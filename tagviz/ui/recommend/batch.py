"""Many questions at once: titles are pasted or a file is dropped, and the answers come as a table."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from tagviz.operations import batch_answers
from tagviz.types import Progress, Query
from tagviz.ui import cache, formatting, model_names
from tagviz.ui.components import errors, tables
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _

_ANSWERS = "batch-answers"


def show(here: PageContext) -> None:
    """Show the form in an expander, and below it the answers of this session."""
    expander = st.expander(
        _("Many questions at once"), icon=":material/table_rows:", key="batch-open", on_change="rerun"
    )
    if not expander.open:
        return
    with expander, errors.show_errors():
        _form(here)


def _form(here: PageContext) -> None:
    grid = st.grid(2, min_column_width=280, gap="medium")
    with grid.cell():
        pasted = st.text_area(
            _("Titles, one per line"),
            key="batch-text",
            height=140,
            placeholder=_("rainy night jazz\nworkout 90s\n…"),
            help=_("At most {n:,}").format(n=batch_answers.MOST),
        )
    with grid.cell():
        file = st.file_uploader(
            _("or a file"),
            type=["csv", "tsv", "txt"],
            key="batch-file",
            max_upload_size=5,
            help=_(
                "A title a line, or a CSV file with the columns title, tags, songs and avoid; several in a cell: a|b"
            ),
        )
    content: str | bytes = file.getvalue() if file is not None else pasted or ""
    name = file.name if file is not None else ""
    if st.button(_("Answer all"), key="batch-run", type="primary", disabled=not content.strip()):
        queries = batch_answers.read_questions(content, name)
        st.session_state[_ANSWERS] = (_token(here, content), _answers(here, queries))
    token, answers = st.session_state.get(_ANSWERS, ("", None))
    if answers is not None and token == _token(here, content):
        _table(here, answers)


def _token(here: PageContext, content: str | bytes) -> str:
    """Return a text that changes with the questions, the corpus and the model, so that no old answers are shown."""
    data = content if isinstance(content, bytes) else content.encode()
    return f"{here.model_key}-{hashlib.sha256(data).hexdigest()}"


def _answers(here: PageContext, queries: list[Query]) -> pd.DataFrame:
    bar = st.progress(0.0)

    def told(progress: Progress) -> None:
        bar.progress(progress.fraction or 0.0, text=_("Answering: {note}").format(note=progress.note))

    model_key = here.model_key
    answers = batch_answers.answer_all(
        cache.context(), model_key.opened, model_key.opened_model, queries, progress=told
    )
    bar.empty()
    return answers


def _table(here: PageContext, answers: pd.DataFrame) -> None:
    known = answers["sure"].notna()
    shown = answers.assign(sure=100 * answers["sure"])
    if not known.any():
        shown = shown.drop(columns="sure")
    if not (answers["problem"] != "").any():
        shown = shown.drop(columns="problem")
    config = st.column_config
    tables.table(
        shown,
        "answers",
        formatting.count(len(answers), "answer"),
        columns={
            "question": config.TextColumn(_("Question"), width=180),
            "read_as": config.TextColumn(_("Read as"), width=220, help=_("What was understood of the title")),
            "unknown": config.TextColumn(_("Not understood"), width=120),
            "sure": config.ProgressColumn(
                _("How sure"),
                min_value=0,
                max_value=100,
                format="%.0f %%",
                width=100,
                help=_("Of answers to questions like this, how many items were right. Click the header to sort."),
            ),
            "tags": config.TextColumn(_("Tags"), width=300),
            "songs": config.TextColumn(_("Songs"), width=300),
            "problem": config.TextColumn(_("Problem"), width=200),
        },
        alt=_("Answers, one row per question; click a column header to sort"),
    )
    text = _("Answered by the model {model} on the corpus {corpus}, version {version}.")
    label = model_names.model_label(here.model, here.corpus.fingerprint)
    st.caption(
        formatting.escape(
            text.format(model=label, corpus=here.corpus.name, version=formatting.moment(here.corpus.imported)), 300
        )
    )
