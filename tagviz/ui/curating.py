"""The Curate page: proposals with their evidence, what one would change, what stands, and the file of it all."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from tagviz.curate.layer import TARGETED, Act, Decision, decide
from tagviz.curate.proposals import Proposal
from tagviz.errors import TagvizError
from tagviz.operations import curation, proposing
from tagviz.operations.proposing import Preview
from tagviz.types import Kind, key_of
from tagviz.ui import cached, effect, plain, state, verdicts, widgets
from tagviz.ui.frame import Here

SORTS = {
    "spellings": "Spellings of one tag",
    "synonyms": "Words for one thing",
    "broader": "What lies under what",
    "not music": "Not about the music",
}
ACTS = {
    Act.MERGE: "are the same as",
    Act.SPLIT: "stand alone again",
    Act.BLOCK: "are never recommended",
    Act.TOGETHER: "belong together",
    Act.APART: "are kept apart",
    Act.RENAME: "are shown as",
    Act.FACET: "are of the facet",
    Act.BROADER: "lie under",
}
LISTED = 200
_NOTE = "curate-note"


def proposals(here: Here) -> None:
    """What the data suggest; a click shows what it would change."""
    sort = st.segmented_control(
        "Proposed from the data",
        list(SORTS),
        format_func=SORTS.__getitem__,
        required=True,
        **state.tied("sort", "spellings", list(SORTS)),
    )
    about = _about(here)
    found = _proposals(here.place, sort, about)
    if not found:
        of_these = " of these tags; decide yourself, or look at all" if about else ""
        widgets.empty(f"Nothing of this sort is left to propose{of_these}.")
        return
    frame = pd.DataFrame(
        {
            "accept": "Accept",  # first: where the window is narrow, what is last is cut
            "reject": "Reject",
            "what": [said(one.decision) for one in found],
            "playlists": [one.playlists for one in found],
            "evidence": [one.evidence for one in found],
        }
    )
    name = f"proposals-{sort.replace(' ', '-')}"
    picked, shown = widgets.table(
        frame,
        name,
        f"{plain.count(len(found), 'proposal')}",
        columns={
            "what": st.column_config.TextColumn("Proposal", width=330),
            "playlists": st.column_config.NumberColumn("Playlists", format="localized", width=75),
            "evidence": st.column_config.TextColumn("Because", width=330),
            "accept": st.column_config.ButtonColumn(
                "", width=66, key="accept", type="tertiary", on_click=_accept, args=(here, found, name)
            ),
            "reject": st.column_config.ButtonColumn(
                "", width=62, key="reject", type="tertiary", on_click=_reject, args=(here, found, name)
            ),
        },
        alt="Proposals, the strongest first; click one to see what it would change",
        on_select="rerun",
        selection_mode="single-cell",
    )
    row = widgets.clicked(picked, shown)
    if row is not None and row < len(found):
        look(here, found[row].decision, found[row].evidence)
    else:
        st.caption("Click a proposal to see what it would change before it is taken.")


def _about(here: Here) -> tuple[str, ...]:
    """The tags that the address asks about, as pills, and the way back to all; none where it names none."""
    known = here.place.opened.vocab(Kind.TAG)
    about = tuple(tag for tag in state.values("about") if known.row(tag, missing="skip") >= 0)
    if about:
        with widgets.row():
            st.caption("About", width="content")
            for tag in about:
                widgets.item_link(cached.item(*here.names, key_of(Kind.TAG, tag)), here)
            st.button(
                "All tags", "curate-all", on_click=state.put, kwargs={"about": ""}, icon=":material/close:",
                type="tertiary",
            )  # fmt: skip
    return about


def own(here: Here) -> None:
    """A decision of one's own."""
    acts = list(ACTS)
    grid = st.grid(3, min_column_width=220, gap="medium", vertical_alignment="bottom")
    tags, what, target = grid.cell(), grid.cell(), grid.cell()
    with tags:
        typed = st.text_input(
            "These tags",
            key="curate-tags",
            placeholder="such as hip-hop, hiphop",
            help="Several with commas between them",
        )
    with what:
        act = st.selectbox("Decide that they", acts, format_func=ACTS.__getitem__, key="curate-act")
    goal = ""
    with target:
        if act in TARGETED:
            goal = st.text_input("This one", key="curate-target", placeholder="such as hip hop") or ""
    reason = (
        st.text_input("Because", key="curate-reason", max_chars=500, placeholder="why, for whoever asks later") or ""
    )
    named = [tag.strip() for tag in (typed or "").split(",") if tag.strip()]
    if named and (goal or act not in TARGETED):
        with widgets.forgiving():
            look(here, decide(act, named, goal, verdicts.me(), reason), reason)


