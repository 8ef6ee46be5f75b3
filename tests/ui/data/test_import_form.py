"""The import of playlists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from tagviz.ui import cache
from tests.ui.screen import texts

Look = Callable[..., AppTest]


def test_what_was_seen_is_what_the_job_imports(look: Look) -> None:
    test = look()
    tags: Any = next(element for element in test.multiselect if element.label == "Tags")
    tags.set_value(["moods"]).run()
    name: Any = next(element for element in test.text_input if element.label == "Name of the corpus")
    assert name.value == "lists"
    name.set_value("mine").run()
    test.button(key="read").click().run()
    assert not test.exception
    assert "Import mine" in texts(test)
    job = next(job for job in cache.jobs() if job.kind == "import")
    assert job.arguments["name"] == "mine"
    assert job.arguments["format"] == "table"
    assert dict(job.arguments["options"]) == {"tags": "moods"}
    assert not [element for element in test.text_input if element.label == "Name of the corpus"], "the form is empty"


def test_a_name_that_cannot_be_one_is_a_box_and_nothing_is_lost(look: Look) -> None:
    test = look()
    name: Any = next(element for element in test.text_input if element.label == "Name of the corpus")
    name.set_value("no/slashes").run()
    test.button(key="read").click().run()
    assert "cannot be a name" in texts(test)
    assert not [job for job in cache.jobs() if job.kind == "import"]
    assert any("songs" in element.value.columns for element in test.dataframe), "the preview stays"


def test_pasted_text_is_looked_at(look: Look) -> None:
    test = look()
    test.session_state["from"] = "text"
    test.run()
    test.text_area[0].set_value("title\ttags\nnight\tjazz;soul\nday\tpop;rock\n").run()
    assert not test.exception
    assert next(metric.value for metric in test.metric if metric.label == "Tags") == "4"


def test_a_name_that_exists_becomes_a_newest_version(look: Look) -> None:
    test = look()
    name: Any = next(element for element in test.text_input if element.label == "Name of the corpus")
    name.set_value("awkward").run()
    assert "becomes its newest version" in texts(test)
