"""Watch: has anything moved, and what should be done about it?"""

from __future__ import annotations

import streamlit as st

from tagviz.operations import monitor
from tagviz.ui import cached, frame, watching, widgets

here = frame.open_page("Watch", "Has anything moved since the version before?")
with widgets.forgiving():
    watching.check_now(here)
    runs = monitor.runs(cached.workspace(), here.corpus.name)
    if runs:
        watching.status(runs[0])
        watching.todo(here, runs[0])
        st.subheader("What changed", anchor=False)
        watching.changed(runs[0])
        st.subheader("Over time", anchor=False)
        watching.courses(runs)
        watching.limits(here)
    else:
        widgets.empty(
            "Nothing has been checked yet: press “Check now”. A check puts the newest version of this corpus next to "
            "the one before it (its tags, its playlists, what lies near what) and asks whether answers got worse. "
            "Of a corpus that was imported only once, just the answers and the verdicts are looked at."
        )
