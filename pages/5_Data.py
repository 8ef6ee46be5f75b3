"""Data: what is in here, and what is wrong with it?"""

from __future__ import annotations

from tagviz.ui import frame

here = frame.open_page("Data", "What is in here, and what is wrong with it?")
