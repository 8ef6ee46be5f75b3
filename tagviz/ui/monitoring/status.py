"""The status of the newest check, and the buttons that start one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.operations import jobs as job_operations
from tagviz.operations import monitoring
from tagviz.ui import cache, formatting
from tagviz.ui.components import jobs, permissions
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, translated

ICONS = {
    "red": ":red[:material/error:]",
    "amber": ":orange[:material/warning:]",
    "green": ":green[:material/check_circle:]",
    "unknown": ":material/help:",
}
"""Icon of each status, the worst status first."""
NAMES = {"red": N_("Red"), "amber": N_("Amber"), "green": N_("Green"), "unknown": N_("Not measured yet")}
SENTENCES = {
    "red": N_("Red: action needed"),
    "amber": N_("Amber: please check"),
    "green": N_("Green: no problems"),
    "unknown": N_("Not measured yet"),
}


def check_now(here: PageContext) -> None:
    """Show the buttons that queue a check, and the job while it runs."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        full = st.button(
            _("Check now"), type="primary", icon=":material/monitor_heart:", **permissions.gate(Permission.JOBS)
        )
        quick = st.button(
            _("Check without training"),
            **permissions.gate(
                Permission.JOBS,
                help=_("Skips recommendation quality and nearest tags, for which models must be trained"),
            ),
        )
    if full or quick:
        job_operations.submit(cache.context(), "monitor", {"corpus": here.corpus.name, "evaluate": full})
    jobs.show(["monitor", "train"], here.corpus.name)


def show(run: Mapping[str, Any]) -> None:
    """Show the overall status of a check, then each measure with its reason and examples.

    Args:
        run: A stored check, as `tagviz.operations.monitoring` returns it.
    """
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(f"{ICONS[run['light']]} {_(SENTENCES[run['light']])}", anchor=False, width="content")
        st.download_button(
            _("Download report"),
            data=lambda: monitoring.report_html(run).encode(),
            file_name=f"tagviz-monitor-{run['id']}.html",
            mime="text/html",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            help=_("This check as one HTML file that opens offline"),
        )
    text = (
        _("Checked {time}, compared with the previous version.")
        if run["older"]
        else _("Checked {time}. There is only one version: import a newer one to see what changed.")
    )
    st.caption(text.format(time=formatting.moment(run["created"])))
    order = list(ICONS)
    grid = st.grid(3, min_column_width=260, gap="small")
    for check in sorted(run["checks"], key=lambda check: order.index(check["light"])):
        with grid.container(border=True, height="stretch", gap="xsmall"):
            title = formatting.escape(translated(check["title"]))
            st.markdown(f"{ICONS[check['light']]} **{title}** · {_(NAMES[check['light']])}")
            st.caption(formatting.escape(translated(check["reason"]), 300))
            if check["examples"] and check["light"] in ("amber", "red"):
                examples = ", ".join(formatting.escape(one, 40) for one in check["examples"][:8])
                st.caption(_("For example {examples}").format(examples=examples))
    if run.get("skipped"):
        sentences = " ".join(translated(sentence) for sentence in run["skipped"])
        st.caption(formatting.escape(_("Not checked. {reasons}").format(reasons=sentences), 500))
