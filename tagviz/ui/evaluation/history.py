"""Evaluations over time: the course of a metric, and any two evaluations compared."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tagviz.evaluation import captions, history
from tagviz.evaluation.metric_registry import METRICS
from tagviz.figures import evaluation as figures
from tagviz.types import Kind
from tagviz.ui import formatting, model_names, stored_reports, url_state
from tagviz.ui.components import charts, errors, tables
from tagviz.ui.context import PageContext
from tagviz.ui.evaluation import report_cache
from tagviz.ui.i18n import _, translated

SHOWN = ("ndcg", "precision", "recall", "f1", "hit", "arena")
"""Metrics that can be shown."""


def show(here: PageContext, kind: Kind) -> None:
    """Show the course of one metric, all evaluations as a table, and two of them compared."""
    frame = _named(report_cache.metric_history(here.corpus.name, kind))
    if frame.empty:
        st.caption(
            _("No evaluation of this corpus covers tags.")
            if kind is Kind.TAG
            else _("No evaluation of this corpus covers songs.")
        )
        return
    known = [name for name in SHOWN if frame[name].notna().any()]
    metric: str = st.segmented_control(
        _("Metric"),
        known,
        format_func=lambda name: formatting.metric(name).title,
        required=True,
        **url_state.bind_param("history_metric", known[0], known),
    )
    text = _("{metric} of the first {k} {items} over {evaluations}")
    title = text.format(
        metric=formatting.metric(metric).title,
        k=int(frame["k"].max()),
        items=_(formatting.PLURALS[kind]),
        evaluations=formatting.count(frame["report"].nunique(), "evaluation"),
    )
    st.markdown(f"**{title}**")
    charts.figure(figures.history(frame, formatting.metric(metric), "", charts.dark()), "history", title)
    if frame["fingerprint"].nunique() > 1 or frame[["protocol", "mask", "seed"]].drop_duplicates().shape[0] > 1:
        st.caption(translated(captions.READ_HISTORY))
    newest_first = frame.iloc[::-1]
    _table(newest_first, metric)
    _compare(kind, newest_first, metric)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the history with the models' names as people read them."""
    if frame.empty:
        return frame
    named = frame.assign(label=frame["model"])
    for (fingerprint, _report), part in named.groupby(["fingerprint", "report"]):
        shown = model_names.shown_labels(part["label"].astype(str).tolist(), str(fingerprint))
        named.loc[part.index, "model"] = part["label"].map(shown)
    return named


def _table(frame: pd.DataFrame, metric: str) -> None:
    columns = ["created", "model", "protocol", metric, "questions", "seed", "version", "fingerprint", "id", "report"]
    config = st.column_config
    tables.table(
        frame[columns].assign(created=pd.to_datetime(frame["created"], utc=True, format="ISO8601")),
        "history",
        _("All evaluations"),
        columns={
            "created": config.DatetimeColumn(_("When"), format=_("D MMM YYYY, HH:mm")),
            "model": _("Model"),
            "protocol": _("Protocol"),
            metric: tables.bar(formatting.metric(metric).title, float(frame[metric].max())),
            "questions": config.NumberColumn(_("Questions"), format="localized"),
            "seed": config.NumberColumn(_("Seed"), format="%d"),
            "version": "tagviz",
            **dict.fromkeys(("fingerprint", "id", "report")),  # only in the CSV file
        },
    )


def _compare(kind: Kind, frame: pd.DataFrame, metric: str) -> None:
    """Compare any two rows of the table: how their settings differ, and whether one is better."""
    if len(frame) < 2:
        return
    st.subheader(_("Compare two evaluations"), anchor=False)
    entries = list(range(len(frame)))
    left, right = st.columns(2)
    with left:
        one = st.selectbox(_("First"), entries, 0, format_func=lambda row: _name(frame, row), key="run-one")
    with right:
        other = st.selectbox(_("Second"), entries, 1, format_func=lambda row: _name(frame, row), key="run-other")
    first, second = frame.iloc[one], frame.iloc[other]
    with errors.show_errors():
        keys = [stored_reports.ReportKey(str(row["fingerprint"]), str(row["report"])) for row in (first, second)]
        labels = str(first["label"]), str(second["label"])
        names = str(first["model"]), str(second["model"])
        settings = history.settings(keys[0].opened, keys[1].opened, *labels)
        compared = "ndcg" if metric == "arena" else metric
        difference = report_cache.difference(keys[0], labels[0], keys[1], labels[1], kind, compared)
        if len(difference):
            a, b = _("“{model}” (first)").format(model=names[0]), _("“{model}” (second)").format(model=names[1])
            row = difference.assign(a=a, b=b).iloc[0]
            sentence = translated(captions.comparison_sentence(row, METRICS[compared].title))
            st.markdown(f"**{formatting.escape(sentence, 400)}**")
    if settings.empty:
        st.caption(_("Both have the same settings."))
    else:
        columns = {"setting": _("Setting"), "first": _("First"), "second": _("Second")}
        tables.table(settings, "differing-settings", _("Settings that differ"), columns=columns)


def _name(frame: pd.DataFrame, number: int) -> str:
    row = frame.iloc[number]
    return formatting.one_line(f"{formatting.moment(str(row['created']))} · {row['protocol']} · {row['model']}", 120)
