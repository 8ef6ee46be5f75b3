"""Parameter classes: one per method or layout, each rejecting unknown names.

A parameter is a pydantic field. Its `description` says what it is and what a larger value does. Two marks help the
pages: `first` shows a parameter among the few that are visible at once, and `low`, `high` and `log` bound it for
tuning.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, ClassVar, Self, TypedDict, Unpack

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tagviz.errors import InvalidParameterError

ID_SALT = "0.1.0"
"""Part of every hash that names an artifact. It never changes, so that a new version finds what an older one stored."""


class Bounds(TypedDict, total=False):
    """Limits of a numeric parameter.

    Attributes:
        ge: Smallest allowed value.
        le: Largest allowed value.
        low: Lower end of the range that a tuning study searches.
        high: Upper end of that range.
        log: Whether the study searches the range on a logarithmic scale.
    """

    ge: float
    le: float
    low: float
    high: float
    log: bool


def param(
    default: Any,
    description: str,
    *,
    first: bool = False,
    stored: str = "",
    added: bool = False,
    **bounds: Unpack[Bounds],
) -> Any:
    """Declare a parameter of a `Params` class.

    Args:
        default: Default value.
        description: What the parameter is and what a larger value does.
        first: Whether the pages show it at once.
        stored: Older name under which it is stored and hashed; accepted as input as well.
        added: Whether it was added after the first release: at its default it is then no part of an artifact's id.
        **bounds: Limits, see `Bounds`.

    Returns:
        A pydantic field.
    """
    marks: dict[str, Any] = {"first": first, "stored": stored, "added": added}
    if "low" in bounds and "high" in bounds:
        marks["tune"] = {"low": bounds["low"], "high": bounds["high"], "log": bounds.get("log", False)}
    return Field(default, description=description, ge=bounds.get("ge"), le=bounds.get("le"), json_schema_extra=marks)


class Params(BaseModel):
    """Base class of all parameter classes: frozen, unknown names are errors.

    Attributes:
        presets: Named sets of values.
        about_presets: Purpose of each preset.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    about_presets: ClassVar[Mapping[str, str]] = {}

    def stored(self) -> dict[str, Any]:
        """Return the values as JSON under their stored names, without later additions that are at their default."""
        names = self._stored_names()
        return {
            names.get(name, name): value
            for name, value in self.model_dump(mode="json").items()
            if not self._added(name) or value != type(self).model_fields[name].default
        }

    @classmethod
    def _stored_names(cls) -> dict[str, str]:
        marks = {name: field.json_schema_extra for name, field in cls.model_fields.items()}
        return {
            name: str(mark["stored"]) for name, mark in marks.items() if isinstance(mark, dict) and mark.get("stored")
        }

    @classmethod
    def _added(cls, name: str) -> bool:
        mark = cls.model_fields[name].json_schema_extra
        return isinstance(mark, dict) and bool(mark.get("added"))

    @classmethod
    def preset_of(cls, values: Mapping[str, Any]) -> str:
        """Return the name of the preset that equals these values; "" for the defaults and where none does."""
        equal = [name for name in cls.presets if cls.presets[name] and cls.parse({"preset": name}) == cls.parse(values)]
        return equal[0] if equal else ""

    @classmethod
    def parse(cls, values: Mapping[str, Any] | None = None) -> Self:
        """Build parameters from `key=value` pairs (values may be text); `preset=NAME` supplies values that are not set.

        Raises:
            InvalidParameterError: A name or value is wrong. The message names the key, what was expected and the
                closest known key.
        """
        renamed = {old: name for name, old in cls._stored_names().items()}
        settings = {renamed.get(key, key): value for key, value in (values or {}).items()}
        preset = settings.pop("preset", None)
        if preset is not None:
            if not isinstance(preset, str) or preset not in cls.presets:
                known = ", ".join(cls.presets) or "none"
                raise InvalidParameterError(
                    f"There is no preset {preset!r}", f"presets here: {known}", "use one of these or leave it out"
                )
            settings = {**cls.presets[preset], **settings}
        for key in settings:
            if key not in cls.model_fields:
                near = get_close_matches(str(key), list(cls.model_fields), n=1)
                hint = (
                    f"did you mean {near[0]!r}?"
                    if near
                    else f"parameters here: {', '.join(cls.model_fields) or 'none'}"
                )
                raise InvalidParameterError(f"There is no parameter {key!r}", hint, "correct it or leave it out")
        try:
            return cls.model_validate(settings)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvalidParameterError(
                f"Parameter {where!r} cannot be {str(first.get('input'))[:60]!r}",
                first["msg"],
                "correct it or leave it out",
            ) from error