def look(here: Here, decision: Decision, reason: str) -> None:
    """What a decision would change, and the button that takes it."""
    try:
        seen = _preview(*here.names, decision.act, decision.tags, decision.target, here.place.model)
    except TagvizError as error:
        widgets.problem(error)
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{plain.escape(said(seen.decision), 200)}**", width="content")
            st.button(
                "Take this decision",
                f"take-{decision.id}",
                type="primary",
                on_click=_take,
                args=(here, decision, reason),
            )
        for warning in seen.warnings:
            st.warning(plain.escape(warning, 400), icon=":material/info:")
        st.caption(_counted(seen))
        grid = st.grid(2, min_column_width=260, gap="medium")
        sides = (
            ("Beside it now", seen.before, seen.after, ":material/remove:"),
            ("Beside it then", seen.after, seen.before, ":material/add:"),
        )
        for title, ranking, other, icon in sides:
            with grid.cell():
                st.caption(title)
                with widgets.row():
                    for key, label in zip(ranking.keys, ranking.labels, strict=True):
                        pill = (
                            widgets.pill_label(label)
                            if key in other.keys
                            else widgets.pill_label(label, "orange", icon)
                        )
                        st.markdown(pill, width="content")
        if set(seen.before.keys) == set(seen.after.keys):
            st.caption("The first ten stay the same.")
        main = decision.target if decision.act in (Act.MERGE, Act.BROADER) else decision.tags[0]
        st.page_link(
            state.MAP,
            label="Where it lies on the map",
            icon=":material/bubble_chart:",
            query_params=state.carried(at=key_of(Kind.TAG, main)),
        )
        effect.measured(here, decision)


def standing(here: Here) -> None:
    """What stands, each with its author and reason, and the way back in any order."""
    layer = curation.layer(cached.workspace(), here.corpus.name)
    if not len(layer):
        widgets.empty("Nothing is decided yet: the tags are as they came.")
    else:
        problems = {problem.decision.id: problem.why for problem in layer.effect.problems}
        decisions = list(layer)[::-1]
        frame = pd.DataFrame(
            {
                "undo": "Undo",
                "what": [said(one) for one in decisions],
                "who": [one.author for one in decisions],
                "why": [one.reason for one in decisions],
                "when": pd.to_datetime([datetime.fromtimestamp(one.at) for one in decisions]),
                "problem": [problems.get(one.id, "") for one in decisions],
            }
        )
        widgets.table(
            frame if problems else frame.drop(columns="problem"),
            "decisions",
            f"{plain.count(len(decisions), 'decision')} on {here.corpus.name}",
            columns={
                "what": st.column_config.TextColumn("Decision", width=300),
                "who": st.column_config.TextColumn("By", width=90),
                "why": st.column_config.TextColumn("Because", width=320),
                "when": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=140),
                "problem": st.column_config.TextColumn("Not followed, because", width=220),
                "undo": st.column_config.ButtonColumn(
                    "", width=62, key="undo", type="tertiary", on_click=_undo, args=(here, decisions)
                ),
            },
            alt="Decisions that stand, the newest first",
        )
    _files(here)


def _files(here: Here) -> None:
    st.subheader("As a file", anchor=False)
    name = here.corpus.name
    with widgets.row():
        for label, make, ending in (("YAML", curation.export_yaml, "yaml"), ("SKOS", curation.export_skos, "ttl")):
            st.download_button(
                label,
                data=make(cached.workspace(), name),
                file_name=f"{name}-tags.{ending}",
                mime="text/plain",
                key=f"layer-{ending}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
    brought = st.file_uploader(
        "Bring in a layer (YAML, or SKOS as .ttl or .rdf)",
        type=["yaml", "yml", "ttl", "rdf"],
        key="layer-file",
        max_upload_size=20,
    )
    if brought is not None:
        text = brought.getvalue()
        with widgets.forgiving():
            found = curation.import_layer(cached.workspace(), name, text, verdicts.me(), apply=False, file=brought.name)
            merged = found.merged
            for one in merged.conflicts:
                st.warning(
                    plain.escape(f"In conflict: {one.why}. “{one.mine}” stands.", 400), icon=":material/call_split:"
                )
            for line in found.warnings:
                st.caption(plain.escape(line, 400))
            if merged.added:
                listed = "; ".join(said(one) for one in merged.added[:10])
                st.text(plain.one_line(f"New: {listed}", 800))
                label = f"Take {plain.count(len(merged.added), 'decision')} over"
                st.button(label, "take-layer", type="primary", on_click=_import, args=(here, text, brought.name))
            else:
                st.text("The file holds nothing new.")


def history(here: Here) -> None:
    """Everything that was ever decided and undone."""
    events = curation.history(cached.workspace(), here.corpus.name)[::-1]
    if not events:
        widgets.empty("Nothing has been decided yet.")
        return
    frame = pd.DataFrame(
        {
            "when": pd.to_datetime([datetime.fromtimestamp(event.at) for event in events]),
            "who": [event.author for event in events],
            "what": [
                ("undone: " if event.undone else "") + said(Decision(Act(event.act), event.tags, event.target))
                for event in events
            ],
            "why": [event.reason for event in events],
        }
    )
    widgets.table(
        frame,
        "history",
        columns={
            "when": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=150),
            "who": st.column_config.TextColumn("Who", width=100),
            "what": st.column_config.TextColumn("What", width=360),
            "why": st.column_config.TextColumn("Because", width=360),
        },
        alt="All that was decided and undone, the newest first",
    )


