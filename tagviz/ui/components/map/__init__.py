"""The tag map as a Streamlit component: WebGL 2 in the browser, kilobytes on the wire.

`publish` packs one or more projections into files that are sent once over the routes of `files.routes` and cached for
ever; `map_view` then draws them. What changes with a click (highlight, selection, lines, colours, filter) is a few
kilobytes and does not move the view.

    files = MapFiles(workspace.home / "map")               # app.py: st.App("app.py", routes=[*routes(files), …])
    points = publish(files, [projection], [corpus.counts(Kind.TAG)])      # cached on projection.fingerprint
    event = map_view(points, MapScene(by_cluster(points), selected="tag:jazz", lines=[("tag:swing", 0.8)]))
    if event.picked: …
"""

from tagviz.store.map_files import MapFiles
from tagviz.ui.components.map.colours import DARK, LIGHT, ColourLayer, by_category, by_cluster, by_heat, by_value, plain
from tagviz.ui.components.map.files import routes
from tagviz.ui.components.map.points import MapPoints, publish
from tagviz.ui.components.map.view import MapEvent, MapScene, MapSlot, Selection, map_view, read_event

__all__ = [
    "DARK",
    "LIGHT",
    "ColourLayer",
    "MapEvent",
    "MapFiles",
    "MapPoints",
    "MapScene",
    "MapSlot",
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
