"""One of several dashboard processes behind one address (`tagviz run --processes`, see `cli/processes.py`).

Started like `streamlit run`, with one difference: it does not listen, but is handed connections that are open already.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import Any

import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.starlette import starlette_server

from tagviz.shared_address import CHANNEL, COOKIE, PROCESS


class FdPassingServer(uvicorn.Server):
    """A server that takes its connections from another process.

    Args:
        settings: uvicorn's configuration.
        channel: Socket through which they come, one file descriptor with each byte. When it is closed, the server ends.
    """

    def __init__(self, settings: uvicorn.Config, channel: socket.socket) -> None:
        super().__init__(settings)
        self._channel = channel
        self._opening: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, then take connections."""
        await super().startup(sockets or [])
        self._channel.setblocking(False)
        asyncio.get_running_loop().add_reader(self._channel, self._take)
        self._channel.send(b"\0")  # it has started

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and end those that are open."""
        asyncio.get_running_loop().remove_reader(self._channel)
        await super().shutdown(sockets)

    def _take(self) -> None:
        try:
            data, descriptors, _flags, _address = socket.recv_fds(self._channel, 1, 1)
        except BlockingIOError:
            return
        if not data:
            self.should_exit = True
            asyncio.get_running_loop().remove_reader(self._channel)
        for descriptor in descriptors:
            connection = socket.socket(fileno=descriptor)
            connection.setblocking(False)
            task = asyncio.get_running_loop().create_task(self._open(connection))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        def protocol() -> Any:
            made: Any = self.config.http_protocol_class
            return made(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

        try:
            await asyncio.get_running_loop().connect_accepted_socket(protocol, connection)
        except OSError:
            connection.close()  # the browser has gone


class FdPassingRunner(starlette_server.UvicornRunner):
    """Runs the app as Streamlit's own runner does, without listening."""

    def run(self) -> None:
        """Serve until the process is told to end, then end it.

        Does not start where TLS is configured: the process that listens has to read the cookie.
        """
        options = starlette_server._get_uvicorn_config_kwargs()
        if options["ssl_certfile"]:
            sys.exit("Several processes cannot use server.sslCertFile: let a proxy end TLS (docs/deployment.md).")
        address, port = config.get_option("server.address"), config.get_option("server.port")
        settings = uvicorn.Config(self._app, host=address, port=port, **options)
        server = FdPassingServer(settings, socket.socket(fileno=int(os.environ[CHANNEL])))
        server.run(sockets=[])
        # As after a signal, Python is not finalised: threads of numerical libraries can hang in it.
        os._exit(0 if server.started else 3)


class StickySessionMiddleware:
    """Tells a browser by a cookie which process it belongs to."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.number = os.environ.get(PROCESS, "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and set the cookie where it is missing or names another process."""
        if scope["type"] != "http" or f"{COOKIE}={self.number}" in Headers(scope=scope).get("cookie", ""):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                path = "/" + str(config.get_option("server.baseUrlPath") or "").strip("/")
                MutableHeaders(scope=message).append(
                    "set-cookie", f"{COOKIE}={self.number}; Path={path}; HttpOnly; SameSite=Lax"
                )
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def is_one_of_several() -> bool:
    """Return whether other dashboards share the address of this one."""
    return bool(os.environ.get(PROCESS))


def main() -> None:
    """Run Streamlit's command line with the runner that is handed its connections."""
    from streamlit.web import cli

    starlette_server.UvicornRunner = FdPassingRunner  # type: ignore[misc]
    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    main()
