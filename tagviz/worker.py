"""The process that runs jobs: `python -m tagviz.worker`.

It claims a job, runs it in a child process at lower priority and with capped threads, and renews the lease meanwhile.
The child dies with it, however that comes about; a job that does not stop when it is cancelled is killed.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType

from tagviz import logs
from tagviz.access.roles import Actor
from tagviz.errors import Cancelled, StoreError, TagvizError
from tagviz.operations import access
from tagviz.operations import jobs as operations
from tagviz.operations.context import Context
from tagviz.settings import settings
from tagviz.store.files import set_aside
from tagviz.store.jobs import LEASE_SECONDS, LOG_LENGTH, Job, Jobs, State, thin_curve
from tagviz.types import Progress

LOOK_SECONDS = 0.25
"""How often the queue and a running job are looked at."""
BEAT_SECONDS = 1.0
GRACE_SECONDS = 1.0
"""How long a cancelled job may take to stop by itself."""
TELL_SECONDS = 0.4
"""How often progress is written down."""
RETRY_SECONDS = 2.0
"""How long is waited before a database that did not answer is asked again."""
PATIENCE_SECONDS = 3600.0
"""How long the outcome of a job waits for the database."""
PROBE_SECONDS = 2.0
"""How long the lock of the only worker is waited for: longer than those who look whether there is one hold it."""


class Stopped(Exception):
    """The worker itself was told to end."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs jobs until it is stopped, or idle for too long."""
    parser = argparse.ArgumentParser(prog="python -m tagviz.worker", description="Runs queued jobs.")
    parser.add_argument("--idle", type=float, default=0.0, help="end after so many seconds without work (0: never)")
    parser.add_argument("--single", action="store_true", help="end at once when such a worker runs already")
    parser.add_argument(
        "--lease",
        type=float,
        default=LEASE_SECONDS,
        help="seconds without a sign of life after which it counts as dead",
    )
    parser.add_argument("--run", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--owner", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    context = Context.default()
    try:
        queue = operations.job_queue(context)
        if arguments.run is not None:
            return Child(context, queue, arguments.run, arguments.owner).run()
        logs.configure()
        worker = Worker(context, queue, arguments.idle, arguments.lease)
        return worker.alone() if arguments.single else worker.work()
    except TagvizError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


@dataclass(frozen=True)
class Worker:
    """The parent: takes jobs and looks after the child that runs each."""

    context: Context
    queue: Jobs
    idle: float = 0.0
    lease: float = LEASE_SECONDS
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}")

    def alone(self) -> int:
        """Works while holding the workspace's lock; ends at once when another worker has it."""
        from filelock import FileLock, Timeout

        self.context.workspace.home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(operations.worker_lock(self.context), timeout=PROBE_SECONDS)
        try:
            while True:
                with lock:
                    self.work()
                if not self.queue.waiting():  # nobody queued a job between the last look and letting go of the lock
                    return 0
        except Timeout:
            return 0

    def work(self) -> int:
        """Runs jobs one after another."""
        signal.signal(signal.SIGTERM, _stop)
        since = time.monotonic()
        try:
            while not self.idle or time.monotonic() - since < self.idle:
                try:
                    limit = access.policy(self.context).quotas.running_jobs
                    job = self.queue.claim(self.owner, self.lease, limit)
                except StoreError as error:  # it may answer again
                    print(f"warning: {error}", file=sys.stderr, flush=True)
                    time.sleep(RETRY_SECONDS)
                    continue
                if job is None:
                    time.sleep(LOOK_SECONDS)
                    continue
                self.attend(job)
                since = time.monotonic()
        except (Stopped, KeyboardInterrupt):
            return 0
        return 0

    def attend(self, job: Job) -> None:
        """Runs one job in a child process and ends it well, whatever happens to the child."""
        log = self.context.workspace.home / "logs" / f"job-{job.id}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.is_dir() or (log.exists() and not os.access(log, os.W_OK)):  # damaged: it is no reason not to run
            set_aside(log)
        with log.open("ab") as out:
            child = subprocess.Popen(
                [sys.executable, "-m", "tagviz.worker", "--run", str(job.id), "--owner", self.owner],
                stdin=subprocess.PIPE,  # its end tells the child that we are gone
                stdout=out,
                stderr=out,
                env={**operations.environment(self.context), **_capped()},
                start_new_session=True,
            )
            try:
                self._watch(job.id, child, log)
                _log_end(self.queue, job)
            except BaseException:
                _kill(child)
                self.queue.stop(job.id, self.owner, State.INTERRUPTED)
                raise
            finally:
                _kill(child)

    def _watch(self, ident: int, child: subprocess.Popen[bytes], log: Path) -> None:
        cancelled_at, beaten = 0.0, 0.0
        while child.poll() is None:
            now = time.monotonic()
            try:
                if now - beaten >= BEAT_SECONDS or cancelled_at:
                    held = self.queue.heartbeat(ident, self.owner, self.lease, _tail(log))
                    beaten = now
                else:
                    held = self.queue.get(ident)
            except StoreError:  # the job goes on while the database does not answer
                time.sleep(LOOK_SECONDS)
                continue
            if held is None or held.owner != self.owner or held.over:  # done, or no longer ours
                _kill(child)
            elif held.cancelling:
                cancelled_at = cancelled_at or now
                if now - cancelled_at > GRACE_SECONDS:
                    _kill(child)
                    self.queue.stop(ident, self.owner)
            try:
                child.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        log_tail = _tail(log)
        _until_it_answers(lambda: self.queue.keep_log(ident, self.owner, log_tail))
        left = self.queue.heartbeat(ident, self.owner, self.lease)
        if left is not None:  # the child ended without saying how
            self.queue.fail(ident, self.owner, _died(child.returncode, log_tail))


