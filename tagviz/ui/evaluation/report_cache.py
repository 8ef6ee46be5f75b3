"""Views of reports and embeddings for the Evaluate page, cached by name and fingerprint."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from tagviz.evaluation import beyond_accuracy, compare, diagnostics, history
from tagviz.evaluation import segments as segment_views
from tagviz.evaluation.diagnostics import Divergence, Hubness, Stability
from tagviz.operations import evaluation
from tagviz.types import Embedding, Kind
from tagviz.ui import cache
from tagviz.ui.cache import ModelKey
from tagviz.ui.components.report_panel import frames as panel_frames
from tagviz.ui.components.report_panel.frames import PanelQuery
from tagviz.ui.i18n import lazy
from tagviz.ui.stored_reports import ReportKey

RESAMPLES = 400
"""Bootstrap resamples of the intervals on the screen; an exported report uses 1,000."""


@st.cache_resource(max_entries=100, show_spinner=False)
def frames(report_key: ReportKey, query: PanelQuery) -> list[dict[str, Any]]:
    """Return what the panel shows; callers must not change it."""
    return panel_frames.frames(report_key.opened, query)


@st.cache_data(max_entries=100, show_spinner=False)
def segments(report_key: ReportKey, by: str, kind: Kind, k: int, case: str) -> pd.DataFrame:
    """Return the metrics of each model in each segment."""
    return segment_views.segments(report_key.opened, by, kind, k, case, RESAMPLES)


@st.cache_data(max_entries=100, show_spinner=False)
def beyond(report_key: ReportKey, kind: Kind, k: int, case: str) -> pd.DataFrame:
    """Return each model's metrics beyond accuracy."""
    return beyond_accuracy.beyond(report_key.opened, kind, k, case)


@st.cache_data(max_entries=100, show_spinner=False)
def agreement(report_key: ReportKey, kind: Kind, k: int, case: str) -> pd.DataFrame:
    """Return the overlap of the models' recommendations, models by models."""
    return beyond_accuracy.agreement(report_key.opened, kind, k, case)


@st.cache_data(max_entries=100, show_spinner=False)
def usage(report_key: ReportKey, label: str, kind: Kind, k: int, case: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the items that a model never recommends, and those that it recommends too often."""
    used = beyond_accuracy.usage(report_key.opened, label, kind, k, case)
    return beyond_accuracy.never_recommended(used), beyond_accuracy.too_often(used)


@st.cache_data(max_entries=100, show_spinner=False)
def comparison(report_key: ReportKey, kind: Kind, k: int, case: str, metric: str) -> pd.DataFrame:
    """Compare every pair of models, with all resamples; one row per pair."""
    return compare.compare(report_key.opened, metric, kind, k, case)


@st.cache_data(ttl=cache.LIST_TTL, max_entries=20, show_spinner=False)
def metric_history(corpus: str, kind: Kind) -> pd.DataFrame:
    """Return the metrics of the corpus's models in all evaluations, the oldest first."""
    return evaluation.metric_history(cache.context(), corpus, kind)


@st.cache_data(max_entries=50, show_spinner=lazy("Comparing the evaluations"))
def difference(a: ReportKey, first: str, b: ReportKey, second: str, kind: Kind, metric: str) -> pd.DataFrame:
    """Compare a model of one report with a model of another.

    Args:
        a: The first report.
        first: Label of its model.
        b: The second report.
        second: Label of its model.
        kind: Tags or songs.
        metric: The metric.

    Returns:
        One row, or none if they have no questions in common.
    """
    return history.difference(a.opened, b.opened, [(first, second)], kind, metric)


def embedding_of(model_key: ModelKey) -> Embedding | None:
    """Return a model's embedding, None if it has none."""
    return model_key.opened_model.embedding


@st.cache_data(max_entries=10, show_spinner=lazy("Comparing the embedding with co-occurrences"))
def divergence(model_key: ModelKey) -> Divergence:
    """Return how well a model's embedding explains which tags occur together."""
    return diagnostics.cooccurrence_divergence(_vectors(model_key), model_key.opened)


@st.cache_data(max_entries=20, show_spinner=lazy("Counting neighbours"))
def hubness(model_key: ModelKey, kind: Kind) -> Hubness:
    """Return how unequally items are neighbours of others."""
    return diagnostics.hubness(_vectors(model_key), kind)


@st.cache_data(max_entries=10, show_spinner=lazy("Comparing playlists with their items"))
def against_items(model_key: ModelKey, kind: Kind) -> pd.DataFrame:
    """Compare each playlist's own vector with the mean of its items; the least similar first."""
    return diagnostics.playlists_against_items(_vectors(model_key), model_key.opened, kind)


@st.cache_data(max_entries=20, show_spinner=lazy("Comparing the neighbours of both models"))
def stability(one: ModelKey, other: ModelKey, kind: Kind) -> Stability:
    """Return how many neighbours two models have in common."""
    return diagnostics.stability(_vectors(one), _vectors(other), kind)


def _vectors(model_key: ModelKey) -> Embedding:
    embedding = embedding_of(model_key)
    if embedding is None:
        raise ValueError(f"{model_key.model} has no vectors")
    return embedding
