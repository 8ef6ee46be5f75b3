"""The tag map on its page: which model's space it shows, what is asked of it, and what was clicked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from tagviz.errors import TagvizError
from tagviz.figures import map as figures
from tagviz.operations.answers import ItemPage
from tagviz.operations.exploring import Way
from tagviz.operations.methods import DEFAULT
from tagviz.project.place import Spot
from tagviz.types import Kind, Projection, Ranking
from tagviz.ui import cached, map_layers, plain, state, widgets, work
from tagviz.ui.frame import Here
from tagviz.ui.map_component import ColourLayer, MapEvent, MapPoints, map_view, read_event
from tagviz.ui.map_layers import Filters, Layout, Look, Sheet

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Choices of the least number of playlists."""

SIGHT = 6
"""Neighbours that are brought into view with what was searched."""

_PICKED = "picked-on-map"


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of the map beyond where it lies.

    page: of the chosen item. near: its neighbours, as lines. way: from it to a second one. spot: where a phrase fell.
    held: keys that stand out because they are selected on the map beside this one."""

    page: ItemPage | None = None
    near: Ranking | None = None
    way: Way | None = None
    spot: Spot | None = None
    phrase: str = ""
    look: Look = field(default_factory=Look)
    held: tuple[str, ...] = ()


def layout() -> Layout:
    """The layout that the address asks for."""
    standard = Layout()
    return Layout(
        state.current("method", standard.method, ("umap", "densmap", "pca", "umap3")),
        state.current("hold", standard.neighbours, range(2, 201)),
        state.current("loose", standard.min_dist),
    )


def open_map(here: Here, ref: str = "", over: cached.Place | None = None) -> Sheet | None:
    """The map of the model that is chosen, or of `ref`; None while it is being laid out, which the page then shows.

    What is not there yet starts from the map of `over` or of the default model, so that little moves."""
    place = here.with_model(ref) if ref else here.place
    if place.opened_model.embedding is None:
        place = here.with_model(DEFAULT)
    wanted = tuple(kind for kind in map_layers.kinds(place) if kind in state.values("show"))
    sheet = Sheet(place, layout() if over is None else Layout(), wanted, over)
    if sheet.ready:
        return sheet
    st.text("This map is laid out once; it shows here by itself when it is ready.")
    asked = {"corpus": place.corpus, "version": place.fingerprint, "model": place.model, "kind": str(Kind.TAG)}
    begin = over or (place if sheet.layout.values else here.with_model(DEFAULT))
    if begin.opened_model.embedding is not None and Sheet(begin).ready:
        asked["start"] = begin.model
        if begin.corpus != place.corpus:
            asked |= {"start_corpus": begin.corpus, "start_version": begin.fingerprint}
    work.ensure("project", {**asked, **({"values": sheet.layout.values} if sheet.layout.values else {})})
    return None


def draw(here: Here, sheet: Sheet, asked: Asked, key: str = "map", link: str = "", view: str = "view") -> MapEvent:
    """The map with what is chosen ringed, its neighbours as lines, and what goes with a song standing out."""
    drawn = map_layers.points(sheet)
    page = asked.page
    at = page.key if page else ""
    on_map = bool(at) and drawn.row(at) >= 0
    kept = map_layers.shown(sheet, asked.look.filters)
    near = asked.near if on_map and asked.near is not None and not asked.way else None
    return map_view(
        drawn,
        colour=_coloured(here, sheet, asked.look),
        selected=at if on_map else None,
        lines=_lines(near) if near else (),
        path=asked.way.trip.keys if asked.way else (),
        highlight=asked.held or (() if on_map or page is None else tuple(page.together["key"])),
        shown=kept,
        fly_to=_goals(asked, at, near, on_map),
        guest=(asked.spot.at, asked.phrase) if asked.spot else None,
        title=f"Map of the tags of {plain.one_line(sheet.place.corpus, 40)}",
        link=link,
        view_param=view,
        key=key,
        on_pick=lambda: _take(drawn, kept, key),
    )


def _coloured(here: Here, sheet: Sheet, look: Look) -> ColourLayer:
    """The colours that are asked for; a title that the model cannot read takes them away, and not the map."""
    try:
        return map_layers.colours(sheet, look.by, look.title, here.place)
    except TagvizError as error:
        widgets.problem(error)
        return map_layers.colours(sheet, map_layers.choices(sheet.place)[0])


def _goals(asked: Asked, at: str, near: Ranking | None, on_map: bool) -> tuple[str, ...]:
    if asked.way:
        return asked.way.trip.keys
    if asked.spot:
        return tuple(key for key, _ in asked.spot.near)
    if not on_map or st.session_state.get(_PICKED) == at:
        return ()
    return (at, *near.keys[:SIGHT]) if near else (at,)


def selection(sheet: Sheet, filters: Filters, key: str = "map") -> tuple[str, ...]:
    """What the lasso on the map holds, known before the map is drawn in this run."""
    held = read_event(map_layers.points(sheet), key, map_layers.shown(sheet, filters)).selection
    return held.keys if held else ()


def draw_plain(sheet: Sheet, page: ItemPage | None) -> None:
    """The same map without WebGL 2: slower, and a click on it does nothing."""
    near = map_layers.points(Sheet(sheet.place, sheet.layout)).rows([page.key, *page.neighbours.keys]) if page else []
    counts = map_layers.counts(Sheet(sheet.place, sheet.layout))
    plain_map = figures.figure(sheet.projection, counts, highlight=near, dark=widgets.dark())
    st.caption("This browser has no WebGL 2, so this is the plain map. Search above to open a tag.")
    widgets.figure(plain_map, "map", f"Map of the tags of {plain.one_line(sheet.place.corpus, 40)}")


def trust_sentence(projection: Projection) -> str:
    """How far the map can be believed, in one sentence."""
    kept = 10 * projection.measures.get("trust", float(projection.trust.mean()))
    return f"How far to believe it: of a tag's ten nearest, about {kept:.0f} are among the nearest here."


def trust_numbers(projection: Projection) -> str:
    """The same in the measures of the literature."""
    told = {name: projection.measures.get(name, np.nan) for name in ("trustworthiness", "continuity")}
    return f"Trustworthiness {told['trustworthiness']:.2f}, continuity {told['continuity']:.2f}; 1 is perfect."


def _lines(near: Ranking) -> list[tuple[str, float]]:
    return [(key, float(score)) for key, score in zip(near.keys, near.scores, strict=True)]


def _take(drawn: MapPoints, kept: NDArray[np.bool_] | None, key: str) -> None:
    """A click opens the point, one with Shift makes it the goal of a way from the point that is open."""
    event = read_event(drawn, key, kept)
    if event.picked is None:
        return
    if event.add and event.picked and state.value("at"):
        state.put(to=event.picked)
        return
    st.session_state[_PICKED] = event.picked
    state.put(at=event.picked, to="", say="")
