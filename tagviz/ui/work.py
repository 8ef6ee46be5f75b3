"""Long work as pages show it: what is running, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from time import time
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.operations.methods import METHODS
from tagviz.store.jobs import Job, State
from tagviz.ui import cached, plain, widgets

CURVES = ("loss", "best", "score")
"""Which of a job's numbers is drawn, if there are several: the first of these."""
EVERY = 1.0
"""Seconds between two looks while something runs."""
IDLE = 10.0
"""Seconds between two looks while nothing does: another browser or the command line may start something."""

FRESH = 900.0
"""Seconds for which the newest job's failure is told above the list."""

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
    if not found:
        return
    st.subheader(title if active else "Lately", anchor=False)
    for job in active:
        _running(job)
    over = [job for job in found if job.over]
    if over and over[0].state is State.FAILED and time() - (over[0].finished or 0.0) < FRESH:
        _failed(over[0])
    if over:
        with st.expander(f"{len(over)} earlier", icon=":material/history:", expanded=not active and len(over) <= 5):
            _finished(over)


def _failed(job: Job) -> None:
    """Why the newest job failed, where it cannot be overlooked."""
    with st.container(border=True):
        st.markdown(f":material/error: **{plain.escape(name_of(job), 120)} failed; nothing else has changed.**")
        st.text(plain.one_line(job.error, 1000))


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
        text, button = st.columns([5, 1], vertical_alignment="center")
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
                on_click=cached.cancel,
                args=(job.id,),
            )
        _curve(job)
        _near(job)


def _near(job: Job) -> None:
    """The neighbours of what the person watches, as they are now."""
    for key, labels in dict(job.result.get("near", {})).items():
        with widgets.row():
            st.markdown(f"**{plain.escape(key.partition(':')[2], 40)}**", width="content")
            st.markdown(" ".join(widgets.pill_label(str(label)) for label in labels), width="content")


def _progress(job: Job) -> str:
    parts = [job.phase or "starting", job.note, f"{plain.duration(job.seconds)} so far"]
    if job.seconds_left is not None and job.seconds > 2:
        parts.append(f"about {plain.duration(job.seconds_left)} left")
    return " · ".join(part for part in parts if part)


def _curve(job: Job) -> None:
    names = sorted({name for _, numbers in job.curve for name in numbers})
    if len(job.curve) > 1 and names:
        frame = pd.DataFrame([dict(numbers) for _, numbers in job.curve], index=[seconds for seconds, _ in job.curve])
        shown = next((name for name in CURVES if name in names), names[0])
        st.line_chart(frame[shown].dropna(), height=140, x_label="seconds", y_label=shown)


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
                "", width=90, type="tertiary", key=key, on_click=_again, args=(key, [job.id for job in over])
            ),
        },
        alt="Finished jobs, the newest first",
    )


def _again(click: str, idents: list[int]) -> None:
    clicked = st.session_state.get(click)
    if clicked is not None and clicked.label:
        with widgets.forgiving():
            cached.retry(idents[clicked.row])


def _outcome(job: Job) -> str:
    result = job.result
    if "model" in result and job.kind == "train":
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
        return f"Train {METHODS[name].title if name in METHODS else name} on {corpus}"
    if job.kind == "tune":
        name = str(given.get("method"))
        return f"Search settings of {METHODS[name].title if name in METHODS else name} on {corpus}"
    if job.kind == "import":
        return f"Import {corpus or plain.one_line(str(given.get('path', '')), 60)}"
    if job.kind == "evaluate":
        return f"Evaluate {plain.listing([str(ref) for ref in given.get('models', [])])} on {corpus}"
    if job.kind == "project":
        return f"Lay out the map of {corpus}"
    return f"{job.kind} {corpus}".strip()
