"""The component itself: what goes to the browser, what comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from tagviz.project import pack
from tagviz.types import Kind
from tagviz.ui.map_component.colours import ColourLayer
from tagviz.ui.map_component.files import bundle_url
from tagviz.ui.map_component.points import MapPoints

MOST_HIGHLIGHTS = 500
MOST_LINES = 100
SIZE_OF_A_PLAYLIST = "songs and tags"

# Only a loader: the program itself comes from a route, once, and stays in the browser's cache.
LOADER = """
export default async function (component) {
  const map = await import(new URL(component.data.bundle, document.baseURI).href);
  return map.default(component);
}
"""


@dataclass(frozen=True)
class Selection:
    """What a lasso or box holds: its corners on the map, how many points, and their keys, the most frequent first."""

    polygon: tuple[tuple[float, float], ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class MapEvent:
    """What the person did since the last run.

    picked: the key just clicked ("" the selected point was let go; None: no click in this run). add: with Shift.
    selection: the lasso or box that stands, until it is let go. supported: False where the browser has no WebGL 2: show
    `figures.map` instead.
    """

    picked: str | None = None
    add: bool = False
    selection: Selection | None = None
    supported: bool = True


@cache
def _component() -> Any:
    return st.components.v2.component("tagviz_map", html='<div class="tagviz-map"></div>', js=LOADER)


def map_view(
    points: MapPoints,
    *,
    colour: ColourLayer,
    selected: str | None = None,
    lines: Sequence[tuple[str, float]] = (),
    path: Sequence[str] = (),
    highlight: Sequence[str] = (),
    shown: NDArray[np.bool_] | None = None,
    fly_to: Sequence[str] = (),
    guest: tuple[Sequence[float], str] | None = None,
    title: str = "Tag map",
    unit: str = "playlists",
    height: int = 0,
    link: str = "",
    view_param: str = "view",
    key: str = "map",
    on_pick: Callable[[], None] | None = None,
    on_selection: Callable[[], None] | None = None,
) -> MapEvent:
    """Draws the map and returns what the person did. Under one `key` the map stays where it is whatever else changes.

    selected: the ringed point, from which `lines` (key, similarity) run to its neighbours, whose names are then shown.
    path: points that a way leads through, drawn as such. highlight: points that stand out, all others faded (at most
    500). shown: bool per row, the others are hidden. fly_to: keys to bring into view, once for each new set. guest: a
    place that is no point (where, and its name; from `project.place.spot`), shown as a star and brought into view.
    title: what a screen reader says. unit: what counts count (not those of playlists). height: pixels, 0: what the
    window leaves. link: maps with the same word show each other's hovered label. view_param: query parameter that holds
    the view, so that a link opens it ("" none; two maps on one page need two names).
    on_pick, on_selection: called before the script runs again, when there was such an event.
    """
    known = [(points.row(other), float(score)) for other, score in lines[:MOST_LINES]]
    fly = points.rows(fly_to)
    data: dict[str, Any] = {
        "bundle": bundle_url(),
        "id": f"{key}-{points.points}",
        "points": points.points,
        "texts": points.texts,
        "names": points.names,
        "count": len(points),
        "kinds": [str(kind) if kind in points.kinds else "" for kind in Kind],
        "units": [SIZE_OF_A_PLAYLIST if kind is Kind.PLAYLIST else unit for kind in Kind],
        "layer": asdict(colour),
        "mask": None if shown is None else points.files.put(pack.mask(shown, points.order)),
        "highlight": points.rows(highlight)[:MOST_HIGHLIGHTS],
        "selected": points.row(selected) if selected else -1,
        "lines": [(row, round(score, 4)) for row, score in known if row >= 0],
        "path": points.rows(path),
        "guest": None if guest is None else {"at": guest[0], "label": guest[1]},
        "fly": _flight(fly, guest),
        "viewParam": view_param,
        "link": link,
        "height": height,
        "title": title,
    }
    result = _component()(
        key=key,
        data=data,
        height=height or "content",
        default={"selection": None, "unsupported": False},
        on_pick_change=on_pick or _nothing,
        on_selection_change=on_selection or _nothing,
        on_unsupported_change=_nothing,
    )
    return _event(points, result, shown)


def _flight(rows: list[int], guest: tuple[Sequence[float], str] | None) -> dict[str, Any] | None:
    """Where to fly, with a token that is new for every new goal."""
    if not rows and guest is None:
        return None
    return {"rows": rows, "token": hashlib.blake2b(repr((rows, guest)).encode(), digest_size=6).hexdigest()}


def read_event(points: MapPoints, key: str = "map", shown: NDArray[np.bool_] | None = None) -> MapEvent:
    """The same event before the map is drawn in this run, or within a callback."""
    return _event(points, st.session_state.get(key, {}), shown)


def _event(points: MapPoints, state: Mapping[str, Any], shown: NDArray[np.bool_] | None) -> MapEvent:
    pick, selection = state.get("pick"), state.get("selection")
    picked: str | None = None
    if pick is not None:
        row = int(pick["row"])
        picked = points.key(row) if 0 <= row < len(points) else ""
    held: Selection | None = None
    if selection:
        polygon = tuple((float(x), float(y)) for x, y in selection["polygon"])
        yaw, pitch = selection["turn"]
        held = Selection(polygon, tuple(points.inside(polygon, shown, (float(yaw), float(pitch)))))
    return MapEvent(picked, bool(pick and pick["add"]), held, not state.get("unsupported", False))


def _nothing() -> None:
    """Streamlit reports only what has a callback."""
