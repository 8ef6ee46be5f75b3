"""Verdicts measured: how long storing one takes with twenty writers at once, and what re-ranking from them brings.

python -m benchmarks.feedback writers [--each 100] [--pause 1.0] [--url URL]
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from tagviz.store import db
from tagviz.store.verdicts import Answer, Verdict, Verdicts
from tagviz.types import Kind, Query

WRITERS = 20


def write(url: str, number: int, each: int, pause: float) -> list[float]:
    """Milliseconds that each of a writer's verdicts took, a verdict every `pause` seconds (0: as fast as can be)."""
    kept = Verdicts(db.engine(url))
    query = Query(tags=("jazz", "calm"))
    plain = Verdict(f"r{number}", "c", "f", "best-1", "f", query, Kind.TAG, "tag:warm", 1, 0.5, Answer.RIGHT)
    kept.give(plain)
    chance, took = random.Random(number), []
    for at in range(each):
        time.sleep(pause * chance.uniform(0.5, 1.5))
        one = Verdict(f"r{number}", "c", "f", "best-1", "f", query, Kind.TAG, f"tag:{at}", 1, 0.5, Answer.RIGHT)
        begun = time.perf_counter()
        kept.give(one)
        took.append(1000 * (time.perf_counter() - begun))
    return took


def writers(each: int, pause: float, url: str = "") -> None:
    """Prints percentiles of the time a verdict takes, and whether all are there."""
    with tempfile.TemporaryDirectory() as folder:
        place = url or f"sqlite:///{Path(folder) / 'verdicts.db'}"
        kept = Verdicts(db.engine(place))
        before = len(kept.history())
        with ProcessPoolExecutor(WRITERS, mp_context=multiprocessing.get_context("spawn")) as pool:
            took = np.concatenate(
                list(pool.map(write, [place] * WRITERS, range(WRITERS), [each] * WRITERS, [pause] * WRITERS))
            )
        there = len(kept.history()) - before
        kept.engine.dispose()
    p50, p95, p99 = np.percentile(took, (50, 95, 99))
    print(
        f"{WRITERS} writers, {pause:g} s between two verdicts: {len(took):,} given, {there - WRITERS:,} stored"
    )
    print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, slowest {took.max():.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("writers")
    one.add_argument("--each", type=int, default=100)
    one.add_argument("--pause", type=float, default=1.0)
    one.add_argument("--url", default="")
    given = parser.parse_args()
    writers(given.each, given.pause, given.url)


if __name__ == "__main__":
    main()
