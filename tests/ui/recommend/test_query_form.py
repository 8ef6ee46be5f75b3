"""The query of the Recommend page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.types import Kind, TermMatch
from tagviz.ui import pages
from tagviz.ui.recommend.query_form import closest, corrected_title

Open = Callable[..., AppTest]


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("nigth", "night", True),  # two letters swapped
        ("rainny", "rainy", True),  # one doubled
        ("jaz", "jazz", True),
        ("electrinic", "electronic", True),  # one wrong letter in a long word
        ("late", "later", False),
        ("night", "light", False),
        ("their", "thier", False),  # a word of many titles
    ],
)
def test_only_slips_are_taken_for_another_word(typed: str, known: str, meant: bool) -> None:
    reading = TermMatch(typed, Kind.WORD, "", "unknown", (f"word:{known}",))
    assert closest(reading) == ((f"word:{known}",) if meant else ())
    assert corrected_title(f"A {typed} list", (reading,)) == f"A {known if meant else typed} list"


def test_options_in_the_address_are_counted_and_used(app: Open) -> None:
    test = app(pages.RECOMMEND.path, tag="tag0", n="10", avoid="tag:tag2", ignore_feedback="yes")
    assert not test.exception
    assert test.toggle(key="ignore_feedback").value is True
    tags = next(frame.value for frame in test.dataframe if frame.value["label"].str.startswith("tag").any())
    assert len(tags) <= 10
    assert "tag2" not in set(tags["label"])


def test_tags_that_say_nothing_of_music_are_left_out_unless_the_address_says_no(app: Open) -> None:
    assert app(pages.RECOMMEND.path, tag="tag0").toggle(key="musical_only").value is True
    test = app(pages.RECOMMEND.path, tag="tag0", musical_only="no")
    assert test.toggle(key="musical_only").value is False
    test.toggle(key="musical_only").set_value(True).run()
    assert "musical_only" not in test.query_params
