"""What came of the newest training: how good it is next to another model, and the click that makes it the default."""

from __future__ import annotations

from time import time
from typing import Any

import streamlit as st

from tagviz.evaluate.compare import BETTER, SAME, WORSE
from tagviz.operations.comparing import Versus
from tagviz.operations.jobs import TRAINS
from tagviz.store.jobs import Job, State
from tagviz.store.workspace import ModelInfo
from tagviz.types import Kind
from tagviz.ui import cached, frame, plain, state, widgets

FRESH = 24 * 3600.0
"""Seconds for which the newest training is shown."""
QUESTIONS = 500
"""Questions of the quick verdict; the Evaluate page asks all of them."""
_SEEN = "outcome-seen"


def show(here: frame.Here) -> None:
    """The card of the newest finished training of this corpus, until somebody puts it away."""
    done = [
        job
        for job in cached.jobs()
        if job.kind in TRAINS and job.state is State.DONE and job.result.get("fingerprint") == here.corpus.fingerprint
    ]
    infos = {info.id: info for info in cached.models(here.corpus.fingerprint)}
    if not done or time() - (done[0].finished or 0.0) > FRESH or st.session_state.get(_SEEN) == done[0].id:
        return
    info = infos.get(str(done[0].result["model"]))
    if info is not None:
        _card(here, done[0], info, infos)


def _card(here: frame.Here, job: Job, info: ModelInfo, infos: dict[str, ModelInfo]) -> None:
    fingerprint = here.corpus.fingerprint
    with st.container(border=True):
        title, away = st.columns([12, 1], vertical_alignment="center")
        name = plain.escape(frame.model_label(info.id, fingerprint), 100)
        title.markdown(f":material/check_circle: **{name} is ready** · trained in {plain.duration(info.seconds)}")
        away.button(
            "",
            icon=":material/close:",
            key="outcome-away",
            type="tertiary",
            help="Put away",
            on_click=_put_away,
            args=(job.id,),
        )
        report, other, found = "", "", None
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            others = [ref for ref in frame.model_refs(fingerprint) if cached.resolved(fingerprint, ref) != info.id]
            if others:
                other = st.selectbox(
                    "Judge it against",
                    others,
                    format_func=lambda ref: frame.model_label(ref, fingerprint),
                    key=f"against-{info.id}",
                    help="First the one that answers by default now",
                    width=260,
                )
                asked = _asked(here, [info.id, cached.resolved(fingerprint, other)])
                running, report = _state_of(asked)
                found = _versus(here, report) if report else None
                st.button(
                    "Being judged" if running else "Judge it",
                    key="outcome-judge",
                    icon=":material/fact_check:",
                    disabled=running,
                    on_click=_judge,
                    args=(asked,),
                    help=f"Both are trained again without some playlists and asked {QUESTIONS} questions about these",
                )
            chosen = info.marks.pinned
            st.button(
                "It is the default" if chosen else "Make it the default",
                key="outcome-default",
                icon=":material/check:" if chosen else ":material/keep:",
                type="secondary" if found and found.verdict == WORSE else "primary",
                disabled=chosen,
                on_click=state.careful(cached.make_default),
                args=(info,),
                help="It answers on every page where nobody has chosen another",
            )
            st.page_link(
                state.RECOMMEND,
                label="Ask it something",
                icon=":material/queue_music:",
                query_params=state.carried(model=info.id),
            )
        if report:
            _verdict(here, report, frame.model_label(other, fingerprint))
        _brought(here, info)


def _brought(here: frame.Here, info: ModelInfo) -> None:
    """What the newer playlists of the corpus brought to this model."""
    versions = list(dict.fromkeys(here.corpus.versions))
    if len(versions) < 2:
        return
    before = f"{info.id}@{versions[-2]}"
    asked = _asked(here, [info.id, before])
    running, report = _state_of(asked)
    if report:
        _verdict(here, report, "itself without the new playlists")
    else:
        st.button(
            "Being asked" if running else "What did the new playlists bring?",
            key="outcome-brought",
            icon=":material/difference:",
            disabled=running,
            on_click=_judge,
            args=(asked,),
            help="The same questions to the model as it is, and as it would be without the playlists of this version",
        )


def _asked(here: frame.Here, models: list[str]) -> dict[str, Any]:
    """The arguments of the job that judges two models."""
    kinds = here.corpus.sizes
    protocol = "arena" if kinds.get(Kind.SONG) and kinds.get(Kind.TAG) else "tags"
    return {
        "corpus": here.corpus.name,
        "version": here.corpus.fingerprint,
        "models": models,
        "protocol": protocol,
        "limit": QUESTIONS,
    }


def _state_of(asked: dict[str, Any]) -> tuple[bool, str]:
    """Whether this is being judged, and the report that says how it was."""
    same = [job for job in cached.jobs() if job.kind == "evaluate" and dict(job.arguments) == asked]
    running = any(not job.over for job in same)
    return running, next((str(job.result["report"]) for job in same if job.state is State.DONE), "")


def _versus(here: frame.Here, report: str) -> Versus:
    place = cached.ReportPlace(here.corpus.fingerprint, report)
    first, second = place.opened.labels[:2]
    return cached.versus(place, first, second)


def _verdict(here: frame.Here, report: str, other: str) -> None:
    """One sentence: better or not, by how much, how sure."""
    with widgets.row():
        st.markdown(sentence(_versus(here, report), other), width="content")
        st.page_link(
            state.EVALUATE,
            label="See the report",
            icon=":material/fact_check:",
            query_params=state.carried(report=report),
        )


def sentence(found: Versus, other: str) -> str:
    """The verdict in words."""
    name = "Arena score" if found.metric == "arena" else "nDCG of the tags"
    scores = f"{name} {found.first:.3f} against {found.second:.3f}"
    told = {
        BETTER: ":material/trending_up: **Better than {}**",
        WORSE: ":material/trending_down: **Worse than {}**",
        SAME: ":material/trending_flat: **The same answers as {}**",
    }.get(found.verdict, ":material/trending_flat: **Too close to {} to tell**")
    low, high = (f"{bound:+.3f}".replace("-", "−") for bound in (found.low, found.high))
    span = f"a difference between {low} and {high} on {plain.count(found.questions, 'question')}"
    return f"{told.format(plain.escape(other, 80))}: {scores}, {span}."


def _put_away(ident: int) -> None:
    st.session_state[_SEEN] = ident


@state.careful
def _judge(asked: dict[str, Any]) -> None:
    cached.submit("evaluate", asked)
