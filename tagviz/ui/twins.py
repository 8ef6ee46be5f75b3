"""Two models' maps side by side, and the tags on which they disagree most."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tagviz.errors import TagvizError
from tagviz.operations.methods import METHODS
from tagviz.ui import cached, frame, map_layers, mapping, plain, state, widgets
from tagviz.ui.frame import Here
from tagviz.ui.map_layers import Sheet

PARAM = "beside"


def others(here: Here, sheet: Sheet) -> list[str]:
    """The trained models with a space of their own, besides the one that is shown."""
    refs = frame.model_refs(here.corpus.fingerprint)
    places = {ref: here.with_model(ref) for ref in refs}
    return [
        ref
        for ref, place in places.items()
        if place.model != sheet.place.model and place.opened_model.embedding is not None
    ]


def draw(here: Here, sheet: Sheet, asked: mapping.Asked, ref: str) -> None:
    """Both maps, the second laid over the first; what the pointer is on shows in both."""
    grid = st.grid(2, min_column_width=320, gap="small")
    with grid.container():
        st.caption(f"**{plain.escape(_name(sheet.place))}**")
        mapping.draw(here, sheet, asked, link="twins")
    with grid.container():
        st.caption(f"**{plain.escape(_name(here.with_model(ref)))}**")
        other = mapping.open_map(here, ref, over=sheet.place)
        if other is not None:
            mapping.draw(here, other, _seen_by(other, asked), key="map-beside", link="twins", view="view2")


def _name(place: cached.Place) -> str:
    """What a person reads for the model of a map: its own title, or its method's."""
    info = place.opened_model.info
    return info.marks.title or METHODS[info.method].title


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
    second = here.with_model(ref)
    frame_ = map_layers.differences(sheet.place, second)
    names = [_name(sheet.place), _name(second)]
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
    if row is not None and state.value("at") != (key := str(frame_["key"].loc[row])):
        state.put(at=key, to="", say="")
        st.rerun()