def said(one: Decision) -> str:
    """A decision as a sentence."""
    tags = plain.listing([f"“{plain.one_line(tag, 40)}”" for tag in one.tags])
    words = ACTS[one.act]
    if len(one.tags) == 1:
        words = {"are": "is", "stand": "stands", "lie": "lies"}.get(words.split()[0], words.split()[0]) + words[
            len(words.split()[0]) :
        ]
    return f"{tags} {words}" + (f" “{plain.one_line(one.target, 40)}”" if one.target else "")


def note() -> None:
    """What came of the last click."""
    if told := st.session_state.pop(_NOTE, None):
        st.toast(plain.escape(told, 300))


def _counted(seen: Preview) -> str:
    lists = ", ".join(f"“{plain.one_line(tag, 30)}” {count:,}" for tag, count in seen.counts.items())
    after = f" Then it is on {plain.count(seen.merged, 'playlist')}." if seen.decision.act is Act.MERGE else ""
    tags = "" if seen.tags[0] == seen.tags[1] else f" {seen.tags[0]:,} tags become {seen.tags[1]:,}."
    return plain.escape(f"On playlists now: {lists}.{after}{tags}", 600)


@st.cache_data(max_entries=20, show_spinner="Looking for what there is to decide")
def _proposals(place: cached.Place, sort: str, about: tuple[str, ...] = ()) -> list[Proposal]:
    ws = cached.workspace()
    model = place.opened_model if sort == "synonyms" and place.opened_model.embedding is not None else None
    found = proposing.propose(ws, place.opened, sort, model)
    if about:
        found = [one for one in found if {*one.decision.tags, one.decision.target} & {*about}]
    return found[:LISTED]


@st.cache_data(max_entries=50, show_spinner="Looking at what it would change")
def _preview(name: str, fingerprint: str, act: Act, tags: tuple[str, ...], target: str, model: str) -> Preview:
    return proposing.preview(cached.workspace(), name, decide(act, tags, target), model)


def _change(told: str) -> None:
    st.session_state[_NOTE] = told
    cached.forget()
    _proposals.clear()


@state.careful
def _take(here: Here, decision: Decision, reason: str) -> None:
    try:
        curation.add(
            cached.workspace(), here.corpus.name, decision.act, decision.tags, decision.target, verdicts.me(), reason
        )
    except TagvizError as error:
        st.session_state[_NOTE] = str(error)
        return
    st.session_state["curate-tags"] = ""
    _change(f"Decided: {said(decision)}")


@state.careful
def _accept(here: Here, found: list[Proposal], table: str) -> None:
    row = widgets.pressed("accept", table)
    if row is not None and row < len(found):
        _take(here, found[row].decision, found[row].evidence)


@state.careful
def _reject(here: Here, found: list[Proposal], table: str) -> None:
    """Proposed no more: kept as a decision that was taken back at once."""
    row = widgets.pressed("reject", table)
    if row is not None and row < len(found):
        curation.reject(cached.workspace(), here.corpus.name, found[row].decision, verdicts.me())
        _change(f"Proposed no more: {said(found[row].decision)}")


@state.careful
def _undo(here: Here, decisions: list[Decision]) -> None:
    row = widgets.pressed("undo", "decisions")
    if row is not None and row < len(decisions):
        curation.undo(cached.workspace(), here.corpus.name, decisions[row].id, verdicts.me())
        _change(f"Undone: {said(decisions[row])}")


@state.careful
def _import(here: Here, text: bytes, file: str) -> None:
    done = curation.import_layer(cached.workspace(), here.corpus.name, text, verdicts.me(), file=file)
    _change(f"{plain.count(len(done.merged.added), 'decision')} taken over")
