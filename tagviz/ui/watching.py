"""The Watch page's parts: how it stands, what to do, how each measure went, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from tagviz.errors import TagvizError
from tagviz.figures import watch as figures
from tagviz.operations import comparing, monitor
from tagviz.types import Kind, key_of
from tagviz.ui import cached, parameters, plain, state, widgets, work
from tagviz.ui.frame import Here
from tagviz.watch import control
from tagviz.watch.lights import Thresholds

SIGNS = {
    "green": (":green[:material/check_circle:]", "Green: as it was"),
    "amber": (":orange[:material/warning:]", "Amber: have a look"),
    "red": (":red[:material/error:]", "Red: this needs you"),
    "unknown": (":material/help:", "Not measured yet"),
}
"""How a check stands, by a sign and in words."""
TARGETS = {
    "tune": (state.TRAIN, "Search better settings", ":material/tune:", {"do": "tune"}),
    "retrain": (state.TRAIN, "Train a model", ":material/model_training:", {}),
    "curate": (state.CURATE, "Curate these tags", ":material/rule:", {"sort": "spellings"}),
    "judge": (state.JUDGE, "Ask for verdicts", ":material/thumbs_up_down:", {"way": "new tags"}),
}
"""Where a proposal leads."""
PAIRS = {
    "drop": "Answers got worse: part of nDCG lost",
    "verdicts": "Verdicts: how far the share found right fell",
    "new": "New tags: share of all uses",
    "gone": "Tags gone: share of the uses before",
    "moved": "Tags rising or falling: share of all tags",
    "tags": "Which tags are used: distance, 0 to 1",
    "psi": "Lengths and scripts: stability index",
    "overlap": "Nearest tags: share that stayed (worse below)",
}
"""What is amber from one value on, and red from another."""
SINGLE = {
    "significance": "Chance at which something counts as moved",
    "points": "Versions before control limits are heeded",
    "verdicts": "Verdicts that each side needs",
    "days": "Days that count as recent",
    "k": "Nearest tags that are compared",
}
LISTED_PX = 388
"""Height of the table of tags: ten rows."""
SIGNED = ("metric", "verdicts")
"""Checks whose value is how far something fell, below 0 where it rose."""
_SEEN, _TOLD = "watch-limits-seen", "watch-limits-told"


def check_now(here: Here) -> None:
    """The buttons that queue a check, and the job while it runs."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        whole = st.button("Check now", type="primary", icon=":material/monitor_heart:")
        quick = st.button("Without training", help="Leaves out quality and nearest tags, for which models are trained")
    if whole or quick:
        cached.submit("monitor", {"corpus": here.corpus.name, "evaluate": whole})
    work.work(["monitor", "train"])


def status(run: Mapping[str, Any]) -> None:
    """How the newest run stands, check by check with reasons and examples."""
    icon, words = SIGNS[run["light"]]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(f"{icon} {words}", anchor=False, width="content")
        st.download_button(
            "Report",
            data=lambda: monitor.html(run).encode(),
            file_name=f"tagviz-watch-{run['id']}.html",
            mime="text/html",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            help="This check as one HTML file that opens without a network",
        )
    before = "the version before it" if run["older"] else "nothing: there is one version only. Import a newer one"
    st.caption(f"Checked {plain.moment(run['created'])}, next to {before}.")
    order = ("red", "amber", "green", "unknown")
    grid = st.grid(3, min_column_width=260, gap="small")
    for check in sorted(run["checks"], key=lambda check: order.index(check["light"])):
        with grid.container(border=True, height="stretch", gap="xsmall"):
            sign, said = SIGNS[check["light"]]
            st.markdown(f"{sign} **{plain.escape(check['title'])}** · {said.partition(':')[0]}")
            st.caption(plain.escape(check["reason"], 300))
            if check["examples"] and check["light"] in ("amber", "red"):
                st.caption("Such as " + ", ".join(plain.escape(one, 40) for one in check["examples"][:8]))


