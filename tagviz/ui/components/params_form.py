"""A method's parameters as widgets: the important ones first, the others in an expander."""

from __future__ import annotations

from math import floor, log10
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from tagviz.operations import feedback
from tagviz.params import Params
from tagviz.ui import cache, formatting
from tagviz.ui.i18n import _, translated

Values = dict[str, Any]


def form(params: type[Params], key: str) -> Values:
    """Show the widgets of a method's parameters.

    Args:
        params: The method's parameters.
        key: Prefix of the widgets' keys.

    Returns:
        The values that differ from the defaults, by name.
    """
    start: Values = {name: field.default for name, field in params.model_fields.items()}
    preset = ""
    presets = [name for name, settings in params.presets.items() if settings]  # an empty one is the defaults again
    if presets:
        chosen = st.segmented_control(
            _("Preset"),
            ["", *presets],
            format_func=lambda name: name or _("defaults"),
            default="",
            key=f"{key}-preset",
            help=_presets_help(params, presets),
        )
        preset = chosen or ""
        start |= dict(params.presets.get(preset, {}))
    first = [name for name, field in params.model_fields.items() if _extra(field).get("first")]
    rest = [name for name in params.model_fields if name not in first]
    values = _widgets(params, first, start, f"{key}-{preset}")
    if rest:
        with st.expander(_("More settings ({n})").format(n=len(rest)), icon=":material/tune:"):
            values |= _widgets(params, rest, start, f"{key}-{preset}")
    return {name: number for name, number in values.items() if number != params.model_fields[name].default}


def some(params: type[Params], names: list[str], start: Values, key: str) -> Values:
    """Show the widgets of some parameters.

    Args:
        params: The class of the parameters.
        names: Those that are shown.
        start: Values that the widgets have at first, by name, as text or in their type; of others the default.
        key: Prefix of the widgets' keys.

    Returns:
        The values that differ from the defaults, by name.
    """
    first = params.parse(start)
    values = _widgets(params, names, {name: getattr(first, name) for name in names}, key)
    return {name: value for name, value in values.items() if value != params.model_fields[name].default}


def _presets_help(params: type[Params], presets: list[str]) -> str | None:
    lines = [f"{name}: {translated(params.about_presets[name])}" for name in presets if name in params.about_presets]
    hint = _("The fields below show the settings of the preset")
    return formatting.escape(". ".join([*lines, hint]), 500) if lines else None


def _widgets(params: type[Params], names: list[str], start: Values, key: str) -> Values:
    if not names:
        return {}
    grid = st.grid(3, min_column_width=200, vertical_alignment="top")
    values: Values = {}
    for name in names:
        toggle = params.model_fields[name].annotation is bool
        with grid.container(key=f"toggle-{key}-{name}" if toggle else None):  # page.css keeps its place
            values[name] = _widget(name, params.model_fields[name], start[name], f"{key}-{name}")
    return values


def _widget(name: str, field: FieldInfo, start: Any, key: str) -> Any:
    label = translated(formatting.capitalize(name.replace("_", " ")))
    text = formatting.escape(translated(field.description or ""), 300)
    low, high = limits_of(field)
    if field.annotation is bool:
        return st.toggle(label, start, key=key, help=text)
    if get_origin(field.annotation) is Literal:
        options = list(get_args(field.annotation))
        return st.selectbox(label, options, options.index(start), key=key, help=text)
    if field.annotation is int:
        return int(st.number_input(label, _as_int(low), _as_int(high), int(start), 1, key=key, help=text))
    if field.annotation is float:
        return float(st.number_input(label, low, high, float(start), step_of(start), format="%g", key=key, help=text))
    return st.text_input(label, str(start), key=key, help=text, max_chars=300)


def step_of(number: float) -> float:
    """Return a sensible step for a number: a tenth of its order of magnitude, 0.1 for 0."""
    return 0.1 if number == 0 else float(10.0 ** (floor(log10(abs(number))) - 1))


def limits_of(field: FieldInfo) -> tuple[float | None, float | None]:
    """Return the least and the greatest value of a parameter, None where there is no limit."""
    low = next((float(mark.ge) for mark in field.metadata if hasattr(mark, "ge")), None)
    high = next((float(mark.le) for mark in field.metadata if hasattr(mark, "le")), None)
    return low, high


def _as_int(limit: float | None) -> int | None:
    return None if limit is None else int(limit)


def _extra(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return extra if isinstance(extra, dict) else {}


def use_feedback(corpus: str) -> bool:
    """Show a checkbox whether a training also learns from feedback, where the corpus has any; return the choice."""
    return bool(feedback.version(cache.context(), corpus)) and st.checkbox(
        _("Also learn from feedback"),
        key="with-verdicts",
        help=_(
            "Items that reviewers marked as right become training playlists. The stacked model also learns from items "
            "that were marked as wrong."
        ),
    )
