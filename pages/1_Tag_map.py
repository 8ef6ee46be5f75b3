"""Tag map: where does this lie?"""

from __future__ import annotations

import streamlit as st

from tagviz.ui import frame

here = frame.open_page("Tag map", "Where does this lie?")
st.text(here.place.model)
