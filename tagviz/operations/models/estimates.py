"""How long a training will take and how much memory it will need, learned from the jobs that this machine has done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.operations.registry import FINE_TUNED, method
from tagviz.store.jobs import Job, State
from tagviz.types import Corpus

EFFORTS = ("epochs", "iterations", "steps", "vector_size", "dimensions", "factors")
"""Settings with which the work of a training grows in proportion, as far as a method has them."""
UNSURE = 2.0
"""With few jobs to learn from a time may be off by this factor."""
ENOUGH = 3
"""From so many different amounts of work on, how time grows with work is learned; before, it grows in proportion."""


@dataclass(frozen=True)
class Estimate:
    """seconds: expected, between `low` and `high` more often than not. peak: bytes of memory. jobs: how many taught."""

    seconds: float
    low: float
    high: float
    peak: float
    jobs: int


def estimate(
    jobs: Iterable[Job], corpus: Corpus, name: str, values: Mapping[str, Any] | None = None
) -> Estimate | None:
    """What training a method with these settings will take, going by earlier `jobs`; None where none trained it.

    Time and memory follow work^b, where work is the number of pairs × the settings in EFFORTS and b is fitted by least
    squares to the logarithms of what earlier jobs took.
    """
    params = method(name).params.parse(values).model_dump()
    known = [
        (work(one["pairs"], one["params"]), one["seconds"], one["peak"])
        for job in jobs
        if job.state is State.DONE
        and job.arguments.get("method", FINE_TUNED) == name
        and not job.arguments.get("start")
        for one in [job.result.get("cost")]
        if one
    ]
    if not known:
        return None
    did, seconds, peaks = np.log(np.maximum(np.array(known, dtype=float), 1e-3)).T
    here = float(np.log(work(pairs(corpus), params)))
    time, spread = _fitted(did, seconds, here, 0.3, 2.0)
    peak, _ = _fitted(did, peaks, here, 0.0, 1.0)
    return Estimate(
        float(np.exp(time)), float(np.exp(time - spread)), float(np.exp(time + spread)), float(np.exp(peak)), len(known)
    )


def pairs(corpus: Corpus) -> int:
    """How many items the playlists hold in all: what most methods' work grows with."""
    return int(sum(matrix.nnz for matrix in corpus.links.values()))


def work(pairs: int, params: Mapping[str, Any]) -> float:
    """Pairs × the settings that multiply the work."""
    efforts = [float(params[name]) for name in EFFORTS if isinstance(params.get(name), int | float) and params[name]]
    return float(np.prod([max(1, pairs), *efforts]))


def _fitted(
    x: NDArray[np.float64], y: NDArray[np.float64], here: float, least: float, most: float
) -> tuple[float, float]:
    """The line's value at `here`, its slope kept within bounds, and how far values lie from it."""
    slope = 1.0 if most > 1 else 0.0
    if len(np.unique(np.round(x, 1))) >= ENOUGH:
        slope = float(np.clip(np.polyfit(x, y, 1)[0], least, most))
    nearest = np.exp(-np.abs(x - here))  # jobs of about this size say most
    level = float(np.average(y - slope * x, weights=nearest + 1e-9))
    spread = float(np.std(y - slope * x - level)) if len(x) >= ENOUGH else float(np.log(UNSURE))
    return level + slope * here, max(spread, 0.1)
