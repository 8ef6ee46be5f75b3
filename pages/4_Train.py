"""Train: what is running, and which models can be trained?"""

from __future__ import annotations

import os
from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.operations import jobs as job_operations
from tagviz.operations.jobs import TRAINING_KINDS
from tagviz.operations.models import estimates
from tagviz.operations.registry import FINE_TUNED, METHODS
from tagviz.types import Kind
from tagviz.ui import cache, context, formatting, page_layout, pages, url_state
from tagviz.ui.components import errors, jobs, params_form, permissions
from tagviz.ui.i18n import N_, _, label_of, translated
from tagviz.ui.training import import_vectors, latest_result, models_table, tuning

FOLLOWABLE = ("word2vec",)
"""Methods whose nearest tags can be followed during the training."""
SHOWN_JOBS = (*TRAINING_KINDS, "tune", "evaluate", "project")
"""Kinds of jobs that the page shows."""
TABS = {
    "": N_("New model"),
    "tune": N_("Tune settings"),
    "import": N_("Import vectors"),
    "models": N_("Models"),
}


def show_methods() -> None:
    """Show a card for each method."""
    chosen: str = url_state.current_value("method", next(iter(METHODS)), list(METHODS))
    grid = st.grid(2, min_column_width=230, gap="small")
    for name, method in METHODS.items():
        with grid.container(border=True, gap="xsmall", height="stretch"):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"**{translated(method.title)}**", width="content")
                st.button(
                    _("Selected") if name == chosen else _("Select"),
                    key=f"choose-{name}",
                    type="primary" if name == chosen else "tertiary",
                    icon=":material/check:" if name == chosen else None,
                    on_click=url_state.set_params,
                    kwargs={"method": name},
                )
            st.caption(translated(method.sentence))


def choose_followed(here: context.PageContext) -> list[str]:
    """Show the choice of up to three tags whose nearest tags are shown during the training; return their keys."""
    popular = cache.most_frequent(*here.names, Kind.TAG, 500)
    labels = dict(zip(popular["key"], popular["label"], strict=True))
    return st.multiselect(
        _("Show the nearest tags of"),
        list(labels),
        list(labels)[:3],
        format_func=lambda key: formatting.one_line(labels[key], 40),
        max_selections=3,
        key="watch",
        help=_("Updated every few seconds during the training"),
    )


def expected_cost(here: context.PageContext, name: str, values: dict[str, Any]) -> str:
    """Return the expected time and memory of a training, estimated from earlier ones on this machine."""
    estimate = estimates.estimate(cache.jobs(), cache.corpus(*here.names), name, values)
    if estimate is None:
        return _("No estimate yet: this method has not been trained on this machine.")
    text = _("About {time} ({low} to {high}), {memory} of memory, estimated from {runs} on this machine.").format(
        time=formatting.duration(estimate.seconds),
        low=formatting.duration(estimate.low),
        high=formatting.duration(estimate.high),
        memory=formatting.size(estimate.peak),
        runs=formatting.count(estimate.jobs, "training run"),
    )
    installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if estimate.peak <= 0.8 * installed:
        return text
    warning = _("This machine has {memory}.").format(memory=formatting.size(installed))
    return f"{text} :material/warning: {warning}"


def show_form(here: context.PageContext, name: str) -> None:
    """Show the parameters of a method and the button that starts the training."""
    method = METHODS[name]
    with st.container(border=True):
        title = _("{method} on {corpus}").format(
            method=translated(method.title), corpus=formatting.escape(here.corpus.name)
        )
        st.subheader(title, anchor=False)
        st.caption(_("Cost: {cost}.").format(cost=formatting.escape(translated(method.cost), 200)))
        values = params_form.form(method.params, method.name)
        with st.popover(_("How it works"), type="tertiary", icon=":material/help:"):
            st.code(method.formula, language=None, wrap_lines=True)
            if method.source:
                st.caption(formatting.escape(method.source, 300))
        followed = choose_followed(here) if name in FOLLOWABLE else []
        with_feedback = name != FINE_TUNED and params_form.use_feedback(here.corpus.name)
        st.caption(expected_cost(here, name, values))
        if st.button(
            _("Start training"),
            key="start",
            type="primary",
            icon=":material/play_arrow:",
            **permissions.gate(Permission.TRAIN),
        ):
            arguments: dict[str, Any] = {"corpus": here.corpus.name, "values": values}
            if name == FINE_TUNED:
                job_operations.submit(cache.context(), "fine-tune", arguments)
            else:
                watch: dict[str, Any] = {"watch": followed} if followed else {}
                job_operations.submit(
                    cache.context(), "train", {**arguments, "method": name, "verdicts": with_feedback, **watch}
                )
            st.rerun()


here = page_layout.open_page(pages.TRAIN)
with errors.show_errors():
    latest_result.show(here)
    tab = st.segmented_control(
        _("Section"),
        list(TABS),
        format_func=label_of(TABS),
        label_visibility="collapsed",
        **url_state.bind_param("tab", "", list(TABS)),
    )
    if tab:
        jobs.show(SHOWN_JOBS, here.corpus.name)
    with errors.show_errors():
        if tab == "tune":
            tuning.show(here)
        elif tab == "import":
            import_vectors.show(here)
        elif tab == "models":
            models_table.show(here)
        else:
            halves = st.grid(2, min_column_width=400, gap="medium")
            with halves.container():
                show_form(here, url_state.current_value("method", next(iter(METHODS)), list(METHODS)))
                jobs.show(SHOWN_JOBS, here.corpus.name)  # below the button that starts one
            with halves.container():
                show_methods()
