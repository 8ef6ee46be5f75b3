"""The smallest page with a map, for the browser tests: `TAGVIZ_MAP_TEST` is a folder with points.npz and texts.json."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tagviz.types import Kind, Projection, Vocab
from tagviz.ui.components import map as maps

FOLDER = Path(os.environ["TAGVIZ_MAP_TEST"])
FILES = maps.MapFiles(FOLDER / "files")


@st.cache_resource
def points(space: bool) -> tuple[maps.MapPoints, np.ndarray]:
    arrays = np.load(FOLDER / "points.npz")
    xy = arrays["xy"]
    if space:
        xy = np.column_stack([xy, -xy[:, 0]])  # as far in front as to the left
    told = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))
    projection = Projection(
        vocab=Vocab.of(Kind.TAG, told["labels"]),
        xy=xy,
        levels=tuple(arrays[f"level{number}"] for number in range(len(told["names"]))),
        names=tuple(tuple(names) for names in told["names"]),
        trust=arrays["trust"],
        method="umap",
        near=arrays["near"],
    )
    return maps.publish(FILES, [projection], [arrays["counts"]]), arrays["counts"]


@st.cache_resource
def coloured(layer: str, space: bool) -> maps.ColourLayer:
    data, counts = points(space)
    if layer == "region":
        return maps.by_cluster(data)
    if layer == "initial":
        return maps.by_category(data, [str(label)[:1].lower() for label in data.first.vocab.ids], "Initial")
    values = np.log1p(counts) if layer == "popularity" else data.first.trust
    return maps.by_value(data, values, layer.capitalize(), "low", "high")


def body() -> None:
    st.set_page_config(layout="wide")
    space = "space" in st.query_params
    data, counts = points(space)
    first = data.first
    left, right = st.columns([3, 1]) if st.query_params.get("wide") is None else (st.container(), st.container())
    with right:
        layers = ["region", "popularity", "trust", "initial"]
        layer = st.selectbox("Colour", layers, index=layers.index(st.query_params.get("layer", "region")))
        sought = st.text_input("Find")
        least = st.number_input("At least", 0, int(counts.max()), 0)
    colour = coloured(layer, space)
    with left:
        before = maps.read_event(data)
        if before.picked is not None and not before.add:
            st.session_state["selected"] = before.picked
        selected = st.session_state.get("selected", "")
        near = first.near[data.row(selected)] if selected else []
        exact = f"tag:{sought}" if sought and data.row(f"tag:{sought}") >= 0 else ""
        every = first.vocab.keys(np.arange(len(data))) if sought and not exact else []
        found = [exact] if exact else [key for key in every if sought in key]
        scene = maps.MapScene(
            colour,
            selected=selected or None,
            lines=[(data.key(int(row)), 1.0 - 0.08 * place) for place, row in enumerate(near)],
            highlight=found[:200] if sought else [],
            fly_to=found[:20],
            shown=counts >= least if least else None,
            title="Map of tags",
        )
        event = maps.map_view(data, scene, maps.MapSlot(height=int(st.query_params.get("height", 640))))
    with right:
        st.text(f"picked {event.picked} add {event.add}")
        st.text(f"supported {event.supported}")
        if event.selection:
            st.text(f"selection {len(event.selection.keys)}: {', '.join(event.selection.keys[:5])}")
        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        st.text(f"run {st.session_state['runs']}")


from streamlit.runtime.scriptrunner import get_script_run_ctx  # noqa: E402

if get_script_run_ctx() is not None:
    body()

app = st.App(__file__, routes=maps.routes(FILES))
