"""Long work as pages show it: what is running, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from time import time
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.operations.jobs import TRAINS
from tagviz.operations.methods import METHODS
from tagviz.store.jobs import Job, State
from tagviz.ui import cached, plain, state, widgets

CURVES = {"loss": "Loss: lower is better", "best": "Best score so far", "score": "Score"}
"""Which of a job's numbers is drawn, if there are several: the first of these; and what it is called."""
EVERY = 1.0
"""Seconds between two looks while something runs."""
IDLE = 10.0
"""Seconds between two looks while nothing does: another browser or the command line may start something."""

FRESH = 900.0
"""Seconds for which it is told above the list that the newest job has failed or was stopped."""
LOG_LINES = 30
"""Lines of a job's log that are shown: its end."""
GO_ON = ("tune",)
"""Kinds of jobs that go on where they were stopped; a training does where its method keeps checkpoints."""

STATES = {
    State.QUEUED: "waiting",
    State.RUNNING: "running",
    State.DONE: "✓ done",
    State.FAILED: "✗ failed",
    State.CANCELLED: "cancelled",
    State.INTERRUPTED: "interrupted",
}
_SEEN = "jobs-running"


def work(kinds: Sequence[str], title: str = "At work") -> None:
    """The list of jobs of some kinds, kept up to date; when one ends, the whole page is drawn anew."""
    running = any(not job.over for job in _mine(kinds))
    st.fragment(_work, run_every=EVERY if running else IDLE)(tuple(kinds), title, running)


def ensure(kind: str, arguments: dict[str, Any]) -> None:
    """Queue work that a page needs, unless it failed or was stopped before, and show how far it is."""
    same = [job for job in _mine([kind]) if dict(job.arguments) == arguments]
    if not same or same[0].state is State.DONE:
        cached.submit(kind, arguments)
    work([kind])


def _work(kinds: tuple[str, ...], title: str, was_running: bool) -> None:
    found = _mine(kinds)
    active = [job for job in found if not job.over]
    if bool(active) != was_running or _ended(active, kinds):
        cached.forget()
        st.rerun()
    if active:
        st.subheader(title, anchor=False)
    for job in active:
        _running(job)
    if active and not any(job.state is State.RUNNING for job in active):
        cached.ensure_worker()  # the one that was started for them may be gone
    over = [job for job in found if job.over]
    if over and not active:
        _stopped(over[0])
    if over:
        with st.expander(plain.count(len(over), "earlier job"), icon=":material/history:"):
            _finished(over)


