"""The panel of a tag, song, playlist, phrase or selection: what is near it, and what occurs with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.figures import profile as figures
from tagviz.operations.items import ItemPage
from tagviz.projection.out_of_sample import Spot
from tagviz.types import Kind, Query, Ranking, split_key
from tagviz.ui import cache, formatting, model_names, pages, url_state
from tagviz.ui.components import charts, feedback_buttons, pills, search_box, sound, tables, undo_bar
from tagviz.ui.components.feedback_buttons import SuggestionList
from tagviz.ui.components.search_box import ItemSearch
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _
from tagviz.ui.tag_map import layers, selection_actions

PARAMS = {Kind.TAG: "tag", Kind.SONG: "song"}
"""URL parameter of the query for an item of a kind."""
NEAR, TOGETHER = "near", "together"
"""Names under which feedback on the panel is stored: nearest in a model's embedding, on the same playlists."""
MOST_IN_QUERY = 20
"""Tags of a selection that are put into a query."""


@dataclass(frozen=True)
class ItemColumn:
    """The number that an item table shows beside the labels.

    Attributes:
        name: Column of the frame.
        config: How it is shown.
    """

    name: str
    config: object


def show(here: PageContext, page: ItemPage, model_key: cache.ModelKey, near: Ranking | None) -> None:
    """Show the panel of one item; every row selects another item.

    Args:
        here: Corpus and model of the page.
        page: The item.
        model_key: The model of the map.
        near: Its neighbours on the map; None for those of the page.
    """
    kind, ident = split_key(page.key)
    if kind is Kind.PLAYLIST:
        _show_playlist(here, page, near)
        return
    st.subheader(formatting.escape(page.label, 80), anchor=False)
    playlists = _("in {playlists}").format(playlists=formatting.count(page.count, "playlist"))
    parts = [formatting.capitalize(_(formatting.KINDS[kind])), page.facet, playlists]
    st.caption(formatting.escape(" · ".join(part for part in parts if part)))
    with pills.row():
        if kind in PARAMS:
            st.page_link(
                pages.RECOMMEND.path,
                label=_("Recommend"),
                icon=pages.RECOMMEND.icon,
                query_params=url_state.link_params(**{PARAMS[kind]: (ident,)}),
            )
        with st.popover(_("Path to…"), icon=":material/route:", type="tertiary"):
            label, placeholder = _("Target of the path"), _("search the target")
            search_box.choose_one(here, ItemSearch(label, "target", (Kind.TAG, Kind.SONG), placeholder))
        _clear_button("item")
    _spelling_variants(here, model_key, page)
    _tabs(here, page, model_key, near)
    feedback_buttons.show_replacement_dialog()


def _tabs(here: PageContext, page: ItemPage, model_key: cache.ModelKey, near: Ranking | None) -> None:
    names = [_("Together"), _("Songs"), _("Playlists"), _("Years"), _("Models")]
    names = [_("Nearest"), *_sound_tab(here, page), *names]
    nearest, *like, together, songs, playlists, years, models = st.tabs(names, key="panel-tab", on_change="rerun")
    with nearest:
        st.slider(
            _("Minimum similarity"),
            0.0,
            0.95,
            step=0.05,
            help=_("Cosine similarity in the embedding. 0 shows the twelve nearest."),
            **url_state.bind_param("min_similarity", 0.0),
        )
        ranking = near or page.neighbours
        if ranking.keys:
            _nearest(ranking, page, model_key)
        else:
            st.caption(_("Nothing is that similar. Move the slider to the left."))
    with together:
        st.caption(_("Tags on the same playlists. Lift: how many times more often than by chance."))
        suggestions = _together_suggestions(page, model_key, Kind.TAG, page.together)
        _item_table(page.together, "together", _lift(page.together), suggestions)
    with songs:
        if page.songs.empty:
            st.caption(_("This corpus has no songs for it."))
        else:
            st.caption(_("The songs that are most typical of its playlists."))
            _item_table(
                page.songs, "songs", _lift(page.songs), _together_suggestions(page, model_key, Kind.SONG, page.songs)
            )
    with playlists:
        _playlists(page.playlists)
    with years:
        if len(page.years) > 1:
            alt = _("Playlists with {item} per year").format(item=page.label)
            charts.figure(figures.trend(page.years, page.label, charts.dark()), "years", alt)
        else:
            st.caption(_("The playlists have no dates, or are all of one year."))
    with models:
        if models.open:
            _by_model(here, model_key, page)
    _sounds_like(here, page, like)


def _sound_tab(here: PageContext, page: ItemPage) -> list[str]:
    """Return the name of the tab of sound: for songs, and documents that are tracks, where the corpus has numbers."""
    kind = split_key(page.key)[0]
    songs = kind is Kind.SONG or (kind is Kind.PLAYLIST and not here.model_key.opened.has(Kind.SONG))
    return [_("Sound")] if songs and sound.tables_of(here.corpus.name) else []


