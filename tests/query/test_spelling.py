"""Slips are found without comparing all names."""

from __future__ import annotations

import random
import string

from rapidfuzz.distance import OSA

from tagviz.query.spelling import SpellingIndex, allowed_edits


def test_one_edit_in_short_names_and_two_in_long_ones() -> None:
    index = SpellingIndex(["muse", "radiohead", "metallica", "abc"])
    assert index.near("radiohed") == [(1, 1)]
    assert index.near("metalica") == [(2, 1)]
    assert index.near("mtalica") == [(2, 2)]
    assert index.near("musse") == [(0, 1)]
    assert index.near("mussse") == []
    assert index.near("radiohead") == []  # no slip
    assert index.near("abd") == []  # too short to say


def test_all_single_edits_are_found() -> None:
    draw = random.Random(5)
    names = sorted({"".join(draw.choices("abcde", k=draw.randint(4, 12))) for _ in range(600)})
    index = SpellingIndex(names)
    for _ in range(300):
        number = draw.randrange(len(names))
        name, at = names[number], draw.randrange(len(names[number]))
        typed = draw.choice([name[:at] + name[at + 1 :], name[:at] + "x" + name[at:], name[:at] + "x" + name[at + 1 :]])
        expected = {
            (other, OSA.distance(typed, word))
            for other, word in enumerate(names)
            if 0 < OSA.distance(typed, word) <= allowed_edits(len(word))
        }
        assert set(index.near(typed)) <= expected
        assert typed == name or (number, 1) in index.near(typed)


def test_odd_texts_find_nothing() -> None:
    index = SpellingIndex(["radiohead"])
    assert index.near("") == []
    assert index.near("x" * 500) == []
    assert SpellingIndex([]).near(string.ascii_lowercase) == []
