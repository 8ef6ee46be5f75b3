"""Streamlit sends what a page draws in batches: fewer turns between a page's thread and the server's.

A page is about 150 messages. Streamlit wakes the server's thread for each of them, twice, and each turn makes the
page's thread wait for Python's lock. Here the messages of `DELAY_SECONDS` go over at once, in their order. Streamlit
also takes a lock for every option that it reads, at least once a message; reading the options needs none once they are
parsed.

What is replaced here is not part of Streamlit's interface: `tests/ui/test_message_batches.py` fails where a new version
has changed it, and then nothing is replaced.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from streamlit import config
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime

log = logging.getLogger(__name__)

DELAY_SECONDS = 0.005
"""Longest time that a message waits for others."""
SWITCH_SECONDS = 0.001
"""Longest time that a thread computes while another one waits (Python's own: .005). The server's thread needs a moment
for each message, and waits so long for it whenever pages are drawn."""

REPLACED = ((AppSession, "_call_soon_on_event_loop"), (Runtime, "_enqueued_some_message"))
"""Methods of Streamlit that `install` replaces."""


class Batches:
    """Calls of other threads that an event loop makes together, in their order."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._calls: deque[Callable[[], object]] = deque()
        self._scheduled = False

    def add(self, call: Callable[[], object]) -> None:
        """Make a call within DELAY_SECONDS. Any thread may add one.

        Raises:
            RuntimeError: The loop is closed.
        """
        self._calls.append(call)
        if not self._scheduled:  # two threads may both see that; then one of the turns finds nothing to do
            self._scheduled = True
            self._loop.call_soon_threadsafe(self._loop.call_later, DELAY_SECONDS, self._make)

    def _make(self) -> None:
        self._scheduled = False  # first: what is added from now on asks for another turn
        while self._calls:
            call = self._calls.popleft()
            try:
                call()
            except Exception as error:
                log.error("A message of a page could not be handled", exc_info=error)


_batches: WeakKeyDictionary[asyncio.AbstractEventLoop, Batches] = WeakKeyDictionary()
"""The calls of all sessions of a loop."""


def install() -> bool:
    """Replace what is slow with many people; return whether it was possible."""
    if not all(hasattr(owner, name) for owner, name in REPLACED):
        log.warning("This version of Streamlit is not known: messages are sent one by one")
        return False
    sys.setswitchinterval(SWITCH_SECONDS)
    config.get_option = _option
    for (owner, name), method in zip(REPLACED, (_call_soon, _wake), strict=True):
        setattr(owner, name, method)
    return True


def _option(key: str) -> Any:
    """Streamlit's `config.get_option` without its lock."""
    options = config.get_config_options()
    if key not in options:
        raise RuntimeError(f'Config key "{key}" not defined.')
    return options[key].value


def _call_soon(session: Any, callback: Callable[[], None]) -> None:
    """`AppSession._call_soon_on_event_loop`, in batches."""
    loop = session._event_loop
    try:
        _batches.setdefault(loop, Batches(loop)).add(callback)
    except RuntimeError:
        if not loop.is_closed():
            raise


def _wake(runtime: Any) -> None:
    """`Runtime._enqueued_some_message`: wakes the server only where it does not know yet that there is something."""
    server = runtime._get_async_objs()
    if server.need_send_data.is_set():
        return
    try:
        here = asyncio.get_running_loop() is server.eventloop
    except RuntimeError:
        here = False
    if here:
        server.need_send_data.set()
    else:
        server.eventloop.call_soon_threadsafe(server.need_send_data.set)
