"""Files that the browser fetches for the map: named by their content, so that they can be cached for ever."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from tagviz.settings import ASSETS
from tagviz.store.map_files import TYPES, MapFiles
from tagviz.ui.components.bundles import FOR_EVER, Bundle, not_found

BUNDLE = Bundle("map", ASSETS / "map" / "map.js")
"""The map's program."""


class _LargeChunks(FileResponse):
    """A file that is sent in few pieces, because each costs a change of threads."""

    chunk_size = 2**20


def routes(files: MapFiles) -> list[BaseRoute]:
    """Return the routes of the map's program and data.

    Args:
        files: The data files.
    """

    async def data(request: Request) -> Response:
        path = files.get(request.path_params["name"])
        if path is None:
            return not_found()
        return _LargeChunks(path, media_type=TYPES[path.suffix[1:]], headers={**FOR_EVER, "Content-Encoding": "gzip"})

    return [*BUNDLE.routes(), Route("/map/files/{name}", data)]
