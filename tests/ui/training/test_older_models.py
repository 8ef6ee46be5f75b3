"""Models of earlier versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
TRAIN = pages.TRAIN.path


def test_models_of_earlier_versions_are_offered_for_training_on_the_newest(app: Open, home: Path) -> None:
    ws = Workspace(home)
    old = replace(ws.open_corpus("awkward"), name="growing")
    ws.save_corpus(old)
    info = models.train(Context(ws), old, "cooccurrence", {"a": 0.3})
    ws.save_corpus(old.select(np.arange(40)))
    models.make_default(Context(ws), info)
    test = app(TRAIN, corpus="growing", tab="models")
    assert not test.exception
    assert "was trained on the version before and does not answer yet" in texts(test)
    assert [button.label for button in test.sidebar.button if button.key == "train-new-version"]
    test.button(key=f"again-{info.id}").click().run()
    assert not test.exception
    assert "Train Co-occurrence on growing" in texts(test)
    ws.remove_corpus("growing")
