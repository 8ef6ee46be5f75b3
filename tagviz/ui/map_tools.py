"""The row above the map: what is sought, which colours, what is shown, how it is laid out, what stands beside it."""

from __future__ import annotations

import streamlit as st

from tagviz.project.layout import LayoutParams
from tagviz.types import Kind
from tagviz.ui import cached, map_layers, mapping, picker, plain, state, twins, widgets, work
from tagviz.ui.frame import Here
from tagviz.ui.map_layers import COLOURS, Filters, Layout, Sheet

METHODS = {"umap": "UMAP", "densmap": "densMAP", "pca": "PCA", "umap3": "UMAP in 3-D"}


def search(here: Here, sheet: Sheet) -> None:
    """Search as you type; what is chosen is flown to, and what is no tag can be placed as a phrase."""
    kinds = tuple(dict.fromkeys((Kind.TAG, Kind.SONG, Kind.WORD, *sheet.guests)))
    with st.container(key="search-map"):
        picker.one(here, "Find a tag or a song", "at", kinds, "Find a tag, a song, any phrase", phrase="say")


def colour(place: cached.Place) -> tuple[str, str]:
    """What colours the map, and the title whose heat is asked."""
    options = map_layers.choices(place)
    chosen = st.selectbox(
        "Colour by",
        options,
        format_func=COLOURS.__getitem__,
        label_visibility="collapsed",
        width=190,
        **state.tied("colour", options[0], options),
    )
    title = ""
    if chosen == "heat":
        title = st.text_input(
            "Title of a playlist",
            max_chars=200,
            placeholder="a playlist's title",
            label_visibility="collapsed",
            width=200,
            **state.tied("heat", ""),
        )
    return chosen, (title or "").strip()


def filters(place: cached.Place) -> Filters:
    """What is on the map, and what is left out of it."""
    with st.popover("Show", icon=":material/filter_alt:"):
        _many(
            "Besides the tags",
            "show",
            [str(kind) for kind in map_layers.kinds(place)],
            {"word": "title words", **{str(kind): f"{kind}s" for kind in Kind if kind is not Kind.WORD}},
        )
        least = st.select_slider(
            "In at least so many playlists", mapping.STEPS, **state.tied("least", 1, mapping.STEPS)
        )
        facets = cached.facets(place.corpus, place.fingerprint)
        _many("Only these facets", "only", facets, {})
        since, until = _years(place)
    return Filters(int(least), tuple(facet for facet in state.values("only") if facet in facets), since, until)


def _years(place: cached.Place) -> tuple[int, int]:
    """The years whose playlists count; (0, 0) for all."""
    known = map_layers.years(place)
    if known is None:
        return 0, 0
    first, last = known
    every = range(first, last + 1)
    since, until = state.current("since", first, every), state.current("until", last, every)
    st.session_state["years"] = (since, max(since, until))
    st.slider("In playlists of these years", first, last, key="years", on_change=_put_years, args=known)
    return (0, 0) if (since, until) == known else (since, max(since, until))


def _put_years(first: int, last: int) -> None:
    since, until = st.session_state["years"]
    state.put(since=str(since) if since > first else "", until=str(until) if until < last else "")


def _many(label: str, param: str, options: list[str], names: dict[str, str]) -> None:
    """Any number of some options, kept in the address."""
    if not options:
        return
    st.session_state[f"many-{param}"] = [given for given in state.values(param) if given in options]
    st.pills(
        label,
        options,
        selection_mode="multi",
        format_func=lambda given: plain.escape(str(names.get(given, given))),
        key=f"many-{param}",
        on_change=lambda: state.put(**{param: st.session_state[f"many-{param}"]}),
    )


def layout(sheet: Sheet) -> None:
    """The layout's main knobs; another layout is made once, as a job, and starts from the one before."""
    now, fields = mapping.layout(), LayoutParams.model_fields
    with st.popover("Layout", icon=":material/scatter_plot:"):
        with st.form("layout", border=False):
            st.segmented_control(
                "Method",
                list(METHODS),
                default=now.method,
                required=True,
                format_func=METHODS.__getitem__,
                help=fields["method"].description,
                key="layout-method",
            )
            st.slider("Neighbours", 2, 100, now.neighbours, help=fields["neighbours"].description, key="layout-hold")
            st.slider(
                "Looseness", 0.0, 1.0, now.min_dist, 0.05, help=fields["min_dist"].description, key="layout-loose"
            )
            st.form_submit_button("Lay it out", on_click=_lay_out, type="primary")
        _previews(sheet)


def _previews(sheet: Sheet) -> None:
    """What neighbours and looseness make of a sample, as little maps; a click takes the settings over."""
    place, dark = sheet.place, widgets.dark()
    if not map_layers.are_tried(place):
        if not state.value("try"):
            st.button(
                "Try settings on a sample", icon=":material/grid_view:", on_click=state.put, kwargs={"try": "yes"}
            )
            return
        asked = {"corpus": place.corpus, "version": place.fingerprint, "model": place.model, "previews": True}
        work.ensure("project", asked)
        return
    st.caption("What neighbours and looseness make of the most frequent tags")
    cells = st.columns(3)
    for number, (tried, picture) in enumerate(map_layers.tried(place, dark)):
        with cells[number % 3]:
            st.image(picture, width="stretch")
            name = f"{tried.neighbours} · {tried.min_dist:g}"
            st.button(name, f"try-{name}", on_click=_put, args=(tried,), type="tertiary", width="stretch")


@state.careful
def _lay_out() -> None:
    given = st.session_state
    _put(Layout(given["layout-method"], given["layout-hold"], round(given["layout-loose"], 2)))


def _put(wanted: Layout) -> None:
    standard = Layout()
    state.put(
        method="" if wanted.method == standard.method else wanted.method,
        hold="" if wanted.neighbours == standard.neighbours else str(wanted.neighbours),
        loose="" if wanted.min_dist == standard.min_dist else str(wanted.min_dist),
        view="",
    )


def beside(here: Here, sheet: Sheet) -> str:
    """The model whose map stands beside this one, "" none."""
    options = ["", *twins.others(here, sheet)]
    if len(options) == 1:
        return ""
    chosen = st.selectbox(
        "Beside it",
        options,
        format_func=lambda ref: f"beside {twins.label(here, ref)}" if ref else "One map",
        label_visibility="collapsed",
        width=170,
        **state.tied(twins.PARAM, "", options),
    )
    return chosen or ""
