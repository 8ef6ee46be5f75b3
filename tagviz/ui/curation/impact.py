"""The effect of a decision on the metrics, measured by a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.access.roles import Permission
from tagviz.curation.decisions import Decision
from tagviz.operations import jobs as job_operations
from tagviz.store.jobs import State
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import jobs, permissions, tables
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _


def show(here: PageContext, decision: Decision) -> None:
    """Show the effect; a click queues the job that trains a quick method before and after, and evaluates both."""
    arguments = {"corpus": here.corpus.name, "version": here.corpus.fingerprint, **_arguments(decision)}
    job = next((job for job in cache.jobs() if job.kind == "measure" and dict(job.arguments) == arguments), None)
    if job is None:
        st.button(
            _("Measure the effect on the metrics"),
            f"measure-{decision.id}",
            icon=":material/fact_check:",
            on_click=_queue,
            args=(arguments,),
            **permissions.gate(Permission.DECIDE),
        )
    elif job.state is not State.DONE:
        jobs.show(("measure",))
    else:
        _effect(job.result["effect"])


@url_state.safe_callback
def _queue(arguments: dict[str, Any]) -> None:
    job_operations.submit(cache.context(), "measure", arguments)


def _effect(effect: Mapping[str, Any]) -> None:
    rows = [
        {
            "metric": f"{formatting.metric(metric).title}@10",
            "before": scores["before"],
            "after": scores["after"],
            "low": low,
            "high": high,
        }
        for metric, scores in effect["metrics"].items()
        for low, high in [scores["difference_ci"]]
    ]
    number = st.column_config.NumberColumn
    tables.table(
        pd.DataFrame(rows),
        "effect",
        columns={
            "metric": st.column_config.TextColumn(_("Metric")),
            "before": number(_("Before"), format="%.4f"),
            "after": number(_("After"), format="%.4f"),
            "low": number(_("Change at least"), format="%+.4f", help=_("95 % interval of the difference")),
            "high": number(_("Change at most"), format="%+.4f", help=_("95 % interval of the difference")),
        },
    )
    text = _("Tag recommendations for {n:,} playlists that were not used for training (method: {method}).")
    st.caption(formatting.escape(text.format(n=effect["questions"], method=effect["method"]), 300))


def _arguments(decision: Decision) -> dict[str, Any]:
    return {"act": str(decision.act), "tags": list(decision.tags), "target": decision.target}
