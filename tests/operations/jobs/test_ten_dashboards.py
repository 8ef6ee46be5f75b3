"""Ten dashboards of one workspace, each its own process, all sending work at the same moment: one worker stays.

Each process runs the page by Streamlit's own test client; ten whole servers are too many for a test. It takes a minute
on a quiet machine and runs only when it is asked for:

    TAGVIZ_SLOW=yes python -m pytest tests/operations/jobs/test_ten_dashboards.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tagviz.operations import jobs
from tagviz.operations.context import Context
from tagviz.store.jobs import State
from tagviz.store.workspace import Workspace
from tests.corpora import checkerboard

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(os.environ.get("TAGVIZ_SLOW") != "yes", reason="takes a minute: set TAGVIZ_SLOW=yes"),
]

ROOT = Path(__file__).resolve().parents[3]
DASHBOARDS, EACH = 10, 2

APP = """
import os, time
from pathlib import Path

import streamlit as st

from tagviz.operations import jobs
from tagviz.store.workspace import Workspace


@st.cache_resource
def sent():
    home = Path(os.environ["TAGVIZ_HOME"])
    (home / f"ready-{os.getpid()}").touch()
    while not (home / "go").exists():
        time.sleep(0.01)
    ws = Workspace(home)
    number = int(os.environ["NUMBER"])
    arguments = [{"corpus": "checkerboard", "method": "popularity", "seed": number * 100 + n} for n in range(EACH)]
    return [jobs.submit(Context(ws), "train", one) for one in arguments]


st.write(sent())
"""
"""A server's page that sends its jobs as the Train page does, when all ten have come so far."""

VISIT = """
import os
from streamlit.testing.v1 import AppTest

test = AppTest.from_file(os.environ["PAGE"], default_timeout=600).run()
assert not test.exception, test.exception
"""


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace(tmp_path / "home")
    made.save_corpus(checkerboard(half=12))
    yield made
    for process in workers(made):
        process.terminate()


def workers(ws: Workspace) -> list[psutil.Process]:
    """The workers started on demand for this workspace that are alive."""
    found = []
    for process in psutil.process_iter():
        try:
            if "--single" in process.cmdline() and process.environ().get("TAGVIZ_HOME") == str(ws.home):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def test_ten_dashboards_send_work_at_once_and_each_job_runs_once_by_one_worker(ws: Workspace, tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text(APP.replace("EACH", str(EACH)))
    common = {**os.environ, "TAGVIZ_HOME": str(ws.home), "TAGVIZ_DATABASE_URL": "", "PAGE": str(page)}
    dashboards = [
        subprocess.Popen([sys.executable, "-c", VISIT], cwd=ROOT, env={**common, "NUMBER": str(number)})
        for number in range(DASHBOARDS)
    ]
    waiting = time.monotonic() + 600
    while len(list(ws.home.glob("ready-*"))) < DASHBOARDS:
        assert time.monotonic() < waiting
        time.sleep(0.1)
    (ws.home / "go").touch()
    assert [process.wait(600) for process in dashboards] == [0] * DASHBOARDS
    end = time.monotonic() + 600
    while not all(job.over for job in jobs.list_jobs(Context(ws))):
        assert time.monotonic() < end, [(job.id, job.state) for job in jobs.list_jobs(Context(ws))]
        time.sleep(0.2)
    done = jobs.list_jobs(Context(ws))
    assert len(done) == DASHBOARDS * EACH
    assert {job.state for job in done} == {State.DONE}
    assert {job.attempts for job in done} == {1}
    assert len({job.owner for job in done}) == 1, "one worker did it all"
    while len(alive := workers(ws)) > 1:  # those that found it at work may still be leaving
        assert time.monotonic() < end, alive
        time.sleep(0.2)
    assert len(alive) == 1
