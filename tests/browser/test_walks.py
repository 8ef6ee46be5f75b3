"""Some of the ten tasks in a browser; `make walks` does all of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests import walks

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("task", [walks.why_a_song_is_there, walks.neighbours_of_a_tag], ids=lambda task: task.__name__)
def test_a_task_takes_few_clicks(browser: Browser, server: str, task: walks.Task) -> None:
    outcome = walks.run(browser, server, task)
    assert outcome.clicks <= walks.MOST_CLICKS
    assert outcome.paint > 0
