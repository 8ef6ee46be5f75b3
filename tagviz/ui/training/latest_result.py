"""Latest training result: the new model compared with another, and the button that makes it the default."""

from __future__ import annotations

from time import time
from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.evaluation.compare import BETTER, SAME, WORSE
from tagviz.operations import jobs as job_operations
from tagviz.operations.jobs import TRAINING_KINDS
from tagviz.operations.models.compare import Versus
from tagviz.store.jobs import Job, State
from tagviz.store.workspace import ModelInfo
from tagviz.types import Kind
from tagviz.ui import cache, context, formatting, model_names, pages, stored_reports, url_state
from tagviz.ui.components import permissions, pills
from tagviz.ui.i18n import N_, _
from tagviz.ui.training import changes

SHOWN_SECONDS = 24 * 3600.0
"""Seconds for which the latest training is shown."""
QUESTIONS = 500
"""Questions of the quick comparison; the Evaluate page uses all."""
OUTCOMES = {
    BETTER: (":material/trending_up:", N_("Better than {model}")),
    WORSE: (":material/trending_down:", N_("Worse than {model}")),
    SAME: (":material/trending_flat:", N_("Same results as {model}")),
}
UNCLEAR = (":material/trending_flat:", N_("No clear difference from {model}"))
_DISMISSED = "training-result-dismissed"


def show(here: context.PageContext) -> None:
    """Show the card of the latest finished training of this corpus, until somebody closes it."""
    done = [
        job
        for job in cache.jobs()
        if job.kind in TRAINING_KINDS
        and job.state is State.DONE
        and job.result.get("fingerprint") == here.corpus.fingerprint
    ]
    if not done or time() - (done[0].finished or 0.0) > SHOWN_SECONDS or st.session_state.get(_DISMISSED) == done[0].id:
        return
    infos = {info.id: info for info in cache.models(here.corpus.fingerprint)}
    info = infos.get(str(done[0].result["model"]))
    if info is not None:
        _card(here, done[0], info)


def _card(here: context.PageContext, job: Job, info: ModelInfo) -> None:
    fingerprint = here.corpus.fingerprint
    with st.container(border=True):
        title, close = st.columns([12, 1], vertical_alignment="center")
        model = formatting.escape(model_names.model_label(info.id, fingerprint), 100)
        if "cost" in job.result:  # it was trained just now
            ready = _("{model} is ready").format(model=model)
            note = _("trained in {time}").format(time=formatting.duration(info.seconds))
        else:
            ready = _("{model} was there already").format(model=model)
            note = _("trained on {date} with the same settings; nothing was trained again").format(
                date=formatting.moment(info.created)
            )
        title.markdown(f":material/check_circle: **{ready}** · {note}")
        close.button(
            "",
            icon=":material/close:",
            key="outcome-away",
            type="tertiary",
            help=_("Close"),
            on_click=_dismiss,
            args=(job.id,),
        )
        report, other = "", ""
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            refs = [ref for ref in model_names.model_refs(fingerprint) if cache.resolved(fingerprint, ref) != info.id]
            if refs:
                other, report = _comparison_form(here, info, refs)
            worse = bool(report) and _versus(here, report).outcome == WORSE
            _default_button(info, primary=not worse)
            st.page_link(
                pages.RECOMMEND.path,
                label=_("Try it"),
                icon=pages.RECOMMEND.icon,
                query_params=url_state.link_params(model=info.id),
            )
        if report:
            _outcome(here, report, model_names.model_label(other, fingerprint))
        _effect_of_new_playlists(here, info)


def _comparison_form(here: context.PageContext, info: ModelInfo, refs: list[str]) -> tuple[str, str]:
    """Show the picker of the other model and the button that compares; return the other model and the report."""
    other = st.selectbox(
        _("Compare with"),
        refs,
        format_func=lambda ref: model_names.model_label(ref, here.corpus.fingerprint),
        key=f"against-{info.id}",
        help=_("The current default is first"),
        width=260,
    )
    arguments = _arguments(here, [info.id, cache.resolved(here.corpus.fingerprint, other)])
    running, report = _job_state(arguments)
    help_text = _("Both are trained again without some playlists and evaluated with {n} questions about these")
    st.button(
        _("Evaluating") if running else _("Evaluate"),
        key="outcome-judge",
        icon=":material/fact_check:",
        on_click=_evaluate,
        args=(arguments,),
        **permissions.gate(Permission.JOBS, running, help_text.format(n=QUESTIONS)),
    )
    return other, report


