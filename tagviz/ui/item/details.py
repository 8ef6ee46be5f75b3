"""The parts of an item's page: tables and charts; a click on a row opens that item's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import streamlit as st

from tagviz.figures import profile as figures
from tagviz.operations.item_profile import ItemProfile
from tagviz.types import Kind, Ranking, split_key
from tagviz.ui import cache, formatting, model_names, url_state
from tagviz.ui.components import charts, pills, tables
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _, translated
from tagviz.ui.item import profile_cache, sound

TABLE_PX = 330
"""Height of a table: eight rows."""


def show(here: PageContext, profile: ItemProfile) -> None:
    """Show all parts, those that are at hand first."""
    parts: list[Callable[[], None]] = [
        partial(_nearest, profile.page.neighbours),
        partial(_together, profile),
        partial(_typical, profile.page.songs, "songs", _("Top songs"), _("Song")),
        partial(_typical, profile.artists, "artists", _("Top artists"), _("Artist")),
        partial(_years, profile),
        partial(_apart, here, profile),
        partial(_playlists, profile.page.playlists),
        partial(_listeners, here, profile),
    ]
    if split_key(profile.page.key)[0] is Kind.PLAYLIST:
        parts = [partial(_together, profile)]
    grid = st.grid(2, min_column_width=330, gap="large")
    for part in parts:
        with grid.cell():
            part()
    sound.show(here, profile.page.key, profile.page.label)
    _models(here, profile)


def _nearest(ranking: Ranking) -> None:
    frame = pd.DataFrame({"key": ranking.keys, "label": ranking.labels, "score": ranking.scores})
    bar = tables.bar(_("Similarity"), 1.0, _("Cosine similarity in this model; 1 is equal"), "%.2f")
    if frame.empty:
        _nothing(_("Nearest"), _("This model does not know it. Choose another model in the side bar."))
    else:
        _item_table(frame, "nearest", _("Nearest"), _("Item"), {"score": bar})


def _together(profile: ItemProfile) -> None:
    _typical(profile.page.together, "together", _("Mostly with"), _("Tag"))


def _typical(frame: pd.DataFrame, name: str, title: str, head: str) -> None:
    if frame.empty:
        _nothing(title, _("This corpus has none."))
        return
    lift_help = _("How many times more often than by chance they are on the same playlist")
    columns = {
        "count": st.column_config.NumberColumn(_("Playlists"), format="localized", width=70, help=_("With both")),
        "lift": tables.bar(_("Lift"), float(frame["lift"].max()), lift_help, "%.1f ×", width=95),
    }
    _item_table(frame, name, title, head, columns)


def _item_table(frame: pd.DataFrame, name: str, title: str, head: str, columns: Mapping[str, object]) -> None:
    """Show items with a number each; a click on a row opens its page."""
    keys = tuple(frame["key"])
    tables.table(
        frame[["label", *columns]],
        f"item-{name}",
        title,
        columns={"label": st.column_config.TextColumn(head, width=130), **columns},
        alt=_("{title}; click a row to open its page").format(title=title),
        on_select=lambda: _open(f"item-{name}", keys),
        selection_mode="single-cell",
        height=TABLE_PX,
    )


def _open(table: str, keys: tuple[str, ...]) -> None:
    row = tables.selected(table)
    if row is not None and row < len(keys):
        url_state.set_params(item=keys[row])


def _years(profile: ItemProfile) -> None:
    title = _("Share of playlists by year")
    if len(profile.years) < 2:
        _nothing(title, _("The playlists have no dates, or are all of one year."))
        return
    years = profile.years
    shares = pd.Series(years["share"].to_numpy(), index=years["year"])
    charts.figure(figures.share_by_year(shares, profile.page.label, charts.dark()), "item-years", title)


def _apart(here: PageContext, profile: ItemProfile) -> None:
    if not profile.nearest or profile.apart.empty:
        _nothing(_("What sets it apart"), _("Nothing sets it apart from what is nearest."))
        return
    nearest = formatting.one_line(cache.item(*here.names, profile.nearest).label, 40)
    title = _("What sets it apart from {item}").format(item=nearest)
    frame = profile.apart.assign(here=100 * profile.apart["here"], there=100 * profile.apart["there"])
    share = partial(st.column_config.NumberColumn, format="%.0f %%", width=90)
    columns = {
        "here": share(_("Here"), help=_("Of its playlists, how many have this tag")),
        "there": share(formatting.one_line(nearest, 14), help=_("Of the playlists of its nearest, how many have it")),
    }
    _item_table(frame, "apart", title, _("Tag"), columns)


def _playlists(frame: pd.DataFrame) -> None:
    title = _("Playlists that contain it")
    if frame.empty:
        _nothing(title, _("No playlist contains it."))
        return
    dated = frame["date"].notna().any()
    tables.table(
        frame[["title", *(["date"] if dated else []), "likes"]],
        "item-playlists",
        title,
        columns={
            "title": st.column_config.TextColumn(_("Title"), width=200),
            "date": st.column_config.DateColumn(_("Date"), format=_("D MMM YYYY"), width=100),
            "likes": st.column_config.NumberColumn(_("Likes"), format="localized", width=70),
        },
        height=TABLE_PX,
    )


def _listeners(here: PageContext, profile: ItemProfile) -> None:
    """Show who uses it, and in which scripts its playlists are named."""
    used, every = profile.users
    st.subheader(_("Who uses it"), anchor=False)
    if every:
        nouns = {"artist": _("artists")}
        text = _("{used:,} of {every:,} {groups} use it.")
        groups = nouns.get(here.model_key.opened.group_name, _("listeners"))
        st.caption(text.format(used=used, every=every, groups=groups))
        st.dataframe(
            profile.groups.assign(share=100 * profile.groups["share"]).head(5),
            hide_index=True,
            alt=_("Those who use it most"),
            column_config={
                "group": st.column_config.TextColumn(_("Who"), width=160),
                "count": st.column_config.NumberColumn(_("Playlists"), format="localized", width=80),
                "share": st.column_config.NumberColumn(
                    _("Share"), format="%.0f %%", width=80, help=_("Of this person's playlists, how many have it")
                ),
            },
        )
    else:
        st.caption(_("This corpus does not say who made the playlists."))
    if len(profile.scripts):
        names = [translated(figures.SCRIPTS.get(str(script), str(script))) for script in profile.scripts["script"]]
        st.dataframe(
            pd.DataFrame(
                {"script": names, "share": 100 * profile.scripts["share"], "usual": 100 * profile.scripts["usual"]}
            ).head(6),
            hide_index=True,
            alt=_("Scripts of the titles of its playlists"),
            column_config={
                "script": st.column_config.TextColumn(_("Titles written in"), width=160),
                "share": st.column_config.NumberColumn(_("With it"), format="%.0f %%", width=80),
                "usual": st.column_config.NumberColumn(_("All playlists"), format="%.0f %%", width=100),
            },
        )


def _models(here: PageContext, profile: ItemProfile) -> None:
    """Show what is nearest in every model with an embedding; the slowest part, so the last."""
    kind, _ident = split_key(profile.page.key)
    if kind not in (Kind.TAG, Kind.SONG):
        return
    st.subheader(_("What each model says"), anchor=False)
    rankings = profile_cache.nearest_by_model(here.model_key, profile.page.key)
    if not rankings:
        st.caption(_("No model of this corpus with an embedding knows it."))
    for ranking in rankings:
        with pills.row():
            name = model_names.model_label(ranking.method, here.corpus.fingerprint)
            st.text(name, width=170)
            for key in ranking.keys:
                pills.item_link(cache.item(*here.names, key), here, stay=True, key=f"{ranking.method}-{key}")


def _nothing(title: str, text: str) -> None:
    st.subheader(title, anchor=False)
    st.caption(text)
