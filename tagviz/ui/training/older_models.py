"""The newest version of a corpus, and models of its earlier versions that can be trained on it."""

from __future__ import annotations

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.operations import corpora
from tagviz.operations import jobs as job_operations
from tagviz.operations.models import compare
from tagviz.operations.registry import method
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import permissions, pills, tables
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _, translated
from tagviz.ui.training.model_details import changed_settings

MOST = 20
"""Older models that are listed."""


def show(here: PageContext) -> None:
    """Show the changes of the newest version, and the older models with buttons that retrain them."""
    if len(here.corpus.versions) < 2:
        return
    _changes(here)
    older = compare.stale(cache.context(), here.corpus.name)
    if not older:
        return
    label = _("{models} of earlier versions of this corpus").format(models=formatting.count(len(older), "model"))
    with st.expander(label, icon=":material/update:"):
        for info in older[:MOST]:
            name, button = st.columns([3, 2], vertical_alignment="center")
            title = info.marks.title or translated(method(info.method).title)
            parts = [title, formatting.moment(info.created), changed_settings(info)]
            name.text(" · ".join(part for part in parts if part))
            with button, pills.row():
                st.button(
                    _("Retrain on the newest version"),
                    key=f"again-{info.id}",
                    on_click=_retrain,
                    args=(here, info.id),
                    **permissions.gate(Permission.TRAIN),
                )
                if method(info.method).goes_on:
                    st.button(
                        _("Update"),
                        key=f"update-{info.id}",
                        on_click=_retrain,
                        args=(here, info.id, True),
                        **permissions.gate(
                            Permission.TRAIN,
                            help=_("Starts from this model, in a third of the time: known items keep their positions"),
                        ),
                    )


def _changes(here: PageContext) -> None:
    changes = _changes_of(*here.names)
    if changes is None:
        return
    with st.expander(_("Changes in the newest version of this corpus"), icon=":material/difference:"):
        tables.table(changes.counts, "changes", alt=_("Kept, new and removed items by kind"))
        for message, labels_by_kind in (
            (_("New {kinds}: {labels}"), changes.new),
            (_("Removed {kinds}: {labels}"), changes.gone),
        ):
            for kind, labels in labels_by_kind.items():
                if labels:
                    text = message.format(kinds=_(formatting.PLURALS[kind]), labels=", ".join(labels))
                    st.text(formatting.one_line(text, 400))


@st.cache_data(max_entries=4, show_spinner=False)
def _changes_of(name: str, fingerprint: str) -> corpora.Changes | None:
    """Return the changes; `fingerprint` only makes a new version a new entry of the cache."""
    del fingerprint
    return corpora.changes(cache.context(), name)


@url_state.safe_callback
def _retrain(here: PageContext, ident: str, start_from_it: bool = False) -> None:
    job_operations.submit(
        cache.context(), "train", compare.retrain_job(cache.context(), here.corpus.name, ident, start_from_it)
    )
