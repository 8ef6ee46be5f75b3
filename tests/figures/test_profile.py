"""Figures of a corpus's profile count every playlist once."""

from __future__ import annotations

import pandas as pd

from tagviz.figures import profile


def test_lengths_put_the_longest_into_the_last_bar() -> None:
    counts = pd.Series([10, 80, 9, 1], index=[1, 2, 3, 500])
    figure = profile.lengths(counts, "tags")
    bars = figure.data[0]
    assert sum(bars.y) == 100
    assert bars.customdata[-1] == "3 or more"
    assert figure.layout.title.text == "Half of the playlists have 2 tags or fewer"
    assert len(profile.lengths(pd.Series([], dtype=int), "tags").data) == 1


def test_years_and_trend() -> None:
    counts = pd.Series([1, 5, 2], index=[2018, 2019, 2020])
    assert profile.years(counts).layout.title.text == "Most playlists are from 2019"
    trend = profile.trend(counts, "<b>jazz</b>", dark=True)
    assert list(trend.data[0].y) == [1, 5, 2]
    assert "&lt;b&gt;" in trend.layout.title.text


def test_languages_have_the_most_frequent_on_top() -> None:
    figure = profile.languages(pd.Series({"latin": 30, "ko": 70}))
    assert list(figure.data[0].y) == ["Latin letters", "Korean"]
    assert figure.layout.title.text == "70 % of the titles: Korean"
