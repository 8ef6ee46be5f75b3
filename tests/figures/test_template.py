"""The template: contrast, colours and escaping."""

from __future__ import annotations

import pytest

from tagviz.figures import template

PAGES = {False: "#FFFFFF", True: "#11151C"}


EVIL = '<a href="x">b</a> & <b>c</b>'


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(dark: bool) -> None:
    for ink in (template.ink(dark), template.soft_ink(dark)):
        assert contrast(ink, PAGES[dark]) >= 4.5
        assert contrast(ink, template.paper(dark)) >= 4.5


def test_after_the_colours_comes_grey() -> None:
    assert len(set(template.COLOURS)) == 7
    assert [template.colour(number) for number in (0, 7, 99)] == [template.COLOURS[0], template.GREY, template.GREY]


def test_markup_is_shown_not_obeyed() -> None:
    assert template.safe(EVIL) == '&lt;a href="x"&gt;b&lt;/a&gt; &amp; &lt;b&gt;c&lt;/b&gt;'
    assert template.safe("a\nb  c") == "a b c"
    assert template.safe("abcdef", 4) == "abc…"
    assert template.wrapped("one two", 3) == "one<br>two"
