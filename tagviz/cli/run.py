"""The command `run`: start the dashboard as a server of its own."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from argparse import Namespace
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from tagviz.cli import processes
from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.operations.context import Context
from tagviz.server_settings import server_settings
from tagviz.settings import DASHBOARD
from tagviz.types import ProgressCallback

PRESENTATION = ["--theme.baseFontSize", "20", "--client.toolbarMode", "viewer"]
"""Streamlit's options of a presentation: large type, and only the part of the menu that viewers need."""
STARTS_WITHIN = 120.0
"""Seconds that `--check` waits for the dashboard on a busy machine."""


def run_dashboard(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    """Start the dashboard on the shipped demo and on what the workspace holds.

    Args:
        context: the workspace; the server finds it by itself, through `TAGVIZ_HOME`.
        arguments: `port`; `host`, which is refused where others reach it and nobody has to log in; `check`: stop as
            soon as the first page is ready; `read_only` and `presentation`; `processes`: dashboards that share the
            address.
        progress: not used; Streamlit prints its own address.

    Returns:
        The address, with `check`; otherwise the server takes the place of this process and nothing is returned.

    Raises:
        InvalidParameterError: the port is in use or is not one; the address would be open to everyone.
        NotReadyError: with `check`, the dashboard did not start.
    """
    _require_free(arguments.port)
    _require_login(arguments.host, arguments.open_to_everyone)
    processes.require_possible(arguments.processes)
    if arguments.check:
        return _check(arguments)
    environment = {**os.environ, **_settings(arguments)}
    if arguments.processes > 1:
        return _run_several(arguments, environment)
    command = _command("streamlit", arguments, arguments.host)
    sys.stdout.flush()
    if os.name == "posix":  # signals then reach the server itself
        os.execve(command[0], command, environment)
    return {"exit_code": subprocess.call(command, env=environment)}


def _command(module: str, arguments: Namespace, host: str) -> list[str]:
    """The command of a dashboard."""
    script = DASHBOARD / "app.py"
    command = [sys.executable, "-m", module, "run", str(script), "--server.port", str(arguments.port)]
    return command + (["--server.address", host] if host else []) + (PRESENTATION if arguments.presentation else [])


def _run_several(arguments: Namespace, environment: Mapping[str, str]) -> dict[str, Any]:
    """Serve the address with several processes until this one is told to end."""
    host = arguments.host or "127.0.0.1"
    # What one process signs the others have to accept: a browser may come to another one after a restart.
    secret = {"STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(32)}
    print(f"Dashboard: http://{host}:{arguments.port} ({arguments.processes} processes)", flush=True)
    command = _command("tagviz.ui.server_process", arguments, host)
    processes.run(command, {**secret, **environment}, arguments.processes, (host, arguments.port))
    return {"exit_code": 0}


def _settings(arguments: Namespace) -> dict[str, str]:
    """The environment variables that the options stand for."""
    flags = {
        "TAGVIZ_OPEN_TO_EVERYONE": arguments.open_to_everyone,
        "TAGVIZ_READ_ONLY": arguments.read_only or arguments.presentation,
        "TAGVIZ_PRESENTATION": arguments.presentation,
    }
    return {name: "yes" for name, chosen in flags.items() if chosen}


def _require_login(host: str, open_to_everyone: bool) -> None:
    """Make sure that others do not reach a dashboard into which nobody has to log in, unless that is what is wanted."""
    settings = server_settings()
    loopback = not host or host == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)
    if not loopback and not (open_to_everyone or settings.open_to_everyone or settings.login):
        raise InvalidParameterError(
            f"tagviz does not start on the address {host}",
            "everyone who reaches it could read, change and delete all of it, for nobody has to log in",
            "set TAGVIZ_LOGIN (docs/access.md), or add --open-to-everyone if that is what you want",
        )


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _require_free(port: int) -> None:
    if not 1 <= port <= 65535:
        raise InvalidParameterError(f"{port} is not a port", "ports go from 1 to 65535", "choose another with --port")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise InvalidParameterError(f"Port {port} cannot be used", reason, "choose another with --port") from error


def _check(arguments: Namespace) -> dict[str, Any]:
    """Wait until the dashboard says that its first page is ready, then stop it."""
    address = f"http://127.0.0.1:{arguments.port}"
    command = _command("streamlit", arguments, arguments.host)
    environment = {**os.environ, **_settings(arguments)}
    began = time.monotonic()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        while time.monotonic() - began < STARTS_WITHIN and server.poll() is None:
            if _is_ready(address):
                return {"dashboard": address, "ready": True, "seconds": round(time.monotonic() - began, 1)}
            time.sleep(0.2)
    finally:
        server.terminate()
        _, log = server.communicate(timeout=30)
    lines = log.strip().splitlines()
    reason = lines[-1] if lines else f"no answer within {STARTS_WITHIN:.0f} s"
    raise NotReadyError("The dashboard did not start", reason, "run `tagviz run` and read what it prints")


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
