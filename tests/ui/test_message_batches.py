"""Messages go over in batches, in their order; Streamlit still has what is replaced."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import pytest
from streamlit import config
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime import Runtime

from tagviz.ui import message_batches
from tagviz.ui.message_batches import Batches

Result = TypeVar("Result")


@pytest.fixture
def restored() -> Iterator[None]:
    """Streamlit as it was."""
    option, interval = config.get_option, sys.getswitchinterval()
    before = [(owner, name, getattr(owner, name)) for owner, name in message_batches.REPLACED]
    yield
    config.get_option = option
    sys.setswitchinterval(interval)
    for owner, name, method in before:
        setattr(owner, name, method)


def in_a_loop(work: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine returns, run in a thread of its own: the browser's driver may have a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_calls_of_other_threads_keep_their_order_and_share_turns() -> None:
    async def run() -> list[tuple[int, int]]:
        loop = asyncio.get_running_loop()
        turns = 0
        calls: list[tuple[int, int]] = []
        batches = Batches(loop)
        make = batches._make

        def counted() -> None:
            nonlocal turns
            turns += 1
            make()

        batches._make = counted  # type: ignore[method-assign]

        def note(number: int) -> None:
            calls.append((number, turns))

        def add() -> None:
            for number in range(200):
                batches.add(partial(note, number))

        await asyncio.to_thread(add)
        await asyncio.sleep(0.05)
        return calls

    calls = in_a_loop(run())
    assert [number for number, _ in calls] == list(range(200))
    assert len({turn for _, turn in calls}) < 20


def test_a_call_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> list[int]:
        made: list[int] = []
        batches = Batches(asyncio.get_running_loop())
        batches.add(lambda: 1 / 0)
        batches.add(lambda: made.append(1))
        await asyncio.sleep(0.05)
        return made

    assert in_a_loop(run()) == [1]
    assert "ZeroDivisionError" in caplog.text


def test_streamlit_has_what_is_replaced(restored: None) -> None:
    assert message_batches.install()
    assert AppSession._call_soon_on_event_loop is message_batches._call_soon
    assert Runtime._enqueued_some_message is message_batches._wake
    assert config.get_option("server.fileWatcherType") == config.get_config_options()["server.fileWatcherType"].value
    with pytest.raises(RuntimeError, match="not defined"):
        config.get_option("no.such")


def test_nothing_is_replaced_in_an_unknown_version(restored: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_batches, "REPLACED", ((AppSession, "no_such_method"),))
    option = config.get_option
    assert not message_batches.install()
    assert config.get_option is option


def test_the_server_is_woken_from_any_thread(restored: None) -> None:
    class Server:
        def __init__(self) -> None:
            self.eventloop = asyncio.get_running_loop()
            self.need_send_data = asyncio.Event()

    class FakeRuntime:
        def __init__(self, server: Server) -> None:
            self.server = server

        def _get_async_objs(self) -> Server:
            return self.server

    async def run() -> bool:
        server = Server()
        runtime = FakeRuntime(server)
        thread = threading.Thread(target=message_batches._wake, args=(runtime,))
        thread.start()
        await asyncio.wait_for(server.need_send_data.wait(), 5)
        server.need_send_data.clear()
        message_batches._wake(runtime)
        return server.need_send_data.is_set()

    assert in_a_loop(run())
