"""The Watch page's parts: how it stands, what to do, how each measure went, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.figures import watch as figures
from tagviz.operations import monitor
from tagviz.ui import cached, plain, state, widgets, work
from tagviz.ui.frame import Here
from tagviz.watch import control

SIGNS = {
    "green": (":material/check_circle:", "Green: as it was"),
    "amber": (":material/warning:", "Amber: have a look"),
    "red": (":material/error:", "Red: this needs you"),
    "unknown": (":material/help:", "Not measured yet"),
}
"""How a check stands, by a sign and in words."""
TARGETS = {
    "retrain": (state.TRAIN, "Train again", ":material/model_training:", {}),
    "curate": (state.CURATE, "Curate tags", ":material/rule:", {"sort": "spellings"}),
    "judge": (state.JUDGE, "Ask for verdicts", ":material/thumbs_up_down:", {"way": "new tags"}),
}
"""Where a proposal leads."""


def check_now(here: Here) -> None:
    """The buttons that queue a check, and the job while it runs."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        whole = st.button("Check now", type="primary", icon=":material/monitor_heart:")
        quick = st.button("Without training", help="Leaves out quality and nearest tags, for which models are trained")
    if whole or quick:
        cached.submit("monitor", {"corpus": here.corpus.name, "evaluate": whole})
    work.work(["monitor"])


def status(run: Mapping[str, Any]) -> None:
    """How the newest run stands, check by check with reasons and examples."""
    icon, words = SIGNS[run["light"]]
    st.subheader(f"{icon} {words}", anchor=False)
    before = "the version before it" if run["older"] else "nothing: there is one version only. Import a newer one"
    st.caption(f"Checked {plain.moment(run['created'])}, next to {before}.")
    order = ("red", "amber", "green", "unknown")
    grid = st.grid(3, min_column_width=260, gap="small")
    for check in sorted(run["checks"], key=lambda check: order.index(check["light"])):
        with grid.container(border=True):
            sign, said = SIGNS[check["light"]]
            st.markdown(f"{sign} **{plain.escape(check['title'])}** · {said.partition(':')[0]}")
            st.caption(plain.escape(check["reason"], 300))
            if check["examples"] and check["light"] in ("amber", "red"):
                st.caption("Such as " + ", ".join(plain.escape(one, 40) for one in check["examples"][:8]))


def todo(run: Mapping[str, Any]) -> None:
    """A button for each proposal."""
    for one in run["proposals"]:
        page, label, icon, params = TARGETS[one["act"]]
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.page_link(page, label=f"**{label}**", icon=icon, query_params=state.carried(**params))
            tags = ", ".join(plain.escape(tag, 40) for tag in one["tags"])
            st.caption(plain.escape(one["sentence"], 300) + (f" {tags}" if tags else ""))


def courses(runs: Sequence[Mapping[str, Any]]) -> None:
    """A chart for each measure over the runs, with control limits where there are enough of them."""
    frame = monitor.course(list(runs))
    if frame["created"].nunique() < 2:
        st.caption("Charts appear from the second check on.")
        return
    known = [check for check in runs[0]["checks"] if check["value"] is not None]
    levels = {check["name"]: (check["amber"], check["red"]) for check in known}
    grid = st.grid(2, min_column_width=380, gap="medium")
    for name, part in frame.groupby("check", sort=False):
        title = f"{part['title'].iloc[-1]} over {plain.count(len(part), 'check')}"
        # the same version checked again says the same, which would draw the limits in
        values = part.drop_duplicates("newer", keep="last")["value"].tolist()
        found = control.limits(values[:-1]) if len(values) > runs[0]["thresholds"]["points"] else None
        usual = None if found is None else (found.low, found.centre, found.high)
        chart = figures.course(part, "", usual, levels.get(str(name)), widgets.dark())
        with grid.container():
            st.markdown(f"**{plain.escape(title)}**")
            widgets.figure(chart, f"watch-{name}", title)


def changed(run: Mapping[str, Any]) -> None:
    """The tags that are new, gone, rising and falling."""
    known = {name: rows for name, rows in run["changed"].items() if rows}
    if not known:
        st.caption("No tag is new, gone, rising or falling.")
        return
    name: str = st.segmented_control(
        "What changed",
        list(known),
        format_func=str.capitalize,
        required=True,
        label_visibility="collapsed",
        **state.tied("changed", next(iter(known)), list(known)),
    )
    rows = pd.DataFrame(known[name])[["label", "before", "after", "share_before", "share_after"]]
    percent = st.column_config.NumberColumn(format="percent")
    widgets.table(
        rows,
        f"watch-{name}",
        f"Tags that are {name}",
        columns={
            "label": "Tag",
            "before": "Playlists before",
            "after": "Playlists now",
            "share_before": {**percent, "label": "Share before"},
            "share_after": {**percent, "label": "Share now"},
        },
    )
