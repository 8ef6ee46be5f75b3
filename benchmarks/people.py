"""Many people at once: each asks a new title every one or two seconds, over the websocket as a browser would.

    python -m benchmarks.people                                   # the demo, 1, 10 and 20 people
    python -m benchmarks.people --home HOME --corpus lists --model best --people 1 20 50 --processes 2

Prints the median and the 95th percentile of an answer (from the question to the end of the page's run), answers a
second, failures, the server's memory, and what an empty Streamlit page takes in the same run.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from tests.serving import ROOT, serving
from tests.websocket_client import Rerun, websocket_client

WORDS = (
    "rainy sunday night drive summer road trip jazz piano sad happy party workout sleep study focus coffee morning "
    "dance rock metal pop soul funk disco indie folk blues country 80s 90s winter christmas love heartbreak chill"
).split()
EMPTY = 'import streamlit as st\n\nst.text(st.query_params.get("title", ""))\n'


@dataclass
class Measured:
    """What the people of one run saw."""

    reruns: list[Rerun] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, rerun: Rerun) -> None:
        with self.lock:
            self.reruns.append(rerun)

    def fail(self, error: BaseException) -> None:
        with self.lock:
            self.errors.append(f"{type(error).__name__}: {error}")


def ask_titles(address: str, params: dict[str, str], end: float, seed: int, measured: Measured) -> None:
    """One person: opens the page, then asks until the end."""
    rng = random.Random(seed)
    try:
        with websocket_client(address) as client:
            client.run("Recommend", params)
            while time.perf_counter() < end:
                time.sleep(rng.uniform(1.0, 2.0))
                measured.add(client.run("Recommend", {**params, "title": " ".join(rng.sample(WORDS, 3))}))
    except Exception as error:
        measured.fail(error)


def measure(address: str, people: int, seconds: float, params: dict[str, str]) -> Measured:
    """So many people for so many seconds, who come one after another within a second."""
    measured = Measured()
    end = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=ask_titles, args=(address, params, end, 1000 * people + number, measured))
        for number in range(people)
    ]
    for thread in threads:
        thread.start()
        time.sleep(1 / people)
    for thread in threads:
        thread.join()
    return measured


def row(name: str, measured: Measured, seconds: float, spent: float, memory: float) -> str:
    """One line of the table. spent: processor seconds of the server. memory: its MB."""
    times = np.array([rerun.seconds for rerun in measured.reruns]) if measured.reruns else np.array([np.nan])
    failed = len(measured.errors) + sum(rerun.failed for rerun in measured.reruns)
    p50, p95 = np.percentile(times, [50, 95])
    rate = len(measured.reruns) / seconds
    each = 1000 * spent / max(1, len(measured.reruns))
    return f"| {name} | {p50:.3f} | {p95:.3f} | {rate:.1f} | {each:.0f} | {failed} | {memory:.0f} |"


@contextmanager
def dashboard(home: Path, processes: int) -> Iterator[tuple[str, psutil.Process]]:
    """The dashboard on a workspace, and its process (with several, the one that started them)."""
    before = set(psutil.Process().children())
    environment = {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}
    with serving(ROOT / "app.py", environment, "/ready", processes=processes) as address:
        yield address, next(child for child in psutil.Process().children() if child not in before)


def usage(process: psutil.Process) -> tuple[float, float]:
    """Processor seconds and MB of the dashboard's processes (shared pages are counted in each)."""
    every = [process, *process.children()]
    return sum(sum(each.cpu_times()[:2]) for each in every), sum(each.memory_info().rss for each in every) / 2**20


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a workspace; without it an empty one with the demo")
    parser.add_argument("--corpus", default="demo")
    parser.add_argument("--model", default="")
    parser.add_argument("--people", type=int, nargs="+", default=[1, 10, 20])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--processes", type=int, default=1, help="as of `tagviz run`")
    options = parser.parse_args(arguments)
    params = {"corpus": options.corpus} | ({"model": options.model} if options.model else {})
    print("| people | p50 s | p95 s | answers/s | CPU ms an answer | failed | MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        with dashboard(options.home or Path(folder), options.processes) as (address, process):
            for _process in range(options.processes):  # each connection comes to the next one
                with websocket_client(address) as client:
                    client.run("Recommend", {**params, "title": "warm up"})
            for people in options.people:
                before = usage(process)[0]
                measured = measure(address, people, options.seconds, params)
                after, memory = usage(process)
                print(row(str(people), measured, options.seconds, after - before, memory), flush=True)
                for error in sorted(set(measured.errors))[:3]:
                    print("  ", error)
        script = Path(folder, "app.py")
        script.write_text(EMPTY)
        with serving(script, {}) as address, websocket_client(address) as client:
            empty = Measured([client.run("", {"title": str(number)}) for number in range(20)])
            print(row("an empty page, 1", empty, options.seconds, float("nan"), float("nan")))


if __name__ == "__main__":
    main()
