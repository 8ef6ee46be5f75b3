"""Negators and comparatives."""

from __future__ import annotations

import pytest

from tagviz.query.negation import negator_at, positive


@pytest.mark.parametrize(
    ("text", "length"),
    [
        *[("not jazz", 1), ("but not jazz", 2), ("without jazz", 1), ("sans jazz", 1), ("pas de jazz", 2)],
        *[
            ("sin jazz", 1),
            ("ohne jazz", 1),
            ("kein jazz", 1),
            ("not only jazz", 0),
            ("nicht nur jazz", 0),
            ("jazz", 0),
        ],
    ],
)
def test_negators_of_five_languages(text: str, length: int) -> None:
    assert negator_at(text.split(), 0) == length


def test_comparatives_come_to_their_adjective() -> None:
    assert "heavy" in positive("heavier")
    assert "sad" in positive("sadder")
    assert "slow" in positive("slower")
    assert positive("jazz") == positive("her") == ()
