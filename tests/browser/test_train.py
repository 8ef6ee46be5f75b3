"""The training room, done by a browser: train, watch, reload, cancel, go on, judge, make the default; a second browser
and the command line see the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.settings import ASSETS
from tagviz.store.workspace import Workspace
from tests.browser.test_dashboard import settle
from tests.chromium import PATIENCE
from tests.serving import ROOT, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
expect.set_options(timeout=PATIENCE)
LONG = 4 * PATIENCE
"""Milliseconds for what a job has to do first: it runs at low priority, and the machine may be busy."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "training"


@pytest.fixture
def room(home: Path) -> Iterator[str]:
    """A dashboard on the demo with a home of its own; the worker that it has started ends with it."""
    with serving(ROOT / "app.py", {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}, "/ready") as address:
        yield address
    for process in psutil.process_iter(["cmdline"]):
        if "tagviz.worker" in (process.info["cmdline"] or ()) and process.environ().get("TAGVIZ_HOME") == str(home):
            process.terminate()


def tagviz(home: Path, *words: str) -> dict[str, Any]:
    """What the command line answers in the same home."""
    done = subprocess.run(
        [sys.executable, "-m", "tagviz", *words, "--json"],
        cwd=ROOT,
        env={**os.environ, "TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""},
        capture_output=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_train_watch_reload_cancel_go_on_judge_and_make_it_the_default(
    page: Page, room: str, home: Path, browser: Browser
) -> None:
    page.goto(f"{room}/Train?method=word2vec")
    settle(page)
    page.get_by_role("radio", name="gensim").click()  # quick epochs
    settle(page)
    epochs = page.get_by_role("spinbutton", name="Epochs")
    epochs.fill("3000")
    epochs.press("Tab")
    settle(page)
    page.get_by_role("button", name="Start training").click()
    progress = page.get_by_text(re.compile(r"Training Word2Vec · epoch \d+ of 3000, [\d,]+ keys a second"))
    expect(progress).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Nearest tags now")).to_be_visible(timeout=LONG)
    expect(page.locator("[data-testid=stVegaLiteChart]")).to_be_visible(timeout=LONG)  # the loss

    page.reload()
    expect(progress).to_be_visible()
    second = browser.new_page()
    second.goto(f"{room}/Train")
    expect(second.get_by_text(re.compile(r"Training Word2Vec · epoch \d+ of 3000"))).to_be_visible()
    (job,) = tagviz(home, "jobs")["jobs"]
    assert (job["kind"], job["state"], job["phase"]) == ("train", "running", "Training Word2Vec")

    page.get_by_role("button", name="Cancel").click()
    for each in (page, second):
        expect(each.get_by_text("Train Word2Vec on demo was cancelled.")).to_be_visible()
    second.close()
    assert tagviz(home, "jobs", "watch", str(job["job"]))["state"] == "cancelled"

    page.get_by_role("button", name="Resume", exact=True).click()
    expect(progress).to_be_visible(timeout=LONG)
    told = progress.inner_text()
    assert int(re.findall(r"epoch (\d+)", told)[0]) > 1, f"it went on from a checkpoint: {told}"
    assert tagviz(home, "jobs", "cancel", str(job["job"]))["job"] == job["job"]
    expect(page.get_by_text("Train Word2Vec on demo was cancelled.")).to_be_visible()

    page.goto(f"{room}/Train?method=cooccurrence")
    settle(page)
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text(re.compile(r"Co-occurrence.* is ready"))).to_be_visible(timeout=LONG)
    settle(page)
    page.get_by_role("combobox", name="Compare with").click()
    page.get_by_role("option", name="Spectral").first.click()
    settle(page)
    page.get_by_role("button", name="Evaluate", exact=True).click()
    verdict = page.get_by_text(re.compile(r"Spectral: Arena score 0\.\d{3} against 0\.\d{3}, difference"))
    expect(verdict).to_be_visible(timeout=LONG)
    settle(page)
    page.get_by_role("button", name="Make default").click()
    expect(page.get_by_role("button", name="Default model")).to_be_visible()
    ws = Workspace(home, ASSETS / "demo")
    chosen = models.default(Context(ws), ws.corpus_entry("demo").key)
    assert chosen.startswith("cooccurrence-")
    page.get_by_role("link", name="Recommend").first.click()
    expect(page.get_by_role("combobox", name="Model").last).to_have_value("Co-occurrence")
