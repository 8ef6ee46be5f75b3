"""How long a cold process takes to lay out many points, and how far the map can be believed afterwards.

    python -m benchmarks.layouts                       # 30,000 points of 200 dimensions, 650,000 of 100
    python -m benchmarks.layouts --sizes 30000x200     # only these; the other rows of the page stay as they were

The points are made up: 400 topics of very different sizes, each a cloud of its own width. Everything counts from the
start of a process of its own: imports, compilation, neighbours, positions, clusters, names and the measures of trust.
What was measured is kept in benchmarks/results/layouts, from which the section of docs/benchmarks/map.md is written.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import write_section
from tagviz.projection.layout import project
from tagviz.types import Embedding, Kind, Progress, Vocab

KEPT = Path(__file__).resolve().parent / "results" / "layouts"
SIZES = ("30000x200", "650000x100")
GOALS = {30_000: "≤ 60 s", 650_000: "≤ 900 s"}
TOPICS = 400

PAGE = """## Layouts

`python -m benchmarks.layouts`, two cores, made-up points, UMAP with the settings that a user gets, in a process of its
own: from its start to a map with names and trust. Seconds by the clock are upper bounds where the load was high; those
of the processor hardly depend on it. *Kept* is the mean share of a point's fifteen true neighbours that are among its
fifteen on the map; the points of one topic lie about it at random, which two dimensions cannot show, so it is low here.

| points | dimensions | clock | asked | processor | longest | memory | kept | trustworthiness | continuity | load |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


def clouds(count: int, dimensions: int) -> Embedding:
    """`count` unit vectors about the middles of TOPICS topics."""
    rng = np.random.default_rng(7)
    topic = np.minimum(rng.geometric(0.01, count), TOPICS) - 1
    middles = rng.normal(size=(TOPICS, dimensions)).astype(np.float32)
    width = rng.uniform(0.3, 1.2, TOPICS).astype(np.float32)[topic, None]
    vectors = middles[topic] + width * rng.standard_normal((count, dimensions), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vocab = Vocab.of(Kind.TAG, [f"point {number}" for number in range(count)])
    return Embedding({Kind.TAG: vocab}, vectors, np.ones(count, np.float32), None, "made up")


def here(size: str) -> dict[str, Any]:
    """Lays out in this process: the measures of the map, and the processor seconds of each phase."""
    count, dimensions = (int(part) for part in size.split("x"))
    phases: dict[str, float] = {}
    last, since = "Starting", 0.0

    def progress(step: Progress) -> None:
        nonlocal last, since
        now = time.process_time()
        phases[last] = phases.get(last, 0.0) + now - since
        last, since = step.phase, now
        print(f"{now:.0f} s", step.phase, step.fraction, file=sys.stderr)

    measures = project(clouds(count, dimensions), Kind.TAG, progress=progress).measures
    progress(Progress("Done", 1.0))
    return {"measures": dict(measures), "phases": {name: round(seconds, 1) for name, seconds in phases.items()}}


def measure(size: str) -> dict[str, Any]:
    """The same in a new process, with its seconds and its peak of memory."""
    begun = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "benchmarks.layouts", "--here", size], stdout=subprocess.PIPE)
    assert child.stdout is not None
    told = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{size}: the layout failed")
    return {
        **json.loads(told),
        "seconds": round(time.perf_counter() - begun, 1),
        "processor": round(used.ru_utime + used.ru_stime, 1),
        "memory": round(used.ru_maxrss / 1024),
        "load": round(os.getloadavg()[1], 1),
    }


def row(size: str) -> str:
    """A line of the page's table."""
    count, dimensions = (int(part) for part in size.split("x"))
    found = json.loads((KEPT / f"{size}.json").read_text(encoding="utf-8"))
    longest = sorted(found["phases"].items(), key=lambda phase: -phase[1])[:3]
    steps = ", ".join(f"{name.lower()} {seconds:.0f} s" for name, seconds in longest)
    told = [found["measures"][name] for name in ("trust", "trustworthiness", "continuity")]
    cells = [f"{count:,}", dimensions, f"{found['seconds']:.0f} s", GOALS.get(count, ""), f"{found['processor']:.0f} s"]
    cells += [steps, f"{found['memory']:,} MB", *(f"{value:.3f}" for value in told), found["load"]]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", default=SIZES, metavar="POINTSxDIMENSIONS")
    parser.add_argument("--here", metavar="POINTSxDIMENSIONS", help="only lay out, in this process")
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(here(asked.here)))
        return
    KEPT.mkdir(parents=True, exist_ok=True)
    for size in asked.sizes:
        (KEPT / f"{size}.json").write_text(json.dumps(measure(size), indent=1) + "\n", encoding="utf-8")
    kept = sorted((path.stem for path in KEPT.glob("*.json")), key=lambda size: int(size.split("x")[0]))
    write_section("layouts", PAGE + "\n".join(row(size) for size in kept))


if __name__ == "__main__":
    main()
