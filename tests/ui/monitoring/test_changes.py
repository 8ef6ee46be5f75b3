"""The changed tags."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.operations import monitoring
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tagviz.ui.monitoring import changes
from tests.ui.conftest import AWKWARD
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.MONITOR.path


def test_new_tags_are_listed_with_their_shares(app: Open, ws: Workspace) -> None:
    run = monitoring.run_checks(Context(ws), "watched", evaluate=False)
    assert set(run["changed"]) == set(changes.TITLES) == set(changes.LABELS)
    test = app(PAGE, corpus="watched")
    assert not test.exception
    assert "New tags" in texts(test)
    frame = next(frame.value for frame in test.dataframe if "share_after" in frame.value.columns)
    assert set(frame["label"]) == set(AWKWARD)
    assert (frame["share_after"] == 1).all()
