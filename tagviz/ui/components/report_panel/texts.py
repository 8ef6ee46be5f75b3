"""The words of the panel's program, which it gets in the visitor's language (frontend/glance/src/texts.ts)."""

from __future__ import annotations

from tagviz.ui.i18n import N_, _, language

TEXTS = (
    N_("Save as a picture"),
    N_("Arrow keys walk over it, Enter opens the playlists."),
    N_("Suggested tag"),
    N_("Hidden tags, the most common first"),
    N_("Hidden tag"),
    N_("Place in our list"),
    N_("Place {row} in our list, hidden tag {column}"),
    N_("nothing to compare"),
    N_("similarity {value}"),
    N_("{share} of the {n} playlists that hide it"),
    N_("Hidden: {tag}"),
    N_("suggested itself"),
    N_("Suggested: {tag}"),
    N_("share of the row; light diagonal = good"),
    N_("similarity; light = good"),
    N_("Suggestions looked at (k)"),
    N_("Questions"),
    N_("Models in the histogram"),
    N_("Heatmap"),
    N_("How many are found up to each place"),
    N_("Add up"),
    N_("the first {k}"),
    N_("Hide {name}"),
    N_("Show {name}"),
    N_("{share} found"),
    N_("{share} of the hidden {items} not found"),
    N_("{share} of the hidden {items} found up to place {place}"),
    N_("{share} of the hidden {items} at place {place}"),
    N_("not found"),
    N_("Share of the hidden {items}"),
    N_("half: {model}"),
    N_("half are found by here"),
    N_("Too few questions to tell it from the best: the difference may be chance"),
    N_("Model"),
    N_("Models and their metrics, the best first; a model's button opens the playlists behind it"),
    N_("{value}, between {low} and {high} in 95 of 100 repetitions"),
)
"""All texts that the program asks for; a test compares them with its source."""


def texts() -> dict[str, object]:
    """Return the part of the program's data that says the language, and the texts in it."""
    return {"language": language(), "messages": {text: _(text) for text in TEXTS}}
