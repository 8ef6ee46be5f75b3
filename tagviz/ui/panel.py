"""The page of one tag or song: what is near, what goes with it, who plays it, and when."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from tagviz.figures import profile as figures
from tagviz.operations.answers import ItemPage
from tagviz.operations.methods import METHODS
from tagviz.project.place import Spot
from tagviz.types import Kind, Query, Ranking, split_key
from tagviz.ui import cached, map_layers, picker, plain, state, verdicts, widgets
from tagviz.ui.frame import Here

PARAMS = {Kind.TAG: "tag", Kind.SONG: "song"}
NEAR, TOGETHER = "near", "together"
"""Under what verdicts on an item's page are kept: what is near in a model's space, what shares playlists."""
MOST_ASKED = 20
"""Tags of a selection that are taken over into a question."""


def item(here: Here, page: ItemPage, place: cached.Place, near: Ranking | None) -> None:
    """The panel of one item; every row leads on. place: the model of the map. near: what its lines lead to."""
    kind, ident = split_key(page.key)
    if kind is Kind.PLAYLIST:
        return _playlist(page, near)
    st.subheader(plain.escape(page.label, 80), anchor=False)
    facet = f"{page.facet} · " if page.facet else ""
    st.caption(plain.escape(f"{kind.capitalize()} · {facet}in {plain.count(page.count, 'playlist')}"))
    with widgets.row():
        if kind in PARAMS:
            st.page_link(
                state.RECOMMEND,
                label="Recommend with it",
                icon=":material/queue_music:",
                query_params=state.carried(**{PARAMS[kind]: (ident,)}),
            )
        with st.popover("Way to", icon=":material/route:", type="tertiary"):
            picker.one(here, "Where to", "to", (Kind.TAG, Kind.SONG), "Where to? And why is it so far?")
        _let_go("at")
    _spellings(here, place, page)
    nearest, company, songs, lists, years, models = st.tabs(
        ["Near", "Together", "Songs", "Playlists", "Years", "Models"], key="panel-tab", on_change="rerun"
    )
    with nearest:
        st.slider(
            "Nearness of at least",
            0.0,
            0.95,
            step=0.05,
            help="Nearest in the full space: they keep the same company. 0 shows the twelve nearest.",
            **state.tied("within", 0.0),
        )
        found = near or page.neighbours
        if found.keys:
            _near(found, page, place)
        else:
            st.caption("Nothing lies that near: move the slider to the left.")
    with company:
        st.caption("Tags on the same playlists. Lift: how many times more often than by chance.")
        _links(page.together, "together", "lift", _lift(page.together), _beside(page, place, Kind.TAG, page.together))
    with songs:
        if page.songs.empty:
            st.caption("No songs are known here.")
        else:
            st.caption("The songs that are most typical of its playlists.")
            _links(page.songs, "songs", "lift", _lift(page.songs), _beside(page, place, Kind.SONG, page.songs))
    with lists:
        _playlists(page.playlists)
    with years:
        if len(page.years) > 1:
            widgets.figure(
                figures.trend(page.years, page.label, widgets.dark()), "years", f"Playlists with {page.label} per year"
            )
        else:
            st.caption("The playlists carry no dates, or all are of one year.")
    with models:
        if models.open:
            _opinions(here, place, page)
    verdicts.ask_instead()


def _playlist(page: ItemPage, near: Ranking | None) -> None:
    """The panel of one playlist: what it holds, and the tags that it lies among."""
    st.subheader(plain.escape(page.label, 80) or "A playlist without a title", anchor=False)
    (about,) = page.playlists.to_dict("records")
    dated = f" · {about['date']:%-d %B %Y}" if not pd.isna(about["date"]) else ""
    liked = f" · {plain.count(int(about['likes']), 'like')}" if about["likes"] else ""
    st.caption(f"Playlist{dated}{liked}")
    with widgets.row():
        st.page_link(
            state.RECOMMEND,
            label="Recommend for it",
            icon=":material/queue_music:",
            query_params=state.carried(title=page.label, tag=_names(page.together), song=_names(page.songs)),
        )
        _let_go("at")
    among, tags, songs = st.tabs(["Near", "Its tags", "Its songs"], key="panel-tab", on_change="rerun")
    with among:
        st.caption("Its tags point to these, the rarer the more; it lies among them.")
        _near(near or page.neighbours)
    with tags:
        _links(page.together, "together", "lift", _lift(page.together))
    with songs:
        _links(page.songs, "songs", "lift", _lift(page.songs))


def _names(frame: pd.DataFrame) -> list[str]:
    return [split_key(key)[1] for key in frame["key"]]


def _near(shown: Ranking, page: ItemPage | None = None, place: cached.Place | None = None) -> None:
    """What is nearest; beside an item of a page, each with its verdict."""
    frame = pd.DataFrame({"key": shown.keys, "label": shown.labels, "score": shown.scores})
    judged = None
    if page is not None and place is not None and shown.kind in PARAMS:
        model = place.opened_model
        judged = _asked(page, place, f"{model.info.id}:{NEAR}", model.info.fingerprint, shown.kind, frame, "score")
    _links(frame, "near", "score", widgets.bar("Nearness", 1.0, "Cosine: 1 is the same direction", "%.2f"), judged)


def _beside(page: ItemPage, place: cached.Place, kind: Kind, frame: pd.DataFrame) -> verdicts.Suggested:
    """What is counted on the same playlists, as what can be judged: no model says it."""
    return _asked(page, place, TOGETHER, place.fingerprint, kind, frame, "lift")


def _asked(
    page: ItemPage, place: cached.Place, model: str, trained: str, kind: Kind, frame: pd.DataFrame, measure: str
) -> verdicts.Suggested:
    """Items beside that of a page, as answers to the question that holds it alone."""
    own, ident = split_key(page.key)
    query = Query(tags=(ident,)) if own is Kind.TAG else Query(songs=(ident,))
    keys, scores = tuple(frame["key"]), tuple(map(float, frame[measure]))
    return verdicts.Suggested(place.corpus, place.fingerprint, model, trained, query, kind, keys, scores)


def _let_go(param: str) -> None:
    key, go = f"let-go-{param}", {param: ""}
    st.button("Let go", key, on_click=state.put, kwargs=go, icon=":material/close:", type="tertiary")


def phrase(here: Here, text: str, spot: Spot) -> None:
    """The panel of a free phrase: what lies around it."""
    st.subheader(f"“{plain.escape(text, 60)}”", anchor=False)
    st.caption("No tag, but a sentence model has read it. It lies among these:")
    frame = pd.DataFrame(spot.near, columns=["key", "score"])
    frame["label"] = [cached.item(*here.names, key).label for key in frame["key"]]
    _links(frame, "phrase", "score", widgets.bar("Nearness", 1.0, "Cosine: 1 says the same", "%.2f"))
    with widgets.row():
        st.page_link(
            state.RECOMMEND,
            label="Recommend for this title",
            icon=":material/queue_music:",
            query_params=state.carried(title=text),
        )
        _let_go("say")


def _spellings(here: Here, place: cached.Place, page: ItemPage) -> None:
    kind, _ = split_key(page.key)
    if kind is not Kind.TAG:
        return
    others = map_layers.variants(place, page.key)
    if others:
        with widgets.row():
            st.caption("Also written", width="content")
            for key in others[:6]:
                widgets.item_link(cached.item(*here.names, key), here, on_map=True)


def _opinions(here: Here, place: cached.Place, page: ItemPage) -> None:
    """What every model with a space says is nearest."""
    for answer in map_layers.opinions(place, page.key):
        st.caption(METHODS[answer.method].title if answer.method in METHODS else answer.method)
        with widgets.row():
            for key in answer.keys:
                label = widgets.pill_label(cached.item(*here.names, key).label, "blue")
                name = f"says-{answer.method}-{key}"
                st.button(label, name, on_click=state.put, kwargs={"at": key}, type="tertiary")


def selection(here: Here, keys: Sequence[str]) -> None:
    """The panel of what a lasso holds."""
    st.subheader(f"{plain.count(len(keys), 'tag')} in the selection", anchor=False)
    items = [cached.item(*here.names, key) for key in keys]
    st.page_link(
        state.RECOMMEND,
        label="Recommend with the most frequent of them",
        icon=":material/queue_music:",
        query_params=state.carried(tag=[split_key(key)[1] for key in keys[:MOST_ASKED]]),
    )
    frame = pd.DataFrame(
        {"key": list(keys), "label": [item.label for item in items], "count": [item.count for item in items]}
    )
    top = float(frame["count"].max()) if len(frame) else 1.0
    _links(frame, "selection", "count", widgets.bar("Playlists", top, format="localized"))


def _lift(frame: pd.DataFrame) -> object:
    return widgets.bar("Lift", float(frame["lift"].max()) if len(frame) else 1.0, format="%.1f ×", width=95)


def _links(
    frame: pd.DataFrame, name: str, measure: str, column: object, judged: verdicts.Suggested | None = None
) -> None:
    """A table whose rows lead to the item's own page, each with its verdict where it can be judged."""
    columns = ["label", measure] + (["count"] if measure == "lift" else [])
    signs, buttons = verdicts.columns(f"panel-{name}", judged, other=True) if judged is not None else ({}, {})
    widgets.table(
        frame[columns].assign(**signs),
        f"panel-{name}",
        columns={
            "label": st.column_config.TextColumn("", width=110 if signs else 130),
            measure: column,
            "count": st.column_config.NumberColumn("Playlists", width=70, help="Playlists with both"),
        }
        | ({measure: column} if measure == "count" else {})
        | buttons,
        alt=f"{name}: click a row to go there",
        on_select=lambda: _go(f"panel-{name}", tuple(frame["key"])),
        selection_mode="single-cell",
    )


def _go(table: str, keys: tuple[str, ...]) -> None:
    row = widgets.selected(table)
    if row is not None and row < len(keys):
        state.put(at=keys[row], to="", say="")


def _playlists(frame: pd.DataFrame) -> None:
    if frame.empty:
        st.caption("No playlist holds it.")
        return
    dated = frame["date"].notna().any()
    shown = frame[["title", *(["date"] if dated else []), "likes"]]
    widgets.table(
        shown,
        "panel-playlists",
        columns={
            "title": st.column_config.TextColumn("Title", width=170),
            "date": st.column_config.DateColumn("Date", format="D MMM YYYY"),
            "likes": st.column_config.NumberColumn("Likes", format="localized", width=60),
        },
        alt="Example playlists, the most liked first: click one to see what it holds",
        on_select=lambda: _go("panel-playlists", tuple(frame["key"])),
        selection_mode="single-cell",
    )
