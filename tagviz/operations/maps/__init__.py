"""Maps: lay out, open, explore and export them."""

from __future__ import annotations

from tagviz.operations.maps.layout import (
    MapRequest,
    is_ready,
    map_id,
    open_map,
    project,
    ready_map,
    space_of,
)

__all__ = [
    "MapRequest",
    "is_ready",
    "map_id",
    "open_map",
    "project",
    "ready_map",
    "space_of",
]
