"""The words of the map's program, which it gets in the visitor's language (frontend/map/src/texts.ts)."""

from __future__ import annotations

from tagviz.ui.i18n import N_, _, language

TEXTS = (
    N_("near: {names}"),
    N_("Show the whole map"),
    N_("{n} names are in view"),
    N_("This browser does not offer WebGL 2."),
    N_("The map could not be loaded ({problem}). Reload the page."),
    N_("Drawing {n} points …"),
    N_("Names could not be loaded ({problem})."),
    N_("Regions: {names}."),
    N_(
        "Arrow keys move, plus and minus zoom, 0 shows everything, Tab goes through the neighbours of the selected "
        "point, or through the names in view; Enter selects, Escape deselects."
    ),
    N_("{share} % of its true neighbours are near it here"),
    N_("(no title)"),
    N_("{n} selected"),
    N_("{label}, {place} of {n}"),
    N_("There are no points in this part of the map."),
    N_("The filters leave no points."),
    N_("Link copied"),
    N_("Map tools"),
    N_("Zoom in (+)"),
    N_("Zoom out (−)"),
    N_("Show everything (0)"),
    N_("Fill the screen"),
    N_("Select with a lasso (Shift and drag)"),
    N_("Select with a box (Alt and drag)"),
    N_("Copy a link to this view"),
    N_("Save as a picture"),
)
"""All texts that the program asks for; a test compares them with its source."""


def texts() -> dict[str, object]:
    """Return the part of the program's data that says the language, and the texts in it."""
    return {"language": language(), "messages": {text: _(text) for text in TEXTS}}
