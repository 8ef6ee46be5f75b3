"""The search for a method's best settings, as the Train page shows it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tagviz.figures import tuning as figures
from tagviz.operations import tuning
from tagviz.operations.methods import METHODS
from tagviz.operations.tuning import Objective, Study
from tagviz.ui import cached, judging, plain, state, widgets
from tagviz.ui.frame import Here

METRICS = {
    "": "What fits the corpus",
    "arena": "Songs and tags together (Arena)",
    "tag_ndcg": "Tags: nDCG",
    "song_ndcg": "Songs: nDCG",
    "recall": "Tags: recall at 10",
    "hit": "Tags: any hit among 10",
    "mrr": "Tags: first hit among 10",
}
SHORT = {
    "arena": "Arena score",
    "tag_ndcg": "nDCG of tags",
    "song_ndcg": "nDCG of songs",
    "recall": "Recall of tags",
    "hit": "Hit rate",
    "mrr": "First hit",
}
PROTOCOLS = {"": "What fits the corpus", "tags": "Half of the tags hidden", "arena": "As in the Arena"}


def show(here: Here) -> None:
    """Choose what is searched for; then the trials as they come, and the way to train with the best."""
    ref, arguments = _question(here)
    running = [
        job
        for job in cached.jobs()
        if job.kind == "tune" and not job.over and all(job.arguments.get(key) == arguments[key] for key in arguments)
    ]
    many, start = st.columns([1, 3], vertical_alignment="bottom")
    trials = many.number_input("Trials", 1, 500, 30, key="tune-trials", help="How many more; they add to earlier ones")
    with start:
        if running:
            st.caption("At work: stop it above, go on whenever you like. Every finished trial is kept.")
        elif st.button("Search", key="tune-start", type="primary", icon=":material/search:"):
            cached.submit("tune", {**arguments, "trials": int(trials)})
            st.rerun()
    st.fragment(_results, run_every=2.0 if running else None)(here, ref, arguments)


def _question(here: Here) -> tuple[str, dict[str, Any]]:
    """The method and what is maximised, as widgets say; as a job's arguments."""
    names = [name for name, entry in METHODS.items() if tuning.ranges(entry)]
    metrics, protocols, cases = list(METRICS), list(PROTOCOLS), list(judging.CASES)
    grid = st.grid(4, min_column_width=200, vertical_alignment="bottom")
    with grid.container():
        name = st.selectbox(
            "Method", names, format_func=lambda name: METHODS[name].title, **state.tied("tune", names[0], names)
        )
    with grid.container():
        metric = st.selectbox("Maximise", metrics, format_func=METRICS.__getitem__, **state.tied("metric", "", metrics))
    with grid.container():
        protocol = st.selectbox(
            "Questions", protocols, format_func=PROTOCOLS.__getitem__, **state.tied("asked", "", protocols)
        )
    with grid.container():
        case = st.selectbox("Case", cases, format_func=judging.CASES.__getitem__, **state.tied("case", "", cases))
    give_up = st.toggle(
        "Give up hopeless trials early",
        False,
        key="tune-give-up",
        help="A trial first learns from a quarter of the playlists, and ends there if it is among the worst so far",
    )
    return name, {
        "corpus": here.corpus.name,
        "method": name,
        "metric": metric,
        "protocol": protocol,
        "case": case,
        "seed": 42,
        "give_up": give_up,
        "fixed": {},
    }


def _results(here: Here, ref: str, arguments: dict[str, Any]) -> None:
    objective = Objective(arguments["metric"], arguments["protocol"], arguments["case"], arguments["seed"])
    with widgets.forgiving():
        study = tuning.look(cached.workspace(), cached.corpus(*here.names), ref, objective)
        if study is None or study.trials.empty:
            st.caption("No trial yet. The first one tries the defaults, so that you see what the search gains.")
            return
        _best(here, study)
        _figures(study)
        frame = study.trials.drop(columns=["default"]).sort_values("score", ascending=False)
        frame = frame.assign(number=frame["number"] + 1).rename(columns={"number": "trial"})
        frame.columns = [name.replace("_", " ").capitalize() for name in frame.columns]
        widgets.table(frame, f"trials-{ref}", "Trials", alt="Trials, the best first")


def _best(here: Here, study: Study) -> None:
    if not study.best:
        return
    with st.container(border=True):
        gain = study.score - study.default
        best, against, button = st.columns([1, 1, 2], vertical_alignment="center")
        best.metric(f"Best {SHORT[study.objective.metric]}", f"{study.score:.4f}", f"{gain:+.4f}" if gain > 0 else None)
        against.metric("The defaults", f"{study.default:.4f}" if study.default == study.default else "–")
        with button:
            if gain <= 0:
                st.markdown("**Nothing beats the defaults so far.**")
            st.text(", ".join(f"{name.replace('_', ' ')} {given:.4g}" for name, given in study.best.items()))
            if st.button("Train with the best settings", key="tune-train", icon=":material/play_arrow:"):
                wanted = {"corpus": here.corpus.name, "method": study.method, "values": dict(study.best)}
                cached.submit("train", wanted)
                st.rerun()
        st.caption(
            "Measured on validation playlists that the search has looked at many times: judge the trained model on the "
            "Evaluate page before you believe the gain."
        )


def _figures(study: Study) -> None:
    metric, dark = SHORT[study.objective.metric], widgets.dark()
    ranges = {name: given for name, given in tuning.ranges(METHODS[study.method]).items() if name not in study.fixed}
    whole = study.trials["score"].notna().sum()
    if whole >= 2:
        alt = f"Parallel coordinates of {plain.count(int(whole), 'trial')}"
        widgets.figure(figures.trials(study.trials, ranges, metric, dark), "trials", alt)
    left, right = st.columns(2)
    with left:
        widgets.figure(figures.history(study.trials, study.default, metric, dark), "search", "Scores by trial")
    with right:
        if study.importance:
            widgets.figure(figures.importance(study.importance, dark), "importance", "Importance of each setting")
        else:
            st.caption("Which settings matter is worked out from ten trials on.")
