"""Two maps side by side, of two models or of two corpora, and the tags on which they disagree most."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tagviz.errors import TagvizError, UnknownTerm
from tagviz.operations.methods import DEFAULT, METHODS
from tagviz.ui import cached, frame, map_layers, mapping, plain, state, widgets
from tagviz.ui.frame import Here
from tagviz.ui.map_layers import Sheet

PARAM = "beside"
_OF = " of "
"""Between a model and the other corpus that it is of, in the address."""


def others(here: Here, sheet: Sheet) -> list[str]:
    """What can stand beside a map: this corpus's other models with a space of their own, and the other corpora."""
    places = {ref: here.with_model(ref) for ref in frame.model_refs(here.corpus.fingerprint)}
    own = [ref for ref, place in places.items() if place.model != sheet.place.model and _has_space(place)]
    return own + [f"{DEFAULT}{_OF}{info.name}" for info in cached.corpora() if info.name != here.corpus.name]


@st.cache_data(max_entries=200, show_spinner=False)
def _has_space(place: cached.Place) -> bool:
    """Kept, because to know it the model must be opened."""
    return place.opened_model.embedding is not None


def label(here: Here, ref: str) -> str:
    """What a person reads for what stands beside."""
    model, _, corpus = ref.partition(_OF)
    return plain.one_line(corpus, 40) if corpus else frame.model_label(model, here.corpus.fingerprint)


def _other(here: Here, ref: str) -> Here:
    """The corpus and the model that stand beside. Raises UnknownTerm for a corpus that is not here."""
    model, _, name = ref.partition(_OF)
    if not name:
        return replace(here, model=model)
    found = [info for info in cached.corpora() if info.name == name]
    if not found:
        raise UnknownTerm(f"There is no corpus {name!r}", "it was named beside this one", "choose another")
    return Here(found[0], model)


def draw(here: Here, sheet: Sheet, asked: mapping.Asked, ref: str) -> tuple[str, ...]:
    """Both maps, the second laid over the first; what the pointer is on, what is chosen and what is selected in one
    shows in both. Returns the keys of the selection."""
    there = _other(here, ref)
    grid = st.grid(2, min_column_width=320, gap="small")
    left, right = grid.container(), grid.container()
    with right:
        other = mapping.open_map(there, there.model, over=sheet.place)
    first = mapping.selection(sheet, asked.look.filters)
    second = mapping.selection(other, asked.look.filters, "map-beside") if other else ()
    with left:
        st.caption(f"**{plain.escape(_name(sheet.place, there.place))}**")
        mapping.draw(here, sheet, replace(asked, held=second), link="twins")
    if other is not None:
        with right:
            st.caption(f"**{plain.escape(_name(other.place, sheet.place))}**")
            seen = replace(_seen_by(other, asked), held=first)
            mapping.draw(there, other, seen, key="map-beside", link="twins", view="view2")
    return first or second


def _name(place: cached.Place, beside: cached.Place) -> str:
    """What a person reads above a map: the model's own title or its method's; beside another corpus also its own."""
    info = place.opened_model.info
    model = info.marks.title or METHODS[info.method].title
    return model if place.corpus == beside.corpus else f"{place.corpus} · {model}"


def _seen_by(other: Sheet, asked: mapping.Asked) -> mapping.Asked:
    """The same question of the other model: its own neighbours, no way and no phrase."""
    page = None
    if asked.page is not None:
        try:
            page = cached.item_page(other.place, asked.page.key)
        except TagvizError:
            page = None  # this model does not know it: nothing is ringed
    return replace(asked, page=page, near=page.neighbours if page else None, way=None, spot=None, phrase="")


def disagreement(here: Here, sheet: Sheet, ref: str) -> None:
    """The tags whose neighbourhoods differ most, first; a click opens one in both maps."""
    second = _other(here, ref).place
    frame_ = map_layers.differences(sheet.place, second)
    names = [_name(sheet.place, second), _name(second, sheet.place)]
    st.subheader("Where they disagree", anchor=False)
    st.caption(
        f"On average the two agree on {plain.percent(float(frame_['overlap'].mean()))} of a tag's ten nearest among "
        f"the {plain.count(len(frame_), 'tag')} that both know."
    )
    picked, shown = widgets.table(
        frame_[["label", "overlap", "first", "second"]],
        "disagreement",
        columns={
            "label": st.column_config.TextColumn("Tag", width=130),
            "overlap": widgets.bar("In common", 1.0, "Share of the ten nearest that both name", "%.1f"),
            "first": st.column_config.TextColumn(f"Near only in {plain.one_line(names[0], 30)}"),
            "second": st.column_config.TextColumn(f"Near only in {plain.one_line(names[1], 30)}"),
        },
        alt="Tags on which the two models disagree: click one to see it in both maps",
        on_select="rerun",
        selection_mode="single-cell",
    )
    row = widgets.clicked(picked, shown)
    if row is not None and state.value("at") != (key := str(frame_["key"].iloc[row])):
        state.put(at=key, to="", say="")
        st.rerun()
