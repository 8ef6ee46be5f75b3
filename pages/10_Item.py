"""Item: what is this tag, artist or song, and who uses it?"""

from __future__ import annotations

import streamlit as st

from tagviz.types import Kind
from tagviz.ui import page_layout, pages, url_state
from tagviz.ui.components import errors, saved_views, search_box
from tagviz.ui.components.search_box import ItemSearch
from tagviz.ui.i18n import _
from tagviz.ui.item import details, profile_cache, summary

here = page_layout.open_page(pages.ITEM)
with errors.show_errors():
    kinds = tuple(kind for kind in (Kind.TAG, Kind.SONG, Kind.ARTIST) if here.model_key.opened.has(kind))
    label, placeholder = _("Search a tag, an artist or a song"), _("Search a tag, artist or song")
    search_box.choose_one(here, ItemSearch(label, "item", kinds, placeholder))
    key = url_state.param("item")
    if key:
        profile = profile_cache.profile(here.model_key, key)
        saved_views.record(here, pages.ITEM, profile.page.label)
        summary.show(here, profile)
        details.show(here, profile)
    else:
        st.caption(_("Search above, or click a tag, an artist or a song anywhere."))
