"""The table of pages."""

from __future__ import annotations

import pytest

from tagviz import aliases
from tagviz.ui import pages
from tests.serving import ROOT


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.title)
def test_a_page_exists_and_says_what_it_is_for(page: pages.Page) -> None:
    assert (ROOT / page.path).is_file()
    assert page.icon.startswith(":material/")
    assert page is pages.HOME or (page.summary.endswith(".") and page.question.endswith("?"))


def test_every_script_is_in_the_table_and_addresses_differ() -> None:
    scripts = {f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py")}
    assert scripts == {page.path for page in pages.PAGES} - {pages.HOME.path}
    paths = [page.url_path for page in pages.PAGES]
    assert len(set(paths)) == len(paths)
    assert pages.HOME.url_path == ""
    assert pages.TAG_MAP.url_path == "Tag_map"


@pytest.mark.parametrize(("old", "new"), aliases.PAGES.items())
def test_an_old_page_has_a_new_one(old: str, new: str) -> None:
    paths = {page.url_path for page in pages.PAGES}
    assert new in paths
    assert old not in paths
