"""Colours of the map by a number of the songs: of songs their own, of tags the mean over their songs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from tagviz.operations import song_sound
from tagviz.operations.features import TableFacts
from tagviz.types import Projection
from tagviz.ui import cache, url_state
from tagviz.ui.components import feature_names, sound
from tagviz.ui.components.map import ColourLayer, MapPoints, by_value
from tagviz.ui.i18n import _

PARAM = "feature"
"""URL parameter with the table and the name of the number: `sound/level`."""
RANGE = (0.01, 0.99)
"""Quantiles between which the colours lie."""


def choose(model_key: cache.ModelKey) -> str:
    """Show the choice of a number, or how numbers are added; return "table/number", "" for none."""
    tables = sound.tables_of(model_key.corpus)
    if not tables:
        st.caption(_("This corpus has no song features. Add some with the command `tagviz features add`."), width=320)
        return ""
    options = {f"{table.name}/{column}": (table, column) for table in tables for column in table.columns}
    first = next((name for name, (_table, column) in options.items() if column == "level"), next(iter(options)))

    def label(option: str) -> str:
        table, column = options[option]
        named = feature_names.label_of(column, table.source)
        return f"{named} ({table.name})" if len(tables) > 1 else named

    chosen = st.selectbox(
        _("Feature"),
        list(options),
        format_func=label,
        label_visibility="collapsed",
        width=260,
        **url_state.bind_param(PARAM, first, list(options)),
    )
    return chosen or first


def version(model_key: cache.ModelKey) -> str:
    """Return the fingerprints of the tables that the corpus uses."""
    return "+".join(table.fingerprint for table in sound.tables_of(model_key.corpus))


def layer(
    points: MapPoints, model_key: cache.ModelKey, projections: Sequence[Projection], chosen: str
) -> ColourLayer | None:
    """Return the colours by a number; None where the corpus has no such number.

    Args:
        points: The points of the map.
        model_key: Its model.
        projections: What it shows.
        chosen: "table/number".
    """
    name, _slash, column = chosen.partition("/")
    table = _table(model_key, name)
    if table is None or column not in table.columns:
        return None
    opened = sound.opened(table.fingerprint)
    parts = [song_sound.numbers_of(model_key.opened, opened, column, one.vocab) for one in projections]
    values = np.concatenate(parts)
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, RANGE) if len(known) else (0.0, 1.0)
    unit = feature_names.unit_of(column)
    ends = [f"{sign} {_shown(number)} {unit}".rstrip() for sign, number in (("≤", low), ("≥", high))]
    title = _("{number}: of a song, or the mean over a tag's songs")
    return by_value(points, values, title.format(number=feature_names.label_of(column, table.source)), ends[0], ends[1])


def _table(model_key: cache.ModelKey, name: str) -> TableFacts | None:
    return next((table for table in sound.tables_of(model_key.corpus) if table.name == name), None)


def _shown(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
