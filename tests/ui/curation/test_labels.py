"""Decisions on tags in words."""

from __future__ import annotations

import pytest

from tagviz.curation.decisions import TARGETED, Act, Decision
from tagviz.ui.curation import labels


@pytest.mark.parametrize("act", Act)
def test_every_act_has_a_name_and_a_sentence(act: Act) -> None:
    assert act in labels.ACTS
    assert (act in labels.TARGETS) == (act in TARGETED)
    sentence = labels.sentence(Decision(act, ("a", "b"), "c" if act in TARGETED else ""))
    assert "“a” and “b”" in sentence
    assert ("“c”" in sentence) == (act in TARGETED)
