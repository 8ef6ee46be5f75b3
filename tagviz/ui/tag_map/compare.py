"""Two maps side by side, of two models or of two corpora, and the tags on which they differ most."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tagviz.errors import NotFoundError, TagvizError
from tagviz.operations.registry import DEFAULT
from tagviz.ui import cache, formatting, model_names, url_state
from tagviz.ui.components import tables
from tagviz.ui.components.map import MapSlot
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _
from tagviz.ui.tag_map import layers, map_view
from tagviz.ui.tag_map.layers import MapKey

PARAM = "compare"
"""URL parameter of the second map."""
SECOND_MAP = "map-second"
"""Key of the second map."""
_OF = " of "
"""Between a model and the other corpus to which it belongs, in the URL."""


def options(here: PageContext, map_key: MapKey) -> list[str]:
    """Return what a map can be compared with: this corpus's other models with an embedding, and the other corpora."""
    model_keys = {ref: here.with_model(ref) for ref in model_names.model_refs(here.corpus.fingerprint)}
    own = [
        ref
        for ref, model_key in model_keys.items()
        if model_key.model != map_key.model_key.model and _has_embedding(model_key)
    ]
    return own + [f"{DEFAULT}{_OF}{info.name}" for info in cache.corpora() if info.name != here.corpus.name]


@st.cache_data(max_entries=200, show_spinner=False)
def _has_embedding(model_key: cache.ModelKey) -> bool:
    """Return whether a model has an embedding; cached, because the model must be opened for it.

    A method that cannot be trained on the corpus has none.
    """
    try:
        return model_key.opened_model.embedding is not None
    except TagvizError:
        return False


def label(here: PageContext, ref: str) -> str:
    """Return what a person reads for one of the options."""
    model, _of, corpus = ref.partition(_OF)
    return formatting.one_line(corpus, 40) if corpus else model_names.model_label(model, here.corpus.fingerprint)


def _second_context(here: PageContext, ref: str) -> PageContext:
    """Return corpus and model of the second map.

    Raises:
        NotFoundError: If its corpus does not exist.
    """
    model, _of, name = ref.partition(_OF)
    if not name:
        return replace(here, model=model)
    known = [info for info in cache.corpora() if info.name == name]
    if not known:
        raise NotFoundError(
            _("There is no corpus {name}").format(name=repr(name)),
            _("the link compares this corpus with it"),
            _("choose another"),
        )
    return PageContext(known[0], model)


def draw(here: PageContext, map_key: MapKey, question: map_view.MapQuestion, ref: str) -> tuple[str, ...]:
    """Draw both maps, the second aligned with the first; hover, the item and the selection are shown on both.

    Returns:
        The keys of the lasso selection.
    """
    there = _second_context(here, ref)
    grid = st.grid(2, min_column_width=320, gap="small")
    left, right = grid.container(), grid.container()
    with right:
        second_map = map_view.open_map(there, there.model, over=map_key.model_key)
    filters = question.style.filters
    selected = map_view.selection(map_key, filters)
    second_selected = map_view.selection(second_map, filters, SECOND_MAP) if second_map else ()
    with left:
        st.caption(f"**{formatting.escape(_name(map_key.model_key, there.model_key))}**")
        first_question = replace(question, highlighted=second_selected)
        map_view.draw(here, map_key, first_question, MapSlot(link="compared"))
    if second_map is not None:
        with right:
            st.caption(f"**{formatting.escape(_name(second_map.model_key, map_key.model_key))}**")
            second_question = replace(_for_second_model(second_map, question), highlighted=selected)
            slot = MapSlot(key=SECOND_MAP, link="compared", view_param="view2")
            map_view.draw(there, second_map, second_question, slot)
    return selected or second_selected


def _name(model_key: cache.ModelKey, other: cache.ModelKey) -> str:
    """Return the title of a map: the model's, and the corpus's if the other map shows another corpus."""
    model = model_names.model_label(model_key.model, model_key.fingerprint)
    return model if model_key.corpus == other.corpus else f"{model_key.corpus} · {model}"


def _for_second_model(map_key: MapKey, question: map_view.MapQuestion) -> map_view.MapQuestion:
    """Return the same question for the second model: its own neighbours, no path and no phrase."""
    page = None
    if question.page is not None:
        try:
            page = cache.item_page(map_key.model_key, question.page.key)
        except TagvizError:
            page = None  # this model does not know the item: nothing is selected
    return replace(question, page=page, near=page.neighbours if page else None, path=None, spot=None, phrase="")


def differences(here: PageContext, map_key: MapKey, ref: str) -> None:
    """Show the tags whose neighbourhoods differ most, first; a click selects one on both maps."""
    second = _second_context(here, ref).model_key
    frame = layers.differences(map_key.model_key, second)
    names = [_name(map_key.model_key, second), _name(second, map_key.model_key)]
    st.subheader(_("Where the maps differ"), anchor=False)
    text = _("On average they agree on {share} of a tag's ten nearest, among the {tags} that both know.")
    share = formatting.percent(float(frame["overlap"].mean()))
    st.caption(text.format(share=share, tags=formatting.count(len(frame), "tag")))
    only = [_("Near only in {model}").format(model=formatting.one_line(name, 30)) for name in names]
    picked, shown = tables.table(
        frame[["label", "overlap", "first", "second"]],
        "differences",
        columns={
            "label": st.column_config.TextColumn(_("Tag"), width=130),
            "overlap": tables.bar(_("In common"), 1.0, _("Share of the ten nearest that both have"), "%.1f"),
            "first": st.column_config.TextColumn(only[0]),
            "second": st.column_config.TextColumn(only[1]),
        },
        alt=_("Tags on which the two models differ; click one to select it on both maps"),
        on_select="rerun",
        selection_mode="single-cell",
    )
    row = tables.clicked(picked, shown)
    if row is not None and url_state.param("item") != (key := str(frame["key"].iloc[row])):
        url_state.set_params(item=key, target="", phrase="")
        st.rerun()
