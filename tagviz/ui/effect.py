"""What a decision on tags does to the metrics: measured by a job when a person asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.curate.layer import Decision
from tagviz.store.jobs import State
from tagviz.ui import cached, plain, state, widgets, work
from tagviz.ui.frame import Here


def measured(here: Here, decision: Decision) -> None:
    """The effect on the metrics: a click queues a job that trains a quick method before and after and asks both."""
    asked = {"corpus": here.corpus.name, "version": here.corpus.fingerprint, **_plain(decision)}
    done = next((job for job in cached.jobs() if job.kind == "measure" and dict(job.arguments) == asked), None)
    if done is None:
        st.button(
            "Measure the effect on the metrics",
            f"measure-{decision.id}",
            icon=":material/fact_check:",
            on_click=_queue,
            args=(asked,),
        )
    elif done.state is not State.DONE:
        work.work(("measure",))
    else:
        _effect(done.result["effect"])


@state.careful
def _queue(asked: dict[str, Any]) -> None:
    cached.submit("measure", asked)


def _effect(effect: Mapping[str, Any]) -> None:
    names = {"ndcg": "nDCG@10", "precision": "Precision@10", "recall": "Recall@10"}
    rows = [
        {"metric": names[metric], "before": told["before"], "after": told["after"], "low": low, "high": high}
        for metric, told in effect["metrics"].items()
        for low, high in [told["difference_ci"]]
    ]
    number = st.column_config.NumberColumn
    widgets.table(
        pd.DataFrame(rows),
        "effect",
        columns={
            "metric": st.column_config.TextColumn("Metric"),
            "before": number("Before", format="%.4f"),
            "after": number("After", format="%.4f"),
            "low": number("Change at least", format="%+.4f", help="95 % interval of the difference"),
            "high": number("Change at most", format="%+.4f"),
        },
    )
    unseen = f"{effect['questions']:,} playlists that the method ({effect['method']}) has not seen, asked for tags."
    st.caption(plain.escape(unseen, 300))


def _plain(decision: Decision) -> dict[str, Any]:
    return {"act": str(decision.act), "tags": list(decision.tags), "target": decision.target}
