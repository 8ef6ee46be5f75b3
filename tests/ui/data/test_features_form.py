"""The form that adds song features on the Data page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import features
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tagviz.ui.components import sound
from tagviz.ui.data import features_form
from tests.ui.screen import press, tables, texts

NUMBERS = (
    "song,tempo,energy,note\n" + "".join(f"s{at},{100 + at},.{at + 1},same\n" for at in range(14)) + "new,90,.5,x\n"
)


@pytest.fixture
def look(app: Callable[..., AppTest], tmp_path: Path) -> Callable[..., AppTest]:
    """Opens the form on the Data page and looks at a file with this text."""

    def looked(text: str = NUMBERS, name: str = "spotify.csv") -> AppTest:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        test = app(pages.DATA.path)
        test.session_state[features_form._OPEN] = True
        test.session_state["features-from"] = "path"
        test.run()
        test.text_input(key="features-path-0").set_value(str(file)).run()
        assert not test.exception
        return test

    return looked


def names(home: Path) -> list[str]:
    return [table.name for table in features.list_features(Context(Workspace(home)), "awkward")]


def test_a_table_is_shown_then_added_and_taken_back(look: Callable[..., AppTest], home: Path) -> None:
    test = look()
    metrics = {metric.label: metric.value for metric in test.metric}
    assert metrics["Features per song"] == "2"
    assert metrics["Match"] == "14"
    assert metrics["Without features"] == "2"
    assert metrics["Not in the corpus"] == "1"
    assert ["column", "role", "why", "examples"] in tables(test)
    assert names(home) == []
    press(test, "Add")
    assert not test.exception
    assert names(home) == ["spotify"]
    assert "2 features of 15 songs" in texts(test)
    assert sound.tables_of("awkward")[0].columns == ("tempo", "energy")
    press(test, "Undo")
    assert names(home) == []


@pytest.mark.usefixtures("with_numbers")
def test_a_table_is_removed_and_comes_back(app: Callable[..., AppTest], home: Path) -> None:
    test = app(pages.DATA.path)
    test.session_state[features_form._OPEN] = True
    test.run()
    press(test, "Remove")
    assert names(home) == []
    press(test, "Undo")
    assert not test.exception
    assert names(home) == ["sound"]


def test_a_replaced_table_comes_back(look: Callable[..., AppTest], home: Path) -> None:
    press(look(), "Add")
    before = features.list_features(Context(Workspace(home)), "awkward")[0].fingerprint
    test = look(NUMBERS.replace("100", "101"))
    assert "There is a table of this name" in texts(test)
    press(test, "Add")
    assert features.list_features(Context(Workspace(home)), "awkward")[0].fingerprint != before
    press(test, "Undo")
    assert features.list_features(Context(Workspace(home)), "awkward")[0].fingerprint == before


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("song,tempo\nq1,1\nq2,2\n", "other.csv", "name the column of the ids"),
        ("", "mel.tar", "are added with the command"),
    ],
)
def test_what_cannot_be_added_says_why(look: Callable[..., AppTest], text: str, name: str, said: str) -> None:
    test = look(text, name)
    assert said in texts(test)
    assert "Add" not in [button.label for button in test.button]
    assert "q1" not in texts(test)  # nothing of what a file of the server holds


def test_only_files_of_permitted_folders_are_read(app: Callable[..., AppTest]) -> None:
    test = app(pages.DATA.path)
    test.session_state[features_form._OPEN] = True
    test.session_state["features-from"] = "path"
    test.run()
    test.text_input(key="features-path-0").set_value("/etc/passwd").run()
    assert "This path cannot be imported from" in texts(test)
