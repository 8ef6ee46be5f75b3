"""What a file is taken for, as the Data page shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from tagviz.operations import import_preview
from tests.ui.screen import press, texts

Look = Callable[..., AppTest]


def test_the_page_shows_what_the_command_line_shows(look: Look, tmp_path: Path) -> None:
    test = look()
    preview = import_preview.preview(tmp_path / "lists.csv")
    assert preview.taken_for.capitalize() in texts(test)
    rows = next(element.value for element in test.dataframe if "songs" in element.value.columns)
    assert [tuple(row) for row in rows["songs"]] == [row.songs for row in preview.rows]
    assert re.search(r"Columns not used\W+moods\W+day", texts(test))
    columns = next(element.value for element in test.dataframe if "role" in element.value.columns)
    assert dict(zip(columns["name"], columns["role"], strict=True)) == {
        "name": "Title", "moods": "not used", "tracks": "Song id", "day": "not used",
    }  # fmt: skip


def test_an_ambiguity_is_asked_and_the_import_waits_for_the_answer(look: Look) -> None:
    test = look()
    dates: Any = next(element for element in test.selectbox if element.label == "Date")
    dates.set_value("day").run()
    question: Any = next(element for element in test.radio if "is the day or the month first" in element.label)
    assert question.value is None, "nothing is guessed"
    assert test.button(key="read").disabled
    question.set_value("mdy (month first)").run()
    assert not test.button(key="read").disabled
    rows = next(element.value for element in test.dataframe if "date" in element.value.columns)
    assert rows["date"].str[:10].tolist() == ["2019-01-02", "2019-03-04"]
    assert any("is the day or the month first" in element.label for element in test.radio), "it can be changed again"


def test_a_wrong_choice_is_an_error_and_what_was_read_stays(look: Look) -> None:
    test = look()
    form: Any = next(element for element in test.selectbox if element.label == "Format")
    form.set_value("melon").run()
    assert not test.exception
    assert "What to do:" in texts(test)
    assert test.button(key="read").disabled
    assert any("songs" in element.value.columns for element in test.dataframe), "the last preview stays"
    press(test, "Reset to the detected settings")
    assert not test.button(key="read").disabled


def test_a_file_that_is_none_of_these_is_one_sentence_and_a_way_out(look: Look) -> None:
    test = look("<!doctype html><html><body>hello</body></html>", "page.csv")
    assert not test.exception
    assert "web page" in texts(test)
    assert not any(button.key == "read" for button in test.button)
    assert any(metric.label == "Playlists" and metric.value == "48" for metric in test.metric), "the corpus stays"


def test_the_options_that_a_remedy_names_are_buttons(look: Look) -> None:
    test = look("title,tags\na,rock\nb,pop,jazz\n")
    press(test, "ragged = join")
    assert not test.exception
    assert not test.button(key="read").disabled
