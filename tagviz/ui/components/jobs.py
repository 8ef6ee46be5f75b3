"""Long-running work as pages show it: what is running, how far it is, and its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from time import time
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.operations import database
from tagviz.operations import jobs as job_operations
from tagviz.operations.jobs import JOB_KINDS, job_outcome, job_title
from tagviz.store.jobs import Job, State
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, pills, tables
from tagviz.ui.i18n import N_, _, translated

CURVES = {"loss": N_("Loss (lower is better)"), "best": N_("Best score so far"), "score": N_("Score")}
"""The numbers of a job that can be drawn; of several the first. With the title of the curve."""
ACTIVE_SECONDS = 1.0
"""Seconds between two refreshes while a job runs."""
IDLE_SECONDS = 10.0
"""Seconds between two refreshes while none runs: another browser or the command line may start one."""

RECENT_SECONDS = 900.0
"""Seconds for which a failed or cancelled job is shown above the list."""
LOG_LINES = 30
"""Last lines of a job's log that are shown."""

STATES = {
    State.QUEUED: N_("waiting"),
    State.RUNNING: N_("running"),
    State.DONE: N_("✓ done"),
    State.FAILED: N_("✗ failed"),
    State.CANCELLED: N_("cancelled"),
    State.INTERRUPTED: N_("interrupted"),
}
ENDINGS = {
    State.FAILED: (":material/error:", N_("{job} failed. Nothing else has changed.")),
    State.CANCELLED: (":material/stop_circle:", N_("{job} was cancelled.")),
    State.INTERRUPTED: (
        ":material/power_off:",
        N_("{job} was interrupted because its process ended. No stored data is lost."),
    ),
}
_RUNNING = "jobs-running"


def show(kinds: Sequence[str], corpus: str = "") -> None:
    """Show the jobs of some kinds and refresh them; when one ends, the whole page is drawn again.

    Args:
        kinds: The kinds.
        corpus: Only jobs of this corpus; how many of others wait or run is said in a line. "": all jobs.
    """
    running = any(not job.over for job in _of_kinds(kinds, corpus))
    problem = database.problem(cache.context())
    if problem is not None:
        st.caption(
            _("Jobs cannot be shown: {problem}.").format(problem=formatting.escape(translated(problem.title), 200))
        )
    st.fragment(errors.guarded(_show), run_every=ACTIVE_SECONDS if running else IDLE_SECONDS)(
        tuple(kinds), corpus, running
    )


def ensure(kind: str, arguments: dict[str, Any]) -> None:
    """Queue a job that a page needs, unless it failed or was cancelled before, and show its progress."""
    same = [job for job in _of_kinds([kind]) if dict(job.arguments) == arguments]
    if not same or same[0].state is State.DONE:
        job_operations.submit(cache.context(), kind, arguments)
    show([kind])


def _show(kinds: tuple[str, ...], corpus: str, was_running: bool) -> None:
    jobs = _of_kinds(kinds, corpus)
    active = [job for job in jobs if not job.over]
    if bool(active) != was_running or _one_ended(active, kinds):
        cache.clear_lists()
        st.rerun()
    if active:
        st.subheader(_("Running jobs"), anchor=False)
    for job in active:
        _running(job)
    elsewhere = sorted({_corpus_of(job) for job in _of_kinds(kinds) if not job.over} - {corpus}) if corpus else []
    if elsewhere:
        names = formatting.listing([formatting.one_line(name, 40) for name in elsewhere])
        st.caption(formatting.escape(_("Jobs of other corpora are running too: {names}.").format(names=names), 300))
    if active and not any(job.state is State.RUNNING for job in active):
        job_operations.ensure_worker(cache.context())  # the one that was started for them may have ended
    over = [job for job in jobs if job.over]
    if over and not active:
        _unfinished(over[0])
    if over:
        with st.expander(formatting.count(len(over), "earlier job"), icon=":material/history:"):
            _finished(over)


