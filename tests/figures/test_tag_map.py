"""The map as a Plotly figure."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.figures.tag_map import figure
from tagviz.types import Kind, Projection, Vocab


def projection(labels: list[str]) -> Projection:
    count = len(labels)
    xy = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    levels = (np.zeros(count, dtype=np.int32),) if count else ()
    names = (("<i>all</i>",),) if count else ()
    return Projection(Vocab.of(Kind.TAG, labels), xy, levels, names, np.ones(count, dtype=np.float32), "test")


def test_foreign_text_is_no_markup():
    made = figure(projection(["<a href=x>", "b"]), np.array([9, 1]))
    told = made.to_json()
    assert "<a href" not in told
    assert "<i>all" not in told
    assert "&lt;a href=x&gt;" in made.data[0].text[0]


def test_the_frequent_are_big_and_drawn_first_and_a_click_tells_its_row():
    made = figure(projection(["rare", "frequent"]), np.array([1, 1000]))
    assert made.data[0].customdata.tolist() == [1, 0]
    assert made.data[0].marker.size[0] > made.data[0].marker.size[1]


def test_highlighting_fades_the_others():
    made = figure(projection(["a", "b", "c"]), np.array([3, 2, 1]), highlight=[2])
    assert made.data[0].marker.opacity.tolist() == [0.12, 0.12, 1.0]


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_map_is_a_figure_too(count):
    figure(projection(["a"] * count), np.ones(count, dtype=np.int64)).to_json()
