"""Monitor: what changed since the previous version, and what should be done about it?"""

from __future__ import annotations

import streamlit as st

from tagviz.operations import monitoring
from tagviz.ui import cache, page_layout, pages
from tagviz.ui.components import errors
from tagviz.ui.i18n import _
from tagviz.ui.monitoring import actions, changes, status, thresholds, trends

here = page_layout.open_page(pages.MONITOR)
with errors.show_errors():
    status.check_now(here)
    runs = monitoring.list_runs(cache.context(), here.corpus.name)
    if runs:
        status.show(runs[0])
        actions.show(here, runs[0])
        st.subheader(_("Changes"), anchor=False)
        changes.show(runs[0])
        st.subheader(_("Over time"), anchor=False)
        trends.show(runs)
        thresholds.show(here)
    else:
        errors.empty(
            _(
                "No check has run yet: press “Check now”. A check compares the newest version of this corpus with the "
                "previous one (its tags, its playlists, which tags are similar) and tests whether the recommendations "
                "got worse. For a corpus with a single version, only the recommendations and the feedback are checked."
            )
        )
