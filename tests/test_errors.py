"""Errors that a user can act on."""

from __future__ import annotations

from tagviz.errors import Cancelled, InvalidParameterError, TagvizError


def test_an_error_is_one_line_with_its_remedy() -> None:
    error = InvalidParameterError("k is -1", "it lies\nfrom 1", "choose a larger one")
    assert str(error) == "k is -1: it lies from 1 — choose a larger one"
    assert isinstance(error, TagvizError)
    assert (error.title, error.detail, error.remedy) == ("k is -1", "it lies\nfrom 1", "choose a larger one")


def test_parts_that_are_missing_leave_no_signs() -> None:
    assert str(TagvizError("broken")) == "broken"
    assert str(TagvizError("broken", remedy="mend it")) == "broken — mend it"
    assert str(Cancelled()) == "Cancelled"
