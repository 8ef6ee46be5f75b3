"""What can be taken away from the map: pictures, a page of its own, and the vectors behind it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from tagviz.figures import map as figures
from tagviz.operations import exports
from tagviz.ui import map_layers, plain, widgets
from tagviz.ui.map_layers import Sheet

PICTURES = {"html": "A page of its own (HTML)", "svg": "Drawing (SVG)"}
VECTORS = {
    "parquet": "Table (Parquet)",
    "projector": "TensorBoard projector (TSV, zipped)",
    "word2vec": "word2vec text",
}


def offer(sheet: Sheet) -> None:
    """Downloads, each made when it is asked for."""
    with st.popover("Take away", icon=":material/download:"):
        st.caption("The map (for a PNG of what is on the screen: the arrow on the map)")
        dark = widgets.dark()
        for form, label in PICTURES.items():
            _button(label, f"map.{form}", partial(_picture, sheet, form, dark))
        st.caption("The vectors in the full space, with label, count and place on the map")
        for form, label in VECTORS.items():
            _button(label, f"vectors{exports.ENDINGS[form]}", partial(_vectors, sheet, form))


def _button(label: str, name: str, made: Callable[[], bytes]) -> None:
    st.download_button(
        label, data=made, file_name=f"tagviz-{name}", key=f"take-{name}", type="tertiary", on_click="ignore"
    )


def _picture(sheet: Sheet, form: str, dark: bool) -> bytes:
    own = Sheet(sheet.place, sheet.layout)
    title = f"Map of the tags of {plain.one_line(sheet.place.corpus, 40)}"
    made = figures.figure(own.projection, map_layers.counts(own), title=title, dark=dark, height=900)
    return (figures.svg(made) if form == "svg" else figures.page(made)).encode()


def _vectors(sheet: Sheet, form: str) -> bytes:
    own = Sheet(sheet.place, sheet.layout)
    return exports.vectors(own.place.opened, own.place.opened_model, own.projection, form)
