"""The best cover of a text by names."""

from __future__ import annotations

from tagviz.query.entities import entities_of
from tagviz.query.segmentation import Segmenter
from tagviz.query.tokens import tokenize
from tests.query.corpus import names


def labels(text: str) -> list[str]:
    segmenter = Segmenter(text, tokenize(text), ("en",), entities_of(names()))
    return [span.meanings[0].entity.label for span in segmenter.best()]


def test_the_longest_name_wins() -> None:
    assert labels("pop punk") == ["pop punk"]
    assert labels("black metal") == ["black metal"]


def test_names_stand_beside_one_another() -> None:
    assert labels("jazz rock radiohead") == ["jazz", "rock", "Radiohead"]


def test_a_name_of_common_words_needs_an_end() -> None:
    assert labels("the queen of hearts") == []
    assert labels("songs by queen") == ["Queen"]


def test_common_words_are_no_slips() -> None:
    assert labels("light night for all") == []


def test_a_tag_may_be_typed_in_the_plural() -> None:
    assert labels("guitars") == ["guitar"]
    assert labels("80") == []


def test_ordinary_words_are_no_slips_of_names() -> None:
    assert labels("robots") == []
    assert labels("music pit") == []


def test_a_short_slip_needs_to_stand_alone() -> None:
    assert labels("musw") == ["muse"]
    assert labels("musw pit") == []
