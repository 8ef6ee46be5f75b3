"""Stored reports: choose one, start a new evaluation, export one as a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.evaluation import captions, export_text, metrics
from tagviz.evaluation.report import EvalReport
from tagviz.operations import evaluation
from tagviz.operations import jobs as job_operations
from tagviz.operations.evaluation import views
from tagviz.operations.registry import METHODS
from tagviz.store.jobs import State
from tagviz.types import Kind
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import charts, damage, permissions
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, label_of, songs_are, translated
from tagviz.ui.model_names import model_label, model_refs, shown_labels

PROTOCOLS = {
    "tags": N_("Tags: half of a playlist's tags are hidden"),
    "arena": N_("Playlist continuation: tags and songs are hidden, as in the Kakao Arena"),
    "cold": N_("New songs: songs of some artists are taken out of the lists"),
}
SHORT = {"tags": N_("tags"), "arena": N_("playlist continuation"), "cold": N_("new songs")}
"""The protocols in the names of reports."""
MASKS = {"real": N_("as in the Arena's test set"), "official": N_("by the Arena's published shares")}
FILES = {"html": N_("Report (HTML, opens offline)"), "csv": N_("Table (CSV)"), "tex": N_("Table (LaTeX)")}
SIZES = {0: N_("all"), 200: N_("200 (quick)"), 1000: N_("1,000"), 5000: N_("5,000")}
_JOB = "evaluation-job"
"""Key of the session's state with the id of the evaluation job that this person started."""


def choose(here: PageContext) -> str:
    """Show the picker of reports and return the id of the chosen one: by default the newest; "" if there are none."""
    _open_finished()
    known = cache.reports(here.corpus.fingerprint)
    damage.show(evaluation.damaged_reports(cache.context(), here.corpus.fingerprint))
    if not known:
        return ""
    by_id = {str(info["id"]): info for info in known}
    newest = next(iter(by_id))
    picked: str = st.selectbox(
        _("Report"),
        list(by_id),
        format_func=lambda ident: _name(here, by_id[ident]),
        label_visibility="collapsed",
        **url_state.bind_param("report", newest, list(by_id), key=f"report-{newest}"),
    )
    return picked


def pending_job() -> int:
    """Return the id of the evaluation job that this person waits for; 0 for none.

    A form that has it in its key closes when it is sent.
    """
    return int(st.session_state.get(_JOB, 0))


def _open_finished() -> None:
    """Open the report of the evaluation that this person started, once it is finished."""
    job = next((job for job in cache.jobs() if job.id == pending_job()), None)
    if job is not None and job.over:
        del st.session_state[_JOB]
        url_state.set_params(report=str(job.result.get("report", url_state.param("report"))))


def _name(here: PageContext, info: Mapping[str, Any]) -> str:
    stored = [str(label) for label in info["labels"]]
    labels = formatting.listing(list(shown_labels(stored, here.corpus.fingerprint).values()))
    return formatting.one_line(
        f"{formatting.moment(str(info['created']))} · {_(SHORT.get(info['protocol'], info['protocol']))} · {labels}",
        160,
    )


def form(here: PageContext) -> None:
    """Show the form that starts an evaluation as a job."""
    refs = list(dict.fromkeys([*model_refs(here.corpus.fingerprint), *METHODS]))
    label = {ref: model_label(ref, here.corpus.fingerprint) for ref in refs}
    start = [ref for ref in dict.fromkeys((here.model, "neighbours", "popularity")) if ref in refs]
    models = st.multiselect(_("Models"), refs, start, format_func=label.__getitem__, key="evaluate-models")
    protocol_cell, mask_cell, size_cell = st.columns(3)
    protocol = protocol_cell.selectbox(
        _("Protocol"), list(PROTOCOLS), format_func=label_of(PROTOCOLS), key="evaluate-protocol"
    )
    mask = mask_cell.selectbox(
        _("What is hidden"),
        list(MASKS),
        format_func=label_of(MASKS),
        key="evaluate-mask",
        disabled=protocol != "arena",
        help=_("Only for playlist continuation"),
    )
    limit = size_cell.selectbox(_("Number of questions"), list(SIZES), format_func=label_of(SIZES), key="evaluate-size")
    group = here.model_key.opened.group_name
    by_group = st.toggle(
        _("Test on {groups} that are not in the training data").format(groups=f"{group}s")
        if group
        else _("This corpus has no information on listeners or artists"),
        bool(group),
        disabled=not group,
        key="evaluate-group",
        help=_("Otherwise other playlists of the same people are in the training data, and the metrics are too high"),
    )
    if st.button(
        _("Evaluate"), type="primary", icon=":material/play_arrow:", **permissions.gate(Permission.JOBS, not models)
    ):
        arguments: dict[str, Any] = {
            "corpus": here.corpus.name,
            "models": models,
            "protocol": protocol,
            "mask": mask,
            "by_group": by_group,
        }
        st.session_state[_JOB] = job_operations.submit(
            cache.context(), "evaluate", {**arguments, "limit": limit or None}
        )
        st.rerun()


