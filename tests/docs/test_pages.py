"""Every address that docs/pages.md shows opens on the demo corpus, and the page shows the texts below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tagviz.settings import settings
from tagviz.ui import shared_cache
from tests.docs.pages import DOCS, ROOT

BLOCK = re.compile(r"^```page\n(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = BLOCK.findall((DOCS / "pages.md").read_text(encoding="utf-8"))


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty workspace, which shows the shipped demo."""
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path))
    monkeypatch.delenv("TAGVIZ_DATABASE_URL", raising=False)
    monkeypatch.chdir(ROOT)
    for cached in (settings.cache_clear, st.cache_resource.clear, st.cache_data.clear, shared_cache.clear_all):
        cached()
    yield
    for cached in (settings.cache_clear, st.cache_resource.clear, st.cache_data.clear, shared_cache.clear_all):
        cached()


@pytest.mark.slow
@pytest.mark.parametrize(("address", "texts"), SHOWN, ids=[address for address, _ in SHOWN])
def test_the_page_opens_and_shows(address: str, texts: str, demo: None) -> None:
    parts = urlsplit(address)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, filled in parse_qs(parts.query).items():
        test.query_params[name] = filled
    test.run()
    page = parts.path.strip("/")
    if page:
        test.switch_page(str(next(ROOT.glob(f"pages/*_{page}.py")).relative_to(ROOT)))
        for name, filled in parse_qs(parts.query).items():
            test.query_params[name] = filled
        test.run()
    assert not test.exception
    assert not test.error, test.error[0].value
    shown = "\n".join(str(getattr(element, "proto", "")) for element in [*test.main, *test.toast])
    assert texts.strip()
    for text in texts.strip().splitlines():
        assert text in shown, f"{address} does not show {text!r}"
