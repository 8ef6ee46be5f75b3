"""The Judge page's rooms: the queue, two models blind, and what the verdicts say."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from tagviz.figures import feedback as figures
from tagviz.operations import feedback
from tagviz.operations.feedback import Task
from tagviz.store.verdicts import Answer, frame_of
from tagviz.types import Kind, Query, key_of
from tagviz.ui import cached, frame, plain, state, verdicts, widgets
from tagviz.ui.frame import Here

AHEAD = 4
"""Questions that are looked through for verdicts at a time."""
MOST_AHEAD = 400
"""Questions after which the queue says that it is empty."""
WAYS = dict(zip(feedback.WAYS, ("Where it matters", "Where models disagree", "New and rare tags"), strict=True))
ANSWERS = {
    "right": (Answer.RIGHT, "Right", "y", ":material/check:"),
    "wrong": (Answer.WRONG, "Wrong", "n", ":material/close:"),
}


def controls(here: Here) -> tuple[str, Kind, str]:
    """What the queue goes by, what it asks about, and the second model."""
    grid = st.grid(4, min_column_width=180, gap="medium", vertical_alignment="bottom")
    name, what, way, other = (grid.cell() for _ in range(4))
    with name:
        verdicts.name_box()
    kinds = [str(kind) for kind in (Kind.TAG, Kind.SONG) if here.place.opened.has(kind)]
    with what:
        kind = st.segmented_control(
            "Judge the", kinds, format_func="{}s".format, required=True, **state.tied("kind", kinds[0], kinds)
        )
    with way:
        by = st.selectbox(
            "Ask first", list(WAYS), format_func=WAYS.__getitem__, **state.tied("way", feedback.WAYS[0], list(WAYS))
        )
    refs = [
        ref
        for ref in frame.model_refs(here.corpus.fingerprint)
        if cached.resolved(here.corpus.fingerprint, ref) != here.place.model
    ]
    with other:
        beside = st.selectbox(
            "Next to",
            refs or [""],
            format_func=lambda ref: frame.model_label(ref, here.corpus.fingerprint) if ref else "no other model",
            help="The second model, for disagreement and for the blind comparison",
            **state.tied("beside", refs[0] if refs else "", refs),
        )
    return by, Kind(kind), beside


# --- the queue -------------------------------------------------------------------------------------------------------


@st.fragment
def queue(here: Here, by: str, kind: Kind, beside: str) -> None:
    """One item after another: right, wrong or skip by a key."""
    place = here.place
    told = (*here.names, place.model, by, kind, beside if by == feedback.WAYS[1] else "", verdicts.me())
    name = "queue-" + "-".join(told)
    task = _next(here, name, by, kind, beside)
    if task is None:
        widgets.empty("Nothing is left to ask here. Choose other tags, another model or another order.")
    else:
        _asked(here, task.verdict.query)
        with st.container(border=True, horizontal_alignment="center", gap="small"):
            st.caption("Does this belong there?", width="content")
            st.subheader(plain.escape(task.label, 120), anchor=False, width="content")
            with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
                for answer, label, key, icon in ANSWERS.values():
                    st.button(
                        label,
                        f"say-{answer}",
                        on_click=_say,
                        args=(name, task, answer),
                        icon=icon,
                        type="primary" if answer is Answer.RIGHT else "secondary",
                        shortcut=key,
                    )
                st.button(
                    "Skip",
                    "say-skip",
                    on_click=_skip,
                    args=(name,),
                    icon=":material/skip_next:",
                    shortcut="s",
                    type="tertiary",
                )
                _undo_button(name)
            st.caption(plain.escape(f"Asked because {task.why}.", 200), width="content")
    _so_far()


def _undo_button(name: str) -> None:
    st.button(
        "Undo",
        "say-undo",
        on_click=_undo,
        args=(name,),
        icon=":material/undo:",
        shortcut="u",
        type="tertiary",
        disabled=not verdicts.given(),
    )


def _asked(here: Here, query: Query) -> None:
    """The playlist that is asked about."""
    with st.container(gap="xsmall"):
        st.markdown(f"**{plain.escape(query.title or 'An untitled playlist', 120)}**")
        with widgets.row():
            for kind, terms in ((Kind.TAG, query.tags), (Kind.SONG, query.songs)):
                for term in terms:
                    widgets.item_link(cached.item(*here.names, key_of(kind, term)), here)


def _next(here: Here, name: str, by: str, kind: Kind, beside: str) -> Task | None:
    """The first task of the queue, which is filled when it runs out."""
    waiting: list[Task] = st.session_state.setdefault(name, [])
    at = st.session_state.setdefault(f"{name}-at", 0)
    while not waiting and at < MOST_AHEAD:
        other = here.with_model(beside).opened_model if by == feedback.WAYS[1] and beside else None
        if by == feedback.WAYS[1] and other is None:
            return None
        place = here.place
        waiting += feedback.tasks(
            cached.workspace(), place.opened, place.opened_model, kind, verdicts.me(), by, other, at, AHEAD
        )
        at += AHEAD
        st.session_state[f"{name}-at"] = at
    return waiting[0] if waiting else None


@state.careful
def _say(name: str, task: Task, answer: Answer) -> None:
    verdicts.give(replace(task.verdict, answer=answer))
    _skip(name)
    st.session_state.setdefault(f"{name}-done", []).append(task)


def _skip(name: str) -> None:
    if st.session_state.get(name):
        st.session_state[name].pop(0)


@state.careful
def _undo(name: str) -> None:
    verdicts.undo()
    done = st.session_state.get(f"{name}-done")
    if done:
        st.session_state[name].insert(0, done.pop())


def _so_far() -> None:
    given = [verdict for verdict in verdicts.given() if verdict.answer is not Answer.NONE]
    right = sum(verdict.answer is Answer.RIGHT for verdict in given)
    keys = "Keys: **Y** right, **N** wrong, **S** skip, **U** undo."
    if not given:
        st.caption(f"{keys} The next answers follow what you say at once.")
        return
    found = f"You have judged {plain.count(len(given), 'item')} here and found {right:,} right."
    st.caption(f"{keys} {found}")


# --- two models, blind -----------------------------------------------------------------------------------------------


@st.fragment
def blind(here: Here, kind: Kind, beside: str) -> None:
    """One list drawn from two models' answers to a playlist; who proposed what is told only in the results."""
    if not beside:
        widgets.empty("Another model is needed to compare with.", state.TRAIN, "Train one", ":material/model_training:")
        return
    number = st.session_state.setdefault("blind-number", 0)
    place, there = here.place, here.with_model(beside)
    asked = feedback.questions(place.opened, number, 1, seed=7)
    if not asked:
        widgets.empty("There is no playlist left to ask about.")
        return
    query = asked[0]
    st.caption("Two models have drawn up this list together; neither you nor the page says who proposed what.")
    _asked(here, query)
    drawn = feedback.interleaved(place.opened, place.opened_model, there.opened_model, query, kind)
    said = feedback.said(cached.workspace(), here.corpus.name, verdicts.me(), query)
    vocab = place.opened.vocab(kind)
    for row, (pick, verdict) in enumerate(drawn):
        own = replace(verdict, reviewer=verdicts.me())
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            now = said[pick.key].answer if pick.key in said else Answer.NONE
            for name, (answer, label, _, icon) in ANSWERS.items():
                chosen = now is answer
                st.button(
                    label,
                    f"blind-{number}-{row}-{name}",
                    icon=icon,
                    type="primary" if chosen else "tertiary",
                    on_click=state.careful(verdicts.give),
                    args=(replace(own, answer=Answer.NONE if chosen else answer),),
                )
            st.text(plain.one_line(vocab.label(vocab.row(pick.key.partition(":")[2])), 80), width="content")
    st.button("Next playlist", "blind-next", on_click=_another, icon=":material/arrow_forward:", shortcut="n")


