"""Many questions at once on the Recommend page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tests.ui.screen import press, texts

Open = Callable[..., AppTest]


def opened(app: Open) -> AppTest:
    test = app(pages.RECOMMEND.path, model="spectral")
    test.session_state["batch-open"] = True
    return test.run()


def test_pasted_titles_are_answered_in_one_table_until_they_change(app: Open) -> None:
    test = opened(app)
    test.text_area(key="batch-text").set_value("rainy night jazz\nsunny pop\n<b>nothing</b> known").run()
    press(test, "Answer all")
    assert not test.exception
    answers = next(frame.value for frame in test.dataframe if "read_as" in frame.value.columns)
    assert answers["question"].tolist() == ["rainy night jazz", "sunny pop", "<b>nothing</b> known"]
    assert all(answers["tags"][:2])
    assert "3 answers" in texts(test)
    assert "Answered by the model Spectral on the corpus awkward" in texts(test)
    test.text_area(key="batch-text").set_value("another").run()
    assert not any("read_as" in frame.value.columns for frame in test.dataframe), "old answers are gone"


def test_a_table_without_rows_says_so(app: Open) -> None:
    test = opened(app)
    test.text_area(key="batch-text").set_value("title,tags").run()
    press(test, "Answer all")
    assert not test.exception
    assert "There are no questions" in texts(test)
