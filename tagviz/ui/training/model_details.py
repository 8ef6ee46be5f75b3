"""One model: its name and note, use and deletion; and a comparison with another model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.operations.models import compare
from tagviz.operations.models.compare import Comparison
from tagviz.operations.registry import METHODS
from tagviz.store.workspace import ModelAnnotations, ModelInfo
from tagviz.ui import cache, formatting, model_names, pages, url_state
from tagviz.ui.components import permissions, pills, tables
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _, lazy
from tagviz.ui.training import changes

MARKS = ("title", "note", "pinned", "archived")
"""What people write on a model; fields of ModelAnnotations."""


def show(info: ModelInfo) -> None:
    """Show the form of a model and its buttons."""
    marks, key = info.marks, info.id
    with st.container(border=True):
        name = formatting.escape(model_names.model_label(info.id, info.fingerprint))
        st.markdown(f"**{name}**", help=_("Id for links and commands: {id}").format(id=formatting.escape(info.id)))
        left, right = st.columns(2)
        for field in MARKS:
            st.session_state[_key(field, info)] = getattr(marks, field)
        bound: dict[str, dict[str, Any]] = {
            field: {
                "key": _key(field, info),
                "on_change": _annotate,
                "args": (info,),
                **permissions.gate(Permission.DEFAULTS),
            }
            for field in MARKS
        }
        left.text_input(_("Name"), max_chars=60, placeholder=_("your own name for it"), **bound["title"])
        right.text_input(_("Note"), max_chars=300, placeholder=_("what it is for"), **bound["note"])
        left.toggle(_("Default: used where no other model is chosen"), **bound["pinned"])
        right.toggle(_("Archived: hidden from the pickers"), **bound["archived"])
        with pills.row():
            st.button(_("Use on every page"), icon=":material/check:", on_click=_use, args=(info.id,), key=f"use-{key}")
            st.page_link(
                pages.RECOMMEND.path,
                label=_("Try it"),
                icon=pages.RECOMMEND.icon,
                query_params={**url_state.link_params(), "model": info.id},
            )
            st.button(
                _("Delete"),
                icon=":material/delete:",
                key=f"delete-{key}",
                on_click=changes.delete,
                args=(info,),
                **permissions.gate(
                    Permission.DELETE,
                    info.shipped,
                    _("Included in tagviz; it cannot be deleted") if info.shipped else _("It can be restored"),
                ),
            )


def _key(field: str, info: ModelInfo) -> str:
    return f"{field}-{info.id}"


@url_state.safe_callback
def _annotate(info: ModelInfo) -> None:
    title, note, pinned, archived = (st.session_state[_key(field, info)] for field in MARKS)
    changes.annotate(info, ModelAnnotations((title or "").strip(), (note or "").strip(), pinned, archived))


def show_comparison(here: PageContext, info: ModelInfo, infos: Sequence[ModelInfo]) -> None:
    """Show a picker of a second model, and how the two differ."""
    others = {other.id: other for other in infos if other.id != info.id}
    if not others:
        return
    ident = st.selectbox(
        _("Compare with"),
        ["", *others],
        format_func=lambda ident: model_names.model_label(ident, info.fingerprint) if ident else _("none"),
        key=f"compare-{info.id}",
    )
    if not ident:
        return
    comparison = _comparison(*here.names, info.id, ident)
    own, other = model_names.model_label(info.id, info.fingerprint), model_names.model_label(ident, info.fingerprint)
    only = _("only {model}")
    labels = {
        "first": own,
        "second": other,
        "first only": only.format(model=own),
        "second only": only.format(model=other),
    }
    if comparison.overlap == comparison.overlap:  # not NaN
        st.metric(_("Agreement on the ten nearest tags"), formatting.percent(comparison.overlap))
    left, right = st.columns(2)
    with left:
        settings = comparison.settings.rename(columns=labels)
        tables.table(settings, "compared-settings", _("Settings that differ"))
        tables.table(comparison.vocabulary.rename(columns=labels), "compared-vocabulary", _("Vocabulary"))
    with right:
        if comparison.verdicts.empty:
            st.caption(_("No report contains both. Evaluate them together on the Evaluate page."))
        else:
            tables.table(comparison.verdicts.rename(columns=labels), "compared-verdicts", _("Evaluation results"))
    if len(comparison.agreement):
        title = _("Tags with the largest differences")
        tables.table(comparison.agreement.rename(columns=labels), "compared-tags", title)


@st.cache_data(max_entries=20, show_spinner=lazy("Comparing"), ttl=60)
def _comparison(name: str, fingerprint: str, first: str, second: str) -> Comparison:
    return compare.compare(cache.context(), cache.corpus(name, fingerprint), first, second)


def changed_settings(info: ModelInfo) -> str:
    """Return the parameters that differ from the method's defaults, in one line."""
    if info.method not in METHODS:
        return str(info.params.get("file", ""))
    fields = METHODS[info.method].params.model_fields
    changed = {
        name: setting for name, setting in info.params.items() if name in fields and setting != fields[name].default
    }
    return ", ".join(f"{name.replace('_', ' ')} {setting}" for name, setting in changed.items())


def _use(ident: str) -> None:
    url_state.set_params(model=ident)
