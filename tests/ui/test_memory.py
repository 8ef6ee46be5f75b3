"""The garbage collector leaves what stands alone, and finds what has become garbage all the same."""

from __future__ import annotations

import gc
import os
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagviz.ui import memory
from tests.serving import ROOT, serving
from tests.websocket_client import websocket_client

HOOK = """
import gc, sys

def write_down(phase, about):
    if phase == "start" and about["generation"] == 2:
        with open({log!r}, "a") as log:
            log.write("full\\n")

gc.callbacks.append(write_down)
"""


class Node:
    """Part of a circle: only the collector finds it."""

    def __init__(self) -> None:
        self.other = self


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_stands_is_frozen_and_what_was_frozen_is_still_collected() -> None:
    node = Node()
    gone = weakref.ref(node)
    memory.freeze()
    assert gc.get_freeze_count() > 10_000
    del node
    gc.collect()
    assert gone() is not None, "frozen: a usual collection passes it by"
    memory.freeze()
    assert gone() is None


def test_the_collector_freezes_soon_after_something_was_loaded_and_collects_meanwhile() -> None:
    collector = memory.Collector(seconds=0.05, rounds=10_000)
    collector.start()
    try:
        gone = weakref.ref(Node())
        _wait(lambda: gone() is None)
        assert gc.get_freeze_count() == 0
        collector.opened()
        _wait(lambda: gc.get_freeze_count() > 0)
    finally:
        collector.stop()
    assert not collector.is_alive()


def _wait(condition, seconds: float = 20.0) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_no_rerun_of_a_page_costs_a_full_collection(tmp_path: Path) -> None:
    log = tmp_path / "collections.log"
    (tmp_path / "sitecustomize.py").write_text(HOOK.format(log=str(log)))
    environment = {
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
        "TAGVIZ_HOME": str(tmp_path / "home"),
        "TAGVIZ_DATABASE_URL": "",
    }
    reruns = 20
    with serving(ROOT / "app.py", environment, "/ready") as address, websocket_client(address) as person:
        person.run("Recommend", {"title": "jazz"})
        time.sleep(1.5)  # the models that it has opened are frozen
        before = len(log.read_text().splitlines())
        for number in range(reruns):
            person.run("Recommend", {"title": f"jazz {number}"})
        assert len(log.read_text().splitlines()) - before < reruns / 2
