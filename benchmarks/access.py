"""What logging in, the checks of roles and the audit log cost.

    python -m benchmarks.access

Two servers show the demo: one without a login, one with access tokens and an access file. A person opens the same pages
on both in turn, over the websocket; then checks and entries of the audit log are timed in this process.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.report import write_section
from tagviz.access.roles import Actor, Permission, Role
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.store.audit import AuditEntry, AuditLog
from tagviz.store.workspace import Workspace
from tests.serving import ROOT, serving
from tests.websocket_client import websocket_client

PAGES = ("", "Data", "Train", "Curate", "Audit")
ROUNDS = 15
ACCESS = '[roles]\nadmin = ["kim"]\ntrainer = ["lee"]\n\n[corpora]\nsecret = ["kim"]\n'


def main() -> None:
    """Measure, and write the section."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        home = Path(folder) / "login"
        workspace = Workspace(home)
        home.mkdir()
        (home / "access.toml").write_text(ACCESS, encoding="utf-8")
        token = access.create_token(Context(workspace), "kim")
        starts, sessions = {}, {}
        for name, settings, headers in (
            ("without", {"TAGVIZ_HOME": f"{folder}/open"}, {}),
            ("with", {"TAGVIZ_HOME": str(home), "TAGVIZ_LOGIN": "token"}, {"Cookie": f"tagviz_token={token}"}),
        ):
            began = time.perf_counter()
            settings["TAGVIZ_DATABASE_URL"] = ""
            address = servers.enter_context(serving(ROOT / "app.py", settings, "/ready"))
            starts[name] = time.perf_counter() - began
            sessions[name] = servers.enter_context(websocket_client(address, headers))
        seconds: dict[tuple[str, str], list[float]] = {}
        for number in range(ROUNDS + 2):
            for page in PAGES:
                for name, session in sessions.items():
                    rerun = session.run(page, {"corpus": "demo"})
                    assert not rerun.failed, page
                    if number > 1:  # the first ones warm up
                        seconds.setdefault((page, name), []).append(rerun.seconds)
        kim = Context(workspace, Actor("kim", Role.ADMIN, remote=True, verified=True))
        check = timed(lambda: access.check(kim, Permission.DELETE, "demo"), 2000)
        log = AuditLog(kim.database)
        entry = AuditEntry(0.0, "kim", "dashboard", "delete corpus", "demo", {"a": 1})
        audit = timed(lambda: log.add(entry), 300)
    rows = []
    for page in PAGES:
        without, with_login = (1000 * statistics.median(seconds[page, name]) for name in ("without", "with"))
        rows.append(f"| {page or 'Home'} | {without:.0f} | {with_login:.0f} | {with_login - without:+.0f} |")
    text = "\n".join([
        "## What access control costs",
        "",
        f"`python -m benchmarks.access`: {ROUNDS} reruns of each page over the websocket, on the demo, in turn on a "
        "server without a login and on one with access tokens and an access file; medians in milliseconds.",
        "",
        "| page | without a login | with | more |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
        f"Start to ready: {starts['without']:.1f} s without a login, {starts['with']:.1f} s with. A check of a role "
        f"and of the access file takes {1000 * check[0]:.3f} ms in the median ({1000 * check[1]:.3f} ms at p95), an "
        f"entry of the audit log {1000 * audit[0]:.1f} ms ({1000 * audit[1]:.1f} ms at p95).",
    ])  # fmt: skip
    write_section("access", text)


def timed(call: Callable[[], object], times: int) -> tuple[float, float]:
    """Median and 95th percentile of the seconds of a call."""
    took = []
    for _number in range(times):
        began = time.perf_counter()
        call()
        took.append(time.perf_counter() - began)
    return statistics.median(took), sorted(took)[int(0.95 * times)]


if __name__ == "__main__":
    main()