def _default_button(info: ModelInfo, primary: bool) -> None:
    is_default = info.marks.pinned
    st.button(
        _("Default model") if is_default else _("Make default"),
        key="outcome-default",
        icon=":material/check:" if is_default else ":material/keep:",
        type="primary" if primary else "secondary",
        on_click=changes.make_default,
        args=(info,),
        **permissions.gate(
            Permission.DEFAULTS, is_default, _("The default is used on every page where no other model is chosen")
        ),
    )


def _effect_of_new_playlists(here: context.PageContext, info: ModelInfo) -> None:
    """Show whether the playlists of the newest version made this model better."""
    versions = list(dict.fromkeys(here.corpus.versions))
    if len(versions) < 2:
        return
    arguments = _arguments(here, [info.id, f"{info.id}@{versions[-2]}"])
    running, report = _job_state(arguments)
    if report:
        _outcome(here, report, _("the same model without the new playlists"))
    else:
        st.button(
            _("Evaluating") if running else _("Measure the effect of the new playlists"),
            key="outcome-brought",
            icon=":material/difference:",
            on_click=_evaluate,
            args=(arguments,),
            **permissions.gate(
                Permission.JOBS,
                running,
                _("Compares this model with the same model trained without the playlists of the newest version"),
            ),
        )


def _arguments(here: context.PageContext, models: list[str]) -> dict[str, Any]:
    """Return the arguments of the job that evaluates two models."""
    sizes = here.corpus.sizes
    return {
        "corpus": here.corpus.name,
        "version": here.corpus.fingerprint,
        "models": models,
        "protocol": "arena" if sizes.get(Kind.SONG) and sizes.get(Kind.TAG) else "tags",
        "limit": QUESTIONS,
    }


def _job_state(arguments: dict[str, Any]) -> tuple[bool, str]:
    """Return whether this evaluation runs, and its report ("" for none)."""
    same = [job for job in cache.jobs() if job.kind == "evaluate" and dict(job.arguments) == arguments]
    running = any(not job.over for job in same)
    return running, next((str(job.result["report"]) for job in same if job.state is State.DONE), "")


def _versus(here: context.PageContext, report: str) -> Versus:
    report_key = model_names.report_key(here.corpus.fingerprint, report)
    first, second = report_key.opened.labels[:2]
    return stored_reports.versus(report_key, first, second)


def _outcome(here: context.PageContext, report: str, other: str) -> None:
    with pills.row():
        st.markdown(sentence(_versus(here, report), other), width="content")
        st.page_link(
            pages.EVALUATE.path,
            label=_("Open the report"),
            icon=pages.EVALUATE.icon,
            query_params=url_state.link_params(report=report),
        )


def sentence(versus: Versus, other: str) -> str:
    """Return the outcome of a comparison as Markdown: better or not, by how much, how sure.

    Args:
        versus: The comparison.
        other: What a person reads for the other model.
    """
    icon, message = OUTCOMES.get(versus.outcome, UNCLEAR)
    outcome = _(message).format(model=formatting.escape(other, 80))
    low, high = (f"{bound:+z.3f}".replace("-", "−") for bound in (versus.low, versus.high))
    text = (
        _("Arena score {first:.3f} against {second:.3f}, difference {low} to {high} on {questions}.")
        if versus.metric == "arena"
        else _("nDCG of tags {first:.3f} against {second:.3f}, difference {low} to {high} on {questions}.")
    )
    questions = formatting.count(versus.questions, "question")
    details = text.format(first=versus.first, second=versus.second, low=low, high=high, questions=questions)
    return f"{icon} **{outcome}**: {details}"


def _dismiss(ident: int) -> None:
    st.session_state[_DISMISSED] = ident


@url_state.safe_callback
def _evaluate(arguments: dict[str, Any]) -> None:
    job_operations.submit(cache.context(), "evaluate", arguments)
