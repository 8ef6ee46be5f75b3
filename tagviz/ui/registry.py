"""The models of a corpus: what they are, what people say of them, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from tagviz.operations import comparing, corpora
from tagviz.operations.comparing import Comparison
from tagviz.operations.methods import METHODS, method
from tagviz.store.workspace import ModelInfo
from tagviz.ui import cached, plain, state, widgets
from tagviz.ui.frame import Here

MOST = 20
"""Older models that are listed."""
METRICS = {"arena": "Arena", "ndcg": "nDCG"}
_TOKEN = "deleted-model"


def show(here: Here) -> None:
    """The table of models, and what can be done with the one that is clicked."""
    infos = cached.models(here.corpus.fingerprint)
    _undo()
    _older(here)
    if not infos:
        widgets.empty("No model of this corpus yet: choose a method above and start.")
        return
    frame = pd.DataFrame(
        {
            "name": [info.marks.title or method(info.method).title for info in infos],
            "id": [info.id for info in infos],
            "settings": [settings(info) for info in infos],
            "judged": _judged(here, infos),
            "made": pd.to_datetime([info.created for info in infos], utc=True),
            "took": [plain.duration(info.seconds) for info in infos],
            "size": [plain.size(info.size) for info in infos],
            "code": [info.code for info in infos],
            "note": [_marks(info) for info in infos],
        }
    )
    picked, shown = widgets.table(
        frame,
        "models",
        f"Models of {here.corpus.name}",
        columns={
            "name": st.column_config.TextColumn("Model", width=130),
            "id": st.column_config.TextColumn("Id", width=150),
            "settings": st.column_config.TextColumn("Settings that differ from the defaults"),
            "judged": st.column_config.TextColumn(
                "Judged", width=100, help="In the newest evaluation that asked it: the Arena's score, or the tags' nDCG"
            ),
            "made": st.column_config.DatetimeColumn("Made", format="D MMM YYYY, HH:mm", width=135),
            "took": st.column_config.TextColumn("Training took", width=100),
            "size": st.column_config.TextColumn("On disk", width=75),
            "code": st.column_config.TextColumn("tagviz", width=60, help="The version that trained it"),
            "note": st.column_config.TextColumn("Notes"),
        },
        on_select="rerun",
        selection_mode="single-cell",
    )
    row = widgets.clicked(picked, shown)
    if row is not None and row < len(infos):
        _one(infos[row])
        _beside(here, infos[row], infos)
    else:
        st.caption("Click a model to name it, compare it with another, use it or delete it.")
    _disk(infos)


def _judged(here: Here, infos: Sequence[ModelInfo]) -> list[str]:
    """What each model has reached where it was judged."""
    reached = comparing.reached(cached.workspace(), here.corpus.fingerprint)
    found = [reached.get(comparing.fitting(info.method, info.params)) for info in infos]
    return [f"{one.score:.3f} {METRICS[one.metric]}" if one else "" for one in found]


def _disk(infos: Sequence[ModelInfo]) -> None:
    """What everything here takes on the disk, and what was deleted and can come back."""
    ws = cached.workspace()
    use = {name: size for name, size in ws.disk_use().items() if size}
    st.caption(
        f"{plain.count(len(infos), 'model')}, {plain.size(sum(info.size for info in infos))} on disk. The whole "
        f"workspace: {plain.size(sum(use.values()))}"
        + (f" ({', '.join(f'{name} {plain.size(size)}' for name, size in use.items())})." if use else ".")
    )
    deleted = ws.deleted()
    if not deleted:
        return
    with st.expander(
        f"Deleted: {plain.count(len(deleted), 'thing')}, {plain.size(sum(one.size for one in deleted))}",
        icon=":material/delete:",
    ):
        for one in deleted[:MOST]:
            with widgets.row():
                st.text(f"{one.key.rpartition('/')[2]} · {plain.moment(one.when)} · {plain.size(one.size)}", width=420)
                st.button(
                    "Bring it back",
                    icon=":material/undo:",
                    type="tertiary",
                    key=f"restore-{one.token}",
                    on_click=state.careful(cached.restore),
                    args=(one.token,),
                )
                st.button(
                    "Remove for good",
                    icon=":material/delete_forever:",
                    type="tertiary",
                    key=f"discard-{one.token}",
                    on_click=state.careful(ws.discard),
                    args=(one.token,),
                )


def _older(here: Here) -> None:
    """What the newest version of the corpus brought, models of earlier ones, and the way to have them on this one."""
    if len(here.corpus.versions) > 1:
        brought = _brought(*here.names)
        if brought is not None:
            with st.expander("What the newest version of this corpus brought", icon=":material/difference:"):
                widgets.table(brought.counts, "changes", alt="Kept, new and gone items by kind")
                for title, named in (("New", brought.new), ("Gone", brought.gone)):
                    for kind, labels in named.items():
                        if labels:
                            st.text(plain.one_line(f"{title} {kind}s: {', '.join(labels)}", 400))
    older = comparing.stale(cached.workspace(), here.corpus.name) if len(here.corpus.versions) > 1 else []
    if older:
        with st.expander(
            f"{plain.count(len(older), 'model')} of earlier versions of this corpus", icon=":material/update:"
        ):
            for info in older[:MOST]:
                name, button = st.columns([3, 2], vertical_alignment="center")
                title = info.marks.title or method(info.method).title
                name.text(" · ".join(filter(None, [title, plain.moment(info.created), settings(info)])))
                with button, widgets.row():
                    st.button("Train on the newest", key=f"again-{info.id}", on_click=_again, args=(here, info.id))
                    if method(info.method).goes_on:
                        st.button(
                            "Go on from it",
                            key=f"go-on-from-{info.id}",
                            on_click=_again,
                            args=(here, info.id, True),
                            help="A third of the work: what it knows keeps its place, what is new finds one",
                        )


@st.cache_data(max_entries=4, show_spinner=False)
def _brought(name: str, fingerprint: str) -> corpora.Changes | None:
    return corpora.changes(cached.workspace(), name)


@state.careful
def _again(here: Here, ident: str, go_on: bool = False) -> None:
    cached.submit("train", comparing.again(cached.workspace(), here.corpus.name, ident, go_on))


def _beside(here: Here, info: ModelInfo, infos: Sequence[ModelInfo]) -> None:
    """The clicked model next to another one."""
    others = {other.id: other for other in infos if other.id != info.id}
    if not others:
        return
    ident = st.selectbox(
        "Compare it with",
        ["", *others],
        format_func=lambda ident: _name(others[ident]) if ident else "–",
        key=f"beside-{info.id}",
    )
    if not ident:
        return
    found = _compared(*here.names, info.id, ident)
    mine, other = _name(info), _name(others[ident])
    labels = {"first": mine, "second": other, "first only": f"only {mine}", "second only": f"only {other}"}
    if found.overlap == found.overlap:
        st.metric("Of the ten nearest tags they agree on", plain.percent(found.overlap))
    left, right = st.columns(2)
    with left:
        widgets.table(found.settings.rename(columns=labels), "compared-settings", "Settings that differ")
        widgets.table(found.vocabulary.rename(columns=labels), "compared-vocabulary", "What they know")
    with right:
        if found.verdicts.empty:
            st.caption("No report holds both yet: judge them together on the Evaluate page.")
        else:
            widgets.table(found.verdicts.rename(columns=labels), "compared-verdicts", "How they were judged")
    if len(found.agreement):
        widgets.table(found.agreement.rename(columns=labels), "compared-tags", "Tags they see most differently")


@st.cache_data(max_entries=20, show_spinner="Comparing", ttl=60)
def _compared(name: str, fingerprint: str, first: str, second: str) -> Comparison:
    return comparing.compare(cached.workspace(), cached.corpus(name, fingerprint), first, second)


def _name(info: ModelInfo) -> str:
    """What tells one model from another in few words."""
    return info.marks.title or f"{method(info.method).title} {info.id.rpartition('-')[2]}"


def settings(info: ModelInfo) -> str:
    """The parameters that differ from the method's defaults, in one line."""
    if info.method not in METHODS:
        return str(info.params.get("file", ""))
    fields = METHODS[info.method].params.model_fields
    changed = {name: given for name, given in info.params.items() if name in fields and given != fields[name].default}
    return ", ".join(f"{name.replace('_', ' ')} {given}" for name, given in changed.items())


