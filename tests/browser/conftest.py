"""The dashboard in a real browser: a server with its own workspace, and Debian's Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import PATIENCE
from tests.serving import ROOT, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard that shows the shipped demo."""
    home = {"TAGVIZ_HOME": str(tmp_path_factory.mktemp("dashboard")), "TAGVIZ_DATABASE_URL": ""}
    with serving(ROOT / "app.py", home, "/ready") as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 1000})
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()