def _sounds_like(here: PageContext, page: ItemPage, tabs: Sequence[Any]) -> None:
    """Show what sounds like a song, in the tab of sound if there is one."""
    if not tabs or not tabs[0].open:
        return
    with tabs[0]:
        table = sound.choose_table(here.model_key)
        found = None if table is None else sound.neighbours(*here.names, table.fingerprint, page.key)
        if found is None:
            st.caption(_("There are no features of this song."))
            return
        st.caption(_("Songs with similar features, whether or not they are listed with it."))
        sound.alike_table(found.alike, found.kind, "panel-alike", _("Sounds like"), _select_key)


def _select_key(key: str) -> None:
    url_state.set_params(item=key, target="", phrase="")


def _show_playlist(here: PageContext, page: ItemPage, near: Ranking | None) -> None:
    """Show the panel of one playlist: its contents, and the tags among which it is placed."""
    st.subheader(formatting.escape(page.label, 80) or _("Untitled playlist"), anchor=False)
    (about,) = page.playlists.to_dict("records")
    parts = [formatting.capitalize(_(formatting.KINDS[Kind.PLAYLIST]))]
    if not pd.isna(about["date"]):
        parts.append(f"{about['date']:%-d %B %Y}")
    if about["likes"]:
        parts.append(formatting.count(int(about["likes"]), "like"))
    st.caption(" · ".join(parts))
    with pills.row():
        st.page_link(
            pages.RECOMMEND.path,
            label=_("Recommend for this playlist"),
            icon=pages.RECOMMEND.icon,
            query_params=url_state.link_params(title=page.label, tag=_names(page.together), song=_names(page.songs)),
        )
        _clear_button("item")
    names = [_("Nearest"), *_sound_tab(here, page), _("Tags"), _("Songs")]
    nearest, *like, tags, songs = st.tabs(names, key="panel-tab", on_change="rerun")
    with nearest:
        st.caption(_("The playlist is placed among these tags, according to its own tags; rare ones count more."))
        _nearest(near or page.neighbours)
    with tags:
        _item_table(page.together, "together", _lift(page.together))
    with songs:
        _item_table(page.songs, "songs", _lift(page.songs))
    _sounds_like(here, page, like)


def _names(frame: pd.DataFrame) -> list[str]:
    return [split_key(key)[1] for key in frame["key"]]


def _nearest(ranking: Ranking, page: ItemPage | None = None, model_key: cache.ModelKey | None = None) -> None:
    """Show what is nearest; with feedback buttons where the item is known to a model."""
    frame = pd.DataFrame({"key": ranking.keys, "label": ranking.labels, "score": ranking.scores})
    suggestions = None
    if page is not None and model_key is not None and ranking.kind in PARAMS:
        info = model_key.opened_model.info
        suggestions = SuggestionList(
            corpus=model_key.corpus,
            fingerprint=model_key.fingerprint,
            model=f"{info.id}:{NEAR}",
            trained=info.fingerprint,
            query=_query(page),
            kind=ranking.kind,
            keys=tuple(frame["key"]),
            scores=tuple(map(float, frame["score"])),
        )
    bar = tables.bar(_("Similarity"), 1.0, _("Cosine similarity; 1 is equal"), "%.2f")
    _item_table(frame, "near", ItemColumn("score", bar), suggestions)


def _together_suggestions(page: ItemPage, model_key: cache.ModelKey, kind: Kind, frame: pd.DataFrame) -> SuggestionList:
    """Return what occurs on the same playlists, for feedback; it is counted, not suggested by a model."""
    return SuggestionList(
        corpus=model_key.corpus,
        fingerprint=model_key.fingerprint,
        model=TOGETHER,
        trained=model_key.fingerprint,
        query=_query(page),
        kind=kind,
        keys=tuple(frame["key"]),
        scores=tuple(map(float, frame["lift"])),
    )


def _query(page: ItemPage) -> Query:
    """Return the query that contains the page's item alone."""
    kind, ident = split_key(page.key)
    return Query(tags=(ident,)) if kind is Kind.TAG else Query(songs=(ident,))


def _clear_button(param: str) -> None:
    st.button(
        _("Clear selection"),
        f"clear-{param}",
        on_click=undo_bar.clear_params,
        args=(_("Selection cleared"), param),
        icon=":material/close:",
        type="tertiary",
        shortcut="Esc",
    )


