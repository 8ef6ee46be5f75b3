"""Tuning: the search for a method's best settings."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.evaluation.metric_registry import ARENA, TUNABLE
from tagviz.figures import tuning as figures
from tagviz.operations import jobs as job_operations
from tagviz.operations.models import tuning
from tagviz.operations.models.tuning import Objective, Study
from tagviz.operations.registry import METHODS
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import charts, errors, permissions, tables
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, label_of, translated

METRICS_TO_TUNE = tuple(reversed(TUNABLE))
"""What can be maximised."""
PROTOCOLS = {"": N_("Automatic"), "tags": N_("Half of the tags hidden"), "arena": N_("As in the Kakao Arena")}


def show(here: PageContext) -> None:
    """Show the form of a search, its trials as they finish, and the button that trains with the best settings."""
    name, arguments = _form(here)
    running = [
        job
        for job in cache.jobs()
        if job.kind == "tune" and not job.over and all(job.arguments.get(key) == arguments[key] for key in arguments)
    ]
    trials_cell, start = st.columns([1, 3], vertical_alignment="bottom")
    trials = trials_cell.number_input(
        _("Trials"), 1, 500, 30, key="tune-trials", help=_("Number of further trials; earlier ones are kept")
    )
    with start:
        if running:
            st.caption(_("The search is running. It can be cancelled and resumed; every finished trial is kept."))
        elif st.button(
            _("Start search"),
            key="tune-start",
            type="primary",
            icon=":material/search:",
            **permissions.gate(Permission.TRAIN),
        ):
            job_operations.submit(cache.context(), "tune", {**arguments, "trials": int(trials)})
            st.rerun()
    st.fragment(errors.guarded(_results), run_every=2.0 if running else None)(here, name, arguments)


def _form(here: PageContext) -> tuple[str, dict[str, Any]]:
    """Show the form; return the method and the arguments of the job."""
    names = [name for name, entry in METHODS.items() if tuning.ranges(entry)]
    metrics, protocols, cases = ["", *METRICS_TO_TUNE], list(PROTOCOLS), list(formatting.CASES)
    grid = st.grid(4, min_column_width=200, vertical_alignment="bottom")
    with grid.container():
        name = st.selectbox(
            _("Method"),
            names,
            format_func=lambda name: translated(METHODS[name].title),
            **url_state.bind_param("tuned_method", names[0], names),
        )
    with grid.container():
        bound = url_state.bind_param("metric", "", metrics)
        metric = st.selectbox(_("Metric"), metrics, format_func=_metric_title, **bound)
    with grid.container():
        bound = url_state.bind_param("protocol", "", protocols)
        protocol = st.selectbox(_("Protocol"), protocols, format_func=label_of(PROTOCOLS), **bound)
    with grid.container():
        bound = url_state.bind_param("case", "", cases)
        case = st.selectbox(_("Case"), cases, format_func=label_of(formatting.CASES), **bound)
    give_up = st.toggle(
        _("Stop poor trials early"),
        False,
        key="tune-give-up",
        help=_("A trial is first trained on a quarter of the playlists, and stopped if it is among the worst so far"),
    )
    return name, {
        "corpus": here.corpus.name,
        "method": name,
        "metric": metric,
        "protocol": protocol,
        "case": case,
        "seed": 42,
        "give_up": give_up,
        "fixed": {},
    }


def _metric_title(name: str) -> str:
    """Return what a person reads for something that can be maximised; "" is chosen by the search itself."""
    if not name:
        return _("Automatic")
    title = formatting.metric(name).title
    return title if name in ARENA else _("{metric}@10 of tags").format(metric=title)


def _results(here: PageContext, name: str, arguments: dict[str, Any]) -> None:
    objective = Objective(arguments["metric"], arguments["protocol"], arguments["case"], arguments["seed"])
    with errors.show_errors():
        study = tuning.look(cache.context(), cache.corpus(*here.names), name, objective)
        if study is None or study.trials.empty:
            st.caption(_("No trials yet. The first trial uses the default settings, for comparison."))
            return
        _best(here, study)
        _figures(study)
        frame = study.trials.drop(columns=["default"]).sort_values("score", ascending=False)
        frame = frame.assign(number=frame["number"] + 1).rename(columns={"number": "trial"})
        frame.columns = [formatting.capitalize(column.replace("_", " ")) for column in frame.columns]
        tables.table(frame, f"trials-{name}", _("Trials"), alt=_("Trials, the best first"))


def _best(here: PageContext, study: Study) -> None:
    if not study.best:
        return
    with st.container(border=True):
        gain = study.score - study.default
        best, default, button = st.columns([1, 1, 2], vertical_alignment="center")
        label = _("Best {metric}").format(metric=_metric_title(study.objective.metric))
        best.metric(label, f"{study.score:.4f}", f"{gain:+.4f}" if gain > 0 else None)
        default.metric(_("Default settings"), f"{study.default:.4f}" if study.default == study.default else "–")
        with button:
            if gain <= 0:
                sentence = _("No trial is better than the default settings so far.")
                st.markdown(f"**{sentence}**")
            st.text(", ".join(f"{name.replace('_', ' ')} {number:.4g}" for name, number in study.best.items()))
            if st.button(
                _("Train with the best settings"),
                key="tune-train",
                icon=":material/play_arrow:",
                **permissions.gate(Permission.TRAIN),
            ):
                arguments = {"corpus": here.corpus.name, "method": study.method, "values": dict(study.best)}
                job_operations.submit(cache.context(), "train", arguments)
                st.rerun()
        st.caption(
            _(
                "Measured on validation playlists that the search has used many times. Evaluate the trained model on "
                "the Evaluate page before you rely on the gain."
            )
        )


def _figures(study: Study) -> None:
    metric, dark = _metric_title(study.objective.metric), charts.dark()
    ranges = {name: bounds for name, bounds in tuning.ranges(METHODS[study.method]).items() if name not in study.fixed}
    finished = int(study.trials["score"].notna().sum())
    if finished >= 2:
        alt = _("Parallel coordinates of {trials}").format(trials=formatting.count(finished, "trial"))
        charts.figure(figures.trials(study.trials, ranges, metric, dark), "trials", alt)
    left, right = st.columns(2)
    with left:
        charts.figure(figures.history(study.trials, study.default, metric, dark), "search", _("Score of each trial"))
    with right:
        if study.importance:
            chart = figures.importance(study.importance, dark)
            charts.figure(chart, "importance", _("Importance of each setting"))
        else:
            st.caption(_("The importance of the settings is shown after ten trials."))
