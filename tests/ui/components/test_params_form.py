"""A method's parameters as widgets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations.registry import METHODS
from tagviz.ui import pages
from tagviz.ui.components import params_form
from tests.ui.screen import texts

Open = Callable[..., AppTest]


def test_steps_are_one_figure_below_the_value() -> None:
    assert params_form.step_of(20.0) == 1.0
    assert params_form.step_of(0.75) == pytest.approx(0.01)
    assert params_form.step_of(0.0) == pytest.approx(0.1)


def test_limits_are_those_of_the_parameter() -> None:
    fields = METHODS["cooccurrence"].params.model_fields
    low, high = params_form.limits_of(fields["a"])
    assert low is not None
    assert high is None or low < high


def test_only_what_differs_from_the_defaults_is_trained_with(app: Open) -> None:
    test = app(pages.TRAIN.path, method="cooccurrence")
    test.number_input(key="cooccurrence--a").set_value(0.3).run()
    test.button(key="start").click().run()
    assert not test.exception
    assert "Train Co-occurrence on awkward" in texts(test)
    from tagviz.ui import cache

    job = next(job for job in cache.jobs() if job.kind == "train")
    assert dict(job.arguments["values"]) == {"a": 0.3}