def show_phrase(here: PageContext, text: str, spot: Spot) -> None:
    """Show the panel of a typed text: the tags that fit it best."""
    st.subheader(f"“{formatting.escape(text, 60)}”", anchor=False)
    st.caption(_("The star lies among the tags that fit this text best:"))
    frame = pd.DataFrame(spot.near, columns=["key", "score"])
    frame["label"] = [cache.item(*here.names, key).label for key in frame["key"]]
    frame["score"] *= 100 / max(float(frame["score"].max()), 1e-9)
    bar = tables.bar(_("Score"), 100, _("Relevance for this model: the first is 100"), "%.0f")
    _item_table(frame, "phrase", ItemColumn("score", bar))
    with pills.row():
        st.page_link(
            pages.RECOMMEND.path,
            label=_("Recommend for this title"),
            icon=pages.RECOMMEND.icon,
            query_params=url_state.link_params(title=text, reading=url_state.params("reading")),
        )
        _clear_button("phrase")


def _spelling_variants(here: PageContext, model_key: cache.ModelKey, page: ItemPage) -> None:
    if split_key(page.key)[0] is not Kind.TAG:
        return
    variants = layers.spelling_variants(model_key, page.key)
    if variants:
        with pills.row():
            st.caption(_("Also written"), width="content")
            for key in variants[:6]:
                pills.item_link(cache.item(*here.names, key), here, stay=True)


def _by_model(here: PageContext, model_key: cache.ModelKey, page: ItemPage) -> None:
    """Show what is nearest in every model with an embedding."""
    for ranking in layers.nearest_by_model(model_key, page.key):
        st.caption(model_names.model_label(ranking.method, here.corpus.fingerprint))
        with pills.row():
            for key in ranking.keys:
                label = pills.pill_label(cache.item(*here.names, key).label, "blue")
                name = f"nearest-{ranking.method}-{key}"
                st.button(label, name, on_click=url_state.set_params, kwargs={"item": key}, type="tertiary")


def show_selection(here: PageContext, keys: Sequence[str]) -> None:
    """Show the panel of a lasso selection."""
    tags = formatting.count(len(keys), "item")
    st.subheader(_("{items} selected").format(items=tags), anchor=False)
    items = [cache.item(*here.names, key) for key in keys]
    st.page_link(
        pages.RECOMMEND.path,
        label=_("Recommend with the most frequent of them"),
        icon=pages.RECOMMEND.icon,
        query_params=url_state.link_params(tag=[split_key(key)[1] for key in keys[:MOST_IN_QUERY]]),
    )
    with pills.row():
        selection_actions.show(here, keys)
    labels, counts = [item.label for item in items], [item.count for item in items]
    frame = pd.DataFrame({"key": list(keys), "label": labels, "count": counts})
    top = float(frame["count"].max()) if len(frame) else 1.0
    _item_table(frame, "selection", ItemColumn("count", tables.bar(_("Playlists"), top, number_format="localized")))


def _lift(frame: pd.DataFrame) -> ItemColumn:
    top = float(frame["lift"].max()) if len(frame) else 1.0
    return ItemColumn("lift", tables.bar(_("Lift"), top, number_format="%.1f ×", width=95))


def _item_table(frame: pd.DataFrame, name: str, column: ItemColumn, suggestions: SuggestionList | None = None) -> None:
    """Show a table whose rows select their item, with feedback buttons where there are suggestions."""
    columns = ["label", column.name] + (["count"] if column.name == "lift" else [])
    cells, buttons = (
        feedback_buttons.columns(f"panel-{name}", suggestions, with_replacement=True)
        if suggestions is not None
        else ({}, {})
    )
    both = st.column_config.NumberColumn(_("Playlists"), width=70, help=_("Playlists with both"))
    tables.table(
        frame[columns].assign(**cells),
        f"panel-{name}",
        columns={
            "label": st.column_config.TextColumn("", width=110 if cells else 130),
            "count": both,
            column.name: column.config,
            **buttons,
        },
        alt=_("Items; click a row to select one on the map"),
        on_select=lambda: _select(f"panel-{name}", tuple(frame["key"])),
        selection_mode="single-cell",
    )


def _select(table: str, keys: tuple[str, ...]) -> None:
    row = tables.selected(table)
    if row is not None and row < len(keys):
        _select_key(keys[row])


def _playlists(frame: pd.DataFrame) -> None:
    if frame.empty:
        st.caption(_("No playlist contains it."))
        return
    dated = frame["date"].notna().any()
    tables.table(
        frame[["title", *(["date"] if dated else []), "likes"]],
        "panel-playlists",
        columns={
            "title": st.column_config.TextColumn(_("Title"), width=170),
            "date": st.column_config.DateColumn(_("Date"), format=_("D MMM YYYY")),
            "likes": st.column_config.NumberColumn(_("Likes"), format="localized", width=60),
        },
        alt=_("Example playlists, the most liked first; click one to see its contents"),
        on_select=lambda: _select("panel-playlists", tuple(frame["key"])),
        selection_mode="single-cell",
    )
