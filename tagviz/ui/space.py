"""The space itself, before anything is recommended: what it has learned of tags that go together, and its flaws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from tagviz.evaluate import diagnostics, words
from tagviz.figures import evaluation as figures
from tagviz.operations.methods import METHODS
from tagviz.store.workspace import ModelInfo
from tagviz.types import Kind, key_of
from tagviz.ui import cached, judged, picker, plain, state, widgets
from tagviz.ui.frame import Here, model_label

LEAST_KEPT = 0.5
"""Below this share of common neighbours a neighbourhood is mostly chance."""


def show(here: Here) -> None:
    """One view of the space of the model that the side bar says."""
    place = here.place
    with widgets.forgiving():
        if judged.space(place) is None:
            names = plain.listing([METHODS[name].title for name in ("spectral", "word2vec", "sentence")], "or")
            st.caption(f"This model has no space of its own: choose {names} in the side bar.")
            return
        looked_at = plain.escape(model_label(here.model, here.corpus.fingerprint), 80)
        st.caption(f"The space of **{looked_at}**, chosen in the side bar and trained on the whole corpus.")
        name: str = st.segmented_control(
            "Look at",
            list(VIEWS),
            required=True,
            label_visibility="collapsed",
            **state.tied("space", next(iter(VIEWS)), list(VIEWS)),
        )
        VIEWS[name](here, place)


def _together(here: Here, place: cached.Place) -> None:
    found = judged.divergence(place)
    st.markdown(
        f"**The space explains {plain.percent(found.explained)} of which tags go together** "
        f"(divergence {found.overall:.2f}; without any space, by popularity alone, {found.independent:.2f})"
    )
    st.caption(words.READ_DIVERGENCE)
    left, right = _two()
    with left:
        values = {"tags": found.tags["explained"].to_numpy(dtype=float).clip(-1, 1)}
        title = "How well the tags' company is explained"
        shown = figures.distribution(values, title, "Share explained", "Share of the tags", dark=widgets.dark())
        widgets.figure(shown, "explained", title)
    with right:
        widgets.table(
            found.tags[["label", "explained", "divergence", "count"]],
            "divergence",
            "Worst explained first",
            columns={
                "label": "Tag",
                "explained": st.column_config.NumberColumn("Explained", format="percent"),
                "divergence": st.column_config.NumberColumn("Divergence", format="%.2f", help="KL divergence, nats"),
                "count": st.column_config.NumberColumn("Playlists", format="localized"),
            },
        )


def _hubs(here: Here, place: cached.Place) -> None:
    found = judged.hubness(place, Kind.TAG)
    said = "a few tags are everybody's neighbours" if found.skewness > 1 else "no tag is everybody's neighbour"
    st.markdown(f"**Skewness {found.skewness:.1f}: {said}; {plain.percent(found.never)} of the tags are nobody's.**")
    st.caption(words.READ_HUBS)
    left, right = _two()
    with left:
        counts = {"tags": found.items["occurrences"].to_numpy(dtype=float)}
        title = f"How often a tag is among the {found.k} nearest of others"
        shown = figures.distribution(counts, title, "Times", "Share of the tags", dark=widgets.dark())
        widgets.figure(shown, "hubs", title)
    with right:
        top = float(found.items["occurrences"].max())
        widgets.table(
            found.items[["label", "occurrences"]],
            "hubs",
            "The greatest hubs",
            columns={"label": "Tag", "occurrences": widgets.bar("Neighbour of", top, format="localized")},
        )


def _playlists(here: Here, place: cached.Place) -> None:
    kind = Kind.SONG if here.corpus.sizes.get("song") else Kind.TAG
    frame = judged.against_items(place, kind)
    middle = float(frame["cosine"].median())
    st.markdown(f"**A playlist's own vector and the mean of its {kind}s: cosine {middle:.2f} in the middle.**")
    st.caption(words.READ_OWN_VECTOR)
    left, right = _two()
    with left:
        title = "Cosine of both, over all playlists"
        values = {"playlists": frame["cosine"].to_numpy(dtype=float)}
        shown = figures.distribution(values, title, "Cosine", "Share of the playlists", dark=widgets.dark())
        widgets.figure(shown, "own-vector", title)
    with right:
        widgets.table(
            frame[["title", "items", "cosine"]].head(500),
            "own-vector",
            "The worst first",
            columns={
                "title": "Playlist",
                "items": st.column_config.NumberColumn(f"{kind.capitalize()}s", format="localized"),
                "cosine": st.column_config.NumberColumn("Cosine", format="%.2f"),
            },
        )


def _stable(here: Here, place: cached.Place) -> None:
    info = place.opened_model.info
    twins = [one for one in cached.models(here.corpus.fingerprint) if _twin(one, info)]
    st.caption(words.READ_STABILITY)
    if not twins:
        st.text("There is no second model of the same settings and another seed yet.")
        st.button(
            "Train one",
            icon=":material/model_training:",
            on_click=_train_twin,
            args=(here, info),
            help="It is trained in the background; the Train page shows how far it is",
        )
        return
    found = judged.stability(place, here.with_model(twins[0].id), Kind.TAG)
    agreed, sure = plain.percent(found.overlap), plain.percent(float((found.items["overlap"] >= LEAST_KEPT).mean()))
    st.markdown(
        f"**Seeds {info.seed} and {twins[0].seed} agree on {agreed} of a tag's {found.k} nearest; "
        f"{sure} of the tags keep at least half of theirs.**"
    )
    left, right = _two()
    with left:
        title = "Share of common neighbours"
        values = {"tags": found.items["overlap"].to_numpy(dtype=float)}
        shown = figures.distribution(values, title, title, "Share of the tags", found.k, dark=widgets.dark())
        widgets.figure(shown, "stability", title)
    with right:
        widgets.table(
            found.items[["label", "overlap"]],
            "stability",
            "The least stable first",
            columns={"label": "Tag", "overlap": widgets.bar("In common", 1.0, format="percent")},
        )


@state.careful
def _train_twin(here: Here, info: ModelInfo) -> None:
    settings = {"method": info.method, "values": dict(info.params), "seed": info.seed + 1}
    cached.submit("train", {"corpus": here.corpus.name, **settings})
    st.toast("It waits for its turn; the Train page shows how far it is.", icon=":material/model_training:")


def _twin(one: ModelInfo, other: ModelInfo) -> bool:
    return one.method == other.method and dict(one.params) == dict(other.params) and one.seed != other.seed


def _analogy(here: Here, place: cached.Place) -> None:
    picker.chooser(here, "Three tags, in order", "analogy", (Kind.TAG,), "rock, guitar, jazz …")
    chosen = state.values("analogy")
    if len(chosen) != 3:
        st.caption("The first is to the second as the third is to … what? Choose three tags.")
        return
    vectors = judged.space(place)
    if vectors is not None:
        first, second, third = (key_of(Kind.TAG, tag) for tag in chosen)
        frame = diagnostics.analogy(vectors, first, second, third)
        a, b, c = (plain.escape(tag, 40) for tag in chosen)
        st.markdown(f"**“{a}” is to “{b}” as “{c}” is to “{plain.escape(str(frame['label'].iloc[0]), 40)}”**")
        _answers(frame, "analogy", "score", "Nearness")


def _odd(here: Here, place: cached.Place) -> None:
    picker.chooser(here, "Three tags or more", "odd", (Kind.TAG,), "jazz, bebop, metal …")
    chosen = state.values("odd")
    if len(chosen) < 3:
        st.caption("Which one does not belong? Choose at least three tags.")
        return
    vectors = judged.space(place)
    if vectors is not None:
        frame = diagnostics.odd_one_out(vectors, [key_of(Kind.TAG, tag) for tag in chosen])
        frame["label"] = [str(key).partition(":")[2] for key in frame["key"]]
        st.markdown(f"**“{plain.escape(str(frame['label'].iloc[0]), 40)}” does not belong.**")
        _answers(frame, "odd", "fit", "Fits the others")


def _answers(frame: pd.DataFrame, name: str, measure: str, label: str) -> None:
    top = max(float(np.nanmax(frame[measure])), 1e-9)
    bar = widgets.bar(label, top, "Cosine", "%.2f")
    widgets.table(frame[["label", measure]], name, columns={"label": "Tag", measure: bar})


def _two() -> tuple[st.delta_generator.DeltaGenerator, st.delta_generator.DeltaGenerator]:
    grid = st.grid(2, min_column_width=400, gap="large")
    return grid.cell(), grid.cell()


VIEWS: dict[str, Callable[[Here, cached.Place], None]] = {
    "What goes together": _together,
    "Hubs": _hubs,
    "Playlists": _playlists,
    "Stability": _stable,
    "Analogy": _analogy,
    "Odd one out": _odd,
}
