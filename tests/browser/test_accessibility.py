"""No serious or critical finding of axe-core on some pages, light and dark; `make walks` looks at all of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility import PAGES, findings

pytestmark = pytest.mark.browser

MANY_ELEMENTS = ("Recommend?title=late+night+jazz", "Evaluate", "Feedback")


@pytest.mark.parametrize("path", MANY_ELEMENTS)
def test_axe_finds_nothing_serious(page: Page, server: str, path: str) -> None:
    assert path in PAGES
    assert list(findings(page, server, path)) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Go to the search box")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
