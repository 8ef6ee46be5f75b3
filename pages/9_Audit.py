"""Audit: who changed what, and when?"""

from __future__ import annotations

from tagviz.ui import page_layout, pages
from tagviz.ui.audit import entries
from tagviz.ui.components import errors

page_layout.open_page(pages.AUDIT)
with errors.show_errors():
    entries.show()
