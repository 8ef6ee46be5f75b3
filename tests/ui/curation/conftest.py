"""What the tests of the Curate page share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages


@pytest.fixture
def curate(app: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """Opens a tab of the Curate page."""

    def opened(tab: str, **params: str | list[str]) -> AppTest:
        test = app(pages.CURATE.path, me="ann", **params)
        test.session_state["curate-tab"] = tab
        return test.run()

    return opened
