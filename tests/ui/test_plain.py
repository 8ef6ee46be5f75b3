"""Text for people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagviz.types import Kind, Ranking, Reading
from tagviz.ui import parameters, plain
from tagviz.ui.answer import strength
from tagviz.ui.bringing import pairs
from tagviz.ui.question import close, mended


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
    reading = Reading(typed, Kind.WORD, "", "unknown", (f"word:{known}",))
    assert close(reading) == ((f"word:{known}",) if meant else ())
    assert mended(f"A {typed} list", (reading,)) == f"A {known if meant else typed} list"


def test_strengths_run_from_a_hundred_down() -> None:
    def of(*scores: float) -> list[float]:
        keys = tuple(f"tag:{at}" for at in range(len(scores)))
        return strength(Ranking(Kind.TAG, keys, keys, scores, "m")).tolist()

    assert of(0.04, 0.02, 0.01) == pytest.approx([100, 50, 25])
    assert of(1.0, 0.0, -1.0) == pytest.approx([100, 50, 0])  # from the lowest: (0 + 1) / 2
    assert of(0.0, 0.0) == [0, 0]