def _unfinished(job: Job) -> None:
    """Show prominently that the newest job failed or was stopped, why, and how to resume it."""
    recent = job.state is State.INTERRUPTED or time() - (job.finished or 0.0) < RECENT_SECONDS
    if job.state not in ENDINGS or not recent:
        return
    icon, ending = ENDINGS[job.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            text, button = st.container(width="stretch"), st.container(width="content")
        with text:
            sentence = _(ending).format(job=formatting.escape(name_of(job), 120))
            st.markdown(f"{icon} **{sentence}**")
            if job.error:
                st.text(formatting.one_line(translated(job.error), 1000))
        resumes = (job.kind in JOB_KINDS and JOB_KINDS[job.kind].resumes) or job.arguments.get("method") == "word2vec"
        button.button(
            _("Resume") if resumes else _("Try again"),
            key=f"resume-{job.id}",
            icon=":material/play_arrow:" if resumes else ":material/refresh:",
            on_click=url_state.safe_callback(job_operations.retry),
            args=(cache.context(), job.id),
            help=_("Continue where it was stopped") if resumes else None,
            width="content",
        )
        _log(job)


def _log(job: Job) -> None:
    if job.log.strip():
        with st.expander(_("Log"), icon=":material/terminal:"):
            st.code("\n".join(job.log.strip().splitlines()[-LOG_LINES:]), language=None, wrap_lines=True)


def _of_kinds(kinds: Sequence[str], corpus: str = "") -> list[Job]:
    return [job for job in cache.jobs() if job.kind in kinds and (not corpus or _corpus_of(job) == corpus)]


def _corpus_of(job: Job) -> str:
    return str(job.arguments.get("corpus", ""))


def _one_ended(active: list[Job], kinds: tuple[str, ...]) -> bool:
    """Return whether a job that this browser saw running is over."""
    key, now = f"{_RUNNING}-{kinds}", {job.id for job in active}
    before = st.session_state.get(key, set())
    st.session_state[key] = now
    return bool(before - now)


def _running(job: Job) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            text, button = st.container(width="stretch"), st.container(width="content")
        with text:
            st.text(name_of(job))
            if job.state is State.QUEUED:
                st.caption(_("waiting to start"))
            else:
                st.progress(min(1.0, job.fraction or 0.0), text=formatting.escape(_progress(job), 200))
        with button:
            st.button(
                _("Cancelling") if job.cancelling else _("Cancel"),
                key=f"cancel-{job.id}",
                icon=":material/stop_circle:",
                disabled=job.cancelling,
                on_click=url_state.safe_callback(job_operations.cancel),
                args=(cache.context(), job.id),
                width="content",
            )
        near = dict(job.result.get("near", {}))
        grid = st.grid(2 if near else 1, min_column_width=320, gap="medium")
        with grid.container():
            _curve(job)
        if near:
            with grid.container():
                _nearest(near)
        _log(job)


def _nearest(near: dict[str, list[str]]) -> None:
    """Show the current neighbours of the tags that the person follows during the training."""
    st.caption(_("Nearest tags now"))
    for key, labels in near.items():
        with pills.row():
            st.markdown(f"**{formatting.escape(key.partition(':')[2], 40)}**", width="content")
            st.markdown(" ".join(pills.pill_label(str(label)) for label in labels), width="content")


def _progress(job: Job) -> str:
    parts = [translated(job.phase) or _("starting"), translated(job.note)]
    parts.append(_("{time} elapsed").format(time=formatting.duration(job.seconds)))
    if job.seconds_left is not None and job.seconds > 2:
        parts.append(_("about {time} left").format(time=formatting.duration(job.seconds_left)))
    return " · ".join(part for part in parts if part)


def _curve(job: Job) -> None:
    shown = next((name for name in CURVES if any(name in numbers for _at, numbers in job.curve)), "")
    points = {seconds: numbers[shown] for seconds, numbers in job.curve if shown in numbers}
    if len(points) > 1:
        import altair as alt

        st.caption(_(CURVES[shown]))
        table = pd.DataFrame({"seconds": points.keys(), "value": points.values()})
        axis = alt.Axis(labelFlush=True, grid=False, tickCount=6)
        across = alt.X("seconds:Q", title=_("seconds"), axis=axis)
        curve = alt.Chart(table, height=160).mark_line().encode(across, alt.Y("value:Q", title=None))
        st.altair_chart(curve)


def _finished(over: list[Job]) -> None:
    frame = pd.DataFrame(
        {
            "job": [name_of(job) for job in over],
            "state": [_(STATES[job.state]) for job in over],
            "when": [datetime.fromtimestamp(job.finished or job.created).isoformat() for job in over],
            "duration": [formatting.duration(job.seconds) if job.started else "" for job in over],
            "outcome": [
                formatting.one_line(translated(job.error or job_outcome(job.kind, job.result)), 300) for job in over
            ],
            "again": ["" if job.state is State.DONE else _("Try again") for job in over],
        }
    )
    frame["when"] = pd.to_datetime(frame["when"])
    key = f"again-{over[0].kind}"
    tables.table(
        frame,
        f"jobs-{over[0].kind}",
        columns={
            "job": st.column_config.TextColumn(_("Job"), width="medium"),
            "state": st.column_config.TextColumn(_("State"), width=100),
            "when": st.column_config.DatetimeColumn(_("When"), format=_("D MMM, HH:mm"), width=110),
            "duration": st.column_config.TextColumn(_("Duration"), width=80),
            "outcome": st.column_config.TextColumn(_("Outcome"), width="large"),
            "again": st.column_config.ButtonColumn(
                "", width=90, type="tertiary", key=key, on_click=_retry, args=(over[0].kind, [job.id for job in over])
            ),
        },
        alt=_("Finished jobs, the newest first"),
    )


@url_state.safe_callback
def _retry(kind: str, idents: list[int]) -> None:
    row = tables.pressed(f"again-{kind}", f"jobs-{kind}")
    if row is not None and row < len(idents) and st.session_state[f"again-{kind}"].label:
        job_operations.retry(cache.context(), idents[row])


def _outcome_of(job: Job) -> str:
    return formatting.one_line(translated(job.error or job_outcome(job.kind, job.result)), 300)


def name_of(job: Job) -> str:
    """Return what a job does, in words."""
    return formatting.one_line(translated(job_title(job.kind, job.arguments)), 160)