def _stopped(job: Job) -> None:
    """That the newest job failed or was stopped, why, and the way to go on, where it cannot be overlooked."""
    fresh = job.state is State.INTERRUPTED or time() - (job.finished or 0.0) < FRESH
    if job.state not in ENDINGS or not fresh:
        return
    icon, ending = ENDINGS[job.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            text, button = st.container(width="stretch"), st.container(width="content")
        with text:
            st.markdown(f"{icon} **{plain.escape(name_of(job), 120)} {ending}**")
            if job.error:
                st.text(plain.one_line(job.error, 1000))
        resumes = job.kind in GO_ON or job.arguments.get("method") == "word2vec"
        button.button(
            "Go on" if resumes else "Try again",
            key=f"go-on-{job.id}",
            icon=":material/play_arrow:" if resumes else ":material/refresh:",
            on_click=state.careful(cached.retry),
            args=(job.id,),
            help="It goes on where it was stopped" if resumes else None,
            width="content",
        )
        _log(job)


ENDINGS = {
    State.FAILED: (":material/error:", "failed; nothing else has changed."),
    State.CANCELLED: (":material/stop_circle:", "was cancelled."),
    State.INTERRUPTED: (":material/power_off:", "was interrupted: its process is gone. Nothing is lost."),
}


def _log(job: Job) -> None:
    """The end of what the job's process has said."""
    if job.log.strip():
        with st.expander("Log", icon=":material/terminal:"):
            st.code("\n".join(job.log.strip().splitlines()[-LOG_LINES:]), language=None, wrap_lines=True)


def _mine(kinds: Sequence[str]) -> list[Job]:
    return [job for job in cached.jobs() if job.kind in kinds]


def _ended(active: list[Job], kinds: tuple[str, ...]) -> bool:
    """Whether a job that this browser saw running is over."""
    key, now = f"{_SEEN}-{kinds}", {job.id for job in active}
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
                st.caption("waiting for its turn")
            else:
                st.progress(min(1.0, job.fraction or 0.0), text=plain.escape(_progress(job), 200))
        with button:
            st.button(
                "Stopping" if job.cancelling else "Cancel",
                key=f"cancel-{job.id}",
                icon=":material/stop_circle:",
                disabled=job.cancelling,
                on_click=state.careful(cached.cancel),
                args=(job.id,),
                width="content",
            )
        near = dict(job.result.get("near", {}))
        grid = st.grid(2 if near else 1, min_column_width=320, gap="medium")
        with grid.container():
            _curve(job)
        if near:
            with grid.container():
                _near(near)
        _log(job)


def _near(near: dict[str, list[str]]) -> None:
    """The neighbours of what the person watches, as they are now."""
    st.caption("Nearest now")
    for key, labels in near.items():
        with widgets.row():
            st.markdown(f"**{plain.escape(key.partition(':')[2], 40)}**", width="content")
            st.markdown(" ".join(widgets.pill_label(str(label)) for label in labels), width="content")


def _progress(job: Job) -> str:
    parts = [job.phase or "starting", job.note, f"{plain.duration(job.seconds)} so far"]
    if job.seconds_left is not None and job.seconds > 2:
        parts.append(f"about {plain.duration(job.seconds_left)} left")
    return " · ".join(part for part in parts if part)


def _curve(job: Job) -> None:
    shown = next((name for name in CURVES if any(name in numbers for _, numbers in job.curve)), "")
    points = {seconds: numbers[shown] for seconds, numbers in job.curve if shown in numbers}
    if len(points) > 1:
        import altair as alt

        st.caption(CURVES[shown])
        table = pd.DataFrame({"seconds": points.keys(), "value": points.values()})
        across = alt.X("seconds:Q", axis=alt.Axis(labelFlush=True, grid=False, tickCount=6))
        curve = alt.Chart(table, height=160).mark_line().encode(across, alt.Y("value:Q", title=None))
        st.altair_chart(curve)


def _finished(over: list[Job]) -> None:
    frame = pd.DataFrame(
        {
            "what": [name_of(job) for job in over],
            "state": [STATES[job.state] for job in over],
            "when": [datetime.fromtimestamp(job.finished or job.created).isoformat() for job in over],
            "took": [plain.duration(job.seconds) if job.started else "" for job in over],
            "outcome": [plain.one_line(job.error or _outcome(job), 300) for job in over],
            "again": ["" if job.state is State.DONE else "Try again" for job in over],
        }
    )
    frame["when"] = pd.to_datetime(frame["when"])
    key = f"again-{over[0].kind}"
    widgets.table(
        frame,
        f"jobs-{over[0].kind}",
        columns={
            "what": st.column_config.TextColumn("What", width="medium"),
            "state": st.column_config.TextColumn("State", width=100),
            "when": st.column_config.DatetimeColumn("When", format="D MMM, HH:mm", width=110),
            "took": st.column_config.TextColumn("Took", width=80),
            "outcome": st.column_config.TextColumn("Outcome", width="large"),
            "again": st.column_config.ButtonColumn(
                "", width=90, type="tertiary", key=key, on_click=_again, args=(over[0].kind, [job.id for job in over])
            ),
        },
        alt="Finished jobs, the newest first",
    )


@state.careful
def _again(kind: str, idents: list[int]) -> None:
    row = widgets.pressed(f"again-{kind}", f"jobs-{kind}")
    if row is not None and row < len(idents) and st.session_state[f"again-{kind}"].label:
        cached.retry(idents[row])


def _outcome(job: Job) -> str:
    result = job.result
    if "model" in result and job.kind in TRAINS:
        return f"the model {result['model']}"
    if job.kind == "tune" and result.get("best"):
        return f"{result['metric']} {result['score']:.4f}, the defaults {result['default_score'] or float('nan'):.4f}"
    if "playlists" in result:
        brought = [
            f"{row['kind']}s: {row['new']:,} new, {row['gone']:,} gone"
            for row in result.get("changes", ())
            if row["new"] or row["gone"]
        ]
        return "; ".join([f"{plain.count(int(result['playlists']), 'playlist')} read", *brought])
    if "questions" in result:
        return f"a report of {plain.count(int(result['questions']), 'question')}"
    return ""


def name_of(job: Job) -> str:
    """What a job does, in words."""
    given = job.arguments
    corpus = plain.one_line(str(given.get("corpus") or given.get("name") or ""), 40)
    if job.kind == "train":
        name = str(given.get("method"))
        begun = f", going on from {given['start']}" if given.get("start") else ""
        return f"Train {METHODS[name].title if name in METHODS else name} on {corpus}{begun}"
    if job.kind == "fine-tune":
        return f"Fine-tune a sentence model on {corpus}"
    if job.kind == "tune":
        name = str(given.get("method"))
        return f"Search settings of {METHODS[name].title if name in METHODS else name} on {corpus}"
    if job.kind == "import":
        return f"Import {corpus or plain.one_line(str(given.get('path', '')), 60)}"
    if job.kind == "evaluate":
        return f"Evaluate {plain.listing([str(ref) for ref in given.get('models', [])])} on {corpus}"
    if job.kind == "leak":
        return f"Measure how much a split at random flatters on {corpus}"
    if job.kind == "measure":
        return f"Measure a decision on the tags of {corpus}"
    if job.kind == "monitor":
        return f"Check {corpus}"
    if job.kind == "project":
        return f"Lay out the map of {corpus}"
    return f"{job.kind} {corpus}".strip()
