"""The widgets of the reading: each guess is shown, and a change is read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from tagviz.sources import READERS
from tagviz.sources.roles import ROLES
from tagviz.ui.data import import_settings
from tests.ui.data.conftest import widget
from tests.ui.screen import texts

Look = Callable[..., AppTest]


def test_every_format_and_role_has_a_name() -> None:
    assert set(import_settings.FORMATS) == {"auto", *READERS}
    assert set(import_settings.ROLE_LABELS) == set(ROLES)


def test_the_guesses_are_shown(look: Look) -> None:
    test = look()
    shown = {element.label: element.value for element in test.selectbox}
    assert shown["Columns are separated by"] == ","
    assert shown["Title"] == "name"
    assert shown["Song id"] == "tracks"
    assert shown["Date"] == ""
    assert widget(test, "multiselect", "Tags").value == []  # type: ignore[attr-defined]


def test_a_column_gets_its_role_and_the_preview_is_read_again(look: Look) -> None:
    test = look()
    tags: Any = widget(test, "multiselect", "Tags")
    tags.set_value(["moods"]).run()
    assert not test.exception
    assert tags_of(test) == [["jazz", "night"], ["pop", "Jazz"]]
    merge: Any = next(element for element in test.toggle if "differ in case" in element.label)
    merge.set_value(True).run()
    assert "1 tags that differ in case only" in texts(test)
    songs: Any = next(element for element in test.selectbox if element.label == "What the playlists list")
    songs.set_value("artists").run()
    assert "Artist id" in [element.label for element in test.selectbox], "the word is used at once"


def tags_of(test: AppTest) -> list[list[str]]:
    frame = next(element.value for element in test.dataframe if "tags" in element.value.columns)
    return [list(row) for row in frame["tags"]]


def test_a_history_is_split_by_the_rule_that_is_chosen(look: Look) -> None:
    rows = "".join(f"Ann,Song {n},2024-01-0{1 + n % 2} 10:0{n}:00\n" for n in range(6))
    test = look("artist,track,date\n" + rows, "listening.csv")
    rule: Any = next(element for element in test.selectbox if element.label == "Playlists from listening")
    assert rule.value == "gap"
    assert playlists(test) == "2"
    minutes: Any = next(element for element in test.number_input if element.label == "Minutes")
    assert minutes.value == 30
    rule.set_value("month").run()
    assert playlists(test) == "1"


def playlists(test: AppTest) -> str:
    return next(metric.value for metric in test.metric if metric.label == "Playlists")
