"""The toolbar of the map: search, colours, filters, layout, second map."""

from __future__ import annotations

import streamlit as st

from tagviz.projection.layout import LayoutParams
from tagviz.types import Kind
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import charts, errors, jobs, title_box
from tagviz.ui.components.search_box import Field, items
from tagviz.ui.components.title_box import TextSearch
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _, label_of
from tagviz.ui.tag_map import compare, feature_layer, layers, map_view
from tagviz.ui.tag_map.layers import COLOURS, Filters, Layout, MapKey

METHODS = {"umap": "UMAP", "densmap": "densMAP", "pca": "PCA", "umap3": "UMAP (3D)"}
"""Layout methods."""


def search(here: PageContext, map_key: MapKey) -> None:
    """Show the search: the map moves to a chosen item, or to where the typed text lies."""
    with st.container(key="search-map", width=320):
        _search(here, tuple(dict.fromkeys((Kind.TAG, Kind.SONG, Kind.WORD, *map_key.guests))))


@st.fragment
@errors.guarded
def _search(here: PageContext, kinds: tuple[Kind, ...]) -> None:
    items.rerun_if_chosen()
    field = Field(
        "map-search", _("Search a tag or a song"), _("Search a tag, song or phrase"), mode="text", hide_label=True
    )
    title_box.show(here, TextSearch(field, kinds, _select, "phrase", clears=("item", "target")))


def _select(key: str) -> None:
    url_state.set_params(item=key, phrase="", target="", reading="")


def colour(model_key: cache.ModelKey) -> tuple[str, str]:
    """Show the choice of colours; return it, and the title for the colours by relevance, or the number of songs."""
    options = layers.choices(model_key)
    chosen = st.selectbox(
        _("Colour by"),
        options,
        format_func=label_of(COLOURS),
        label_visibility="collapsed",
        width=190,
        **url_state.bind_param("colour", options[0], options),
    )
    if chosen == "feature":
        return chosen, feature_layer.choose(model_key)
    title = ""
    if chosen == "relevance":
        title = st.text_input(
            _("Title of a playlist"),
            max_chars=200,
            placeholder=_("title of a playlist"),
            label_visibility="collapsed",
            width=200,
            **url_state.bind_param("relevance_title", ""),
        )
    return chosen, (title or "").strip()


def filters(model_key: cache.ModelKey) -> Filters:
    """Show what is on the map and what is filtered out; return the filters."""
    with st.popover(_("Show"), icon=":material/filter_alt:"):
        kinds = {str(kind): _(formatting.PLURALS[kind]) for kind in layers.kinds(model_key)}
        _choose_many(_("Also show"), "show", kinds)
        least = st.select_slider(
            _("Minimum number of playlists"),
            map_view.STEPS,
            **url_state.bind_param("min_playlists", 1, map_view.STEPS),
        )
        facets = cache.facets(model_key.corpus, model_key.fingerprint)
        _choose_many(_("Only tags of these facets"), "facet", {facet: facet for facet in facets})
        since, until = _years(model_key)
    chosen = tuple(facet for facet in url_state.params("facet") if facet in facets)
    return Filters(int(least), chosen, since, until)


def _years(model_key: cache.ModelKey) -> tuple[int, int]:
    """Show the slider of years; return the chosen ones, (0, 0) for all."""
    known = layers.years(model_key)
    if known is None:
        return 0, 0
    first, last = known
    every = range(first, last + 1)
    since, until = url_state.current_value("since", first, every), url_state.current_value("until", last, every)
    st.session_state["years"] = (since, max(since, until))
    st.slider(_("Years of the playlists"), first, last, key="years", on_change=_store_years, args=known)
    return (0, 0) if (since, until) == known else (since, max(since, until))


def _store_years(first: int, last: int) -> None:
    since, until = st.session_state["years"]
    url_state.set_params(since=str(since) if since > first else "", until=str(until) if until < last else "")


def _choose_many(label: str, param: str, options: dict[str, str]) -> None:
    """Show pills for any number of options (with their names), bound to a URL parameter."""
    if not options:
        return
    key = f"many-{param}"
    st.session_state[key] = [option for option in url_state.params(param) if option in options]
    st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=lambda option: formatting.escape(options[option]),
        key=key,
        on_change=lambda: url_state.set_params(**{param: st.session_state[key]}),
    )


def layout(map_key: MapKey) -> None:
    """Show the layout's parameters; a new layout is computed once, as a job, and starts from the previous one."""
    now, fields = map_view.layout(), LayoutParams.model_fields
    with st.popover(_("Layout"), icon=":material/scatter_plot:"):
        with st.form("layout", border=False):
            st.segmented_control(
                _("Method"),
                list(METHODS),
                default=now.method,
                required=True,
                format_func=METHODS.__getitem__,
                help=fields["method"].description,
                key="layout-method",
            )
            neighbours_help, distance_help = fields["neighbours"].description, fields["min_dist"].description
            st.slider(_("Neighbours"), 2, 100, now.neighbours, help=neighbours_help, key="layout-neighbours")
            distance = _("Minimum distance")
            st.slider(distance, 0.0, 1.0, now.min_dist, 0.05, help=distance_help, key="layout-distance")
            st.form_submit_button(_("Recompute map"), on_click=_recompute, type="primary")
        _previews(map_key)


def _previews(map_key: MapKey) -> None:
    """Show small maps of a sample for some settings; a click uses the settings."""
    model_key, dark = map_key.model_key, charts.dark()
    if not layers.has_previews(model_key):
        if not url_state.has("previews"):
            st.button(
                _("Preview settings on a sample"),
                icon=":material/grid_view:",
                on_click=url_state.set_params,
                kwargs={"previews": "yes"},
            )
            return
        arguments = {
            "corpus": model_key.corpus,
            "version": model_key.fingerprint,
            "model": model_key.model,
            "previews": True,
        }
        jobs.ensure("project", arguments)
        return
    st.caption(_("Previews of the most frequent tags: neighbours · minimum distance"))
    cells = st.columns(3)
    for number, (settings, picture) in enumerate(layers.previews(model_key, dark)):
        with cells[number % 3]:
            st.image(picture, width="stretch")
            name = f"{settings.neighbours} · {settings.min_dist:g}"
            st.button(name, f"preview-{name}", on_click=_store, args=(settings,), type="tertiary", width="stretch")


@url_state.safe_callback
def _recompute() -> None:
    state = st.session_state
    _store(Layout(state["layout-method"], state["layout-neighbours"], round(state["layout-distance"], 2)))


def _store(wanted: Layout) -> None:
    standard = Layout()
    url_state.set_params(
        layout="" if wanted.method == standard.method else wanted.method,
        n_neighbors="" if wanted.neighbours == standard.neighbours else str(wanted.neighbours),
        min_dist="" if wanted.min_dist == standard.min_dist else str(wanted.min_dist),
        view="",
    )


def second_map(here: PageContext, map_key: MapKey) -> str:
    """Show the choice of a second map and return it, "" for none."""
    options = ["", *compare.options(here, map_key)]
    if len(options) == 1:
        return ""
    chosen = st.selectbox(
        _("Second map"),
        options,
        format_func=lambda ref: (
            _("Compare with {name}").format(name=compare.label(here, ref)) if ref else _("Single map")
        ),
        label_visibility="collapsed",
        width=190,
        **url_state.bind_param(compare.PARAM, "", options),
    )
    return chosen or ""
