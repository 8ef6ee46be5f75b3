"""When Python's garbage collector looks at what.

A dashboard holds hundreds of thousands of objects that live as long as the server: modules, corpora, models. A full
collection walks all of them, and Streamlit runs one after every rerun of a page (`runner.postScriptGC`, which
`.streamlit/config.toml` turns off). Instead, what stands is frozen, so that collections pass it by, and a thread
collects the rest now and then.
"""

from __future__ import annotations

import gc
import threading

COLLECT_SECONDS = 15.0
"""Seconds between two collections of what has not been frozen."""
REFREEZE_ROUNDS = 40
"""After so many collections, everything is looked at once: what was frozen may have become garbage."""


class Collector(threading.Thread):
    """Collects in the background. `opened` makes it freeze what has been loaded meanwhile."""

    def __init__(self, seconds: float = COLLECT_SECONDS, rounds: int = REFREEZE_ROUNDS) -> None:
        super().__init__(name="garbage-collector", daemon=True)
        self._seconds = seconds
        self._rounds = rounds
        self._opened = threading.Event()
        self._stopped = False

    def run(self) -> None:
        """Collect until the process ends or `stop` is called."""
        done = 0
        while not self._stopped:
            opened = self._opened.wait(self._seconds)
            self._opened.clear()
            done += 1
            if opened or done >= self._rounds:
                freeze()
                done = 0
            else:
                gc.collect()

    def opened(self) -> None:
        """Something large has been loaded and stays."""
        self._opened.set()

    def stop(self) -> None:
        """End the thread, after one more collection."""
        self._stopped = True
        self._opened.set()
        self.join()


def freeze() -> None:
    """Collect everything, also what was frozen before, then leave all that stands out of later collections."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


_collector: Collector | None = None


def start_collector() -> Collector:
    """Start the one collector of this process, if it does not run yet."""
    global _collector
    if _collector is None:
        _collector = Collector()
        _collector.start()
    return _collector


def loaded() -> None:
    """Tell the collector, where one runs, that something large has been loaded and stays."""
    if _collector is not None:
        _collector.opened()
