"""What a job says of its time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tagviz.store.job_record import Job, State


def job(**changes: Any) -> Job:
    usual = {
        "id": 1, "kind": "train", "arguments": {}, "state": State.RUNNING, "phase": "", "fraction": None, "note": "",
        "curve": (), "log": "", "result": {}, "error": "", "cancelling": False, "owner": "w", "lease_until": None,
        "created": 0.0, "started": None, "finished": None, "attempts": 1,
    }  # fmt: skip
    return Job(**(usual | changes))


def test_time_left_is_what_the_rest_takes_at_this_speed() -> None:
    running = job(started=time.time() - 30, fraction=0.25)
    assert running.seconds_left == pytest.approx(90, rel=0.01)
    resumed = job(started=time.time() - 30, fraction=0.75, curve=[(1.0, {"fraction": 0.5})])
    assert resumed.seconds_left == pytest.approx(30, rel=0.01), "what an earlier run did does not count"
    assert job(started=time.time()).seconds_left is None


def test_seconds_and_the_end() -> None:
    done = job(state=State.DONE, started=10.0, finished=14.0, fraction=1.0)
    assert (done.seconds, done.over, done.seconds_left) == (4.0, True, None)
    assert not job().over
    assert job().seconds == 0
