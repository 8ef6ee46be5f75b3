"""Debian's Chromium, started once for all browser tests of a process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
PATIENCE = 60_000
"""Milliseconds to wait for what must come: the machine may be busy."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Skips where Chromium is not installed; CI installs it."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()
