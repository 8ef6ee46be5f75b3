"""Downloads of the map: pictures, an HTML page, and the vectors behind it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from tagviz.figures import tag_map as figures
from tagviz.operations.maps import export
from tagviz.ui.components import charts
from tagviz.ui.i18n import N_, _
from tagviz.ui.tag_map import layers
from tagviz.ui.tag_map.layers import MapKey

PICTURES = {"html": N_("Interactive page (HTML)"), "svg": N_("Vector graphic (SVG)")}
VECTORS = {
    "parquet": N_("Table (Parquet)"),
    "projector": N_("TensorBoard projector (TSV, zipped)"),
    "word2vec": N_("word2vec text"),
    "word2vec-binary": N_("word2vec binary"),
    "npz": N_("npz (keys, vectors)"),
}


def show(map_key: MapKey) -> None:
    """Show the downloads; each file is made when it is requested."""
    with st.popover(_("Export"), icon=":material/download:"):
        st.caption(_("Map (for a PNG of the visible part: the arrow on the map)"))
        dark = charts.dark()
        for ending, label in PICTURES.items():
            _button(_(label), f"map.{ending}", partial(_picture, map_key, ending, dark))
        st.caption(_("Vectors of the embedding, with label, count and position on the map"))
        for name, label in VECTORS.items():
            _button(_(label), f"vectors{export.ENDINGS[name]}", partial(_vectors, map_key, name))


def _button(label: str, name: str, make: Callable[[], bytes]) -> None:
    st.download_button(
        label, data=make, file_name=f"tagviz-{name}", key=f"export-{name}", type="tertiary", on_click="ignore"
    )


def _picture(map_key: MapKey, ending: str, dark: bool) -> bytes:
    own = MapKey(map_key.model_key, map_key.layout)
    title = layers.title(map_key.model_key)
    figure = figures.figure(own.projection, layers.counts(own), title=title, dark=dark, height=900)
    return (figures.svg(figure) if ending == "svg" else figures.page(figure)).encode()


def _vectors(map_key: MapKey, name: str) -> bytes:
    own = MapKey(map_key.model_key, map_key.layout)
    return export.vectors(own.model_key.opened, own.model_key.opened_model, own.projection, name)
