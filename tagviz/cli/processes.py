"""Several dashboard processes behind one address.

Python computes on one core per process. This process listens, reads the head of each new connection without taking it
away, and hands the connection itself to one of the dashboards (SCM_RIGHTS): no byte passes through here. A cookie says
which dashboard a browser belongs to, because sessions and uploads live in one process; all else is in the address of
the page and in the database.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.shared_address import CHANNEL, COOKIE, PROCESS

MOST = 64
"""Largest number of processes."""
LONGEST_HEAD = 65_536
"""Bytes of a connection's first request that are looked at."""
HEAD_WITHIN = 15.0
"""Seconds within which a new connection has to send the head of its first request."""
PAUSE = 0.01
"""Seconds between two looks at a head that is not complete yet."""
ENDS_WITHIN = 20.0
"""Seconds that a process gets to end by itself."""
BACKLOG = 2048
_NAMED = re.compile(rb"\r\ncookie:[^\r\n]*?\b" + COOKIE.encode() + rb"=(\d{1,3})\b", re.IGNORECASE)


def require_possible(processes: int) -> None:
    """Make sure that so many processes can share an address here.

    Raises:
        InvalidParameterError: The number is out of range, or the system cannot hand connections over.
    """
    if not 1 <= processes <= MOST:
        raise InvalidParameterError(
            f"{processes} processes cannot be started", f"1 to {MOST} were expected", "one a core is enough"
        )
    if processes > 1 and not hasattr(socket, "send_fds"):
        raise InvalidParameterError(
            "Several processes cannot share an address here",
            "this system does not hand open connections from one process to another",
            "leave out --processes, or start several dashboards behind a proxy (docs/deployment.md)",
        )


@dataclass
class _Dashboard:
    """One of the processes.

    Attributes:
        number: Its number, which the cookie holds.
        process: The running process.
        channel: Our end of the socket through which it gets connections.
        started: Whether it has said that it answers.
    """

    number: int
    process: subprocess.Popen[bytes]
    channel: socket.socket
    started: bool = False


class Processes:
    """Dashboards that share one address: started, given connections, started again where one ends, stopped.

    Args:
        command: Command of a dashboard.
        environment: Its environment variables.
        number: How many.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], number: int) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._next = itertools.count()
        self._dashboards = [self._start(each) for each in range(number)]

    def _start(self, number: int) -> _Dashboard:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        environment = {**self._environment, CHANNEL: str(theirs.fileno()), PROCESS: str(number)}
        process = subprocess.Popen(self._command, env=environment, pass_fds=[theirs.fileno()])
        theirs.close()
        return _Dashboard(number, process, ours)

    async def serve(self, listener: socket.socket) -> None:
        """Hand connections over until the task is cancelled.

        Args:
            listener: A listening socket, not blocking.

        Raises:
            NotReadyError: A process does not start.
        """
        loop = asyncio.get_running_loop()
        watching = asyncio.create_task(self._watch())
        handing: set[asyncio.Task[None]] = set()
        try:
            while not watching.done():
                accepting = asyncio.ensure_future(loop.sock_accept(listener))
                await asyncio.wait({accepting, watching}, return_when=asyncio.FIRST_COMPLETED)
                if watching.done():
                    accepting.cancel()
                    break
                try:
                    connection, _address = accepting.result()
                except OSError:  # too many open files, or the other side has gone already: others are served on
                    await asyncio.sleep(PAUSE)
                    continue
                task = asyncio.create_task(self._hand_over(connection))
                handing.add(task)
                task.add_done_callback(handing.discard)
            watching.result()
        finally:
            watching.cancel()
            for task in handing:
                task.cancel()

    async def _hand_over(self, connection: socket.socket) -> None:
        """Give a connection to the process that its cookie names, or to the next one. Ours is closed in any case."""
        with connection:
            try:
                head = await asyncio.wait_for(_head(connection), HEAD_WITHIN)
                if head:
                    await self._send(connection, self._chosen(head))
            except (TimeoutError, OSError):
                pass  # the other side has gone, or says nothing

    def _chosen(self, head: bytes) -> int:
        found = _NAMED.search(head.partition(b"\r\n\r\n")[0])
        number = int(found[1]) if found else len(self._dashboards)
        return number if number < len(self._dashboards) else next(self._next) % len(self._dashboards)

    async def _send(self, connection: socket.socket, number: int) -> None:
        while True:
            try:
                socket.send_fds(self._dashboards[number].channel, [b"\0"], [connection.fileno()])
            except BlockingIOError:
                await asyncio.sleep(PAUSE)
            except (BrokenPipeError, ConnectionResetError):
                await asyncio.sleep(10 * PAUSE)  # it has ended and is started again
            else:
                return

    async def _watch(self) -> None:
        """Start processes again that have ended.

        Raises:
            NotReadyError: One ended before it answered.
        """
        while True:
            await asyncio.sleep(0.2)
            for number, each in enumerate(self._dashboards):
                code = each.process.poll()
                with suppress(OSError):
                    each.started = each.started or bool(each.channel.recv(1))
                if code is None:
                    continue
                if not each.started:
                    raise NotReadyError("The dashboard did not start", f"exit code {code}", "read what it printed")
                print(f"dashboard process {number} ended (exit code {code}) and is started again", file=sys.stderr)
                each.channel.close()
                self._dashboards[number] = self._start(number)

    def stop(self) -> None:
        """End all processes; those that do not end by themselves are killed."""
        for each in self._dashboards:
            each.process.terminate()
        end = time.monotonic() + ENDS_WITHIN
        for each in self._dashboards:
            try:
                each.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                each.process.kill()
            each.channel.close()


def _set(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


async def _head(connection: socket.socket) -> bytes:
    """Return the first bytes of a connection up to the end of the request's head; they stay in the connection."""
    loop = asyncio.get_running_loop()
    while True:
        readable = loop.create_future()
        loop.add_reader(connection, _set, readable)
        try:
            await readable
        finally:
            loop.remove_reader(connection)
        head = connection.recv(LONGEST_HEAD, socket.MSG_PEEK)
        if not head or b"\r\n\r\n" in head or len(head) == LONGEST_HEAD:
            return head
        await asyncio.sleep(PAUSE)


def run(command: Sequence[str], environment: Mapping[str, str], number: int, address: tuple[str, int]) -> None:
    """Serve an address with several dashboards until this process is told to end.

    Args:
        command: Command of a dashboard, as for one.
        environment: Its environment variables.
        number: How many.
        address: Host and port.

    Raises:
        InvalidParameterError: The address cannot be listened on.
        NotReadyError: A dashboard does not start.
    """
    try:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        listener = socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidParameterError(
            f"{address[0]}:{address[1]} cannot be listened on", reason, "choose another with --host and --port"
        ) from error
    with listener:
        listener.setblocking(False)
        processes = Processes(command, environment, number)
        try:
            asyncio.run(_until_stopped(processes, listener))
        finally:
            processes.stop()


async def _until_stopped(processes: Processes, listener: socket.socket) -> None:
    serving = asyncio.create_task(processes.serve(listener))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        print("Stopping…", file=sys.stderr)
