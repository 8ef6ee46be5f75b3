"""The tabs of further analyses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tagviz.ui.evaluation import analyses
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.EVALUATE.path


def opened(app: Open, tab: str, **address: str | list[str]) -> AppTest:
    """The page with a tab of the analyses open."""
    test = app(PAGE, **address)
    test.session_state[analyses.TABS_KEY] = tab
    return test.run()


@pytest.mark.parametrize("tab", analyses.TABS)
def test_every_tab_opens(app: Open, tab: str) -> None:
    test = opened(app, tab)
    assert not test.exception
    expected = {
        "By segment": "nDCG by what is shown",
        "Significance": "are significant",
        "Beyond accuracy": "Coverage:",
        "Item usage": "Never suggested by",
        "Embedding": "which tags occur together",
        "Over time": "over 1 evaluation",
    }
    assert expected[tab] in texts(test)
