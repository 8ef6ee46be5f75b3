"""The worker process of a workspace: start it, and find out whether one runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tagviz.operations.context import Context
from tagviz.settings import settings

IDLE_SECONDS = 300
"""A worker that the dashboard or the command line started ends after so long without work."""


def ensure_worker(context: Context, idle: float = IDLE_SECONDS) -> bool:
    """Starts a worker for this workspace unless one runs on this machine; says whether it started one.

    However many ask at once, one stays: a worker that finds another at work leaves.
    """
    from filelock import FileLock, Timeout

    context.workspace.home.mkdir(parents=True, exist_ok=True)
    try:
        FileLock(worker_lock(context), timeout=0).acquire().lock.release()
    except Timeout:
        return False
    subprocess.Popen(
        [sys.executable, "-m", "tagviz.worker", "--single", "--idle", str(idle)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(context),
        start_new_session=True,
    )
    return True


def worker_lock(context: Context) -> Path:
    """What the one worker that was started on demand holds while it lives; the system lets go of it however it dies."""
    return context.workspace.home / "worker.lock"


def environment(context: Context) -> dict[str, str]:
    """The environment of a worker of this workspace."""
    own = {"TAGVIZ_HOME": str(context.workspace.home)}
    if context.workspace.home != settings().home:
        own["TAGVIZ_DATABASE_URL"] = ""
    return {**os.environ, **own}
