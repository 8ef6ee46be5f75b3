"""Debian's Chromium, started once for all browser tests of a process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",  # as on a laptop without one: pages are painted by the processor
    "--enable-unsafe-swiftshader",  # and WebGL is drawn by it
)
PATIENCE = 60_000
"""Milliseconds to wait for what must come: the machine may be busy."""


def found() -> str | None:
    """Where Chromium is: without windows of its own (a fifth less work) where that is installed."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


def launch(playwright: Playwright, *flags: str) -> Browser:
    """A browser with a few more flags than the tests need."""
    return playwright.chromium.launch(executable_path=found(), args=[*FLAGS, *flags])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Skips where Chromium is not installed; CI installs it."""
    if found() is None:
        pytest.skip("Debian's Chromium is not installed")
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()
