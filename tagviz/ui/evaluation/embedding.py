"""Diagnostics of an embedding: how well it reflects which tags occur together, and its known weaknesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd
import streamlit as st

from tagviz.access.roles import Permission
from tagviz.evaluation import captions, diagnostics
from tagviz.figures import evaluation as figures
from tagviz.operations import jobs as job_operations
from tagviz.operations.registry import METHODS
from tagviz.store.workspace import ModelInfo
from tagviz.types import Kind, key_of
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import charts, errors, item_links, permissions, pills, search_box, tables
from tagviz.ui.components.search_box import ItemSearch
from tagviz.ui.context import PageContext
from tagviz.ui.evaluation import report_cache
from tagviz.ui.i18n import N_, _, label_of, translated
from tagviz.ui.model_names import model_label

RELIABLE = 0.5
"""Share of common neighbours below which a neighbourhood is mostly chance."""
SUGGESTED_METHODS = ("spectral", "word2vec", "sentence")
"""Methods with an embedding that are named where the chosen model has none."""

Diagnostic: TypeAlias = Callable[[PageContext, cache.ModelKey], None]


def show(here: PageContext) -> None:
    """Show one diagnostic of the embedding of the model that is chosen in the side bar."""
    model_key = here.model_key
    with errors.show_errors():
        if report_cache.embedding_of(model_key) is None:
            st.caption(_("This model has no embedding of its own. Look at that of another model:"))
            with pills.row():
                for method in SUGGESTED_METHODS:
                    st.button(
                        translated(METHODS[method].title),
                        key=f"embedding-of-{method}",
                        on_click=url_state.set_params,
                        kwargs={"model": method},
                    )
            return
        model = formatting.escape(model_label(here.model, here.corpus.fingerprint), 80)
        text = _("Embedding of **{model}**, chosen in the side bar and trained on the whole corpus.")
        st.caption(text.format(model=model))
        name: str = st.segmented_control(
            _("Diagnostic"),
            list(DIAGNOSTICS),
            format_func=label_of(LABELS),
            required=True,
            label_visibility="collapsed",
            **url_state.bind_param("diagnostic", next(iter(DIAGNOSTICS)), list(DIAGNOSTICS)),
        )
        DIAGNOSTICS[name](here, model_key)


def _cooccurrence(_here: PageContext, model_key: cache.ModelKey) -> None:
    divergence = report_cache.divergence(model_key)
    text = _(
        "The embedding explains {share} of which tags occur together (divergence {overall:.2f}; by popularity alone "
        "{independent:.2f})"
    )
    share = formatting.percent(divergence.explained)
    sentence = text.format(share=share, overall=divergence.overall, independent=divergence.independent)
    st.markdown(f"**{sentence}**")
    st.caption(translated(captions.READ_DIVERGENCE))
    left, right = _two_columns()
    with left:
        shares = {"tags": divergence.tags["explained"].to_numpy(dtype=float).clip(-1, 1)}
        title = _("How well each tag's co-occurrences are explained")
        chart = figures.distribution(shares, title, _("Share explained"), _("Share of the tags"), dark=charts.dark())
        charts.figure(chart, "explained", title)
    with right:
        number = st.column_config.NumberColumn
        item_links.table(
            divergence.tags[["label", "explained", "divergence", "count"]],
            divergence.tags["key"].astype(str).tolist(),
            "divergence",
            _("Least explained tags"),
            columns={
                "label": _("Tag"),
                "explained": number(_("Explained"), format="percent"),
                "divergence": number(_("Divergence"), format="%.2f", help=_("Kullback-Leibler divergence in nats")),
                "count": number(_("Playlists"), format="localized"),
            },
        )


def _hubs(_here: PageContext, model_key: cache.ModelKey) -> None:
    hubness = report_cache.hubness(model_key, Kind.TAG)
    text = (
        _(
            "Skewness {skewness:.1f}: a few tags are neighbours of very many others; {never} of the tags are "
            "neighbours of none."
        )
        if hubness.skewness > 1
        else _(
            "Skewness {skewness:.1f}: no tag is a neighbour of very many others; {never} of the tags are "
            "neighbours of none."
        )
    )
    sentence = text.format(skewness=hubness.skewness, never=formatting.percent(hubness.never))
    st.markdown(f"**{sentence}**")
    st.caption(translated(captions.READ_HUBS))
    left, right = _two_columns()
    with left:
        counts = {"tags": hubness.items["occurrences"].to_numpy(dtype=float)}
        title = _("How often a tag is among the {k} nearest of others").format(k=hubness.k)
        chart = figures.distribution(counts, title, _("Times"), _("Share of the tags"), dark=charts.dark())
        charts.figure(chart, "hubs", title)
    with right:
        top = float(hubness.items["occurrences"].max())
        item_links.table(
            hubness.items[["label", "occurrences"]],
            hubness.items["key"].astype(str).tolist(),
            "hubs",
            _("Largest hubs"),
            columns={"label": _("Tag"), "occurrences": tables.bar(_("Neighbour of"), top, number_format="localized")},
        )


def _playlists(here: PageContext, model_key: cache.ModelKey) -> None:
    kind = Kind.SONG if here.corpus.sizes.get("song") else Kind.TAG
    frame = report_cache.against_items(model_key, kind)
    text = (
        _("Median cosine of a playlist's own vector and the mean of its songs: {median:z.2f}")
        if kind is Kind.SONG
        else _("Median cosine of a playlist's own vector and the mean of its tags: {median:z.2f}")
    )
    sentence = text.format(median=float(frame["cosine"].median()))
    st.markdown(f"**{sentence}**")
    st.caption(translated(captions.READ_OWN_VECTOR))
    left, right = _two_columns()
    with left:
        title = _("Cosine over all playlists")
        cosines = {"playlists": frame["cosine"].to_numpy(dtype=float)}
        chart = figures.distribution(cosines, title, _("Cosine"), _("Share of the playlists"), dark=charts.dark())
        charts.figure(chart, "own-vector", title)
    with right:
        items = formatting.capitalize(_(formatting.PLURALS[kind]))
        tables.table(
            frame[["title", "items", "cosine"]].head(500),
            "own-vector",
            _("Least similar playlists"),
            columns={
                "title": _("Playlist"),
                "items": st.column_config.NumberColumn(items, format="localized"),
                "cosine": st.column_config.NumberColumn(_("Cosine"), format="%.2f"),
            },
        )


def _stability(here: PageContext, model_key: cache.ModelKey) -> None:
    info = model_key.opened_model.info
    others = [one for one in cache.models(here.corpus.fingerprint) if _differs_by_seed(one, info)]
    st.caption(translated(captions.READ_STABILITY))
    if not others:
        st.text(_("There is no second model with the same settings and another seed yet."))
        st.button(
            _("Train one"),
            icon=":material/model_training:",
            on_click=_train_with_next_seed,
            args=(here, info),
            **permissions.gate(Permission.TRAIN, help=_("Trains in the background; the Train page shows the progress")),
        )
        return
    stability = report_cache.stability(model_key, here.with_model(others[0].id), Kind.TAG)
    reliable = float((stability.items["overlap"] >= RELIABLE).mean())
    text = _(
        "Seeds {first} and {second} agree on {share} of a tag's {k} nearest; {reliable} of the tags keep at least half."
    )
    sentence = text.format(
        first=info.seed,
        second=others[0].seed,
        share=formatting.percent(stability.overlap),
        k=stability.k,
        reliable=formatting.percent(reliable),
    )
    st.markdown(f"**{sentence}**")
    left, right = _two_columns()
    with left:
        title = _("Share of common neighbours")
        shares = {"tags": stability.items["overlap"].to_numpy(dtype=float)}
        chart = figures.distribution(shares, title, title, _("Share of the tags"), stability.k, dark=charts.dark())
        charts.figure(chart, "stability", title)
    with right:
        item_links.table(
            stability.items[["label", "overlap"]],
            stability.items["key"].astype(str).tolist(),
            "stability",
            _("Least stable tags"),
            columns={"label": _("Tag"), "overlap": tables.bar(_("In common"), 1.0, number_format="percent")},
        )


@url_state.safe_callback
def _train_with_next_seed(here: PageContext, info: ModelInfo) -> None:
    settings = {"method": info.method, "values": dict(info.params), "seed": info.seed + 1}
    job_operations.submit(cache.context(), "train", {"corpus": here.corpus.name, **settings})
    st.toast(_("Training is queued; the Train page shows the progress."), icon=":material/model_training:")


def _differs_by_seed(one: ModelInfo, other: ModelInfo) -> bool:
    return one.method == other.method and dict(one.params) == dict(other.params) and one.seed != other.seed


def _analogy(here: PageContext, model_key: cache.ModelKey) -> None:
    box = ItemSearch(_("Three tags, in order"), "analogy", (Kind.TAG,), _("for example rock, guitar, jazz"))
    search_box.choose_many(here, box)
    chosen = url_state.params("analogy")
    if len(chosen) != 3:
        st.caption(_("The first tag is to the second as the third is to which one? Choose three tags."))
        return
    vectors = report_cache.embedding_of(model_key)
    if vectors is not None:
        first, second, third = (key_of(Kind.TAG, tag) for tag in chosen)
        frame = diagnostics.analogy(vectors, first, second, third)
        a, b, c, answer = (formatting.escape(tag, 40) for tag in (*chosen, str(frame["label"].iloc[0])))
        sentence = _("“{a}” is to “{b}” as “{c}” is to “{answer}”").format(a=a, b=b, c=c, answer=answer)
        st.markdown(f"**{sentence}**")
        _ranking(frame, "analogy", "score", _("Similarity"))


def _odd_one_out(here: PageContext, model_key: cache.ModelKey) -> None:
    box = ItemSearch(_("Three tags or more"), "odd_one_out", (Kind.TAG,), _("for example jazz, bebop, metal"))
    search_box.choose_many(here, box)
    chosen = url_state.params("odd_one_out")
    if len(chosen) < 3:
        st.caption(_("Which tag does not belong to the others? Choose at least three tags."))
        return
    vectors = report_cache.embedding_of(model_key)
    if vectors is not None:
        frame = diagnostics.odd_one_out(vectors, [key_of(Kind.TAG, tag) for tag in chosen])
        frame["label"] = [str(key).partition(":")[2] for key in frame["key"]]
        sentence = _("“{tag}” does not belong.").format(tag=formatting.escape(str(frame["label"].iloc[0]), 40))
        st.markdown(f"**{sentence}**")
        _ranking(frame, "odd-one-out", "fit", _("Similarity to the others"))


def _ranking(frame: pd.DataFrame, name: str, measure: str, label: str) -> None:
    top = max(float(np.nanmax(frame[measure])), 1e-9)
    bar = tables.bar(label, top, _("Cosine"), "%.2f")
    keys = frame["key"].astype(str).tolist()
    item_links.table(frame[["label", measure]], keys, name, columns={"label": _("Tag"), measure: bar})


def _two_columns() -> tuple[st.delta_generator.DeltaGenerator, st.delta_generator.DeltaGenerator]:
    grid = st.grid(2, min_column_width=400, gap="large")
    return grid.cell(), grid.cell()


DIAGNOSTICS: dict[str, Diagnostic] = {
    "cooccurrence": _cooccurrence,
    "hubs": _hubs,
    "playlists": _playlists,
    "stability": _stability,
    "analogy": _analogy,
    "odd_one_out": _odd_one_out,
}
LABELS = {
    "cooccurrence": N_("Co-occurrence"),
    "hubs": N_("Hubs"),
    "playlists": N_("Playlists"),
    "stability": N_("Stability"),
    "analogy": N_("Analogy"),
    "odd_one_out": N_("Odd one out"),
}
