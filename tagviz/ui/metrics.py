"""Figures for a monitoring system, in Prometheus' text format, at `/metrics` for this machine only."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope

from tagviz import logs
from tagviz.errors import TagvizError
from tagviz.operations import corpora, jobs, models, monitoring
from tagviz.operations.context import Context
from tagviz.store.jobs import State

REGISTRY = CollectorRegistry()
REQUESTS = Counter("tagviz_http_requests", "HTTP requests by status.", ["status"], registry=REGISTRY)
PART_SECONDS = Histogram(
    "tagviz_page_part_seconds",
    "Time on the server for one part of a page, by page.",
    ["page"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30),
    registry=REGISTRY,
)
UNLOGGED_PATHS = ("/live", "/ready", "/metrics", "/_stcore/health", ".js", ".css", ".woff2", ".png", ".svg")
"""Ends of paths that are asked all the time: they are logged only where they fail."""
LIGHTS = {"green": 0, "amber": 1, "red": 2}
"""Numbers of the monitor's lights."""
_page: ContextVar[str] = ContextVar("page", default="")
NEWEST_JOBS = 500
"""Jobs that are counted."""


class WorkspaceCollector(Collector):
    """Figures that are read from the workspace whenever somebody asks: jobs, corpora, models, the monitor's light."""

    def collect(self) -> Iterable[Metric]:
        """Return the current figures; what cannot be read is left out, and counted."""
        context = Context.default()
        failed = 0
        queue = GaugeMetricFamily("tagviz_jobs", "Jobs by state.", labels=["state"])
        sizes = GaugeMetricFamily("tagviz_corpus_playlists", "Playlists of a corpus.", labels=["corpus", "version"])
        counts = GaugeMetricFamily(
            "tagviz_corpus_models", "Models of the newest version of a corpus.", labels=["corpus"]
        )
        light = GaugeMetricFamily(
            "tagviz_monitor_light", "Last run of the monitor: 0 green, 1 amber, 2 red.", labels=["corpus"]
        )
        try:
            if context.has_database:
                states = [job.state for job in jobs.list_jobs(context, NEWEST_JOBS)]
                for state in State:
                    queue.add_metric([str(state)], states.count(state))
            for info in corpora.list_corpora(context):
                sizes.add_metric([info.name, info.fingerprint[:12]], info.playlists)
                counts.add_metric([info.name], len(models.list_models(context, info.fingerprint)))
                runs = monitoring.list_runs(context, info.name)
                if runs:
                    newest = max(runs, key=lambda run: str(run["created"]))
                    light.add_metric([info.name], LIGHTS.get(str(newest["light"]), -1))
        except TagvizError:
            failed = 1
        unreadable = GaugeMetricFamily("tagviz_metrics_failed", "1 where a part of these figures could not be read.")
        unreadable.add_metric([], failed)
        return [queue, sizes, counts, light, unreadable]


REGISTRY.register(WorkspaceCollector())
ProcessCollector(registry=REGISTRY)


async def answer(request: Request) -> Response:
    """Answer with all figures; only to a client of this machine that no proxy stands between."""
    client = request.client.host if request.client else ""
    try:
        here = ip_address(client).is_loopback
    except ValueError:
        here = False
    if not here or request.headers.get("x-forwarded-for") or request.headers.get("forwarded"):
        return PlainTextResponse("Only this machine may read this.", status_code=403)
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def open_page(page: str) -> None:
    """Name the page that this thread draws from now on."""
    _page.set(page)
    logs.PAGES.info("page", extra={"page": page})


def count_request(scope: Scope, status: int, seconds: float) -> None:
    """Count an answered request, and log it: the path without what was asked."""
    REQUESTS.labels(str(status)).inc()
    path = str(scope.get("path", ""))
    if status >= 400 or not path.endswith(UNLOGGED_PATHS):
        facts = {"method": scope.get("method", ""), "path": path, "status": status, "ms": round(1000 * seconds, 1)}
        logs.REQUESTS.info("request", extra=facts)


@contextmanager
def part_time() -> Iterator[None]:
    """Measure one part of the page that this thread draws."""
    began = time.perf_counter()
    try:
        yield
    finally:
        PART_SECONDS.labels(_page.get()).observe(time.perf_counter() - began)
