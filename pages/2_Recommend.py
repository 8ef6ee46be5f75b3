"""Recommend: what would you add, and why?"""

from __future__ import annotations

from tagviz.ui import frame

here = frame.open_page("Recommend", "What would you add, and why?")
