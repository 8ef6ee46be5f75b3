"""What a person has chosen for a file."""

from __future__ import annotations

from tagviz.ui.data.choices import Choices


def test_a_column_that_is_given_a_role_has_no_other_by_choice() -> None:
    choices = Choices("lists.csv", options={"title": "name", "tags": "moods"})
    choices.set_column("songs", "moods")
    assert choices.options == {"title": "name", "songs": "moods"}
    choices.set_column("title", "")
    assert choices.options["title"] == "-", "no column has the role"


def test_options_are_set_and_left_to_the_reader_again() -> None:
    choices = Choices("lists.csv")
    choices.set("encoding", "cp949")
    choices.set("format", "table")
    assert choices.arguments == ("table", (("encoding", "cp949"),))
    choices.set("encoding", "")
    choices.set("format", "")
    assert choices.arguments == ("auto", ())


def test_the_other_settings_are_replaced_and_the_rest_stays() -> None:
    choices = Choices("lists.csv", options={"min_tags": "2", "title": "name"})
    choices.set_others(["min_tags", "min_songs"], {"min_songs": 3})
    assert choices.options == {"min_songs": "3", "title": "name"}


def test_an_option_set_by_a_button_makes_new_widgets() -> None:
    choices = Choices("lists.csv")
    before = choices.key("more")
    choices.apply("ragged", "join")
    assert choices.options == {"ragged": "join"}
    assert choices.key("more") != before
