"""What can be done with all tags of a lasso selection at once: merge, set the facet, never recommend."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.curation.decisions import Act, Decision, resolve
from tagviz.operations import curation
from tagviz.types import Kind, split_key
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import feedback_buttons, permissions, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _

DONE = {
    Act.MERGE: N_("{tags} merged into “{target}”"),
    Act.FACET: N_("Facet of {tags} set to “{target}”"),
    Act.BLOCK: N_("{tags} are never recommended"),
}
"""What the undo bar says."""


def show(here: PageContext, keys: Sequence[str]) -> None:
    """Show a button for each action on the selected tags; other items are left out.

    Args:
        here: Corpus and model of the page.
        keys: The selected items, the most frequent first.
    """
    tags = [ident for kind, ident in map(split_key, keys) if kind is Kind.TAG]
    if not tags or not permissions.may(Permission.DECIDE):
        return
    number = formatting.count(len(tags), "tag")
    if len(tags) > 1:
        with st.popover(_("Merge"), icon=":material/merge:", type="tertiary"):
            target = st.selectbox(_("Tag that remains"), tags, format_func=formatting.one_line, key="merge-selection")
            merged = _("Merge {tags}").format(tags=number)
            st.button(merged, on_click=_decide, args=(here, Act.MERGE, tags, target), type="primary")
    with st.popover(_("Set the facet"), icon=":material/category:", type="tertiary"):
        facet = st.selectbox(
            _("Facet"),
            cache.facets(*here.names),
            index=None,
            accept_new_options=True,
            placeholder=_("choose or type one"),
            key="facet-selection",
        )
        label = _("Set it for {tags}").format(tags=number)
        arguments = (here, Act.FACET, tags, facet or "")
        st.button(label, on_click=_decide, args=arguments, type="primary", disabled=not facet)
    with st.popover(_("Never recommend"), icon=":material/block:", type="tertiary"):
        st.text(_("These tags are never recommended again. The Curate page lists such decisions."))
        label = _("Never recommend {tags}").format(tags=number)
        st.button(label, on_click=_decide, args=(here, Act.BLOCK, tags, ""), type="primary")


@url_state.safe_callback
def _decide(here: PageContext, act: Act, tags: Sequence[str], target: str) -> None:
    name, author = here.corpus.name, feedback_buttons.reviewer()
    decision: Decision = resolve(act, tags, target, author, _("selected on the map"))
    added = curation.add(cache.context(), name, decision)
    cache.clear_lists()
    text = _(DONE[act]).format(tags=formatting.count(len(tags), "tag"), target=formatting.one_line(target, 40))

    def back() -> None:
        curation.withdraw(cache.context(), name, [added.id], author)
        cache.clear_lists()

    undo_bar.offer(text, back)