def _log_end(queue: Jobs, job: Job) -> None:
    with suppress(StoreError):
        ended = queue.get(job.id)
        seconds = round((ended.finished or 0) - (ended.started or 0), 1) if ended.over else None
        facts = {"job": job.id, "kind": job.kind, "state": str(ended.state), "seconds": seconds}
        logs.JOBS.info("job", extra=facts)


@dataclass
class Child:
    """The process in which one job runs."""

    context: Context
    queue: Jobs
    ident: int
    owner: str
    began: float = field(default_factory=time.monotonic)
    curve: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    phase: str = ""
    told: float = 0.0

    def run(self) -> int:
        """Runs the job and writes down how it ended."""
        threading.Thread(target=_die_with_parent, daemon=True).start()
        os.nice(settings().niceness)
        job = self.queue.get(self.ident)
        try:
            context = replace(self.context, actor=Actor(job.submitted_by, job=True))
            result = operations.run_job(context, job.kind, job.arguments, self.tell)
        except Cancelled:
            self.queue.stop(self.ident, self.owner)
        except TagvizError as error:
            print(f"error: {error}", file=sys.stderr)
            self.queue.fail(self.ident, self.owner, str(error))
        except Exception as error:  # whatever it was, the job must say so
            traceback.print_exc()
            what = f"tagviz made a mistake ({type(error).__name__}: {error}) — see the job's log and report it"
            self.queue.fail(self.ident, self.owner, NO_MEMORY if _for_want_of_memory(error) else what)
        else:
            _until_it_answers(lambda: self.queue.finish(self.ident, self.owner, result))
        return 0

    def tell(self, progress: Progress) -> None:
        """The ProgressCallback of the job. Raises Cancelled when it is to stop."""
        now = time.monotonic()
        if progress.numbers:
            done = {} if progress.fraction is None else {"fraction": progress.fraction}
            self.curve = thin_curve([*self.curve, (round(now - self.began, 2), {**progress.numbers, **done})])
        if progress.phase != self.phase:
            print(f"{time.strftime('%H:%M:%S')} {progress.phase} {progress.note}", file=sys.stderr, flush=True)
        elif now - self.told < TELL_SECONDS and not progress.near:
            return
        self.phase, self.told = progress.phase, now
        with suppress(StoreError):  # the work goes on while the database does not answer
            self.queue.report(self.ident, self.owner, progress, self.curve)


def _until_it_answers(write: Callable[[], object]) -> None:
    """Write into the database, again and again while it does not answer, for PATIENCE_SECONDS at most."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            write()
            return
        except StoreError:
            if time.monotonic() > end:
                raise
            time.sleep(RETRY_SECONDS)


NO_MEMORY = "Not enough memory — close other programs, or choose smaller parameters"
SIGNS = ("failed to map segment", "annot allocate memory", "can't allocate memory", "bad_alloc", "start new thread")
"""How libraries say that there is no memory, besides MemoryError: the loader, the system, torch, C++, Python."""


def _for_want_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in SIGNS)


def _died(code: int, said: str) -> str:
    """Why a job's process ended that could not say so itself. said: the end of its log."""
    if code > 0 and any(sign in said for sign in ("MemoryError", *SIGNS)):  # so little that not even that could be told
        return NO_MEMORY
    if code == -signal.SIGKILL:
        return (
            "The job's process was killed, most likely for want of memory — choose smaller parameters, then try again"
        )
    if code < 0:
        return f"The job's process ended by signal {-code} — see the job's log, then try again"
    return f"The job's process ended unexpectedly (exit code {code}) — see the job's log, then try again"


def _capped() -> dict[str, str]:
    """Numeric libraries in a job leave a core to the dashboard."""
    threads = str(max(1, min(settings().threads, (os.cpu_count() or 2) - 1)))
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "TAGVIZ_THREADS")
    return dict.fromkeys(names, threads)


def _tail(log: Path) -> str:
    """The end of a log."""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_LENGTH))
        return file.read().decode("utf-8", "replace").replace("\x00", "")


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Ends a child and whatever it started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.stdin is not None:
        child.stdin.close()


def _die_with_parent() -> None:
    """Waits for the pipe that the worker holds to close, then ends this process and all it started."""
    os.read(sys.stdin.fileno(), 1)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
