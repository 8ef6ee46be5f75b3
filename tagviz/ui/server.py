"""What the server does besides pages: it warms up in the background and says when it is ready."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from tagviz.errors import TagvizError
from tagviz.ui import cached, map_component
from tagviz.ui.glance import view as glance

log = logging.getLogger(__name__)

_warm = threading.Event()


def routes() -> list[BaseRoute]:
    """Readiness, and what the map and the panel of a report fetch."""
    return [Route("/ready", _ready), *map_component.routes(cached.map_files()), *glance.routes()]


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Opens what the first page shows while the server already answers."""
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield


def on_script_error(error: Exception) -> bool:
    """What a person sees of a mistake of ours: that it is one, and where it is written down. The log has it whole."""
    import streamlit as st

    log.error("A page failed", exc_info=error)
    st.error(
        "Something went wrong here, and it is tagviz's fault. The server's log says what.", icon=":material/bug_report:"
    )
    return True


async def _ready(request: Request) -> JSONResponse:
    """200 once a page can show at once, 503 before (the server's own health check answers long before that)."""
    ready = _warm.is_set()
    return JSONResponse({"ready": ready}, status_code=200 if ready else 503)


def _warm_up() -> None:
    try:
        cached.warm()
    except TagvizError as error:
        log.warning("Warming up stopped: %s", error)
    finally:
        _warm.set()
