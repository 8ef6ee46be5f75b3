"""Evaluate: how good is it, and where does it fail?"""

from __future__ import annotations

from tagviz.ui import frame

here = frame.open_page("Evaluate", "How good is it, and where does it fail?")