def todo(here: Here, run: Mapping[str, Any]) -> None:
    """A button for each proposal."""
    if not run["proposals"] and run["exit_code"]:
        st.caption("There is nothing to do: every model has learned from the newest version.")
    older = comparing.stale(cached.workspace(), here.corpus.name) if len(here.corpus.versions) > 1 else []
    for one in run["proposals"]:
        page, label, icon, params = TARGETS[one["act"]]
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            if one["act"] == "retrain" and older:
                settings = {(info.method, str(dict(info.params)), info.seed): info.id for info in older}
                st.button(
                    f"Train {plain.count(len(settings), 'model')} again",
                    "watch-retrain",
                    type="primary",
                    icon=icon,
                    on_click=_train_again,
                    args=(here.corpus.name, tuple(settings.values())),
                    help="Those of older versions, with their settings, on the newest one",
                )
            else:
                about = {"about": one["tags"]} if one["act"] == "curate" else {}
                link = state.carried(**params, **about)
                st.page_link(page, label=f"**{label}**", icon=icon, query_params=link)
            tags = ", ".join(plain.escape(tag, 40) for tag in one["tags"])
            st.caption(plain.escape(one["sentence"], 300) + (f" {tags}" if tags else ""))


@state.careful
def _train_again(name: str, idents: tuple[str, ...]) -> None:
    for ident in idents:
        cached.submit("train", comparing.again(cached.workspace(), name, ident))


def limits(here: Here) -> None:
    """The thresholds of this corpus, which a person sets; they hold from the next check on."""
    name = here.corpus.name
    told: TagvizError | str = st.session_state.pop(_TOLD, "")
    label, icon = "When is it amber, and when red?", ":material/tune:"
    with st.expander(label, key="watch-limits-open", icon=icon, on_change="rerun") as more:
        if not more.open:
            return
        kept = monitor.thresholds(cached.workspace(), name).model_dump()
        if st.session_state.get(_SEEN) != (name, kept) or any(_key(field) not in st.session_state for field in kept):
            st.session_state[_SEEN] = (name, kept)
            for field, value in kept.items():
                st.session_state[_key(field)] = value
        if isinstance(told, TagvizError):
            widgets.problem(told)
        elif told:
            st.caption(f":material/check: {told}")
        with st.form("watch-limits", border=False):
            grid = st.grid(2, min_column_width=300, gap="medium")
            for start, title in PAIRS.items():
                with grid.container(gap="xsmall"):
                    st.markdown(f"**{title}**")
                    with st.container(horizontal=True):
                        _number(f"{start}_amber", "Amber from" if start != "overlap" else "Amber below")
                        _number(f"{start}_red", "Red from" if start != "overlap" else "Red below")
            grid = st.grid(3, min_column_width=220, gap="medium", vertical_alignment="bottom")
            for field, title in SINGLE.items():
                with grid.container():
                    _number(field, title)
            st.form_submit_button("Keep these limits", on_click=_keep, args=(name,), type="primary")
        if kept != Thresholds().model_dump():
            st.button("Back to the usual limits", on_click=_keep, args=(name, Thresholds().model_dump()))


def _number(field: str, label: str) -> None:
    info = Thresholds.model_fields[field]
    low, high = parameters.limits_of(info)
    help = plain.escape(info.description or "", 200)
    if info.annotation is int:
        st.number_input(label, int(low or 0), step=1, key=_key(field), help=help)
    else:
        st.number_input(label, low, high, step=0.01, format="%.3g", key=_key(field), help=help)


def _key(field: str) -> str:
    return f"watch-limit-{field}"


@state.careful
def _keep(name: str, values: Mapping[str, Any] | None = None) -> None:
    given = values or {field: st.session_state[_key(field)] for field in Thresholds.model_fields}
    try:
        monitor.set_thresholds(cached.workspace(), name, given)
    except TagvizError as error:
        st.session_state[_TOLD] = error
    else:
        st.session_state[_TOLD] = "These limits hold from the next check on."


