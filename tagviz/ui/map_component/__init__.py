"""The tag map as a Streamlit component: WebGL 2 in the browser, kilobytes on the wire.

`publish` packs one or more projections into files that travel once over the routes of `files.routes` and are cached
for ever; `map_view` then draws them, and everything that changes with a click (highlight, selection, lines, colours,
filter) is a few kilobytes that leave the view where it is.

    files = MapFiles(workspace.home / "map")               # app.py: st.App("app.py", routes=[*routes(files), …])
    points = publish(files, [projection], [corpus.counts(Kind.TAG)])      # cached on projection.fingerprint
    event = map_view(points, colour=by_cluster(points), selected="tag:jazz", lines=[("tag:swing", 0.8)], key="map")
    if event.picked: …
"""

from tagviz.ui.map_component.colours import DARK, LIGHT, ColourLayer, by_category, by_cluster, by_heat, by_value, plain
from tagviz.ui.map_component.files import MapFiles, routes
from tagviz.ui.map_component.points import MapPoints, publish
from tagviz.ui.map_component.view import MapEvent, Selection, map_view, read_event

__all__ = [
    "DARK",
    "LIGHT",
    "ColourLayer",
    "MapEvent",
    "MapFiles",
    "MapPoints",
    "Selection",
    "by_category",
    "by_cluster",
    "by_heat",
    "by_value",
    "map_view",
    "plain",
    "publish",
    "read_event",
    "routes",
]
