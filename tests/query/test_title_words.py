"""Words of typed titles."""

from __future__ import annotations

from unittest.mock import patch

from tagviz import text
from tagviz.query.title_words import title_words
from tests.corpora import make_corpus


def test_titles_are_cut_as_those_of_the_corpus() -> None:
    made = make_corpus([{"title": "비 오는 날", "tags": ["a"]}])
    assert title_words(made, ["비 오는 밤", "late night"]) == text.tokenizer_of(made).many(["비 오는 밤", "late night"])


def test_korean_is_not_analysed_where_no_title_has_any() -> None:
    made = make_corpus([{"title": "late night", "tags": ["a"]}])
    with patch("tagviz.text._kiwi", side_effect=AssertionError("the analyser was loaded")):
        assert title_words(made, ["비 오는 night", "비"]) == [["night"], []]