def courses(runs: Sequence[Mapping[str, Any]]) -> None:
    """A chart for each measure over the runs, with control limits where there are enough of them."""
    frame = monitor.course(list(runs))
    if frame["created"].nunique() < 2:
        st.caption("Charts appear from the second check on.")
        return
    number = plain.count(frame["created"].nunique(), "check")
    st.caption(f"{number}. Between the dotted lines lies what is usual: mean ± 2.66 moving ranges of earlier versions.")
    checks = {check["name"]: check for check in runs[0]["checks"] if check["value"] is not None}
    calm = [name for name, check in checks.items() if check["light"] == "green"]
    parts = {str(name): part for name, part in frame.groupby("check", sort=False)}
    _charts({name: part for name, part in parts.items() if name not in calm}, checks, runs[0]["thresholds"]["points"])
    rest = {name: part for name, part in parts.items() if name in calm}
    if rest:
        label = f"What is green: {plain.count(len(rest), 'chart')}"
        with st.expander(label, key="watch-rest", on_change="rerun", icon=":material/show_chart:") as more:
            if more.open:
                _charts(rest, checks, runs[0]["thresholds"]["points"])


def _charts(parts: Mapping[str, pd.DataFrame], checks: Mapping[str, Mapping[str, Any]], least: int) -> None:
    """least: versions from which on there are control limits."""
    grid = st.grid(2, min_column_width=380, gap="medium")
    for name, part in parts.items():
        # the same version checked again says the same, which would draw the limits in
        values = part.drop_duplicates("newer", keep="last")["value"].tolist()
        found = control.limits(values[:-1]) if len(values) > least else None
        lowest = -1.0 if name in SIGNED else 0.0
        usual = None if found is None else (max(lowest, found.low), found.centre, found.high)
        check = checks.get(name)
        levels = None if check is None else (check["amber"], check["red"])
        percent = name in monitor.SHARES
        title = _now(name, str(part["title"].iloc[-1]), values[-1], usual, percent)
        with grid.container():
            st.markdown(f"**{plain.escape(title, 120)}**")
            chart = figures.course(part, usual, levels, percent, widgets.dark())
            widgets.figure(chart, f"watch-{name}", title)


def _now(name: str, title: str, value: float, usual: tuple[float, float, float] | None, percent: bool) -> str:
    """What a chart says: where its measure stands, and where it usually does."""
    number = "{:.1%}" if percent else "{:.3f}"
    lost = f"{number.format(value)} of nDCG lost" if value >= 0 else f"{number.format(-value)} of nDCG won"
    told = f"{title}: {lost if name == 'metric' else number.format(value)}"
    return told if usual is None else f"{told}, usually {number.format(usual[0])} to {number.format(usual[2])}"


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
    rows = pd.DataFrame(known[name])
    picked, shown = widgets.table(
        rows[["label", "before", "after", "share_before", "share_after"]],
        f"watch-{name}",
        f"Tags that are {name}",
        columns={
            "label": st.column_config.TextColumn("Tag", width=150),
            "before": _number_column("Before", "Playlists that held it before", "localized"),
            "after": _number_column("Now", "Playlists that hold it now", "localized"),
            "share_before": _number_column("Share before", "Of all playlists, before", "percent"),
            "share_after": _number_column("Share now", "Of all playlists, now", "percent"),
        },
        alt=f"Tags that are {name}; click one to see where it lies",
        height=LISTED_PX,
        on_select="rerun",
        selection_mode="single-cell",
    )
    row = widgets.clicked(picked, shown)
    if row is not None and name != "gone":
        st.switch_page(state.MAP, query_params=state.carried(at=key_of(Kind.TAG, str(rows["tag"].iloc[row]))))


def _number_column(label: str, help: str, form: Literal["localized", "percent"]) -> Any:
    """Narrow enough that all of the table is seen on a small window."""
    return st.column_config.NumberColumn(label, help=help, format=form, width=78)
