"""Structured logs: with `TAGVIZ_LOG=json`, one JSON object per line on standard error.

Requests, opened pages, changes and jobs are logged, without names, addresses or what people typed; who changed what is
in the audit log. Without the setting only warnings and errors are written, as text.
"""

from __future__ import annotations

import logging

from tagviz.settings import settings

REQUESTS = logging.getLogger("tagviz.requests")
PAGES = logging.getLogger("tagviz.pages")
CHANGES = logging.getLogger("tagviz.changes")
JOBS = logging.getLogger("tagviz.jobs")


def configure() -> None:
    """Write the logs of this process as the setting says; a second call changes nothing."""
    logger = logging.getLogger("tagviz")
    if settings().log != "json" or logger.handlers:
        return
    from pythonjsonlogger.json import JsonFormatter

    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonFormatter(
            ["asctime", "levelname", "name", "message"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            json_ensure_ascii=False,
        )
    )
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