def _marks(info: ModelInfo) -> str:
    flags = ["the default"] * info.marks.pinned + ["archived"] * info.marks.archived
    flags += ["comes with tagviz"] * info.shipped + [f"went on from {info.start.rpartition('/')[2]}"] * bool(info.start)
    return " · ".join([*flags, info.marks.note][: len(flags) + bool(info.marks.note)])


def _one(info: ModelInfo) -> None:
    marks, key = info.marks, info.id
    with st.container(border=True):
        st.markdown(f"**{plain.escape(marks.title or method(info.method).title)}** · {plain.escape(info.id)}")
        title, note = st.columns(2)
        name = title.text_input("Name", marks.title, key=f"title-{key}", max_chars=60, placeholder="a name of your own")
        text = note.text_input("Note", marks.note, key=f"note-{key}", max_chars=300, placeholder="what it is for")
        pinned = title.toggle("The default: answers where nobody has chosen another", marks.pinned, key=f"pin-{key}")
        archived = note.toggle("Archived: no longer offered", marks.archived, key=f"archive-{key}")
        wanted = replace(marks, title=(name or "").strip(), note=(text or "").strip(), pinned=pinned, archived=archived)
        if wanted != marks:
            cached.mark(info, wanted)
            if pinned and not marks.pinned:
                cached.make_default(info)
            st.rerun()
        with widgets.row():
            st.button("Use it on every page", icon=":material/check:", on_click=_use, args=(info.id,), key=f"use-{key}")
            st.page_link(
                state.RECOMMEND,
                label="Ask it something",
                icon=":material/queue_music:",
                query_params={**state.carried(), "model": info.id},
            )
            st.button(
                "Delete",
                icon=":material/delete:",
                key=f"delete-{key}",
                on_click=_delete,
                args=(info,),
                disabled=info.shipped,
                help="It comes with tagviz and stays" if info.shipped else "It can be brought back",
            )


def _use(ident: str) -> None:
    state.put(model=ident)


@state.careful
def _delete(info: ModelInfo) -> None:
    st.session_state[_TOKEN] = (cached.delete_model(info), info.marks.title or info.id)
    if state.value("model") == info.id:
        state.put(model="")


@state.careful
def _undo() -> None:
    """The way back after a deletion."""
    if _TOKEN in st.session_state:
        token, name = st.session_state[_TOKEN]
        with widgets.row():
            st.text(f"{name} is deleted.", width="content")
            st.button("Bring it back", icon=":material/undo:", on_click=_bring_back, args=(token,), key="undo-model")


@state.careful
def _bring_back(token: str) -> None:
    cached.restore(token)
    del st.session_state[_TOKEN]
