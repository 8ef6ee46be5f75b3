"""Text for people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagviz.ui import parameters, plain
from tagviz.ui.bringing import pairs


def test_numbers_read_well() -> None:
    assert plain.count(1, "tag") == "1 tag"
    assert plain.count(1200, "tag") == "1,200 tags"
    assert plain.percent(0.1234) == "12 %"
    assert plain.percent(0.004) == "0.4 %"
    assert plain.size(1_234_567) == "1.2 MB"
    assert plain.duration(75) == "1 min 15 s"
    assert plain.duration(3.25) == "3.2 s"
    assert plain.listing(["a", "b", "c"]) == "a, b and c"
    assert plain.moment("") == ""


@pytest.mark.parametrize("text", ["![x](y)", "<b>", "[l](u)", "a_b*c`d", ":red[x]", "$x$", "# h", "~~s~~", "| a |"])
def test_every_sign_of_markdown_is_escaped(text: str) -> None:
    escaped = plain.escape(text)
    for place, char in enumerate(escaped):
        if char in "!<[]()_*`:$#~|>":
            assert escaped[place - 1] == "\\", f"{char} stands bare in {escaped}"


def test_shortcodes_are_broken() -> None:
    assert ":smile:" not in plain.escape(":smile:").replace("\\", "")


@given(st.text(max_size=500))
def test_an_escaped_text_is_one_short_line(text: str) -> None:
    assert "\n" not in plain.escape(text)
    assert len(plain.one_line(text, 20)) <= 20


def test_options_are_pairs() -> None:
    assert pairs("view=artists, a = b") == {"view": "artists", "a": "b"}
    assert pairs("") == {}
    with pytest.raises(Exception, match="no option"):
        pairs("view")


def test_steps_are_one_figure_below_the_value() -> None:
    assert parameters.step_of(20.0) == 1.0
    assert parameters.step_of(0.75) == pytest.approx(0.01)
    assert parameters.step_of(0.0) == pytest.approx(0.1)
