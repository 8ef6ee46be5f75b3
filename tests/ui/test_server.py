"""The routes besides pages, on a real server: old page names, readiness, the programs of the components."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tagviz import aliases
from tagviz.ui.components.map.files import BUNDLE as MAP
from tagviz.ui.components.report_panel.view import BUNDLE as PANEL
from tests.serving import ROOT, serving


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Shows the answer itself."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = {"TAGVIZ_HOME": str(tmp_path_factory.mktemp("server")), "TAGVIZ_DATABASE_URL": ""}
    with serving(ROOT / "app.py", home, "/ready") as url:
        yield url


@pytest.mark.parametrize(("old", "new"), aliases.PAGES.items())
def test_an_old_page_redirects_and_keeps_its_query(address: str, old: str, new: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(NoRedirect).open(f"{address}/{old}?corpus=demo&tag=a%26b&tag=c")
    assert answer.value.code == 307
    assert answer.value.headers["location"] == f"{new}?corpus=demo&tag=a%26b&tag=c&moved_from={old}"
    with urllib.request.urlopen(f"{address}/{old}?corpus=demo") as page:
        assert page.url == f"{address}/{new}?corpus=demo&moved_from={old}"
        assert page.status == 200


def test_the_programs_are_served_also_at_their_old_address(address: str) -> None:
    for path in (MAP.url, PANEL.url, PANEL.url.replace("report_panel", "glance")):
        with urllib.request.urlopen(f"{address}/{path}") as answer:
            assert "immutable" in answer.headers["cache-control"]
            assert answer.read(11) == b"/* sources "


def test_it_says_when_it_is_ready(address: str) -> None:
    with urllib.request.urlopen(f"{address}/ready") as answer:
        assert answer.read() == b'{"ready":true}'
