"""The route that takes files: one request a file, written to the disk as it arrives."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from streamlit.web.server.server_util import is_xsrf_enabled
from streamlit.web.server.starlette.starlette_app_utils import validate_xsrf_token
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from tagviz.errors import SourceError, StoreError, TagvizError
from tagviz.ui.components.file_upload import tickets
from tagviz.ui.i18n import _

PATH = "upload"
XSRF_HEADER = "X-Xsrftoken"
BLOCK = 2**20
"""Bytes that are written at once."""


def routes() -> list[BaseRoute]:
    """Return the route: POST adds a file, DELETE takes one away, or all."""
    return [Route(f"/{PATH}/{{ticket}}", _answer, methods=["POST", "DELETE"])]


async def _answer(request: Request) -> JSONResponse:
    """Take or delete the file that the parameter `name` names."""
    if is_xsrf_enabled() and not validate_xsrf_token(
        request.headers.get(XSRF_HEADER), request.cookies.get(XSRF_COOKIE_NAME)
    ):
        return _said(403, _("Another site may not ask this."))
    ticket = tickets.find(request.path_params["ticket"])
    if ticket is None:
        return _said(404, _("This upload has ended. Reload the page."))
    name = request.query_params.get("name", "")[:4000]
    try:
        if request.method == "DELETE":
            await run_in_threadpool(ticket.remove, name)
        else:
            await _take(request, ticket, name or "file")
    except ClientDisconnect:
        return _said(400, "stopped")
    except OSError as error:
        return _said(507, str(tickets.not_stored(error)))
    except TagvizError as error:
        return _said(507 if isinstance(error, StoreError) else 413, str(error))
    return JSONResponse({"files": len(ticket.sizes)}, headers={"Cache-Control": "no-store"})


async def _take(request: Request, ticket: tickets.Ticket, name: str) -> None:
    """Write a request's body to a file. Raises SourceError where it is too large, before it is read if it says so."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and len(length) < 20:
        ticket.check(name, int(length))
    waiting = bytearray()
    with tickets.Arrival(ticket, name) as arrival:
        async for part in request.stream():
            waiting += part
            if len(waiting) >= BLOCK:
                await run_in_threadpool(arrival.write, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(arrival.write, bytes(waiting))
        if length.isascii() and length.isdigit() and int(length[:20]) != arrival.size:
            raise SourceError(_("The upload was cut off"), "", _("send it again"))
        await run_in_threadpool(arrival.finish)


def _said(status: int, text: str) -> JSONResponse:
    return JSONResponse({"error": text}, status_code=status, headers={"Cache-Control": "no-store"})
