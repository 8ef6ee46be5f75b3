"""The component: what is sent to the browser, and what comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from tagviz.projection import binary_format
from tagviz.types import Kind
from tagviz.ui import formatting
from tagviz.ui.components.bundles import LOADER
from tagviz.ui.components.map.colours import ColourLayer
from tagviz.ui.components.map.files import BUNDLE
from tagviz.ui.components.map.points import MapPoints
from tagviz.ui.components.map.texts import texts
from tagviz.ui.i18n import N_, _

MOST_HIGHLIGHTS = 500
"""Points that are highlighted at most."""
MOST_LINES = 100
"""Lines to neighbours that are drawn at most."""
MOST_CORNERS = 10_000
"""Corners of a lasso that are read."""
PLAYLIST_UNIT = N_("songs and tags")
"""What the number of a playlist counts."""


@dataclass(frozen=True)
class Selection:
    """What a lasso or box contains.

    Attributes:
        polygon: Its corners on the map.
        keys: The points inside, the most frequent first.
    """

    polygon: tuple[tuple[float, float], ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class MapEvent:
    """What the person did since the last run.

    Attributes:
        picked: The key that was clicked; "" if the selection was cleared, None without a click in this run.
        add: Whether Shift was pressed.
        selection: The current lasso or box.
        supported: False if the browser has no WebGL 2: show `figures.tag_map` instead.
    """

    picked: str | None = None
    add: bool = False
    selection: Selection | None = None
    supported: bool = True


@dataclass(frozen=True, eq=False)
class MapScene:
    """What is drawn on a map. Everything here changes without moving the view.

    Attributes:
        colour: Colours of the points.
        selected: Key of the ringed point.
        lines: Keys and similarities of its neighbours, to which lines are drawn and whose names are shown.
        path: Keys of the points of a path.
        highlight: Keys of points that stand out while all others are faded, at most MOST_HIGHLIGHTS.
        shown: bool per row, False hides the point; None shows all.
        fly_to: Keys to bring into view, once for each new set.
        guest: A position that is no point, and its name (from `tagviz.projection.out_of_sample`); it is drawn as a star
            and brought into view.
        title: What a screen reader says.
        unit: What the counts count, except those of playlists.
    """

    colour: ColourLayer
    selected: str | None = None
    lines: Sequence[tuple[str, float]] = ()
    path: Sequence[str] = ()
    highlight: Sequence[str] = ()
    shown: NDArray[np.bool_] | None = None
    fly_to: Sequence[str] = ()
    guest: tuple[Sequence[float], str] | None = None
    title: str = field(default_factory=lambda: _("Tag map"))
    unit: str = field(default_factory=lambda: _("playlists"))


@dataclass(frozen=True)
class MapSlot:
    """Where a map is on a page. Under one `key` it keeps its view whatever else changes.

    Attributes:
        key: Key of the component.
        height: Height in pixels; 0 for what the window leaves.
        link: Maps with the same word show each other's hovered label.
        view_param: URL parameter of the view, so that a link opens it; "" for none.
        covered: Pixels on the right that something else lies over: what is brought into view lies to their left.
    """

    key: str = "map"
    height: int = 0
    link: str = ""
    view_param: str = "view"
    covered: int = 0


@cache
def _component() -> Any:
    return st.components.v2.component("tagviz_map", html='<div class="tagviz-map"></div>', js=LOADER)


def map_view(
    points: MapPoints,
    scene: MapScene,
    slot: MapSlot = MapSlot(),
    on_pick: Callable[[], None] | None = None,
    on_selection: Callable[[], None] | None = None,
) -> MapEvent:
    """Draw the map and return what the person did.

    Args:
        points: The points.
        scene: What is drawn.
        slot: Where it is drawn.
        on_pick: Called before the script runs again after a click on a point.
        on_selection: Called before the script runs again after a change of the lasso selection.
    """
    known = [(points.row(other), float(score)) for other, score in scene.lines[:MOST_LINES]]
    fly = points.rows(scene.fly_to)
    guest = scene.guest
    content: dict[str, Any] = {
        "bundle": BUNDLE.url,
        "id": f"{slot.key}-{points.points}",
        "points": points.points,
        "texts": points.texts,
        "names": points.names,
        "count": len(points),
        "kinds": [_(formatting.KINDS[kind]) if kind in points.kinds else "" for kind in Kind],
        "plurals": [_(formatting.PLURALS[kind]) if kind in points.kinds else "" for kind in Kind],
        "units": [_(PLAYLIST_UNIT) if kind is Kind.PLAYLIST else scene.unit for kind in Kind],
        "layer": asdict(scene.colour),
        "mask": _mask(points, scene.shown),
        "highlight": points.rows(scene.highlight)[:MOST_HIGHLIGHTS],
        "selected": points.row(scene.selected) if scene.selected else -1,
        "lines": [(row, round(score, 4)) for row, score in known if row >= 0],
        "path": points.rows(scene.path),
        "guest": None if guest is None else {"at": guest[0], "label": guest[1]},
        "fly": _flight(fly, guest),
        "viewParam": slot.view_param,
        "link": slot.link,
        "covered": slot.covered,
        "height": slot.height,
        "title": scene.title,
        **texts(),
    }
    state = _component()(
        key=slot.key,
        data=content,
        height=slot.height or "content",
        default={"selection": None, "unsupported": False},
        on_pick_change=on_pick or _nothing,
        on_selection_change=on_selection or _nothing,
        on_unsupported_change=_nothing,
    )
    return _event(points, state, scene.shown)


def _mask(points: MapPoints, shown: NDArray[np.bool_] | None) -> str | None:
    return None if shown is None else points.files.put(binary_format.encode_filter(shown, points.order))


def _flight(rows: list[int], guest: tuple[Sequence[float], str] | None) -> dict[str, Any] | None:
    """Return where to move the view, with a token that is new for every new target."""
    if not rows and guest is None:
        return None
    return {"rows": rows, "token": hashlib.blake2b(repr((rows, guest)).encode(), digest_size=6).hexdigest()}


def read_event(points: MapPoints, key: str = "map", shown: NDArray[np.bool_] | None = None) -> MapEvent:
    """Return the same event before the map is drawn in this run, or within a callback."""
    return _event(points, st.session_state.get(key, {}), shown)


def _event(points: MapPoints, state: Mapping[str, Any], shown: NDArray[np.bool_] | None) -> MapEvent:
    picked, add = _pick(points, state.get("pick"))
    return MapEvent(picked, add, _selection(points, state.get("selection"), shown), not state.get("unsupported", False))


def _pick(points: MapPoints, pick: Any) -> tuple[str | None, bool]:
    """Return the key that was clicked and whether Shift was pressed; an unreadable click is none."""
    row = pick.get("row") if isinstance(pick, Mapping) else None
    if not isinstance(row, int):
        return None, False
    return points.key(row) if 0 <= row < len(points) else "", bool(pick.get("add"))


def _selection(points: MapPoints, selection: Any, shown: NDArray[np.bool_] | None) -> Selection | None:
    """Return what the lasso holds; an unreadable one is none."""
    if not selection:
        return None
    try:
        polygon = tuple((float(x), float(y)) for x, y in selection["polygon"][:MOST_CORNERS])
        yaw, pitch = (float(angle) for angle in selection["turn"])
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    if not polygon or not np.isfinite([*map(list, polygon), [yaw, pitch]]).all():
        return None
    return Selection(polygon, tuple(points.inside(polygon, shown, (yaw, pitch))))


def _nothing() -> None:
    """Do nothing; Streamlit reports only events with a callback."""
