"""What the Evaluate page remembers of reports and spaces, under names and fingerprints."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from tagviz.evaluate import compare, diagnostics, runs
from tagviz.evaluate.diagnostics import Divergence, Hubness, Stability
from tagviz.operations import verdicts
from tagviz.operations.panels import Reading
from tagviz.types import Embedding, Kind
from tagviz.ui import cached
from tagviz.ui.cached import Place, ReportPlace
from tagviz.ui.glance import frames as glance


@st.cache_resource(max_entries=100, show_spinner=False)
def frames(
    place: ReportPlace, kind: Kind, ks: tuple[int, ...], case: str, label: str, reading: Reading
) -> list[dict[str, Any]]:
    """What the panel shows at these k; nobody changes it."""
    return glance.frames(place.opened, kind, ks, case, label, reading, cached.RESAMPLES)


@st.cache_data(max_entries=100, show_spinner=False)
def comparison(place: ReportPlace, kind: Kind, k: int, case: str, metric: str) -> pd.DataFrame:
    """Every pair of models, with all resamples."""
    return compare.compare(place.opened, metric, kind, k, case)


@st.cache_data(ttl=cached.FRESH, max_entries=20, show_spinner=False)
def history(corpus: str, kind: Kind) -> pd.DataFrame:
    """How the corpus's models did over all evaluations (see `runs.history`)."""
    return verdicts.history(cached.workspace(), corpus, kind)


@st.cache_data(max_entries=50, show_spinner="Comparing the two")
def difference(a: ReportPlace, first: str, b: ReportPlace, second: str, kind: Kind, metric: str) -> pd.DataFrame:
    """One row: a model of one report against a model of another."""
    return runs.difference(a.opened, b.opened, [(first, second)], kind, metric)


def space(place: Place) -> Embedding | None:
    """The vectors of a model, None where it has none."""
    return place.opened_model.embedding


@st.cache_data(max_entries=10, show_spinner="Comparing the space with what occurs together")
def divergence(place: Place) -> Divergence:
    return diagnostics.cooccurrence_divergence(_vectors(place), place.opened)


@st.cache_data(max_entries=20, show_spinner="Counting neighbours")
def hubness(place: Place, kind: Kind) -> Hubness:
    return diagnostics.hubness(_vectors(place), kind)


@st.cache_data(max_entries=10, show_spinner="Comparing playlists with their songs")
def against_items(place: Place, kind: Kind) -> pd.DataFrame:
    return diagnostics.playlists_against_items(_vectors(place), place.opened, kind)


@st.cache_data(max_entries=20, show_spinner="Comparing the neighbours of both")
def stability(one: Place, other: Place, kind: Kind) -> Stability:
    return diagnostics.stability(_vectors(one), _vectors(other), kind)


def _vectors(place: Place) -> Embedding:
    found = space(place)
    if found is None:
        raise ValueError(f"{place.model} has no vectors")
    return found