def _another() -> None:
    st.session_state["blind-number"] += 1


# --- results ---------------------------------------------------------------------------------------------------------


def results(here: Here) -> None:
    """Precision by verdict, by model and week; agreement; the blind comparison; what belongs to the reviewer."""
    told = feedback.summary(cached.workspace(), here.corpus.name)
    if not told.verdicts:
        widgets.empty("Nobody has judged here yet: the first verdict shows up at once.")
        return
    label = {ref: _name(here, ref) for ref in set(told.by_model["model"])}
    grid = st.grid(2, min_column_width=420, gap="large")
    left, right = grid.cell(), grid.cell()
    with left:
        by_model = told.by_model.assign(model=[label[ref] for ref in told.by_model["model"]])
        widgets.figure(figures.precision(by_model, widgets.dark()), "precision", "How often each model is found right")
        shares = {name: 100 * by_model[name] for name in ("precision", "low", "high")}
        widgets.table(by_model.assign(**shares), "verdicts-by-model", "By model", columns=_columns())
    with right:
        by_week = told.by_week.assign(model=[label[ref] for ref in told.by_week["model"]])
        if by_week["week"].nunique() > 1:
            widgets.figure(
                figures.weeks(by_week, widgets.dark()), "weeks", "How often each model is found right, by week"
            )
        else:
            st.caption("By week there will be a chart once there are verdicts of two weeks.")
        _agreement(told)
        _outcomes(told, label)
    _own(here)


