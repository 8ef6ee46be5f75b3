"""Parameters: defaults, presets, stored names and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from tagviz.errors import InvalidParameterError
from tagviz.params import Params, param


class Example(Params):
    """Three parameters: a bounded one, one under an older stored name, one added later."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"usual": {}, "wide": {"k": 50}}
    k: int = param(10, "how many", first=True, ge=1, le=100, low=5, high=50, log=True)
    neighbours: int = param(3, "how near", stored="hold")
    extra: bool = param(False, "added in 0.2", added=True)


def test_text_is_converted_and_a_preset_fills_in_the_rest() -> None:
    assert Example.parse({"k": "7"}) == Example(k=7)
    assert Example.parse({"preset": "wide", "extra": "true"}) == Example(k=50, extra=True)
    assert Example.parse({"preset": "wide", "k": 20}) == Example(k=20)
    assert Example.preset_of({"k": 50}) == "wide"
    assert Example.preset_of({}) == ""


def test_stored_values_keep_older_names_and_leave_later_defaults_out() -> None:
    assert Example().stored() == {"k": 10, "hold": 3}
    assert Example(extra=True).stored() == {"k": 10, "hold": 3, "extra": True}
    assert Example.parse({"hold": 4}).neighbours == 4


def test_marks_bound_a_study_and_put_a_parameter_first() -> None:
    marks = Example.model_fields["k"].json_schema_extra
    assert isinstance(marks, dict)
    assert (marks["first"], marks["tune"]) == (True, {"low": 5, "high": 50, "log": True})
    other = Example.model_fields["neighbours"].json_schema_extra
    assert isinstance(other, dict)
    assert "tune" not in other


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"neighbour": 3}, "did you mean 'neighbours'"),
        ({"zzz": 3}, "parameters here: k, neighbours, extra"),
        ({"k": 0}, "greater than or equal to 1"),
        ({"k": "many"}, "valid integer"),
        ({"preset": "narrow"}, "presets here: usual, wide"),
    ],
)
def test_what_is_unknown_or_out_of_bounds_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        Example.parse(values)
