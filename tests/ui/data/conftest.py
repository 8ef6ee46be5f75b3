"""A Data page on which a file of the server is looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages

LISTS = "name,moods,tracks,day\nrainy night,jazz|night,s1|s2,1/2/2019\nmorning,pop|Jazz,s2,3/4/2019\n"


def widget(test: AppTest, kind: str, label: str) -> object:
    """The widget of a kind with this label."""
    return next(element for element in test.get(kind) if element.label == label)


@pytest.fixture
def look(app: Callable[..., AppTest], tmp_path: Path) -> Callable[..., AppTest]:
    """Opens the Data page and looks at a file with this text."""

    def looked(text: str = LISTS, name: str = "lists.csv") -> AppTest:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        test = app(pages.DATA.path)
        test.session_state["from"] = "path"
        test.run()
        next(element for element in test.text_input if element.label == "Path").set_value(str(file)).run()
        assert not test.exception
        return test

    return looked
