"""The head of an item's page: its name, one sentence on it, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from tagviz.operations.item_profile import FALLING, RISING, STEADY, ItemProfile
from tagviz.types import Kind, split_key
from tagviz.ui import cache, formatting, pages, url_state
from tagviz.ui.components import pills
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _

NAMED = 3
"""Items that the sentence names of each sort."""
TRENDS = {RISING: N_("rising"), FALLING: N_("falling"), STEADY: N_("steady over the years")}
SINCE = {
    RISING: N_("since {year}, rising"),
    FALLING: N_("since {year}, falling"),
    STEADY: N_("since {year}, steady"),
    "": N_("since {year}"),
}
PARAMS = {Kind.TAG: "tag", Kind.SONG: "song"}
"""URL parameter of the query for an item of a kind."""


def show(here: PageContext, profile: ItemProfile) -> None:
    """Show the head of the page."""
    page = profile.page
    kind, ident = split_key(page.key)
    st.header(formatting.escape(page.label or ident, 120), anchor=False)
    parts = [formatting.capitalize(_(formatting.KINDS[kind])), page.facet]
    if kind is not Kind.PLAYLIST:
        parts.append(
            _("in {playlists}, {share} of all").format(
                playlists=formatting.count(page.count, "playlist"), share=formatting.percent(profile.share)
            )
        )
    st.caption(formatting.escape(" · ".join(part for part in parts if part), 200))
    if text := sentence(profile):
        st.markdown(f"**{formatting.escape(text, 600)}**")
    with pills.row():
        for label, icon, keys in (
            (_("Other spellings"), ":material/spellcheck:", profile.spellings),
            (_("Broader"), ":material/north:", profile.broader),
            (_("Narrower"), ":material/south:", profile.narrower),
        ):
            if keys:
                st.caption(f"{icon} {label}", width="content")
                for key in keys:
                    pills.item_link(cache.item(*here.names, key), here, stay=True)
    with st.container(key="item-links"), pills.row():
        st.page_link(
            pages.TAG_MAP.path,
            label=_("Show on the map"),
            icon=pages.TAG_MAP.icon,
            query_params=url_state.link_params(item=page.key),
        )
        if kind in PARAMS:
            st.page_link(
                pages.RECOMMEND.path,
                label=_("Recommend with it"),
                icon=pages.RECOMMEND.icon,
                query_params=url_state.link_params(**{PARAMS[kind]: (ident,)}),
            )
        if kind is Kind.TAG:
            st.page_link(
                pages.CURATE.path,
                label=_("Suggested decisions"),
                icon=pages.CURATE.icon,
                query_params=url_state.link_params(tag=(ident,)),
            )


def sentence(profile: ItemProfile) -> str:
    """Return what an item is, in one sentence made of its neighbours, company and years; "" where nothing is known."""
    page = profile.page
    hidden = {page.key, *profile.spellings}
    near = [
        label for key, label in zip(page.neighbours.keys, page.neighbours.labels, strict=True) if key not in hidden
    ][:NAMED]
    company = [
        str(label)
        for key, label in zip(page.together["key"], page.together["label"], strict=True)
        if key not in hidden and label not in near
    ][:NAMED]
    parts = []
    if near:
        parts.append(_("close to {items}").format(items=formatting.listing([_short(label) for label in near])))
    if company:
        parts.append(_("mostly with {items}").format(items=formatting.listing([_short(label) for label in company])))
    if profile.first_year and len(profile.years) and profile.first_year > int(profile.years["year"].iloc[0]):
        parts.append(_(SINCE[profile.trend]).format(year=profile.first_year))
    elif profile.trend:
        parts.append(_(TRENDS[profile.trend]))
    return formatting.capitalize("; ".join(parts)) + "." if parts else ""


def _short(label: str) -> str:
    return formatting.one_line(label, 50)
