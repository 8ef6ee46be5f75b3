"""A method's parameters as widgets: the few that matter first, the rest behind "more"."""

from __future__ import annotations

from math import floor, log10
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from tagviz.params import Params
from tagviz.ui import cached, plain

Values = dict[str, Any]


def form(params: type[Params], key: str) -> Values:
    """The values that differ from the defaults, as widgets say them."""
    start: Values = {name: field.default for name, field in params.model_fields.items()}
    preset = ""
    presets = [
        name for name, values in params.presets.items() if values
    ]  # an empty one is the defaults by another name
    if presets:
        chosen = st.segmented_control(
            "Begin with",
            ["", *presets],
            format_func=lambda name: name or "defaults",
            default="",
            key=f"{key}-preset",
            help=_about(params, presets),
        )
        preset = chosen or ""
        start |= dict(params.presets.get(preset, {}))
    first = [name for name, field in params.model_fields.items() if _marks(field).get("first")]
    rest = [name for name in params.model_fields if name not in first]
    values = _widgets(params, first, start, f"{key}-{preset}")
    if rest:
        with st.expander(f"More ({len(rest)})", icon=":material/tune:"):
            values |= _widgets(params, rest, start, f"{key}-{preset}")
    return {name: given for name, given in values.items() if given != params.model_fields[name].default}


def _about(params: type[Params], presets: list[str]) -> str | None:
    told = [f"{name}: {params.about_presets[name]}" for name in presets if name in params.about_presets]
    return plain.escape(". ".join([*told, "The fields below show what each sets"]), 500) if told else None


def _widgets(params: type[Params], names: list[str], start: Values, key: str) -> Values:
    if not names:
        return {}
    grid = st.grid(3, min_column_width=200, vertical_alignment="top")
    values: Values = {}
    for name in names:
        with grid.container():
            values[name] = _widget(name, params.model_fields[name], start[name], f"{key}-{name}")
    return values


def _widget(name: str, field: FieldInfo, value: Any, key: str) -> Any:
    label, help = name.replace("_", " ").capitalize(), plain.escape(field.description or "", 300)
    low, high = limits_of(field)
    if field.annotation is bool:
        return st.toggle(label, value, key=key, help=help)
    if get_origin(field.annotation) is Literal:
        options = list(get_args(field.annotation))
        return st.selectbox(label, options, options.index(value), key=key, help=help)
    if field.annotation is int:
        return int(st.number_input(label, _whole(low), _whole(high), int(value), 1, key=key, help=help))
    if field.annotation is float:
        return float(st.number_input(label, low, high, float(value), step_of(value), format="%g", key=key, help=help))
    return st.text_input(label, str(value), key=key, help=help, max_chars=300)


def step_of(value: float) -> float:
    """A sensible step: a tenth of the value's own magnitude, a tenth for 0."""
    return 0.1 if value == 0 else float(10.0 ** (floor(log10(abs(value))) - 1))


def limits_of(field: FieldInfo) -> tuple[float | None, float | None]:
    """The least and the greatest value that a parameter may have, None where there is no end."""
    low = next((float(mark.ge) for mark in field.metadata if hasattr(mark, "ge")), None)
    high = next((float(mark.le) for mark in field.metadata if hasattr(mark, "le")), None)
    return low, high


def _whole(limit: float | None) -> int | None:
    return None if limit is None else int(limit)


def _marks(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return extra if isinstance(extra, dict) else {}


def taught_too(corpus: str) -> bool:
    """Whether a training is to learn from the verdicts on a corpus, too; asked where there are any."""
    return bool(cached.verdicts(corpus)) and st.checkbox(
        "Learn from the verdicts too",
        key="with-verdicts",
        help="What reviewers found right becomes playlists to learn from; Best also learns from what they found wrong",
    )
