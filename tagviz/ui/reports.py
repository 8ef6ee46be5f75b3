"""Verdicts that are kept: choose one, ask for a new one, take one away as a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from tagviz.evaluate import metrics, text, words
from tagviz.evaluate.report import EvalReport
from tagviz.operations import panels
from tagviz.operations.methods import METHODS
from tagviz.store.jobs import State
from tagviz.types import Kind
from tagviz.ui import cached, plain, state, widgets
from tagviz.ui.frame import Here, model_label, model_refs

PROTOCOLS = {
    "tags": "Tags: half of a playlist's tags are hidden",
    "arena": "Playlist continuation: tags and songs are hidden, as in the Kakao Arena",
}
MASKS = {"real": "as in the Arena's real test lists", "official": "by the Arena's published shares"}
FORMS = {"html": "Report (HTML, opens offline)", "csv": "Table (CSV)", "tex": "Table (LaTeX)"}
_ASKED = "judge-asked"
"""Where a browser keeps the number of the job that it asked for."""
SIZES = {0: "all that there are", 200: "200 (a quick look)", 1000: "1,000", 5000: "5,000"}


def choose(here: Here) -> str:
    """The report that is shown: the newest, or the one in the address, or the one just asked for; "" for none."""
    _turn_to_asked()
    known = cached.reports(here.corpus.fingerprint)
    if not known:
        return ""
    by_id = {str(info["id"]): info for info in known}
    newest = next(iter(by_id))
    picked: str = st.selectbox(
        "Report",
        list(by_id),
        format_func=lambda ident: _name(by_id[ident]),
        label_visibility="collapsed",
        **state.tied("report", newest, list(by_id), key=f"report-{newest}"),
    )
    return picked


def asked() -> int:
    """The job of the verdict that this person waits for; 0 for none. A form named after it closes when it is sent."""
    return int(st.session_state.get(_ASKED, 0))


def _turn_to_asked() -> None:
    """When the verdict that this person asked for is there, it is what is shown."""
    job = next((job for job in cached.jobs() if job.id == asked()), None)
    if job is not None and job.over:
        del st.session_state[_ASKED]
        state.put(report=str(job.result.get("report", state.value("report"))))


def _name(info: Mapping[str, Any]) -> str:
    labels = plain.listing([str(label) for label in info["labels"]])
    return plain.one_line(f"{plain.moment(str(info['created']))} · {info['protocol']} · {labels}", 160)


def ask(here: Here) -> None:
    """Ask for a new verdict; it is worked out as a job."""
    refs = list(dict.fromkeys([*model_refs(here.corpus.fingerprint), *METHODS]))
    label = {ref: model_label(ref, here.corpus.fingerprint) for ref in refs}
    begin = [ref for ref in dict.fromkeys((here.model, "neighbours", "popularity")) if ref in refs]
    models = st.multiselect("Models side by side", refs, begin, format_func=label.__getitem__, key="judge-models")
    how, hidden, size = st.columns(3)
    protocol = how.selectbox("What is asked", list(PROTOCOLS), format_func=PROTOCOLS.__getitem__, key="judge-protocol")
    mask = hidden.selectbox(
        "What is hidden",
        list(MASKS),
        format_func=MASKS.__getitem__,
        key="judge-mask",
        disabled=protocol != "arena",
        help="Only for playlist continuation",
    )
    limit = size.selectbox("How many questions", list(SIZES), format_func=SIZES.__getitem__, key="judge-size")
    group = here.place.opened.group_name
    by_group = st.toggle(
        f"Judge on {group}s that were never seen in training" if group else "This corpus knows no listeners or artists",
        bool(group),
        disabled=not group,
        key="judge-group",
        help="Otherwise other lists of the same people give the answers away, and the numbers look too good",
    )
    if st.button("Evaluate", type="primary", icon=":material/play_arrow:", disabled=not models):
        what: dict[str, Any] = {
            "corpus": here.corpus.name,
            "models": models,
            "protocol": protocol,
            "mask": mask,
            "by_group": by_group,
        }
        st.session_state[_ASKED] = cached.submit("evaluate", {**what, "limit": limit or None})
        st.rerun()


def about(here: Here, report: EvalReport) -> None:
    """What was judged and what a reader must know before believing it."""
    st.caption(plain.escape(words.about(report), 400))
    for warning in report.warnings:
        st.warning(plain.escape(warning, 400), icon=":material/warning:")
    if report.leak > 0:
        leak(here, report)


def leak(here: Here, report: EvalReport) -> None:
    """By how much a split at random flatters, measured when it is asked; nothing where no groups are known."""
    if not (report.questions["group"] != "").any():
        return
    reading = [model for model in report.models if model.method != "popularity"]  # which nothing gives away
    quickest = min(reading or report.models, key=lambda model: model.train_seconds).method
    split: dict[str, Any] = {"protocol": report.protocol, "mask": report.mask, "seed": report.seed}
    what = {**split, "corpus": here.corpus.name, "model": quickest, "share": report.share}
    asked = [job for job in cached.jobs() if job.kind == "leak" and what.items() <= dict(job.arguments).items()]
    found = next((job.result["inflation"] for job in asked if job.state is State.DONE), ())
    name = METHODS[quickest].title if quickest in METHODS else quickest
    with st.expander(
        "How much would a split at random flatter?", icon=":material/call_split:", expanded=report.leak > 0
    ):
        for one in found:
            sentence = words.leak_sentence(one["kind"], one["by_group"], one["at_random"], one["leak"])
            st.markdown(plain.escape(sentence, 300))
        st.caption(plain.escape(words.read_leak(name), 300))
        if not found:
            waiting = any(not job.over for job in asked)
            if st.button(f"Measure it with {name}", icon=":material/play_arrow:", disabled=waiting, key="measure-leak"):
                cached.submit("leak", what)
                st.rerun()


def export(report: EvalReport, kind: Kind, k: int) -> None:
    """The report as HTML that opens offline, its table as CSV and LaTeX."""
    with st.popover("Export", icon=":material/download:"):
        for form in ("html", "csv", "tex"):
            st.download_button(
                FORMS[form],
                data=partial(_file, form, report, kind, k, widgets.dark()),
                file_name=f"tagviz-{report.protocol}-{kind}s.{form}",
                on_click="ignore",
                key=f"export-{form}",
                icon=":material/description:",
                type="tertiary",
            )


def _file(form: str, report: EvalReport, kind: Kind, k: int, dark: bool) -> bytes:
    if form == "html":
        return panels.html_report(report, k, dark).encode()
    summary = metrics.summary(report, kind, k)
    return (text.csv(summary) if form == "csv" else text.latex(summary, k)).encode()
