"""Questions that are longer than anyone means."""

from __future__ import annotations

import pytest

from tagviz.errors import InvalidParameterError
from tagviz.query.limits import MOST_TERMS, check_count, check_length
from tagviz.text import LONGEST_TITLE


def test_what_people_mean_is_within_the_limits() -> None:
    check_count("tags", ["x"] * MOST_TERMS)
    check_length("x" * LONGEST_TITLE)


def test_more_ends_in_one_sentence_that_names_the_question() -> None:
    with pytest.raises(InvalidParameterError, match="question 7: 1,001 given"):
        check_count("tags", ["x"] * (MOST_TERMS + 1), "question 7: ")
    with pytest.raises(InvalidParameterError, match="1,000,000 characters") as error:
        check_length("a\x00b" + "x" * 999_997)
    assert "\x00" not in str(error.value)
