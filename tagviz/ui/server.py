"""Routes (start page, readiness, old page names, files of the components), and warm-up in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.routing import BaseRoute, Route
from streamlit import config

from tagviz import aliases
from tagviz.errors import TagvizError
from tagviz.ui import cache, login, memory, metrics, start_page
from tagviz.ui.components import file_upload, key_help, search_box
from tagviz.ui.components import map as map_component
from tagviz.ui.components.file_upload import routes as upload_routes
from tagviz.ui.components.report_panel import view as report_panel
from tagviz.ui.i18n import _
from tagviz.ui.url_state import MOVED_FROM

log = logging.getLogger(__name__)

_warm = threading.Event()

NOT_FOUND = "There is no such file: reload the page."


def routes() -> list[BaseRoute]:
    """Return the routes that the app answers besides its pages, all under `server.baseUrlPath`.

    An unknown path below one of them is 404; Streamlit would answer it with the start page.
    """
    components = (
        *map_component.routes(cache.map_files()),
        *report_panel.BUNDLE.routes(),
        *search_box.BUNDLE.routes(),
        *key_help.BUNDLE.routes(),
        *file_upload.BUNDLE.routes(),
        *upload_routes.routes(),
    )
    own = [
        Route("/ready", _ready),
        Route("/live", _live),
        Route("/metrics", metrics.answer),
        Route(login.LOGIN, login.form, methods=["GET", "POST"]),
        Route(login.LOGOUT, login.end),
        *(route for route in components if isinstance(route, Route)),
    ]
    places = sorted({route.path.split("/")[1] for route in own})
    unknown = [Route(f"/{place}{rest}", _not_found) for place in places for rest in ("", "/{rest:path}")]
    moved = [Route(f"/{old}", _moved_page) for old in aliases.PAGES]
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    prefix = f"/{base}" if base else ""
    every = (*own, *unknown, *moved, *start_page.routes())
    return [Route(f"{prefix}{route.path}", route.endpoint, methods=route.methods) for route in every]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Open what the first page shows while the server already answers."""
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield


def on_script_error(error: Exception) -> bool:
    """Show that a bug of tagviz stopped the page; the log has the traceback."""
    import streamlit as st

    log.error("A page failed", exc_info=error)
    st.error(_("An internal error occurred. The server's log contains the details."), icon=":material/bug_report:")
    return True


async def _moved_page(request: Request) -> RedirectResponse:
    """Redirect an old page name to the new one with the same query."""
    old = request.url.path.rsplit("/", 1)[-1]
    url = request.url.include_query_params(**{MOVED_FROM: old})
    return RedirectResponse(f"{aliases.PAGES[old]}?{url.query}")


async def _not_found(_request: Request) -> PlainTextResponse:
    return PlainTextResponse(NOT_FOUND, status_code=404, headers={"Cache-Control": "no-store"})


async def _live(_request: Request) -> JSONResponse:
    """Answer 200 as long as the process answers at all."""
    return JSONResponse({"live": True})


async def _ready(_request: Request) -> JSONResponse:
    """Answer 200 once a page can be shown at once, 503 before (Streamlit's health check answers long before that)."""
    ready = _warm.is_set()
    return JSONResponse({"ready": ready}, status_code=200 if ready else 503)


def _one_thread_an_answer() -> None:
    """Let each answer compute on its own thread only: visitors share the cores, and products of one query are small.

    With two threads OpenBLAS waits for the other one most of the time, and counts it: twice the processor's time.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, "blas")


def _warm_up() -> None:
    try:
        cache.warm()
    except TagvizError as error:
        log.warning("Warming up stopped: %s", error)
    finally:
        _one_thread_an_answer()
        memory.start_collector()
        memory.freeze()
        _warm.set()
