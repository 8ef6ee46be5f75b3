"""The search box of all pages: a field with suggestions, Enter, arrow keys and "/"."""

from __future__ import annotations

from tagviz.ui.components.search_box.items import ItemSearch, choose_many, choose_one, hits, name_of, option_of
from tagviz.ui.components.search_box.view import BUNDLE, LONGEST, Field, Option, show, typed

__all__ = [
    "BUNDLE",
    "LONGEST",
    "Field",
    "ItemSearch",
    "Option",
    "choose_many",
    "choose_one",
    "hits",
    "name_of",
    "option_of",
    "show",
    "typed",
]
