"""Evaluations over time: how a metric moved, and any two of them side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tagviz.evaluate import runs, words
from tagviz.figures import evaluation as figures
from tagviz.types import Kind
from tagviz.ui import cached, judged, plain, state, widgets
from tagviz.ui.frame import Here

CHOICES = ("ndcg", "precision", "recall", "f1", "hit", "arena")


def show(here: Here, kind: Kind) -> None:
    """The course of one metric, all evaluations as a table, and two of them side by side."""
    frame = judged.history(here.corpus.name, kind)
    if frame.empty:
        st.caption(f"No evaluation here asks for {kind}s.")
        return
    known = [name for name in CHOICES if frame[name].notna().any()]
    metric: str = st.segmented_control(
        "What moved",
        known,
        format_func=figures.NAMES.__getitem__,
        required=True,
        **state.tied("moved", known[0], known),
    )
    k, count = int(frame["k"].max()), frame["report"].nunique()
    title = f"{figures.NAMES[metric]} of the first {k} {kind}s over {plain.count(count, 'evaluation')}"
    st.markdown(f"**{title}**")
    widgets.figure(figures.history(frame, metric, "", widgets.dark()), "history", title)
    if frame["fingerprint"].nunique() > 1 or frame[["protocol", "mask", "seed"]].drop_duplicates().shape[0] > 1:
        st.caption(words.READ_HISTORY)
    newest = frame.iloc[::-1]
    columns = ["created", "model", "protocol", metric, "questions", "seed", "fingerprint", "id", "version", "report"]
    widgets.table(
        newest[columns].assign(created=pd.to_datetime(newest["created"], utc=True, format="ISO8601")),
        "history",
        "All evaluations",
        columns={
            "created": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm"),
            "model": "Model",
            "protocol": "Protocol",
            metric: widgets.bar(figures.NAMES[metric], float(frame[metric].max())),
            "questions": st.column_config.NumberColumn("Questions", format="localized"),
            "seed": st.column_config.NumberColumn("Seed", format="%d"),
            "fingerprint": st.column_config.TextColumn("Corpus", help="Fingerprint of the corpus's contents"),
            "id": st.column_config.TextColumn("Trained as", help="The model that was trained for the questions"),
            "version": "tagviz",
            "report": "Report",
        },
    )
    _two(kind, newest, metric)


def _two(kind: Kind, frame: pd.DataFrame, metric: str) -> None:
    """Any two rows of the table: what differs in how they were made, and whether one is better."""
    if len(frame) < 2:
        return
    st.subheader("Two of them side by side", anchor=False)
    entries = list(range(len(frame)))
    left, right = st.columns(2)
    with left:
        one = st.selectbox("One", entries, 0, format_func=lambda at: _name(frame, at), key="run-one")
    with right:
        other = st.selectbox("The other", entries, 1, format_func=lambda at: _name(frame, at), key="run-other")
    first, second = frame.iloc[one], frame.iloc[other]
    with widgets.forgiving():
        places = [cached.ReportPlace(str(row["fingerprint"]), str(row["report"])) for row in (first, second)]
        labels = str(first["model"]), str(second["model"])
        differs = runs.settings(places[0].opened, places[1].opened, *labels)
        compared = "ndcg" if metric == "arena" else metric
        found = judged.difference(places[0], labels[0], places[1], labels[1], kind, compared)
        if len(found):
            names = found.assign(a=f"“{labels[0]}” (one)", b=f"“{labels[1]}” (the other)")
            sentence = words.comparison_sentence(names.iloc[0], figures.NAMES[compared])
            st.markdown(f"**{plain.escape(sentence, 400)}**")
    if differs.empty:
        st.caption("Both were made with the same settings.")
    else:
        widgets.table(
            differs,
            "differs",
            "What differs",
            columns={"setting": "What differs", "first": "One", "second": "The other"},
        )


def _name(frame: pd.DataFrame, at: int) -> str:
    row = frame.iloc[at]
    return plain.one_line(f"{plain.moment(str(row['created']))} · {row['protocol']} · {row['model']}", 120)
