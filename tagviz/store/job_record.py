"""One job of the queue and its states."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """queued → running → done, failed, cancelled or interrupted (the worker or the machine died)."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


OVER = (State.DONE, State.FAILED, State.CANCELLED, State.INTERRUPTED)


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        id: Its number.
        kind: What it does, such as `train`.
        arguments: Its arguments.
        state: Its state.
        phase: What it is doing now.
        fraction: How much is done, 0 to 1; None where unknown.
        note: Further words on its progress.
        curve: Reported numbers, each with the seconds since the start.
        log: End of its log.
        result: Its outcome.
        error: Why it failed.
        cancelling: Whether it was asked to stop.
        owner: The worker that runs it.
        lease_until: End of the lease. All times are seconds since 1970.
        created: When it was queued.
        started: When it was started.
        finished: When it ended.
        attempts: How often it was started.
        submitted_by: Who started it, as the audit log names people; "" where nobody logs in.
    """

    id: int
    kind: str
    arguments: Mapping[str, Any]
    state: State
    phase: str
    fraction: float | None
    note: str
    curve: Sequence[tuple[float, Mapping[str, float]]]
    log: str
    result: Mapping[str, Any]
    error: str
    cancelling: bool
    owner: str
    lease_until: float | None
    created: float
    started: float | None
    finished: float | None
    attempts: int
    submitted_by: str = ""

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in OVER

    @property
    def seconds(self) -> float:
        """How long it has run by the clock, seconds."""
        return 0.0 if self.started is None else max(0.0, (self.finished or time.time()) - self.started)

    @property
    def seconds_left(self) -> float | None:
        """Expected seconds until its end; None where unknown.

        Work of an earlier run, from whose checkpoint this run continued, does not count as done by this one.
        """
        if self.state is not State.RUNNING or self.fraction is None:
            return None
        begin = next((numbers["fraction"] for _, numbers in self.curve if "fraction" in numbers), 0.0)
        did = self.fraction - (begin if begin < self.fraction else 0.0)
        return self.seconds * (1 - self.fraction) / did if did > 0 else None
