"""Recommend: what would you add to this playlist, and why?"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tagviz.operations.registry import METHODS
from tagviz.types import Kind, Query
from tagviz.ui import cache, context, formatting, model_names, page_layout, pages, url_state
from tagviz.ui.components import errors, examples, pills, readings, saved_views, search_box
from tagviz.ui.i18n import _
from tagviz.ui.recommend import answer_changes, batch, expectation, golden_button, query_form, results, sound_file

SPANS = {Kind.TAG: 2, Kind.SONG: 3}
"""Columns of five that a table takes: songs have longer names than tags."""


def example_queries(here: context.PageContext) -> None:
    """Show examples while the query is empty."""
    with pills.row():
        st.text(_("For example"), width="content")
        for example in examples.examples(*here.names):
            if example.page == pages.RECOMMEND.path:
                label = formatting.escape(example.question, 70)
                st.button(
                    f":blue-badge[{label}]", type="tertiary", on_click=url_state.set_params, kwargs=example.params
                )


def choose_models(here: context.PageContext) -> str:
    """Show the pickers of the model and of a second one; return the second one ("" for none)."""
    refs = list(dict.fromkeys([*model_names.model_refs(here.corpus.fingerprint), here.model, *METHODS]))
    grid = st.grid(3, min_column_width=220, gap="medium", vertical_alignment="bottom")
    first, second, options = grid.cell(), grid.cell(), grid.cell()
    label = {ref: model_names.model_label(ref, here.corpus.fingerprint) for ref in refs}
    with first:
        bound = url_state.bind_param("model", refs[0], refs, key=f"recommend-model-{refs[0]}")
        st.selectbox(_("Model"), refs, format_func=label.__getitem__, **bound)
    others = [ref for ref in refs if here.with_model(ref) != here.model_key]
    versions = answer_changes.earlier_versions(here)
    with second:
        other: str = st.selectbox(
            _("Compare with"),
            ["", *others, *versions],
            format_func=lambda ref: {**label, **versions}[ref] if ref else _("none"),
            help=_("Show the results of a second model, or of an earlier version of the corpus, beside the first"),
            **url_state.bind_param("compare", "", [*others, *versions]),
        )
    with options:
        query_form.show_options(here)
    return other


def show_results(here: context.PageContext, query: Query, other: str) -> None:
    """Show the recommendations, of two models where `other` names a second one."""
    kinds = [kind for kind in (Kind.TAG, Kind.SONG) if here.model_key.opened.has(kind)]
    if not other:
        grid = st.grid(5, min_column_width=180)
        for kind in kinds:
            with grid.cell(column_span=SPANS[kind] if len(kinds) > 1 else "all"):
                results.show(here, here.model_key, query, _(results.TITLES[kind]), kind, None)
        return
    there = answer_changes.key_of_choice(here, other)
    model_keys = (here.model_key, there)
    for tab, kind in zip(st.tabs([_(results.TITLES[kind]) for kind in kinds]), kinds, strict=True):
        with tab:
            grid = st.grid(2, min_column_width=400, gap="large")
            for model_key, other_key in zip(model_keys, reversed(model_keys), strict=True):
                with grid.cell(), errors.show_errors():
                    title = answer_changes.title_of(here, model_key)
                    other_ranking = cache.recommend(other_key, query, kind, query_form.answer_options())
                    results.show(here, model_key, query, title, kind, other_ranking)
            with errors.show_errors():
                answer_changes.show(here, there, query, kind)


def interpret(here: context.PageContext, query: Query) -> Query:
    """Show how a query was interpreted; return it, with a misspelt title corrected if no word of it is known."""
    kind = next(kind for kind in (Kind.SONG, Kind.TAG) if here.model_key.opened.has(kind))
    ranking = cache.recommend(here.model_key, query, kind, query_form.answer_options())
    corrected = query_form.corrected_title(query.title, ranking.readings) if ranking.fallback else query.title
    if corrected != query.title:
        st.caption(_("Results for “{title}”.").format(title=formatting.escape(corrected, 100)))
        query = replace(query, title=corrected, readings=readings.chosen(here.model_key.opened, corrected))
        ranking = cache.recommend(here.model_key, query, kind, query_form.answer_options())
    expectation.warn_if_poor(ranking)
    query_form.show_interpretation(here, query.title, ranking.readings)
    if ranking.fallback:
        st.warning(
            _("Nothing in this query is in the corpus, so the most popular items are shown."), icon=":material/info:"
        )
    expectation.show(ranking)
    return query


here = page_layout.open_page(pages.RECOMMEND)
with errors.show_errors():
    query = query_form.show(here)
    with st.container(key="recommend-more-models"):
        other = choose_models(here)
    if query_form.is_empty(query):
        example_queries(here)
        st.caption(_("The query is empty, so the most popular items are shown."))
    else:
        asked = [query.title, *query.tags, *(search_box.name_of(here, song, (Kind.SONG,)) for song in query.songs)]
        saved_views.record(here, pages.RECOMMEND, " · ".join(part for part in asked if part.strip()))
        query = interpret(here, query)
    with st.container(key="recommend-results"):  # page.css keeps its place until the tables are drawn
        show_results(here, query, other)
    golden_button.show(here, query)
    batch.show(here)
    sound_file.show(here)