def _name(here: Here, ref: str) -> str:
    """A model's method where it is the newest of it, else also what tells it from the others."""
    info = next((one for one in cached.models(here.corpus.fingerprint) if one.id == ref.partition(":")[0]), None)
    if info is not None and cached.resolved(here.corpus.fingerprint, info.method) == info.id and not info.marks.title:
        return frame.model_label(ref.replace(info.id, info.method), here.corpus.fingerprint)
    return frame.model_label(ref, here.corpus.fingerprint)


def _columns() -> dict[str, object]:
    share = st.column_config.NumberColumn
    return {
        "model": st.column_config.TextColumn("Model", width=130),
        "kind": st.column_config.TextColumn("Of", width=50),
        "verdicts": share("Verdicts", format="localized", width=70),
        "right": share("Right", format="localized", width=60),
        "precision": share("Share", format="%.0f %%", width=60),
        "low": share("At least", format="%.0f %%", width=68, help="The lower end of the 95 % interval (Wilson)"),
        "high": share("At most", format="%.0f %%", width=68, help="The upper end of the 95 % interval (Wilson)"),
    }


def _agreement(told: feedback.Summary) -> None:
    if told.agreement.empty:
        st.caption("Once two people have judged the same item, here stands how far they agree.")
        return
    widgets.table(
        told.agreement,
        "agreement",
        "How far reviewers agree",
        columns={
            "reviewers": st.column_config.TextColumn("Reviewers"),
            "items": st.column_config.NumberColumn("Same items", format="localized"),
            "agree": st.column_config.NumberColumn("Say the same", format="percent"),
            "kappa": st.column_config.NumberColumn(
                "Kappa", format="%.2f", help="Cohen's of two, Fleiss' of all: 1 always agree, 0 as by chance"
            ),
        },
    )


def _outcomes(told: feedback.Summary, label: dict[str, str]) -> None:
    for one in told.blind:
        names = [label.get(ref, ref) for ref in (one.first, one.second)]
        ahead = names[0] if one.preference >= 0.5 else names[1]
        share, low, high = (
            (one.preference, one.low, one.high)
            if one.preference >= 0.5
            else (1 - one.preference, 1 - one.high, 1 - one.low)
        )
        sure = "more than chance" if low > 0.5 else "which may be chance"
        with st.container(border=True):
            lists = plain.count(one.questions, "playlist")
            st.markdown(f"**Blind: {plain.escape(ahead)} is preferred in {share:.0%} of {lists}, {sure}.**")
            score = f"{one.wins[0]} to {one.wins[1]}, {one.wins[2]} even"
            st.caption(f"95 % interval {low:.0%} to {high:.0%}; {score}; sign test p = {one.p:.3f}.")


def _own(here: Here) -> None:
    """What a reviewer can do with all that he or she has said."""
    st.subheader("Your verdicts", anchor=False)
    name = verdicts.me()
    own = feedback.standing(cached.workspace(), here.corpus.name, name)
    st.caption(plain.escape(f"{plain.count(len(own), 'verdict')} of {name} count on this corpus."))
    with widgets.row():
        for form, mime in (("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet")):
            st.download_button(
                f"All as {form.upper() if form == 'csv' else 'Parquet'}",
                data=partial(_file, name, form),
                file_name=f"tagviz-verdicts.{form}",
                mime=mime,
                key=f"verdicts-{form}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
        with st.popover("Delete all of mine", icon=":material/delete:", type="tertiary"):
            st.text("Everything that was said under this name goes, on every corpus. This cannot be undone.")
            st.button("Delete all", "forget", on_click=_forget, args=(name,), type="primary")


@state.careful
def _forget(name: str) -> None:
    feedback.forget(cached.workspace(), name)


def _file(reviewer: str, form: str) -> bytes:
    import io

    table: pd.DataFrame = frame_of(feedback.kept(cached.workspace()).history(reviewer=reviewer))
    if form == "csv":
        return table.to_csv(index=False).encode("utf-8-sig")
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()
