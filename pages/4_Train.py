"""Train: what is running, and what can be made?"""

from __future__ import annotations

from tagviz.ui import frame

here = frame.open_page("Train", "What is running, and what can be made?")