def about(here: PageContext, report: EvalReport) -> None:
    """Show what was evaluated, and warnings."""
    st.caption(_about(report), help=formatting.escape(translated(captions.about(report)), 400))
    for warning in report.warnings:
        st.warning(formatting.escape(translated(warning), 400), icon=":material/warning:")
    if report.leak > 0:
        leakage(here, report)


def _about(report: EvalReport) -> str:
    """Return what was evaluated and how, as people write it; the hint beside it names the version and the seed."""
    parts = [
        _("{questions} after training on {playlists}").format(
            questions=formatting.count(len(report), "question"),
            playlists=formatting.count(report.playlists, "playlist"),
        ),
        _(PROTOCOLS.get(report.protocol, report.protocol)),
        _("whole listeners or artists are held out") if report.by_group else _("playlists are held out one by one"),
        formatting.moment(report.created),
    ]
    return formatting.escape(" · ".join(parts), 400)


def leakage(here: PageContext, report: EvalReport) -> None:
    """Show how much better the metrics look with a random split, measured on request; nothing without groups."""
    if not (report.questions["group"] != "").any():
        return
    trained = [model for model in report.models if model.method != "popularity"]  # which leakage does not affect
    quickest = min(trained or report.models, key=lambda model: model.train_seconds).method
    split: dict[str, Any] = {"protocol": report.protocol, "mask": report.mask, "seed": report.seed}
    arguments = {**split, "corpus": here.corpus.name, "model": quickest, "share": report.share}
    jobs = [job for job in cache.jobs() if job.kind == "leak" and arguments.items() <= dict(job.arguments).items()]
    inflation = next((job.result["inflation"] for job in jobs if job.state is State.DONE), ())
    name = translated(METHODS[quickest].title) if quickest in METHODS else quickest
    label = _("How much better would the metrics look with a random split?")
    with st.expander(label, icon=":material/call_split:", expanded=report.leak > 0):
        for one in inflation:
            sentence = captions.leak_sentence(one["kind"], one["by_group"], one["at_random"], one["leak"])
            st.markdown(formatting.escape(translated(sentence), 300))
        st.caption(formatting.escape(captions.read_leak(name), 300))
        if not inflation:
            waiting = any(not job.over for job in jobs)
            button = _("Measure with {method}").format(method=name)
            if st.button(
                button, icon=":material/play_arrow:", key="measure-leak", **permissions.gate(Permission.JOBS, waiting)
            ):
                job_operations.submit(cache.context(), "leak", arguments)
                st.rerun()


def export(report: EvalReport, kind: Kind, k: int) -> None:
    """Show the downloads: the report as HTML that opens offline, its table as CSV and LaTeX."""
    with st.popover(_("Export"), icon=":material/download:"):
        for ending, label in FILES.items():
            st.download_button(
                _(label),
                data=partial(_file, ending, report, kind, k, charts.dark(), songs_are()),
                file_name=f"tagviz-{report.protocol}-{kind}s.{ending}",
                on_click="ignore",
                key=f"export-{ending}",
                icon=":material/description:",
                type="tertiary",
            )


def _file(ending: str, report: EvalReport, kind: Kind, k: int, dark: bool, words: str) -> bytes:
    if ending == "html":
        return views.html_report(report, k, dark, songs_are=words).encode()
    summary = metrics.summary(report, kind, k)
    return (export_text.csv(summary) if ending == "csv" else export_text.latex(summary, k)).encode()
