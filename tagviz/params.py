"""Parameter classes: one per method or layout, each refusing what it does not know.

A parameter is a pydantic field whose `description` says what it is and what a larger value does. Two marks help the
pages: `first()` puts a parameter among the few that are shown at once, and `low`/`high`/`log` bound it for tuning.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tagviz.errors import BadParameter


def knob(
    default: Any,
    description: str,
    *,
    first: bool = False,
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
    ge: float | None = None,
    le: float | None = None,
) -> Any:
    """A parameter. `first`: shown at once; `low`, `high`, `log`: a study's range; `ge`, `le`: hard limits."""
    marks: dict[str, Any] = {"first": first}
    if low is not None and high is not None:
        marks["tune"] = {"low": low, "high": high, "log": log}
    return Field(default, description=description, ge=ge, le=le, json_schema_extra=marks)


class Params(BaseModel):
    """Base of all parameter classes: frozen, and unknown keys are errors. `presets` are named sets of values, and
    `about_presets` says of each what it is for."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    about_presets: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def preset_of(cls, values: Mapping[str, Any]) -> str:
        """The preset that these values are; "" for the defaults, and for values that are no preset's."""
        own = [name for name in cls.presets if cls.presets[name] and cls.parse({"preset": name}).model_dump() == values]
        return own[0] if own else ""

    @classmethod
    def parse(cls, values: Mapping[str, Any] | None = None) -> Self:
        """Parameters from `key=value` pairs (values may be text), where `preset=NAME` fills in the rest.

        Raises BadParameter naming the key, what was expected, and the closest known key.
        """
        given = dict(values or {})
        preset = given.pop("preset", None)
        if preset is not None:
            if preset not in cls.presets:
                known = ", ".join(cls.presets) or "none"
                raise BadParameter(
                    f"There is no preset {preset!r}", f"presets here: {known}", "use one of these or leave it out"
                )
            given = {**cls.presets[preset], **given}
        for key in given:
            if key not in cls.model_fields:
                near = get_close_matches(str(key), list(cls.model_fields), n=1)
                hint = (
                    f"did you mean {near[0]!r}?"
                    if near
                    else f"parameters here: {', '.join(cls.model_fields) or 'none'}"
                )
                raise BadParameter(f"There is no parameter {key!r}", hint, "correct it or leave it out")
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise BadParameter(
                f"Parameter {where!r} cannot be {str(first.get('input'))[:60]!r}",
                first["msg"],
                "correct it or leave it out",
            ) from error
