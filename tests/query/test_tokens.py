"""Tokens with their places, and keys."""

from __future__ import annotations

import pytest

from tagviz.query.tokens import folded_key, plain_key, tokenize


def test_tokens_keep_their_places() -> None:
    text = "P!nk & Björk's 80's 🎸"
    assert [text[token.start : token.end] for token in tokenize(text)] == ["P", "!", "nk", "&", "Björk's", "80's", "🎸"]
    assert [token.folded for token in tokenize("80's d'amour")] == ["80s", "d", "amour"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hip-hop", "Hip Hop"),
        ("R&B", "r and b"),
        ("rock 'n' roll", "rock & roll"),
        ("M.I.A.", "mia"),
        ("Mötley", "motley"),
    ],
)
def test_spellings_meet_in_a_key(one: str, other: str) -> None:
    assert plain_key(tokenize(one)) == plain_key(tokenize(other))


def test_marks_alone_are_their_own_key() -> None:
    assert folded_key(tokenize("!!!")) == "!!!"
    assert len(tokenize("a " * 50, most=7)) == 7
