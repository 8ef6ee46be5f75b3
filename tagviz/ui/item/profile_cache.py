"""What the page of an item shows, cached."""

from __future__ import annotations

import streamlit as st

from tagviz.operations import item_profile
from tagviz.operations.item_profile import ItemProfile
from tagviz.operations.maps import explore
from tagviz.types import Ranking
from tagviz.ui import cache
from tagviz.ui.i18n import lazy

NEAREST = 6
"""Nearest items of each model."""


@st.cache_data(max_entries=200, show_spinner=False)
def profile(model_key: cache.ModelKey, key: str) -> ItemProfile:
    """Return all that is known of an item.

    Raises:
        NotFoundError: If the corpus does not contain it.
    """
    duplicates = cache.near_duplicates(model_key.corpus, model_key.fingerprint)
    return item_profile.profile(model_key.opened, model_key.opened_model, key, duplicates)


@st.cache_data(max_entries=200, show_spinner=lazy("Asking every model"))
def nearest_by_model(model_key: cache.ModelKey, key: str) -> list[Ranking]:
    """Return what is nearest in the newest model of each method with an embedding."""
    return explore.opinions(cache.context(), model_key.opened, key, NEAREST)
