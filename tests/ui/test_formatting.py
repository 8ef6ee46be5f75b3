"""Text for people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagviz.ui import formatting


def test_numbers_read_well() -> None:
    assert formatting.count(1, "tag") == "1 tag"
    assert formatting.count(1200, "tag") == "1,200 tags"
    assert formatting.percent(0.1234) == "12 %"
    assert formatting.percent(0.004) == "0.4 %"
    assert formatting.size(1_234_567) == "1.2 MB"
    assert formatting.duration(75) == "1 min 15 s"
    assert formatting.duration(3.25) == "3.2 s"
    assert formatting.listing(["a", "b", "c"]) == "a, b and c"
    assert formatting.moment("") == ""


@pytest.mark.parametrize("text", ["![x](y)", "<b>", "[l](u)", "a_b*c`d", ":red[x]", "$x$", "# h", "~~s~~", "| a |"])
def test_every_sign_of_markdown_is_escaped(text: str) -> None:
    escaped = formatting.escape(text)
    for model_key, char in enumerate(escaped):
        if char in "!<[]()_*`:$#~|>":
            assert escaped[model_key - 1] == "\\", f"{char} stands bare in {escaped}"


def test_shortcodes_are_broken() -> None:
    assert ":smile:" not in formatting.escape(":smile:").replace("\\", "")


@given(st.text(max_size=500))
def test_an_escaped_text_is_one_short_line(text: str) -> None:
    assert "\n" not in formatting.escape(text)
    assert len(formatting.one_line(text, 20)) <= 20
