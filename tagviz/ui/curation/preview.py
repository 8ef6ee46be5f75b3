"""The preview of a decision: what it would change, and the button that takes it."""

from __future__ import annotations

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.curation.decisions import Act, Decision, resolve
from tagviz.errors import TagvizError
from tagviz.operations.curation import suggestions
from tagviz.operations.curation.suggestions import DecisionPreview
from tagviz.types import Kind, Ranking, key_of
from tagviz.ui import cache, formatting, pages, url_state
from tagviz.ui.components import errors, permissions, pills
from tagviz.ui.context import PageContext
from tagviz.ui.curation import changes, impact
from tagviz.ui.curation.labels import sentence
from tagviz.ui.i18n import _, lazy


def show(here: PageContext, decision: Decision, reason: str) -> None:
    """Show the preview of a decision.

    Args:
        here: Corpus and model of the page.
        decision: The decision.
        reason: The reason that is stored with it.
    """
    try:
        preview = _preview(here.model_key, decision.act, decision.tags, decision.target)
    except TagvizError as error:
        errors.show_error(error)
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{formatting.escape(sentence(preview.decision), 200)}**", width="content")
            st.button(
                _("Apply this decision"),
                f"apply-{decision.id}",
                type="primary",
                on_click=changes.decide,
                args=(here, decision, reason),
                **permissions.gate(Permission.DECIDE),
            )
        for warning in preview.warnings:
            st.warning(formatting.escape(warning, 400), icon=":material/info:")
        st.caption(_counts(preview))
        grid = st.grid(2, min_column_width=260, gap="medium")
        with grid.cell():
            _related(_("Related tags now"), preview.before, preview.after, ":material/remove:")
        with grid.cell():
            _related(_("Related tags after the decision"), preview.after, preview.before, ":material/add:")
        if set(preview.before.keys) == set(preview.after.keys):
            st.caption(_("The first ten stay the same."))
        main = decision.target if decision.act in (Act.MERGE, Act.BROADER) else decision.tags[0]
        st.page_link(
            pages.TAG_MAP.path,
            label=_("Show on the map"),
            icon=pages.TAG_MAP.icon,
            query_params=url_state.link_params(item=key_of(Kind.TAG, main)),
        )
        impact.show(here, decision)


def _related(title: str, ranking: Ranking, other: Ranking, icon: str) -> None:
    """Show a ranking as pills; items that the other one lacks carry the icon."""
    st.caption(title)
    with pills.row():
        for key, label in zip(ranking.keys, ranking.labels, strict=True):
            pill = pills.pill_label(label) if key in other.keys else pills.pill_label(label, "orange", icon)
            st.markdown(pill, width="content")


def _counts(preview: DecisionPreview) -> str:
    counts = ", ".join(f"“{formatting.one_line(tag, 30)}” {number:,}" for tag, number in preview.counts.items())
    parts = [_("Playlists now: {counts}.").format(counts=counts)]
    if preview.decision.act is Act.MERGE:
        playlists = formatting.count(preview.merged, "playlist")
        parts.append(_("After merging: {playlists}.").format(playlists=playlists))
    if preview.tags[0] != preview.tags[1]:
        parts.append(_("{before:,} tags become {after:,}.").format(before=preview.tags[0], after=preview.tags[1]))
    return formatting.escape(" ".join(parts), 600)


@st.cache_data(max_entries=50, show_spinner=lazy("Computing the preview"))
def _preview(model_key: cache.ModelKey, act: Act, tags: tuple[str, ...], target: str) -> DecisionPreview:
    return suggestions.preview(cache.context(), model_key.corpus, resolve(act, tags, target), model_key.model)
